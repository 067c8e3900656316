"""From a text to its time expressions: match, choose, resolve left to right, then join what belongs together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import (  # noqa: F401 - these register what the rules name
    resolve_clock,
    resolve_dates,
    resolve_days,
    resolve_parts,
    resolve_ranges,
    resolve_relative,
    resolve_spans,
    resolve_weekdays,
)
from kg.extract.time.context import Context, Found
from kg.extract.time.grammar import Grammar, grammar
from kg.extract.time.lexicon import Tokens, tokenize
from kg.extract.time.registry import RESOLVERS
from kg.extract.time.resolve_ranges import joined
from kg.extract.time.tense import cues, sentence
from kg.extract.time.timex import Timex
from kg.model import Precision

__all__ = ["tag"]

_GLUE = frozenset(
    {(), (",",), ("on",), ("of",), ("of", "the"), (",", "on"), ("local", "time"), ("local", "time", "on")}
)
_SAID_AGAIN = frozenset({(), ("in",), ("on",), (",",), (",", "in"), (",", "on")})
_TO = frozenset({("-",), ("–",), ("—",), ("to",), ("until",), ("till",), ("through",), ("thru",), ("-", "-")})
_MOVED_REACH = 8
_RELATIVE = frozenset({"earlier", "step_from_anchor", "same_last_year", "year_ago", "unit_beside"})
_ORDER = frozenset({"after", "before", "since", "than"})
_THAN = frozenset({"from", "than", "against", "over", "with", "to"})
_BESIDE = 6
_CLAUSE = frozenset({",", "and", "but", "that", ";", "who", "which", "("})


def tag(text: str, dct: dt.date) -> list[Timex]:
    """The time expressions of an English text published on ``dct``, in order and without overlaps.

    Types and values are those of TIMEX3 (TimeML 1.2.1). Bounds are inclusive days, and ``None`` where the words and
    the date of publication don't settle them. Any text is accepted; the time taken is linear in its length.
    """
    shipped = grammar()
    tokens = tokenize(text, shipped.lexicon)
    found = _once(tokens, _resolved(tokens, shipped, dct))
    found = _open_ended(tokens, _ranges(tokens, _timed(tokens, found, dct)))
    return [_timex(tokens, item) for item in found]


def _resolved(tokens: Tokens, shipped: Grammar, dct: dt.date) -> list[Found]:
    """Of the matches that overlap, the first that resolves."""
    ctx = Context(dct)
    found: list[Found] = []
    free = 0
    for hit in shipped.hits(tokens):
        if hit.first < free:
            continue
        try:
            answer = RESOLVERS[hit.rule.do](hit, ctx)
        except (OverflowError, ValueError):  # a date before the year 1 or after 9999
            continue
        if not answer:
            continue
        for item in answer if isinstance(answer, list) else [answer]:
            found.append(item)
            free = item.last + 1
            if item.period and item.type in ("DATE", "TIME") and not _compared(tokens, item, hit.rule.do):
                ctx.said.append((tokens.starts[item.first], item.period))
    return found


def _once(tokens: Tokens, found: list[Found]) -> list[Found]:
    """Leave out what only says again, and less well, what stands beside it.

    "9:20 p.m. (1820 GMT)" is one moment by two clocks, of which the first is that of the place; "most recently last
    October" is a day of October.
    """
    out: list[Found] = []
    for at, item in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if item.value == "PAST_REF" and after and after.period and _gap(tokens, item, after) in _SAID_AGAIN:
            continue
        if item.value.startswith("T") and out and out[-1].value.startswith("T"):
            tail = tokens.words[item.last + 1] if item.last + 1 < len(tokens.words) else ""
            if _gap(tokens, out[-1], item) == ("(",) and tail == ")":
                continue
        out.append(item)
    return out


def _compared(tokens: Tokens, item: Found, do: str) -> bool:
    """Whether an expression only names what a figure is compared with ("up from a year earlier"): no anchor."""
    lead = tokens.words[item.first - 1].lower() if item.first else ""
    return do in _RELATIVE and lead in _THAN


def _is_day(item: Found) -> bool:
    return item.type == "DATE" and item.period is not None and item.period.unit == "day"


def _gap(tokens: Tokens, left: Found, right: Found) -> tuple[str, ...]:
    return tuple(word.lower() for word in tokens.words[left.last + 1 : right.first])


def _timed(tokens: Tokens, found: list[Found], dct: dt.date) -> list[Found]:
    """Give each time of day its day.

    A date that it adjoins makes one expression with it; else it takes a date near by, else that of publication.
    """
    out: list[Found] = []
    at = 0
    while at < len(found):
        item = found[at]
        at += 1
        if item.type != "TIME" or not item.value.startswith("T"):
            out.append(item)
            continue
        after = found[at] if at < len(found) else None
        if after and _is_day(after) and _gap(tokens, item, after) in _GLUE:
            out.append(replace(after, first=item.first, type="TIME", value=after.value + item.value))
            at += 1
            continue
        day = _day_near(tokens, item, out[-1] if out else None, found[at : at + 2]) or dct
        out.append(replace(item, value=day.isoformat() + item.value, begin=day, until=day, precision=Precision.DAY))
    return out


def _day_near(tokens: Tokens, item: Found, before: Found | None, after: list[Found]) -> dt.date | None:
    """The day next to a time of day: just after it, or after it in the clause, else said before in the paragraph."""
    begin, end = sentence(tokens, item.first)
    following = next((other for other in after if _is_day(other) and other.first < end), None)
    if following and _ORDER & set(_gap(tokens, item, following)):
        following = None  # "in the morning after Friday's vote"
    if following and (following.first - item.last <= _BESIDE or not _CLAUSE & set(_gap(tokens, item, following))):
        return following.begin
    if before and before.precision == Precision.DAY and before.first >= begin:
        return before.begin
    near = before and before.precision == Precision.DAY and not _parted(tokens, before, item)
    return before.begin if before and near else None


def _parted(tokens: Tokens, left: Found, right: Found) -> bool:
    """Whether a new paragraph begins between two expressions."""
    return any(word[0] == "\n" for word in tokens.words[left.last + 1 : right.first])


def _ranges(tokens: Tokens, found: list[Found]) -> list[Found]:
    """Two dates with "to" or a hyphen between them, or with "and" after "between", are one stretch."""
    out = list(found)
    for at in range(len(out) - 1):
        left, right = out[at], _onward(tokens, out[at], out[at + 1])
        if (
            left.type != "DATE"
            or right.type != "DATE"
            or left.begin is None
            or right.until is None
            or left.until == right.until
        ):
            continue
        gap = _gap(tokens, left, right)
        gap = gap[:-1] if gap[-1:] == ("the",) else gap
        lead = [word.lower() for word in tokens.words[max(left.first - _MOVED_REACH, 0) : left.first]]
        between = gap == ("and",) and lead[-1:] == ["between"]
        if (between or gap in _TO) and left.begin <= right.until and not cues().moved & set(lead):
            out[at], out[at + 1] = joined(left, right)
    return out


def _onward(tokens: Tokens, left: Found, right: Found) -> Found:
    """ "Thursday through Saturday": a weekday at the end of a stretch is the one that follows its beginning."""
    days = _is_day(left) and _is_day(right) and _gap(tokens, left, right) in _TO - {("to",)}
    weekday = right.first == right.last and tokens.words[right.last].endswith("day")
    if not (days and weekday and left.begin and right.begin and right.until) or right.begin >= left.begin:
        return right
    date = right.begin + dt.timedelta(days=7)
    return replace(right, value=date.isoformat(), begin=date, until=date) if date > left.begin else right


def _open_ended(tokens: Tokens, found: list[Found]) -> list[Found]:
    """ "since Monday" and "from Monday on" have no end."""
    out = []
    for item in found:
        lead = tokens.words[item.first - 1].lower() if item.first else ""
        tail = tokens.words[item.last + 1].lower() if item.last + 1 < len(tokens.words) else ""
        if (
            item.begin
            and item.type != "DURATION"
            and (lead == "since" or _since(tokens, item) or (lead == "from" and tail in ("on", "onward", "onwards")))
        ):
            item = replace(item, until=None)
        out.append(item)
    return out


def _since(tokens: Tokens, item: Found) -> bool:
    """ "since the 7 October attacks": the article belongs to the noun that the date qualifies."""
    words = [word.lower() for word in tokens.words[max(item.first - 2, 0) : item.first]]
    return words == ["since", "the"]


def _timex(tokens: Tokens, item: Found) -> Timex:
    start, end = tokens.starts[item.first], tokens.ends[item.last]
    text = tokens.text[start:end]
    return Timex(start, end, text, item.type, item.value, item.begin, item.until, item.precision)
