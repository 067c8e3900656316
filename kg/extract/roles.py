"""Persons and the offices they hold, as the words of an article state them.

Three constructions are read: title before name ("Japanese Prime Minister Fumio Kishida"), name before title ("Naledi
Pandor, the South African foreign minister,") and title, comma, name ("the country's president, Yoweri Museveni").
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.extract.gazetteer import LINGERS, Gazetteer, Match, Sense, slug
from kg.extract.lexicon import narrowed, offices, sectors, yaml_resource
from kg.model import ActorKind
from kg.ontology import ontology

__all__ = ["EASTERN_ORDER", "Person", "find_persons", "surnames", "title_sector"]

EASTERN_ORDER = frozenset({"CHN", "KOR", "PRK", "TWN", "VNM", "HKG", "KHM", "SGP", "MAC"})
"""States whose names are written family name first in English-language news."""
_GIVEN_FIRST = frozenset({"THA", "ETH", "ERI", "IDN", "MYS", "ISL", "MMR"})
"""States whose persons are called by the first word of their names ("Thaksin", "Meles", "Susilo")."""
_REGNAL = re.compile(r"[IVX]+")
_ARTICLE = re.compile(r"[AaEe]l-(?=[A-Z])")

_PARTICLE = r"(?:al|el|as|bin|ibn|bint|abu|ould|de|da|do|dos|del|della|der|den|di|du|la|le|van|von|ul|ur|zu|ben|y)"
_UPPER = "A-ZÀ-ÞŁŚŞŠŽČĆĐİ"
_CAP = (
    rf"(?:[{_UPPER}]\.|(?:[Aa]l-|[Ee]l-|[Oo]uld )?(?:Mc|Mac|O['’]|D['’]|[A-Z]['’])?"
    rf"[{_UPPER}][\wÀ-ž'’]*(?:-[A-Za-z][\wÀ-ž'’]*)*)"
)
_NAME = rf"{_CAP}(?:\s+(?:{_PARTICLE}[\s-]+){{0,2}}{_CAP}){{0,4}}"
_NAME_AT = re.compile(_NAME)
_BETWEEN = re.compile(
    r"\s+(?:of|for|to|in|at|on)\s+(?:the\s+)?[A-Za-z][\w'’.-]*(?:(?:\s+|,\s+|\s+and\s+)(?:[A-Z][\w'’.-]*|affairs|relations|of|the|and)){0,6}\s+$"
)
_AFTER_COMMA = re.compile(rf"\s+(?:of|for|to|in|at)\s+(?:the\s+)?[A-Z][^.,;:\n]{{1,40}},\s+({_NAME})(?=[,.;]|\s*$)")
_ALSO = re.compile(rf"(?:,\s+|\s+and\s+)({_NAME})")
_BEFORE = re.compile(
    rf"({_NAME}),\s+(?:\d\d,\s+)?(?:who\s+(?:is|was)\s+)?(?:currently\s+)?(?:the\s+|a\s+|an\s+|its\s+|their\s+|his\s+)?"
    r"(?:[\w.’'-]+\s+){0,4}$"
)
_NOT_NAME = frozenset(yaml_resource("names.yaml")["not_names"])
_HONORIFIC = re.compile(
    r"^(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady|Sheikh|Sheik|Hajj|Rev|Gen|Lt|Col|Maj|Adm|Sen|Rep|Gov)\.?\s+"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_GAP = re.compile(
    r"(?:['’]s?|\))?(?:\s\([A-Z]{2,6}\))?(?:[\s-]+(?:own|new|then|late|former|current|top|senior|[a-z]+-?(?:based|born|backed|led)|[A-Z][a-z]+|"
    r"[a-z]+(?=\s[a-z]+\s\Z))){0,2}[\s-]+|"
)
_OF_STATES = re.compile(
    r"\b(?:minister|parliament|lawmaker|legislator|deputy|mp|senator|ambassador|aide)", re.IGNORECASE
)
_OWNER_PARTS = ("name", "adjective", "people", "agent", "capital", "place")
_INSTITUTION = frozenset(yaml_resource("names.yaml")["institutions"])


@dataclass(slots=True)
class Person:
    """A person as named at one place of a text. ``actor`` is the principal's id; None when the text does not tell."""

    name: str
    start: int
    end: int
    title: str = ""
    title_start: int = -1
    title_end: int = -1
    actor: str | None = None
    sector: str | None = None
    known: str | None = None
    stated: bool = False

    @property
    def ident(self) -> str:
        """Actor id of the person."""
        return self.known or f"person.{slug(self.name)}"


