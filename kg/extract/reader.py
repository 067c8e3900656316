"""Reads a parsed field from left to right and collects its phrases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.anaphora import (
    body_meant,
    country_meant,
    definite_person,
    doer_meant,
    first_person,
    group_meant,
    half_of_korea,
    matrix_state,
    other_party,
    pair_meant,
    pronoun,
    speaker,
)
from kg.extract.gazetteer import Sense, slug
from kg.extract.lexicon import yaml_resource
from kg.extract.naming import NAMED, PARTS, bearer_of
from kg.extract.phrases import Phrase, Ref
from kg.extract.possession import HARMING, local, owned_end, owned_head, owners, scene, sector_of, victims_of, words_to
from kg.extract.reading import NAME_DEPS, Reading, conj_root
from kg.extract.roles import Person, surnames
from kg.extract.triggers import lexicon
from kg.model import STATE_SECTORS, ActorKind

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

__all__ = ["read"]

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

_THINGS = frozenset(yaml_resource("names.yaml")["things"])
_SLUGS = frozenset(yaml_resource("names.yaml")["slugs"])
_QUALIFIERS = ("compound", "amod", "nmod")
_PRONOUNS = frozenset({"he", "she", "him", "it", "they", "them"})


def read(r: Reading) -> list[Phrase]:
    """All actor phrases of a field, in the order of the text."""
    spoken: list[Token] = []
    for token in r.doc:
        phrase = _phrase(r, token)
        if phrase is not None:
            r.keep(phrase)
        elif first_person(token):
            spoken.append(token)
    for token in spoken:
        phrase = speaker(r, token)
        if phrase is not None:
            r.keep(phrase)
    r.order.sort(key=lambda p: p.start)
    return r.order


def _phrase(r: Reading, token: Token) -> Phrase | None:
    if token.i in r.found:
        return None
    if token.i in r.persons:
        person, left, right = r.persons[token.i]
        left = min([left, *(c.left_edge.i for c in token.lefts if c.dep_ in ("poss", "amod") and c.i in r.owner)])
        return r.make(token, left, right, (r.person_ref(person),), person=True)
    if token.lower_ in _PRONOUNS or (token.lower_ == "her" and token.dep_ in ("dobj", "pobj", "dative")):
        return pronoun(r, token)
    if token.text in r.context.short and (token.i not in r.owner or token.dep_ not in _QUALIFIERS):
        return r.make(token, token.i, token.i + 1, r.context.short[token.text])
    if token.i in r.owner:
        return _named(r, token)
    if token.i in r.taken or token.i in r.blocked:
        return None
    if token.pos_ == "PROPN" and token.ent_iob != 0 and token.ent_type_ in NAMED:
        phrase = _surname(r, token) or _unknown(r, token)
        if phrase is not None:
            return phrase
    elif token.text[:1].isupper():
        phrase = _surname(r, token)
        if phrase is not None:
            return phrase
    half = half_of_korea(r, token)
    if half is not None:
        return r.make(token, token.i - 1, token.i + 1, (half,), named=False)
    inside = token.i in r.names and token.text[:1].isupper()  # "The People's Liberation Army" is one name
    if token.pos_ in ("NOUN", "PROPN", "ADJ") and not inside:
        return _common(r, token)
    return None


def _named(r: Reading, token: Token) -> Phrase | None:
    _, sense = r.owner[token.i]
    left, right = r.spans[token.i]
    backing = r.context.table.backing
    if token.lower_.rpartition("-")[0] and token.lower_.rpartition("-")[2] in backing:
        return None
    if right + 1 < len(r.doc) and r.doc[right].text == "-" and r.doc[right + 1].lower_ in backing:
        if r.doc[right + 1].lower_ in ("based", "born"):
            return None
        return r.make(token, left, right, r.refs(sense), role="modifier")
    head = owned_head(r, token)
    if head is not None:
        return None
    qualifies = token.dep_ in ("amod", "compound", "nmod", "npadvmod", "poss") or (
        token.dep_ == "conj" and conj_root(token).dep_ in ("amod", "compound", "nmod", "poss")
    )
    phrase = r.make(token, left, right, r.refs(sense), role="modifier" if qualifies else "actor")
    if sense.part == "adjective" and not qualifies:
        phrase.role = "modifier"
    actor = r.gaz.actors[sense.actor]
    if actor.kind is not ActorKind.STATE:
        if sense.part == "place" and phrase.prep in _PLACE_PREPS and phrase.prep not in ("to", "for", "from"):
            phrase.role = "place"
    elif (sense.part == "place" or (_named_as_place(phrase, sense) and not qualifies)) and not (
        sense.part == "name"
        and token.dep_ == "pobj"
        and (
            (phrase.prep == "to" and token.head.head.pos_ == "VERB")
            or (phrase.prep == "from" and lexicon().noun(token.head.head) is not None)  # "a request from Ecuador"
        )
    ):
        phrase.role = "place"
    return phrase


def _named_as_place(phrase: Phrase, sense: Sense) -> bool:
    return sense.part in ("capital", "name") and phrase.prep in _PLACE_PREPS


def _common(r: Reading, token: Token) -> Phrase | None:
    """A phrase whose head is a common noun: somebody's ("Iranian troops"), said before, or the article's country's."""
    sector = sector_of(r, token)
    lemma = token.lemma_.lower()
    table = r.context.table
    if sector is None and lemma in table.acting and token.head.lemma_.lower() in table.holdings:
        sector = table.nouns.get(lemma)  # "militant hideouts"
    if sector is None and lemma in table.carriers and not (lemma in table.groups and _definite(token)):
        return None
    nouns = (table.pair_nouns, table.rivals, table.countries, table.bodies, table.groups)
    if sector is None and not any(lemma in words for words in nouns):
        doers = doer_meant(r, token, lemma)
        return r.make(token, token.left_edge.i, token.i + 1, doers, named=False) if doers else None
    left = min((c.i for c in token.lefts if c.dep_ in (*NAME_DEPS, "det", "nummod", "quantmod")), default=token.i)
    left = min(left, *(c.left_edge.i for c in token.lefts if c.dep_ in NAME_DEPS), token.i)
    meant = pair_meant(r, token, lemma)
    if not meant and (other := other_party(r, token, lemma)) is not None:
        meant = (other,)
    if not meant and lemma in table.countries and token.dep_ not in _QUALIFIERS:
        country = country_meant(r, token)
        meant = (country,) if country is not None else ()
    if meant:
        return r.make(token, left, token.i + 1, meant, named=False)
    if sector or lemma in table.groups:
        for name in (c for c in token.rights if c.dep_ == "appos" and c.i in r.owner):
            sense = r.owner[name.i][1]
            if r.gaz.actors[sense.actor].kind in (ActorKind.GROUP, ActorKind.ORGANISATION):
                return r.make(token, left, token.i + 1, (r.ref(sense),))
        if refs := _owned_refs(r, token, sector, left):
            return r.make(token, left, owned_end(r, token), refs)
    if token.dep_ not in _QUALIFIERS:
        return _unowned(r, token, sector, left)
    if lemma in table.acting and lexicon().noun(token.head) is not None:  # "a government offer", "rebel raids"
        phrase = _unowned(r, token, sector, token.i)
        return replace(phrase, role="modifier") if phrase is not None else None
    if lemma in table.acting and token.head.lemma_.lower() in table.holdings and token.head.dep_ in ("dobj", "pobj"):
        return _unowned(r, token, sector, token.i)  # "rebel camps"
    return None


