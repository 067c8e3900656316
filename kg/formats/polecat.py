"""POLECAT: a table with a header, separated by tabs, one event a line in the categories of PLOVER itself.

Columns are those of the data set's documentation (Halterman and others, POLECAT Weekly Data, Harvard Dataverse). A side
may hold several actors, separated by semicolons; each source with each target is a dyad of its own.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re

from kg.formats.coded import Item, Row, Side, header
from kg.formats.coding_tables import Skipped, is_known, named
from kg.model import principal
from kg.ontology import SYMMETRIC, ontology

__all__ = ["CODER", "item", "rows"]

CODER = "POLECAT"
_NEEDED = ("Event ID", "Event Date", "Event Type", "Event Mode", "Contexts", "Actor Name", "Actor Country",
           "Primary Actor Sector", "Recipient Name", "Recipient Country", "Primary Recipient Sector")  # fmt: skip
_KEPT = {"Intensity": "intensity", "Event Intensity": "intensity", "Language": "language", "Version": "version"}
_MOST = 8
"""Actors of one side from which on the row is passed over: a list, not parties of one act."""


rows = functools.partial(header, needed=_NEEDED, coder=CODER)
"""The rows of a table by column."""


def item(row: dict[str, str], number: int, where: str) -> Item:
    """The article and mentions of a row.

    Raises:
        ValueError: the row is malformed.
        Skipped: no actor can be placed.
    """
    onto = ontology()
    category = row["Event Type"].upper()
    if category not in onto.categories:
        raise ValueError(f"event type {row['Event Type'][:40]!r} is not of PLOVER")
    day = dt.date.fromisoformat(row["Event Date"][:10])
    said = _parts(row.get("Publication Date", ""))
    published = dt.date.fromisoformat(said[0][:10]) if said else day
    mode = row["Event Mode"].lower().replace("_", "-")
    mode = mode if mode in onto.categories[category].modes else ""
    contexts = (part.lower().replace(" ", "_") for part in _parts(row["Contexts"]))
    sources, targets = _sides(row, "Actor"), _sides(row, "Recipient")
    if not sources:
        raise Skipped("no actor is named as the source")
    receivers: list[Side | None] = [*targets] or [None]
    return Row(
        coder=CODER,
        id=row["Event ID"],
        pairs=list(itertools.product(sources, receivers)),
        category=category,
        mode=mode or None,
        mutual=category in SYMMETRIC and mode != "visit",
        day=day,
        published=max(day, published),
        contexts=tuple(dict.fromkeys(context for context in contexts if context in onto.contexts)),
        publisher=next(iter(_parts(row.get("Source", ""))), None),
        place=next(iter(_parts(row.get("Placename", ""))), None),
        extra=tuple((ours, row[theirs]) for theirs, ours in _KEPT.items() if row.get(theirs)),
    ).item(number, where)


def _parts(text: str) -> list[str]:
    return [part for piece in text.split(";") if (part := piece.strip()) and part not in ("None", "nan")]


def _sides(row: dict[str, str], side: str) -> list[Side]:
    """The actors of one side, each once; countries and sectors go with names by place where there are as many."""
    names = _parts(row[f"{side} Name"]) or _parts(row.get(f"{side} Name Raw", ""))
    countries, sectors = _parts(row[f"{side} Country"]), _parts(row[f"Primary {side} Sector"])
    if not names and not countries:
        return []
    names = names or countries
    if len(names) > _MOST:
        raise Skipped(f"more than {_MOST} actors on one side")
    found: dict[str, Side] = {}
    for place, name in enumerate(names):
        one = _side(name, _with(countries, place, len(names)), _with(sectors, place, len(names)))
        found.setdefault(one.id, one)
    return list(found.values())


def _with(values: list[str], place: int, names: int) -> str | None:
    if len(values) == names:
        return values[place]
    return values[0] if len(set(values)) == 1 else None


def _side(name: str, country: str | None, sector: str | None) -> Side:
    known = named(name)
    sector = sector.upper() if sector else None
    if known is not None and known != country:
        return Side(known, None, name)
    if country is None or not re.fullmatch(r"[A-Z]{3}", country) or not is_known(country):
        raise Skipped("an actor without a known country that is no known organisation")
    if known == country or name == country:
        return Side(principal(country, sector) or country, sector, name)
    sector = sector if sector in ontology().sectors else "UNK"
    return Side(principal(country, sector) or country, sector, name, name)
