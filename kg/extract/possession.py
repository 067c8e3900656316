"""Whose: the sector that a noun names, and the countries and bodies that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.extract.gazetteer import Sense
from kg.extract.lexicon import narrowed
from kg.extract.naming import bearer_of
from kg.extract.phrases import Ref
from kg.extract.reading import NAME_DEPS, Reading, conj_root, coordinated
from kg.model import ActorKind

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = [
    "HARMING",
    "antecedent",
    "local",
    "owned_end",
    "owned_head",
    "owners",
    "scene",
    "sector_of",
    "victims_of",
    "words_to",
]


HARMING = frozenset({"kill", "wound", "injure", "hurt"})
_PLACES = frozenset({"name", "capital", "place", "region"})
_SIDES = re.compile(r"\b(?:anti|pro|non)[-–]\Z", re.IGNORECASE)
"""What before a name makes it a side taken: "pro-Taliban militants" are not the Taliban."""


def owned_head(r: Reading, token: Token) -> Token | None:
    """The actor noun or person that a country's name qualifies, when there is one."""
    here = token
    for _ in range(6):
        if here.dep_ not in NAME_DEPS:
            break
        beside = here.dep_ in ("conj", "appos")
        here = here.head
        if beside:
            continue
        if here.i in r.persons:
            return here
        if here.i not in r.owner and here.i not in r.blocked and here.i not in r.taken and sector_of(r, here):
            return here
    if (token.dep_ == "pobj" and token.head.lower_ in ("of", "for")) or (
        token.dep_ == "conj" and conj_root(token).dep_ == "pobj"
    ):
        anchor = conj_root(token)
        owner = anchor.head.head
        if owner.i in r.taken:
            return None
        if anchor.head.lower_ in ("of", "for") and owner.pos_ in ("NOUN", "PROPN") and sector_of(r, owner):
            if owner.lemma_.lower() in ("people", "man", "woman", "state", "capital", "side", "council"):
                return None
            return owner
    return None


def sector_of(r: Reading, token: Token) -> str | None:
    """The PLOVER sector that a noun names, as the words before it narrow it, or None where it names no actor."""
    if token.pos_ not in ("NOUN", "PROPN", "ADJ"):
        return None
    lemma = token.lemma_.lower()
    word = token.lower_
    nouns = r.context.table.nouns
    sector = nouns.get(lemma) or nouns.get(word) or (nouns.get(word[:-1]) if word.endswith("s") else None)
    if sector is None and (lemma in r.context.table.groups or lemma == "member"):
        sector = _of_members(r, token)
    if sector == "REB" and _aircraft(token, lemma):
        sector = "MIL"
    if sector is None or _is_verb(r, token):
        return None
    if token.pos_ == "ADJ" and token.dep_ in ("amod", "advmod", "acomp"):
        return None
    if token.dep_ in ("compound", "amod", "nmod") and token.head.i != token.i:
        outer = token.head
        if outer.i in r.persons or sector_plain(r, outer):
            return None
    for child in token.lefts:
        if child.dep_ in ("amod", "compound", "nmod"):
            if f"{child.lower_} {lemma}" in r.context.table.idle:
                return None
            sector = narrowed(sector, child.lower_, lemma, r.context.table)
    if sector == "PRM" and any(_only_backs(r, child) for child in token.lefts):
        return "REB"
    return sector


def _aircraft(token: Token, lemma: str) -> bool:
    """Whether bombers or fighters are aircraft: "Russian bombers", "MiG-29 fighters"; not "suicide bombers"."""
    words = [child.lower_ for child in token.lefts if child.dep_ in ("amod", "compound", "nmod")]
    if lemma == "bomber":
        return token.tag_ == "NNS" and not {"suicide", "car", "truck"} & set(words)
    return lemma == "fighter" and any(any(c.isdigit() for c in word) or word == "jet" for word in words)


