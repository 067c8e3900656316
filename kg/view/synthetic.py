"""Made-up networks of any size, for trying the page out and for measuring it. Nothing in them is true."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence

from kg.model import Actor, ActorKind, Event, Precision, Status, TimeOrigin
from kg.ontology import ontology
from kg.view.data import NetworkData, Report

__all__ = ["synthetic"]

_FIRST_DAY = dt.date(2024, 1, 1)
_PUBLISHERS = ("Daily Sample", "Example Times", "The Specimen", "Placeholder Post", "Model Herald")
_REGIONS = ("Eastern Asia", "Western Asia", "Northern Europe", "South America", "Western Africa")
_NEAR = 0.6
"""Share of events that stay inside a region."""

_STATUSES = [Status.ACTUAL] * 16 + [Status.FUTURE] * 2 + [Status.HYPOTHETICAL, Status.NEGATED]


def synthetic(
    actors: int | Sequence[Actor] = 60, events: int = 3000, *, days: int = 730, links: int | None = None, seed: int = 1
) -> NetworkData:
    """``events`` random events between ``actors`` over ``days`` days from 2024 on; the same seed gives the same events.

    Few actors take part in most events, as in the news. ``links`` bounds the number of ordered pairs; without it pairs
    are drawn anew for each event.
    """
    chance = random.Random(seed)  # noqa: S311
    people = [_actor(index) for index in range(actors)] if isinstance(actors, int) else list(actors)
    weights = list(itertools.accumulate(1 / (1 + index) ** 0.7 for index in range(len(people))))
    pairs = [_pair(people, weights, chance) for _ in range(links or events)]
    if links:
        # Each pair once before any pair twice, so that small numbers of events show all links.
        pairs = [pairs[index % len(pairs)] for index in range(events)]
    categories = list(ontology().categories.values())
    out, reports = [], {}
    for index, (source, target) in enumerate(pairs):
        category = chance.choice(categories)
        mode = chance.choice([None, *category.modes])
        day = _FIRST_DAY + dt.timedelta(days=chance.randrange(days))
        publishers = 1 + min(4, int(chance.expovariate(1)))
        # An actor that meets itself becomes an event without a target.
        other = None if source is target else target
        out.append(_event(f"synthetic{index:07d}", source, other, category.name, mode, day, publishers, chance))
        reports[out[-1].id] = [_report(source, other, category.name, day, index)]
    return NetworkData.from_records(people, out, reports, title=f"{events:,} made-up events")


def _pair(people: Sequence[Actor], weights: Sequence[float], chance: random.Random) -> tuple[Actor, Actor]:
    source, target = chance.choices(people, cum_weights=weights, k=2)
    # Neighbours deal with each other more: a few more draws until the other side is of the same region.
    tries = 4 if chance.random() < _NEAR else 0
    while tries and target.region != source.region:
        target, tries = chance.choices(people, cum_weights=weights)[0], tries - 1
    return source, target


def _actor(index: int) -> Actor:
    kind = ActorKind.STATE if index % 6 else ActorKind.ORGANISATION
    region = None if kind is ActorKind.ORGANISATION else _REGIONS[index % len(_REGIONS)]
    return Actor(f"A{index:05d}", kind, f"Actor {index + 1}", f"A{index:05d}", region=region)


def _event(
    name: str,
    source: Actor,
    target: Actor | None,
    category: str,
    mode: str | None,
    day: dt.date,
    publishers: int,
    chance: random.Random,
) -> Event:
    return Event(
        id=name,
        source=source.id,
        target=target.id if target else None,
        source_sector=None,
        target_sector=None,
        mutual=category in ("CONSULT", "COOPERATE") and chance.random() < 0.5,
        category=category,
        mode=mode,
        contexts=("diplomatic",) if chance.random() < 0.5 else ("military", "economic"),
        begin=day,
        end=day,
        precision=Precision.DAY,
        time_origin=TimeOrigin.TEXT,
        status=chance.choice(_STATUSES),
        score=ontology().score(category, mode),
        mentions=publishers,
        articles=publishers,
        publishers=publishers,
        first_reported=day,
        last_reported=day,
        confidence=round(0.4 + 0.59 * chance.random(), 2),
        group=name,
    )


def _report(source: Actor, target: Actor | None, category: str, day: dt.date, index: int) -> Report:
    verb = category.lower()
    quote = f"{source.label} {verb} {target.label if target else 'alone'}, officials said on {day}."
    start = len(source.label) + 1
    return Report(
        title=f"{source.label}: report {index}",
        quote=quote,
        published=day,
        publisher=_PUBLISHERS[index % len(_PUBLISHERS)],
        url=f"https://news.example/{index}",
        trigger=(start, start + len(verb)),
    )