def surnames(name: str, country: str | None) -> list[str]:
    """The words by which later sentences may call a person, likeliest first."""
    plain = name.split()
    if len(plain) > 1 and _REGNAL.fullmatch(plain[-1]):
        plain.pop()
    words = [w for w in plain if not re.fullmatch(_PARTICLE, w) and not w.endswith(".")]
    if len(words) < 2:
        return words
    if country in EASTERN_ORDER:
        return [words[0], words[-1]]
    short = " ".join(plain[-2:]) if len(plain) > 2 and re.fullmatch(_PARTICLE, plain[-2]) else words[-1]
    bare = _ARTICLE.sub("", words[-1])
    first = [words[0]] if country in _GIVEN_FIRST else []
    return list(dict.fromkeys([*first, short, words[-1], bare]))


def _trim(text: str, start: int, end: int, matches: _Index) -> tuple[int, int] | None:
    """Narrow a run of capitalised words to the person's name, or None where it is no name."""
    name = text[start:end]
    while honorific := _HONORIFIC.match(name):
        start += honorific.end()
        name = text[start:end]
    if possessive := _POSSESSIVE.search(name):
        end -= len(possessive.group())
        name = text[start:end]
    words = name.split()
    if words and words[0] in _NOT_NAME:
        return None
    for number, word in enumerate(words):
        if word in _NOT_NAME and number:
            end = start + name.index(word, sum(map(len, words[:number])) + number - 1)
            name = text[start:end].rstrip()
            end = start + len(name)
            break
    if not words or len(name) < 2 or (name.isupper() and len(name) < 4):
        return None
    if name.split()[-1] in _INSTITUTION or name.split()[0] in _INSTITUTION:
        return None
    covering = matches.at(start)
    if covering is not None and covering.end >= end and not any(s.part == "person" for s in covering.senses):
        return None
    return start, end


