"""From scored pairs to dyads: which pairs of a sentence are events, in which direction, told by which word.

The classifier gives every ordered pair a distribution over the categories and NONE; the parse says which trigger
tells of the event, whether it is mutual, and in which status it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kg.extract.actors import Phrase, Ref
from kg.extract.arguments import ancestors
from kg.extract.classifier import NONE
from kg.extract.dealings import in_own_clause, only_named, verb_of, without_scene, without_speaker
from kg.extract.events import MOST_PARTIES, Dyad, attribution_of
from kg.extract.pairs import Pair, SentencePairs
from kg.extract.status import PLANNED_AS_AGREE, status_of
from kg.extract.triggers import Frame, Trigger
from kg.model import Status
from kg.ontology import SYMMETRIC

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.tokens import Token

__all__ = ["decide", "planned"]

MOST_BY_NAME = 0.9
"""Share of the probability of an event that goes to a category named beyond doubt."""

UNSUPPORTED = 2.0
"""How much surer the classifier must be of a category for which the sentence has no trigger word."""

SURE_NONE = 0.97
"""Probability of NONE from which a category named beyond doubt is dropped."""

SURE_APART = 0.999
"""Probability of NONE from which the rules' reading of parties named together is dropped: the classifier, which sees
one phrase there and seldom met the like, doubts true and false ones alike."""

_TWO_SIDED = frozenset({"CONSULT", "COOPERATE", "AGREE", "SUPPORT", "ASSAULT", "RETREAT", "CONCEDE"})
"""Categories that parties named together can share with each other."""


_PROMISES = frozenset({"promise", "pledge", "offer", "vow", "commit", "send", "contribute", "be", "volunteer"})
"""Verbs of which subjects named together agree with others, not with each other."""

_SHARED = frozenset(
    {"tie", "relation", "relationship", "cooperation", "partnership", "alliance", "friendship", "peace", "dialogue"}
    | {"link", "exchange", "coordination", "ceasefire", "truce", "joint", "together", "other", "mutual", "bilateral"}
)
"""Words by which what two promise is for each other ("vow stronger ties")."""
_MEETINGS = frozenset({"meeting", "talk", "summit", "negotiation", "dialogue", "visit"})
_PLANS = frozenset({"CONSULT", "AGREE"})
_CALL_OFF = frozenset({"cancel", "call off", "postpone", "scrap", "put off", "abandon", "break off"})
_THREATS = {
    "relations": frozenset({"sanction", "tariff", "embargo", "boycott", "suspend", "duty", "levy", "cut"}),
    "expel": frozenset({"expel", "deport"}),
    "arrest": frozenset({"arrest", "prosecute", "jail"}),
}

_GROUND = frozenset(
    {"city", "town", "village", "capital", "airport", "base", "camp", "position", "port", "territory", "area"}
)

_STRIFE = frozenset({"war", "battle", "fight", "clash", "feud", "offensive"})
_FIGURATIVE = frozenset(
    {"custody", "legal", "court", "trade", "price", "tariff", "diplomatic", "propaganda", "bidding", "turf"}
    | {"culture", "currency", "political", "verbal", "media", "title", "ratings", "election", "charm", "budget"}
)
"""Words beside those of strife that make them no use of force ("a trade war")."""


@dataclass(slots=True)
class _Scored:
    pair: Pair
    category: str
    score: float
    trigger: Trigger | None = None
    """The words that name the category beyond doubt, if there are any."""


def decide(
    around: SentencePairs,
    pairs: Sequence[Pair],
    probabilities: NDArray[np.float32],
    classes: Sequence[str],
    threshold: float,
) -> list[Dyad]:
    """The events of one sentence, given the class probabilities of its pairs; none with a lower score than
    ``threshold``.

    A category that no trigger word of the sentence supports needs :data:`UNSUPPORTED` times as much.
    """
    none = classes.index(NONE)
    scored: list[_Scored] = []
    events = probabilities.copy()
    events[:, none] = -1.0
    for pair, row, best in zip(pairs, probabilities, events.argmax(1).tolist(), strict=True):
        category, score, nothing = classes[best], float(row[best]), float(row[none])
        trigger = _named(pair, around)
        if trigger is not None and nothing < SURE_NONE:
            category = trigger.frame.category
            score = max(float(row[classes.index(category)]), MOST_BY_NAME * (1.0 - nothing))
        supported = any(category in (t.frame.category, t.frame.joint) for t in (*around.triggers, trigger) if t)
        if score >= (threshold if supported else min(UNSUPPORTED * threshold, 0.95)):
            scored.append(_Scored(pair, category, score, trigger))
    together = _together(around, pairs, probabilities, none)
    inside = {dyad.source[0].head for dyad in together}
    chosen = [s for s in _one_direction(scored) if s.pair.target is not None or s.pair.source.head not in inside]
    chosen = [s for s in in_own_clause(chosen, around) if not only_named(s, around)]
    rows = {_ends(pair): row for pair, row in zip(pairs, probabilities, strict=True)}
    chosen += [more for one in chosen for more in _also(one, rows[_ends(one.pair)], around, classes, threshold)]
    found = {dyad.key: dyad for dyad in together if dyad.score >= threshold}
    for one in sorted(chosen, key=lambda s: -s.score):
        for dyad in _dyads(one, around):
            found.setdefault(dyad.key, dyad)
    return _without_bare(without_scene(without_speaker(list(found.values())), around))


def _ends(pair: Pair) -> tuple[int, int | None]:
    return pair.source.head, pair.target.head if pair.target is not None else None


def _also(
    one: _Scored, row: NDArray[np.float32], around: SentencePairs, classes: Sequence[str], threshold: float
) -> Iterator[_Scored]:
    """What a sentence tells of a pair by a second verb ("met on Tuesday and agreed to reopen the border"): what the
    rules read there, where the classifier does not exclude it.

    The classifier's categories exclude each other, so that the second one is weighed against nothing alone.
    """
    told = {one.category}
    nothing = float(row[classes.index(NONE)])
    for dyad in around.dyads:
        ends = (dyad.source[0].head, dyad.target[0].head if dyad.target is not None else None)
        same = ends == _ends(one.pair) or (dyad.mutual and ends[::-1] == _ends(one.pair))
        chance = float(row[classes.index(dyad.category)])
        score = one.score * chance / (chance + nothing)
        if same and dyad.category not in told and chance >= threshold / 2 and score >= threshold:
            told.add(dyad.category)
            yield _Scored(one.pair, dyad.category, score)


def planned(dyad: Dyad) -> None:
    """Make an event one that lies in the future; meetings, support, cooperation and aid to come are agreed (PLOVER)."""
    dyad.status = Status.FUTURE
    if dyad.category in PLANNED_AS_AGREE:
        dyad.category, dyad.mode = "AGREE", None


def _named(pair: Pair, around: SentencePairs) -> Trigger | None:
    """The words of an event that name its category beyond doubt ("imposed sanctions on"), if the rules read them.

    It holds for whatever else the source does by the same verb, too ("fired a missile over Japan").
    """
    doc = around.sentence.doc
    wanted = pair.target.head if pair.target is not None else None
    if pair.target is not None and pair.source.prep == pair.target.prep == "between":
        noun = next((a for a in ancestors(doc[pair.source.head]) if a.lemma_.lower() in _MEETINGS), None)
        if noun is not None and noun.dep_ == "nsubjpass" and _calls_off(noun.head):
            return Trigger(Frame("REJECT", "meet"), noun.head, None, (noun.head.i,))
    for dyad in around.dyads:
        trigger, frame, verb = dyad.trigger, dyad.trigger.frame, dyad.trigger.verb
        ends = (dyad.source[0].head, dyad.target[0].head if dyad.target is not None else None)
        same = ends == (pair.source.head, wanted) or (dyad.mutual and ends == (wanted, pair.source.head))
        by_verb = wanted is not None and verb is not None and verb_of(doc[wanted]).i == verb.i
        if not frame.sure or not (same or (ends == (pair.source.head, None) and by_verb)):
            continue
        other = _excluded(trigger)
        if not other:
            return Trigger(replace(frame, category=dyad.category), verb, trigger.noun, trigger.words)
        if frame.otherwise and wanted in other:
            return Trigger(Frame(frame.otherwise), verb, trigger.noun, trigger.words)
    return None


def _excluded(trigger: Trigger) -> set[int]:
    """What stands after a preposition that gives the words another meaning ("fired missiles at"); dates don't count."""
    nouns = (trigger.noun, *trigger.noun.conjuncts) if trigger.noun is not None else ()
    carriers = [trigger.verb, *nouns] if trigger.verb is not None else []
    preps = [c for word in carriers for c in word.children if c.lower_ in trigger.frame.unless]
    objects = [g for prep in preps for g in prep.children if g.dep_ == "pobj" and g.ent_type_ not in ("DATE", "TIME")]
    return {g.i for g in objects}


