"""What resolving an expression needs beside its words: the publication date, the clause, and what was said before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from kg.extract.time.grammar import Hit
from kg.extract.time.periods import Period, day
from kg.extract.time.tense import Tense, tense_at
from kg.model import Precision

__all__ = ["Context", "Found", "date_found", "unresolved"]

_ANCHOR_REACH = 800
_FINENESS = {
    unit: rank
    for rank, units in enumerate(
        ("day night", "week weekend fortnight", "month", "quarter season", "half", "year", "decade", "century")
    )
    for unit in units.split()
}


@dataclass(frozen=True, slots=True)
class Found:
    """A resolved expression. ``first`` and ``last`` are tokens; ``period`` is what later expressions may count from."""

    first: int
    last: int
    type: str
    value: str
    begin: dt.date | None = None
    until: dt.date | None = None
    precision: Precision = Precision.UNKNOWN
    period: Period | None = None


@dataclass(slots=True)
class Context:
    """State of one pass over a text, left to right."""

    dct: dt.date
    said: list[tuple[int, Period]] = field(default_factory=list)

    def tense(self, hit: Hit) -> Tense:
        """The tense of the clause around a match."""
        return self.tense_and_distance(hit)[0]

    def tense_and_distance(self, hit: Hit) -> tuple[Tense, int]:
        """The tense, and how many tokens off the word is that tells it."""
        lead = [word.lower() for word in hit.tokens.words[max(hit.first - 3, 0) : hit.first] if word.lower() != "the"]
        if lead[-1:] == ["since"]:
            return "past", 1
        if lead[-2:] == ["ahead", "of"]:
            return "future", 1
        return tense_at(hit.tokens, hit.first, hit.last)

    def near(self, hit: Hit) -> bool:
        """Whether a date was said not far before a match."""
        return bool(self.said) and hit.tokens.starts[hit.first] - self.said[-1][0] <= _ANCHOR_REACH

    def anchor(self, hit: Hit, unit: str) -> Period | None:
        """The date said last before a match, if it is near and as fine as the unit needs."""
        if not self.near(hit):
            return None
        period = self.said[-1][1]
        return period if _FINENESS[period.unit] <= _FINENESS.get(unit, 0) else None

    def _near(self, hit: Hit) -> list[Period]:
        return [period for at, period in self.said[-8:] if hit.tokens.starts[hit.first] - at <= _ANCHOR_REACH]

    def fine_before(self, hit: Hit, unit: str) -> Period | None:
        """The date that "the same day" takes up: the last one said near by that is as fine as the unit."""
        return next((p for p in reversed(self._near(hit)) if _FINENESS[p.unit] <= _FINENESS.get(unit, 0)), None)

    def anchor_back(self, hit: Hit, unit: str) -> Period | None:
        """The date that "a day earlier" counts from: the last one said near by that is as fine as the unit.

        Where those near by are all coarser but reach up to the last month, it is the day of publication: such
        words compare a day's figures with those of the day before.
        """
        fine = self.fine_before(hit, unit)
        if fine is not None:
            return fine
        near = self._near(hit)
        if near and all(self.dct - dt.timedelta(days=31) <= period.until for period in near):
            return day(self.dct)
        return None


def date_found(
    hit: Hit, period: Period, kind: str = "DATE", first: int | None = None, last: int | None = None
) -> Found:
    """A DATE whose bounds are those of a period."""
    return Found(
        hit.first if first is None else first,
        hit.last if last is None else last,
        kind,
        period.value,
        period.begin,
        period.until,
        period.precision,
        period,
    )


def unresolved(hit: Hit, value: str, kind: str = "DATE") -> Found:
    """An expression with a value and no bounds."""
    return Found(hit.first, hit.last, kind, value)
