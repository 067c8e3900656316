"""Weekdays: alone by tense, stepped ("next Friday"), beside another day, and as sets ("on Fridays")."""

from __future__ import annotations

import datetime as dt

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.counts import count_of
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_relative import part_found
from kg.extract.time.tense import Tense, cues, tense_at

__all__ = ["after", "before"]

_LEAD = 12
_OWNER_REACH = 5
_OWNED = 3  # from "Friday" to what it owns: apostrophe, s, noun
_LIKELY_AHEAD = 4
_SURELY_AHEAD = 6
_PLAIN = 8
_FAR = 16


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
        right = tense_at(hit.tokens, hit.first, hit.last + _OWNED, rightward=True)[0]
        owned = {word.lower() for word in hit.tokens.words[hit.last + 3 : hit.last + 6]}
        if words[-2:] == ["ahead", "of"] or _back(hit, ctx) >= _SURELY_AHEAD:
            return True
        tense, distance = ctx.tense_and_distance(hit)
        over = tense == "past" and distance <= _OWNER_REACH and not cues().reporting & set(words[-distance:])
        ahead = right == "future" and not over
        return bool(owned & cues().scheduled) and (ahead or _back(hit, ctx) >= _LIKELY_AHEAD)
    tense, distance = ctx.tense_and_distance(hit)
    if tense == "future" and distance <= len(words) and words[-distance] in cues().announcing:
        return _back(hit, ctx) >= _LIKELY_AHEAD  # "announced talks on Monday"
    if tense == "future" or (tense is None and words[-1:] in (["by"], ["until"], ["till"])):
        return True
    return _unsaid(hit, ctx, words, tense, distance)


def _back(hit: Hit, ctx: Context) -> int:
    """How many days before publication the last such weekday was."""
    return (ctx.dct - before(ctx.dct, _weekday(hit), True)).days


def _at(hit: Hit, at: int) -> list[str]:
    return [word.lower() for word in hit.tokens.words[at : at + 1]]


def _unsaid(hit: Hit, ctx: Context, words: list[str], tense: Tense, distance: int) -> bool:
    """Whether a bare weekday that would lie four to six days back is rather the one to come in one to three days.

    News names a day so far back only beside a plain past verb; what it calls "Friday" on a Thursday is tomorrow, unless
    somebody "died on Friday". Counted in agency texts, six of seven weekdays that were read as six days back were
    the next day's: games, editions of newspapers, sessions, and reports that a time zone ahead had dated.
    """
    back = _back(hit, ctx)
    if back < _LIKELY_AHEAD:
        return False
    begin = next((n for n in range(len(words) - 1, -1, -1) if words[n] in (".", "!", "?", ";")), -1) + 1
    clause = words[begin:]
    prepositions = [word for word in clause[-2:] if word not in ("on", "early", "late")]
    if {"for", "until", "till", "by"} & set(clause[-1:]) or cues().starting & set(clause[-4:]):
        return True
    if prepositions[-1:] == ["from"] and tense != "past":
        return True
    plain = tense == "past" and distance <= (_PLAIN if back >= _SURELY_AHEAD else _FAR)
    if back >= _SURELY_AHEAD:
        verbs = {words[-distance] if distance <= len(words) else "", *_at(hit, hit.last + distance)}
        return not plain or bool(verbs & cues().reporting)
    return back == _LIKELY_AHEAD + 1 and not plain


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
