"""How many people an event killed, injured or brought into custody, as the sentence states it.

A number counts only where the words give it: "at least 17" is 17, a lower bound, as are the lower end of a range and
the sum of those parts of an enumeration that have a number ("two soldiers and several civilians" is 2). "Dozens",
"hundreds", upper bounds, tolls over a longer time ("since 1994", "the death toll"), and the killed and injured in one
number give none. "No one was injured" is 0.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.extract.arguments import ancestors, coordinated
from kg.extract.lexicon import yaml_resource
from kg.extract.numerals import number
from kg.model import Status

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from kg.extract.events import Dyad

__all__ = ["Losses", "Statement", "casualties_of", "find_casualties"]

KINDS = ("dead", "injured", "arrested")
_HARMING = frozenset({"ASSAULT", "COERCE", "PROTEST"})
"""Categories of events that kill, injure or arrest."""
_FURTHEST = 5
"""Longest way through the parse, in steps, between a trigger and the words that tell its losses."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A number of people to whom something was done, and the token that says what."""

    kind: str
    count: int
    token: int


@dataclass(frozen=True, slots=True)
class Losses:
    """People dead, injured, arrested; None where nothing is stated."""

    dead: int | None = None
    injured: int | None = None
    arrested: int | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    verbs: dict[str, str]
    suffered: dict[str, str]
    states: dict[str, str]
    nouns: dict[str, str]
    counted: dict[str, str]
    raw: dict[str, Any]
    sets: dict[str, frozenset[str]]


@functools.cache
def _words() -> _Words:
    raw: dict[str, Any] = yaml_resource("casualties.yaml")

    def by_word(name: str) -> dict[str, str]:
        return {word: kind for kind, words in raw[name].items() for word in words}

    names = (
        "lives",
        "taking",
        "leaving",
        "nobody",
        "cumulative",
        "periods",
        "lengths",
        "people",
        "persons_of",
        "collectives",
        "things",
    )
    sets = {name: frozenset(raw[name]) for name in names}
    return _Words(
        by_word("verbs"), by_word("suffered"), by_word("states"), by_word("nouns"), by_word("counted"), raw, sets
    )


def find_casualties(sentence: Span) -> list[Statement]:
    """All losses that a sentence states, in the order of its words."""
    table = _words()
    found: list[Statement] = []
    for token in sentence:
        lemma = token.lemma_.lower()
        for kind, count in _stated(token, lemma, table):
            if count is not None and not _excluded(token):
                found.append(Statement(kind, count, token.i))
    return found


def _stated(token: Token, lemma: str, table: _Words) -> Iterator[tuple[str, int | None]]:
    kind = table.verbs.get(lemma) or table.states.get(token.lower_) or _particle_verb(token, lemma, table)
    if kind is not None and (before := _just_before(token)) is not None:
        yield kind, before
    elif token.lower_ in table.states and token.pos_ == "ADJ":
        yield table.states[token.lower_], _described(token)
    elif kind is not None and token.pos_ in ("VERB", "AUX", "ADJ"):
        if not _joined(token, kind, table):
            yield kind, _sum(_undergoing(token))
    elif lemma in table.suffered and token.pos_ == "VERB":
        yield table.suffered[lemma], _sum([c for c in token.children if c.dep_ == "nsubj"])
    elif lemma in table.raw["none_of"] and _denied(token):
        for each in table.raw["none_of"][lemma]:
            yield each, 0
    elif token.pos_ == "NOUN" and lemma in table.sets["lives"]:
        if token.head.lemma_.lower() in table.sets["taking"]:
            yield "dead", _sum(_of(token)) if _of(token) else _count(token)
    elif token.pos_ == "NOUN" and lemma in table.nouns:
        if _of(token):
            yield table.nouns[lemma], _sum(_of(token))
        elif lemma in table.counted:
            yield table.counted[lemma], _numbered(token)
    elif token.pos_ == "NOUN" and lemma in table.counted:
        yield table.counted[lemma], _numbered(token)


def _particle_verb(token: Token, lemma: str, table: _Words) -> str | None:
    """The kind of "round up" and "take into custody"."""
    if token.pos_ != "VERB":
        return None
    for child in token.children:
        if child.dep_ in ("prt", "prep"):
            tail = " ".join([child.lower_, *(g.lower_ for g in child.children if g.dep_ == "pobj")])
            kind = table.verbs.get(f"{lemma} {tail}") or table.verbs.get(f"{lemma} {child.lower_}")
            if kind:
                return kind
    return None


def _just_before(token: Token) -> int | None:
    """The number right before a word of harm that stands for the people itself: "and 20 wounded", "12 dead in raid"."""
    doc = token.doc
    if token.i == 0 or (token.i + 1 < len(doc) and doc[token.i + 1].pos_ in ("NOUN", "PROPN") and token.tag_ != "VBD"):
        return None
    before = doc[token.i - 1]
    if before.tag_ != "CD" and before.lower_ not in _words().raw["multiples"]:
        return None
    if before.head.i != token.i and before.head.i > token.i:
        return None
    return _quantity(before)


