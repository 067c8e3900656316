"""The graph as a network: snapshots in a window, paths, neighbours, rank.

A network counts actual events unless asked. An event without a target is a loop marked ``targetless``; it says
something of its source and nothing of a relation, so it is left out of paths and centrality.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.called import check_sides
from kg.graph.events import ORDERS, Actors, select_events
from kg.graph.filters import Conditions
from kg.graph.groups import several
from kg.graph.levels import LEVELS, agent_code, agents, at_level, check_level, homes
from kg.graph.query import QueryReader
from kg.graph.results import Table
from kg.graph.store import alive
from kg.graph.window import Day, Window, expand, window
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb
    import networkx as nx

__all__ = ["LEVELS", "MEASURES", "NetworkReader", "Span", "bounds"]

Span = Day | tuple[Day | None, Day | None]
"""A window: one full or partial date, or a pair of which either side may be open."""

_PLACED = ("actor", "country")
MEASURES = ("degree", "in-degree", "out-degree", "betweenness", "pagerank")


def bounds(span: Span) -> tuple[Day | None, Day | None]:
    """Since and until of a window.

    >>> bounds("2023-06")
    (datetime.date(2023, 6, 1), datetime.date(2023, 6, 30))

    Raises:
        QueryError: not a date.
    """
    if isinstance(span, tuple):
        since, until = span
        return since, until
    return expand(span)


class NetworkReader(QueryReader):
    """The part of a graph that answers with networks."""

    def to_networkx(
        self,
        since: Day | None = None,
        until: Day | None = None,
        level: str = "actor",
        weighted: bool = False,
        status: str | None = "actual",
        min_confidence: float | None = None,
        as_of: Day | None = None,
        actor: Actors | None = None,
        among: Actors | None = None,
    ) -> nx.MultiDiGraph | nx.DiGraph:
        """Events of a window as a network of actors.

        A MultiDiGraph has one edge for each event, its id as key and its fields as attributes, dates as ISO text. With
        ``weighted`` a DiGraph has one edge for each ordered pair: ``weight`` (events), ``score`` (their mean),
        ``first`` (the day on which the first begins), ``last`` (the last day of any; of one that goes on, its first)
        and ``categories`` (counts by name); mutual events count in both directions. Nodes have ``label``, ``code``,
        ``kind``, ``country``, ``region``. ``level`` ``country`` puts all actors of a country into one node, ``agent``
        takes the named persons and offices that acted where the articles name them
        (:mod:`kg.graph.levels`). With ``actor`` only events in which it takes part, with ``among`` only those between
        some of them.

        Raises:
            QueryError: an unknown level, actor or status, or a malformed date.
        """
        import networkx as nx

        check_level(level)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            where = Conditions([alive(seq, "e")])
            self.actor_conditions(connection, where, actor=actor, among=among, level=level, seq=seq)
            where.window(since, until)
            where.coded(status=status)
            where.counted(min_confidence=min_confidence)
            if weighted and level != "agent":
                return _weighted(connection, where, level, seq)
            found = select_events(connection, where.sql, where.values, ORDERS["begin"], None)
        rows = found.to_arrow().to_pylist()
        nodes = self._nodes(rows, level, as_of)
        graph = nx.MultiDiGraph()
        for row in rows:
            source = nodes[row["id"], "source"]
            target = nodes[row["id"], "target"] if row["target"] is not None else source
            for key, attributes in (source, target):
                graph.add_node(key, **attributes)
            graph.add_edge(source[0], target[0], key=row["id"], **_edge(row))
        return weigh(graph) if weighted else graph

    def snapshot(
        self,
        window: Span,
        level: str = "actor",
        status: str | None = "actual",
        as_of: Day | None = None,
        actor: Actors | None = None,
        among: Actors | None = None,
    ) -> nx.DiGraph:
        """The weighted network of a day or window; see :meth:`to_networkx`.

        Raises:
            QueryError: an unknown level, or a malformed date.
        """
        since, until = bounds(window)
        graph = self.to_networkx(
            since, until, level, weighted=True, status=status, as_of=as_of, actor=actor, among=among
        )
        graph.graph.update(since=str(since or ""), until=str(until or ""))
        return graph

    def neighbours(
        self,
        actor: Actors,
        since: Day | None = None,
        until: Day | None = None,
        as_of: Day | None = None,
        level: str = "actor",
    ) -> Table:
        """With whom an actor dealt in a window: events given, received and mutual, mean score, first and last day.

        ``first`` is the day on which the first of the events begins, ``last`` the last day of any of them (its first
        where it goes on). ``level`` is actor or country.

        Raises:
            QueryError: an unknown actor or level, or a malformed date.
        """
        check_level(level, _PLACED)
        names = [actor] if isinstance(actor, (str, Actor)) else list(actor)
        own = self._placed(names, level, as_of, window(since, until))
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        told = self.events(actor=names, since=since, until=until, status="actual", as_of=as_of, level=level)
        for row in told.to_arrow().to_pylist():
            if row["target"] is None:
                continue
            here = row["source"] in own
            other = "target" if here else "source"
            if row[other] in own:
                continue
            way = "mutual" if row["mutual"] else "given" if here else "received"
            found[row[other]].append({**row, "way": way, "code": row[other + "_code"], "label": row[other + "_label"]})
        out = []
        for key, rows in found.items():
            ways = [row["way"] for row in rows]
            days = [row["begin_day"] for row in rows if row["begin_day"]]
            ends = [row["end_day"] or row["begin_day"] for row in rows if row["begin_day"]]
            out.append(
                (
                    rows[0]["code"], rows[0]["label"], len(rows), ways.count("given"), ways.count("received"),
                    ways.count("mutual"), round(sum(row["score"] for row in rows) / len(rows), 2),
                    min(days, default=None), max(ends, default=None),
                    key,
                )
            )  # fmt: skip
        out.sort(key=lambda row: (-row[2], row[0]))
        columns = ["actor", "label", "events", "given", "received", "mutual", "score", "first", "last"]
        return Table(columns, [row[:-1] for row in out])

    def path(
        self,
        a: Actors,
        b: Actors,
        since: Day | None = None,
        until: Day | None = None,
        limit: int = 3,
        as_of: Day | None = None,
        level: str = "actor",
    ) -> Table:
        """How two actors are connected: the shortest chains of events, those with the most events first.

        One row for each link of each chain, with the best reported event on it; no rows if nothing connects them.
        ``level`` is actor or country.

        Raises:
            QueryError: an unknown actor or level, several actors for one name, or a malformed date.
        """
        import networkx as nx

        check_level(level, _PLACED)
        (start,), (end,) = (_single(side, sorted(self._placed(side, level, as_of))) for side in (a, b))
        multi = without_loops(self.to_networkx(since, until, level=level, as_of=as_of))
        columns = ["chain", "step", "source", "category", "target", "begin", "events", "score", "publishers", "event"]
        if start not in multi or end not in multi:
            return Table(columns, [])
        plain = nx.Graph()
        for source, target in multi.edges():
            weight = plain.get_edge_data(source, target, {"weight": 0})["weight"]
            plain.add_edge(source, target, weight=weight + 1)
        try:
            chains = list(itertools.islice(nx.all_shortest_paths(plain, start, end), 1000))
        except nx.NetworkXNoPath:
            return Table(columns, [])
        chains.sort(
            key=lambda chain: (-min((plain[x][y]["weight"] for x, y in itertools.pairwise(chain)), default=0), chain)
        )
        rows: list[tuple[Any, ...]] = []
        for number, chain in enumerate(chains[:limit], 1):
            for step, (x, y) in enumerate(itertools.pairwise(chain), 1):
                links = [
                    (u, v, key, data)
                    for u, v in ((x, y), (y, x))
                    for key, data in (multi.get_edge_data(u, v) or {}).items()
                ]
                u, v, key, best = min(links, key=lambda link: (-link[3]["publishers"], -link[3]["confidence"], link[2]))
                code = multi.nodes
                mean = round(sum(link[3]["score"] for link in links) / len(links), 2)
                rows.append(
                    (number, step, code[u]["code"], best["category"], code[v]["code"], best["begin"], len(links), mean,
                     best["publishers"], key)
                )  # fmt: skip
        return Table(columns, rows)

    def rank(
        self,
        by: str = "degree",
        since: Day | None = None,
        until: Day | None = None,
        limit: int | None = 20,
        level: str = "actor",
        as_of: Day | None = None,
    ) -> Table:
        """Actors by their place in the network of a window.

        ``degree`` counts events with others (``in-degree`` those received, ``out-degree`` those done); ``betweenness``
        is the share of shortest paths that lead through an actor, with frequent links counted as short (Brandes 2001);
        ``pagerank`` is weighted by events (Brin and Page 1998).

        Raises:
            QueryError: an unknown measure or level, or a malformed date.
        """
        import networkx as nx

        if by not in MEASURES:
            raise QueryError(f"measure {by!r} is unknown; use one of {', '.join(MEASURES)}")
        multi = without_loops(self.to_networkx(since, until, level=level, as_of=as_of))
        graph = weigh(multi)
        values: dict[str, float]
        match by:
            case "degree":
                values = dict(multi.degree())
            case "in-degree":
                values = dict(graph.in_degree(weight="weight"))
            case "out-degree":
                values = dict(graph.out_degree(weight="weight"))
            case "betweenness":
                for _, _, data in graph.edges(data=True):
                    data["distance"] = 1 / data["weight"]
                values = nx.betweenness_centrality(graph, weight="distance")
            case _:
                values = nx.pagerank(graph, weight="weight") if len(graph) else {}
        order = sorted(values, key=lambda node: (-round(values[node], 9), graph.nodes[node]["code"]))
        rows = [
            (place, graph.nodes[node]["code"], graph.nodes[node]["label"], round(values[node], 6))
            for place, node in enumerate(order, 1)
        ]
        return Table(["rank", "actor", "label", by], rows if limit is None else rows[:limit])

    def _placed(
        self,
        names: Actors,
        level: str,
        as_of: Day | None,
        span: Window = Window(),  # noqa: B008 - frozen
    ) -> set[str]:
        """The nodes that actors are at a level."""
        with self.read() as connection:
            ids = self._resolve(connection, names, span=span)
            home = {}
            if level == "country":
                home = dict(connection.execute(homes(self.seq(connection, as_of))).fetchall())
            placed = {home.get(key, key) for key in ids}
            check_sides(connection, sorted(placed))
        return placed

    def _nodes(
        self, rows: list[dict[str, Any]], level: str, as_of: Day | None
    ) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
        """Node and its attributes for each side of each event."""
        with self.read() as connection:
            known = _actors(connection)
            seq = self.seq(connection, as_of)
            acted = agents(connection, seq) if level == "agent" else {}
            home = dict(connection.execute(homes(seq)).fetchall()) if level == "country" else {}
        out = {}
        for row in rows:
            for side in ("source", "target"):
                key = row[side]
                if key is None:
                    continue
                attributes = known.get(key) or _unknown(key, "group")
                if home.get(key, key) != key:
                    key = home[key]
                    attributes = known.get(key) or {**attributes, "label": key, "code": key, "kind": "state"}
                elif agent := acted.get((row["id"], side)):
                    key, label = agent
                    attributes = {**attributes, "label": label, "code": agent_code(key, label), "kind": "person"}
                out[row["id"], side] = (key, {name: value or "" for name, value in attributes.items()})
        return out


def _weighted(connection: duckdb.DuckDBPyConnection, where: Conditions, level: str, seq: int | None) -> nx.DiGraph:
    """The same as :func:`weigh` gives of the events ``e`` that are chosen, counted in the database."""
    import networkx as nx

    rows = connection.execute(
        f"""
        WITH told AS (
            SELECT e.source AS a, coalesce(e.target, e.source) AS b, e.mutual, e.score, e.begin_day,
                   CASE WHEN e.begin_day IS NOT NULL THEN coalesce(e.end_day, e.begin_day) END AS last_day,
                   e.category, e.target IS NULL AS alone
            FROM {at_level(level, seq)} e WHERE {where.sql}
        ), ways AS (
            SELECT a, b, score, begin_day, last_day, category, alone FROM told
            UNION ALL
            SELECT b, a, score, begin_day, last_day, category, alone FROM told WHERE mutual AND a <> b
        ), kinds AS (
            SELECT a, b, category, count(*) AS events, sum(score) AS score, min(begin_day) AS first,
                   max(last_day) AS last, bool_and(alone) AS alone
            FROM ways GROUP BY a, b, category
        )
        SELECT a, b, CAST(sum(events) AS BIGINT), round(sum(score) / sum(events), 4), min(first), max(last),
               bool_and(alone), list((category, events) ORDER BY category)
        FROM kinds GROUP BY a, b ORDER BY a, b
        """,
        where.values,
    ).fetchall()
    known = _actors(connection)
    graph = nx.DiGraph()
    for key in sorted({key for row in rows for key in row[:2]}):
        attributes = known.get(key) or _unknown(key, "state" if level == "country" else "group")
        graph.add_node(key, **{name: value or "" for name, value in attributes.items()})
    for a, b, weight, score, first, last, alone, kinds in rows:
        graph.add_edge(
            a, b, weight=weight, score=score, first=first.isoformat() if first else "",
            last=last.isoformat() if last else "", categories=dict(kinds), targetless=alone,
        )  # fmt: skip
    return graph


def _actors(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    names = ("label", "code", "kind", "country", "region")
    rows = connection.execute(f"SELECT id, {', '.join(names)} FROM actor").fetchall()
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _unknown(key: str, kind: str) -> dict[str, Any]:
    return {"label": key, "code": key, "kind": kind, "country": None, "region": None}


def _edge(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": row["category"],
        "mode": row["mode"] or "",
        "status": row["status"],
        "score": row["score"],
        "begin": row["begin_day"].isoformat() if row["begin_day"] else "",
        "end": row["end_day"].isoformat() if row["end_day"] else "",
        "precision": row["precision"],
        "mutual": row["mutual"],
        "targetless": row["target"] is None,
        "confidence": row["confidence"],
        "publishers": row["publishers"],
        "mentions": row["mentions"],
    }


def weigh(multi: nx.MultiDiGraph) -> nx.DiGraph:
    """One edge for each ordered pair, with counts and mean score; mutual events count both ways."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(multi.nodes(data=True))
    events: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for source, target, data in multi.edges(data=True):
        events[source, target].append(data)
        if data["mutual"] and source != target:
            events[target, source].append(data)
    for (source, target), told in sorted(events.items()):
        categories: dict[str, int] = defaultdict(int)
        for data in told:
            categories[data["category"]] += 1
        days = sorted(data["begin"] for data in told if data["begin"])
        ends = sorted(data["end"] or data["begin"] for data in told if data["begin"])
        graph.add_edge(
            source,
            target,
            weight=len(told),
            score=round(sum(data["score"] for data in told) / len(told), 4),
            first=days[0] if days else "",
            last=ends[-1] if ends else "",
            categories=dict(sorted(categories.items())),
            targetless=all(data["targetless"] for data in told),
        )
    return graph


def without_loops(multi: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The network without loops, targetless or domestic; actors that only had loops are gone."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for source, target, key, data in multi.edges(keys=True, data=True):
        if source != target:
            graph.add_node(source, **multi.nodes[source])
            graph.add_node(target, **multi.nodes[target])
            graph.add_edge(source, target, key=key, **data)
    return graph


def _single(given: Actors, ids: list[str]) -> tuple[str]:
    if len(ids) != 1:
        raise QueryError(f"a path leads from one actor to one other, but {several(given, ids)}; choose one")
    return (ids[0],)