class _Index:
    """Name matches by position."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self.matches = matches
        self.starts = [m.start for m in matches]

    def at(self, position: int) -> Match | None:
        """The match that covers a character."""
        number = bisect.bisect_right(self.starts, position) - 1
        if number >= 0 and self.matches[number].end > position:
            return self.matches[number]
        return None

    def before(self, position: int) -> Match | None:
        """The last match that ends at or before a character."""
        number = bisect.bisect_left(self.starts, position) - 1
        return self.matches[number] if number >= 0 and self.matches[number].end <= position else None

    def inside(self, start: int, end: int) -> list[Match]:
        """Matches that lie inside a stretch of text."""
        low = bisect.bisect_left(self.starts, start)
        return [m for m in self.matches[low : bisect.bisect_left(self.starts, end)] if m.end <= end]


def _owner(senses: Iterable[Sense], day: dt.date) -> Sense | None:
    """The state or body that a title belongs to, of what a name can mean."""
    owned = [s for s in senses if s.part in _OWNER_PARTS and s.valid(day)]
    return min(owned, key=lambda s: s.part == "place", default=None)


def find_persons(text: str, matches: Sequence[Match], day: dt.date, gaz: Gazetteer) -> list[Person]:
    """Every person that the text names with an office, or that the gazetteer knows by name, in text order."""
    index = _Index(matches)
    persons: dict[int, Person] = {}
    for title in offices().title.finditer(text):
        phrase = title.group()
        found = _name_near(text, title, index)
        if found is None:
            continue
        start, end, of_start, of_end = found
        person = Person(text[start:end], start, end, phrase, title.start(), title.end(), stated=True)
        _place(person, text, title.start(), (of_start, of_end), index, day, gaz)
        old = persons.get(start)
        if old is None or (old.actor is None and person.actor is not None):
            persons[start] = person
        if phrase.endswith("s") and person.start > person.title_end:
            for name_start, name_end in _more_names(text, end, index):
                persons.setdefault(
                    name_start, replace(person, name=text[name_start:name_end], start=name_start, end=name_end)
                )
    for match in matches:
        known = [s for s in match.senses if s.part == "person"]
        if not known:
            continue
        known.sort(key=lambda s: (gaz.term_of(s.actor, day) is None, s.actor))
        at = persons.get(match.start) or next(
            (p for p in persons.values() if p.start < match.end and match.start < p.end), None
        )
        if at is None:
            at = persons[match.start] = Person(match.name, match.start, match.end)
        best = next((s for s in known if _agrees(s.actor, at.actor, gaz)), None if at.actor and at.stated else known[0])
        if best is not None:
            at.known = best.actor
            term = gaz.term_of(best.actor, day)
            if at.actor is None and term is not None:
                at.actor = _in_office(at, term.actor, gaz)
                at.sector = at.sector or (
                    office_sector(term.office) if at.actor == term.actor else title_sector(at.title) or "GOV"
                )
            elif at.actor is None:
                last = gaz.by_person.get(best.actor)
                if last and last[-1].end is not None and last[-1].end < day:
                    at.actor = last[-1].actor
                    at.sector = "GOV" if day - last[-1].end < LINGERS and at.title else "ELI"
                elif last:
                    after = [t for t in last if t.begin > day]
                    at.actor = min(after, key=lambda t: t.begin).actor if after else last[-1].actor
                    at.sector = at.sector or title_sector(at.title)
    return [persons[key] for key in sorted(persons)]


def _in_office(person: Person, actor: str, gaz: Gazetteer) -> str:
    """Whom somebody of a group acts for: the state, where the title is one of its offices ("the minister")."""
    party = gaz.actors[actor]
    if party.kind is ActorKind.GROUP and party.country is not None and _OF_STATES.search(person.title):
        return party.country
    return actor


def _more_names(text: str, end: int, index: _Index) -> list[tuple[int, int]]:
    """The other names after a plural title ("ministers Igor Ivanov and Jack Straw")."""
    out: list[tuple[int, int]] = []
    while also := _ALSO.match(text, end):
        fits = _trim(text, also.start(1), also.end(1), index)
        if fits is None or len(text[fits[0] : fits[1]].split()) < 2:
            break
        out.append(fits)
        end = fits[1]
    return out


def _agrees(person: str, actor: str | None, gaz: Gazetteer) -> bool:
    return actor is None or any(t.actor == actor.split(":")[0] for t in gaz.by_person.get(person, ()))


def _name_near(text: str, title: re.Match[str], index: _Index) -> tuple[int, int, int, int] | None:
    """Name's start and end, and the span of an "of ..." between or after title and name."""
    after = title.end()
    gap = re.compile(r",?\s+").match(text, after)
    if gap and (direct := _NAME_AT.match(text, gap.end())):
        comma = "," in gap.group()
        fits = _trim(text, direct.start(), direct.end(), index)
        if (
            fits
            and (not comma or re.match(r"\s*[,.]|['’]s", text[fits[1] : fits[1] + 3]) or fits[1] == len(text))
            and (not comma or len(text[fits[0] : fits[1]].split()) > 1)
        ):
            tail = re.match(r"\s+of\s+(?:the\s+)?", text[fits[1] :])
            stop = fits[1] + tail.end() + 40 if tail else fits[1]
            return fits[0], fits[1], fits[1] if tail else -1, stop if tail else -1
    between = re.compile(r"\s+(?:of|for|to|in|at)\s+").match(text, after)
    if between:
        sentence = re.compile(r"[.;:!?](?:\s|$)|\n").search(text, after)
        limit = min(sentence.start() if sentence else len(text), after + 90)
        for candidate in _NAME_AT.finditer(text, between.end(), limit):
            fits = _trim(text, candidate.start(), candidate.end(), index)
            if fits and _BETWEEN.match(text[after : fits[0]]) and len(text[fits[0] : fits[1]].split()) > 1:
                return fits[0], fits[1], after, fits[0]
            split = _split_after_owner(text, candidate, index)
            if split and _BETWEEN.match(text[after : split[0]]):
                return split[0], split[1], after, split[0]
            if "," in text[after : candidate.start()]:
                break
        named = _AFTER_COMMA.match(text, after)
        if named:
            fits = _trim(text, named.start(1), named.end(1), index)
            if fits and len(text[fits[0] : fits[1]].split()) > 1:
                return fits[0], fits[1], after, named.start(1)
    before = _BEFORE.search(text, max(0, title.start() - 120), title.start())
    if before and before.end() == title.start():
        fits = _trim(text, before.start(1), before.end(1), index)
        if fits and len(text[fits[0] : fits[1]].split()) > 1:
            halt = re.compile(r"[.;:,!?](?:\s|$)").search(text, after)
            return fits[0], fits[1], after, min(halt.start() if halt else len(text), after + 60)
    return None


