"""Durations, sets, and the vague past, present and future."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import periods
from kg.extract.time.context import Context, Found, unresolved
from kg.extract.time.counts import count_of, duration_value
from kg.extract.time.grammar import Hit
from kg.extract.time.registry import resolver
from kg.extract.time.resolve_dates import month_number, ordinal
from kg.extract.time.tense import cues, simple_past
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


_COUNTS = ("INT", "BIG", "FRACTION", "CARDINAL", "SCALE", "TIMES", "LONGINT", "VAGUE", "MANY")


def _count(hit: Hit, group: str = "n") -> float | None:
    return count_of(hit.words(group), hit.lexicon)


def _span(hit: Hit, ctx: Context, direction: int) -> Found:
    """A duration that ends or begins on the day of publication."""
    unit, count = hit.unit(), _count(hit) if hit.has("n") else 1.0
    found = unresolved(hit, duration_value([(count, unit)]), "DURATION")
    told = bool({"previous", "preceding", "following", "ensuing", "subsequent"} & set(hit.words("step")))
    if count is None or unit not in _UNIT_PRECISION or told:  # "the previous six months": counted from the story
        return found
    try:
        far = periods.shift(ctx.dct, unit, direction * int(count))
    except (ValueError, OverflowError):
        return found
    return replace(found, begin=min(far, ctx.dct), until=max(far, ctx.dct), precision=_UNIT_PRECISION[unit])


@resolver
def past_span(hit: Hit, ctx: Context) -> Found | None:
    """ "the past two years": up to the day of publication."""
    return _span(hit, ctx, -1)


@resolver
def next_span(hit: Hit, ctx: Context) -> Found | None:
    """ "the next three days": from the day of publication."""
    return _span(hit, ctx, 1)


@resolver
def vague_next(hit: Hit, ctx: Context) -> Found | None:
    """ "the coming weeks"."""
    return unresolved(hit, duration_value([(None, hit.unit())]), "DURATION")


@resolver
def vague_past(hit: Hit, ctx: Context) -> Found | None:
    """ "past years"."""
    return unresolved(hit, duration_value([(None, hit.unit())]), "DURATION")


def _titled(hit: Hit) -> bool:
    """Whether the unit is written as in a title ("60 Minutes")."""
    span = hit.span("unit")
    return span is not None and hit.tokens.words[span[0]].istitle()


@resolver
def duration(hit: Hit, ctx: Context) -> Found | None:
    """ "ten days", "three and a half hours", "one year and six months", "24-hour"."""
    count, unit = _count(hit), hit.unit()
    after = hit.tokens.words[hit.last + 1].lower() if hit.last + 1 < len(hit.tokens.words) else ""
    if any(hit.lexicon.is_a(code, "AGEWORD") for code in hit.tokens.code[max(hit.first - 3, 0) : hit.first]):
        return None  # "men aged 65 to 80 years"
    if _titled(hit) or (unit == "quarter" and after in ("of", "the")):
        return None
    alone = unit == "day" and hit.words("n") == ["one"] and "-" not in hit.tokens.words[hit.first : hit.last]
    if alone and not (hit.led_by("SPANLEAD") or hit.followed_by("SPANFOLLOW")):
        return unresolved(hit, "FUTURE_REF", "DATE") if ctx.tense(hit) == "future" else None
    if hit.words("n") == ["half"] and unit == "century":
        count = 0.5
    if hit.has("half") and count is not None:
        count += 0.5
    pairs = [(count, unit)]
    if hit.has("unit2"):
        pairs.append((_count(hit, "n2"), hit.unit("unit2")))
    return unresolved(hit, duration_value(pairs), "DURATION")


@resolver
def first_units(hit: Hit, ctx: Context) -> Found | None:
    """ "the first ten months", with bounds where a year follows ("of 2006", "of this year")."""
    count, unit = _count(hit), hit.unit()
    if _titled(hit) or unit == "second":
        return None
    found = unresolved(hit, duration_value([(count, unit)]), "DURATION")
    following = [word.lower() for word in hit.tokens.words[hit.last + 1 : hit.last + 4]]
    shift = following[:1] == ["of"]
    named = tuple(following[shift : shift + 2])
    if hit.words("which") != ["first"] or count is None or len(named) < 2:
        return found
    steps = {("this", "year"): 0, ("the", "year"): 0, ("last", "year"): -1}
    at = hit.last + 1 + shift
    year = int(named[0]) if shift and hit.lexicon.is_a(hit.tokens.code[at], "NEARYEAR") else None
    if year is None and named in steps:
        year = ctx.dct.year + steps[named]
    if year is None or unit not in ("day", "week", "month", "quarter"):
        return found
    begin = dt.date(year, 1, 1)
    until = periods.shift(begin, unit, int(count)) - dt.timedelta(days=1)
    return replace(found, begin=begin, until=until, precision=_UNIT_PRECISION[unit]) if until.year == year else found


@resolver
def a_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "a year", "an hour and a half": a duration after "for", "about" and their like, or when a half is added."""
    span = hit.span("n")
    led = hit.has("pre") or hit.has("half") or hit.has("or") or (span is not None and span[0] > hit.first)
    if not led or (hit.unit() in ("weekend", "minute") and hit.word("pre") in ("in", "of")):
        return None
    if hit.unit() == "quarter":
        return None
    first = span[0] if span and hit.has("pre") else hit.first
    found = unresolved(hit, duration_value([(1.5 if hit.has("half") else 1.0, hit.unit())]), "DURATION")
    return replace(found, first=first)


