"""Festivals: fixed, computed, or left without bounds."""

from __future__ import annotations

import datetime as dt

from kg.extract.time import days, periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.grammar import Hit
from kg.extract.time.periods import Period
from kg.extract.time.registry import resolver


def _period(rule: dict[str, object], year: int) -> Period | None:
    date = days.festival_day(rule, year)
    if date is None:
        return None
    return periods.period("week" if rule.get("week") else "day", date)


@resolver
def festival(hit: Hit, ctx: Context) -> Found | None:
    """Of the year that is named, else the last or the next one by tense; the nearer if that is eleven months off."""
    span = hit.span("festival")
    if span is None or not hit.tokens.words[span[0]][0].isupper():
        return None
    name = " ".join(hit.tokens.between(span[0], span[1] - 1).lower().replace("’", "'").split())
    rule = days.festivals().get(name)
    if rule is None:
        return None
    if hit.has("year"):
        found = _period(rule, int(hit.word("year")))
        return date_found(hit, found) if found else unresolved(hit, f"{int(hit.word('year')):04d}")
    around = [_period(rule, ctx.dct.year + n) for n in (-1, 0, 1)]
    choices = [period for period in around if period]
    if not choices:
        return unresolved(hit, "XXXX-XX-XX")
    step = hit.word("step")
    if step == "this":
        return date_found(hit, choices[1])
    earlier = [period for period in choices if period.begin <= ctx.dct]
    later = [period for period in choices if period.until >= ctx.dct]
    if not earlier or not later:
        return None
    tense = {"last": "past", "next": "future"}.get(step) or ctx.tense(hit)
    if tense is None:
        return date_found(hit, min(choices, key=lambda p: abs(p.begin - ctx.dct)))
    best = earlier[-1] if tense == "past" else later[0]
    if not step and abs(best.begin - ctx.dct) > dt.timedelta(days=330):
        best = later[0] if tense == "past" else earlier[-1]
    return date_found(hit, best)
