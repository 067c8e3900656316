"""Who deals with whom in a sentence: pairs and events that the classifier finds likely and the grammar excludes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from kg.extract.actors import Phrase
from kg.extract.arguments import ancestors
from kg.extract.events import Dyad
from kg.extract.pairs import Pair, SentencePairs
from kg.extract.status import speech_verbs

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

__all__ = ["Candidate", "in_own_clause", "only_named", "verb_of", "without_scene", "without_speaker"]

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_COMPLEMENTS = frozenset({"dobj", "prep", "ccomp", "xcomp"})
_PHONING = frozenset({"phone", "telephone", "call", "visit", "ring"})
_LOYAL = frozenset({"loyal", "close", "opposed", "allied", "sympathetic", "friendly", "hostile"})


class Candidate(Protocol):
    """A pair that may be an event of a category."""

    pair: Pair
    category: str


T = TypeVar("T", bound=Candidate)


def in_own_clause(scored: Sequence[T], around: SentencePairs) -> list[T]:
    """Drop what a subject would do to somebody in a clause that has another subject ("A met B, and C accused D")."""
    doc = around.sentence.doc
    actors = {p.head: p for p in around.phrases}
    out: list[T] = []
    for one in scored:
        other = _subject_beside(one.pair, around, actors) if one.pair.target is not None else None
        if other is not None and one.pair.target is not None:
            said = any(c.dep_ in _COMPLEMENTS for c in doc[one.pair.source.head].head.rights)
            if other.head != one.pair.target.head or said:
                continue
        out.append(one)
    return out


def _subject_beside(pair: Pair, around: SentencePairs, actors: Mapping[int, Phrase]) -> Phrase | None:
    """Who is the subject of the clause in which a pair's target stands, if the source is that of another one beside."""
    assert pair.target is not None
    source, clause = around.sentence.doc[pair.source.head], verb_of(around.sentence.doc[pair.target.head])
    if source.dep_ not in _SUBJECTS or clause.head.i != source.head.i or not _beside(clause):
        return None
    own = next((actors[c.i] for c in clause.lefts if c.dep_ in _SUBJECTS and c.i in actors), None)
    same = own is not None and {ref.id for ref in own.refs} & {ref.id for ref in pair.source.refs}
    return None if same else own


def only_named(one: Candidate, around: SentencePairs) -> bool:
    """Whether a pair does not deal with each other: who announces a truce between others, two of those whom a third one
    phoned, and those to whom somebody is "loyal"."""
    if one.pair.target is None:
        return False
    doc = around.sentence.doc
    source, target = doc[one.pair.source.head], doc[one.pair.target.head]
    if one.category in ("CONCEDE", "RETREAT") and one.pair.target.prep == "between" != one.pair.source.prep:
        return True
    verb = verb_of(source)
    if one.category == "CONSULT" and verb.lemma_.lower() in _PHONING and verb.i == verb_of(target).i:
        return not any(c.dep_ in _SUBJECTS and c.i in (source.i, target.i) for c in verb.lefts)
    above = target.head.head if target.dep_ == "pobj" else target
    return above.lower_ in _LOYAL and any(a.i == source.i for a in ancestors(above))


def _beside(clause: Token) -> bool:
    """Whether a clause goes beside the one it hangs on ("and", "while"), so that both have their own parties."""
    return clause.dep_ == "conj" or (
        clause.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in ("while", "whereas") for c in clause.lefts)
    )


def without_speaker(dyads: list[Dyad]) -> list[Dyad]:
    """Drop what is read of one who only says what another did ("Washington said Japan had welcomed the French move").

    Where the speaker is that other one ("Canada said it would ..."), the likelier of both readings stays.
    """
    dropped: set[int] = set()
    for said in dyads:
        told = _clauses_said(said.source[0], said.sentence.doc)
        head = said.target[0].head if said.target is not None else None
        for own in dyads if told and head is not None else ():
            if own.target is None or own.target[0].head != head or own.source[0].head not in told:
                continue
            if own.source[1].id == said.source[1].id and own.source[0].pronoun:
                dropped.add(id(min(said, own, key=lambda d: d.score)))
            elif own.category == said.category and own.source[1].id != said.source[1].id:
                dropped.add(id(said))
    return [dyad for dyad in dyads if id(dyad) not in dropped]


def _clauses_said(speaker: Phrase, doc: Doc) -> set[int]:
    """The subjects of the clauses that somebody says."""
    token = doc[speaker.head]
    verb = token.head
    if token.dep_ != "nsubj" or verb.lemma_.lower() not in speech_verbs():
        return set()
    clauses = (child for child in verb.children if child.dep_ == "ccomp")
    return {word.i for clause in clauses for word in clause.children if word.dep_ in ("nsubj", "nsubjpass")}


def without_scene(dyads: list[Dyad], around: SentencePairs) -> list[Dyad]:
    """Drop those who are only the scene of an event, or are said to be absent.

    A place is no party where the same word tells of the same thing between others ("Russia and the US met in Saudi
    Arabia"), and nobody takes part in what happens "without" them.
    """
    parties: dict[tuple[int, str], set[str]] = {}
    for dyad in dyads:
        if dyad.target is not None and "place" not in (dyad.source[0].role, dyad.target[0].role):
            ids = {dyad.source[1].id, dyad.target[1].id}
            parties.setdefault((dyad.trigger.token.i, dyad.category), set()).update(ids)
    absent = {p.head for p in around.phrases if p.prep == "without"}
    out: list[Dyad] = []
    for dyad in dyads:
        ends = [dyad.source, *([dyad.target] if dyad.target is not None else [])]
        told = parties.get((dyad.trigger.token.i, dyad.category), set())
        scene = any(phrase.role == "place" and ref.id not in told for phrase, ref in ends)
        if not (told and scene) and not any(phrase.head in absent for phrase, _ in ends):
            out.append(dyad)
    return out


def verb_of(token: Token) -> Token:
    """The verb of the clause in which a token stands, or the root of its sentence."""
    for above in ancestors(token):
        if above.pos_ == "VERB":
            return above
    return token.sent.root