def _of_members(r: Reading, token: Token) -> str | None:
    """The sector of a group from the word before it: "rebel coalition", "rights group"."""
    table = r.context.table
    for child in token.lefts:
        if child.dep_ in ("amod", "compound", "nmod"):
            found = table.modifiers.get(child.lower_) or table.nouns.get(child.lemma_.lower())
            if found and found not in ("GOV", "MIL"):
                return found
    return None


def _is_verb(r: Reading, token: Token) -> bool:
    """Whether a headline's verb was read as a noun ("Takaichi courts South Korea")."""
    if not 0 < token.i < len(r.doc) - 1 or token.tag_ not in ("NNS", "NN") or not token.text.endswith("s"):
        return False
    left, right = token.i - 1, token.i + 1
    person = left in r.persons or (r.doc[left].text in r.context.surnames) or r.doc[left].text in r.serving
    return person and (r.doc[right].pos_ in ("PROPN", "DET") or right in r.names)


def _only_backs(r: Reading, token: Token) -> bool:
    """Whether a modifier only names a backer or maker: "Iranian-backed", "Chinese-built"."""
    return token.lower_ in r.context.table.backing or token.lower_.rpartition("-")[2] in r.context.table.backing


def sector_plain(r: Reading, token: Token) -> bool:
    lemma = token.lemma_.lower()
    return token.pos_ in ("NOUN", "PROPN") and lemma in r.context.table.nouns


def owners(r: Reading, token: Token, depth: int = 0) -> Iterator[tuple[Sense | None, Ref | None]]:
    """Countries and bodies that qualify a noun, as senses of names or as references already made."""
    if depth > 4:
        return
    stack = [child for child in token.lefts if child.dep_ in NAME_DEPS or child.dep_ == "punct"]
    if token.lemma_.lower() == "counterpart" and any(child.i in r.owner for child in stack):
        stack = [child for child in stack if child.tag_ != "PRP$"]
    if not stack and token.dep_ == "conj" and not any(child.dep_ == "det" for child in token.lefts):
        stack = [child for child in conj_root(token).lefts if child.dep_ == "amod" and child.i in r.owner]
    beside = False
    while stack:
        here = stack.pop(0)
        if _only_backs(r, here):
            continue
        if here.i in r.owner and _SIDES.search(r.text[max(0, (at := r.owner[here.i][0].start) - 6) : at]):
            continue
        if here.i in r.owner:
            following = r.doc[r.spans[here.i][1] :][:2]
            if len(following) == 2 and following[0].text == "-" and _only_backs(r, following[1]):
                continue
            beside = True
            yield r.owner[here.i][1], None
        elif here.i in r.persons and here.dep_ == "poss":
            yield None, r.person_ref(r.persons[here.i][0])
        elif (bearer := bearer_of(r, here)) is not None and bearer.actor is not None:
            yield None, r.person_ref(bearer)
        elif here.dep_ == "poss" and here.lower_ in ("his", "her", "its", "their", "whose"):
            ref = antecedent(r, here)
            if ref is not None:
                yield None, ref
        stack += [child for child in here.children if child.dep_ in NAME_DEPS and child.i < token.i]
    for prep in token.rights:
        if prep.dep_ != "prep":
            continue
        word = prep.lower_
        for obj in prep.children:
            if obj.dep_ != "pobj":
                continue
            for each in coordinated(obj):
                if each.i in r.owner:
                    sense = r.owner[each.i][1]
                    if word in ("of", "for") or (
                        word in ("in", "from", "at") and sense.part in ("name", "place", "capital")
                    ):
                        abroad = ("MIL", "SPY") if word == "from" else ("GOV", "MIL", "SPY")
                        if word not in ("of", "for") and (beside or sector_of(r, token) in abroad):
                            continue  # "a Turkish student in Boston" is Turkish
                        yield sense, None
                elif word in ("of", "for") and each.i in r.persons:
                    continue
                elif word in ("of", "for", "from") and sector_of(r, each):
                    yield from owners(r, each, depth + 1)


