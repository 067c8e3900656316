"""Time expressions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kg.model import Precision

__all__ = ["Timex", "tag"]


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression in a text: TIMEX3 type and value, and the inclusive bounds in days where they are known."""

    start: int
    end: int
    text: str
    type: str
    value: str
    begin: dt.date | None
    until: dt.date | None
    precision: Precision


def tag(text: str, dct: dt.date) -> list[Timex]:
    return []
