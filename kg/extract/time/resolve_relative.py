"""Days and periods counted from publication or from the date said last."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.counts import count_of, duration_value
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import modified, month_number
from kg.model import Precision

__all__ = ["part_found"]

_THIS_NEWS = 31
_QUOTES = frozenset("\"“'‘`")


def part_found(hit: Hit, date: dt.date) -> Found:
    """A day, or a part of it as TIME when the match names one."""
    period = periods.day(date)
    part = hit.value("part", "DAYPART")
    if part is None:
        return date_found(hit, period)
    return replace(date_found(hit, period, "TIME"), value=f"{period.value}T{part}")


@resolver
def deictic(hit: Hit, ctx: Context) -> Found | None:
    if hit.tokens.words[hit.last].istitle() and hit.led_by("CAP"):
        return None  # "USA Today"
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
    if hit.tokens.words[hit.last].istitle() and (lead in _QUOTES or hit.followed_by("CAP")):
        return None  # the "This Week" programme
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
    if anchor and abs((anchor.begin - ctx.dct).days) > _THIS_NEWS:
        anchor = None  # a day of history was said in passing
    period = periods.period(unit, anchor.begin if anchor else ctx.dct)
    if unit != "day" and hit.value("mod", "EARLIER") == "BEFORE":
        period = replace(period, until=ctx.dct)
    elif unit != "day" and hit.value("mod", "EARLIER") == "AFTER":
        period = replace(period, begin=ctx.dct)
    return date_found(hit, modified(hit, period))


def _from_anchor(hit: Hit, ctx: Context, unit: str, count: int) -> Found | None:
    """The period so many units from the date said last, or from publication when none was said near by."""
    anchor = ctx.anchor_back(hit, unit) if count < 0 else ctx.anchor(hit, unit)
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
    words = {word.lower() for word in hit.tokens.words[hit.first : hit.last + 1]}
    if anchor is None and {"the", "same"} <= words:
        anchor = ctx.fine_before(hit, unit)
    if anchor is None and unit in ("day", "night"):
        return _some_day(hit, ctx)
    if anchor is None:
        return unresolved(hit, "XXXX") if hit.has("mod") else None
    return date_found(hit, modified(hit, periods.period(unit, anchor.begin)))


def _some_day(hit: Hit, ctx: Context) -> Found:
    """ "that day" where only a month or year was said: some day of it."""
    wide = ctx.said[-1][1] if ctx.near(hit) else None
    values = {"month": "-XX", "year": "-XX-XX"}
    if wide is None or wide.unit not in values:
        return unresolved(hit, "XXXX-XX-XX")
    return date_found(hit, replace(wide, value=wide.value + values[wide.unit]))


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
    vague = bool(hit.words("quant"))
    if unit in ("decade", "century"):  # a round number of years, and no decade of the calendar
        unit, count, vague = "year", count * (10 if unit == "decade" else 100), True
    try:
        found = date_found(hit, periods.period(unit, periods.shift(ctx.dct, unit, -int(count))))
        return replace(found, precision=Precision.ABOUT) if vague else found
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
