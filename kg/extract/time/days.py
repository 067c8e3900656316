"""Festivals and days that have become names, from ``time_days.yaml``."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kg.extract.time import periods
from kg.extract.time.lexicon import load_yaml

__all__ = ["Named", "festival_day", "festivals", "figures", "named_day"]


@dataclass(frozen=True, slots=True)
class Named:
    """A day of history, with the words one of which must follow its day and month."""

    day: dt.date
    words: frozenset[str]


@functools.cache
def festivals() -> dict[str, dict[str, Any]]:
    """Festivals by name in small letters."""
    return {name.lower(): rule for name, rule in load_yaml("time_days.yaml")["festivals"].items()}


@functools.cache
def _named() -> tuple[Named, ...]:
    return tuple(
        Named(_date(entry["day"]), frozenset(entry["words"])) for entry in load_yaml("time_days.yaml")["named"]
    )


@functools.cache
def figures() -> dict[str, dt.date]:
    """Days that are written as figures ("9/11")."""
    return {entry["text"]: _date(entry["day"]) for entry in load_yaml("time_days.yaml")["figures"]}


def _date(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def named_day(month: int, day: int, following: Iterable[str], dct: dt.date) -> dt.date | None:
    """The day of history that a day and month mean before these words, in a text of this date."""
    words = set(following)
    for named in _named():
        if (named.day.month, named.day.day) == (month, day) and named.day <= dct and words & named.words:
            return named.day
    return None


def festival_day(rule: dict[str, Any], year: int) -> dt.date | None:
    """The day of a festival in a year; None for those that only an observed or lunar calendar knows."""
    if "fixed" in rule:
        month, day = map(int, str(rule["fixed"]).split("-"))
        return dt.date(year, month, day)
    if "easter" in rule:
        return periods.easter(year) + dt.timedelta(days=rule["easter"]) if year >= 1583 else None
    if "weekday" in rule:
        month, weekday, nth = rule["weekday"]
        last = calendar.monthrange(year, month)[1]
        days = [d for d in range(1, last + 1) if dt.date(year, month, d).isoweekday() == weekday]
        return dt.date(year, month, days[nth - 1 if nth > 0 else nth]) + dt.timedelta(days=rule.get("shift", 0))
    return None
