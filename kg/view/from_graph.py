"""Reading what a network shows out of a graph: events, their actors, and all their evidence in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.store import alive
from kg.graph.window import Day
from kg.model import Actor, ActorKind, Event
from kg.view.data import NetworkData, Report, unknown_actor

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["actors_of", "network_data", "reports_of"]

_MOST = 8
"""Reports read of one event; a page shows fewer."""


def network_data(graph: Graph, **select: Any) -> NetworkData:
    """The events that fit ``select`` (see :meth:`kg.graph.Graph.events`), with actors and reports.

    Raises:
        QueryError: an unknown filter value or a malformed date.
    """
    found = graph.events(**select)
    events = list(found)
    as_of = select.get("as_of")
    ids = {name for event in events for name in (event.source, event.target) if name is not None}
    chosen = {name: value for name, value in select.items() if value is not None}
    note = "Chosen by " + ", ".join(f"{name} = {value}" for name, value in chosen.items()) + "." if chosen else ""
    return NetworkData(actors_of(graph, ids), events, reports_of(graph, found, as_of), _title(select), note)


_LONG = 24
"""Characters from which an organisation's name is too long for a label."""


def _title(select: dict[str, Any]) -> str:
    since, until = select.get("since"), select.get("until")
    span = f" {since or '…'} to {until or '…'}" if since or until else ""
    return f"Events between political actors{span}"


def _shown(ident: str, kind: str, label: str | None, code: str | None) -> str:
    """The name on the picture: organisations with a long name go by their usual short one (NATO, ASEAN)."""
    name = label or ident
    return code if kind == ActorKind.ORGANISATION and code and len(name) > _LONG else name


def actors_of(graph: Graph, ids: Iterable[str]) -> dict[str, Actor]:
    """The actors of these ids and the countries that they belong to; an id unknown to the graph names itself."""
    wanted = set(ids)
    with graph.read() as connection:
        rows = connection.execute(
            "SELECT id, kind, label, code, country, sector, wikidata, region FROM actor"
        ).fetchall()
    known = {
        row[0]: Actor(row[0], ActorKind(row[1]), _shown(*row[:4]), row[3] or row[0], *row[4:]) for row in sorted(rows)
    }
    chosen = {name: known.get(name) or unknown_actor(name) for name in sorted(wanted)}
    for actor in list(chosen.values()):
        if actor.country and actor.country in known:
            chosen.setdefault(actor.country, known[actor.country])
    return chosen


def reports_of(graph: Graph, events: Iterable[Event], as_of: Day | None = None) -> dict[str, Sequence[Report]]:
    """The reports of every event, earliest first; copies of an article by the same publisher are left out."""
    wanted = {event.id: event for event in events}
    with graph.read() as connection:
        seq = graph.seq(connection, as_of)
        rows = connection.execute(
            f"""
            SELECT event, source, title, quote, published, publisher, url, trigger_start - quote_start,
                   trigger_end - quote_start, source_agent, target_agent, coalesce(b.label, attribution)
            FROM (
                SELECT l.event, m.source, a.title, m.quote, a.published, a.publisher, a.url,
                       m.trigger_start, m.trigger_end, m.quote_start, m.source_agent, m.target_agent, m.attribution,
                       row_number() OVER (PARTITION BY l.event, coalesce(a.publisher, ''), coalesce(c.grp, a.id)
                                          ORDER BY m.confidence DESC, a.published, m.id) AS again,
                       row_number() OVER (PARTITION BY l.event ORDER BY a.published, a.publisher, m.id) AS place
                FROM event_mention l
                JOIN (SELECT unnest(?::VARCHAR[]) AS id) wanted ON wanted.id = l.event
                JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
                JOIN article a ON a.id = m.article AND {alive(seq, "a")}
                LEFT JOIN copy c ON c.article = a.id
                WHERE {alive(seq, "l")})
            LEFT JOIN actor b ON b.id = attribution
            WHERE again = 1
            ORDER BY event, place
            """,  # noqa: S608
            [list(wanted)],
        ).fetchall()
    out: dict[str, list[Report]] = {}
    for key, told_by, title, quote, published, publisher, url, start, end, source, target, said_by in rows:
        reports = out.setdefault(key, [])
        if len(reports) < _MOST:
            trigger = (start, end) if start is not None and end is not None else None
            # A mutual event has its sides in alphabetical order, its mentions have them as they are told.
            event = wanted[key]
            if event.mutual and told_by == event.target != event.source:
                source, target = target, source
            reports.append(
                Report(title or "", quote or "", published, publisher, url, trigger, source, target, said_by)
            )
    return {event: tuple(reports) for event, reports in out.items()}