def antecedent(r: Reading, token: Token) -> Ref | None:
    """Whom "his", "its" or "their" belongs to: the last fitting actor before it, the sentence's own first."""
    wants_person = token.lower_ in ("his", "her")
    sentence = token.sent
    for phrase in reversed(r.order):
        if phrase.head >= token.i or phrase.role != "actor" or len(phrase.refs) != 1:
            continue
        if sentence.start - phrase.head > 40:
            break
        ref = phrase.refs[0]
        if wants_person and not phrase.person:
            continue
        if not wants_person and phrase.person:
            continue
        if r.doc[phrase.head].dep_ in ("nsubj", "nsubjpass", "ROOT", "poss") or phrase.head >= sentence.start:
            return ref
    return None


def owned_end(r: Reading, token: Token) -> int:
    """Where "the president of the Central African Republic" ends: after the names that its "of" brings."""
    ends = [token.i + 1]
    for prep in token.rights:
        if prep.dep_ == "prep" and prep.lower_ == "of" and prep.i == ends[-1]:
            for obj in prep.children:
                if obj.dep_ == "pobj":
                    ends += [r.spans[each.i][1] for each in coordinated(obj) if each.i in r.spans]
    return max(ends)


def words_to(r: Reading, token: Token, left: int) -> str:
    """The words from ``left`` to a token: how an office or body is called."""
    return str(r.doc[left : token.i + 1].text)


def local(r: Reading, token: Token) -> str | None:
    """The country of a place that the clause names with "in" or "at"."""
    clause = _clause(token)
    for other in (t for t in token.sent if t.i in r.owner and _clause(t) == clause):
        if other.dep_ in ("pobj", "conj", "compound", "nmod", "poss"):
            sense = r.owner[other.i][1]
            anchor = conj_root(other)
            prep = anchor.head.lower_ if anchor.dep_ == "pobj" else ""
            if prep in ("in", "at", "near", "outside", "across") and r.gaz.actors[sense.actor].kind is ActorKind.STATE:
                return sense.actor
    return None


def scene(r: Reading, token: Token) -> str | None:
    """The country of a place that this sentence or the one before it names with "in" or "at"."""
    sentence = token.sent
    before = r.doc[sentence.start - 1].sent if sentence.start else sentence
    for part in (sentence, before):
        for other in (t for t in part if t.i in r.owner and t.i < token.i):
            sense = r.owner[other.i][1]
            within = other.dep_ == "pobj" and other.head.lower_ in ("in", "at", "near", "outside")
            if within and sense.part in _PLACES and r.gaz.actors[sense.actor].kind is ActorKind.STATE:
                return sense.actor
    return None


def victims_of(r: Reading, token: Token) -> str | None:
    """Whose the dead of somebody's attack are: "31 people were killed in US air strikes on Yemen"."""
    verb = token.head
    if token.dep_ != "nsubjpass" or verb.lemma_.lower() not in HARMING:
        return None
    for other in (t for t in token.sent if t.i > verb.i and t.i in r.owner):
        sense = r.owner[other.i][1]
        by_noun = other.dep_ == "pobj" and other.head.lower_ in ("on", "against")
        deed = other.head.head if by_noun else other.head
        noun = by_noun and r.context.table.deeds.get(deed.lemma_.lower()) == "ASSAULT"
        clause = other.dep_ == "dobj" and deed.dep_ == "advcl" and deed.head.i == verb.i
        if (noun or clause) and r.gaz.actors[sense.actor].kind is ActorKind.STATE:
            return sense.actor
    return None


def _clause(token: Token) -> int:
    """The verb that a token's clause hangs on; participles and relative clauses belong to their noun's."""
    for above in token.ancestors:
        if above.pos_ in ("VERB", "AUX") and above.dep_ not in ("acl", "relcl"):
            return int(above.i)
    return int(token.sent.root.i)
