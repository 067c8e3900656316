"""Which tokens are names, and in which of its senses a name is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kg.extract.gazetteer import LINGERS, Match, Sense, Term
from kg.extract.reading import Reading
from kg.extract.roles import Person, office_sector

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["NAMED", "PARTS", "bearer_of", "best", "place_matches", "place_persons"]

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
_OFFICERS = frozenset({"FM", "PM", "FMs", "PMs", "MP", "MPs", "DM"})
"""Short titles of headlines, which no person is called by ("Chad FM")."""
PARTS = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "poss", "conj", "agent", "appos", "ROOT"})
"""What a single name is in its clause, if it is somebody's and no part of another name ("the Danube dam")."""
NAMED = frozenset({"PERSON", "ORG", "NORP", "GPE"})
"""What the parser may take a person's name for."""
_WHERE = frozenset({"in", "at", "near", "into", "around", "outside", "across", "through", "inside"})
"""Prepositions that places have, and persons don't."""
_VERB_TAGS = frozenset({"VBD", "VBZ", "MD"})


def best(senses: Iterable[Sense], day: dt.date) -> Sense | None:
    """The likeliest sense of a name by itself: valid on that day, the plainest part first."""
    valid = [s for s in senses if s.valid(day)]
    return min(valid, key=lambda s: (_PART_RANK[s.part], s.careful, s.actor), default=None)


def place_persons(r: Reading, persons: Sequence[Person]) -> None:
    """Mark the tokens of persons and of their titles."""
    for person in persons:
        where = r.tokens(person.start, person.end)
        if where is None or not is_person(r, person, *where):
            continue
        head = r.root(*where)
        left, right = where
        if person.title_start >= 0:
            title = r.tokens(person.title_start, person.title_end)
            if title:
                r.taken.update(range(*title))
                if title[0] < left and left - title[1] < 3:
                    left = title[0]
                elif title[0] >= right and title[0] - right <= 3:
                    right = title[1]
        r.persons[head] = (person, left, right)
        r.taken.update(range(*where))


def is_person(r: Reading, person: Person, left: int, right: int) -> bool:
    if person.title or len(person.name.split()) > 1:
        return True
    return all(r.doc[i].pos_ == "PROPN" for i in range(left, right))


def place_matches(r: Reading, matches: Sequence[Match]) -> None:
    """Mark the tokens of names, each in the sense that it has here."""
    for match in matches:
        where = r.tokens(match.start, match.end)
        if where is None:
            continue
        root = r.root(*where)
        if any(i in r.taken and root not in r.persons for i in range(*where)) and not any(
            s.part in ("name", "adjective", "agent", "people") for s in match.senses
        ):
            continue
        if root in r.persons:
            continue
        if _in_persons_name(r, match, *where) or _strangers_name(r, match):
            continue
        sense = choose(r, match, root, *where)
        if sense is None or sense.part == "block" or _by_descent(r, where[0]):
            r.blocked.update(range(*where))
            continue
        if sense.part == "person":
            continue
        r.owner[root] = (match, sense)
        r.spans[root] = where
        r.names.update(range(*where))


def _in_persons_name(r: Reading, match: Match, left: int, right: int) -> bool:
    """Whether a place's name is the first word of somebody's ("Jordan Bardella", "London Breed")."""
    if right - left > 1 or right >= len(r.doc) or not any(s.part in ("name", "capital", "place") for s in match.senses):
        return False
    here, after = r.doc[left], r.doc[right]
    if after.text in _OFFICERS:
        return False
    return (
        here.ent_type_ == after.ent_type_ == "PERSON"
        and after.ent_iob == 1
        and after.pos_ == "PROPN"
        and after.text[0].isupper()
        and here.dep_ == "compound"
        and right not in r.taken
    )


def _strangers_name(r: Reading, match: Match) -> bool:
    """Whether a name that is also a given name is the surname of a person named here ("Jim Jordan")."""
    plain = all(s.careful and s.part in ("name", "capital", "place") for s in match.senses)
    return plain and match.name in r.context.strangers


def _by_descent(r: Reading, left: int) -> bool:
    """Whether a name tells of descent and of no state ("ethnic Albanians", "ethnic-Russian")."""
    before = left - 2 if left > 1 and r.doc[left - 1].text == "-" else left - 1
    return before >= 0 and r.doc[before].lower_ == "ethnic"


def choose(r: Reading, match: Match, root: int, left: int, right: int) -> Sense | None:
    token = r.doc[root]
    hyphen = right < len(r.doc) and r.doc[right].text in ("-", "–")
    senses = [s for s in match.senses if s.valid(r.context.day) and (s.part != "prefix" or hyphen)]
    if not senses:
        return None
    if all(s.part == "block" for s in senses):
        return senses[0]
    senses = [s for s in senses if s.part != "block"]
    if all(s.part == "prefix" for s in senses):
        return senses[0]
    parts = {s.part for s in senses}
    if {"adjective", "people"} <= parts:
        qualifies = token.dep_ in ("amod", "compound", "nmod", "npadvmod") or (
            token.pos_ == "ADJ" and token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj")
        )
        senses = [s for s in senses if s.part != ("people" if qualifies else "adjective")]
    if any(s.careful for s in senses) and looks_other(r, match, left, right):
        senses = [s for s in senses if not s.careful]
    return best(senses, r.context.day)


