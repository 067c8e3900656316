"""From names to actors: which phrases of a parsed text denote political actors, and which ones.

A *phrase* is a noun phrase with one or more principals: a state's name, a capital used for its government, "Iranian
troops" (country and sector), "Japanese Prime Minister Fumio Kishida" (person, office and country), "the two leaders"
(two principals named before), "he". Names come from the gazetteer, persons from ``roles``, everything else from the
parse.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.extract.gazetteer import Gazetteer, Match, Sense, slug
from kg.extract.lexicon import Sectors, offices, sectors
from kg.extract.roles import Person, find_persons, surnames
from kg.model import ActorKind, principal

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

__all__ = ["ArticleActors", "Phrase", "Ref", "link"]

_NAME_DEPS = frozenset({"amod", "compound", "nmod", "poss", "conj", "nummod", "npadvmod", "appos", "dep"})
_PLACE_PREPS = frozenset(
    {
        "in",
        "at",
        "near",
        "from",
        "to",
        "into",
        "through",
        "around",
        "off",
        "outside",
        "across",
        "inside",
        "for",
        "over",
        "throughout",
    }
)
_PART_RANK = {
    "name": 0,
    "agent": 1,
    "adjective": 2,
    "people": 2,
    "person": 3,
    "capital": 4,
    "prefix": 5,
    "place": 6,
    "block": 7,
}
_MONTH_NAMES = frozenset({"May", "March", "April", "June", "August"})


@dataclass(frozen=True, slots=True)
class Ref:
    """A principal that a phrase denotes, and who acts for it. ``kind`` is the principal's."""

    id: str
    code: str
    label: str
    kind: ActorKind
    country: str | None = None
    sector: str | None = None
    agent: str | None = None
    agent_id: str | None = None


@dataclass(slots=True)
class Phrase:
    """Words that denote actors. ``head`` and ``left``..``right`` are token numbers, ``start``..``end`` characters.

    ``role`` is ``actor``, ``modifier`` (a country that only qualifies another noun: "the Iranian economy") or
    ``place``. ``named`` is false where the words leave open whose ("the police") and the article's context decided.
    """

    head: int
    left: int
    right: int
    start: int
    end: int
    text: str
    refs: tuple[Ref, ...]
    role: str = "actor"
    named: bool = True
    pronoun: bool = False
    person: bool = False
    prep: str = ""


@dataclass(slots=True)
class ArticleActors:
    """All actor phrases of an article by field, and the persons with their offices."""

    phrases: dict[str, list[Phrase]]
    persons: dict[str, list[Person]]
    default: str | None = None


@dataclass(slots=True)
class _Context:
    """What is known of an article while it is read."""

    gaz: Gazetteer
    day: dt.date
    table: Sectors
    surnames: dict[str, list[Person]] = field(default_factory=dict)
    titles: dict[str, Person] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    refs: dict[str, Ref] = field(default_factory=dict)
    default: str | None = None


def link(fields: dict[str, Doc], day: dt.date, gaz: Gazetteer) -> ArticleActors:
    """Find and resolve the actors of one article, given its parsed fields (``text``, ``title``).

    The body is read first, since it names in full whom the headline calls by surname.
    """
    context = _Context(gaz, day, sectors())
    order = sorted(fields, key=lambda name: name != "text")
    matches = _supported({name: gaz.find(fields[name].text) for name in order}, day)
    persons = {name: find_persons(fields[name].text, matches[name], day, gaz) for name in order}
    for name in order:
        for person in persons[name]:
            _remember(person, context)
    for name in order:
        for person in persons[name]:
            _complete(person, context)
            _serving(person, context)
    context.default = _dominant(matches, persons, context)
    for name in order:
        for person in persons[name]:
            if person.stated and person.actor is None and person.known is None:
                person.actor = context.default
    phrases = {name: _Reader(fields[name], matches[name], persons[name], context).read() for name in order}
    return ArticleActors(phrases, persons, context.default)


