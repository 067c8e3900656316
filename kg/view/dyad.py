"""What a report on two actors is made from: their events, the words that prove them, counts, and who is around them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph.analysis import Timeline
from kg.graph.events import Actors
from kg.graph.groups import group_name
from kg.graph.store import alive
from kg.graph.window import Day, window
from kg.model import Actor, Event, Status
from kg.view.bars import unit_for
from kg.view.data import NetworkData, Report
from kg.view.from_graph import actors_of, reports_of
from kg.view.span import trimmed, usual

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["DyadData", "Source"]

AROUND = 12
"""Actors beside the pair in the small network."""

LISTED = 1_000
"""Events with words on a report at most; of more, the best reported."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article that tells of at least one event of the pair; ``events`` is of how many."""

    title: str
    published: dt.date
    publisher: str | None
    url: str | None
    events: int


@dataclass(frozen=True)
class DyadData:
    """Everything on a report, as plain values; a test makes it by hand, a graph by :meth:`of`.

    ``a`` and ``b`` are the ids of either side, ``names`` what they are called. ``events`` are of any status, in order
    of time, ``timeline`` counts the actual ones. ``updated`` is when the graph learned something last.
    """

    a: Sequence[str]
    b: Sequence[str]
    names: tuple[str, str]
    labels: Mapping[str, str]
    events: Sequence[Event]
    reports: Mapping[str, Sequence[Report]]
    sources: Sequence[Source]
    timeline: Timeline
    around: NetworkData
    beyond: str = ""
    """How many events lie so far from all others that the timeline leaves them out, in words."""
    window: tuple[str, str] = ("", "")
    updated: dt.datetime | None = None

    @property
    def actual(self) -> list[Event]:
        """The events that took place."""
        return [event for event in self.events if event.status is Status.ACTUAL]

    @classmethod
    def of(
        cls,
        graph: Graph,
        a: Actors,
        b: Actors,
        *,
        since: Day | None = None,
        until: Day | None = None,
        every: str | None = None,
        as_of: Day | None = None,
    ) -> DyadData:
        """The events between ``a`` and ``b`` in a window; ``every`` is the bucket of the timeline (else a fitting one).

        A group such as ``"group:EU"`` stands for those who belonged to it on the day of the event.

        Raises:
            QueryError: an unknown actor or unit, a malformed date, twice the same actor, or no event between them.
        """
        given = _listed(a), _listed(b)
        meant = graph.resolve(given[0]), graph.resolve(given[1])
        names = _name(_labels(graph, given[0])), _name(_labels(graph, given[1]))
        if set(meant[0]) & set(meant[1]):
            raise QueryError(f"{names[0]} and {names[1]} are not two sides; a report is about two different actors")
        span = window(since, until)
        found = list(graph.events(between=given, since=since, until=until, as_of=as_of))
        if not found:
            within = f" in {span}" if span.since or span.until else ""
            raise QueryError(f"no events between {names[0]} and {names[1]}{within}; widen the window or add articles")
        took_part = {key for event in found for key in (event.source, event.target)}
        sides = [key for key in meant[0] if key in took_part], [key for key in meant[1] if key in took_part]
        actors = actors_of(graph, [*sides[0], *sides[1]])
        days = [event.begin for event in found if event.begin] or [graph.info(as_of=as_of)["last"] or dt.date.today()]
        first, last = usual(days) or (days[0], days[0])
        every = every or unit_for(span.since or first, span.until or last)
        timeline = graph.timeline(*given, every=every, since=since, until=until, as_of=as_of)
        shown, beyond = trimmed(timeline) if since is None and until is None else (timeline, "")
        return cls(
            a=sides[0],
            b=sides[1],
            names=names,
            labels={name: actor.label for name, actor in actors.items()},
            events=found,
            reports=reports_of(graph, best(found, LISTED), as_of),
            sources=_sources(graph, found, as_of),
            timeline=shown,
            beyond=beyond,
            around=_around(graph, sides, names, since, until, as_of),
            window=(str(span.since or ""), str(span.until or "")),
            updated=graph.info(as_of=as_of)["updated"],
        )


def _listed(names: Actors) -> list[str | Actor]:
    return [names] if isinstance(names, (str, Actor)) else list(names)


def _labels(graph: Graph, names: Sequence[str | Actor]) -> list[str]:
    """What the actors and groups of a side are called."""
    out: list[str] = []
    for name in names:
        if isinstance(name, str) and graph.resolver is None and (group := group_name(name)) is not None:
            out.append(f"{group} members")
        else:
            ids = graph.resolve(name)
            known = actors_of(graph, ids)
            out += [known[key].label for key in ids]
    return out


def _name(labels: Sequence[str]) -> str:
    """What a side is called: the label of its actor, or of the first few."""
    return " · ".join(labels) if len(labels) <= 3 else f"{labels[0]}, {labels[1]} and {len(labels) - 2} more"


def best(events: Sequence[Event], most: int) -> list[Event]:
    """At most so many events, those with most publishers and confidence, in their former order."""
    if len(events) <= most:
        return list(events)
    ranked = sorted(events, key=lambda event: (-event.publishers, -event.confidence, event.id))
    kept = {event.id for event in ranked[:most]}
    return [event for event in events if event.id in kept]


def _around(
    graph: Graph,
    sides: tuple[list[str], list[str]],
    names: tuple[str, str],
    since: Day | None,
    until: Day | None,
    as_of: Day | None,
) -> NetworkData:
    """The pair, those that it has most events with, and what happened among all of them."""
    pair = [*sides[0], *sides[1]]
    met: Counter[str] = Counter()
    for event in graph.events(actor=pair, since=since, until=until, status="actual", targetless=False, as_of=as_of):
        met.update({event.source, event.target or event.source} - set(pair))
    chosen = [*pair, *sorted(met, key=lambda name: (-met[name], name))[:AROUND]]
    inside = graph.events(
        source=chosen, target=chosen, since=since, until=until, status="actual", targetless=False, as_of=as_of
    )
    return NetworkData(actors_of(graph, chosen), list(inside), {}, f"Around {names[0]} and {names[1]}")


def _sources(graph: Graph, events: Sequence[Event], as_of: Day | None) -> list[Source]:
    """The articles that tell of the events, earliest first."""
    with graph.read() as connection:
        seq = graph.seq(connection, as_of)
        rows = connection.execute(
            f"""
            SELECT a.title, a.published, a.publisher, a.url, count(DISTINCT l.event)
            FROM event_mention l
            JOIN (SELECT unnest(?::VARCHAR[]) AS id) wanted ON wanted.id = l.event
            JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
            JOIN article a ON a.id = m.article AND {alive(seq, "a")}
            WHERE {alive(seq, "l")}
            GROUP BY a.id, a.title, a.published, a.publisher, a.url ORDER BY a.published, a.publisher, a.id
            """,  # noqa: S608
            [[event.id for event in events]],
        ).fetchall()
    return [Source(title or "", day, publisher, url, count) for title, day, publisher, url, count in rows]
