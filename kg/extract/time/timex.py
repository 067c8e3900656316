"""The record that the tagger returns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kg.model import Precision

__all__ = ["Timex"]


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression in a text: TIMEX3 type and value, and the inclusive bounds in days where they are known.

    ``start`` and ``end`` are offsets in characters of the text, so that ``source[start:end] == text``. ``type`` is one
    of DATE, TIME, DURATION and SET. ``until`` is ``None`` beside a known ``begin`` while the time goes on ("since
    1994"). Each end of a range ("from 3 to 5 May") has its own value and the bounds of the whole range.
    """

    start: int
    end: int
    text: str
    type: str
    value: str
    begin: dt.date | None
    until: dt.date | None
    precision: Precision