def _supported(matches: dict[str, list[Match]], day: dt.date) -> dict[str, list[Match]]:
    """Matches without doubtful senses ("Congress", "Sofia") of states that the article does not name otherwise."""
    sure = {
        sense.actor
        for found in matches.values()
        for match in found
        for sense in match.senses
        if not sense.careful and sense.part not in ("block", "person", "prefix") and sense.valid(day)
    }
    out: dict[str, list[Match]] = {}
    for name, found in matches.items():
        kept: list[Match] = []
        for match in found:
            alone = len(match.senses) == 1 and (" " in match.name or match.senses[0].part == "capital")
            senses = tuple(
                s
                for s in match.senses
                if not s.careful or alone or s.actor in sure or s.part in ("name", "adjective", "people")
            )
            if senses:
                kept.append(match if len(senses) == len(match.senses) else replace(match, senses=senses))
        out[name] = kept
    return out


def _remember(person: Person, context: _Context) -> None:
    for key in surnames(person.name, person.actor):
        known = context.surnames.setdefault(key, [])
        if len(person.name.split()) > 1 or not known:
            known.append(person)
    if person.title:
        head = person.title.lower().split()[-1]
        context.titles.setdefault(head, person)


def _complete(person: Person, context: _Context) -> None:
    """Give a person named by surname alone the full name and principal that the article states elsewhere."""
    if len(person.name.split()) > 1 and person.actor:
        return
    for other in context.surnames.get(person.name.split()[-1], []):
        if (
            other is not person
            and other.name.endswith(person.name)
            and (person.actor is None or other.actor == person.actor)
        ):
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


def _serving(person: Person, context: _Context) -> None:
    """A bare surname with a title ("President Putin") is the serving leader of that name, if there is just one."""
    if person.actor is not None or len(person.name.split()) > 1:
        return
    kinds = offices().kind(person.title)
    holders = [t for t in context.gaz.leaders_by_surname(context.day).get(person.name, ()) if t.office in kinds]
    if len(holders) == 1:
        term = holders[0]
        person.known, person.actor, person.sector = term.person, term.actor, "GOV"
        person.name = context.gaz.actors[term.person].label


def _dominant(matches: dict[str, list[Match]], persons: dict[str, list[Person]], context: _Context) -> str | None:
    """The state that the article is mostly about: what "the government" means when nothing else is said."""
    counts: Counter[str] = Counter()
    for name, found in matches.items():
        for match in found:
            sense = _best(match.senses, context.day)
            if sense is None or sense.part in ("block", "person"):
                continue
            actor = context.gaz.actors[sense.actor]
            if actor.kind is ActorKind.STATE:
                lead = 3 if name == "title" or match.start < 200 else 1
                counts[actor.id] += lead
    for found_persons in persons.values():
        for person in found_persons:
            if person.actor and person.actor in context.gaz.actors:
                counts[person.actor] += 1
    top = counts.most_common(1)
    return top[0][0] if top else None


def _best(senses: Iterable[Sense], day: dt.date) -> Sense | None:
    """The likeliest sense of a name by itself: valid on that day, the plainest part first."""
    valid = [s for s in senses if s.valid(day)]
    return min(valid, key=lambda s: (_PART_RANK[s.part], s.careful, s.actor), default=None)


