"""Durations, sets, parts of a year, weeks and seasons, and the vague past, present and future."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.counts import count_of, duration_value
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import day_number, full_year, modified, month_number, nearest_day, nearest_month, ordinal
from kg.model import Precision

_UNIT_PRECISION = {
    "day": Precision.DAYS,
    "night": Precision.DAYS,
    "weekend": Precision.DAYS,
    "week": Precision.WEEK,
    "fortnight": Precision.WEEK,
    "month": Precision.MONTH,
    "quarter": Precision.QUARTER,
    "year": Precision.YEAR,
    "decade": Precision.DECADE,
    "century": Precision.CENTURY,
}


def _unit(hit: Hit, group: str = "unit") -> str:
    value = hit.value(group, "UNIT") or hit.value(group, "UNITS") or hit.value(group, "SECOND")
    return str(value)


def _count(hit: Hit, group: str = "n") -> float | None:
    return count_of(hit.words(group), hit.lexicon)


def _span(hit: Hit, ctx: Context, direction: int) -> Found:
    """A duration that ends or begins on the day of publication."""
    unit, count = _unit(hit), _count(hit) if hit.has("n") else 1.0
    found = unresolved(hit, duration_value([(count, unit)]), "DURATION")
    if count is None or unit not in _UNIT_PRECISION:
        return found
    try:
        far = periods.shift(ctx.dct, unit, direction * int(count))
    except (ValueError, OverflowError):
        return found
    return replace(found, begin=min(far, ctx.dct), until=max(far, ctx.dct), precision=_UNIT_PRECISION[unit])


@resolver
def past_span(hit: Hit, ctx: Context) -> Found | None:
    return _span(hit, ctx, -1)


@resolver
def next_span(hit: Hit, ctx: Context) -> Found | None:
    return _span(hit, ctx, 1)


@resolver
def vague_next(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, duration_value([(None, _unit(hit))]), "DURATION")


@resolver
def vague_past(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, duration_value([(None, _unit(hit))]), "DURATION")


def _titled(hit: Hit) -> bool:
    """Whether the unit is written as in a title ("60 Minutes")."""
    span = hit.span("unit")
    return span is not None and hit.tokens.words[span[0]].istitle()


@resolver
def duration(hit: Hit, ctx: Context) -> Found | None:
    count, unit = _count(hit), _unit(hit)
    after = hit.tokens.words[hit.last + 1].lower() if hit.last + 1 < len(hit.tokens.words) else ""
    if _titled(hit) or (unit == "quarter" and after in ("of", "the")):
        return None
    if hit.words("n") == ["half"] and unit == "century":
        count = 0.5
    if hit.has("half") and count is not None:
        count += 0.5
    pairs = [(count, unit)]
    if hit.has("unit2"):
        pairs.append((_count(hit, "n2"), _unit(hit, "unit2")))
    return unresolved(hit, duration_value(pairs), "DURATION")


@resolver
def a_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "a year", "an hour and a half": a duration after "for", "about" and their like, or when a half is added."""
    span = hit.span("n")
    led = hit.has("pre") or hit.has("half") or hit.has("or") or (span is not None and span[0] > hit.first)
    if not led or _unit(hit) in ("weekend", "minute") and hit.word("pre") in ("in", "of"):
        return None
    if _unit(hit) == "quarter":
        return None
    first = span[0] if span and hit.has("pre") else hit.first
    found = unresolved(hit, duration_value([(1.5 if hit.has("half") else 1.0, _unit(hit))]), "DURATION")
    return replace(found, first=first)


@resolver
def one_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "a week after the vote"."""
    return unresolved(hit, duration_value([(1.0, _unit(hit))]), "DURATION")


@resolver
def some_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "the day after the attack": a day that only the event tells."""
    unit = _unit(hit)
    values = {"day": "XXXX-XX-XX", "week": "XXXX-WXX", "month": "XXXX-XX", "year": "XXXX"}
    return unresolved(hit, values[unit]) if unit in values else None


@resolver
def half_unit(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, duration_value([(0.5, _unit(hit))]), "DURATION")


@resolver
def quarter_hour(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, "PT45M" if hit.tokens.words[hit.first].lower() == "three" else "PT15M", "DURATION")


@resolver
def unit_long(hit: Hit, ctx: Context) -> Found | None:
    word = hit.word("unit")
    unit = word.removesuffix("long") if word.endswith("long") else _unit(hit)
    return unresolved(hit, duration_value([(None if word.endswith("s") else 1.0, unit)]), "DURATION")


