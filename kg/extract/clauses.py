"""Which words of a sentence belong to an event: its trigger's subtree and the clause that the trigger stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.arguments import ancestors

if TYPE_CHECKING:
    from spacy.tokens import Token

    from kg.extract.events import Dyad

__all__ = ["Near", "home", "near"]

_APART = frozenset({"conj", "parataxis", "advcl", "relcl", "acl", "ccomp", "dep"})
"""Relations by which a clause hangs on another that it may be told apart from."""
_TRIGGER, _OWN, _CLAUSE, _SENTENCE = 3.0, 2.0, 1.5, 1.0


@dataclass(frozen=True, slots=True)
class Near:
    """How close the tokens of a sentence are to a trigger."""

    trigger: frozenset[int]
    own: frozenset[int]
    clause: frozenset[int]
    alone: bool
    """Whether the sentence tells of nothing else, so that all its words count."""

    def weight(self, token: int) -> float:
        """3 for the trigger's own words, 2 below it, 1.5 in its clause, 1 elsewhere if it is alone, else 0."""
        if token in self.trigger:
            return _TRIGGER
        if token in self.own:
            return _OWN
        if token in self.clause:
            return _CLAUSE
        return _SENTENCE if self.alone else 0.0

    @property
    def tokens(self) -> frozenset[int]:
        """Everything in the trigger's clause."""
        return self.trigger | self.own | self.clause


def home(token: Token) -> Token:
    """The verb (or root) whose clause a token stands in; the token itself if it is that verb."""
    here = token
    for above in ancestors(token):
        if here.pos_ in ("VERB", "AUX") and here.dep_ not in ("aux", "auxpass", "prep"):
            return here
        here = above
    return here


def has_subject(verb: Token) -> bool:
    """Whether a verb has a subject of its own."""
    return any(child.dep_ in ("nsubj", "nsubjpass", "csubj", "expl") for child in verb.children)


def near(dyad: Dyad, dyads: Sequence[Dyad]) -> Near:
    """The surroundings of a mention's trigger, given all mentions of its sentence."""
    token = dyad.trigger.token
    words = set(dyad.trigger.words) | {token.i}
    others = {d.trigger.token.i for d in dyads} | {d.trigger.verb.i for d in dyads if d.trigger.verb is not None}
    others -= words | ({dyad.trigger.verb.i} if dyad.trigger.verb is not None else set())
    top = dyad.trigger.verb if dyad.trigger.verb is not None else home(token)
    own = set(_below(token, others))
    clause = set(_below(top, others)) if top.i not in others else set()
    return Near(frozenset(words), frozenset(own), frozenset(clause), alone=not others)


def _below(top: Token, others: set[int]) -> Iterator[int]:
    """The token and what hangs on it, without clauses that tell of something else."""
    yield top.i
    for child in top.children:
        if not _apart(child, others):
            yield from _below(child, others)


def _apart(child: Token, others: set[int]) -> bool:
    if child.dep_ not in _APART:
        return False
    if child.dep_ in ("conj", "parataxis") and child.pos_ in ("VERB", "AUX") and has_subject(child):
        return True
    return bool(others) and any(t.i in others for t in child.subtree)
