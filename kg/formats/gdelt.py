"""GDELT 2.0 event files: 61 columns, separated by tabs, without header, one CAMEO-coded event a line.

Columns are those of the GDELT event codebook 2.0 (19 February 2015).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from kg.formats.coded import Item, Row, Side
from kg.formats.coding_tables import Skipped, codes, from_cameo, host, is_known, is_mutual, named
from kg.model import principal
from kg.sources.clean import clean_url

__all__ = ["CODER", "COLUMNS", "item", "rows"]

CODER = "GDELT 2.0"
COLUMNS = 61

_ID, _DAY, _ACTORS, _CODE = 0, 1, (5, 15), 26
_GOLDSTEIN, _MENTIONS, _SOURCES, _ARTICLES, _TONE, _PLACE, _ADDED, _URL = 30, 31, 32, 33, 34, 52, 59, 60


def rows(lines: Iterator[tuple[int, list[str]]], where: str) -> Iterator[tuple[int, list[str]]]:
    """The rows as they stand: there is no header."""
    yield from lines


def item(row: list[str], number: int, where: str) -> Item:
    """The article and mention of a row.

    Raises:
        ValueError: the row is malformed.
        Skipped: its code is outside PLOVER, or an actor can't be placed.
    """
    if len(row) != COLUMNS:
        raise ValueError(f"{len(row)} columns, not {COLUMNS}")
    if not row[_ID].isdigit():
        raise ValueError(f"the id {row[_ID][:40]!r} is no number")
    day, added = _day(row[_DAY]), _day(row[_ADDED][:8])
    code = row[_CODE]
    category, mode = from_cameo(code)
    source, target = (_side(*row[start : start + 8]) for start in _ACTORS)
    if source is None:
        raise Skipped("no actor is named as the source")
    if code in codes()["cameo_hosts"] and target is not None:
        source, target = target, source
    return Row(
        coder=CODER,
        id=row[_ID],
        pairs=[(source, target)],
        category=category,
        mode=mode,
        mutual=is_mutual(code, mode),
        day=day,
        published=max(day, added),
        publisher=host(row[_URL]),
        url=clean_url(row[_URL]),
        place=row[_PLACE] or None,
        extra=(
            ("cameo", code), ("goldstein", row[_GOLDSTEIN]), ("mentions", row[_MENTIONS]),
            ("sources", row[_SOURCES]), ("articles", row[_ARTICLES]), ("tone", row[_TONE]),
        ),
    ).item(number, where)  # fmt: skip


def _day(text: str) -> dt.date:
    if len(text) != 8 or not text.isdigit():
        raise ValueError(f"{text[:40]!r} is no date")
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


@functools.lru_cache(100_000)
def _side(
    code: str, name: str, country: str, group: str, ethnic: str, religion: str, religion2: str, role: str
) -> Side | None:
    """The actor in the first columns of one side; None where nobody is named. The first role decides."""
    if not code:
        return None
    if group and (known := codes()["cameo_groups"].get(group) or named(name)):
        return Side(known, None, name)
    if not country and (known := named(name)) and ":" not in known:
        return Side(known, None, name)
    if not country:
        raise Skipped("an actor without a country that is no known organisation")
    if country in codes()["cameo_regions"]:
        raise Skipped("an actor that is a part of the world")
    state = codes()["cameo_countries"].get(country, country)
    if not is_known(state):
        raise Skipped(f"the country code {country} is of no known state")
    sector = codes()["cameo_roles"].get(role, "UNK") if role else None
    # An ethnic or religious group of a country is not the country.
    if sector is None and (ethnic or religion or religion2):
        sector = "CVL" if ethnic else "REL"
    return Side(principal(state, sector) or state, sector, name)