@resolver
def bare_units(hit: Hit, ctx: Context) -> Found | None:
    unit = _unit(hit)
    return unresolved(hit, duration_value([(None, unit)]), "DURATION") if unit not in ("night", "weekend") else None


@resolver
def set_adverb(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, str(hit.value("adv", "ADVSET")), "SET")


@resolver
def every(hit: Hit, ctx: Context) -> Found | None:
    words = hit.words("nth")
    count = 2.0 if words == ["other"] else float(ordinal(words, hit) or 1) if words else _count(hit) if hit.has("n") else 1.0
    return unresolved(hit, duration_value([(count, _unit(hit))]), "SET")


@resolver
def every_part(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, f"XXXX-XX-XXT{hit.value('part', 'DAYPART')}", "SET")


@resolver
def every_month(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, f"XXXX-{month_number(hit):02d}", "SET")


@resolver
def every_season(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, f"XXXX-{hit.value('season', 'SEASON')}", "SET")


@resolver
def rate(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, duration_value([(1.0, _unit(hit))]), "SET")


@resolver
def rate_or_none(hit: Hit, ctx: Context) -> Found | None:
    """ "90,000 barrels a day": a rate needs a count just before it."""
    begin = max(hit.first - 6, 0)
    counted = any(hit.lexicon.is_a(code, name) for code in hit.tokens.code[begin : hit.first] for name in _COUNTS)
    tight = hit.first > 0 and hit.lexicon.is_a(hit.tokens.code[hit.first - 1], "LOW")
    lead = hit.tokens.words[hit.first - 1].lower() if hit.first else ""
    if counted and tight and _unit(hit) != "quarter" and lead not in _NO_RATE and not hit.lexicon.is_a(hit.tokens.code[hit.first - 1], "YEARPREP"):
        return rate(hit, ctx)
    return None


_COUNTS = ("INT", "BIG", "FRACTION", "CARDINAL", "SCALE", "TIMES", "LONGINT", "VAGUE", "MANY")
_NO_RATE = frozenset("on that and or as for is was with but of".split())


@resolver
def season_year(hit: Hit, ctx: Context) -> Found | None:
    return date_found(hit, modified(hit, periods.season(int(hit.word("year")), str(hit.value("season", "SEASON")))))


@resolver
def season_of_step(hit: Hit, ctx: Context) -> Found | None:
    year = ctx.dct.year + {"last": -1, "next": 1}.get(hit.word("step"), 0)
    return date_found(hit, modified(hit, periods.season(year, str(hit.value("season", "SEASON")))))


@resolver
def season_step(hit: Hit, ctx: Context) -> Found | None:
    """ "last summer" is the latest one that is over, "next winter" the first to begin, "this spring" that of the year."""
    code, step = str(hit.value("season", "SEASON")), hit.words("step")[-1]
    choices = [periods.season(ctx.dct.year + n, code) for n in range(-2, 3)]
    if step in ("last", "past", "previous", "preceding"):
        season = [s for s in choices if s.until < ctx.dct][-1]
    elif step in ("this", "current"):
        season = [s for s in choices if s.begin.year == ctx.dct.year][0]
        season = next((s for s in choices if s.begin <= ctx.dct <= s.until), season)
    else:
        season = [s for s in choices if s.begin > ctx.dct][0]
    return date_found(hit, modified(hit, season))


@resolver
def bare_season(hit: Hit, ctx: Context) -> Found | None:
    """The latest one that has begun, or the next where the clause looks ahead."""
    code = str(hit.value("season", "SEASON"))
    choices = [periods.season(ctx.dct.year + n, code) for n in range(-2, 3)]
    ahead = ctx.tense(hit) == "future"
    season = [s for s in choices if s.until >= ctx.dct][0] if ahead else [s for s in choices if s.begin <= ctx.dct][-1]
    return date_found(hit, modified(hit, season))


@resolver
def the_weekend(hit: Hit, ctx: Context) -> Found | None:
    weekend = periods.weekend(ctx.dct)
    if ctx.tense(hit) != "future" and not hit.has("step") and ctx.dct < weekend.begin:
        weekend = periods.weekend(ctx.dct - dt.timedelta(days=7))
    return date_found(hit, weekend)


@resolver
def week_of(hit: Hit, ctx: Context) -> Found | None:
    month, day = month_number(hit), day_number(hit)
    try:
        date = dt.date(int(hit.word("year")), month, day) if hit.has("year") else nearest_day(hit, ctx, month, day)
    except ValueError:
        return None
    return date_found(hit, periods.period("week", date)) if date else None


