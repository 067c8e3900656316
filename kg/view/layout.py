"""Where actors stand: grouped by region on a schematic map of the world, near those they deal with.

Three steps, all with fixed seeds, so that the same data give the same picture everywhere:

1. regions are discs, as large as they have actors, that start from their place on a map and push each other apart
   (a circular cartogram after Dorling 1996);
2. actors are drawn to their region and to their partners by the spring model of Fruchterman and Reingold (1991, as in
   networkx); of more than :data:`CORE` actors the most active are placed so, the others around their main partner;
3. actors that would cover each other are moved apart.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

from kg.errors import ResourceError
from kg.model import Actor
from kg.view.data import Link

__all__ = ["CORE", "HEIGHT", "WIDTH", "layout", "region_anchors", "satellites"]

WIDTH, HEIGHT = 1000.0, 760.0
"""Size of the picture of up to sixty actors, in the page's pixels at scale 1; more actors get more room."""

CORE = 300
"""So many of the most active actors are placed by springs, whose time grows with the square of their number."""

_GAP = 44.0
"""Least distance of two minor actors, in pixels: a sign and a name beneath it. The heaviest need three times that."""

_SEED = 20180101
_GOLDEN = math.pi * (3 - math.sqrt(5))

Points = dict[str, tuple[float, float]]


@functools.cache
def region_anchors() -> dict[str, tuple[float, float]]:
    """The place of each region, x to the right and y down, about -1 to 1.

    Raises:
        ResourceError: the shipped table is missing or malformed.
    """
    try:
        text = resources.files("kg.view").joinpath("regions.tsv").read_text("utf-8")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return {row["region"]: (float(row["x"]), float(row["y"])) for row in csv.DictReader(lines, delimiter="\t")}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ResourceError(f"kg/view/regions.tsv can't be used ({error}); reinstall the package") from error


def layout(actors: Mapping[str, Actor], links: Sequence[Link]) -> Points:
    """A place for every actor, in pixels, centred on (0, 0), x to the right and y down."""
    if not actors:
        return {}
    weight = dict.fromkeys(sorted(actors), 0.0)
    for link in links:
        weight[link.source] += link.count
        weight[link.target] += link.count
    # Whoever neither deals with anybody nor belongs anywhere has nothing to stand by, and springs would drive it away.
    lonely = {name for name in weight if not weight[name] and _region(actors, name) is None}
    ranked = sorted(weight.keys() - lonely, key=lambda name: (-weight[name], name))
    core = ranked[:CORE]
    regions = {name: _region(actors, name) for name in core}
    homes = {name: actors[name].country for name in core}
    points: dict[str, np.ndarray[Any, Any]] = {}
    if core:
        points = _springs(core, links, regions, _discs(list(regions.values())), homes)
        points = _spread(points, weight, _room(len(core)))
    if len(ranked) > len(core):
        points = _around(points, ranked[len(core) :], links, _room(len(core)))
    points.update(_in_rows(sorted(lonely), points))
    return {name: (float(x), float(y)) for name, (x, y) in points.items()}


