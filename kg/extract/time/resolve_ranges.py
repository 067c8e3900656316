"""Two dates that are the ends of one stretch: each has its own value, both carry the bounds of the whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found
from kg.extract.time.grammar import Hit
from kg.extract.time.periods import Period
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import day_number, month_number, nearest_day, nearest_month, second_year
from kg.model import Precision

__all__ = ["joined"]


def joined(left: Found, right: Found) -> tuple[Found, Found]:
    """Both ends with the bounds of the whole stretch."""
    precision = left.precision if left.precision != Precision.DAY else Precision.DAYS
    both = {"begin": left.begin, "until": right.until, "precision": precision}
    return replace(left, **both), replace(right, **both)  # type: ignore[arg-type]


def _pair(hit: Hit, first: Period, second: Period) -> list[Found] | None:
    """The two ends; "and" without "between" joins two dates that stay apart."""
    span_a, span_b = hit.span("first"), hit.span("second")
    if span_a is None or span_b is None:
        return None
    left = date_found(hit, first, first=span_a[0], last=span_a[1] - 1)
    right = date_found(hit, second, first=span_b[0], last=span_b[1] - 1)
    before = hit.tokens.words[hit.first - 1].lower() if hit.first else ""
    if first.begin > second.begin:
        return None
    if hit.word("joint") != "and" or before == "between":
        left, right = joined(left, right)
    return [left, right]


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        return periods.day(dt.date(year, month, day))
    except ValueError:
        return None


@resolver
def day_range(hit: Hit, ctx: Context) -> list[Found] | None:
    month, first, second = month_number(hit), day_number(hit, "a"), day_number(hit, "b")
    if hit.has("year"):
        year = int(hit.word("year"))
    else:
        nearest = nearest_day(hit, ctx, month, second)
        if nearest is None:
            return None
        year = nearest.year
    left, right = _day(year, month, first), _day(year, month, second)
    return _pair(hit, left, right) if left and right else None


@resolver
def day_list(hit: Hit, ctx: Context) -> list[Found] | None:
    """ "May 3, 4 and 5": three days, each by itself."""
    month, numbers = month_number(hit), [day_number(hit, group) for group in "abc"]
    nearest = None if hit.has("year") else nearest_day(hit, ctx, month, numbers[0])
    year = int(hit.word("year")) if hit.has("year") else nearest.year if nearest else None
    found = []
    for number, group in zip(numbers, ("first", "second", "third"), strict=True):
        date, span = _day(year or 0, month, number), hit.span(group)
        if date is None or span is None:
            return None
        found.append(date_found(hit, date, first=span[0], last=span[1] - 1))
    return found


@resolver
def date_range(hit: Hit, ctx: Context) -> list[Found] | None:
    first, second = (month_number(hit), day_number(hit, "a")), (month_number(hit, "month2"), day_number(hit, "b"))
    if hit.has("year"):
        year = int(hit.word("year"))
    else:
        nearest = nearest_day(hit, ctx, *second)
        if nearest is None:
            return None
        year = nearest.year
    left, right = _day(year - (first > second), *first), _day(year, *second)
    return _pair(hit, left, right) if left and right else None


@resolver
def month_range(hit: Hit, ctx: Context) -> list[Found] | None:
    first, second = month_number(hit), month_number(hit, "month2")
    last = periods.month(int(hit.word("year")), second) if hit.has("year") else nearest_month(hit, ctx, second)
    return _pair(hit, periods.month(last.begin.year - (first > second), first), last)


@resolver
def year_range(hit: Hit, ctx: Context) -> list[Found] | None:
    first = int(hit.word("a"))
    second = second_year(first, hit.word("b"))
    return _pair(hit, periods.year(first), periods.year(second)) if first < second <= first + 150 else None
