"""What source and target of an event are taken to be: the actors, their countries, or the agents that acted for them.

*Country*: everything of a country is that country, its sectors, groups and bodies as well as a person who was only seen
in offices of that one country; what has no country stays itself. *Agent*: the person, office or body that most mentions
name on that side; where none is named, the actor.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.store import alive

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = [
    "LEVELS",
    "acting",
    "agent_code",
    "agents",
    "at_level",
    "check_level",
    "homes",
    "names",
    "shown",
    "shown_code",
]

LEVELS = ("actor", "country", "agent")


def check_level(level: str, levels: tuple[str, ...] = LEVELS) -> None:
    """Refuse a level that there is not.

    Raises:
        QueryError: it is none of ``levels``.
    """
    if level not in levels:
        raise QueryError(f"level {level!r} is unknown; use one of {', '.join(levels)}")


def homes(seq: int | None) -> str:
    """SQL for ``id`` and ``country`` of all actors that have one."""
    return f"""
        SELECT a.id, coalesce(a.country, p.country) AS country FROM actor a
        LEFT JOIN (SELECT r.person_id, min(x.country) AS country FROM role r JOIN actor x ON x.id = r.actor
                   WHERE {alive(seq, "r")} AND r.person_id IS NOT NULL
                   GROUP BY r.person_id HAVING min(x.country) = max(x.country)) p ON p.person_id = a.id
        WHERE coalesce(a.country, p.country) IS NOT NULL
    """


def acting(seq: int | None) -> str:
    """SQL for ``event``, ``side``, ``key`` and ``name`` of each agent that a mention names, one row a mention.

    ``key`` is the agent's id, else made of the actor and the name: officials of one state are not those of another.
    """
    sides = " UNION ALL ".join(
        f"""
        SELECT event, CASE WHEN swapped THEN '{other}' ELSE '{side}' END AS side,
               coalesce({side}_agent_id, concat('agent.', CASE WHEN swapped THEN {other} ELSE {side} END, '/',
                                                {side}_agent)) AS key, {side}_agent AS name
        FROM told WHERE {side}_agent <> ''
        """
        for side, other in (("source", "target"), ("target", "source"))
    )
    return f"""
        WITH told AS (
            SELECT l.event, e.source, coalesce(e.target, e.source) AS target, m.source_agent, m.source_agent_id,
                   m.target_agent, m.target_agent_id,
                   coalesce(e.source <> e.target AND (m.source = e.target OR m.target = e.source), false) AS swapped
            FROM event_mention l JOIN event e ON e.id = l.event AND {alive(seq, "e")}
            JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
            WHERE {alive(seq, "l")} AND (m.source_agent <> '' OR m.target_agent <> ''))
        {sides}
    """


def _foremost(seq: int | None) -> str:
    return f"""
        SELECT event, side, key, name FROM (
            SELECT event, side, key, name, row_number() OVER (
                       PARTITION BY event, side ORDER BY count(*) DESC, key, name) AS place
            FROM ({acting(seq)}) GROUP BY event, side, key, name)
        WHERE place = 1
    """


def at_level(level: str, seq: int | None) -> str:
    """SQL for the table ``event`` with source and target as ``level`` wants them."""
    if level == "actor":
        return "event"
    sides = []
    for side in ("source", "target"):
        condition = f"{side}_at.id = o.{side}"
        if level == "agent":
            condition = f"{side}_at.event = o.id AND {side}_at.side = '{side}' AND o.{side} IS NOT NULL"
        sides.append(f"LEFT JOIN ({homes(seq) if level == 'country' else _foremost(seq)}) {side}_at ON {condition}")
    value = "country" if level == "country" else "key"
    replaced = ", ".join(f"coalesce({side}_at.{value}, o.{side}) AS {side}" for side in ("source", "target"))
    return f"(SELECT o.* REPLACE ({replaced}) FROM event o {' '.join(sides)} WHERE {alive(seq, 'o')})"


def shown_code(actor: str, key: str) -> str:
    """SQL for the code of an actor, for the name of a person, or for what an agent without an id is called.

    ``actor`` is the alias of its row, ``key`` its id. An agent "agent.RUS/Foreign Ministry" reads "Foreign Ministry
    (RUS)".
    """
    code = f"CASE WHEN {actor}.kind = 'person' THEN {actor}.label ELSE {actor}.code END"
    return rf"coalesce({code}, regexp_replace({key}, '^agent\.([^/]+)/(.*)$', '\2 (\1)'))"


def agent_code(key: str, name: str) -> str:
    """The code of an agent, as :func:`shown_code` gives it.

    >>> agent_code("agent.RUS/Foreign Ministry", "Foreign Ministry"), agent_code("person.ann-doe", "Ann Doe")
    ('Foreign Ministry (RUS)', 'Ann Doe')
    """
    principal = key.removeprefix("agent.").partition("/")[0]
    return f"{name} ({principal})" if key.startswith("agent.") else name


def agents(connection: duckdb.DuckDBPyConnection, seq: int | None) -> dict[tuple[str, str], tuple[str, str]]:
    """For each side of each event for which one is named: key and name of the agent that most mentions name."""
    return {(event, side): (key, name) for event, side, key, name in connection.execute(_foremost(seq)).fetchall()}


def names(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """Code and label of all actors."""
    rows = connection.execute("SELECT id, code, label FROM actor").fetchall()
    return {key: (code, label) for key, code, label in rows}


def shown(connection: duckdb.DuckDBPyConnection, events: pa.Table, level: str, seq: int | None) -> pa.Table:
    """Events, as Arrow, with source and target, their codes and labels as ``level`` wants them."""
    import pyarrow as pa

    if level == "actor":
        return events
    place: Callable[[str, str, str], tuple[str, str, str]]
    called = names(connection)
    if level == "country":
        home = dict(connection.execute(homes(seq)).fetchall())

        def place(event: str, side: str, key: str) -> tuple[str, str, str]:
            country = home.get(key, key)
            return (country, *called.get(country, (country, country)))
    else:
        acted = agents(connection, seq)

        def place(event: str, side: str, key: str) -> tuple[str, str, str]:
            agent, name = acted.get((event, side), (key, ""))
            return (agent, agent_code(agent, name), name) if name else (key, *called.get(key, (key, key)))

    ids: list[Any] = events.column("id").to_pylist()
    for side in ("source", "target"):
        keys = events.column(side).to_pylist()
        found = [(None,) * 3 if key is None else place(event, side, key) for event, key in zip(ids, keys, strict=True)]
        for position, column in enumerate((side, f"{side}_code", f"{side}_label")):
            values = pa.array([one[position] for one in found], pa.string())
            events = events.set_column(events.schema.get_field_index(column), column, values)
    return events