def _year(hit: Hit, ctx: Context) -> int | None:
    if hit.has("year"):
        return full_year(hit.word("year"), ctx.dct)
    if hit.has("step"):
        return ctx.dct.year + {"last": -1, "previous": -1, "next": 1, "coming": 1}.get(hit.word("step"), 0)
    return None


@resolver
def quarter_of(hit: Hit, ctx: Context) -> Found | None:
    """A quarter by number; without a year the latest one that is over, or the next one where the clause looks ahead."""
    words = [word.lower() for word in hit.tokens.words[hit.first : hit.last + 1]]
    if words[0] == "the":
        words = words[1:]
    number = 4 if words[0] in ("last", "final") else ordinal(words[:1], hit)
    if not number or number > 4:
        return None
    year = _year(hit, ctx)
    if year is not None:
        return date_found(hit, periods.quarter(year, number))
    choices = [periods.quarter(ctx.dct.year + n, number) for n in (-1, 0, 1)]
    if ctx.tense(hit) == "future":
        return date_found(hit, [q for q in choices if q.until >= ctx.dct][0])
    return date_found(hit, [q for q in choices if q.until < ctx.dct][-1])


@resolver
def quarter_sign(hit: Hit, ctx: Context) -> Found | None:
    """ "Q3 2021", "H1": capital letter and figure written together."""
    letter_span = hit.span("letter")
    if letter_span is None:
        return None
    at = letter_span[0]
    letter, number = hit.tokens.words[at], int(hit.word("n"))
    if not letter.isupper() or hit.tokens.ends[at] != hit.tokens.starts[at + 1] or (letter == "H" and number > 2):
        return None
    make = periods.quarter if letter == "Q" else periods.half
    year = _year(hit, ctx)
    if year is not None:
        return date_found(hit, make(year, number))
    if letter == "H":
        return None
    choices = [make(ctx.dct.year + n, number) for n in (-1, 0)]
    return date_found(hit, [q for q in choices if q.until < ctx.dct][-1])


@resolver
def half_of(hit: Hit, ctx: Context) -> Found | None:
    words = [word.lower() for word in hit.tokens.words[hit.first : hit.last + 1] if word.lower() != "the"]
    number = {"first": 1, "second": 2, "last": 2, "final": 2, "latter": 2, "early": 1, "late": 2}.get(words[0])
    year = _year(hit, ctx)
    if number is None:
        return None
    return date_found(hit, periods.half(ctx.dct.year if year is None else year, number))


@resolver
def half_of_month(hit: Hit, ctx: Context) -> Found | None:
    words = [word.lower() for word in hit.tokens.words[hit.first : hit.last + 1] if word.lower() != "the"]
    month = periods.month(int(hit.word("year")), month_number(hit)) if hit.has("year") else nearest_month(hit, ctx, month_number(hit))
    if words[0] == "first":
        return date_found(hit, replace(month, until=month.begin.replace(day=15)))
    return date_found(hit, replace(month, begin=month.begin.replace(day=16)))


@resolver
def fiscal(hit: Hit, ctx: Context) -> Found | None:
    """A fiscal year is about the calendar year whose name it has; where it begins differs by country."""
    year = full_year(hit.word("year"), ctx.dct)
    found = replace(date_found(hit, periods.year(year)), value=f"FY{year:04d}", precision=Precision.ABOUT)
    if hit.has("year2"):
        tail = hit.word("year2")
        return replace(found, until=periods.year(int(tail) if len(tail) == 4 else year // 100 * 100 + int(tail)).until)
    return found


@resolver
def fiscal_step(hit: Hit, ctx: Context) -> Found | None:
    year = _year(hit, ctx) or ctx.dct.year
    if hit.word("unit") == "quarter":
        return None
    return replace(date_found(hit, periods.year(year)), value=f"FY{year:04d}", precision=Precision.ABOUT)


@resolver
def year_end(hit: Hit, ctx: Context) -> Found | None:
    year = _year(hit, ctx)
    if year is None:
        year = ctx.dct.year - (ctx.tense(hit) == "past" and ctx.dct.month < 7)
    return date_found(hit, periods.narrowed(periods.year(year), "END"))


@resolver
def unit_end(hit: Hit, ctx: Context) -> Found | None:
    """ "the end of the year", "late in the day"."""
    unit = _unit(hit)
    if unit in ("None", "hour", "minute"):
        return None
    return date_found(hit, modified(hit, periods.period(unit, ctx.dct)))


@resolver
def present(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, "PRESENT_REF")


@resolver
def past(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, "PAST_REF")


@resolver
def future(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, "FUTURE_REF")
