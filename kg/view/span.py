"""The stretch of time that is worth an axis: without the few days that lie far away from all others.

>>> usual([dt.date(1965, 6, 22), *(dt.date(2023, 1, day) for day in range(1, 29))])
(datetime.date(2023, 1, 1), datetime.date(2023, 1, 28))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from kg.graph.analysis import Timeline

__all__ = ["left_off", "trimmed", "usual"]

_SPARE = 50
"""One of so many days may be left off at either end, and one of twenty or more in any case."""


def usual(days: Sequence[dt.date]) -> tuple[dt.date, dt.date] | None:
    """First and last of the days that an axis should show, None without days.

    At either end up to two in a hundred are left off, if a gap of a third of all the rest parts them from it.
    """
    ordered = sorted(days)
    if not ordered:
        return None
    spare = max(len(ordered) // _SPARE, 1 if len(ordered) >= 20 else 0)
    first = _cut(ordered, spare)
    last = len(ordered) - 1 - _cut([dt.date.max - (day - dt.date.min) for day in reversed(ordered)], spare)
    # Both cuts were made with the other end in place; with it gone a further one may be due.
    first = max(first, _cut(ordered[: last + 1], spare))
    return ordered[first], ordered[last]


def _cut(ordered: Sequence[dt.date], spare: int) -> int:
    """How many of the first days are stray: those before the last gap of a third of all that follows."""

    def stray(place: int) -> bool:
        return 3 * (ordered[place] - ordered[place - 1]).days > (ordered[-1] - ordered[place]).days + 1

    return max((place for place in range(1, min(spare, len(ordered) - 1) + 1) if stray(place)), default=0)


def left_off(days: Sequence[dt.date], span: tuple[dt.date, dt.date]) -> str:
    """What of ``days`` lies outside of the span, in words; empty where nothing does.

    >>> left_off([dt.date(1965, 6, 22), dt.date(2023, 1, 1)], (dt.date(2023, 1, 1), dt.date(2023, 1, 28)))
    '1 before 2023-01-01 not drawn'
    """
    early, late = sum(day < span[0] for day in days), sum(day > span[1] for day in days)
    parts = [f"{early:,} before {span[0]}"] if early else []
    parts += [f"{late:,} after {span[1]}"] if late else []
    return f"{' and '.join(parts)} not drawn" if parts else ""


def trimmed(timeline: Timeline, span: tuple[dt.date, dt.date] | None = None) -> tuple[Timeline, str]:
    """The buckets of a timeline without stray ones far from all others, or those of ``span``; what is left off."""
    span = span or usual([row[0] for row in timeline.rows for _ in range(row[1])])
    if span is None:
        return timeline, ""
    kept = [row for row in timeline.rows if span[0] <= row[0] <= span[1]]
    shown = Timeline(timeline.columns, kept, timeline.every, timeline.coarse, timeline.undated)
    return shown, left_off([row[0] for row in timeline.rows for _ in range(row[1])], span)
