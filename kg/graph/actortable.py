"""The actors that a graph knows: what the gazetteer gives, else what articles say of them."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.schema import ACTOR, ALIAS, arrow
from kg.model import Actor, ActorKind

if TYPE_CHECKING:
    import duckdb

__all__ = ["name_others", "store_actors", "store_corrected"]


def store_actors(
    connection: duckdb.DuckDBPyConnection,
    seq: int,
    lookup: Callable[[Iterable[str]], Iterable[Actor]],
) -> None:
    """Bring the records of all actors up to date that ingest ``seq`` touched.

    ``lookup`` gives the records of the ids that it is asked for, as far as it has them; the others get what the
    articles say of them.
    """
    said = {row[0] for row in connection.execute(_SAID, {"seq": seq}).fetchall() if row[0]}
    withdrawn = connection.execute(
        """
        SELECT unnest([source, target, source_agent_id, target_agent_id]) AS id FROM mention WHERE retracted = $seq
        UNION SELECT unnest([actor, person_id]) FROM role WHERE retracted = $seq
        """,
        {"seq": seq},
    ).fetchall()
    given = [actor for actor in lookup(sorted(said)) if actor.id in said]
    _store_given(connection, given)
    name_others(connection, said | {row[0] for row in withdrawn if row[0] is not None})


_SAID = """
    SELECT source FROM mention WHERE recorded = $seq UNION SELECT target FROM mention WHERE recorded = $seq
    UNION SELECT source_agent_id FROM mention WHERE recorded = $seq AND source_agent <> ''
    UNION SELECT target_agent_id FROM mention WHERE recorded = $seq AND target_agent <> ''
    UNION SELECT unnest([actor, person_id]) FROM role WHERE recorded = $seq
"""
"""Ids of all whom the rows name that an ingest brought."""


def store_corrected(
    connection: duckdb.DuckDBPyConnection, lookup: Callable[[Iterable[str]], Iterable[Actor]], ids: Iterable[str]
) -> None:
    """Bring the records of actors up to date that corrections, come or gone, put in.

    One that has a record keeps it: the coder's gazetteer goes before the one of this call.
    """
    wanted = set(ids)
    have = {row[0] for row in connection.execute("SELECT id FROM actor WHERE given").fetchall()}
    missing = sorted(wanted - have)
    _store_given(connection, [actor for actor in lookup(missing) if actor.id in missing])
    name_others(connection, wanted)


def name_others(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> None:
    """Write the records of those of ``ids`` that no gazetteer gave.

    Label and code are the longest that a current mention or role has; of an actor that only corrections put in they are
    its id; of one that nothing current names they are what former articles called it, so that questions ``as_of`` an
    earlier day are answered in their words. That makes them a function of the rows, whatever order they came in.
    """
    connection.register("_ids", arrow({"id": sorted(set(ids))}, {"id": "VARCHAR"}))
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE asked AS
        SELECT id FROM _ids ANTI JOIN (SELECT id FROM actor WHERE given) g USING (id)
        """
    )
    connection.unregister("_ids")
    asked = [row[0] for row in connection.execute("SELECT id FROM asked ORDER BY id").fetchall()]
    if asked:
        called = {key: names for key, *names in connection.execute(_CALLED).fetchall()}
        corrected = _corrected(connection)
        rows = []
        for key in asked:
            label, code, current = called.get(key, (key, key, False))
            if not current and key in corrected:
                label = code = key
            kind = ActorKind.SECTOR if ":" in key else ActorKind.GROUP
            kind = ActorKind.PERSON if key.startswith("person.") else kind
            country, _, sector = key.partition(":") if ":" in key else ("", "", "")
            rows.append(_actor_row(Actor(key, kind, label, code, country or None, sector or None), False))
        _insert(connection, rows)
    connection.execute("DROP TABLE temp.asked")


_CALLED = """
    SELECT id, label, code, now FROM (
        SELECT *, row_number() OVER (PARTITION BY id ORDER BY now DESC, length(label) DESC, label, code) AS place
        FROM (
            SELECT source AS id, source_label AS label, source_code AS code, retracted IS NULL AS now
            FROM mention SEMI JOIN asked ON asked.id = source
            UNION SELECT target, target_label, target_code, retracted IS NULL
            FROM mention SEMI JOIN asked ON asked.id = target
            UNION SELECT source_agent_id, source_agent, source_agent_id, retracted IS NULL
            FROM mention SEMI JOIN asked ON asked.id = source_agent_id WHERE source_agent <> ''
            UNION SELECT target_agent_id, target_agent, target_agent_id, retracted IS NULL
            FROM mention SEMI JOIN asked ON asked.id = target_agent_id WHERE target_agent <> ''
            UNION SELECT actor, actor, split_part(code, ':', 1), retracted IS NULL
            FROM role SEMI JOIN asked ON asked.id = actor
            UNION SELECT person_id, person, person_id, retracted IS NULL
            FROM role SEMI JOIN asked ON asked.id = person_id))
    WHERE place = 1
"""
"""What articles call the actors in ``asked``, and whether a current one does."""


def _corrected(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Actors that a correction in force puts in."""
    rows = connection.execute("SELECT DISTINCT change FROM correction WHERE retracted IS NULL").fetchall()
    changes = [json.loads(row[0]) for row in rows]
    return {change[side] for change in changes for side in ("source", "target") if change.get(side)}


def _store_given(connection: duckdb.DuckDBPyConnection, actors: Sequence[Actor]) -> None:
    if not actors:
        return
    _insert(connection, [_actor_row(actor, True) for actor in actors])
    connection.execute("DELETE FROM alias WHERE actor IN (SELECT unnest(?::VARCHAR[]))", [[a.id for a in actors]])
    names_of = [(a.id, n.name, n.begin, n.end) for a in actors for n in a.aliases]
    if names_of:
        columns = dict(zip(ALIAS, map(list, zip(*names_of, strict=True)), strict=True))
        connection.register("_rows", arrow(columns, ALIAS))
        connection.execute("INSERT INTO alias SELECT DISTINCT * FROM _rows ORDER BY ALL")
        connection.unregister("_rows")


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Put records in the place of those with their ids."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    connection.register("_rows", arrow(columns, ACTOR))
    connection.execute("DELETE FROM actor WHERE id IN (SELECT id FROM _rows)")
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO actor ({names}) SELECT {names} FROM _rows ORDER BY id")
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