def looks_other(r: Reading, match: Match, left: int, right: int) -> bool:
    """Whether a name that is also a word or a person's name is that here."""
    token = r.doc[left]
    if len(match.name) <= 4 and match.name.isupper():
        around = r.doc[max(0, left - 12) : right + 12]  # the text of the whole document would be put together each time
        at = around.start_char
        return around.text[max(0, match.start - 12 - at) : match.end + 12 - at].isupper()
    officer = right < len(r.doc) and r.doc[right].text in _OFFICERS
    if token.ent_type_ == "PERSON" and not officer and (token.ent_iob == 1 or entity_goes_on(r, right)):
        return True
    if match.name in r.context.surnames:
        return True
    before = r.doc[left - 1] if left else None
    after = r.doc[right] if right < len(r.doc) else None
    named = before is not None and before.pos_ == "PROPN" and before.i not in r.owner and before.ent_type_ == "PERSON"
    surname = after is not None and after.pos_ == "PROPN" and after.ent_type_ in ("PERSON", "")
    surname = surname and not officer
    return bool(named or surname or token.pos_ not in ("PROPN", "NOUN", "ADJ"))


def entity_goes_on(r: Reading, right: int) -> bool:
    return right < len(r.doc) and r.doc[right].ent_iob == 1


def bearer_of(r: Reading, token: Token) -> Person | None:
    """The person that a bare surname means: one named in the article, else the leader or whoever else of that name is
    in the news."""
    word = token.text
    if not word[:1].isupper() or token.i in r.owner or token.i in r.taken or token.i in r.blocked:
        return None
    known = r.context.surnames.get(word)
    if not known and word in r.context.forenames and token.pos_ == "PROPN" and _alone(token):
        return r.context.forenames[word]
    term = None if known else r.context.bearer(word)
    if not (known or term) or not _is_surname(token):
        return None
    if known:
        return max(known, key=lambda p: (p.actor is not None, len(p.name)))
    assert term is not None
    outer = token.head
    named = outer.i == token.i + 1 and outer.pos_ == "PROPN" and outer.lemma_.lower() not in r.context.table.nouns
    if token.dep_ == "compound" and named:
        return None  # "Lake Chad" where a Mr Lake leads an organisation
    if not term.leads(r.context.day) and not _remembered(r, token, term):
        return None
    neighbours = [r.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(r.doc)]
    if any(
        n.pos_ == "PROPN" and n.ent_type_ == "PERSON" and n.i not in r.owner and n.i not in r.persons
        for n in neighbours
    ):
        return None
    label = r.gaz.actors[term.person].label
    person = Person(label, token.idx, token.idx + len(token), actor=term.actor, known=term.person)
    former = term.end is not None and term.end + LINGERS < r.context.day
    person.sector = "ELI" if former else office_sector(term.office) or "GOV"
    r.context.surnames.setdefault(word, []).append(person)
    return person


def _remembered(r: Reading, token: Token, term: Term) -> bool:
    """Whether the surname of somebody who leads no state is meant as a name."""
    if token.dep_ == "pobj" and token.head.lower_ in _WHERE:
        return False
    supported = term.actor in r.context.named or r.context.hinted[term.actor] > 1
    if token.is_sent_start and not supported and not (token.ent_type_ and token.dep_ in PARTS):
        return False
    return _alone(token) and (token.dep_ in PARTS or token.ent_type_ in NAMED or _verbal(token))


def _alone(token: Token) -> bool:
    """Whether no other word of a name stands beside a token."""
    doc, beside = token.doc, (token.i - 1, token.i + 1)
    return not any(doc[i].pos_ == "PROPN" and doc[i].text[:1].isupper() for i in beside if 0 <= i < len(doc))


def _is_surname(token: Token) -> bool:
    """Whether a word that is somebody's surname is used as a name here, not as a month or a common noun."""
    first = token.is_sent_start or (token.i > 0 and token.nbor(-1).is_punct)
    after = token.nbor() if token.i + 1 < len(token.doc) else None
    acts = after is not None and (after.tag_ in _VERB_TAGS or after.tag_ == "POS" or after.text == ":")
    if token.text in _MONTH_NAMES:
        return bool((first and acts) or (token.pos_ == "PROPN" and token.dep_ == "nsubj"))
    if token.pos_ == "PROPN":
        return True
    if token.pos_ not in ("NOUN", "VERB", "ADJ", "AUX", "INTJ"):
        return False
    return bool(not first or acts or _verbal(token) or token.dep_ == "nsubj")


def _verbal(token: Token) -> bool:
    """Whether what follows looks like the verb of a headline ("Merz attacks", "Assange freed")."""
    after = token.nbor() if token.i + 1 < len(token.doc) else None
    return after is not None and after.text.islower() and (after.text.endswith("s") or after.tag_ == "VBN")