class _Reader:
    """Reads one parsed field from left to right and collects its phrases."""

    def __init__(self, doc: Doc, matches: Sequence[Match], persons: Sequence[Person], context: _Context) -> None:
        self.doc = doc
        self.context = context
        self.gaz = context.gaz
        self.owner: dict[int, tuple[Match, Sense]] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        self.blocked: set[int] = set()
        self.persons: dict[int, tuple[Person, int, int]] = {}
        self.taken: set[int] = set()
        self._place_persons(persons)
        self._place_matches(matches)
        self.found: dict[int, Phrase] = {}
        self.order: list[Phrase] = []

    # names and persons onto tokens

    def _tokens(self, start: int, end: int) -> tuple[int, int] | None:
        span = self.doc.char_span(start, end, alignment_mode="expand")
        return (span.start, span.end) if span is not None and len(span) else None

    def _root(self, left: int, right: int) -> int:
        return int(self.doc[left:right].root.i)

    def _place_persons(self, persons: Sequence[Person]) -> None:
        for person in persons:
            where = self._tokens(person.start, person.end)
            if where is None or not self._is_person(person, *where):
                continue
            head = self._root(*where)
            left = where[0]
            if person.title_start >= 0:
                title = self._tokens(person.title_start, person.title_end)
                if title:
                    self.taken.update(range(*title))
                    if title[0] < left and left - title[1] < 3:
                        left = title[0]
            self.persons[head] = (person, left, where[1])
            self.taken.update(range(*where))

    def _is_person(self, person: Person, left: int, right: int) -> bool:
        if person.title or len(person.name.split()) > 1:
            return True
        return all(self.doc[i].pos_ == "PROPN" for i in range(left, right))

    def _place_matches(self, matches: Sequence[Match]) -> None:
        for match in matches:
            where = self._tokens(match.start, match.end)
            if where is None:
                continue
            root = self._root(*where)
            if any(i in self.taken and root not in self.persons for i in range(*where)) and not any(
                s.part in ("name", "adjective", "agent", "people") for s in match.senses
            ):
                continue
            if root in self.persons:
                continue
            sense = self._choose(match, root, *where)
            if sense is None or sense.part == "block":
                self.blocked.update(range(*where))
                continue
            if sense.part == "person":
                continue
            self.owner[root] = (match, sense)
            self.spans[root] = where

    def _choose(self, match: Match, root: int, left: int, right: int) -> Sense | None:
        token = self.doc[root]
        senses = [s for s in match.senses if s.valid(self.context.day)]
        if not senses:
            return None
        if all(s.part == "block" for s in senses):
            return senses[0]
        senses = [s for s in senses if s.part != "block"]
        parts = {s.part for s in senses}
        if {"adjective", "people"} <= parts:
            qualifies = token.dep_ in ("amod", "compound", "nmod", "npadvmod") or (
                token.pos_ == "ADJ" and token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj")
            )
            senses = [s for s in senses if s.part != ("people" if qualifies else "adjective")]
        if any(s.careful for s in senses) and self._looks_other(match, left, right):
            senses = [s for s in senses if not s.careful]
        return _best(senses, self.context.day)

    def _looks_other(self, match: Match, left: int, right: int) -> bool:
        """Whether a name that is also a word or a person's name is that here."""
        token = self.doc[left]
        if len(match.name) <= 4 and match.name.isupper():
            neighbours = self.doc.text[max(0, match.start - 12) : match.end + 12]
            return neighbours.isupper()
        if token.ent_type_ == "PERSON" and (token.ent_iob == 1 or self._entity_goes_on(right)):
            return True
        if match.name in self.context.surnames:
            return True
        before = self.doc[left - 1] if left else None
        after = self.doc[right] if right < len(self.doc) else None
        named = (
            before is not None
            and before.pos_ == "PROPN"
            and before.i not in self.owner
            and before.ent_type_ == "PERSON"
        )
        surname = after is not None and after.pos_ == "PROPN" and after.ent_type_ in ("PERSON", "")
        return bool(named or surname or token.pos_ not in ("PROPN", "NOUN", "ADJ"))

    def _entity_goes_on(self, right: int) -> bool:
        return right < len(self.doc) and self.doc[right].ent_iob == 1

    # references

    def _refs(self, sense: Sense) -> tuple[Ref, ...]:
        """What a name denotes; some names stand for several states ("the two Koreas", "the Baltic states")."""
        actor = self.gaz.actors[sense.actor]
        if actor.kind is ActorKind.PLACE:
            return tuple(self._state(member, None) for member in self.gaz.members[actor.id])
        return (self._ref(sense),)

    def _ref(self, sense: Sense, sector: str | None = None, agent: str | None = None) -> Ref:
        actor = self.gaz.actors[sense.actor]
        if actor.kind is not ActorKind.STATE:
            return Ref(actor.id, actor.code, actor.label, actor.kind, actor.country, None, agent)
        which = sector or sense.sector or ("CVL" if sense.part == "people" else None)
        return self._state(actor.id, which, agent)

    def _state(self, ident: str, sector: str | None, agent: str | None = None, agent_id: str | None = None) -> Ref:
        if ident not in self.gaz.actors:
            base = ident.split(":")[0]
            ident = base
        actor = self.gaz.actors[ident]
        if actor.kind is not ActorKind.STATE:
            return Ref(actor.id, actor.code, actor.label, actor.kind, actor.country, None, agent, agent_id)
        chosen = principal(ident, sector) if ":" not in ident else ident
        assert chosen is not None
        entry = self.gaz.actor(chosen)
        return Ref(entry.id, entry.code, entry.label, entry.kind, actor.country, sector, agent, agent_id)

    def _person_ref(self, person: Person) -> Ref:
        if person.actor:
            return self._state(person.actor, person.sector, person.name, person.ident)
        return Ref(person.ident, person.name, person.name, ActorKind.PERSON, None, None, None, person.ident)

    # phrases

    def read(self) -> list[Phrase]:
        for token in self.doc:
            phrase = self._phrase(token)
            if phrase is not None:
                self._keep(phrase)
        self.order.sort(key=lambda p: p.start)
        return self.order

    def _keep(self, phrase: Phrase) -> None:
        self.found[phrase.head] = phrase
        self.order.append(phrase)
        if phrase.role != "actor" or phrase.pronoun:
            return
        for ref in phrase.refs:
            key = ref.id.split(":")[0]
            self.context.counts[key] += 1
            self.context.first.setdefault(key, len(self.context.first))
            if ref.id == key or key not in self.context.refs:
                self.context.refs[key] = self._state(key, None) if key in self.gaz.actors else ref

    def _phrase(self, token: Token) -> Phrase | None:
        if token.i in self.found:
            return None
        if token.i in self.persons:
            person, left, right = self.persons[token.i]
            return self._make(token, left, right, (self._person_ref(person),), person=True)
        if token.lower_ in ("he", "she", "him") or (token.lower_ == "her" and token.dep_ in ("dobj", "pobj", "dative")):
            return self._pronoun(token)
        if token.i in self.owner:
            return self._named(token)
        if token.i in self.taken or token.i in self.blocked:
            return None
        if token.pos_ == "PROPN" and token.ent_iob != 0 and token.ent_type_ in ("PERSON", "ORG", "NORP", "GPE"):
            phrase = self._surname(token) or self._unknown(token)
            if phrase is not None:
                return phrase
        elif token.pos_ == "PROPN":
            phrase = self._surname(token)
            if phrase is not None:
                return phrase
        if token.pos_ in ("NOUN", "PROPN", "ADJ"):
            return self._common(token)
        return None

    def _make(
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
        start = self.doc[left].idx
        last = self.doc[right - 1]
        end = last.idx + len(last)
        prep = ""
        if token.dep_ == "pobj" and token.head.pos_ in ("ADP", "SCONJ"):
            prep = token.head.lower_
        elif token.dep_ == "conj" and token.head.dep_ == "pobj":
            prep = token.head.head.lower_
        return Phrase(
            token.i, left, right, start, end, self.doc.text[start:end], refs, role, named, pronoun, person, prep
        )

    def _named(self, token: Token) -> Phrase | None:
        _, sense = self.owner[token.i]
        left, right = self.spans[token.i]
        if token.lower_.endswith(
            ("-backed", "-born", "-based", "-made", "-style", "-occupied", "-held", "-controlled")
        ):
            return None
        following = self.doc[right].text if right < len(self.doc) else ""
        if following == "-" and right + 1 < len(self.doc):
            tail = self.doc[right + 1].lower_
            if tail in (
                "backed",
                "born",
                "based",
                "made",
                "style",
                "occupied",
                "held",
                "controlled",
                "owned",
                "administered",
                "sponsored",
                "funded",
                "trained",
                "speaking",
                "language",
            ):
                return self._make(token, left, right, self._refs(sense), role="modifier")
        head = self._owned_head(token)
        if head is not None:
            return None
        qualifies = token.dep_ in ("amod", "compound", "nmod", "npadvmod", "poss") or (
            token.dep_ == "conj" and self._conj_root(token).dep_ in ("amod", "compound", "nmod", "poss")
        )
        phrase = self._make(token, left, right, self._refs(sense), role="modifier" if qualifies else "actor")
        if sense.part == "adjective" and not qualifies:
            phrase.role = "modifier"
        if sense.part == "place" or (
            sense.part in ("capital", "name") and phrase.prep in _PLACE_PREPS and not qualifies
        ):
            state = self.gaz.actors[sense.actor].kind is ActorKind.STATE
            if state and not (phrase.prep == "to" and token.head.head.pos_ == "VERB" and sense.part == "name"):
                phrase.role = "place"
        return phrase

    @staticmethod
    def _conj_root(token: Token) -> Token:
        while token.dep_ == "conj":
            token = token.head
        return token

    def _owned_head(self, token: Token) -> Token | None:
        """The actor noun or person that a country's name qualifies, when there is one."""
        here = token
        for _ in range(6):
            if here.dep_ not in _NAME_DEPS:
                break
            here = here.head
            if here.i in self.persons:
                return here
            if (
                here.i not in self.owner
                and here.i not in self.blocked
                and here.i not in self.taken
                and self._sector(here)
            ):
                return here
        if (token.dep_ == "pobj" and token.head.lower_ in ("of", "for")) or (
            token.dep_ == "conj" and self._conj_root(token).dep_ == "pobj"
        ):
            anchor = self._conj_root(token)
            owner = anchor.head.head
            if owner.i in self.taken:
                return None
            if anchor.head.lower_ in ("of", "for") and owner.pos_ in ("NOUN", "PROPN") and self._sector(owner):
                if owner.lemma_.lower() in ("people", "man", "woman", "state", "capital", "side", "council"):
                    return None
                return owner
        return None

    def _sector(self, token: Token) -> str | None:
        if token.pos_ not in ("NOUN", "PROPN", "ADJ"):
            return None
        lemma = token.lemma_.lower()
        word = token.lower_
        nouns = self.context.table.nouns
        sector = nouns.get(lemma) or nouns.get(word) or (nouns.get(word[:-1]) if word.endswith("s") else None)
        if sector is None:
            return None
        if token.pos_ == "ADJ" and token.dep_ in ("amod", "advmod", "acomp"):
            return None
        if token.dep_ in ("compound", "amod", "nmod") and token.head.i != token.i:
            outer = token.head
            if outer.i in self.persons or self._sector_plain(outer):
                return None
        for child in token.lefts:
            if child.dep_ in ("amod", "compound", "nmod"):
                other = self.context.table.modifiers.get(child.lower_)
                if other and not (other in ("GOV", "MIL") and sector in ("LEG", "JUD", "REB", "SPY", "COP")):
                    sector = other
        return sector

    def _sector_plain(self, token: Token) -> bool:
        lemma = token.lemma_.lower()
        return token.pos_ in ("NOUN", "PROPN") and lemma in self.context.table.nouns

    def _owners(self, token: Token, depth: int = 0) -> Iterator[tuple[Sense | None, Ref | None]]:
        """Countries and bodies that qualify a noun, as senses of names or as references already made."""
        if depth > 4:
            return
        stack = [child for child in token.lefts if child.dep_ in _NAME_DEPS or child.dep_ == "punct"]
        while stack:
            here = stack.pop(0)
            if here.i in self.owner:
                yield self.owner[here.i][1], None
            elif here.i in self.persons and here.dep_ == "poss":
                yield None, self._person_ref(self.persons[here.i][0])
            elif (bearer := self._bearer(here)) is not None and bearer.actor is not None:
                yield None, self._person_ref(bearer)
            elif here.dep_ == "poss" and here.lower_ in ("his", "her", "its", "their", "whose"):
                ref = self._antecedent(here)
                if ref is not None:
                    yield None, ref
            stack += [child for child in here.children if child.dep_ in _NAME_DEPS and child.i < token.i]
        for prep in token.rights:
            if prep.dep_ != "prep":
                continue
            word = prep.lower_
            for obj in prep.children:
                if obj.dep_ != "pobj":
                    continue
                for each in self._coordinated(obj):
                    if each.i in self.owner:
                        sense = self.owner[each.i][1]
                        if word in ("of", "for") or (
                            word in ("in", "from", "at") and sense.part in ("name", "place", "capital")
                        ):
                            if word not in ("of", "for") and self._sector(token) in ("GOV", "MIL", "SPY"):
                                continue
                            yield sense, None
                    elif word in ("of", "for") and each.i in self.persons:
                        continue
                    elif word in ("of", "for") and self._sector(each):
                        yield from self._owners(each, depth + 1)

    @staticmethod
    def _coordinated(token: Token) -> Iterator[Token]:
        yield token
        for child in token.rights:
            if child.dep_ in ("conj", "appos"):
                yield from _Reader._coordinated(child)

    def _common(self, token: Token) -> Phrase | None:
        sector = self._sector(token)
        carrier = sector is None and token.lemma_.lower() in self.context.table.carriers
        if carrier:
            return None
        lemma = token.lemma_.lower()
        if sector is None and lemma not in self.context.table.pair_nouns:
            return None
        left = min((c.i for c in token.lefts if c.dep_ in (*_NAME_DEPS, "det", "nummod", "quantmod")), default=token.i)
        left = min(left, *(c.left_edge.i for c in token.lefts if c.dep_ in _NAME_DEPS), token.i)
        right = token.i + 1
        pair = self._pair(token, lemma)
        if pair:
            return self._make(token, left, right, pair, named=False)
        if sector is None:
            return None
        refs: dict[str, Ref] = {}
        for sense, ref in self._owners(token):
            if sense is not None:
                if sense.part == "block":
                    continue
                if self.gaz.actors[sense.actor].kind is ActorKind.PLACE:
                    for member in self._refs(sense):
                        refs.setdefault(member.id, member)
                    continue
                agent_sector = sense.sector if sense.part == "agent" else None
                made = self._ref(sense, agent_sector or sector, self._agent(token, left))
            elif ref is not None:
                base = ref.id.split(":")[0]
                made = self._state(base, sector) if base in self.gaz.actors else ref
            else:
                continue
            refs.setdefault(made.id, made)
        if refs:
            return self._make(token, left, self._owned_end(token), tuple(refs.values()))
        person = self._definite(token, lemma, left)
        if person is not None:
            return self._make(token, left, right, (self._person_ref(person),), named=False, person=True)
        country = self._local(token) or self.context.default
        if lemma in self.context.table.owned_only:
            return None
        if country is None or token.dep_ in ("compound", "amod", "nmod"):
            return None
        return self._make(token, left, right, (self._state(country, sector, self._agent(token, left)),), named=False)

    def _owned_end(self, token: Token) -> int:
        """Where "the president of the Central African Republic" ends: after the names that its "of" brings."""
        ends = [token.i + 1]
        for prep in token.rights:
            if prep.dep_ == "prep" and prep.lower_ == "of" and prep.i == ends[-1]:
                for obj in prep.children:
                    if obj.dep_ == "pobj":
                        ends += [self.spans[each.i][1] for each in self._coordinated(obj) if each.i in self.spans]
        return max(ends)

    def _agent(self, token: Token, left: int) -> str:
        return str(self.doc[left : token.i + 1].text)

    def _pair(self, token: Token, lemma: str) -> tuple[Ref, ...]:
        """The two parties that "the two leaders" or "both countries" mean: the states named most so far."""
        if lemma not in self.context.table.pair_nouns:
            return ()
        marks = {child.lower_ for child in token.lefts}
        if not marks & {"two", "both"}:
            return ()
        owned = {s.actor for s, _ in self._owners(token) if s is not None}
        ranked = sorted(
            (key for key in self.context.counts if key in self.context.refs and key not in owned),
            key=lambda key: (-self.context.counts[key], self.context.first[key]),
        )
        states = [key for key in ranked if self.context.refs[key].kind in (ActorKind.STATE, ActorKind.GROUP)]
        return tuple(self.context.refs[key] for key in sorted(states[:2])) if len(states) >= 2 else ()

    def _definite(self, token: Token, lemma: str, left: int) -> Person | None:
        """Whom "the president" or "the secretary of state" means: who was named so, or is known to hold the office."""
        if not any(child.lower_ in ("the", "this") for child in token.lefts):
            return None
        words = self.doc[left : token.i + 3].text.lower().removeprefix("the ")
        for known in self.context.surnames.values():
            for person in known:
                term = self.gaz.term_of(person.known, self.context.day) if person.known else None
                title = (person.title if person.stated and person.title else term.title if term else "").lower()
                if title and (words == title or words.startswith((title + " ", title + ".", title + ","))):
                    return person
        return self.context.titles.get(lemma) or self.context.titles.get(token.lower_)

    def _local(self, token: Token) -> str | None:
        """The country of a place that the sentence names with "in" or "at"."""
        for other in token.sent:
            if other.i in self.owner and other.dep_ in ("pobj", "conj", "compound", "nmod", "poss"):
                sense = self.owner[other.i][1]
                anchor = self._conj_root(other)
                prep = anchor.head.lower_ if anchor.dep_ == "pobj" else ""
                if (
                    prep in ("in", "at", "near", "outside", "across")
                    and self.gaz.actors[sense.actor].kind is ActorKind.STATE
                ):
                    return sense.actor
        return None

    def _pronoun(self, token: Token) -> Phrase | None:
        """Whom "he", "she" or "him" means: the last person that is a subject, but not of the same clause."""
        if token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj", "dative"):
            return None
        clause = token.head if token.dep_ != "pobj" else token.head.head
        best: tuple[tuple[bool, int], Phrase] | None = None
        for phrase in self.order:
            head = self.doc[phrase.head]
            if not phrase.person or len(phrase.refs) != 1 or phrase.head >= token.i or token.i - phrase.head > 60:
                continue
            subject = head.dep_ in ("nsubj", "nsubjpass")
            if subject and head.head.i == clause.i and token.dep_ not in ("nsubj", "nsubjpass"):
                continue
            key = (subject, phrase.head)
            if best is None or key > best[0]:
                best = (key, phrase)
        if best is None:
            return None
        return self._make(token, token.i, token.i + 1, best[1].refs, named=False, pronoun=True, person=True)

    def _antecedent(self, token: Token) -> Ref | None:
        """Whom "his", "its" or "their" belongs to: the last fitting actor before it, the sentence's own first."""
        wants_person = token.lower_ in ("his", "her")
        sentence = token.sent
        for phrase in reversed(self.order):
            if phrase.head >= token.i or phrase.role != "actor" or len(phrase.refs) != 1:
                continue
            if sentence.start - phrase.head > 40:
                break
            ref = phrase.refs[0]
            if wants_person and not phrase.person:
                continue
            if not wants_person and phrase.person:
                continue
            if self.doc[phrase.head].dep_ in ("nsubj", "nsubjpass", "ROOT", "poss") or phrase.head >= sentence.start:
                return ref
        return None

    def _surname(self, token: Token) -> Phrase | None:
        person = self._bearer(token)
        if person is None:
            return None
        if token.dep_ in ("compound", "nmod", "poss") and self._sector(token.head):
            return None
        left = token.i
        while (
            left
            and self.doc[left - 1].dep_ == "compound"
            and self.doc[left - 1].head.i == token.i
            and self.doc[left - 1].pos_ == "PROPN"
            and left - 1 not in self.owner
        ):
            left -= 1
        return self._make(token, left, token.i + 1, (self._person_ref(person),), person=True)

    def _bearer(self, token: Token) -> Person | None:
        """The person that a bare surname means: one named in the article, else the one serving leader of that name."""
        if token.pos_ != "PROPN" or token.text in _MONTH_NAMES or not token.text[:1].isupper():
            return None
        if token.i in self.owner or token.i in self.taken or token.i in self.blocked:
            return None
        known = self.context.surnames.get(token.text)
        if known:
            return max(known, key=lambda p: (p.actor is not None, len(p.name)))
        holders = self.gaz.leaders_by_surname(self.context.day).get(token.text, ())
        if len(holders) != 1 or token.is_stop:
            return None
        neighbours = [self.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(self.doc)]
        if any(
            n.pos_ == "PROPN" and n.ent_type_ == "PERSON" and n.i not in self.owner and n.i not in self.persons
            for n in neighbours
        ):
            return None
        term = holders[0]
        label = self.gaz.actors[term.person].label
        end = token.idx + len(token)
        person = Person(label, token.idx, end, actor=term.actor, known=term.person, sector="GOV")
        self.context.surnames.setdefault(token.text, []).append(person)
        return person

    def _unknown(self, token: Token) -> Phrase | None:
        """A named person or organisation that nothing is known of becomes an actor of its own."""
        entity = next((e for e in token.sent.ents if e.start <= token.i < e.end), None)
        if entity is None or entity.label_ not in ("PERSON", "ORG") or entity.root.i != token.i:
            return None
        if any(i in self.owner or i in self.taken or i in self.blocked for i in range(entity.start, entity.end)):
            return None
        words = [t for t in entity if t.pos_ == "PROPN"]
        if len(words) < 2 or not words[0].text[0].isupper():
            return None
        name = " ".join(self.doc[words[0].i : words[-1].i + 1].text.split())
        person = entity.label_ == "PERSON"
        if not person and self.context.table.nouns.get(token.lemma_.lower()) in (
            "GOV",
            "MIL",
            "COP",
            "LEG",
            "JUD",
            "SPY",
        ):
            return None
        prefix, kind = ("person", ActorKind.PERSON) if person else ("org", ActorKind.ORGANISATION)
        ref = Ref(f"{prefix}.{slug(name)}", name, name, kind)
        return self._make(token, entity.start, entity.end, (ref,), person=person)
