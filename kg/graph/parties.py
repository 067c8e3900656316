"""Who takes part in an event, as conditions: actors, groups in the days of their membership, countries, agents."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.called import check_sides
from kg.graph.filters import Conditions, marks
from kg.graph.groups import Member, group_name, members
from kg.graph.levels import acting, at_level, homes
from kg.graph.store import alive
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb

__all__ = ["Parties", "choose", "is_plain", "take_part"]

_DAY = "coalesce(e.begin_day, e.first_reported)"
"""The day on which a member of a group must have been one."""


@dataclass(slots=True)
class Parties:
    """Alternatives for one side of an event: members of groups (actors for all time among them), and agents."""

    members: list[Member] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    def condition(self, side: str, seq: int | None) -> tuple[str, list[Any]]:
        """SQL over the event ``e`` that one of them is on this side, and the values to bind."""
        parts: list[str] = []
        values: list[Any] = []
        spans = sorted(self.members, key=lambda m: (str(m.begin), str(m.end), m.actor))
        for (begin, end), same in itertools.groupby(spans, key=lambda m: (m.begin, m.end)):
            ids = list(dict.fromkeys(m.actor for m in same))
            part = [f"e.{side} IN ({marks(ids)})"]
            values += ids
            for sign, day in ((">=", begin), ("<=", end)):
                if day is not None:
                    part.append(f"{_DAY} {sign} ?")
                    values.append(day)
            parts.append(" AND ".join(part))
        if self.agents:
            named = f"(key IN ({marks(self.agents)}) OR lower(name) IN ({', '.join(['lower(?)'] * len(self.agents))}))"
            parts.append(f"e.id IN (SELECT event FROM ({acting(seq)}) WHERE side = '{side}' AND {named})")
            values += [*self.agents, *self.agents]
        return f"({' OR '.join(parts)})", values


def is_plain(names: object) -> bool:
    """Whether actors are given one by one, without a group among them."""
    wanted: Any = [names] if isinstance(names, str | Actor) else names
    return not any(isinstance(name, str) and group_name(name) is not None for name in wanted)


def choose(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str | Actor],
    lookup: Callable[[str | Actor], list[str]],
    level: str,
    seq: int | None,
    grouped: bool,
) -> Parties:
    """Who is meant by ``names``, groups among them where ``grouped``; ``lookup`` gives the ids of single actors.

    Raises:
        QueryError: a name fits no actor, group or agent, or at another level only an agent.
    """
    out = Parties()
    for name in names:
        group = group_name(name) if grouped and isinstance(name, str) else None
        if group is not None:
            out.members += members(group)
            continue
        agent = level == "agent" and isinstance(name, str) and _is_agent(connection, name, seq)
        if agent:
            out.agents.append(str(name).strip())
        try:
            found = lookup(name)
        except QueryError:
            if not agent:
                raise
            continue
        out.members += [Member(key) for key in found]
        if level == "agent":
            out.agents += [key for key in found if key.startswith("person.")]
    if level == "country":
        home = dict(connection.execute(homes(seq)).fetchall())
        out.members = [Member(home.get(m.actor, m.actor), m.begin, m.end) for m in out.members]
    if level != "agent":
        check_sides(connection, [m.actor for m in out.members])
    return out


def _is_agent(connection: duckdb.DuckDBPyConnection, name: str, seq: int | None) -> bool:
    condition = " OR ".join(f"{side}_agent_id = $1 OR lower({side}_agent) = lower($1)" for side in ("source", "target"))
    query = f"SELECT 1 FROM mention WHERE {alive(seq)} AND ({condition}) LIMIT 1"
    return bool(connection.execute(query, [name.strip()]).fetchall())


def take_part(
    where: Conditions,
    source: Parties | None,
    target: Parties | None,
    actor: Parties | None,
    among: Parties | None,
    between: tuple[Parties, Parties] | None,
    level: str,
    seq: int | None,
) -> None:
    """Add to ``where`` that the parties take part, each on its side, or mutual events the other way too."""
    found = Conditions([alive(seq, "e")])

    def side(name: str, parties: Parties | None) -> tuple[str, list[Any]]:
        return parties.condition(name, seq) if parties is not None else ("true", [])

    def both(one: Parties | None, other: Parties | None) -> tuple[str, list[Any]]:
        (first, own), (second, more) = side("source", one), side("target", other)
        return f"{first} AND {second}", own + more

    if source is not None or target is not None:
        (plain, own), (turned, more) = both(source, target), both(target, source)
        found.add(f"({plain} OR {turned} AND e.mutual)", *own, *more)
    if actor is not None:
        (left, own), (right, more) = side("source", actor), side("target", actor)
        found.add(f"({left} OR {right})", *own, *more)
    if between is not None:
        (plain, own), (turned, more) = both(*between), both(*between[::-1])
        found.add(f"({plain} OR {turned})", *own, *more)
    if among is not None:
        text, values = both(among, among)
        found.add(f"(e.target IS NULL AND {side('source', among)[0]} OR {text})", *side("source", among)[1], *values)
    # Countries are compared at their level; agents beside the actors that they act for.
    rolled = at_level("country", seq) if level == "country" else "event"
    where.add(f"e.id IN (SELECT e.id FROM {rolled} e WHERE {found.sql})", *found.values)
