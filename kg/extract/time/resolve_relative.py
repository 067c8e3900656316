"""Weekdays, and days and periods counted from publication or from the date said last."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.counts import count_of, duration_value
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import modified, month_number
from kg.extract.time.tense import cues, tense_at
from kg.model import Precision

__all__ = ["after", "before", "part_found"]

_LEAD = 12


def before(date: dt.date, weekday: int, same: bool) -> dt.date:
    """The last such weekday before a date, or on it."""
    back = (date.isoweekday() - weekday) % 7
    return date - dt.timedelta(days=back or (0 if same else 7))


def after(date: dt.date, weekday: int, same: bool) -> dt.date:
    """The first such weekday after a date, or on it."""
    ahead = (weekday - date.isoweekday()) % 7
    return date + dt.timedelta(days=ahead or (0 if same else 7))


def _weekday(hit: Hit) -> int:
    value = hit.value("wd", "WEEKDAY") or hit.value("wd", "WEEKDAYABBR") or hit.value("wd", "WEEKDAYS")
    return value if isinstance(value, int) else 1


def part_found(hit: Hit, date: dt.date) -> Found:
    """A day, or a part of it as TIME when the match names one."""
    period = periods.day(date)
    part = hit.value("part", "DAYPART")
    if part is None:
        return date_found(hit, period)
    return replace(date_found(hit, period, "TIME"), value=f"{period.value}T{part}")


def _looks_ahead(hit: Hit, ctx: Context) -> bool:
    """Whether a bare weekday is one to come: by tense, by "as soon as", by a deadline moved to it.

    "Friday's ruling" is over even where the clause looks ahead, "Friday's summit" is not.
    """
    words = [word.lower() for word in hit.tokens.words[max(hit.first - _LEAD, 0) : hit.first]]
    if words[-3:] in (["as", "soon", "as"], ["as", "early", "as"]):
        return True
    if {"until", "till", "to", "for"} & set(words[-3:]) and cues().moved & set(words):
        return True
    if hit.tokens.words[hit.last + 1 : hit.last + 2] in (["'"], ["’"]):
        right = tense_at(hit.tokens, hit.first, hit.last, rightward=True)[0]
        owned = {word.lower() for word in hit.tokens.words[hit.last + 3 : hit.last + 6]}
        return right == "future" and bool(owned & cues().scheduled)
    tense = ctx.tense(hit)
    return tense == "future" or (tense is None and words[-1:] in (["by"], ["until"], ["till"]))


@resolver
def weekday(hit: Hit, ctx: Context) -> Found | None:
    """Alone: the nearest such day not after publication, or not before it where the clause looks ahead.

    "Last" is the one before, "next" the one of next week (Monday to Sunday), "this" the one of this week or, in a
    clause that looks ahead, the one to come.
    """
    day, dct = _weekday(hit), ctx.dct
    week = periods.period("week", dct).begin
    anchor = ctx.anchor(hit, "day") if hit.anchored() else None
    if not hit.has("step"):
        date = after(dct, day, True) if _looks_ahead(hit, ctx) else before(dct, day, True)
    elif hit.word("step") == "next":
        date = week + dt.timedelta(days=6 + day)
    elif hit.step() < 0:
        date = before(anchor.begin if anchor else dct, day, False)
    elif hit.step() > 0:
        date = after(anchor.until if anchor else dct, day, False)
    else:
        date = week + dt.timedelta(days=day - 1)
        if date < dct and ctx.tense(hit) != "past":
            date += dt.timedelta(days=7)
    return part_found(hit, date)


@resolver
def weekday_of_week(hit: Hit, ctx: Context) -> Found | None:
    anchor = ctx.anchor(hit, "day") if hit.anchored() else None
    base = anchor.begin if anchor else ctx.dct
    monday = periods.period("week", base).begin
    return date_found(hit, periods.day(monday + dt.timedelta(days=7 * hit.step() + _weekday(hit) - 1)))


@resolver
def weekday_beside(hit: Hit, ctx: Context) -> Found | None:
    """ "the Friday before": counted from the date said last."""
    anchor = ctx.anchor(hit, "day")
    base = anchor.begin if anchor else ctx.dct
    side = hit.words("side")
    date = before(base, _weekday(hit), False) if side[0] == "before" else after(base, _weekday(hit), False)
    if side[1:] == ["last"]:
        date = before(before(ctx.dct, _weekday(hit), False), _weekday(hit), False)
    elif side[1:] == ["next"]:
        date = after(after(ctx.dct, _weekday(hit), False), _weekday(hit), False)
    return date_found(hit, periods.day(date))


@resolver
def day_beside(hit: Hit, ctx: Context) -> Found | None:
    """ "the day before last Tuesday"."""
    step = hit.word("step")
    ahead = step == "next" or (not step and ctx.tense(hit) == "future")
    base = after(ctx.dct, _weekday(hit), not step) if ahead else before(ctx.dct, _weekday(hit), not step)
    return date_found(hit, periods.day(base + dt.timedelta(days=-1 if hit.word("side") == "before" else 1)))


@resolver
def weeks_from_weekday(hit: Hit, ctx: Context) -> Found | None:
    count = count_of(hit.words("n"), hit.lexicon)
    if count is None:
        return None
    return date_found(hit, periods.day(after(ctx.dct, _weekday(hit), True) + dt.timedelta(days=7 * int(count))))


@resolver
def weekdays(hit: Hit, ctx: Context) -> Found | None:
    part = hit.value("part", "DAYPART")
    return unresolved(hit, f"XXXX-WXX-{_weekday(hit)}" + (f"T{part}" if part else ""), "SET")


@resolver
def weekends(hit: Hit, ctx: Context) -> Found | None:
    """ "on weekends"."""
    return unresolved(hit, "XXXX-WXX-WE", "SET")


@resolver
def deictic(hit: Hit, ctx: Context) -> Found | None:
    step = hit.value("wd", "DEICTIC")
    return part_found(hit, ctx.dct + dt.timedelta(days=step if isinstance(step, int) else 0))


@resolver
def beside_deictic(hit: Hit, ctx: Context) -> Found | None:
    step = hit.value("wd", "DEICTIC")
    days = (step if isinstance(step, int) else 0) + (-1 if hit.word("side") == "before" else 1)
    return date_found(hit, periods.day(ctx.dct + dt.timedelta(days=days)))


@resolver
def tonight(hit: Hit, ctx: Context) -> Found | None:
    return replace(date_found(hit, periods.day(ctx.dct), "TIME"), value=f"{ctx.dct.isoformat()}TNI")


@resolver
def this_part(hit: Hit, ctx: Context) -> Found | None:
    return part_found(hit, ctx.dct)


@resolver
def last_night(hit: Hit, ctx: Context) -> Found | None:
    """The night that began yesterday; it ended on the day of publication."""
    eve = ctx.dct - dt.timedelta(days=1)
    return replace(
        date_found(hit, periods.day(eve), "TIME"),
        value=f"{eve.isoformat()}TNI",
        until=ctx.dct,
        precision=Precision.DAYS,
    )


@resolver
def overnight(hit: Hit, ctx: Context) -> Found | None:
    """The night before publication, valued by the day on which it ended."""
    eve = ctx.dct - dt.timedelta(days=1)
    return replace(
        date_found(hit, periods.day(ctx.dct), "TIME"),
        value=f"{ctx.dct.isoformat()}TNI",
        begin=eve,
        precision=Precision.DAYS,
    )


@resolver
def next_part(hit: Hit, ctx: Context) -> Found | None:
    """ "the next morning": counted from the day said last."""
    anchor = ctx.anchor(hit, "day")
    if anchor is None and ctx.tense(hit) != "future":
        return unresolved(hit, f"XXXX-XX-XXT{hit.value('part', 'DAYPART')}", "TIME")
    return part_found(hit, (anchor.begin if anchor else ctx.dct) + dt.timedelta(days=hit.step()))


@resolver
def step_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "last week", "this month", "earlier this year"."""
    unit, count, base = hit.unit(), hit.step(), ctx.dct
    lead = hit.before()[0]
    if unit in ("hour", "minute", "night") or (unit == "day" and lead not in ("on", "to")):
        return None
    if unit == "day" and lead == "to":
        return unresolved(hit, "PRESENT_REF")
    if unit == "weekend" and count == 0 and ctx.tense(hit) == "past" and base.isoweekday() < 5:
        count = -1
    period = periods.period(unit, periods.shift(base, unit, count))
    so_far = hit.tokens.words[max(hit.first - 2, 0) : hit.first]
    if hit.value("mod", "EARLIER") == "BEFORE" or [word.lower() for word in so_far] == ["so", "far"]:
        period = replace(period, until=min(period.until, max(base, period.begin)))
    elif hit.value("mod", "EARLIER") == "AFTER":
        period = replace(period, begin=max(period.begin, min(base, period.until)))
    else:
        period = modified(hit, period)
    return date_found(hit, period)


