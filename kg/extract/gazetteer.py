"""The shipped and user-given names of actors, and a one-pass search for them in running text.

Every name is a :class:`Sense`: what it denotes, in which part (the state itself, an adjective, a capital, an organ ...)
and in which years. A name may have several senses; which one is meant is decided by ``actors``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ahocorasick
import numpy as np
import yaml

from kg.errors import ResourceError
from kg.model import Actor, ActorKind, Alias, principal

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LINGERS", "OFFICES", "Gazetteer", "Match", "Sense", "Term", "foremost", "gazetteer"]

_SHIPPED = (
    "states-europe",
    "states-africa-americas",
    "states-africa",
    "states-west",
    "states-east",
    "territories",
    "organisations",
    "groups",
    "leaders",
    "figures",
    "figures-1990s",
    "others",
)
_REMEMBERED = 30
"""Years after a term in which somebody may still be called by the surname alone."""
_SOON = dt.timedelta(days=183)
"""For so long before a term its holder is called for the office to come rather than for the present one."""
_COMES = dt.timedelta(days=365)
"""For so long before a term its holder is in the news: as a candidate, or elected and not yet in office."""
LINGERS = dt.timedelta(days=31)
"""For so long after a term its holder is still called as if in office."""
OFFICES = frozenset({"HOS", "HOG", "FM", "DM", "LEADER", "VP", "SG"})
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:\-]*\Z")
_FOLD = {ord("’"): "'", ord("‘"): "'", ord("‐"): "-", ord("‑"): "-", ord("–"): "-", ord("\n"): " ", ord("\xa0"): " "}
_STROKES = dict(zip("øØłŁđĐðħĦŧŦıəƏ", "oOlLdDdhHtTiaA", strict=True))
"""Letters that are written without their marks in English and that Unicode does not take apart."""
_INITIALS = re.compile(r"\b(?:[A-Z]\. ?){2,}(?=[A-Z][^.]|al-)")
_CALLED_BY_CODE = frozenset({"group", "organisation"})
_WORD_BEFORE = re.compile(r"(?<![\w.])[^\W\d_a-z][\w'’-]+ \Z")
_ARTICLED = re.compile(r"[ae]l-[A-Z][\w'-]{3,}")
_CALLED_BY_LAST = frozenset({"VNM"})
"""States whose names stand in eastern order, and whose persons are called by the last word ("Trong", "Lam")."""
_FEW = 3
"""Of so many persons at most it can be told from their terms who is meant by one surname."""
_ALIKE = 0.7
"""How alike two spellings of one surname are (:class:`difflib.SequenceMatcher`)."""


def _without_marks() -> dict[int, str]:
    """Latin letters with diacritics, each with the letter it is written with in plain English."""
    table = {ord(marked): letter for marked, letter in _STROKES.items()}
    for number in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = unicodedata.normalize("NFD", chr(number))[0]
        if letter.isascii() and letter.isalpha():
            table[number] = letter
    return table


_MARKED = _without_marks()
_FOLD_ALL = {**_FOLD, **_MARKED}


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a name can denote.

    ``part`` is ``name``, ``adjective``, ``prefix``, ``people``, ``capital``, ``place``, ``agent``, ``person`` or
    ``block`` (a name that holds an actor's name but is none, such as the South China Sea). ``sector`` is set for
    agents.
    """

    actor: str
    part: str
    sector: str | None = None
    begin: dt.date | None = None
    end: dt.date | None = None
    careful: bool = False

    def valid(self, day: dt.date) -> bool:
        """Whether the name has this sense on that day."""
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Term:
    """One uninterrupted term of office, ``end`` None while it runs.

    ``office`` is HOS, HOG, FM, DM, LEADER, VP or SG, or a PLOVER sector for persons who are known for it (OPP, LEG).
    """

    actor: str
    office: str
    title: str
    person: str
    begin: dt.date
    end: dt.date | None

    def covers(self, day: dt.date) -> bool:
        """Whether the person holds the office on that day."""
        return self.begin <= day and (self.end is None or day <= self.end)

    def leads(self, day: dt.date) -> bool:
        """Whether it is an office of leaders and ministers, and lasts on that day or ended within a month before."""
        return self.office in OFFICES and self.begin <= day and (self.end is None or day <= self.end + LINGERS)


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a text at ``start``..``end`` (characters, end exclusive)."""

    start: int
    end: int
    name: str
    senses: tuple[Sense, ...]


def fold(text: str) -> str:
    """Lower case, plain punctuation and letters without diacritics, character for character, so that offsets stay."""
    if text.isascii():
        return text.replace("\n", " ").lower()
    return _lower(text.translate(_FOLD_ALL))


def _lower(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def unmarked(name: str) -> str:
    """A name without diacritics: ``Erdoğan`` gives ``Erdogan``."""
    return name if name.isascii() else name.translate(_MARKED)


class Surnames(dict[str, tuple[Term, ...]]):
    """Terms by surname. A surname is found however its diacritics are written, and with ``Al-`` for ``al-``."""

    def get(self, surname: str, default: Any = None) -> Any:
        """The terms of those who bear a surname."""
        return super().get(self._key(surname), default)

    def __getitem__(self, surname: str) -> tuple[Term, ...]:
        return super().__getitem__(self._key(surname))

    def __contains__(self, surname: object) -> bool:
        return isinstance(surname, str) and super().__contains__(self._key(surname))

    def _key(self, surname: str) -> str:
        if super().__contains__(surname):
            return surname
        plain = unmarked(surname)
        return plain[0].lower() + plain[1:] if plain.startswith(("Al-", "El-")) else plain


def slug(name: str) -> str:
    """A name as part of an actor id: ``Recep Tayyip Erdoğan`` gives ``recep-tayyip-erdogan``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"


