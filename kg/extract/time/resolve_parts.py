"""Parts of a year: seasons, quarters, halves, fiscal years, and weeks by a day in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import (
    day_number,
    full_year,
    modified,
    month_number,
    nearest_day,
    nearest_month,
    ordinal,
    second_year,
)
from kg.model import Precision


@resolver
def season_year(hit: Hit, ctx: Context) -> Found | None:
    """ "the spring of 2019"."""
    return date_found(hit, modified(hit, periods.season(int(hit.word("year")), str(hit.value("season", "SEASON")))))


@resolver
def season_of_step(hit: Hit, ctx: Context) -> Found | None:
    """ "summer last year"."""
    year = ctx.dct.year + hit.step()
    return date_found(hit, modified(hit, periods.season(year, str(hit.value("season", "SEASON")))))


@resolver
def season_step(hit: Hit, ctx: Context) -> Found | None:
    """ "last summer" is the latest that is over, "next winter" the first to begin, "this spring" that of the year."""
    code = str(hit.value("season", "SEASON"))
    choices = [periods.season(ctx.dct.year + n, code) for n in range(-2, 3)]
    if hit.step() < 0:
        season = [s for s in choices if s.until < ctx.dct][-1]
    elif hit.step() > 0:
        season = next(s for s in choices if s.begin > ctx.dct)
    else:
        season = next((s for s in choices if s.begin <= ctx.dct <= s.until), choices[2])
    return date_found(hit, modified(hit, season))


@resolver
def bare_season(hit: Hit, ctx: Context) -> Found | None:
    """The latest one that has begun, or the next where the clause looks ahead."""
    code = str(hit.value("season", "SEASON"))
    choices = [periods.season(ctx.dct.year + n, code) for n in range(-2, 3)]
    ahead = ctx.tense(hit) == "future"
    season = next(s for s in choices if s.until >= ctx.dct) if ahead else [s for s in choices if s.begin <= ctx.dct][-1]
    return date_found(hit, modified(hit, season))


@resolver
def the_weekend(hit: Hit, ctx: Context) -> Found | None:
    """ "the weekend": the last one, or the one to come where the clause looks ahead."""
    weekend = periods.weekend(ctx.dct)
    if ctx.tense(hit) != "future" and not hit.has("step") and ctx.dct < weekend.begin:
        weekend = periods.weekend(ctx.dct - dt.timedelta(days=7))
    return date_found(hit, weekend)


@resolver
def week_of(hit: Hit, ctx: Context) -> Found | None:
    """ "the week of March 6"."""
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
        return ctx.dct.year + hit.step()
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
        return date_found(hit, next(q for q in choices if q.until >= ctx.dct))
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
    """ "the first half of 2021"."""
    words = [word.lower() for word in hit.tokens.words[hit.first : hit.last + 1] if word.lower() != "the"]
    number = {"first": 1, "second": 2, "last": 2, "final": 2, "latter": 2, "early": 1, "late": 2}.get(words[0])
    year = _year(hit, ctx)
    if number is None:
        return None
    return date_found(hit, periods.half(ctx.dct.year if year is None else year, number))


@resolver
def half_of_month(hit: Hit, ctx: Context) -> Found | None:
    """ "the first half of May"."""
    words = [word.lower() for word in hit.tokens.words[hit.first : hit.last + 1] if word.lower() != "the"]
    month = (
        periods.month(int(hit.word("year")), month_number(hit))
        if hit.has("year")
        else nearest_month(hit, ctx, month_number(hit))
    )
    if words[0] == "first":
        return date_found(hit, replace(month, until=month.begin.replace(day=15)))
    return date_found(hit, replace(month, begin=month.begin.replace(day=16)))


@resolver
def fiscal(hit: Hit, ctx: Context) -> Found | None:
    """A fiscal year is about the calendar year whose name it has; where it begins differs by country."""
    year = full_year(hit.word("year"), ctx.dct)
    found = replace(date_found(hit, periods.year(year)), value=f"FY{year:04d}", precision=Precision.ABOUT)
    if hit.has("year2") and second_year(year, hit.word("year2")) == year + 1:
        return replace(found, until=periods.year(year + 1).until)
    return found


@resolver
def fiscal_step(hit: Hit, ctx: Context) -> Found | None:
    """ "last fiscal year"."""
    year = _year(hit, ctx) or ctx.dct.year
    if hit.word("unit") == "quarter":
        return None
    return replace(date_found(hit, periods.year(year)), value=f"FY{year:04d}", precision=Precision.ABOUT)


@resolver
def year_end(hit: Hit, ctx: Context) -> Found | None:
    """ "year-end": the last third of a year."""
    year = _year(hit, ctx)
    if year is None:
        year = ctx.dct.year - (ctx.tense(hit) == "past" and ctx.dct.month < 7)
    return date_found(hit, periods.narrowed(periods.year(year), "END"))


@resolver
def unit_end(hit: Hit, ctx: Context) -> Found | None:
    """ "the end of the year", "late in the day"."""
    unit = hit.unit()
    if unit in ("", "hour", "minute"):
        return None
    return date_found(hit, modified(hit, periods.period(unit, ctx.dct)))