@resolver
def in_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "later in the day", "earlier in the week": the day said last, the week or year of publication."""
    unit = hit.unit()
    if unit in ("hour", "minute", "night"):
        return None
    anchor = ctx.anchor(hit, unit) if unit == "day" else None
    period = periods.period(unit, anchor.begin if anchor else ctx.dct)
    if unit != "day" and hit.value("mod", "EARLIER") == "BEFORE":
        period = replace(period, until=ctx.dct)
    elif unit != "day" and hit.value("mod", "EARLIER") == "AFTER":
        period = replace(period, begin=ctx.dct)
    return date_found(hit, modified(hit, period))


def _from_anchor(hit: Hit, ctx: Context, unit: str, count: int) -> Found | None:
    """The period so many units from the date said last, or from publication when none was said near by."""
    anchor = ctx.anchor(hit, unit)
    if anchor is None and (ctx.near(hit) or (count > 0 and ctx.tense(hit) != "future")):
        return unresolved(hit, "XXXX-XX-XX")  # counted from something known too vaguely, or not said at all
    base = (anchor.until if count > 0 else anchor.begin) if anchor else ctx.dct
    if anchor and anchor.unit == unit:
        base = anchor.begin
    return date_found(hit, modified(hit, periods.period(unit, periods.shift(base, unit, count))))


@resolver
def step_from_anchor(hit: Hit, ctx: Context) -> Found | None:
    """ "the next day", "the previous week"."""
    unit = hit.unit()
    return _from_anchor(hit, ctx, unit, hit.step()) if unit not in ("hour", "minute") else None


@resolver
def unit_beside(hit: Hit, ctx: Context) -> Found | None:
    """ "the day before", at the end of a clause."""
    unit = hit.unit()
    if unit in ("hour", "minute"):
        return None
    return _from_anchor(hit, ctx, unit, -1 if hit.word("side") == "before" else 1)


@resolver
def that_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "that day", "the same year": the one said last."""
    unit = hit.unit()
    anchor = ctx.anchor(hit, unit)
    if unit in ("hour", "minute"):
        return None
    if anchor is None:
        return (
            unresolved(hit, "XXXX-XX-XX" if unit in ("day", "night") else "XXXX")
            if hit.has("mod") or unit == "day"
            else None
        )
    return date_found(hit, modified(hit, periods.period(unit, anchor.begin)))


