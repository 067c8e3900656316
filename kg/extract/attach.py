"""Which time expression dates an event: by the parse first, then the sentence, then the publication date."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.extract.arguments import ancestors
from kg.extract.clauses import home
from kg.extract.lexicon import yaml_resource
from kg.extract.status import tense_of
from kg.model import Mention, Precision, Status, TimeOrigin, TimeSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from kg.extract.time import Timex

__all__ = ["attach", "share"]

_NOT_WHEN = frozenset({"since", "after", "before", "until", "till", "following", "despite", "by"})
_SHARED, _SHARED_TITLE = 2, 14
_MODALS = frozenset({"may", "might", "could", "must", "would"})
_NAMING = frozenset({"nummod", "compound", "nmod", "amod"})
_DURING = frozenset({"in", "at", "during", "on"})
_ENTRY = 1500
_AHEAD = frozenset({Status.FUTURE, Status.HYPOTHETICAL})
_LENGTH = re.compile(r"P(\d{1,3})([DWM])")
_DAYS_OF = {"D": 1, "W": 7, "M": 30}
_FINE = frozenset({Precision.DAY, Precision.DAYS})
_CLAUSE = frozenset({"relcl", "advcl", "ccomp", "acl", "parataxis", "csubj", "pcomp"})


def _chain(token: Token) -> list[int]:
    return [token.i, *(above.i for above in ancestors(token))]


def _rank(trigger: Token, verb: Token | None, head: Token) -> int | None:
    """How closely a time expression with this head belongs to a trigger; smaller is closer, None is not at all."""
    if head.i == trigger.i or head.head.i == trigger.i or trigger.i in _chain(head)[:4]:
        path = [head, *ancestors(head)]
        between = path[: next(n for n, t in enumerate(path) if t.i == trigger.i)]
        if not any(t.dep_ in _CLAUSE for t in between):
            return 0
    anchor = verb if verb is not None else home(trigger)
    own = home(head)
    if own.i == anchor.i:
        return 1
    if own.dep_ in ("conj", "xcomp") and own.head.i == anchor.i:
        return 3
    here = anchor
    for above in ancestors(anchor):
        if above.i == own.i:
            if here.dep_ in ("xcomp", "conj", "pcomp"):
                return 2
            if here.dep_ in ("ccomp", "advcl", "acl"):
                return 4
            return 6
        if here.dep_ == "relcl":
            return 0 if above.i == head.i else None
        here = above
    return None


def _dates(head: Token, verb: Token) -> bool:
    """Whether an expression dates its clause at all.

    Not "after the 2019 war", nor "the first visit since 2011", nor "denied the announcement expected this week", nor
    what only names another thing: "under the 1994 constitution", "denounced the 2003 accord".
    """
    noun = head.head
    if head.dep_ in _NAMING and noun.pos_ in ("NOUN", "PROPN") and noun.i != verb.i:
        within = noun.dep_ == "pobj" and noun.head.lower_ in _DURING
        if noun.dep_ in ("dobj", "pobj") and not within and verb.i not in {t.i for t in noun.subtree}:
            return False
    told = noun.pos_ == "NOUN" and noun.i != verb.i and head.dep_ == "npadvmod"
    if told and any(child.lower_ in _to_come() for child in noun.children):
        return False
    for here, above in pairwise([head, *ancestors(head)]):
        if here.dep_ in ("prep", "mark") and here.lower_ in _NOT_WHEN:
            return here.lower_ == "since" and _perfect(verb) and above.pos_ in ("VERB", "AUX")
        if above.i == verb.i:
            break
    return True


def _told_of(verb: Token, head: Token) -> bool:
    """Whether an expression dates the saying and only nearly what is said to have been before it.

    "Police said Friday that he had fled": he fled then or before; so with "told a judge last week that two men may
    have ordered the raid".
    """
    aux = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    modal = "have" in aux and bool(aux & _MODALS)
    return verb.tag_ == "VBN" and ("had" in aux or modal) and head.i not in {t.i for t in verb.subtree}


def _entry(timexes: Sequence[Timex], text: str, start: int) -> Timex | None:
    """The date that heads the entry of a chronology in which a sentence stands: a line of its own, shortly before."""
    for timex in reversed(timexes):
        if timex.end <= start and timex.type == "DATE" and timex.begin is not None:
            line = text[text.rfind("\n", 0, timex.start) + 1 : (text + "\n").find("\n", timex.end)]
            if line.strip(" \t-*•–—:.") == timex.text:
                return timex if start - timex.end <= _ENTRY else None
    return None


def _to_come() -> frozenset[str]:
    return frozenset(yaml_resource("modality.yaml")["future_adjectives"])


def _perfect(verb: Token) -> bool:
    return any(child.dep_ == "aux" and child.lower_ in ("has", "have", "had", "'ve", "’ve") for child in verb.children)


def share(mentions: Sequence[Mention], day: dt.date) -> list[Mention]:
    """Give mentions of one event in an article the finest date that the article states for it.

    Where the same parties, category and status occur with just one stated date, a mention with a vaguer span around it
    ("next month" in the headline) or dated by publication alone, at most two days away, takes that date. In the
    headline two weeks, for the text tells the headline's event, but of other days often other meetings of the two.
    """
    finest: dict[tuple[object, ...], set[TimeSpan]] = {}
    for m in mentions:
        if m.time.origin is TimeOrigin.TEXT and m.time.begin and m.time.end and m.time.precision in _FINE:
            finest.setdefault(_told(m), set()).add(m.time)
    out: list[Mention] = []
    for m in mentions:
        known = finest.get(_told(m), set())
        if len({(t.begin, t.end) for t in known}) == 1 and m.time.precision not in _FINE:
            stated = min(known, key=lambda t: t.expression)
            if _same_time(m.time, stated, day, _SHARED_TITLE if m.evidence.field == "title" else _SHARED):
                m = m.replace(time=stated)
        out.append(m)
    return out


def _told(m: Mention) -> tuple[object, ...]:
    pair = (m.source.id, m.target.id if m.target else None)
    return (*(sorted(map(str, pair)) if m.mutual else pair), m.category, m.status)


def _same_time(vague: TimeSpan, stated: TimeSpan, day: dt.date, reach: int) -> bool:
    assert stated.begin is not None and stated.end is not None
    if vague.origin is TimeOrigin.PUBLISHED:
        return abs((stated.begin - day).days) <= reach
    return bool(vague.begin and vague.end and vague.begin <= stated.begin and stated.end <= vague.end)


def _within(timex: Timex, doc: Doc, first: int, status: Status, day: dt.date) -> Timex:
    """ "will be sent within ten days": of what lies ahead, the stretch from publication on."""
    lead = doc[first - 1].lower_ if first else ""
    match = _LENGTH.fullmatch(timex.value)
    if status not in _AHEAD or match is None or not (lead == "within" or timex.text.lower().startswith("within ")):
        return timex
    until = day + dt.timedelta(days=int(match[1]) * _DAYS_OF[match[2]])
    return dataclasses.replace(timex, begin=day, until=until, precision=Precision.DAYS)


def _says_nothing(timex: Timex, day: dt.date) -> bool:
    """Whether an expression spans so much around publication that it dates no event ("in the 21st century")."""
    wide = timex.precision in (Precision.CENTURY, Precision.DECADE) and timex.type == "DATE"
    return wide and bool(timex.begin and timex.until and timex.begin <= day <= timex.until)


def _ahead_of_news(timex: Timex, verb: Token, day: dt.date) -> bool:
    """Whether something that has happened bears the next day's name: the newsroom is in a zone ahead of the file."""
    return bool(timex.begin and timex.begin == day + dt.timedelta(days=1) and tense_of(verb) in ("past", "pluperfect"))


