"""The actors that a graph knows: what the gazetteer gives, else what articles say of them."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.schema import ACTOR, ALIAS, arrow
from kg.model import Actor, ActorKind, Mention, Role

if TYPE_CHECKING:
    import duckdb

__all__ = ["store_actors", "store_given"]


def store_actors(
    connection: duckdb.DuckDBPyConnection,
    mentions: Iterable[Mention],
    roles: Iterable[Role],
    lookup: Callable[[Iterable[str]], Iterable[Actor]],
) -> None:
    """Store the records of all actors that the batch names; an id without a record gets what the articles say of it."""
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for mention in mentions:
        for party in (mention.source, mention.target):
            if party is not None:
                said[party.id].add((party.label, party.code))
                if party.agent_id and party.agent:
                    said[party.agent_id].add((party.agent, party.agent_id))
    for role in roles:
        said[role.actor].add((role.actor, role.code.split(":")[0]))
        if role.person_id:
            said[role.person_id].add((role.person, role.person_id))
    given = {actor.id: actor for actor in lookup(sorted(said)) if actor.id in said}
    rows = [_actor_row(actor, True) for actor in given.values()]
    known = connection.execute("SELECT id, label, code FROM actor WHERE NOT given").fetchall()
    stored = {key: (label, code) for key, label, code in known}
    for key in sorted(said.keys() - given.keys()):
        # The same of all that was ever said, in whatever order it came.
        best = min(said[key] | ({stored[key]} if key in stored else set()), key=lambda pair: (-len(pair[0]), pair))
        if best == stored.get(key):
            continue
        label, code = best
        kind = ActorKind.PERSON if key.startswith("person.") else ActorKind.SECTOR if ":" in key else ActorKind.GROUP
        country, _, sector = key.partition(":") if ":" in key else ("", "", "")
        rows.append(_actor_row(Actor(key, kind, label, code, country or None, sector or None), False))
    _store(connection, rows, given.values())


def store_given(
    connection: duckdb.DuckDBPyConnection, lookup: Callable[[Iterable[str]], Iterable[Actor]], ids: Sequence[str]
) -> None:
    """Store the records that ``lookup`` has of the given actors; one that it has not is known by its id only."""
    given = {actor.id: actor for actor in lookup(ids) if actor.id in ids}
    known = {row[0] for row in connection.execute("SELECT id FROM actor").fetchall()}
    rows = [_actor_row(actor, True) for actor in given.values()]
    for key in ids:
        if key not in given and key not in known:
            kind = ActorKind.PERSON if key.startswith("person.") else ActorKind.GROUP
            rows.append(_actor_row(Actor(key, kind, key, key), False))
    _store(connection, rows, given.values())


def _store(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], given: Iterable[Actor]) -> None:
    if not rows:
        return
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    connection.register("_rows", arrow(columns, ACTOR))
    # What the gazetteer gives is never replaced by what an article says.
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE kept AS
        SELECT r.* FROM _rows r ANTI JOIN (SELECT id FROM actor WHERE given) a ON a.id = r.id AND NOT r.given
        """
    )
    connection.execute("DELETE FROM actor WHERE id IN (SELECT id FROM kept)")
    connection.execute("DELETE FROM alias WHERE actor IN (SELECT id FROM kept WHERE given)")
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO actor ({names}) SELECT {names} FROM kept ORDER BY id")
    connection.unregister("_rows")
    connection.execute("DROP TABLE temp.kept")
    names_of = [(a.id, n.name, n.begin, n.end) for a in given for n in a.aliases]
    if names_of:
        columns = dict(zip(ALIAS, map(list, zip(*names_of, strict=True)), strict=True))
        connection.register("_rows", arrow(columns, ALIAS))
        connection.execute("INSERT INTO alias SELECT DISTINCT * FROM _rows ORDER BY ALL")
        connection.unregister("_rows")


def _actor_row(actor: Actor, given: bool) -> dict[str, Any]:
    return {
        "id": actor.id,
        "kind": actor.kind.value,
        "label": actor.label,
        "code": actor.code,
        "country": actor.country,
        "sector": actor.sector,
        "wikidata": actor.wikidata,
        "region": actor.region,
        "given": given,
    }