@resolver
def same_last_year(hit: Hit, ctx: Context) -> Found | None:
    """ "the same quarter last year": of the one said last, else of that of publication."""
    unit = hit.unit()
    if unit in ("hour", "minute", "year", "decade", "century"):
        return None
    anchor = ctx.anchor(hit, unit)
    date = anchor.begin if anchor and anchor.begin.year >= ctx.dct.year - 1 else ctx.dct
    return date_found(hit, periods.period(unit, periods.shift(date, "year", -1)))


@resolver
def before_last(hit: Hit, ctx: Context) -> Found | None:
    unit = hit.unit()
    if unit in ("hour", "minute"):
        return None
    return date_found(
        hit, periods.period(unit, periods.shift(ctx.dct, unit, -2 if hit.word("side") == "before last" else 2))
    )


@resolver
def ago(hit: Hit, ctx: Context) -> Found | None:
    """The day, week, month, year or decade that lies so far back; its precision is that of the unit."""
    unit = hit.unit()
    count = count_of(hit.words("n"), hit.lexicon)
    if unit in ("second", "minute", "hour"):
        return (
            replace(date_found(hit, periods.day(ctx.dct)), value="PAST_REF")
            if unit != "hour"
            else _hours_ago(hit, ctx, count)
        )
    if count is None:
        return unresolved(hit, "PAST_REF")
    if hit.has("half"):
        count += 0.5
    if count != int(count):
        unit, count = {
            "year": ("month", 12 * count),
            "decade": ("year", 10 * count),
            "century": ("year", 100 * count),
        }.get(unit, (unit, count))
    try:
        found = date_found(hit, periods.period(unit, periods.shift(ctx.dct, unit, -int(count))))
        return replace(found, precision=Precision.ABOUT) if hit.words("quant") else found
    except (ValueError, OverflowError):
        return unresolved(hit, "PAST_REF")