def _together(
    around: SentencePairs, pairs: Sequence[Pair], probabilities: NDArray[np.float32], none: int
) -> list[Dyad]:
    """What the parties named in one phrase do with each other ("the presidents of Serbia and Kosovo met").

    The classifier sees only one phrase there, so the rules' reading stands unless it is sure that nothing happens.
    """
    out: list[Dyad] = []
    nothing = {p.source.head: float(row[none]) for p, row in zip(pairs, probabilities, strict=True) if p.target is None}
    for dyad in around.dyads:
        if dyad.target is None or dyad.target[0].head != dyad.source[0].head or not dyad.mutual:
            continue
        if nothing.get(dyad.source[0].head, 1.0) < SURE_APART:
            out.append(replace(dyad, score=max(dyad.score, 1.0 - nothing[dyad.source[0].head])))
    return out


def _one_direction(scored: Sequence[_Scored]) -> list[_Scored]:
    """Of the two orders of a pair keep the likelier; both are kept only where they say different things."""
    by_pair = {(s.pair.source.head, s.pair.target.head): s for s in scored if s.pair.target is not None}
    out: list[_Scored] = []
    for one in scored:
        if one.pair.target is not None:
            other = by_pair.get((one.pair.target.head, one.pair.source.head))
            if other is not None and other is not one:
                same = other.category == one.category
                later = (other.score, -other.pair.source.start) > (one.score, -one.pair.source.start)
                if (same or one.category in SYMMETRIC or other.category in SYMMETRIC) and later:
                    continue
        out.append(one)
    return out