def _in_rows(lonely: Sequence[str], points: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Places in rows beneath all others, as wide as these."""
    if not lonely:
        return {}
    left, right, low = -WIDTH / 2, WIDTH / 2, 0.0
    if points:
        place = np.array(list(points.values()))
        (left, _), (right, low) = place.min(axis=0), place.max(axis=0)
    across = max(1, int((right - left) // (3.5 * _GAP)))
    out = {}
    for index, name in enumerate(lonely):
        row, column = divmod(index, across)
        inside = min(across, len(lonely) - row * across)
        x = (left + right) / 2 + (column - (inside - 1) / 2) * 3.5 * _GAP
        out[name] = np.array([x, low + (row + 1) * 1.5 * _GAP]).round(1)
    return out


def _region(actors: Mapping[str, Actor], name: str) -> str | None:
    actor = actors[name]
    if actor.region is None and actor.country is not None and actor.country in actors:
        actor = actors[actor.country]
    return actor.region if actor.region in region_anchors() else None


def _room(count: int) -> tuple[float, float]:
    growth = max(1.0, math.sqrt(count / 60))
    return WIDTH * growth, HEIGHT * growth


def _discs(members: list[str | None]) -> dict[str, np.ndarray[Any, Any]]:
    """Centres of the regions that have members, pushed apart until their discs do not overlap."""
    anchors = region_anchors()
    names = sorted({name for name in members if name is not None})
    if not names:
        return {}
    centre = np.array([anchors[name] for name in names], dtype=float) * (1.5, 1.0)
    size = np.array([math.sqrt(members.count(name)) for name in names])
    # The discs together fill about half of the map, however few regions there are.
    radius = size * math.sqrt(0.5 * 6.0 / (math.pi * float((size**2).sum())))
    for _ in range(200):
        apart = centre[:, None, :] - centre[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(names))
        overlap = np.maximum(0, radius[:, None] + radius[None, :] - distance) * (1 - np.eye(len(names)))
        move = (apart / distance[..., None] * (overlap / 2)[..., None]).sum(axis=1)
        # A slight pull inward keeps few regions from drifting to the rims of an empty map.
        centre = centre + 0.5 * move - 0.01 * centre
    return dict(zip(names, centre, strict=True))


def _springs(
    core: Sequence[str],
    links: Sequence[Link],
    regions: Mapping[str, str | None],
    centres: Mapping[str, np.ndarray[Any, Any]],
    homes: Mapping[str, str | None],
) -> dict[str, np.ndarray[Any, Any]]:
    import networkx as nx

    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(core)
    inside = set(core)
    for link in links:
        if link.source != link.target and link.source in inside and link.target in inside:
            before = graph.get_edge_data(link.source, link.target, {"weight": 0.0})["weight"]
            graph.add_edge(link.source, link.target, weight=before + link.count)
    heaviest = max((data["weight"] for _, _, data in graph.edges(data=True)), default=1.0)
    for _, _, data in graph.edges(data=True):
        data["weight"] = 0.6 * math.sqrt(data["weight"] / heaviest)
    for name, home in homes.items():
        if home is not None and home != name and home in inside:
            graph.add_edge(name, home, weight=1.0)  # the civilians of a country stand by it
    start: dict[str, Any] = {}
    seen: dict[str | None, int] = {}
    for name in core:
        region = regions[name]
        turn = seen[region] = seen.get(region, -1) + 1
        around = np.array([math.cos(turn * _GOLDEN), math.sin(turn * _GOLDEN)]) * 0.06 * math.sqrt(turn)
        start[name] = centres[region] + around if region is not None else around * 2
        if region is not None:
            graph.add_edge(name, ("region", region), weight=2.0)
    fixed = [("region", region) for region in centres]
    start.update({("region", region): centre for region, centre in centres.items()})
    placed = nx.spring_layout(
        graph,
        k=1.1 / math.sqrt(len(core)),
        pos=start,
        fixed=fixed or None,
        iterations=60,
        weight="weight",
        seed=_SEED,
        method="force",
    )
    return {name: np.asarray(placed[name], dtype=float) for name in core}


def _spread(
    points: Mapping[str, np.ndarray[Any, Any]], weight: Mapping[str, float], room: tuple[float, float]
) -> dict[str, np.ndarray[Any, Any]]:
    """The points scaled to fill the room, then moved apart where they are too close for their signs and names."""
    names = list(points)
    place = np.array([points[name] for name in names])
    # Half of a coordinate is its rank: that opens a crowded middle and reins in far outliers, and keeps the order.
    rank = place.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / max(1, len(names) - 1) * 2 - 1
    middle = np.median(place, axis=0)
    reach = np.maximum(np.abs(place - middle).max(axis=0), 1e-9)
    place = ((place - middle) / reach + rank) / 2
    place = place / np.maximum(np.abs(place).max(axis=0), 1e-9) * (np.array(room) / 2)
    # Coinciding points need a direction to part; the golden angle gives each its own.
    turns = np.arange(len(names)) * _GOLDEN
    place = place + np.stack([np.cos(turns), np.sin(turns)], axis=1) * 0.5
    heaviest = max((weight[name] for name in names), default=0.0) or 1.0
    size = _GAP / 2 + _GAP * np.sqrt(np.array([weight[name] for name in names]) / heaviest)
    need = size[:, None] + size[None, :]
    limit = np.array(room) / 2
    for _ in range(200):
        apart = place[:, None, :] - place[None, :, :]
        # Names are wider than high, so neighbours side by side need more room than one above the other.
        distance = np.hypot(apart[..., 0] / 1.4, apart[..., 1]) + np.eye(len(names)) * 1e9
        overlap = np.maximum(0, need - distance)
        if not overlap.any():
            break
        unit = apart / np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-9)[..., None]
        place = np.clip(place + (unit * (overlap * 0.25)[..., None]).sum(axis=1), -limit, limit)
    return {name: place[index].round(1) for index, name in enumerate(names)}


def _around(
    points: Mapping[str, np.ndarray[Any, Any]], rest: Sequence[str], links: Sequence[Link], room: tuple[float, float]
) -> dict[str, np.ndarray[Any, Any]]:
    """The less active actors on spirals around the strongest partner that has a place, or else along the rim."""
    partners: dict[str, list[str]] = {}
    for link in links:  # strongest first
        partners.setdefault(link.source, []).append(link.target)
        partners.setdefault(link.target, []).append(link.source)
    placed = dict(points)
    satellites: dict[str | None, int] = {}
    # The spirals of all core actors together may cover about the whole picture.
    pitch = 0.5 * math.sqrt(room[0] * room[1] / (len(rest) + len(points)))
    for name in rest:
        hub = next((partner for partner in partners.get(name, ()) if partner in placed), None)
        turn = satellites[hub] = satellites.get(hub, 0) + 1
        angle = turn * _GOLDEN
        if hub is not None:
            step = pitch * (1.5 + math.sqrt(turn))
            placed[name] = placed[hub] + np.array([math.cos(angle), math.sin(angle)]) * step
        else:
            placed[name] = np.array([math.cos(angle) * room[0], math.sin(angle) * room[1]]) * 0.56
    return {name: place.round(1) for name, place in placed.items()}


def satellites(points: Points, homes: Mapping[str, tuple[str, float]]) -> Points:
    """Places for those who act for an actor that has one: around it, clear of each other and of all actors.

    ``homes`` holds by name for whom one acts, and how often; the more active stand nearer. The first free place on a
    spiral of golden angles is taken.
    """
    taken = np.array(list(points.values()) or [(1e9, 1e9)], dtype=float)
    turns: dict[str, int] = {}
    out: Points = {}
    for name in sorted(homes, key=lambda name: (-homes[name][1], name)):
        home = homes[name][0]
        middle = np.array(points.get(home, (0.0, 0.0)))
        while True:
            turn = turns[home] = turns.get(home, 0) + 1
            angle = turn * _GOLDEN
            place = middle + np.array([1.4 * math.cos(angle), math.sin(angle)]) * _GAP * 0.55 * (1 + math.sqrt(turn))
            apart = taken - place
            if (np.hypot(apart[:, 0] / 1.4, apart[:, 1]) >= 0.8 * _GAP).all():
                break
        taken = np.vstack([taken, place])
        out[name] = (round(float(place[0]), 1), round(float(place[1]), 1))
    return out
