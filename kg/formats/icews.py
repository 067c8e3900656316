"""ICEWS coded event data: a table with a header, separated by tabs, one CAMEO-coded event a line.

Columns are those of the data set's guide (Boschee and others, ICEWS Coded Event Data, Harvard Dataverse). Events carry
the date of the story; the same event id occurs with several dates, so the date is part of the name of a row.
"""

from __future__ import annotations

import datetime as dt
import functools

from kg.formats.coded import Item, Row, Side, header
from kg.formats.coding_tables import Skipped, codes, from_cameo, is_known, is_mutual, named
from kg.model import principal

__all__ = ["CODER", "item", "rows"]

CODER = "ICEWS"
_NEEDED = ("Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "CAMEO Code", "Target Name",
           "Target Sectors", "Target Country")  # fmt: skip
_KEPT = {"Intensity": "intensity", "Story ID": "story", "Sentence Number": "sentence", "Event Text": "event_text"}


rows = functools.partial(header, needed=_NEEDED, coder=CODER)
"""The rows of a table by column."""


def item(row: dict[str, str], number: int, where: str) -> Item:
    """The article and mention of a row.

    Raises:
        ValueError: the row is malformed.
        Skipped: its code is outside PLOVER, or an actor can't be placed.
    """
    day = dt.date.fromisoformat(row["Event Date"][:10])
    code = row["CAMEO Code"]
    if code.isdigit() and len(code) in (2, 3) and int(code[:2]) > 20:
        code = f"0{code}"  # taken for a number by a program on the way
    category, mode = from_cameo(code)
    source = _side(row, "Source", day)
    target = _side(row, "Target", day)
    if source is None:
        raise Skipped("no actor is named as the source")
    if code in codes()["cameo_hosts"] and target is not None:
        source, target = target, source
    place = ", ".join(part for part in (row.get("City", ""), row.get("Country", "")) if part)
    return Row(
        coder=CODER,
        id=f"{row['Event ID']}_{day:%Y%m%d}",
        pairs=[(source, target)],
        category=category,
        mode=mode,
        mutual=is_mutual(code, mode),
        day=day,
        published=day,
        publisher=row.get("Publisher") or None,
        place=place or None,
        extra=(("cameo", code), *((ours, row[theirs]) for theirs, ours in _KEPT.items() if row.get(theirs))),
    ).item(number, where)


def _side(row: dict[str, str], side: str, day: dt.date) -> Side | None:
    name, country = row[f"{side} Name"], row[f"{side} Country"]
    sectors = [part.strip() for part in row[f"{side} Sectors"].split(",") if part.strip()]
    if not name:
        return None
    state = named(country) if country else None
    known = named(name)
    if known is not None and known != state:
        return Side(known, None, name)
    if not country:
        raise Skipped("an actor without a country that is no known organisation")
    if state is None or not is_known(state):
        raise Skipped(f"the country {country} is not known")
    if known == state:
        return Side(state, None, name)
    sector = _sector(sectors)
    # "Police (India)" is the body of a country, "Narendra Modi" somebody who acts.
    agent = None if name.endswith(f"({country})") else name
    return Side(principal(state, sector) or state, sector, name, agent)


def _sector(given: list[str]) -> str:
    found = {sector for part in given if (sector := _sectors().get(part.lower()))}
    return next((sector for sector, _ in codes()["icews_sectors"] if sector in found), "UNK")


@functools.cache
def _sectors() -> dict[str, str]:
    return {part.lower(): sector for sector, parts in codes()["icews_sectors"] for part in parts}