def _described(token: Token) -> int | None:
    """Whom "dead" and "injured" describe: the noun before, or the subject of "were left dead"."""
    before = token.doc[token.i - 1] if token.i else token
    if before.pos_ == "NOUN" and before.i != token.i and before.i >= token.sent.start:
        while before.dep_ == "conj" and before.head.pos_ == "NOUN":
            before = before.head
        counts = [_count(each) for each in coordinated(before) if each.i < token.i]
        return sum(c or 0 for c in counts) if _numbered(before) is not None else None
    if token.dep_ in ("oprd", "acomp", "xcomp") and token.head.lemma_.lower() in _words().sets["leaving"]:
        return _sum([c for c in token.head.children if c.dep_ in ("nsubjpass", "dobj")])
    return None


def _joined(token: Token, kind: str, table: _Words) -> bool:
    """Whether one number is given for the dead and the injured together ("killed or wounded 30 people")."""
    others = [c for c in token.children if c.dep_ == "conj"] + ([token.head] if token.dep_ == "conj" else [])
    for other in others:
        their = table.verbs.get(other.lemma_.lower())
        if their is not None and their != kind:
            here, there = (token, other) if token.i < other.i else (other, token)
            if (not _undergoing(here, own=True)) != (not _undergoing(there, own=True)):
                return True
    return False


def _undergoing(verb: Token, own: bool = False) -> list[Token]:
    """To whom a verb is done: its object, the subject of its passive, the noun that its participle describes.

    A passive that is coordinated to another shares its subject, unless ``own``.
    """
    objects = [c for c in verb.children if c.dep_ in ("dobj", "nsubjpass") or (c.dep_ == "dep" and c.tag_ == "CD")]
    if objects:
        return objects
    if verb.dep_ == "acl" and verb.tag_ == "VBN" and verb.head.pos_ in ("NOUN", "PROPN", "NUM"):
        return [verb.head]
    passive = verb.tag_ == "VBN"
    subject = [c for c in verb.children if c.dep_ == "nsubj"]
    helped = any(c.dep_ == "aux" and c.lower_ in ("has", "have", "had") for c in verb.children)
    if passive and subject and not helped:
        return subject
    if (
        subject
        and not any(c.dep_ == "aux" for c in verb.children)
        and verb.dep_ == "ROOT"
        and subject[0].i < verb.i
        and _bare_headline(verb, subject[0])
    ):
        return subject
    if own:
        return []
    if verb.dep_ == "conj" and passive and not subject and verb.head.pos_ == "VERB":
        return _undergoing(verb.head)
    return []


def _bare_headline(verb: Token, subject: Token) -> bool:
    """A past form without object after a number: "17 people killed in Israeli raid"."""
    return verb.tag_ in ("VBD", "VBN") and (_count(subject) or 0) > 0 and verb.lemma_.lower() not in _words().suffered


def _of(noun: Token) -> list[Token]:
    return [g for c in noun.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children if g.dep_ == "pobj"]


def _denied(noun: Token) -> bool:
    """ "No casualties", "without casualties"."""
    return any(c.lower_ in ("no", "zero") for c in noun.children) or (
        noun.dep_ == "pobj" and noun.head.lower_ == "without"
    )


def _sum(heads: Sequence[Token]) -> int | None:
    """People in an enumeration, as far as it states them."""
    counts = [_count(each) for head in heads for each in coordinated(head)]
    stated = [c for c in counts if c is not None]
    return sum(stated) if stated else None


def _numbered(noun: Token) -> int | None:
    """The number before a noun, if there is one."""
    found = [c for c in noun.children if c.dep_ == "nummod" or (c.dep_ in ("quantmod", "det") and c.tag_ == "CD")]
    found = [c for c in found if c.i < noun.i]
    return _quantity(found[-1]) if found else None


def _quantity(figure: Token) -> int | None:
    """The value of a number with what belongs to it ("at least", "two dozen", "between 20 and 30")."""
    doc = figure.doc
    right = max(t.i for t in figure.subtree if t.tag_ != "NNS") if figure.n_lefts + figure.n_rights else figure.i
    right = min(
        right,
        max([figure.i, *(c.i for c in figure.children if c.dep_ in ("conj", "quantmod", "cc") or c.tag_ == "CD")]),
    )
    left = max(figure.left_edge.i, figure.sent.start, figure.i - 8)
    while left > figure.sent.start and (doc[left - 1].tag_ in ("CD", "HYPH") or doc[left - 1].lower_ in ("a", "half")):
        left -= 1
    before = [t.lower_ for t in doc[max(figure.sent.start, left - 4) : left]]
    following = [t.lower_ for t in doc[right + 1 : right + 2]]
    bounds = _words().raw["upper"]
    if any(f" {' '.join(before)} ".endswith(f" {phrase} ") for phrase in bounds) or set(following) & set(
        _words().raw["never"]
    ):
        return None
    return number([t.lower_ for t in doc[left : right + 1]])