@resolver
def one_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "a week after the vote"."""
    return unresolved(hit, duration_value([(1.0, hit.unit())]), "DURATION")


@resolver
def some_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "the day after the attack": a day that only the event tells."""
    unit = hit.unit()
    values = {"day": "XXXX-XX-XX", "week": "XXXX-WXX", "month": "XXXX-XX", "year": "XXXX"}
    return unresolved(hit, values[unit]) if unit in values else None


@resolver
def half_unit(hit: Hit, ctx: Context) -> Found | None:
    """ "half an hour", "a half-century"."""
    return unresolved(hit, duration_value([(0.5, hit.unit())]), "DURATION")


@resolver
def quarter_hour(hit: Hit, ctx: Context) -> Found | None:
    """ "a quarter of an hour"."""
    return unresolved(hit, "PT45M" if hit.tokens.words[hit.first].lower() == "three" else "PT15M", "DURATION")


@resolver
def unit_long(hit: Hit, ctx: Context) -> Found | None:
    """ "year-long", "decades-long"."""
    word = hit.word("unit")
    unit = word.removesuffix("long") if word.endswith("long") else hit.unit()
    return unresolved(hit, duration_value([(None if word.endswith("s") else 1.0, unit)]), "DURATION")


@resolver
def bare_units(hit: Hit, ctx: Context) -> Found | None:
    """ "for years": of unknown length."""
    unit = hit.unit()
    return unresolved(hit, duration_value([(None, unit)]), "DURATION") if unit not in ("night", "weekend") else None


def _named_before(hit: Hit) -> bool:
    """Whether a name ends just before a match: "China Daily", "People's Daily"."""
    before = hit.before()[0]
    at = hit.first - 1
    if before == "s" and at >= 2:
        at -= 2
    return at >= 0 and hit.lexicon.is_a(hit.tokens.code[at], "CAP")


def _placed(hit: Hit) -> bool:
    """Whether the name before a match stands behind a preposition."""
    at = hit.first - 1
    while at > 0 and hit.lexicon.is_a(hit.tokens.code[at], "CAP"):
        at -= 1
    return hit.lexicon.is_a(hit.tokens.code[at], "PLACEPREP")


