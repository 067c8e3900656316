"""Windows in event time: partial dates expand to whole units, both ends are inclusive.

One set of rules for Python, the command line, SPARQL parameters and the page: ``2023`` is 2023-01-01 to 2023-12-31,
``2023-06`` ends on 2023-06-30, ``2023-Q2`` is a quarter.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from kg.errors import QueryError

__all__ = ["BUCKETS", "Day", "Window", "bucket_start", "buckets", "expand", "window"]

Day = str | dt.date
BUCKETS = ("day", "week", "month", "quarter", "year")
"""Units of a timeline, finest first. Weeks begin on Monday (ISO 8601)."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-[Qq]([1-4]))?")


@dataclass(frozen=True, slots=True)
class Window:
    """Inclusive bounds; ``None`` is open."""

    since: dt.date | None = None
    until: dt.date | None = None

    def __str__(self) -> str:
        return f"{self.since or '…'} to {self.until or '…'}"


def expand(value: Day) -> tuple[dt.date, dt.date]:
    """First and last day of a full or partial date.

    >>> expand("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))

    Raises:
        QueryError: not a date of the forms 2023, 2023-06, 2023-06-30 or 2023-Q2.
    """
    if isinstance(value, dt.datetime):
        return value.date(), value.date()
    if isinstance(value, dt.date):
        return value, value
    match = _PARTIAL.fullmatch(str(value).strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, quarter = (int(part) if part else None for part in match.groups())
        assert year is not None
        if day is not None and month is not None:
            exact = dt.date(year, month, day)
            return exact, exact
        if quarter is not None:
            return dt.date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)
        if month is not None:
            return dt.date(year, month, 1), _month_end(year, month)
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    except ValueError:
        raise QueryError(f"{value!r} is not a date; write 2023, 2023-06, 2023-06-30 or 2023-Q2") from None


def window(since: Day | None = None, until: Day | None = None) -> Window:
    """The window from the first day of ``since`` to the last day of ``until``; either may be missing.

    Raises:
        QueryError: a date is malformed, or the window ends before it begins.
    """
    first = expand(since)[0] if since is not None else None
    last = expand(until)[1] if until is not None else None
    if first and last and last < first:
        raise QueryError(f"the window ends ({last}) before it begins ({first}); swap since and until")
    return Window(first, last)


def bucket_start(day: dt.date, every: str) -> dt.date:
    """The first day of the bucket that holds ``day``; ``every`` is one of :data:`BUCKETS`.

    Raises:
        QueryError: an unknown unit.
    """
    match every:
        case "day":
            return day
        case "week":
            # The first days of year 1 belong to a week that begins before the calendar does.
            return dt.date.fromordinal(max(1, day.toordinal() - day.weekday()))
        case "month":
            return day.replace(day=1)
        case "quarter":
            return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case "year":
            return dt.date(day.year, 1, 1)
    raise QueryError(f"{every!r} is not a unit of time; use one of {', '.join(BUCKETS)}")


def buckets(first: dt.date, last: dt.date, every: str) -> list[dt.date]:
    """First days of all buckets from the one that holds ``first`` to the one that holds ``last``."""
    out, day, end = [], bucket_start(first, every), bucket_start(last, every)
    while day <= end:
        out.append(day)
        try:
            day = _next(day, every)
        except (ValueError, OverflowError):  # the calendar ends in 9999
            break
    return out


def _next(day: dt.date, every: str) -> dt.date:
    if every in ("day", "week"):
        return day + dt.timedelta(days=1 if every == "day" else 7)
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
