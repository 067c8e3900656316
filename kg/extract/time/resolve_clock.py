"""Times of day. A time without a day gets that of a date beside it, else the publication date (see tagger.py)."""

from __future__ import annotations

from kg.extract.time.context import Context, Found, unresolved
from kg.extract.time.counts import count_of
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver


def _clock(hit: Hit, hour: int, minute: int) -> Found | None:
    """A time that waits for its day; its value begins with T until it has one."""
    return unresolved(hit, f"T{hour:02d}:{minute:02d}", "TIME") if hour <= 24 and minute <= 59 else None


@resolver
def clock(hit: Hit, ctx: Context) -> Found | None:
    """ "3:30 p.m.", "10:30 GMT", "3 o'clock in the afternoon"."""
    hour = count_of(hit.words("h"), hit.lexicon)
    if hour is None:
        return None
    minute = int(hit.word("mi")) if hit.has("mi") else 0
    half = hit.value("half", "AMPM")
    part = hit.value("part", "DAYPART")
    if (half or part) and hour > 12:
        return None
    if half == "pm" or part in ("AF", "EV") or (part == "NI" and hour > 5):
        hour = hour % 12 + 12
    elif half == "am" or part in ("MO", "NI"):
        hour %= 12
    words = hit.tokens.words[hit.first : hit.last + 1]
    if half and "am" in words and not hit.has("mi") and hit.tokens.ends[hit.first] != hit.tokens.starts[hit.first + 1]:
        following = hit.tokens.code[hit.last + 1 : hit.last + 2]
        if following and hit.lexicon.is_a(following, "LOW") and not hit.lexicon.is_a(following, "YEARPREP"):
            return None  # "at 40 I am"
    return _clock(hit, int(hour), minute)


@resolver
def clock_point(hit: Hit, ctx: Context) -> Found | None:
    """ "3.30 pm", "12.30 GMT"."""
    hour, minute = hit.word("point").split(".")
    half = hit.value("half", "AMPM")
    if len(minute) != 2 or len(hour) > 2 or (half and not 1 <= int(hour) <= 12):
        return None
    return _clock(hit, int(hour) % 12 + (12 if half == "pm" else 0) if half else int(hour), int(minute))


@resolver
def clock_figures(hit: Hit, ctx: Context) -> Found | None:
    """ "0800 GMT"."""
    figures = hit.word("all")
    return _clock(hit, int(figures[:2]), int(figures[2:]))


@resolver
def instant(hit: Hit, ctx: Context) -> Found | None:
    """Noon, midnight, dawn; midnight is the end of its day (T24:00)."""
    value = hit.value("what", "INSTANT")
    words = hit.words("what")
    if not words:
        return None
    return unresolved(hit, f"T{value}", "TIME")


@resolver
def day_part(hit: Hit, ctx: Context) -> Found | None:
    """ "in the morning": a part of the day beside it."""
    return unresolved(hit, f"T{hit.value('part', 'DAYPART')}", "TIME")


@resolver
def part_of_day(hit: Hit, ctx: Context) -> Found | None:
    """ "the evening of" before a date."""
    return unresolved(hit, f"T{hit.value('part', 'DAYPART')}", "TIME")
