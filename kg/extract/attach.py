"""Which time expression dates an event: by the parse first, then the sentence, then the publication date."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.extract.arguments import ancestors
from kg.extract.clauses import home
from kg.extract.lexicon import yaml_resource
from kg.extract.status import speech_verbs, tense_of
from kg.extract.time.periods import period, shift
from kg.model import Mention, Precision, Status, TimeOrigin, TimeSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from kg.extract.time import Timex

__all__ = ["attach", "closeness", "is_perfect", "share", "stated_by"]

_NOT_WHEN = frozenset({"since", "after", "before", "until", "till", "following", "despite", "by"})
_SHARED, _SHARED_TITLE = 2, 14
_MODALS = frozenset({"may", "might", "could", "must", "would"})
_NAMING = frozenset({"nummod", "compound", "nmod", "amod", "poss"})
_DURING = frozenset({"in", "at", "during", "on"})
_ENTRY = 1500
_AHEAD = frozenset({Status.FUTURE, Status.HYPOTHETICAL})
_LENGTH = re.compile(r"P(\d{1,3})([DWMY])")
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
_NEWS = 14  # days around publication of which the news tells
_A_DAY = dt.timedelta(days=1)
_PLANNED, _PLANNED_ALONE = 3, 8  # sentences
_DAYS_OF = {"D": 1, "W": 7, "M": 30, "Y": 365}
_FINE = frozenset({Precision.DAY, Precision.DAYS})
_COARSE = frozenset({Precision.MONTH, Precision.SEASON, Precision.QUARTER, Precision.HALF, Precision.YEAR})
_CALENDAR = _COARSE - {Precision.SEASON} | {Precision.DAY, Precision.WEEK}
_OWN_CLAUSE, _SAID, _BELOW, _AFTER = 2, 4, 5, 7  # ranks; from _SAID on of clauses that only govern the event's
_BARE_NAMES = frozenset({*calendar.day_name, *calendar.month_name[1:]})
_JOINTS = frozenset({"mark", "advmod", "prep"})
_CLAUSE = frozenset({"relcl", "advcl", "ccomp", "acl", "parataxis", "csubj", "pcomp"})


def _chain(token: Token) -> list[int]:
    return [token.i, *(above.i for above in ancestors(token))]


def closeness(trigger: Token, verb: Token | None, head: Token) -> int | None:
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
        if here.dep_ == "relcl" and (above.i == head.i or not _at_once(here)):
            return 0 if above.i == head.i else None
        here = above
    return None


def _at_once(clause: Token) -> bool:
    """Whether a relative clause goes on with the story at the same place or time: "..., where ministers adopted it"."""
    words = {child.lower_ for child in clause.children if child.dep_ == "advmod"}
    return bool(words & {"where", "when"}) and tense_of(clause) == "past" and not is_perfect(clause)


def _beneath(trigger: Token, verb: Token, head: Token, day: bool) -> int | None:
    """The rank of an expression that dates a clause below the event's: "halted loans when the junta took over in May".

    "Since" counts from it under a perfect. "After" leaves open how long after, so that only a month or year counts.
    """
    own = home(head)
    if own.dep_ in ("acl", "relcl") and own.head.i == trigger.i and trigger.pos_ == "NOUN":
        return _OWN_CLAUSE if own.tag_ in ("VBN", "VBD") else None  # "the sanctions imposed last year"
    if own.dep_ != "advcl" or own.head.i != verb.i:
        return None
    joints = {child.lower_ for child in own.children if child.dep_ in _JOINTS}
    if "since" in joints:
        return 3 if is_perfect(verb) and verb.dep_ != "relcl" else None  # not "the third time that it has come since"
    if tense_of(verb) != "past" or is_perfect(verb) or tense_of(own) not in ("past", "pluperfect"):
        return None
    if joints & {"when", "as", "while"}:
        return _BELOW
    return _AFTER if "after" in joints and not day else None


def _counted_from(trigger: Token, head: Token) -> bool:
    """Whether "since" stands between an event and the expression that dates it."""
    own = home(head)
    joints = [child for child in own.children if child.dep_ in ("mark", "advmod")]
    since = [t for t in (*joints, *(here for here in ancestors(head) if here.dep_ == "prep")) if t.lower_ == "since"]
    return any(trigger.i not in {t.i for t in (word.head if word in joints else word).subtree} for word in since)


def _since(doc: Doc, first: int) -> bool:
    """Whether "since" leads an expression, so that its bounds are open."""
    lead = [token.lower_ for token in doc[max(first - 2, 0) : first]]
    return lead[-1:] == ["since"] or lead == ["since", "the"]


def _end(precision: Precision, begin: dt.date) -> dt.date | None:
    """The last day of a stretch that begins on a day: "since the 2003 invasion" closes the year of the invasion."""
    return period(precision.value, begin).until if precision in _CALENDAR else None


def _says_when(head: Token, verb: Token, trigger: Token) -> bool:
    """Whether an expression dates its clause at all.

    Not "after the 2019 war", nor "the first visit since 2011", nor "denied the announcement expected this week", nor
    what only names another thing: "under the 1994 constitution", "denounced Monday's raid".
    """
    noun = head.head
    if noun.i == trigger.i or head.i in {t.i for t in ancestors(verb)}:  # "in 1999, when NATO ended the crackdown"
        return True
    if head.dep_ in _NAMING and noun.pos_ in ("NOUN", "PROPN") and noun.i != verb.i:
        within = noun.dep_ == "pobj" and noun.head.lower_ in _DURING | {"since"}
        if noun.dep_ in ("dobj", "pobj") and not within and verb.i not in {t.i for t in noun.subtree}:
            return False
    told = noun.pos_ == "NOUN" and noun.i != verb.i and head.dep_ == "npadvmod"
    if told and any(child.lower_ in _to_come() for child in noun.children):
        return False
    for here, above in pairwise([head, *ancestors(head)]):
        if here.dep_ in ("prep", "mark") and here.lower_ in _NOT_WHEN:
            first = any(t.lower_ == "time" for t in verb.subtree)  # "for the first time since"
            return (
                here.lower_ == "since"
                and not first
                and (is_perfect(verb) or is_perfect(above))
                and above.pos_ in ("VERB", "AUX")
            )
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


def _entry(doc: Doc, timexes: Sequence[Timex], start: int) -> Timex | None:
    """The date that heads the entry of a chronology in which a sentence stands: a line of its own, shortly before."""
    for timex in reversed(timexes):
        if timex.end <= start and timex.type == "DATE" and timex.begin is not None and _begins_line(doc, timex):
            text = doc.text  # spaCy puts it together anew at every access
            line = text[text.rfind("\n", 0, timex.start) + 1 : (text + "\n").find("\n", timex.end)]
            if line.strip(" \t-*•–—:.") == timex.text:
                return timex if start - timex.end <= _ENTRY else None
    return None


def _begins_line(doc: Doc, timex: Timex) -> bool:
    """Whether only a bullet stands before an expression on its line."""
    span = doc.char_span(timex.start, timex.end, alignment_mode="expand")
    at = span.start if span is not None else 0
    while at and doc[at - 1].is_punct:
        at -= 1
    return at == 0 or "\n" in doc[at - 1].text_with_ws


def _running(
    doc: Doc, sentence: Span, verb: Token, status: Status, timexes: Sequence[Timex], day: dt.date
) -> Timex | None:
    """The date under which a sentence without one of its own goes on telling."""
    if status is Status.FUTURE:
        return _plan(doc, sentence, timexes, day)
    if status is not Status.ACTUAL:
        return None
    return _entry(doc, timexes, sentence.start_char) or _narrated(doc, sentence, verb, timexes, day)


def _plan(doc: Doc, sentence: Span, timexes: Sequence[Timex], day: dt.date) -> Timex | None:
    """The day or week to come that was said last: "will be in Oslo on May 3. He will meet the king".

    It must be the only one so far, or stand at most three sentences before. No plan that the sentence tells with a past
    day of its own takes it.
    """
    if any(t.begin and t.begin < day - _A_DAY and _inside(t, sentence) for t in timexes):
        return None
    fine = [t for t in timexes if t.type in ("DATE", "TIME") and t.precision in _FINE | {Precision.WEEK}]
    ahead = [t for t in fine if t.end <= sentence.start_char and t.begin is not None and t.begin > day]
    reach = _PLANNED_ALONE if len({t.begin for t in ahead}) == 1 else _PLANNED
    before = sentence
    for _ in range(reach if ahead else 0):
        if before.start_char <= ahead[-1].start:
            break
        before = doc[before.start - 1].sent
    return ahead[-1] if ahead and _inside(ahead[-1], before) else None


def _inside(timex: Timex, sentence: Span) -> bool:
    return bool(sentence.start_char <= timex.start < sentence.end_char)


def _span_in(doc: Doc, timex: Timex, sentence: Span) -> Span | None:
    """The tokens of an expression, if all of them belong to a sentence."""
    span = doc.char_span(timex.start, timex.end, alignment_mode="expand")
    return span if span is not None and sentence.start <= span.start and span.end <= sentence.end else None


def _narrated(doc: Doc, sentence: Span, verb: Token, timexes: Sequence[Timex], day: dt.date) -> Timex | None:
    """The date of the sentence before where this one goes on with the story: "They met on May 3. They signed ...".

    Both must be in the simple past, the date must be that of the main clause there, and this sentence must take up what
    was said, by a pronoun or a word such as "then".
    """
    if sentence.start == 0 or verb.tag_ not in ("VBD", "VBN") or tense_of(verb) != "past" or is_perfect(verb):
        return None
    own = verb.i == sentence.root.i or verb.dep_ in ("conj", "advcl") or sentence[0].i in {t.i for t in verb.subtree}
    if not own or not _goes_on(sentence, verb):
        return None
    told = any(t.begin and _inside(t, sentence) for t in timexes)
    before = doc[sentence.start - 1].sent
    root = before.root
    if told or tense_of(root) != "past" or is_perfect(root) or root.lemma_.lower() in speech_verbs():
        return None
    found = None
    for timex in timexes:
        if timex.type == "DATE" and timex.begin and timex.until and timex.until < day:
            span = _span_in(doc, timex, before)
            if span is None:
                continue
            rank = closeness(root, root, span.root)
            found = timex if rank is not None and rank <= 1 and _says_when(span.root, root, root) else found
    return found


def _goes_on(sentence: Span, verb: Token) -> bool:
    """Whether a sentence takes up what was just said."""
    story = yaml_resource("time_story.yaml")
    words = [token.lower_ for token in sentence if not token.is_space][:2]
    if any(child.dep_ == "advmod" and child.lower_ in story["then"] for child in verb.children):
        return True
    return bool(words) and (words[0] in [*story["taken_up"], *story["then"]] or " ".join(words) in story["openings"])


def _to_come() -> frozenset[str]:
    return frozenset(yaml_resource("modality.yaml")["future_adjectives"])


def _background(token: Token) -> bool:
    """Whether an event lies before what the text tells of: the past perfect, also if its participle is read as past."""
    had = any(child.dep_ == "aux" and child.lower_ == "had" for child in token.children)
    return tense_of(token) == "pluperfect" or (had and token.tag_ == "VBD")


def _as_reported(verb: Token) -> bool:
    """Whether "had" is but "has" as reported: "said it had expelled two envoys"."""
    return verb.dep_ == "ccomp" and verb.head.lemma_.lower() in speech_verbs() and tense_of(verb.head) == "past"


def is_perfect(verb: Token) -> bool:
    """Whether a verb has "have" beside it."""
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


def _direct(head: Token, trigger: Token, verb: Token | None) -> bool:
    """Whether an expression hangs on the event itself, with no more than a preposition between."""
    above = head.head.head if head.head.dep_ == "prep" else head.head
    return above.i == trigger.i or (verb is not None and above.i == verb.i)


def _ahead(timex: Timex, day: dt.date) -> Timex:
    """The date of a plan: a bare weekday or month that was read as past is the next one."""
    if timex.begin is None or timex.until is None or timex.until >= day or timex.text not in _BARE_NAMES:
        return timex
    unit = "week" if timex.precision is Precision.DAY else "year"
    found = period(timex.precision.value, shift(timex.begin, unit, 1))
    return dataclasses.replace(timex, begin=found.begin, until=found.until, value=found.value)


def _within(timex: Timex, doc: Doc, first: int, status: Status, day: dt.date) -> Timex:
    """ "will be sent within ten days": of what lies ahead, the stretch from publication on."""
    lead = doc[first - 1].lower_ if first else ""
    match = _LENGTH.fullmatch(timex.value)
    if status not in _AHEAD or match is None or not (lead == "within" or timex.text.lower().startswith("within ")):
        return timex
    until = day + dt.timedelta(days=int(match[1]) * _DAYS_OF[match[2]])
    return dataclasses.replace(timex, begin=day, until=until, precision=Precision.DAYS)


def _ago(timex: Timex, doc: Doc, span: Span, trigger: Token, timexes: Sequence[Timex], day: dt.date) -> Timex:
    """ "Three years after it invaded": an event so long before the news, or before the only day told beside it.

    "On Friday, three days after missiles hit the port" counts from Friday.
    """
    match = _LENGTH.fullmatch(timex.value)
    joint = doc[span.end] if span.end < len(doc) else None
    if match is None or joint is None or joint.lower_ not in ("after", "since"):
        return timex
    clause = joint.head if joint.dep_ == "mark" else joint
    if trigger.i < joint.i or trigger.i not in {t.i for t in clause.subtree}:
        return timex
    told = [t for t in timexes if t.begin is not None and t.until is not None and _inside(t, trigger.sent)]
    joined = [t for t in told if t.precision is Precision.DAY and doc.text[t.end : timex.start].strip() == ","]
    far = {(t.begin, t.until) for t in joined or told if joined or abs((day - (t.begin or day)).days) > _NEWS}
    first, last = far.pop() if len(far) == 1 else (day, day)
    if far or first is None or last is None:
        return timex
    unit, count = _UNITS[match[2]], -int(match[1])
    try:
        begin, until = shift(first, unit, count), shift(last, unit, count)
    except (OverflowError, ValueError):  # before the calendar
        return timex
    exact = bool(joined) and match[2] == "D"
    return dataclasses.replace(timex, begin=begin, until=until, precision=Precision.DAY if exact else Precision.ABOUT)


def _until(timex: Timex, day: dt.date) -> Timex:
    """ "Will pull out by June": between publication and then."""
    if timex.until is None or timex.until <= day:
        return timex
    fine = timex.precision in _FINE
    return dataclasses.replace(timex, begin=day, precision=Precision.DAYS if fine else timex.precision)


def _says_nothing(timex: Timex, day: dt.date) -> bool:
    """Whether an expression spans so much around publication that it dates no event ("in the 21st century")."""
    wide = timex.precision in (Precision.CENTURY, Precision.DECADE) and timex.type == "DATE"
    return wide and bool(timex.begin and timex.until and timex.begin <= day <= timex.until)


def _ahead_of_news(timex: Timex, verb: Token, day: dt.date) -> bool:
    """Whether something that has happened bears the next day's name: the newsroom is in a zone ahead of the file."""
    return bool(timex.begin and timex.begin == day + dt.timedelta(days=1) and tense_of(verb) in ("past", "pluperfect"))


