"""Calendar periods: their inclusive bounds, their TIMEX3 values, and steps from one to the next.

Weeks are those of ISO 8601 (Monday to Sunday). Seasons are the meteorological ones of the northern hemisphere, and a
winter bears the year in which it begins. Centuries run from 01 to 00.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace

from kg.model import Precision

__all__ = [
    "DURATION_CODE",
    "Period",
    "century",
    "day",
    "decade",
    "easter",
    "half",
    "month",
    "narrowed",
    "period",
    "quarter",
    "season",
    "shift",
    "weekend",
    "year",
]

_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_DAYS_IN = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
DURATION_CODE = {
    "second": ("PT", "S", 1),
    "minute": ("PT", "M", 1),
    "hour": ("PT", "H", 1),
    "day": ("P", "D", 1),
    "night": ("P", "D", 1),
    "week": ("P", "W", 1),
    "weekend": ("P", "WE", 1),
    "fortnight": ("P", "W", 2),
    "month": ("P", "M", 1),
    "quarter": ("P", "M", 3),
    "year": ("P", "Y", 1),
    "decade": ("P", "Y", 10),
    "century": ("P", "Y", 100),
}
"""Unit -> prefix and letter of its ISO 8601 duration, and how many of those it holds."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar: inclusive bounds, TIMEX3 value, precision, and the unit that it is one of."""

    begin: dt.date
    until: dt.date
    value: str
    precision: Precision
    unit: str


def day(date: dt.date) -> Period:
    """One day."""
    return Period(date, date, date.isoformat(), Precision.DAY, "day")


def month(year: int, number: int) -> Period:
    """One month; ValueError for a month or year out of the calendar."""
    last = calendar.monthrange(year, number)[1]
    value = f"{year:04d}-{number:02d}"
    return Period(dt.date(year, number, 1), dt.date(year, number, last), value, Precision.MONTH, "month")


def _months(year: int, number: int, count: int) -> tuple[dt.date, dt.date]:
    end = year * 12 + number - 1 + count - 1
    return month(year, number).begin, month(end // 12, end % 12 + 1).until


def quarter(year: int, number: int) -> Period:
    """Quarter 1 to 4 of a year."""
    return Period(*_months(year, 3 * number - 2, 3), f"{year:04d}-Q{number}", Precision.QUARTER, "quarter")


def half(year: int, number: int) -> Period:
    """Half 1 or 2 of a year."""
    return Period(*_months(year, 6 * number - 5, 6), f"{year:04d}-H{number}", Precision.HALF, "half")


def season(year: int, code: str) -> Period:
    """A season: SP, SU, FA or WI."""
    return Period(*_months(year, _SEASONS[code], 3), f"{year:04d}-{code}", Precision.SEASON, "season")


def year(number: int) -> Period:
    """One year."""
    return Period(dt.date(number, 1, 1), dt.date(number, 12, 31), f"{number:04d}", Precision.YEAR, "year")


def decade(number: int) -> Period:
    """The ten years from a round one: 199 is 1990 to 1999, value ``199X`` (ISO 8601-2, unspecified digit)."""
    return Period(
        dt.date(number * 10, 1, 1), dt.date(number * 10 + 9, 12, 31), f"{number:03d}X", Precision.DECADE, "decade"
    )


def century(number: int) -> Period:
    """The nth century: 20 is 1901 to 2000, value ``19`` by the TIMEX3 custom."""
    first, last = dt.date(number * 100 - 99, 1, 1), dt.date(number * 100, 12, 31)
    return Period(first, last, f"{number - 1:02d}", Precision.CENTURY, "century")


def _week(date: dt.date) -> Period:
    number = date.isocalendar()
    begin = date - dt.timedelta(days=date.weekday())
    return Period(begin, begin + dt.timedelta(days=6), f"{number.year:04d}-W{number.week:02d}", Precision.WEEK, "week")


def weekend(date: dt.date) -> Period:
    """Saturday and Sunday of the week that holds a day."""
    week = _week(date)
    return Period(week.begin + dt.timedelta(days=5), week.until, f"{week.value}-WE", Precision.DAYS, "weekend")


def period(unit: str, date: dt.date) -> Period:
    """The day, week, month, quarter, half, year, decade or century that holds a date."""
    if unit in ("week", "fortnight"):
        return _week(date)
    if unit == "weekend":
        return weekend(date)
    if unit == "month":
        return month(date.year, date.month)
    if unit == "quarter":
        return quarter(date.year, (date.month + 2) // 3)
    if unit == "half":
        return half(date.year, (date.month + 5) // 6)
    if unit == "year":
        return year(date.year)
    if unit == "decade":
        return decade(date.year // 10)
    if unit == "century":
        return century((date.year + 99) // 100)
    return day(date)


def shift(date: dt.date, unit: str, count: int) -> dt.date:
    """The date so many units away; the day is clipped to the length of its month.

    OverflowError or ValueError beyond the calendar.
    """
    if unit in _DAYS_IN:
        return date + dt.timedelta(days=_DAYS_IN[unit] * count)
    at = date.year * 12 + date.month - 1 + _MONTHS_IN[unit] * count
    target = month(at // 12, at % 12 + 1)
    return target.begin.replace(day=min(date.day, target.until.day))


def easter(number: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar, by the computus that Gauss began and Lilius' rules complete.

    The paschal full moon follows from the golden number, corrected for the leap days dropped and the lunar drift since
    1583; Easter is the Sunday after it.
    """
    golden = number % 19
    hundred = number // 100
    solar, lunar = hundred - hundred // 4, (8 * hundred + 13) // 25
    moon = (19 * golden + solar - lunar + 15) % 30  # days from 21 March to the full moon
    if moon == 29 or (moon == 28 and golden > 10):
        moon -= 1
    full = dt.date(number, 3, 21) + dt.timedelta(days=moon)
    return full + dt.timedelta(days=7 - (full.weekday() + 1) % 7)


def narrowed(whole: Period, part: str) -> Period:
    """The START, MID or END third of a period, with the value unchanged.

    Thirds are of months in a year (January to April ...), of ten days in a month, of weekdays in a week (Monday and
    Tuesday, Wednesday and Thursday, Friday to Sunday), of years in a decade (0 to 3, 4 to 6, 7 to 9) and in a century.
    Other periods stay whole.
    """
    first, last = whole.begin, whole.until
    index = {"START": 0, "MID": 1, "END": 2}[part]
    if whole.unit == "year":
        begin, until = _months(first.year, 1 + 4 * index, 4)
    elif whole.unit == "month":
        begin = first.replace(day=1 + 10 * index)
        until = last if index == 2 else first.replace(day=10 + 10 * index)
    elif whole.unit == "week":
        begin = first + dt.timedelta(days=2 * index)
        until = last if index == 2 else begin + dt.timedelta(days=1)
    elif whole.unit in ("decade", "century"):
        scale = 1 if whole.unit == "decade" else 10
        cuts = [0, 4 * scale, 7 * scale, 10 * scale]
        begin = first.replace(year=first.year + cuts[index])
        until = last.replace(year=first.year + cuts[index + 1] - 1)
    elif whole.unit in ("quarter", "season"):
        begin = _months(first.year + (first.month + index - 1) // 12, (first.month + index - 1) % 12 + 1, 1)[0]
        until = period("month", begin).until
    else:
        return whole
    return replace(whole, begin=begin, until=until)
