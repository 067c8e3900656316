"""Time expressions: found in English text and normalised to TIMEX3 values and inclusive date bounds.

>>> import datetime
>>> [(t.text, t.value) for t in tag("The envoy arrived on Monday.", datetime.date(2023, 3, 16))]
[('Monday', '2023-03-13')]
"""

from __future__ import annotations

from kg.extract.time.jsonl import dates_jsonl, dates_lines
from kg.extract.time.tagger import tag
from kg.extract.time.timex import Timex

__all__ = ["Timex", "dates_jsonl", "dates_lines", "tag"]