def _hours_ago(hit: Hit, ctx: Context, count: float | None) -> Found:
    """Without the hour of publication, hours back are only known to be of that day or the one before."""
    if count is None or count > 12:
        return unresolved(hit, "PAST_REF")
    return Found(hit.first, hit.last, "DATE", "PAST_REF", ctx.dct - dt.timedelta(days=1), ctx.dct, Precision.DAYS)


@resolver
def half_ago(hit: Hit, ctx: Context) -> Found | None:
    """ "half a century ago"."""
    unit, count = {"century": ("year", 50), "decade": ("year", 5), "year": ("month", 6)}.get(hit.unit(), ("", 0))
    if not unit:
        return unresolved(hit, "PAST_REF")
    found = date_found(hit, periods.period(unit, periods.shift(ctx.dct, unit, -count)))
    return replace(found, precision=Precision.ABOUT)


@resolver
def vague_ago(hit: Hit, ctx: Context) -> Found | None:
    return unresolved(hit, "PAST_REF")


@resolver
def ago_this(hit: Hit, ctx: Context) -> Found | None:
    """ "a year ago this month"."""
    unit = hit.unit()
    count = count_of(hit.words("n"), hit.lexicon)
    if count is None or unit in ("minute", "hour", "second"):
        return None
    date = periods.shift(ctx.dct, unit, -int(count))
    if hit.has("month"):
        return date_found(hit, periods.month(date.year, month_number(hit)))
    return date_found(hit, periods.period("week" if "week" in hit.tokens.words[hit.last] else "month", date))


@resolver
def ago_day(hit: Hit, ctx: Context) -> Found | None:
    """ "50 years ago today"."""
    unit = hit.unit()
    count = count_of(hit.words("n"), hit.lexicon)
    if count is None or unit in ("minute", "hour", "second"):
        return None
    return date_found(hit, periods.day(periods.shift(ctx.dct, unit, -int(count))))


@resolver
def earlier(hit: Hit, ctx: Context) -> Found | None:
    """ "two days later": from the date said last if it is as fine as the unit; "earlier" may count from publication."""
    unit = hit.unit()
    count = count_of(hit.words("n"), hit.lexicon)
    back = hit.word("side") in ("earlier", "before")
    if unit in ("second", "minute", "hour") or count is None or count != int(count):
        return unresolved(hit, duration_value([(count, unit)]), "DURATION")
    return _from_anchor(hit, ctx, unit, -int(count) if back else int(count))


@resolver
def from_now(hit: Hit, ctx: Context) -> Found | None:
    unit = hit.unit()
    count = count_of(hit.words("n"), hit.lexicon)
    if count is None or unit in ("second", "minute", "hour"):
        return unresolved(hit, "FUTURE_REF")
    return date_found(hit, periods.period(unit, periods.shift(ctx.dct, unit, int(count))))


@resolver
def year_ago(hit: Hit, ctx: Context) -> Found | None:
    """ "the year-ago quarter", "a week-earlier figure"."""
    unit = hit.unit()
    if unit in ("hour", "minute") or hit.word("side") == "later":
        return None
    count = count_of(hit.words("n"), hit.lexicon) or 1
    return date_found(hit, periods.period(unit, periods.shift(ctx.dct, unit, -int(count))))