def _without_bare(dyads: list[Dyad]) -> list[Dyad]:
    """Drop a targetless event where its source has the same event, or one told by the same word, with a target."""
    told: set[tuple[str, object]] = set()
    for dyad in dyads:
        if dyad.target is not None:
            parties = [dyad.source[1].id, *([dyad.target[1].id] if dyad.mutual else [])]
            told |= {(party, what) for party in parties for what in (dyad.category, dyad.trigger.token.i)}
    return [
        d
        for d in dyads
        if d.target is not None or not {(d.source[1].id, d.category), (d.source[1].id, d.trigger.token.i)} & told
    ]


def _dyads(one: _Scored, around: SentencePairs) -> Iterator[Dyad]:
    source, target = one.pair.source, one.pair.target
    trigger = one.trigger or _trigger(one, around)
    if one.category == "REJECT" and trigger.verb is not None:
        trigger = _refusing(trigger, trigger.verb)
    if one.category == "ASSAULT" and _figurative(trigger.token):
        return
    category, mode = one.category, trigger.frame.mode if trigger.frame.category == one.category else None
    if mode == "abduct" and _of_place(trigger):
        mode = None
    if category == "THREATEN" and mode == "violence":
        mode = _threatened(trigger) or mode
    off = _called_off(trigger) if category in _PLANS else None
    if off is not None:
        category, mode, trigger = "REJECT", "meet", _refusing(trigger, off)
    status = _status(category, trigger, around)
    attribution = attribution_of(trigger, {p.head: p for p in around.phrases})
    refs = [(source, ref) for ref in source.refs]

    def made(a: tuple[Phrase, Ref], b: tuple[Phrase, Ref] | None, mutual: bool) -> Dyad:
        dyad = Dyad(around.sentence, trigger, category, mode, status, a, b, mutual, attribution, one.score)
        if status is Status.FUTURE:
            planned(dyad)
        return dyad

    if target is not None and category == "AGREE" and _paired(one, around) and _promised(one, around):
        yield from (made((phrase, ref), None, False) for phrase in (source, target) for ref in phrase.refs)
        return
    if target is not None:
        mutual = (one.category in SYMMETRIC and mode != "visit") or (
            one.category in _TWO_SIDED and _paired(one, around)
        )
        for a in refs:
            for b in ((target, ref) for ref in target.refs):
                if a[1].id != b[1].id or (a[1].sector != b[1].sector and None not in (a[1].sector, b[1].sector)):
                    yield made(a, b, mutual)
        return
    if len(refs) > 1 and category in _TWO_SIDED and len(refs) <= MOST_PARTIES:
        for number, a in enumerate(refs):
            for b in refs[number + 1 :]:
                yield made(a, b, True)
        return
    for a in refs:
        yield made(a, None, False)


def _refusing(trigger: Trigger, verb: Token) -> Trigger:
    """The verb that refuses, not the noun of what is refused: it alone tells when and whether ("cancelled a planned
    meeting scheduled for Friday")."""
    return Trigger(trigger.frame, verb, None, trigger.words)