def _count(head: Token) -> int | None:
    """How many people a noun phrase stands for; None if it doesn't say."""
    table = _words()
    lemma = head.lemma_.lower()
    left = [t.lower_ for t in head.lefts]
    if (head.lower_ in table.sets["nobody"]) or left[:1] == ["no"] or (head.lower_ == "one" and "no" in left):
        return 0
    if lemma in table.sets["things"]:
        return None
    if head.lower_ == "another":
        return 1
    if head.tag_ == "CD" or head.lower_ in table.raw["multiples"]:
        return _quantity(head)
    figure = _numbered(head)
    if figure is not None or any(c.dep_ == "nummod" for c in head.children):
        return None if lemma in table.sets["collectives"] - {"people", "personnel", "police", "opposition"} else figure
    if head.pos_ == "PRON":
        return 1 if head.lower_ in table.sets["people"] else None
    if head.ent_type_ == "PERSON" and head.pos_ == "PROPN":
        return 1
    if head.tag_ != "NN" or lemma in table.sets["collectives"]:
        return None
    if left and left[0] in ("a", "an", "another", "one"):
        return 1
    owned = any(c.dep_ == "poss" for c in head.children)
    return 1 if lemma in table.sets["persons_of"] and (owned or left[:1] == ["the"]) else None


def _excluded(token: Token) -> bool:
    """Whether a statement gives a toll over a longer time, or none that happened: negated, only possible, to come."""
    table = _words()
    verb = token
    while verb.pos_ not in ("VERB", "AUX") and verb.head.i != verb.i:
        verb = verb.head
    helpers = [c for v in {token.i: token, verb.i: verb}.values() for c in v.children]
    if any(c.dep_ == "aux" and c.tag_ == "MD" for c in helpers) or any(
        c.dep_ == "mark" and c.lower_ == "if" for c in helpers
    ):
        return True
    if any(c.dep_ == "neg" and c.lower_ not in ("no",) for c in helpers) and not any(
        c.lower_ == "anyone" for c in helpers
    ):
        return True
    if any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children):
        return True
    clause = list(_clause(verb))
    lowered = [t.lower_ for t in clause]
    text = f" {' '.join(lowered)} "
    if any(f" {phrase} " in text for phrase in table.sets["cumulative"]):
        return True
    for t in clause:
        if t.lemma_.lower() in table.sets["periods"]:
            around = {x.lower_ for x in t.lefts} | {t.head.lower_}
            if around & {"recent", "past"} or (around & {"over", "during"} and t.tag_ == "NNS"):
                return True
    return _perfect_of_long(verb)


def _perfect_of_long(verb: Token) -> bool:
    """ "The war that has killed 30,000": an event that lasts, told in the perfect."""
    return (
        verb.dep_ == "relcl"
        and verb.head.lemma_.lower() in ("war", "conflict", "insurgency", "violence", "campaign")
        and any(c.dep_ == "aux" and c.lower_ in ("has", "have", "had") for c in verb.children)
    )


def _clause(verb: Token) -> Iterator[Token]:
    """The words of a verb's clause in their order, without clauses below it."""

    def below(token: Token) -> Iterator[Token]:
        for child in token.children:
            if child.dep_ in ("advcl", "relcl", "ccomp", "conj", "parataxis") and child.pos_ in ("VERB", "AUX"):
                continue
            yield child
            yield from below(child)

    yield from sorted([verb, *below(verb)], key=lambda t: t.i)


def casualties_of(dyad: Dyad, statements: Sequence[Statement], dyads: Sequence[Dyad]) -> Losses:
    """What a sentence states of the losses of one mention, given all its mentions.

    A statement belongs to the nearest trigger of an act that harms, up or down the parse.
    """
    if dyad.category not in _HARMING or dyad.status is not Status.ACTUAL:
        return Losses()
    doc = dyad.sentence.doc
    harming = [d for d in dyads if d.category in _HARMING]
    told: dict[str, tuple[int, int]] = {}
    for one in statements:
        own = _way(doc[one.token], dyad)
        if own is None or any(way < own for d in harming if (way := _way(doc[one.token], d)) is not None):
            continue
        if one.kind not in told or own < told[one.kind][0]:
            told[one.kind] = own, one.count
    return Losses(*(told[kind][1] if kind in told else None for kind in KINDS))


def _way(token: Token, dyad: Dyad) -> int | None:
    """Steps from a statement to a trigger through the parse, None if too far."""
    starts = [dyad.trigger.token] + ([dyad.trigger.verb] if dyad.trigger.verb is not None else [])
    return min((way for way in (_steps(token, start) for start in starts) if way is not None), default=None)


def _steps(a: Token, b: Token) -> int | None:
    up = {a.i: 0, **{t.i: n for n, t in enumerate(ancestors(a), 1)}}
    for below, here in enumerate([b, *ancestors(b)]):
        if here.i in up:
            way = below + up[here.i]
            return way if way <= _FURTHEST else None
    return None