def _owned_refs(r: Reading, token: Token, sector: str | None, left: int) -> tuple[Ref, ...]:
    """The principals of a noun that the words around it say belongs to somebody."""
    refs: dict[str, Ref] = {}
    for sense, ref in owners(r, token):
        if sense is not None and sense.part == "block":
            continue
        if sense is not None and r.gaz.actors[sense.actor].kind is ActorKind.PLACE:
            made = r.refs(sense)
        elif sense is not None and sense.actor == "PSE" and token.lemma_.lower() == "settler":
            made = (r.state("ISR", sector),)  # "West Bank settlers"
        elif sense is not None:
            made = (
                r.ref(sense, (sense.sector if sense.part == "agent" else None) or sector, words_to(r, token, left)),
            )
        elif ref is not None:
            base = ref.id.split(":")[0]
            made = (r.state(base, sector),) if base in r.gaz.actors else (ref,)
        else:
            continue
        for each in made:
            refs.setdefault(each.id, each)
    return tuple(refs.values())


def _unowned(r: Reading, token: Token, sector: str | None, left: int) -> Phrase | None:
    """A phrase that leaves open whose it is: what was named before, or the country that the sentence is about."""
    lemma, table, right = token.lemma_.lower(), r.context.table, token.i + 1
    body = body_meant(r, token, lemma)
    if body is None and (sector == "REB" or (lemma in table.groups and _definite(token))):
        body = group_meant(r, token, sector, None)
    if body is not None:
        return r.make(token, left, right, (body,), named=False)
    if sector is None:
        return None
    person = definite_person(r, token, lemma, left)
    if person is not None:
        return r.make(token, left, right, (r.person_ref(person),), named=False, person=True)
    if _nobodys(r, token, sector) or (lemma in table.owned_only and not _official(r, token)):
        return None
    before = _same_noun(r, token) if _definite(token) and lemma not in table.standing else None
    if before is not None:
        return r.make(token, left, right, before.refs, named=False, person=before.person)
    country = _whose(r, token, sector) or r.context.default
    if country is None:
        return None
    return r.make(token, left, right, (r.state(country, sector, words_to(r, token, left)),), named=False)