def _status(category: str, trigger: Trigger, around: SentencePairs) -> Status:
    """The status of an event. Where no word says a refusal but "not" does, it is one ("will not comply")."""
    status = status_of(trigger.token, trigger.verb)
    if category != "REJECT" or status is not Status.NEGATED:
        return status
    said = any(t.frame.category == category and trigger.token in (t.token, t.verb) for t in around.triggers)
    return status if said else Status.ACTUAL


def _paired(one: _Scored, around: SentencePairs) -> bool:
    """Whether source and target are coordinated subjects of one verb ("Iran and Iraq agreed")."""
    assert one.pair.target is not None
    doc = around.sentence.doc
    a, b = doc[one.pair.source.head], doc[one.pair.target.head]
    return b in a.conjuncts


def _threatened(trigger: Trigger) -> str | None:
    """The mode of a threat by what is threatened: sanctions, expulsion or arrest."""
    words = {token.lemma_.lower() for token in trigger.token.subtree}
    return next((mode for mode, named in _THREATS.items() if words & named), None)


def _called_off(trigger: Trigger) -> Token | None:
    """The verb by which a meeting is called off ("talks between the two were cancelled"), if it is."""
    noun = trigger.noun
    verb = noun.head if noun is not None and noun.dep_ == "nsubjpass" else trigger.verb
    return verb if verb is not None and _calls_off(verb) else None


def _calls_off(verb: Token) -> bool:
    particle = next((c.lower_ for c in verb.children if c.dep_ == "prt"), "")
    return " ".join(filter(None, (verb.lemma_.lower(), particle))) in _CALL_OFF


def _of_place(trigger: Trigger) -> bool:
    """Whether a town or position is taken, not a person."""
    objects = [c for c in trigger.token.children if c.dep_ in ("dobj", "nsubjpass")]
    return any(c.ent_type_ in ("GPE", "LOC", "FAC") or c.lemma_.lower() in _GROUND for c in objects)


def _promised(one: _Scored, around: SentencePairs) -> bool:
    """Whether the verb of subjects named together is one of promising something to others."""
    verb = around.sentence.doc[one.pair.source.head].head
    shared = {token.lemma_.lower() for token in verb.subtree} & _SHARED
    return verb.lemma_.lower() in _PROMISES and not shared


def _figurative(token: Token) -> bool:
    """Whether a word of strife is meant as a figure: "a custody battle", "a war of words"."""
    if token.lemma_.lower() not in _STRIFE or token.pos_ != "NOUN":
        return False
    words = any(c.lower_ == "of" and any(g.lower_ == "words" for g in c.children) for c in token.rights)
    return words or any(child.lower_ in _FIGURATIVE for child in token.lefts)


def _trigger(one: _Scored, around: SentencePairs) -> Trigger:
    """The word that tells of the event: the rules' trigger for the pair, else the nearest of the category, else the
    verb."""
    wanted = one.pair.target.head if one.pair.target is not None else None
    exact: list[Trigger] = []
    for dyad in around.dyads:
        ends = (dyad.source[0].head, dyad.target[0].head if dyad.target else None)
        if ends == (one.pair.source.head, wanted) or (dyad.mutual and ends == (wanted, one.pair.source.head)):
            if dyad.trigger.frame.category == one.category or dyad.category == one.category:
                return dyad.trigger
            exact.append(dyad.trigger)
    doc = around.sentence.doc
    source = doc[one.pair.source.head]
    near = [t for t in around.triggers if one.category in (t.frame.category, t.frame.joint)]
    nearest = min(near, key=lambda t: _distance(source, t.token), default=None)
    if exact and (nearest is None or _distance(source, nearest.token) > _distance(source, exact[0].token)):
        return exact[0]
    if nearest is not None:
        return nearest
    verb = verb_of(source)
    if one.pair.target is not None:
        beneath = verb_of(doc[one.pair.target.head])
        verb = beneath if beneath.dep_ in ("relcl", "acl") and beneath.head.i == source.i else verb
    return Trigger(
        Frame(one.category),
        verb if verb.pos_ in ("VERB", "AUX") else None,
        None if verb.pos_ in ("VERB", "AUX") else verb,
        (verb.i,),
    )


def _distance(a: Token, b: Token) -> int:
    """Steps between two tokens in the parse tree."""
    up = {a.i: 0, **{t.i: n for n, t in enumerate(ancestors(a), 1)}}
    for steps, token in enumerate([b, *ancestors(b)]):
        if token.i in up:
            return up[token.i] + steps
    return 99