def attach(
    doc: Doc,
    sentence: Span,
    trigger: Token,
    verb: Token | None,
    status: Status,
    timexes: Sequence[Timex],
    day: dt.date,
) -> tuple[TimeSpan, Timex | None]:
    """The span of an event, and the expression that gave it (None where the publication date stands in).

    Bounds that can't be resolved ("recently") give the publication date with precision ``about``; an undated event in
    the past perfect gets no date.
    """
    best: tuple[int, int, Timex] | None = None
    for timex in timexes:
        if timex.type not in ("DATE", "TIME", "DURATION"):
            continue
        span = doc.char_span(timex.start, timex.end, alignment_mode="expand")
        if span is None or span.start < sentence.start or span.end > sentence.end:
            continue
        if timex.type == "DURATION" and timex.begin is None:
            timex = _within(timex, doc, span.start, status, day)
        if (timex.type == "DURATION" and timex.begin is None) or _says_nothing(timex, day):
            continue
        rank = _rank(trigger, verb, span.root)
        if rank is None or not _dates(span.root, verb if verb is not None else trigger):
            continue
        if timex.begin is not None and _told_of(verb if verb is not None else home(trigger), span.root):
            timex = dataclasses.replace(timex, precision=Precision.ABOUT)
        if timex.begin is None:
            rank += 5
        order = (rank, abs(span.root.i - trigger.i))
        if best is None or order < best[:2]:
            best = (*order, timex)
    if best is not None:
        timex = best[2]
        if status is Status.ACTUAL and _ahead_of_news(timex, verb if verb is not None else trigger, day):
            about = TimeSpan(day, day, Precision.ABOUT, timex.text, timex.value, TimeOrigin.PUBLISHED)
            return about, timex
        if timex.begin is not None or timex.until is not None:
            span_ = TimeSpan(timex.begin, timex.until, timex.precision, timex.text, timex.value, TimeOrigin.TEXT)
            return span_, timex
        about = TimeSpan(day, day, Precision.ABOUT, timex.text, timex.value, TimeOrigin.PUBLISHED)
        return about, timex
    entry = _entry(timexes, doc.text, sentence.start_char) if status is Status.ACTUAL else None
    if entry is not None:
        return TimeSpan(entry.begin, entry.until, entry.precision, entry.text, entry.value, TimeOrigin.TEXT), entry
    if status is Status.ACTUAL and tense_of(verb if verb is not None else trigger) == "pluperfect":
        return TimeSpan(None, None, Precision.UNKNOWN), None
    return TimeSpan.published(day), None
