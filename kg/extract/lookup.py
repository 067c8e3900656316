"""What a name means on a day, in words; and adding a record to a user's actors file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from kg.errors import ResourceError
from kg.extract.gazetteer import Gazetteer, Sense, Term, gazetteer

__all__ = ["add_record", "lookup"]

_PARTS = {
    "name": "name",
    "adjective": "adjective",
    "prefix": "prefix",
    "people": "word for its people",
    "capital": "capital or seat, used for the government",
    "place": "place in it",
    "agent": "body or metonym that acts for it",
    "person": "person",
    "block": "name of something else; not an actor",
}


def lookup(name: str, day: dt.date, extra: tuple[Path, ...] = ()) -> list[str]:
    """One line for every sense that ``name`` has on ``day``; empty when nothing is known by that name.

    A bare surname is answered with the leaders in office on that day who bear it.
    """
    gaz = gazetteer(extra)
    lines = [_line(match.name, sense, day, gaz) for match in gaz.find(name) for sense in match.senses]
    if not lines:
        lines = [_bearer(name, term, gaz) for term in gaz.leaders_by_surname(day).get(name, ())]
    return list(dict.fromkeys(lines))


def _bearer(name: str, term: Term, gaz: Gazetteer) -> str:
    until = f" until {term.end}" if term.end else ""
    office = f"{term.title} of {term.actor} from {term.begin}{until}"
    return f"{name} -> {term.person} ({gaz.actors[term.person].label}): surname of a leader; {office}"


def _line(name: str, sense: Sense, day: dt.date, gaz: Gazetteer) -> str:
    actor = gaz.actors[sense.actor]
    valid = "" if sense.valid(day) else f"; not on {day}"
    if sense.begin or sense.end:
        valid = f"; valid {sense.begin or '...'} to {sense.end or '...'}{valid}"
    if sense.part == "person":
        term = gaz.term_of(sense.actor, day)
        role = f"{term.title}, acts for {term.actor} since {term.begin}" if term else f"holds no office known on {day}"
        return f"{name} -> {actor.id} ({actor.label}): person; {role}"
    sector = f", sector {sense.sector}" if sense.sector else ""
    care = "; needs context, the word has other meanings" if sense.careful else ""
    return f"{name} -> {gaz.principal(sense)} ({actor.label}): {_PARTS[sense.part]}{sector}{valid}{care}"


def add_record(file: Path, record: dict[str, Any]) -> None:
    """Append a record to an actors file, after checking that the file stays valid.

    Raises:
        ResourceError: the file is malformed, the record is, or the id is there already.
    """
    kept = {key: value for key, value in record.items() if value not in (None, [], "")}
    old = file.read_text("utf-8") if file.exists() else ""
    records = Gazetteer._parse(str(file), old) if old.strip() else []
    if any(entry["id"] == kept["id"] for entry in records):
        raise ResourceError(f"{file}: id '{kept['id']}' is there already; edit the file or choose another id")
    added = yaml.safe_dump([kept], allow_unicode=True, sort_keys=False)
    text = old + ("" if not old or old.endswith("\n") else "\n") + added
    Gazetteer._parse(str(file), text)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, "utf-8")
    part.replace(file)
