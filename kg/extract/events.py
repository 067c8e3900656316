"""From triggers and actor phrases to dyads: what happened between whom, in which status, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.actors import Phrase, Ref
from kg.extract.arguments import Arguments, ancestors, subjects, within
from kg.extract.status import PLANNED_AS_AGREE, reporting_verb, status_of
from kg.extract.triggers import Lexicon, Trigger, lexicon
from kg.model import Status

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

__all__ = ["Dyad", "attribution_of", "find_dyads"]

_CONTENT = frozenset({"REQUEST", "AGREE", "ACCUSE", "THREATEN", "REJECT", "CONCEDE"})
"""Categories whose complement clause is content, not a second event."""
_INSTITUTIONAL = frozenset(
    {
        "AGREE",
        "CONSULT",
        "SUPPORT",
        "CONCEDE",
        "RETREAT",
        "PROTEST",
        "MOBILIZE",
        "COERCE",
        "ASSAULT",
        "REJECT",
        "THREATEN",
        "REQUEST",
        "ACCUSE",
    }
)
"""Categories that make sense without a target (PLOVER: recipient not required)."""
MOST_PARTIES = 8


@dataclass(slots=True)
class Dyad:
    """One ordered pair of principals (target may be missing) with the trigger that links them."""

    sentence: Span
    trigger: Trigger
    category: str
    mode: str | None
    status: Status
    source: tuple[Phrase, Ref]
    target: tuple[Phrase, Ref] | None
    mutual: bool = False
    attribution: Ref | None = None
    score: float = 0.5

    @property
    def key(self) -> tuple[str, str | None, str]:
        """Source, target and category: the same fact told twice in one sentence has the same key."""
        a, b = self.source[1].id, self.target[1].id if self.target else None
        if self.mutual and b is not None and b < a:
            a, b = b, a
        return a, b, self.category


def find_triggers(sentence: Span, words: Lexicon) -> list[Trigger]:
    """Triggers of a sentence; a light verb and its noun, or a verb and its object, are one."""
    found: list[Trigger] = []
    used: set[int] = set()
    for token in sentence:
        if token.pos_ == "VERB" or (token.pos_ in ("AUX", "NOUN", "ADJ") and token.tag_.startswith("VB")):
            trigger = words.verb(token)
            if trigger is not None:
                if trigger.noun is not None:
                    used.add(trigger.noun.i)
                found.append(trigger)
    for token in sentence:
        if token.pos_ in ("NOUN", "PROPN") and token.i not in used and token.dep_ not in ("compound", "nmod"):
            trigger = words.noun(token)
            if trigger is not None:
                found.append(trigger)
    carried = {t.verb.i: t for t in found if t.noun is not None and t.verb is not None}
    kept = [t for t in found if not (t.noun is None and t.verb is not None and t.verb.i in carried)]
    return sorted(kept, key=lambda t: t.token.i)


def find_dyads(doc: Doc, phrases: Sequence[Phrase], found: dict[int, list[Trigger]] | None = None) -> Iterator[Dyad]:
    """All dyads of a parsed field, sentence by sentence.

    ``found`` receives the triggers of each sentence, by its first token's number.
    """
    words = lexicon()
    for sentence in doc.sents:
        here = {p.head: p for p in phrases if sentence.start <= p.head < sentence.end}
        if not here:
            continue
        triggers = find_triggers(sentence, words)
        if found is not None:
            found[sentence.start] = triggers
        anchors = {t.verb.i if t.verb is not None else t.token.i: t for t in triggers if t.frame.category in _CONTENT}
        seen: dict[tuple[str, str | None, str], Dyad] = {}
        for trigger in triggers:
            if _is_content(trigger, anchors):
                continue
            for dyad in _dyads(sentence, trigger, here):
                old = seen.get(dyad.key)
                if old is None or dyad.score > old.score:
                    seen[dyad.key] = dyad
        yield from _without_bare(list(seen.values()))


def _without_bare(dyads: list[Dyad]) -> list[Dyad]:
    """Drop a targetless reading where the same source and category has a target in the sentence."""
    targeted = {(d.source[1].id, d.category) for d in dyads if d.target is not None}
    targeted |= {(d.target[1].id, d.category) for d in dyads if d.target is not None and d.mutual}
    return [d for d in dyads if d.target is not None or (d.source[1].id, d.category) not in targeted]


def _is_content(trigger: Trigger, anchors: dict[int, Trigger]) -> bool:
    """Whether a trigger stands inside the content of a request, promise, accusation, threat or refusal."""
    token = trigger.verb if trigger.verb is not None else trigger.token
    here: Token = token
    for above in ancestors(token):
        anchor = anchors.get(above.i)
        if anchor is not None and anchor is not trigger:
            if here.dep_ in ("xcomp", "ccomp", "pcomp"):
                return True
            if here.dep_ == "prep" and token.dep_ in ("pcomp", "pobj", "conj", "dobj"):
                return True
            if here.dep_ in ("dobj", "pobj", "acl") and trigger.token.pos_ != "VERB":
                return trigger.noun is not None and trigger.verb is not anchor.verb
            if here.dep_ == "advcl" and anchor.frame.category in ("THREATEN", "REQUEST"):
                return True
            if here.dep_ in ("conj", "relcl", "advcl", "acl", "parataxis"):
                return False
        if here.dep_ in ("relcl", "advcl", "parataxis") and anchor is None:
            here = above
            continue
        here = above
    return False


def _dyads(sentence: Span, trigger: Trigger, phrases: dict[int, Phrase]) -> Iterator[Dyad]:
    frame = trigger.frame
    sources, targets = Arguments(trigger, phrases).read()
    sources = [p for p in sources if p.role != "place"]
    status = status_of(trigger.token, trigger.verb)
    category, mode = frame.category, frame.mode
    if frame.joint and (_joint(trigger) or len(_pairs(sources)) > 1 or (targets and _with(targets))):
        category, mode = frame.joint, None
    if status is Status.FUTURE and category in PLANNED_AS_AGREE:
        category, mode = "AGREE", None
    attribution = attribution_of(trigger, phrases)
    score = _score(trigger, sources, targets)
    parties = _pairs(sources)
    if not parties:
        return
    if targets:
        for source in parties:
            for target in _pairs(targets):
                if source[1].id != target[1].id or _domestic(source, target):
                    mutual = frame.mutual and category != "REJECT" and frame.mode != "visit"
                    yield Dyad(sentence, trigger, category, mode, status, source, target, mutual, attribution, score)
        return
    distinct = list({ref.id: (phrase, ref) for phrase, ref in parties}.values())
    if frame.mutual and len(distinct) > 1:
        group = distinct if len(distinct) <= MOST_PARTIES else []
        for number, first in enumerate(group):
            for second in group[number + 1 :]:
                yield Dyad(sentence, trigger, category, mode, status, first, second, True, attribution, score)
        return
    if frame.needs or category in ("AID", "COOPERATE", "SANCTION"):
        return
    if category in _INSTITUTIONAL:
        for party in distinct:
            yield Dyad(sentence, trigger, category, mode, status, party, None, False, attribution, score * 0.7)


def _domestic(source: tuple[Phrase, Ref], target: tuple[Phrase, Ref]) -> bool:
    """The same principal on both sides stays only where the words name two bodies ("police", "the army")."""
    return (
        source[0].head != target[0].head
        and source[1].sector != target[1].sector
        and None
        not in (
            source[1].sector,
            target[1].sector,
        )
    )


def _joint(trigger: Trigger) -> bool:
    noun = trigger.noun
    return noun is not None and any(
        child.lower_ in ("joint", "bilateral", "trilateral", "combined", "multinational") for child in noun.children
    )


def _with(targets: Sequence[Phrase]) -> bool:
    return any(p.prep == "with" for p in targets)


def _pairs(phrases: Sequence[Phrase]) -> list[tuple[Phrase, Ref]]:
    return [(phrase, ref) for phrase in phrases for ref in phrase.refs]


def attribution_of(trigger: Trigger, phrases: dict[int, Phrase]) -> Ref | None:
    """The actor to whom the text attributes what a trigger tells ("Kyiv said ..."); ``phrases`` by head token."""
    verb = reporting_verb(trigger.verb if trigger.verb is not None else trigger.token)
    if verb is None:
        return None
    for head in subjects(verb)[0]:
        for phrase in within(head, phrases):
            return phrase.refs[0]
    return None


def _score(trigger: Trigger, sources: Sequence[Phrase], targets: Sequence[Phrase]) -> float:
    """A first estimate of how likely the reading is right: a base lowered by each weak link."""
    score = 0.75 * (1.0 if trigger.frame.weak >= 1.0 else 0.6 + 0.4 * trigger.frame.weak)
    for side in (sources, targets):
        for phrase in side[:1]:
            if not phrase.named:
                score *= 0.75
            if phrase.role == "modifier":
                score *= 0.85
    if not targets:
        score *= 0.8
    return round(score, 4)
