"""From names to actors: which phrases of a parsed text denote political actors, and which ones.

A *phrase* is a noun phrase with one or more principals: a state's name, a capital used for its government, "Iranian
troops" (country and sector), "Japanese Prime Minister Fumio Kishida" (person, office and country), "the two leaders"
(two principals named before), "he". Names come from the gazetteer, persons from ``roles``, everything else from the
parse. This module does what needs the whole article; ``reader`` reads one field of it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.extract.gazetteer import Gazetteer, Match, Term
from kg.extract.lexicon import offices, sectors
from kg.extract.naming import NAMED, bearer_of, best, place_matches, place_persons
from kg.extract.phrases import ArticleActors, Phrase, Ref
from kg.extract.reader import read
from kg.extract.reading import Context, Headline, Reading
from kg.extract.roles import Person, find_persons, office_sector, surnames, title_sector
from kg.extract.senses import settle
from kg.model import ActorKind

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["ArticleActors", "Phrase", "Ref", "link"]


def link(fields: dict[str, Doc], day: dt.date, gaz: Gazetteer, dateline: str = "") -> ArticleActors:
    """Find and resolve the actors of one article, given its parsed fields (``text``, ``title``) and the dateline.

    The body is read first, since it names in full whom the headline calls by surname. Nobody acts in a dateline, but
    the article is the likelier about that state.
    """
    context = Context(gaz, day, sectors())
    order = sorted(fields, key=lambda name: name != "text")
    texts = {name: fields[name].text for name in order}
    matches = settle(texts, {name: gaz.find(texts[name]) for name in order}, day, gaz)
    persons = {name: find_persons(texts[name], matches[name], day, gaz) for name in order}
    for name in order:
        for person in persons[name]:
            _remember(person, context)
    for name in order:
        for person in persons[name]:
            _complete(person, context)
            _serving(person, context)
    context.strangers = _strangers(fields, persons)
    context.default = _dominant(fields, matches | {"dateline": gaz.find(dateline)}, persons, context)
    for name in order:
        for person in persons[name]:
            if person.stated and person.actor is None and person.known is None and offices().public(person.title):
                person.actor = context.default
                person.sector = person.sector or title_sector(person.title)
    if "title" in fields:
        context.headline = _headline(fields["title"], matches["title"], persons["title"], context)
    phrases = {name: _read(fields[name], texts[name], matches[name], persons[name], context) for name in order}
    return ArticleActors(phrases, persons, context.default)


def _strangers(fields: dict[str, Doc], persons: dict[str, list[Person]]) -> set[str]:
    """Names of persons that the parser sees and no title or gazetteer explains ("Jim Jordan")."""
    known = {person.name.split()[-1] for found in persons.values() for person in found}
    names = (entity for doc in fields.values() for entity in doc.ents if entity.label_ == "PERSON")
    return {t.text for e in names if len(e) > 1 for t in (e[0], e[-1]) if t.pos_ == "PROPN"} - known


def _remember(person: Person, context: Context) -> None:
    keys = surnames(person.name, person.actor)
    for key in keys:
        known = context.surnames.setdefault(key, [])
        if len(person.name.split()) > 1 or not known:
            known.append(person)
    for word in person.name.split():
        if word not in keys and len(word) > 2 and word[0].isupper():
            context.forenames.setdefault(word, person)
    if person.title:
        head = person.title.lower().split()[-1]
        context.titles.setdefault(head, person)


def _complete(person: Person, context: Context) -> None:
    """Give a person named by surname alone the full name and principal that the article states elsewhere."""
    if len(person.name.split()) > 1 and person.actor:
        return
    for other in context.surnames.get(person.name.split()[-1], []):
        if other is person or not (other.name.endswith(person.name) or person.name in other.name.split()):
            continue
        if person.actor is not None and other.actor != person.actor and other.stated and not person.stated:
            person.actor, person.sector, person.known = other.actor, other.sector, other.known
        if person.actor is None or other.actor == person.actor:
            person.name = max(person.name, other.name, key=len)
            person.actor, person.sector = person.actor or other.actor, person.sector or other.sector
            person.known = person.known or other.known
            return
    if person.known is None and person.title and person.actor:
        for office in offices().kind(person.title):
            term = context.gaz.holder(person.actor, office, context.day)
            if term and person.name in context.gaz.actors[term.person].label.split():
                person.known, person.name = term.person, context.gaz.actors[term.person].label
                return


def _serving(person: Person, context: Context) -> None:
    """A bare surname with a title ("President Putin") is the serving leader of that name, if there is just one."""
    if person.actor is not None or len(person.name.split()) > 1:
        return
    kinds = offices().kind(person.title)
    holders = [t for t in context.gaz.leaders_by_surname(context.day).get(person.name, ()) if t.office in kinds]
    if len(holders) == 1:
        term = holders[0]
        person.known, person.actor = term.person, term.actor
        person.sector = office_sector(term.office) or "GOV"
        person.name = _full_name(person.name, term, context)


def _full_name(surname: str, term: Term, context: Context) -> str:
    """The full name of who holds an office, with the surname spelled as the article does ("Zelenskyy")."""
    actor = context.gaz.actors[term.person]
    names = (alias.name for alias in actor.aliases)
    return next((name for name in names if name.split()[-1] == surname != name), actor.label)


def _dominant(
    fields: dict[str, Doc], matches: dict[str, list[Match]], persons: dict[str, list[Person]], context: Context
) -> str | None:
    """The state that the article is mostly about: what "the government" means when nothing else is said."""
    counts: Counter[str] = Counter()
    titled: set[str] = set()
    for name, found in matches.items():
        for match in found:
            sense = best(match.senses, context.day)
            if sense is None or sense.part in ("block", "person"):
                continue
            actor = context.gaz.actors[sense.actor]
            if actor.kind is ActorKind.STATE:
                counts[actor.id] += 3 if name == "title" or match.start < 200 else 1
                if name == "title":
                    titled.add(actor.id)
    for found_persons in persons.values():
        for person in found_persons:
            if person.actor and person.actor in context.gaz.actors:
                counts[person.actor] += 1
    context.named.update(counts)
    serving = context.gaz.leaders_by_surname(context.day)
    words = [
        (name, token.text)
        for name, doc in fields.items()
        for token in doc
        if token.pos_ == "PROPN" or token.ent_type_ in NAMED or (name == "title" and token.text in serving)
    ]
    for _, word in words:
        states = {term.actor for term in context.bearers(word)}
        context.hinted.update(states if len(states) == 1 else ())
    for name, word in words:
        term = context.bearer(word)
        if term is not None:
            counts[term.actor] += 3 if name == "title" else 1
            if term.leads(context.day):
                context.named.add(term.actor)
    return max(counts, key=lambda state: (counts[state], state in titled), default=None)


def _headline(doc: Doc, matches: Sequence[Match], persons: Sequence[Person], context: Context) -> Headline:
    """Whom the body may mean by "he" or "the group" without having named anybody."""
    reading = Reading(doc, doc.text, context)
    place_persons(reading, persons)
    place_matches(reading, matches)
    subjects = [t for t in doc if t.dep_ in ("nsubj", "nsubjpass")]
    first = next((head for head, (_, left, _) in reading.persons.items() if left == 0), 0)
    likely = (*subjects, doc[first])  # headlines are often parsed wrong
    told = (reading.persons[t.i][0] if t.i in reading.persons else bearer_of(reading, t) for t in likely)
    bodies = {reading.ref(sense) for _, sense in reading.owner.values() if sense.part in ("name", "agent")}
    kinds = (ActorKind.GROUP, ActorKind.ORGANISATION)
    return Headline(
        next((person for person in told if person is not None), None),
        tuple(sorted((ref for ref in bodies if ref.kind in kinds), key=lambda ref: ref.id)),
    )


def _read(doc: Doc, text: str, matches: Sequence[Match], persons: Sequence[Person], context: Context) -> list[Phrase]:
    reading = Reading(doc, text, context)
    place_persons(reading, persons)
    place_matches(reading, matches)
    return read(reading)