def _split_after_owner(text: str, candidate: re.Match[str], index: _Index) -> tuple[int, int] | None:
    """ "Minister of Trade and Industry Rachid Mohamed" / "President of Egypt Hosni Mubarak": the name after a known
    owner."""
    owner = index.at(candidate.start())
    if owner and owner.end < candidate.end():
        rest = _NAME_AT.match(text, owner.end + 1)
        if rest and len(rest.group().split()) > 1:
            return _trim(text, rest.start(), rest.end(), index)
    words = candidate.group().split()
    if len(words) >= 3 and not owner:
        for skip in range(1, len(words) - 1):
            at = candidate.start() + len(" ".join(words[:skip])) + 1
            if at <= candidate.end() and len(words) - skip in (2, 3):
                fits = _trim(text, at, candidate.end(), index)
                if fits:
                    return fits
    return None


def _place(
    person: Person, text: str, title_start: int, of: tuple[int, int], index: _Index, day: dt.date, gaz: Gazetteer
) -> None:
    """Set the principal that the title names: the adjective or owner before it, else what follows "of"."""
    inside = index.inside(title_start, person.start if person.start > title_start else person.title_end)
    before = index.before(title_start)
    covering = index.at(title_start)
    candidates: list[Match] = [covering] if covering is not None else []
    candidates += [m for m in inside if any(s.part in ("agent", "name") for s in m.senses)]
    if (
        before is not None
        and len(text[before.end : title_start]) < 40
        and _GAP.fullmatch(text[before.end : title_start])
    ):
        candidates.append(before)
    if of[0] >= 0:
        candidates += index.inside(of[0], of[1])
    candidates += inside
    for match in candidates:
        if match.start < person.end and person.start < match.end:
            continue
        sense = _owner(match.senses, day)
        if sense is None:
            continue
        actor = gaz.actors[sense.actor]
        person.actor = actor.id
        person.sector = (
            sense.sector or title_sector(person.title) or (None if actor.kind is not ActorKind.STATE else "GOV")
        )
        if re.search(r"\b(?:former|ex|late)\b", person.title, re.IGNORECASE):
            person.sector = "ELI"
        if person.start > title_start:
            person.title_start = (
                min(person.title_start, match.start) if match.end <= title_start else person.title_start
            )
        return


def office_sector(office: str) -> str | None:
    """The sector of persons whose term names one (OPP, LEG, PRE ...) instead of an office."""
    return office if office in ontology().sectors else None


def title_sector(title: str) -> str | None:
    """PLOVER sector that the words of a title name."""
    words = re.findall(r"[a-z-]+", title.lower())
    table = sectors()
    if not words:
        return None
    base = table.nouns.get(words[-1])
    for word in words[:-1]:
        if word in table.modifiers:
            return narrowed(base or table.modifiers[word], word, words[-1], table)
    return base