def _whose(r: Reading, token: Token, sector: str) -> str | None:
    """The country of somebody of whom no word says it, by what the text tells around."""
    if token.lemma_.lower() == "settler" and {"ISR", "PSE"} & r.context.named:
        return "ISR"
    if sector in ("COP", "JUD"):
        return matrix_state(r, token) or scene(r, token)
    if sector in STATE_SECTORS:
        return matrix_state(r, token)
    harmed = token.dep_ in ("dobj", "nsubjpass") and token.head.lemma_.lower() in HARMING
    return victims_of(r, token) or local(r, token) or (scene(r, token) if harmed else None)


def _nobodys(r: Reading, token: Token, sector: str) -> bool:
    """Whether a noun without an owner means nobody in particular: "world leaders", "to join forces"."""
    table = r.context.table
    counted = any(child.dep_ == "nummod" for child in token.lefts)  # "three other militants" are of those told before
    if any(c.lower_ in table.anybody and not (counted and c.lower_ == "other") for c in token.lefts):
        return True
    if _inside_title(token):
        return True
    if sector in ("MIL", "BUS", "CVL", "LAB") and any(child.lower_ in table.elsewhere for child in token.lefts):
        return True
    if token.tag_ == "NNS" and token.lemma_.lower() in table.bare and not any(token.lefts):
        return True
    return sector in STATE_SECTORS and _of_something(token)


def _same_noun(r: Reading, token: Token) -> Phrase | None:
    """The last phrase with the same noun that said whose it was ("a Danish delegation ... the delegation")."""
    for phrase in reversed(r.order):
        head = r.doc[phrase.head]
        if phrase.named and phrase.role == "actor" and head.lemma_ == token.lemma_ and head.tag_ == token.tag_:
            return phrase if len(phrase.refs) == 1 else None
    return None


def _definite(token: Token) -> bool:
    return any(child.lower_ in ("the", "this") for child in token.lefts)


def _official(r: Reading, token: Token) -> bool:
    """Whether the word before a noun tells its sector ("police officers", "federal agents", "rebel forces")."""
    return any(
        child.lower_ in r.context.table.modifiers and child.dep_ in ("amod", "compound", "nmod")
        for child in token.lefts
    )


def _of_something(token: Token) -> bool:
    """Whether an "of" says whose a noun is ("the leader of the Catholics", "the administration of parks")."""
    objects = [o for prep in token.rights if prep.dep_ == "prep" and prep.lower_ == "of" for o in prep.rights]
    return any(o.dep_ == "pobj" and o.pos_ != "PROPN" for o in objects)


def _inside_title(token: Token) -> bool:
    """Whether a noun is part of a longer name that is no actor's ("Economic Leaders' Meeting")."""
    head = token.head
    return token.pos_ == head.pos_ == "PROPN" and token.dep_ in ("poss", "compound") and head.i == token.i + 2


def _surname(r: Reading, token: Token) -> Phrase | None:
    person = bearer_of(r, token)
    if person is None:
        return None
    if token.dep_ in ("compound", "nmod", "poss") and sector_of(r, token.head):
        return None
    left = token.i
    while (
        left
        and r.doc[left - 1].dep_ == "compound"
        and r.doc[left - 1].head.i == token.i
        and r.doc[left - 1].pos_ == "PROPN"
        and left - 1 not in r.owner
    ):
        left -= 1
    words = {word.strip(".") for word in person.name.replace("-", " ").split()}
    if left < token.i and person.known is None and not words & {part.text for part in r.doc[left : token.i]}:
        return None  # a namesake: "Marina Litvinenko" where Alexander was named
    return r.make(token, left, token.i + 1, (r.person_ref(person),), person=True)


