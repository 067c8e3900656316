"""What a picture of the network is made from: actors, events, and the reports that prove them.

The page, the static picture and the benchmarks know only these records, never the store: a test makes them by hand, a
graph by :meth:`NetworkData.of`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.model import Actor, ActorKind, Event

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["Link", "NetworkData", "Report", "plain_text"]

# Control characters can't stand in SVG, nor halves of surrogate pairs in UTF-8; marks of writing direction would let
# one text rearrange its neighbours.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def plain_text(text: str) -> str:
    """The text with a blank for every character that no page should carry; offsets stay the same.

    >>> plain_text("a\\x00b\\u202ec")
    'a b c'
    """
    return _UNSEEN.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Report:
    """One article's words for an event.

    ``trigger`` holds the offsets of the trigger in ``quote``, end exclusive, or None where it is not inside.
    ``source_agent`` and ``target_agent`` name the person, office or body that acted, if the words do.
    """

    title: str
    quote: str
    published: dt.date
    publisher: str | None = None
    url: str | None = None
    trigger: tuple[int, int] | None = None
    source_agent: str | None = None
    target_agent: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """All events from one actor to another: how many, and their mean score (-10 to 10)."""

    source: str
    target: str
    count: int
    score: float


@dataclass(frozen=True)
class NetworkData:
    """Actors by id, events, and reports by event id; a plain value.

    ``title`` is used where none is given for the page; ``note`` is a sentence on how the events were chosen.
    """

    actors: Mapping[str, Actor]
    events: Sequence[Event]
    reports: Mapping[str, Sequence[Report]] = field(default_factory=dict)
    title: str = "Network of events"
    note: str = ""

    @classmethod
    def of(cls, graph: Graph, **select: Any) -> NetworkData:
        """The events of ``graph`` that fit ``select`` (the filters of :meth:`kg.graph.Graph.events`), with evidence.

        Raises:
            QueryError: an unknown actor, category or other value, or a malformed date.
        """
        from kg.view.from_graph import network_data

        return network_data(graph, **select)

    @classmethod
    def from_records(
        cls,
        actors: Iterable[Actor],
        events: Iterable[Event],
        reports: Mapping[str, Sequence[Report]] | None = None,
        **rest: str,
    ) -> NetworkData:
        """Data from plain records; an actor that only events name is added under its id.

        Raises:
            QueryError: two actors or two events share an id.
        """
        known: dict[str, Actor] = {}
        for actor in actors:
            if actor.id in known:
                raise QueryError(f"actor {actor.id!r} is given twice; give each actor once")
            known[actor.id] = actor
        listed = list(events)
        if len({event.id for event in listed}) < len(listed):
            raise QueryError("two events share an id; give each event once")
        for event in listed:
            for name in (event.source, event.target):
                if name is not None and name not in known:
                    known[name] = unknown_actor(name)
        return cls(known, listed, dict(reports or {}), **rest)

    def links(self, level: str = "actor") -> list[Link]:
        """One link for each ordered pair that has an event between them, those with most events first.

        With ``level="country"`` all actors of a country count as the country. Targetless events make no link.
        """
        sums: dict[tuple[str, str], list[float]] = {}
        for event in self.events:
            if event.target is None:
                continue
            pair = (event.source, event.target)
            if level == "country":
                pair = (self.country(pair[0]), self.country(pair[1]))
            entry = sums.setdefault(pair, [0, 0.0])
            entry[0] += 1
            entry[1] += event.score
        links = [Link(a, b, int(count), total / count) for (a, b), (count, total) in sums.items()]
        return sorted(links, key=lambda link: (-link.count, link.source, link.target))

    def country(self, actor: str) -> str:
        """The id that an actor has at the level of countries: its country, else itself."""
        return self.actors[actor].country or actor

    def replace(self, **changes: Any) -> NetworkData:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


def unknown_actor(name: str) -> Actor:
    """A stand-in for an actor of which only the id is known.

    >>> unknown_actor("IRN:CVL").country, unknown_actor("IRN:CVL").kind.value
    ('IRN', 'sector')
    """
    head, colon, sector = name.partition(":")
    if colon:
        return Actor(name, ActorKind.SECTOR, name, name, country=head, sector=sector)
    return Actor(name, ActorKind.ORGANISATION, name, name)
