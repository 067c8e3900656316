"""The event triggers of ``triggers.yaml``: which tokens of a parse may tell of an event, and how to read them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import ResourceError
from kg.extract.lexicon import yaml_resource
from kg.ontology import ontology

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Frame", "Lexicon", "Trigger", "lexicon"]


@dataclass(frozen=True, slots=True)
class Frame:
    """How a group of trigger words is read; the keys are explained at the head of ``triggers.yaml``."""

    category: str
    mode: str | None = None
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ("obj", "in")
    mutual: bool = False
    needs: bool = False
    flip: bool = False
    weak: float = 1.0
    joint: str | None = None
    sure: bool = False
    unless: tuple[str, ...] = ()
    otherwise: str | None = None


@dataclass(slots=True)
class Trigger:
    """A trigger in a parse. ``verb`` is the token whose arguments count, ``noun`` the event noun, ``words`` all
    tokens."""

    frame: Frame
    verb: Token | None
    noun: Token | None
    words: tuple[int, ...]

    @property
    def token(self) -> Token:
        """The token that names the event."""
        chosen = self.noun if self.noun is not None else self.verb
        assert chosen is not None
        return chosen


@dataclass(frozen=True, slots=True)
class _Objects:
    verbs: frozenset[str]
    nouns: frozenset[str]
    frame: Frame


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All trigger words, looked up by lemma."""

    verbs: dict[str, tuple[tuple[str, Frame], ...]]
    nouns: dict[str, Frame]
    objects: tuple[_Objects, ...]
    light: frozenset[str]
    light_passive: frozenset[str]

    def verb(self, token: Token) -> Trigger | None:
        """The trigger that a verb is, with its object or particle where these decide."""
        lemma = token.lemma_.lower()
        forms, children = _verb_forms(token, lemma), _objects(token)
        for objects in self.objects if children else ():
            if objects.verbs.isdisjoint(forms):
                continue
            for child in children:
                if _noun_fits(child, objects.nouns):
                    frame = objects.frame
                    return Trigger(frame, token, child, tuple(sorted({token.i, child.i})))
        for tail, frame in self.verbs.get(lemma, ()):
            if not tail:
                return Trigger(frame, token, None, (token.i,))
            words = _follows(token, tail)
            if words:
                return Trigger(frame, token, None, (token.i, *words))
        return None

    def noun(self, token: Token) -> Trigger | None:
        """The trigger that a noun is, with the light verb that carries it."""
        frame = self.nouns.get(token.lemma_.lower()) or self.nouns.get(token.lower_)
        if frame is None:
            return None
        return Trigger(frame, self.carrier(token), token, (token.i,))

    def carrier(self, token: Token) -> Token | None:
        """The light verb of which the noun is the object ("held talks", "talks were held")."""
        head = token.head
        if token.dep_ == "pobj" and head.dep_ == "prep":
            head = head.head
        if head.i == token.i or head.pos_ not in ("VERB", "AUX"):
            return None
        lemma = head.lemma_.lower()
        forms = _verb_forms(head, lemma)
        if token.dep_ in ("dobj", "nsubjpass", "pobj", "attr") and forms & (self.light | self.light_passive):
            return head
        return None


def _verb_forms(token: Token, lemma: str) -> set[str]:
    return {lemma, *(f"{lemma} {child.lower_}" for child in token.children if child.dep_ in ("prt", "prep", "advmod"))}


def _objects(token: Token) -> list[Token]:
    """Direct objects and passive subjects of a verb, with what is coordinated to them."""
    out: list[Token] = []
    for child in token.children:
        if child.dep_ in ("dobj", "nsubjpass", "attr", "oprd"):
            out.append(child)
        elif child.dep_ == "prep" and child.lower_ in ("in", "of", "from", "with"):
            out += [grandchild for grandchild in child.children if grandchild.dep_ == "pobj"]
    if token.dep_ == "acl" and token.tag_ == "VBN":
        out.append(token.head)
    if token.dep_ == "relcl" and any(
        c.dep_ in ("dobj", "nsubjpass") and c.lower_ in ("which", "that") for c in token.children
    ):
        out.append(token.head)
    return out + [conj for each in out for conj in each.conjuncts if conj.i > each.i]


def _noun_fits(token: Token, nouns: frozenset[str]) -> bool:
    lemma = token.lemma_.lower()
    if lemma in nouns or token.lower_ in nouns:
        return True
    for child in token.children:
        if child.dep_ in ("compound", "amod") and f"{child.lower_} {lemma}" in nouns:
            return True
        if (
            child.dep_ == "prep"
            and child.lower_ == "of"
            and lemma in ("number", "series", "round", "type", "kind", "pair")
        ):
            return any(grandchild.lemma_.lower() in nouns for grandchild in child.children)
    return False


def _follows(token: Token, tail: tuple[str, ...] | str) -> tuple[int, ...]:
    """Token numbers of the words that must go with a verb, or nothing."""
    wanted = list(tail) if isinstance(tail, tuple) else tail.split()
    found: list[int] = []
    here = [token]
    for word in wanted:
        options = [child for parent in here for child in parent.children if child.i > token.i]
        hit = next((c for c in options if c.lower_ == word or c.lemma_.lower() == word), None)
        if hit is None:
            near = token.doc[token.i + 1 + len(found)] if token.i + 1 + len(found) < len(token.doc) else None
            hit = near if near is not None and (near.lower_ == word or near.lemma_.lower() == word) else None
        if hit is None:
            return ()
        found.append(hit.i)
        here = [token, hit]
    return tuple(found)


def _frame(raw: dict[str, Any]) -> Frame:
    frame = Frame(
        category=raw["category"],
        mode=raw.get("mode"),
        source=tuple(raw.get("from", ())),
        target=tuple(raw.get("to", ("obj", "in"))),
        mutual=bool(raw.get("mutual")),
        needs=bool(raw.get("needs")),
        flip=bool(raw.get("flip")),
        weak=float(raw.get("weak", 1.0)),
        joint=raw.get("joint"),
        sure=bool(raw.get("sure")),
        unless=tuple(raw.get("unless", ())),
        otherwise=raw.get("otherwise"),
    )
    category = ontology().categories.get(frame.category)
    if category is None or (frame.mode and frame.mode not in category.modes):
        raise ResourceError(f"kg/resources/triggers.yaml: {frame.category} ({frame.mode}) is not in the ontology")
    return frame


@functools.cache
def lexicon() -> Lexicon:
    """The shipped triggers.

    Raises:
        ResourceError: the file names a category or mode that the ontology lacks.
    """
    raw = yaml_resource("triggers.yaml")
    verbs: dict[str, list[tuple[str, Frame]]] = {}
    for group in raw["verbs"]:
        frame = _frame(group)
        for phrase in group["words"]:
            lemma, _, tail = phrase.partition(" ")
            verbs.setdefault(lemma, []).append((tail, frame))
    for entries in verbs.values():
        entries.sort(key=lambda entry: -len(entry[0].split()))
    return Lexicon(
        verbs={lemma: tuple(entries) for lemma, entries in verbs.items()},
        nouns={word: _frame(group) for group in raw["nouns"] for word in group["words"]},
        objects=tuple(
            _Objects(frozenset(group["verbs"]), frozenset(group["nouns"]), _frame(group)) for group in raw["objects"]
        ),
        light=frozenset(raw["light"]),
        light_passive=frozenset(raw["light_passive"]),
    )
