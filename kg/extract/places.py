"""Where an event happened: the gazetteer's label of a state, else the words ("Goma", "West Bank").

The parse decides: a place after "in", "at", "near" ... in the clause of the trigger, the nearest one; or the place that
is itself visited or hit. The dateline of an article counts only in its first sentence, where nothing else says.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.extract.clauses import Near
from kg.extract.dateline import whole_sense
from kg.extract.lexicon import yaml_resource
from kg.model import ActorKind

if TYPE_CHECKING:
    import datetime as dt

    from spacy.tokens import Span, Token

    from kg.extract.dateline import Dateline
    from kg.extract.events import Dyad
    from kg.extract.gazetteer import Gazetteer

__all__ = ["Place", "find_places", "place_of"]

_NAMED = frozenset({"GPE", "LOC", "FAC"})
_PLACES = frozenset({"name", "capital", "place", "prefix", "region"})


@functools.cache
def _table() -> dict[str, frozenset[str]]:
    raw: dict[str, Any] = yaml_resource("places.yaml")
    return {name: frozenset(words) for name, words in raw.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a sentence. ``link`` is the token that joins it to the event: the preposition, or the place."""

    name: str
    token: int
    link: int
    actor: str | None = None


def find_places(sentence: Span, gaz: Gazetteer, day: dt.date) -> list[Place]:
    """The places of a sentence that stand after a preposition of place, in the order of its words."""
    table = _table()
    found: list[Place] = []
    for token in sentence:
        if token.dep_ != "pobj" or token.head.lower_ not in table["prepositions"]:
            continue
        link = token.head
        if link.lower_ in ("on", "over") and token.lemma_.lower() not in table["surfaces"]:
            continue
        place = _named(token, gaz, day)
        if place is not None:
            found.append(Place(place[0], token.i, link.i, place[1]))
    return found


def _named(token: Token, gaz: Gazetteer, day: dt.date) -> tuple[str, str | None] | None:
    """The name of the place that a noun phrase stands for, and the state it is in, where known.

    Inside a phrase the narrowest name counts: "the southern city of Kandahar" is Kandahar, "the Russian embassy in
    Warsaw" is Warsaw.
    """
    table = _table()
    lemma = token.lemma_.lower()
    if token.pos_ == "PROPN":
        direct = _proper(token, gaz, day)
        if direct is not None or lemma not in table["nouns"]:
            return direct
    if lemma not in table["nouns"] and token.lower_ not in table["nouns"] and lemma not in table["parts"]:
        return None
    for child in token.children:
        if child.dep_ == "prep" and child.lower_ in ("of", "in", "near", "at"):
            for inner in child.children:
                if inner.dep_ == "pobj" and (found := _named(inner, gaz, day)) is not None:
                    if child.lower_ == "of" and token.pos_ == "PROPN" and token.text[:1].isupper():
                        return _clean(token.doc[token.i : inner.i + 1].text), found[1]
                    return found
        elif child.dep_ == "appos" and child.pos_ == "PROPN" and (found := _proper(child, gaz, day)) is not None:
            return found
    names = [c for c in token.lefts if c.pos_ == "PROPN" or (c.pos_ == "ADJ" and c.text[:1].isupper())]
    if not names:
        return None
    left = min(c.left_edge.i for c in names)
    words = token.doc[left : token.i + 1].text
    return _clean(words), None


def _proper(token: Token, gaz: Gazetteer, day: dt.date) -> tuple[str, str | None] | None:
    """A proper noun as a place: a state's label, else the name itself; None where it names no place."""
    left, right = token.i, token.i
    while left > token.sent.start and _belongs(token.doc[left - 1], token):
        left -= 1
    if token.ent_type_ in _NAMED and token.text[:1].isupper() and token.lower_ in _table()["nouns"]:
        while right + 1 < token.sent.end and token.doc[right + 1].ent_iob_ == "I":
            right += 1
    words = _clean(token.doc[left : right + 1].text)
    sense = whole_sense(words, gaz, day) or whole_sense(_clean(token.text), gaz, day)
    if sense is not None:
        actor = gaz.actors[sense.actor]
        if sense.part not in _PLACES or actor.kind is not ActorKind.STATE:
            return None
        plain = words.lower() not in _table()["own_name"]
        if plain and sense.part in ("name", "prefix") and whole_sense(words, gaz, day) is not None:
            return actor.label, actor.id
        return words, actor.id
    if token.ent_type_ in _NAMED and words:
        return words, None
    return None


def _belongs(before: Token, head: Token) -> bool:
    """Whether a word before a name is part of it."""
    if before.head.i != head.i or before.dep_ not in ("compound", "amod", "nmod", "poss"):
        return before.head.head.i == head.i and before.dep_ == "compound" and before.pos_ == "PROPN"
    return before.pos_ == "PROPN" or (
        before.ent_iob_ != "O" and before.ent_type_ in _NAMED and before.text[:1].isupper()
    )


def _clean(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip(" ,'’\"“”")


def place_of(
    dyad: Dyad, places: Sequence[Place], near: Near, gaz: Gazetteer, day: dt.date, origin: Dateline | None = None
) -> str | None:
    """Where a mention's event happened, or None; ``origin`` is the dateline of the article if this is its lead."""
    doc = dyad.sentence.doc
    fits = [place for place in places if place.link in near.tokens and _when(doc[place.link], dyad)]
    if fits:
        token = dyad.trigger.token
        own = [p for p in fits if p.link in near.own] or fits
        chosen = min(own, key=lambda p: (doc[p.link].head.i != token.i, abs(p.link - token.i)))
        return chosen.name
    hit = _hit(dyad, gaz, day)
    if hit is not None:
        return hit
    if origin is not None and dyad.category in _table()["dateline_from"]:
        source = dyad.source[1].country or dyad.source[1].id.partition(":")[0]
        if dyad.category == "CONSULT" or (origin.state is not None and origin.state == source):
            return origin.city
    return None


def _when(link: Token, dyad: Dyad) -> bool:
    """Whether a preposition says where the event happened: not where an actor is from ("rebels in Syria")."""
    head = link.head
    parties = [party[0].head for party in (dyad.source, dyad.target) if party is not None]
    if head.i in parties and head.i not in dyad.trigger.words:
        return dyad.category == "ASSAULT" and dyad.target is not None and head.i == dyad.target[0].head
    if head.i in dyad.trigger.words or head.pos_ not in ("NOUN", "PROPN"):
        return True
    return head.pos_ == "NOUN" and head.dep_ not in ("nsubj", "poss")


def _hit(dyad: Dyad, gaz: Gazetteer, day: dt.date) -> str | None:
    """The place that is itself visited ("a visit to Kyiv") or hit ("shelled Kharkiv", "an attack on Odesa")."""
    visit = dyad.mode == "visit" or dyad.trigger.token.lemma_.lower() in ("visit", "arrive", "trip")
    if not visit and dyad.category != "ASSAULT":
        return None
    for start in {t.i: t for t in (dyad.trigger.token, dyad.trigger.verb) if t is not None}.values():
        for token in _goals(start):
            if token.pos_ == "PROPN" and (found := _proper(token, gaz, day)) is not None:
                return found[0]
            if token.pos_ == "NOUN" and (found := _named(token, gaz, day)) is not None:
                return found[0]
    return None


def _goals(trigger: Token) -> Iterator[Token]:
    for child in trigger.children:
        if child.dep_ in ("dobj", "nsubjpass"):
            yield child
        elif child.dep_ == "prep" and child.lower_ in ("to", "on", "against", "at"):
            yield from (g for g in child.children if g.dep_ == "pobj")
