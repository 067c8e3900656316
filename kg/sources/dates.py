"""Publication dates as sources print them. Nothing is shifted: the date is the one printed, in the zone printed.

Forms: ISO 8601 dates and datetimes, ``2018/06/12``, ``20180612``, ``20180612103000`` (GDELT), RFC 822 and 5322,
``12 June 2018``, ``June 12, 2018`` with or without weekday and time, and seconds or milliseconds since 1970, which are
UTC by definition. ``03/04/2018`` is refused: it is April in one country and March in another.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from typing import Any

from kg.sources.record import quoted

__all__ = ["DateError", "Published", "latest", "leading_date", "parse_published"]

EARLIEST = dt.date(1800, 1, 1)
_CLOCK_FLOOR = dt.date(2026, 12, 31)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {  # hours east of Greenwich: those of RFC 822, and others that mean one thing in news
    "Z": 0.0, "UT": 0.0, "UTC": 0.0, "GMT": 0.0,
    "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
    "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0, "MSK": 3.0,
    "PKT": 5.0, "ICT": 7.0, "WIB": 7.0, "HKT": 8.0, "SGT": 8.0, "PHT": 8.0, "JST": 9.0, "KST": 9.0,
    "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0,
}  # fmt: skip

_MONTH = "(?P<{}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s{0,3})?"
_DAY = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
_ZONE = r"(?:(?:GMT|UTC)?[+\u2212-]\d{1,2}(?::?\d{2})?|\(?(?:" + "|".join(_ZONES) + r")\)?)"
_TIME = (
    r"(?:(?:T|,?\s{1,3}(?:at\s)?|,\s?|\s?[|\u2013-]\s?)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap]\.?m\b\.?))?(?:\s?(?P<zone>" + _ZONE + r")(?![A-Za-z])(?:\s?\([A-Za-z ]{1,40}\))?)?)?"
)
_DATES = (
    r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
    r"(?P<y2>\d{4})(?P<m2>\d{2})(?P<d2>\d{2})(?!\d)",
    _WEEKDAY + _DAY.format("d3") + r"[\s-]{1,3}(?:of\s)?" + _MONTH.format("m3") + r",?[\s-]{1,3}(?P<y3>\d{4})(?!\d)",
    _WEEKDAY + _MONTH.format("m4") + r"\s{0,3}" + _DAY.format("d4") + r"(?:,\s{0,3}|\s{1,3})(?P<y4>\d{4})(?!\d)",
)
_PATTERN = re.compile("(?:" + "|".join(_DATES) + ")" + _TIME, re.IGNORECASE)
_SHORT_YEAR = re.compile(
    _WEEKDAY + _DAY.format("d") + r"\s" + _MONTH.format("m") + r"\s(?P<y>\d{2})(?=\s\d{1,2}:\d{2}[:\d]{0,3}\s\S)",
    re.IGNORECASE,
)
_DAY_OR_MONTH_FIRST = re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})(?!\d)")
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(Z?)")
_UNKNOWN_ZONE = re.compile(r"(?<=[\d mM])\s?\(?[A-Z]{2,5}\)?$")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?|\d{12,13}")


class DateError(ValueError):
    """A publication date that can't be read or can't be true; the message says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date, with time of day (and zone, where printed) if the source gives one."""

    date: dt.date
    at: dt.datetime | None = None


def latest() -> dt.date:
    """The last date that is believed: a year from today. A clock that is set back makes no real date impossible."""
    return max(dt.datetime.now(dt.UTC).date(), _CLOCK_FLOOR) + dt.timedelta(days=366)


def parse_published(value: Any) -> Published:
    """The date (and time) that ``value`` states. Raises :class:`DateError`.

    >>> parse_published("2023-03-16T23:30:00+09:00").date
    datetime.date(2023, 3, 16)
    >>> parse_published("June 12, 2018")
    Published(date=datetime.date(2018, 6, 12), at=None)
    """
    if isinstance(value, dt.datetime):
        return _checked(value.date(), value)
    if isinstance(value, dt.date):
        return _checked(value, None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DateError(f"the date {quoted(value)} is no date; write it as YYYY-MM-DD")
    return _parse(str(value)[:200].strip())


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> Published:
    if not text:
        raise DateError("no publication date; give one as YYYY-MM-DD")
    if stamp := _STAMP.fullmatch(text):
        year, month, day, hour, minute, second = (int(g) for g in stamp.groups()[:6])
        day_of = _date(year, month, day, text)
        return _checked(day_of, _at(day_of, hour, minute, second, dt.UTC if stamp[7] else None, text))
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text.partition(".")[0]) >= 12 else 1)
        moment = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
        return _checked(moment.date(), moment)
    if match := _SHORT_YEAR.match(text):
        year = int(match["y"])
        text = f"{match['d']} {match['m']} {year + (1900 if year >= 69 else 2000)}{text[match.end() :]}"
    if numbers := _DAY_OR_MONTH_FIRST.match(text):
        text = _day_first(numbers) + text[numbers.end() :]
    found = _PATTERN.fullmatch(text.rstrip(" .,")) or _PATTERN.fullmatch(_UNKNOWN_ZONE.sub("", text))
    if found is None:
        raise DateError(f"the date {quoted(text)} can't be read; write it as YYYY-MM-DD")
    return _published(found)


def leading_date(text: str) -> str | None:
    """The words at the start of ``text`` that have the form of a date (it may still be impossible), or None.

    >>> leading_date("16 March 2023 Leaders met")
    '16 March 2023'
    """
    found = _PATTERN.match(text[:200])
    return found[0] if found else None


def _day_first(numbers: re.Match[str]) -> str:
    first, second = int(numbers["a"]), int(numbers["b"])
    if first <= 12 and second <= 12 and first != second:
        raise DateError(f"the date {quoted(numbers[0])} is ambiguous (day or month first?); write it as YYYY-MM-DD")
    day, month = (second, first) if second > 12 else (first, second)
    return f"{numbers['y']}-{month:02}-{day:02}"


def _published(found: re.Match[str]) -> Published:
    part = found.groupdict()
    year, month, day = next(
        (part["y" + n], part["m" + n], part["d" + n]) for n in ("", "2", "3", "4") if part["y" + n] is not None
    )
    number = int(month) if month.isdecimal() else _MONTHS[month.lower()]
    date = _date(int(year), number, int(day), found[0])
    if part["H"] is None:
        return _checked(date, None)
    hour = int(part["H"])
    if part["half"]:
        if not 1 <= hour <= 12:
            raise DateError(f"the time in {quoted(found[0])} does not exist; write the date as YYYY-MM-DD")
        hour = hour % 12 + (12 if part["half"][0] in "pP" else 0)
    zone = _zone(part["zone"], found[0])
    return _checked(date, _at(date, hour, int(part["M"]), int(part["S"] or 0), zone, found[0]))


def _date(year: int, month: int, day: int, text: str) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise DateError(f"the date {quoted(text)} does not exist; write it as YYYY-MM-DD") from None


def _at(date: dt.date, hour: int, minute: int, second: int, zone: dt.tzinfo | None, text: str) -> dt.datetime:
    try:
        # a leap second is the last one of its minute
        return dt.datetime.combine(date, dt.time(hour, minute, 59 if second == 60 else second, tzinfo=zone))
    except ValueError:
        raise DateError(f"the time in {quoted(text)} does not exist; write the date as YYYY-MM-DD") from None


def _zone(name: str | None, text: str) -> dt.tzinfo | None:
    """The zone by offset or by name; None (time without zone) for a name that isn't known."""
    if name is None:
        return None
    name = name.strip("()").replace("\u2212", "-").upper()
    if name in _ZONES:
        hours = _ZONES[name]
        return dt.UTC if hours == 0 else dt.timezone(dt.timedelta(hours=hours))
    offset = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?", name)
    if offset is None:
        return None
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    if minutes > 14 * 60:
        raise DateError(f"the time zone in {quoted(text)} does not exist; write the date as YYYY-MM-DD")
    return dt.timezone(dt.timedelta(minutes=-minutes if offset[1] == "-" else minutes)) if minutes else dt.UTC


def _checked(date: dt.date, at: dt.datetime | None) -> Published:
    if date < EARLIEST:
        raise DateError(f"the date {date} is before {EARLIEST.year}; give the date of publication")
    if date > latest():
        raise DateError(f"the date {date} is in the far future; give the date of publication")
    return Published(date, at)
