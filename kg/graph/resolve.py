"""Persons whom one article left open, resolved from all roles that any article stated.

A bare "Kishida" becomes an actor ``person.kishida`` in extraction. Here it acts for the state or organisation whose
office a person of that name was last or next seen in: the nearest observation within two years decides, unless another
one contradicts it. The answer depends on the set of observed roles and the day of the mention only.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb

__all__ = ["HORIZON", "Observation", "decide", "name_tokens", "refresh", "same_person"]

HORIZON = dt.timedelta(days=730)
"""Observations farther away than this say nothing of who a person acts for."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Observation:
    """On ``day`` somebody called ``name`` (its words, lower case) held an office of ``actor``."""

    day: dt.date
    name: tuple[str, ...]
    actor: str
    sector: str | None


@functools.lru_cache(maxsize=200_000)
def name_tokens(name: str) -> tuple[str, ...]:
    """The words of a name or of a person's id, lower case and without accents.

    >>> name_tokens("Recep Tayyip Erdoğan"), name_tokens("person.fumio-kishida")
    (('recep', 'tayyip', 'erdogan'), ('fumio', 'kishida'))
    """
    plain = unicodedata.normalize(
        "NFKD", name.removeprefix("person.").split(".")[0] if name.startswith("person.") else name
    )
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).lower().replace("_", " ")))


def same_person(bare: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a name may stand for a fuller one: all its words are in it, and first or last word is the same.

    >>> same_person(["kishida"], ["fumio", "kishida"]), same_person(["yoon"], ["yoon", "suk", "yeol"])
    (True, True)
    >>> same_person(["suk"], ["yoon", "suk", "yeol"])
    False
    """
    if not bare or not full:
        return False
    short, long = sorted((tuple(bare), tuple(full)), key=len)
    return set(short) <= set(long) and (short[0] == long[0] or short[-1] == long[-1])


def decide(day: dt.date, seen: Iterable[Observation]) -> Observation | None:
    """Whom a person of this name acted for on ``day``, or None where the observations don't tell.

    ``seen`` are observations of persons whose name fits. They contradict each other, and nothing is decided, if persons
    of different names within two years acted for different actors, if the nearest ones before and after ``day``
    differ, or if two equally near ones differ.
    """
    near = [o for o in seen if abs(o.day - day) <= HORIZON]
    if not near:
        return None
    readings = {(o.name, o.actor) for o in near}
    for name, actor in readings:
        if any(actor != other and not same_person(name, called) for called, other in readings):
            return None
    before = [o for o in near if o.day <= day]
    after = [o for o in near if o.day >= day]
    nearest = []
    if before:
        last = max(o.day for o in before)
        nearest += [o for o in before if o.day == last]
    if after:
        first = min(o.day for o in after)
        nearest += [o for o in after if o.day == first]
    if len({o.actor for o in nearest}) > 1:
        return None
    return min(nearest, key=lambda o: (abs(o.day - day), o.day, o.name, o.sector or ""))


def refresh(
    connection: duckdb.DuckDBPyConnection,
    mentions: Iterable[str],
    roles: Iterable[str],
    leaving: Callable[[set[str]], None] = lambda ids: None,
) -> set[str]:
    """Resolve again the given mentions, and all mentions of persons whose name fits one of the names in ``roles``.

    Returns the ids of the mentions whose principals changed; ``leaving`` gets them before they do. Reads the current
    rows of ``mention`` and ``role``, writes ``resolution``.
    """
    parties = _open_parties(connection, set(mentions), {token for name in roles for token in _ends(name_tokens(name))})
    if not parties:
        return set()
    observations = _observations(connection, {token for _, _, person, _ in parties for token in name_tokens(person)})
    answers: dict[tuple[str, dt.date], Observation | None] = {}
    resolved: dict[tuple[str, str], tuple[str, str | None]] = {}
    for mention, side, person, day in parties:
        key = (person, day)
        if key not in answers:
            tokens = name_tokens(person)
            fitting = {o for token in _ends(tokens) for o in observations.get(token, ()) if same_person(tokens, o.name)}
            answers[key] = decide(day, fitting)
        if (answer := answers[key]) is not None:
            resolved[mention, side] = (answer.actor, answer.sector)
    return _store(connection, {(mention, side) for mention, side, _, _ in parties}, resolved, leaving)


def _ends(tokens: Sequence[str]) -> set[str]:
    return {tokens[0], tokens[-1]} if tokens else set()


def _open_parties(
    connection: duckdb.DuckDBPyConnection, mentions: set[str], tokens: set[str]
) -> list[tuple[str, str, str, dt.date]]:
    """Mention, side, person id and publication date of every party that is a person and among those asked for."""
    rows = connection.execute(
        """
        SELECT m.id, p.side, p.person, a.published
        FROM mention m
        JOIN article a ON a.id = m.article AND a.retracted IS NULL,
        LATERAL (SELECT 'source' AS side, m.source AS person UNION ALL SELECT 'target', m.target) p
        WHERE m.retracted IS NULL AND (m.source LIKE 'person.%' OR m.target LIKE 'person.%')
              AND p.person LIKE 'person.%'
        ORDER BY ALL
        """
    ).fetchall()
    return [row for row in rows if row[0] in mentions or not tokens.isdisjoint(name_tokens(row[2]))]


def _observations(connection: duckdb.DuckDBPyConnection, tokens: set[str]) -> dict[str, list[Observation]]:
    """Current role observations by each word of the person's name, for persons that share a word with ``tokens``."""
    rows = connection.execute(
        """
        SELECT DISTINCT person, actor, code, observed FROM role
        WHERE retracted IS NULL AND actor NOT LIKE 'person.%' ORDER BY ALL
        """
    ).fetchall()
    out: dict[str, list[Observation]] = defaultdict(list)
    for person, actor, code, day in rows:
        name = name_tokens(person)
        if tokens.isdisjoint(name):
            continue
        sector = code.split(":", 1)[1] if code and ":" in code else None
        for token in set(name):
            out[token].append(Observation(day, name, actor, sector))
    return out


def _store(
    connection: duckdb.DuckDBPyConnection,
    asked: set[tuple[str, str]],
    resolved: dict[tuple[str, str], tuple[str, str | None]],
    leaving: Callable[[set[str]], None],
) -> set[str]:
    kinds = {"mention": "VARCHAR", "side": "VARCHAR", "actor": "VARCHAR", "sector": "VARCHAR"}
    keys = sorted(asked)
    connection.register("_asked", arrow({"mention": [m for m, _ in keys], "side": [s for _, s in keys]}, kinds))
    old = {
        (mention, side): (actor, sector)
        for mention, side, actor, sector in connection.execute(
            "SELECT r.mention, r.side, r.actor, r.sector FROM resolution r JOIN _asked USING (mention, side)"
        ).fetchall()
    }
    changed = {key[0] for key in asked if old.get(key) != resolved.get(key)}
    leaving(changed)
    connection.execute("DELETE FROM resolution WHERE (mention, side) IN (SELECT (mention, side) FROM _asked)")
    connection.unregister("_asked")
    rows = [(mention, side, *resolved[mention, side]) for mention, side in sorted(resolved)]
    if rows:
        columns = dict(zip(kinds, map(list, zip(*rows, strict=True)), strict=True))
        connection.register("_resolved", arrow(columns, kinds))
        connection.execute("INSERT INTO resolution SELECT mention, side, actor, sector FROM _resolved")
        connection.unregister("_resolved")
    return changed
