"""The state of reading one article: what is known so far, which tokens are names, and how phrases are made of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.gazetteer import OFFICES, Gazetteer, Match, Sense, Term, foremost
from kg.extract.lexicon import Sectors
from kg.extract.phrases import Phrase, Ref
from kg.extract.roles import Person
from kg.model import ActorKind, principal

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

__all__ = ["NAME_DEPS", "Context", "Headline", "Reading", "conj_root", "coordinated"]

NAME_DEPS = frozenset({"amod", "compound", "nmod", "poss", "conj", "nummod", "npadvmod", "appos", "dep"})
"""Relations by which a name hangs on the noun that it qualifies."""

_NAME_POS = frozenset({"ADP", "PROPN", "DET", "CCONJ"})
_NAME_GOES_ON = 7
"""Kinds of words, and how many, that a name may go on with after its head ("Commission for Water and Land")."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The person that acts in a headline, and the bodies that it names."""

    person: Person | None = None
    bodies: tuple[Ref, ...] = ()


@dataclass(slots=True)
class Context:
    """What is known of an article while it is read.

    ``counts`` and ``first`` tell how often and in which order principals were named, ``refs`` a reference to each;
    ``named`` the states that the article names, ``hinted`` how often persons of a state are called by surname;
    ``titles`` who was last called by a title, ``surnames`` who bears a surname, ``forenames`` the other words of
    persons' names, ``strangers`` surnames of persons that nothing is known of, ``short`` the short names that the
    article itself explains ("the Fisheries Inspection Authority (FIA)"), ``headline`` what the body, which is read
    first, may take up from there.
    """

    gaz: Gazetteer
    day: dt.date
    table: Sectors
    surnames: dict[str, list[Person]] = field(default_factory=dict)
    forenames: dict[str, Person] = field(default_factory=dict)
    titles: dict[str, Person] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    refs: dict[str, Ref] = field(default_factory=dict)
    default: str | None = None
    named: set[str] = field(default_factory=set)
    hinted: Counter[str] = field(default_factory=Counter)
    strangers: set[str] = field(default_factory=set)
    short: dict[str, tuple[Ref, ...]] = field(default_factory=dict)
    headline: Headline = field(default_factory=Headline)

    def bearers(self, surname: str) -> tuple[Term, ...]:
        """Those in the news who bear a surname that the article does not explain: leaders, else whoever else."""
        if surname in self.strangers or not surname[:1].isupper():
            return ()
        return self.gaz.leaders_by_surname(self.day).get(surname) or self.gaz.remembered(surname, self.day)

    def bearer(self, surname: str) -> Term | None:
        """The one of :meth:`bearers` who is meant: of those of several states the one whose state the article names, or
        else who is in office; of several of one state a leader, or else who came to office last."""
        terms = self.bearers(surname)
        for states in (self.named, self.hinted):
            if len({term.actor for term in terms}) > 1:
                terms = tuple(term for term in terms if term.actor in states) or terms
        if len({term.actor for term in terms}) > 1:
            terms = foremost(tuple(term for term in terms if term.covers(self.day)) or terms)
        if len({term.actor for term in terms}) != 1:
            return None
        return max(terms, key=lambda term: (term.office in OFFICES, term.begin))


def conj_root(token: Token) -> Token:
    """The first member of the list that a token belongs to."""
    while token.dep_ == "conj":
        token = token.head
    return token


def coordinated(token: Token) -> Iterator[Token]:
    """A token and everything that is listed after it or stands in apposition to it."""
    yield token
    for child in token.rights:
        if child.dep_ in ("conj", "appos"):
            yield from coordinated(child)