def _unknown(r: Reading, token: Token) -> Phrase | None:
    """A named person or organisation that nothing is known of becomes an actor of its own."""
    entity = r.entities.get(token.i)
    if entity is None or entity.label_ not in ("PERSON", "ORG", "GPE") or entity.root.i != token.i:
        return None
    if any(i in r.owner or i in r.taken or i in r.blocked for i in range(entity.start, entity.end)):
        return None
    words = [t for t in entity if t.pos_ == "PROPN" and t.text not in _SLUGS]
    if entity.label_ == "ORG" and entity[-1].text in _THINGS:
        return None
    if token.dep_ == "poss" and sector_of(r, token.head) and bearer_of(r, token) is not None:
        return None  # "Mr. Sharon's spokesman" is one actor
    person = entity.label_ == "PERSON"
    if person and token.dep_ == "pobj" and token.head.dep_ == "prep" and token.head.lower_ == "by":
        return None  # who wrote the article
    if not words or not words[0].text[0].isupper() or (len(words) < 2 and not (person and token.dep_ in PARTS)):
        return None
    name = " ".join(r.doc[words[0].i : words[-1].i + 1].text.split())
    described = _described(r, token, entity)
    official = not person and r.context.table.nouns.get(token.lemma_.lower()) in STATE_SECTORS
    if official and (described is None or described.sector in (None, *STATE_SECTORS)):
        return None
    if described is not None:
        person = person or entity.label_ == "GPE"
        if person:
            _introduce(r, name, described)
        return r.make(token, entity.start, entity.end, (replace(described, agent=name),), person=person)
    if entity.label_ == "GPE":
        return None
    if person:
        placed = r.state(r.context.default, "CVL", name, f"person.{slug(name)}") if r.context.default else None
        _introduce(r, name, placed)
        ref = placed or Ref(f"person.{slug(name)}", name, name, ActorKind.PERSON)
    else:
        ref = _domestic(r, words, name) or Ref(f"org.{slug(name)}", name, name, ActorKind.ORGANISATION)
    return r.make(token, entity.start, entity.end, (ref,), person=person)


def _domestic(r: Reading, words: list[Token], name: str) -> Ref | None:
    """A body that nothing else is known of, as one of the article's country: "the Seafood Export Board"."""
    table, default = r.context.table, r.context.default
    if default is None or any(word.lower_ in table.anybody or word.lower_ in table.regional for word in words):
        return None
    before_of = (w for w in words[:-1] if w.nbor().lower_ in ("of", "for"))
    ends = (words[-1], *before_of, words[0])
    sector = next((s for w in ends if (s := table.nouns.get(w.lower_) or table.institutions.get(w.lower_))), None)
    return r.state(default, sector, name, f"org.{slug(name)}") if sector else None


def _introduce(r: Reading, name: str, ref: Ref | None) -> None:
    """Let later sentences call an unknown person by surname."""
    actor = ref.id.split(":")[0] if ref else None
    person = Person(name, 0, 0, actor=actor, sector=ref.sector if ref else None)
    for key in surnames(name, actor)[:1]:
        r.context.surnames.setdefault(key, []).append(person)


def _described(r: Reading, token: Token, entity: Span) -> Ref | None:
    """Whom an unknown name belongs to by the words beside it: "... of Cape Verde", "..., an opposition blogger"."""
    if entity.label_ == "PERSON":
        for prep in (child for child in token.rights if child.dep_ == "prep" and child.lower_ == "of"):
            for owner in (o for o in prep.rights if o.dep_ == "pobj" and o.i in r.owner):
                sense = r.owner[owner.i][1]
                if sense.part != "block" and r.gaz.actors[sense.actor].kind is not ActorKind.PLACE:
                    return r.ref(sense)
    for child in (child for part in entity for child in part.children):
        beside = child.dep_ == "appos" or (child.dep_ == "compound" and child.pos_ == "NOUN" and child.i < token.i)
        if child.dep_ == "relcl" and child.lemma_ == "be":
            child, beside = next((c for c in child.children if c.dep_ == "attr"), child), True
        if not beside or child.i in r.persons:
            continue
        sector = sector_of(r, child) or r.context.table.nouns.get(child.lemma_.lower())
        sector = r.context.table.modifiers.get(next((c.lower_ for c in child.lefts), ""), sector)
        owned = [s for s, _ in owners(r, child) if s is not None and s.part != "block"]
        owned += [r.owner[c.i][1] for c in (child, *token.lefts) if c.i in r.owner]
        if owned and (sector or child.i in r.owner or child.pos_ == "PROPN"):
            return r.ref(owned[0], owned[0].sector or sector)
        country = local(r, child) or r.context.default
        if sector and country and child.lemma_.lower() in r.context.table.nouns:
            return r.state(country, sector)
    if entity.label_ == "PERSON":
        for before in (r.doc[i] for i in range(token.left_edge.i, entity.start) if i in r.owner):
            sense = r.owner[before.i][1]
            qualifies = before.dep_ in ("amod", "compound", "nmod", "poss")
            if qualifies and r.gaz.actors[sense.actor].kind is not ActorKind.PLACE:
                titled = any(t.pos_ == "PROPN" for t in r.doc[before.i + 1 : entity.start])
                return r.ref(sense, sense.sector or ("GOV" if titled else None))
    return None