def _periodical(hit: Hit) -> bool:
    """Whether "daily" and its like name a newspaper: beside its name, or as a noun ("told the daily")."""
    tokens, lexicon = hit.tokens, hit.lexicon
    if not lexicon.is_a(tokens.code[hit.last], "PERIODICAL") or hit.has("freq"):
        return False
    at = hit.last + 1
    while at < len(tokens.words) and (lexicon.is_a(tokens.code[at], "CAP") or tokens.words[at] in "-'’"):
        at += 1
    word = tokens.words[at] if at < len(tokens.words) else "."
    code = tokens.code[at : at + 1]
    if lexicon.is_a(code, "REGULAR"):
        return False
    verb = lexicon.is_a(code, "LOW") and word.endswith(("ed", "ing", "paper") if at > hit.last + 1 else ("ed", "ing"))
    verb = verb or (hit.led_by("CAP") and word in cues().past)
    if hit.led_by("CAP") and at == hit.last + 1 and not verb and _placed(hit):
        return False  # "dozens die in Iraq daily"
    ends = verb or word[0] == "\n" or word in "’'" or lexicon.is_a(code, "PERIODICALTAIL")
    named = at > hit.last + 1 or hit.led_by("CAP")
    return ends and (named or hit.led_by("PERIODICALLEAD"))


@resolver
def set_adverb(hit: Hit, ctx: Context) -> Found | None:
    """ "daily", "annual"; "Daily Telegraph" and "China Daily" are names, "the Granma daily" and "the daily" papers."""
    title = hit.tokens.words[hit.last].istitle()
    if (title and (hit.followed_by("CAP") or _named_before(hit))) or _periodical(hit):
        return None
    return unresolved(hit, str(hit.value("adv", "ADVSET")), "SET")


@resolver
def every(hit: Hit, ctx: Context) -> Found | None:
    """ "every year", "every other day", "every third week"."""
    words = hit.words("nth")
    count = (
        2.0
        if words == ["other"]
        else float(ordinal(words, hit) or 1)
        if words
        else _count(hit)
        if hit.has("n")
        else 1.0
    )
    return unresolved(hit, duration_value([(count, hit.unit())]), "SET")


@resolver
def every_part(hit: Hit, ctx: Context) -> Found | None:
    """ "every morning"."""
    return unresolved(hit, f"XXXX-XX-XXT{hit.value('part', 'DAYPART')}", "SET")


@resolver
def every_month(hit: Hit, ctx: Context) -> Found | None:
    """ "every May"."""
    return unresolved(hit, f"XXXX-{month_number(hit):02d}", "SET")


@resolver
def every_season(hit: Hit, ctx: Context) -> Found | None:
    """ "every summer"."""
    return unresolved(hit, f"XXXX-{hit.value('season', 'SEASON')}", "SET")


@resolver
def rate(hit: Hit, ctx: Context) -> Found | None:
    """ "twice a week", "per year"."""
    return unresolved(hit, duration_value([(1.0, hit.unit())]), "SET")


@resolver
def rate_or_none(hit: Hit, ctx: Context) -> Found | None:
    """ "90,000 barrels a day": a rate needs a count just before it."""
    begin = max(hit.first - 6, 0)
    counted = any(hit.lexicon.is_a(code, name) for code in hit.tokens.code[begin : hit.first] for name in _COUNTS)
    noun = hit.led_by("LOW") and not hit.led_by("NORATE") and not hit.led_by("YEARPREP")
    return rate(hit, ctx) if counted and noun and hit.unit() != "quarter" else None


@resolver
def present(hit: Hit, ctx: Context) -> Found | None:
    """ "now", "at the moment"."""
    return unresolved(hit, "PRESENT_REF")


@resolver
def past(hit: Hit, ctx: Context) -> Found | None:
    """ "recently", "at that time"."""
    return unresolved(hit, "PAST_REF")


@resolver
def future(hit: Hit, ctx: Context) -> Found | None:
    """ "soon", "the future"; "the Future" is part of a name, and "soon fled" only tells an order."""
    after = hit.tokens.words[hit.last + 1].lower() if hit.last + 1 < len(hit.tokens.words) else ""
    told = simple_past(after) and hit.words("adv") == ["soon"] and hit.before()[0] not in ("be", "being", "get")
    if hit.tokens.words[hit.last] == "Future" or told:
        return None
    return unresolved(hit, "FUTURE_REF")