def partial_date(value: object, *, last: bool = False) -> dt.date | None:
    """A day from ``2012``, ``2012-05`` or ``2012-05-07``: its first day, or with ``last`` its last one."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    numbers = [int(part) for part in str(value).split("-")]
    year, month, day = [*numbers, 0, 0][:3]
    if day:
        return dt.date(year, month, day)
    if not last:
        return dt.date(year, month or 1, 1)
    following = dt.date(year + (month in (0, 12)), 1 if month in (0, 12) else month + 1, 1)
    return following - dt.timedelta(days=1)


def _case_fits(surface: str, name: str) -> bool:
    """Capitals of the name must be capitals in the text; all-lower names match in any case."""
    return all(s.isupper() or not n.isupper() for s, n in zip(surface, name, strict=True))


def _meant(surface: str, entries: Sequence[tuple[str, Sense]], marked: bool) -> tuple[Sense, ...]:
    """The senses that a name has as it is written in a text.

    ``marked`` tells that it is spelled with diacritics in one of the entries. A spelling with the same diacritics goes
    before others. A single word without its diacritics is another word ("Foča", "FOCA"; "Libération", "Liberation").
    """
    if not marked and surface.isascii():
        return tuple(sense for name, sense in entries if _case_fits(surface, name))
    fits = [(name, sense) for name, sense in entries if _case_fits(surface, name)]
    lowered = _lower(surface.translate(_FOLD))
    same = [sense for name, sense in fits if _lower(name.translate(_FOLD)) == lowered]
    if same:
        return tuple(same)
    bare = surface.isascii() and " " not in surface
    return tuple(sense for name, sense in fits if name.isascii() or not bare)


def _beside_name(text: str, start: int, end: int) -> bool:
    """Whether a surname with an article is part of a longer name ("Rifaat al-Assad")."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    return before is not None or (text[end : end + 1] == " " and text[end + 1 : end + 2].isupper())