def stated_by(timex: Timex) -> TimeSpan:
    """The span that an expression of the text gives."""
    return TimeSpan(timex.begin, timex.until, timex.precision, timex.text, timex.value, TimeOrigin.TEXT)


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
    anchor = verb if verb is not None else home(trigger)
    best: tuple[int, int, Timex] | None = None
    for timex in timexes:
        if timex.type not in ("DATE", "TIME", "DURATION"):
            continue
        span = _span_in(doc, timex, sentence)
        if span is None:
            continue
        if timex.type == "DURATION" and timex.begin is None:
            timex = _within(timex, doc, span.start, status, day)
        if timex.type == "DURATION" and timex.begin is None and status is Status.ACTUAL:
            timex = _ago(timex, doc, span, trigger, timexes, day)
            if timex.begin is not None:
                best = (-1, 0, timex)
                break
        if (timex.type == "DURATION" and timex.begin is None) or _says_nothing(timex, day):
            continue
        rank = closeness(trigger, verb, span.root)
        if rank is None and timex.begin is not None:
            rank = _beneath(trigger, anchor, span.root, timex.precision not in _COARSE)
        if rank is None and status is Status.FUTURE and timex.begin and timex.begin > day:
            rank = _BELOW if span.root.i in {t.i for t in anchor.subtree} else None
        deadline = status is Status.FUTURE and doc[max(span.start - 1, 0)].lower_ == "by"
        if rank is None or not (deadline or _says_when(span.root, verb if verb is not None else trigger, trigger)):
            continue
        if deadline:
            timex = _until(timex, day)
        elif status is Status.FUTURE and timex.begin and (timex.until or timex.begin) <= day:
            if rank >= _SAID or not (timex.until == day or _direct(span.root, trigger, verb)):
                continue  # "said Thursday that they will sign": the day of the saying
            timex = _ahead(timex, day)
        if timex.begin is not None and _counted_from(trigger, span.root):
            timex = dataclasses.replace(timex, until=None)
        elif timex.begin is not None and timex.until is None and _since(doc, span.start):
            timex = dataclasses.replace(timex, until=_end(timex.precision, timex.begin))
        if timex.begin is not None and (rank == _AFTER or _told_of(anchor, span.root)):
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
            return stated_by(timex), timex
        about = TimeSpan(day, day, Precision.ABOUT, timex.text, timex.value, TimeOrigin.PUBLISHED)
        return about, timex
    running = _running(doc, sentence, anchor, status, timexes, day)
    if running is not None:
        return stated_by(running), running
    if status is Status.ACTUAL and _background(anchor if verb is not None else trigger) and not _as_reported(anchor):
        return TimeSpan(None, None, Precision.UNKNOWN), None
    return TimeSpan.published(day), None