class Reading:
    """One parsed field while it is read from left to right.

    ``owner`` gives the sense of a name at its head token and ``spans`` its tokens; ``persons`` the same for persons.
    ``blocked`` tokens belong to names of other things, ``taken`` ones to titles and persons, ``names`` to names of
    actors.
    """

    def __init__(self, doc: Doc, text: str, context: Context) -> None:
        self.doc = doc
        self.text = text  # spaCy puts it together anew at every access
        self.context = context
        self.gaz = context.gaz
        self.owner: dict[int, tuple[Match, Sense]] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        self.blocked: set[int] = set()
        self.persons: dict[int, tuple[Person, int, int]] = {}
        self.taken: set[int] = set()
        self.names: set[int] = set()
        self.serving = context.gaz.leaders_by_surname(context.day)
        self.entities = {i: entity for entity in doc.ents for i in range(entity.start, entity.end)}
        self.found: dict[int, Phrase] = {}
        self.order: list[Phrase] = []

    def tokens(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last + 1 token of a stretch of characters."""
        span = self.doc.char_span(start, end, alignment_mode="expand")
        return (span.start, span.end) if span is not None and len(span) else None

    def root(self, left: int, right: int) -> int:
        """The token of a stretch that the others hang on."""
        return int(self.doc[left:right].root.i)

    # references

    def refs(self, sense: Sense) -> tuple[Ref, ...]:
        """What a name denotes; some names stand for several states ("the two Koreas", "the Baltic states")."""
        actor = self.gaz.actors[sense.actor]
        if actor.kind is ActorKind.PLACE:
            return tuple(self.state(member, None) for member in self.gaz.members[actor.id])
        return (self.ref(sense),)

    def ref(self, sense: Sense, sector: str | None = None, agent: str | None = None) -> Ref:
        """The principal of a name, acting through ``sector`` where other words say so."""
        actor = self.gaz.actors[sense.actor]
        if actor.id in self.gaz.acts_for:
            return self.state(self.gaz.acts_for[actor.id], None, actor.label, actor.id)
        if actor.kind is not ActorKind.STATE:
            return Ref(actor.id, actor.code, actor.label, actor.kind, actor.country, None, agent)
        which = sector or sense.sector or ("CVL" if sense.part == "people" else None)
        return self.state(actor.id, which, agent)

    def state(self, ident: str, sector: str | None, agent: str | None = None, agent_id: str | None = None) -> Ref:
        """A state, one of its sectors, or whatever else bears that id."""
        if ident not in self.gaz.actors:
            ident = ident.split(":")[0]
        actor = self.gaz.actors[ident]
        if actor.kind is not ActorKind.STATE:
            return Ref(actor.id, actor.code, actor.label, actor.kind, actor.country, None, agent, agent_id)
        chosen = principal(ident, sector) if ":" not in ident else ident
        assert chosen is not None
        entry = self.gaz.actor(chosen)
        return Ref(entry.id, entry.code, entry.label, entry.kind, actor.country, sector, agent, agent_id)

    def person_ref(self, person: Person) -> Ref:
        """Whom a person acts for; a private person of the article's country where the text does not tell."""
        if person.actor:
            return self.state(person.actor, person.sector, person.name, person.ident)
        if self.context.default and person.known is None:
            return self.state(self.context.default, "CVL", person.name, person.ident)
        return Ref(person.ident, person.name, person.name, ActorKind.PERSON, None, None, None, person.ident)

    # phrases

    def make(
        self,
        token: Token,
        left: int,
        right: int,
        refs: tuple[Ref, ...],
        *,
        role: str = "actor",
        named: bool = True,
        pronoun: bool = False,
        person: bool = False,
    ) -> Phrase:
        """A phrase with ``token`` as its head."""
        start = self.doc[left].idx
        last = self.doc[right - 1]
        end = last.idx + len(last)
        prep = ""
        if token.dep_ == "pobj" and token.head.pos_ in ("ADP", "SCONJ"):
            prep = token.head.lower_
        elif token.dep_ == "conj" and token.head.dep_ == "pobj":
            prep = token.head.head.lower_
        return Phrase(
            token.i, left, right, start, end, self.doc[left:right].text, refs, role, named, pronoun, person, prep
        )

    def keep(self, phrase: Phrase) -> None:
        """Add a phrase, and remember its principals for what comes later."""
        self.found[phrase.head] = phrase
        self.order.append(phrase)
        if phrase.role != "actor" or phrase.pronoun:
            return
        short = self._short(phrase)
        if short:
            self.context.short.setdefault(short, phrase.refs)
        for ref in phrase.refs:
            key = ref.id.split(":")[0]
            self.context.counts[key] += 1
            self.context.first.setdefault(key, len(self.context.first))
            if ref.id == key or key not in self.context.refs:
                self.context.refs[key] = self.state(key, None) if key in self.gaz.actors else ref

    def _short(self, phrase: Phrase) -> str | None:
        """The short name in parentheses after a name ("the Commission for Water (CW)")."""
        at = phrase.right
        if at < len(self.doc) and self.doc[at].lower_ in ("of", "for", "on", "to"):
            last = min(len(self.doc), at + _NAME_GOES_ON)
            while at < last and self.doc[at].pos_ in _NAME_POS and at not in self.owner:
                at += 1
        if at + 2 >= len(self.doc) or self.doc[at].text != "(" or self.doc[at + 2].text != ")":
            return None
        short = self.doc[at + 1].text
        return short if _stands_for(short, self.doc[max(0, at - len(short) - 4) : at]) else None


def _stands_for(short: str, words: Span) -> bool:
    """Whether a word holds the initials of the name before it, its last word's among them."""
    if not 2 <= len(short) <= 8 or not short.isupper() or not short.isalpha():
        return False
    initials = iter([t.text[0] for t in words if t.text[:1].isupper()][::-1])
    return all(letter in initials for letter in short[::-1])