def _with_initials(names: Iterable[str]) -> list[str]:
    """Names, and those with initials also in the other ways to write them (B. J., B.J., BJ)."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        initials = _INITIALS.match(name)
        if initials:
            rest, letters = name[initials.end() :], re.findall("[A-Z]", initials.group())
            for joint in (". ", "."):
                found[joint.join(letters) + ". " + rest] = None
            found["".join(letters) + " " + rest] = None
    return list(found)


class Gazetteer:
    """All actors, names and terms of office, and the automaton that finds the names.

    ``regions`` gives the state of first-level regions with names of their own standing ("Texas"), ``acts_for`` the
    organisation that a mission acts for (UNIFIL for the UN). The content depends only on the shipped files and the
    user's own, in that order; a user's record replaces the shipped record of the same id. ``version`` is a hash of
    all of them.
    """

    def __init__(self, extra: Iterable[Path] = ()) -> None:
        self.actors: dict[str, Actor] = {}
        self.names: dict[str, list[tuple[str, Sense]]] = {}
        self.members: dict[str, tuple[str, ...]] = {}
        self.terms: dict[str, list[Term]] = {}
        self.by_person: dict[str, list[Term]] = {}
        self.capitals: dict[str, str] = {}
        self.regions: dict[str, str] = {}
        self.acts_for: dict[str, str] = {}
        self._surnames: dict[int, Surnames] = {}
        self._leaders: list[tuple[str, Term]] = []
        self._months = np.zeros((0, 2), dtype=np.int64)
        self._bearers: dict[str, list[Term]] = {}
        hasher = hashlib.sha256()
        records: dict[str, dict[str, Any]] = {}
        for where, text in self._files(extra):
            hasher.update(text.encode())
            for record in self._parse(where, text):
                records[record["id"]] = record
        for record in records.values():
            self._add(record)
        self._add_codes(records.values())
        self._add_articled()
        for record in records.values():
            for sector, bodies in (record.get("bodies") or {}).items():
                self._add_bodies(sector, bodies)
        for person in list(self.by_person):
            self.by_person[person].sort(key=lambda t: (t.begin, t.office))
        self.version = hasher.hexdigest()[:12]
        self._automaton = ahocorasick.Automaton()
        for key, entries in self.names.items():
            marked = not all(name.isascii() for name, _ in entries)
            self._automaton.add_word(key, (key, tuple(entries), marked))
        self._automaton.make_automaton()

    @staticmethod
    def _files(extra: Iterable[Path]) -> Iterator[tuple[str, str]]:
        folder = resources.files("kg.resources").joinpath("actors")
        for name in _SHIPPED:
            file = folder.joinpath(f"{name}.yaml")
            if file.is_file():
                yield f"{name}.yaml", file.read_text("utf-8")
        for path in extra:
            try:
                yield str(path), Path(path).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ResourceError(f"{path}: can't read the actors file ({error})") from error

    @staticmethod
    def _parse(where: str, text: str) -> list[dict[str, Any]]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            data = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the C one where it exists
        except yaml.YAMLError as error:
            raise ResourceError(f"{where}: not valid YAML ({str(error).splitlines()[0]})") from error
        if not isinstance(data, list):
            raise ResourceError(f"{where}: an actors file is a list of records, see 'kg actors --help'")
        for number, record in enumerate(data, 1):
            problem = _problem(record)
            if problem:
                raise ResourceError(f"{where}: record {number}: {problem}")
        return data

    def _add(self, record: dict[str, Any]) -> None:
        kind = ActorKind(record["kind"])
        ident = record["id"]
        country = record.get("country") or (ident.split(":")[0] if kind is ActorKind.STATE else None)
        if kind is ActorKind.PERSON:
            self._add_person(record)
            return
        careful = {fold(name) for name in record.get("careful", ())}
        aliases: list[Alias] = []

        def put(name: str, part: str, sector: str | None = None, begin: object = None, end: object = None) -> None:
            first, last = partial_date(begin), partial_date(end, last=True)
            sense = Sense(ident, part, sector, first, last, fold(name) in careful)
            self._name(name, sense)
            if part in ("name", "agent"):
                aliases.append(Alias(name, first, last))

        for name in dict.fromkeys([record["label"], *record.get("names", ())]):
            put(name, "name")
        for part in ("adjectives", "prefixes", "people", "places", "blocks"):
            for name in record.get(part, ()):
                put(name, {"prefixes": "prefix", "people": "people"}.get(part, part[:-1]))
        for name in record.get("regions", ()):
            put(name, "place")
            self.regions[fold(name)] = ident
        for name in record.get("metonyms", ()) or record.get("seats", ()):
            put(name, "capital")
        if record.get("capital"):
            put(record["capital"], "capital")
            self.capitals[ident] = record["capital"]
        for entry in record.get("historic", ()):
            put(entry["name"], "name", None, entry.get("from"), entry.get("until"))
        for sector, bodies in (record.get("agents") or {}).items():
            for name in bodies:
                put(name, "agent", sector)
        for name in (*record.get("organs", ()), *record.get("wings", ())):
            put(name, "agent")
        if record.get("type") == "mission" and record.get("parent"):
            self.acts_for[ident] = record["parent"]
        self.members[ident] = tuple(record.get("members", ()))
        self.actors[ident] = Actor(
            id=ident,
            kind=kind,
            label=record["label"],
            code=record.get("code") or (ident if kind is ActorKind.STATE else record["label"]),
            country=country,
            sector=record.get("sector"),
            wikidata=record.get("wikidata"),
            region=record.get("region"),
            aliases=tuple(aliases),
        )

    def _add_codes(self, records: Iterable[dict[str, Any]]) -> None:
        """Let groups and organisations be called by their codes too ("UNTAET"), where these mean nothing else.

        A code that is listed in ``careful`` is no name.
        """
        known = {name: {sense.actor for _, sense in entries} for name, entries in self.names.items()}
        for record in records:
            code = record.get("code")
            if record["kind"] not in _CALLED_BY_CODE or record.get("type") == "region" or not code:
                continue
            if code in record.get("careful", ()) or "(" in code:
                continue
            if known.get(fold(code), {record["id"]}) == {record["id"]}:
                self._name(code, Sense(record["id"], "name"))

    def _add_articled(self) -> None:
        """Let leaders be called by surnames with an Arabic article, which are several tokens ("al-Sisi")."""
        bearers: dict[str, dict[str, None]] = {}
        for ident, terms in self.by_person.items():
            if not any(term.office in OFFICES for term in terms):
                continue
            actor = self.actors[ident]
            for name in (actor.label, *(alias.name for alias in actor.aliases)):
                last = unmarked(name.split()[-1])
                if " " in name and _ARTICLED.fullmatch(last):
                    bearers.setdefault(last, {})[ident] = None
        for name, idents in bearers.items():
            if len(idents) <= _FEW and not any(sense.part != "person" for _, sense in self.names.get(fold(name), ())):
                for ident in idents:
                    self._name(name, Sense(ident, "person"))

    def _add_bodies(self, sector: str, bodies: Iterable[str]) -> None:
        """Bodies that every state may have: bare where the article names it, with its name or adjective anywhere."""
        states = {ident for ident, actor in self.actors.items() if actor.kind is ActorKind.STATE}
        owners = [
            (name, sense)
            for entries in self.names.values()
            for name, sense in entries
            if sense.actor in states and sense.part in ("name", "adjective") and "'" not in name
        ]
        for body in bodies:
            for ident in sorted(states):
                if not any(sense.actor == ident for _, sense in self.names.get(fold(body), ())):
                    self._name(body, Sense(ident, "agent", sector, careful=True))
            for name, sense in owners:
                own = replace(sense, part="agent", sector=sector, careful=False)
                forms = (f"{name}'s {body}", f"{body} of {name}") if sense.part == "name" else (f"{name} {body}",)
                for form in forms:
                    self._name(form, own)

    def _add_person(self, record: dict[str, Any]) -> None:
        ident = record["id"]
        self.actors[ident] = Actor(
            id=ident,
            kind=ActorKind.PERSON,
            label=record["label"],
            code=record["label"],
            wikidata=record.get("wikidata"),
            aliases=tuple(Alias(name) for name in record.get("names", ())),
        )
        for name in _with_initials([record["label"], *record.get("names", ())]):
            self._name(name, Sense(ident, "person"))
        for raw in record.get("terms", ()):
            begin = partial_date(raw["from"])
            assert begin is not None
            term = Term(raw["of"], raw["office"], raw["title"], ident, begin, partial_date(raw.get("until"), last=True))
            self.terms.setdefault(term.actor, []).append(term)
            self.by_person.setdefault(ident, []).append(term)

    def _name(self, name: str, sense: Sense) -> None:
        entries = self.names.setdefault(fold(name), [])
        if (name, sense) not in entries:
            entries.append((name, sense))

    def find(self, text: str) -> list[Match]:
        """All names in ``text``, found in one pass over it; of overlapping ones the longest, then the first."""
        folded = fold(text)
        hits: list[tuple[int, int, str, tuple[Sense, ...]]] = []
        for last, (key, entries, marked) in self._automaton.iter(folded):
            start, end = last - len(key) + 1, last + 1
            if (start and folded[start - 1].isalnum()) or (end < len(folded) and folded[end].isalnum()):
                continue
            senses = _meant(text[start:end], entries, marked)
            if senses and key[2:3] == "-" and " " not in key and senses[0].part == "person":
                if _beside_name(text, start, end):
                    continue
                start += 3 * text[start].isupper()  # the parser takes "Al-" for a word of its own
            if senses:
                hits.append((start, -end, key, senses))
        hits.sort(key=lambda hit: (hit[0] + hit[1], hit[0]))
        taken: set[int] = set()
        found: list[Match] = []
        for start, negative_end, _, senses in hits:
            if start in taken or -negative_end - 1 in taken:
                continue
            taken.update(range(start, -negative_end))
            found.append(Match(start, -negative_end, text[start:-negative_end], senses))
        return sorted(found, key=lambda match: match.start)

    def holder(self, actor: str, office: str, day: dt.date) -> Term | None:
        """The term that covers ``day`` for an office of a state or organisation."""
        fits = [t for t in self.terms.get(actor, ()) if t.office == office and t.covers(day)]
        return max(fits, key=lambda t: t.begin, default=None)

    def term_of(self, person: str, day: dt.date) -> Term | None:
        """The highest office that a person holds on that day."""
        rank = {"HOS": 0, "HOG": 0, "LEADER": 1, "SG": 1, "VP": 2, "FM": 3, "DM": 4}
        fits = [t for t in self.by_person.get(person, ()) if t.covers(day)]
        return min(fits, key=lambda t: (rank.get(t.office, 9), t.begin), default=None)

    def leaders_by_surname(self, day: dt.date) -> Surnames:
        """Terms of the leaders and ministers in office in the month of ``day`` or the one before, by surname."""
        month = _month(day)
        if month not in self._surnames:
            index: dict[str, dict[str, Term]] = {}
            bearers, months = self._leading()
            for number in np.flatnonzero((months[:, 0] <= month) & (month <= months[:, 1])).tolist():
                name, term = bearers[number]
                index.setdefault(name, {}).setdefault(term.person, term)
            self._surnames[month] = Surnames((name, tuple(found.values())) for name, found in index.items())
        return self._surnames[month]

    def _leading(self) -> tuple[list[tuple[str, Term]], NDArray[np.int64]]:
        """The terms of leaders and ministers by surname, and the first and the last month in which each counts."""
        if not self._leaders:
            never = _month(dt.date.max)
            self._leaders = [
                (name, term)
                for name, terms in self._terms_by_surname().items()
                for term in terms
                if term.office in OFFICES
            ]
            self._months = np.array(
                [(_month(t.begin), _month(t.end + LINGERS) if t.end else never) for _, t in self._leaders]
            ).reshape(-1, 2)
        return self._leaders, self._months

    def remembered(self, surname: str, day: dt.date) -> tuple[Term, ...]:
        """Those who bear a surname and are in the news without leading a state at the time, each with one term.

        These are persons who held an office in the thirty years before ``day``, are ministers, legislators, party or
        opposition leaders on that day, or come to office within a year; of their terms one as head of state or
        government that begins within half a year, else the one on that day, else the next, else the last.
        """
        found: dict[str, tuple[int, Term]] = {}
        for term in self._terms_by_surname().get(unmarked(surname), ()):
            if term.begin > day + _COMES or (term.end and term.end.year < day.year - _REMEMBERED):
                continue
            soon = term.office in ("HOS", "HOG") and day < term.begin <= day + _SOON
            rank = 0 if soon or term.covers(day) else 1 if term.begin > day else 2
            if term.person not in found or rank <= found[term.person][0]:
                found[term.person] = rank, term
        return tuple(term for _, term in found.values())

    def _terms_by_surname(self) -> dict[str, list[Term]]:
        if not self._bearers:
            from kg.extract.roles import EASTERN_ORDER

            for terms in self.by_person.values():
                for term in terms:
                    names = self._called(term)
                    family_only = term.actor in EASTERN_ORDER and term.actor not in _CALLED_BY_LAST
                    for name in names[:1] if family_only else names:
                        self._bearers.setdefault(name, []).append(term)
        return self._bearers

    def _called(self, term: Term) -> list[str]:
        """The surnames of whoever holds an office, likeliest first: those of the label, then other spellings."""
        from kg.extract.roles import surnames

        actor = self.actors[term.person]
        own = surnames(actor.label, term.actor)
        found = dict.fromkeys(name for surname in own for name in (surname, unmarked(surname)))
        for alias in actor.aliases:
            if " " not in alias.name or not own:
                continue
            for name in map(unmarked, surnames(alias.name, term.actor)):
                if name not in found and any(_alike(name, surname) for surname in own):
                    found[name] = None
        return list(found)

    def actor(self, ident: str) -> Actor:
        """The actor with that id; a sector of a state (``IRN:CVL``) is made on the fly.

        Raises:
            KeyError: nothing with that id is known.
        """
        if ident in self.actors:
            return self.actors[ident]
        base, _, sector = ident.partition(":")
        if not sector or base not in self.actors:
            raise KeyError(ident)
        parent = self.actors[base]
        from kg.ontology import ontology

        words = ontology().sectors.get(sector, sector)
        return replace(
            parent,
            id=ident,
            kind=ActorKind.SECTOR,
            label=f"{parent.label}: {words}",
            code=ident,
            sector=sector,
            wikidata=None,
            aliases=(),
        )

    def known(self, idents: Iterable[str]) -> Iterator[Actor]:
        """The actors of these ids, leaving out those that are not known here (persons of one article, for instance)."""
        for ident in idents:
            try:
                yield self.actor(ident)
            except KeyError:
                continue

    def principal(self, sense: Sense) -> str:
        """The id of the actor that a non-person sense acts as."""
        actor = self.actors[sense.actor]
        if actor.kind is ActorKind.STATE:
            return principal(actor.id, sense.sector) or actor.id
        return self.acts_for.get(actor.id, actor.id)


def _alike(one: str, other: str) -> bool:
    """Whether two surnames are spellings of one ("Zelensky" and "Zelenskyy")."""
    return difflib.SequenceMatcher(None, one, unmarked(other)).ratio() >= _ALIKE


def _month(day: dt.date) -> int:
    """A month as a number: months since the year 0."""
    return 12 * day.year + day.month


def foremost(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Of several office holders of one surname the head of state or government, if there is just one."""
    found = tuple(terms)
    heads = tuple(t for t in found if t.office in ("HOS", "HOG") or (t.office == "LEADER" and t.actor.isupper()))
    return heads if len(heads) == 1 else found


def _problem(record: object) -> str | None:
    """What is wrong with a record, in words, or None."""
    if not isinstance(record, dict):
        return "not a mapping"
    for key in ("id", "kind", "label"):
        if not isinstance(record.get(key), str):
            return f"'{key}' is missing or not a text"
    if not _ID.match(record["id"]):
        return f"id '{record['id']}' may hold letters, digits, '-', '.' and ':' only"
    if record["kind"] not in set(ActorKind):
        return f"kind '{record['kind']}' is none of {', '.join(ActorKind)}"
    for key in (
        "names",
        "adjectives",
        "prefixes",
        "people",
        "places",
        "regions",
        "organs",
        "wings",
        "careful",
        "members",
        "blocks",
    ):
        value = record.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            return f"'{key}' is not a list of texts"
    return None


@functools.lru_cache(maxsize=4)
def gazetteer(extra: tuple[Path, ...] = ()) -> Gazetteer:
    """The gazetteer of the shipped files and the given ones, built once per process."""
    return Gazetteer(extra)
