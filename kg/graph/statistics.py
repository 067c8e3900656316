"""For statistics: similar actors and bursts of events; panels are in :mod:`kg.graph.panel`."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence

from kg.errors import QueryError
from kg.graph.analysis import too_vague
from kg.graph.called import check_sides
from kg.graph.events import Actors
from kg.graph.filters import Conditions
from kg.graph.groups import several
from kg.graph.panel import PanelReader
from kg.graph.results import Table
from kg.graph.store import alive
from kg.graph.window import BUCKETS, Day, buckets, window
from kg.ontology import ontology

__all__ = ["StatisticsReader", "bursts_of"]


class StatisticsReader(PanelReader):
    """The part of a graph that makes tables for further statistics."""

    def similar(
        self,
        actor: Actors,
        since: Day | None = None,
        until: Day | None = None,
        limit: int = 10,
        as_of: Day | None = None,
    ) -> Table:
        """Actors that treat, and are treated by, the same others in the same way.

        Cosine similarity (0 to 1) of event counts by partner, direction and quad class, each count as log(1 + n).

        Raises:
            QueryError: an unknown actor, several for one name, or a malformed date.
        """
        ids = self.resolve(actor)
        if len(ids) != 1:
            raise QueryError(f"similar compares one actor with all others, but {several(actor, ids)}; choose one")
        with self.read() as connection:
            check_sides(connection, ids)
            where = Conditions([alive(self.seq(connection, as_of), "e"), "e.status = 'actual'"])
            where.add("e.target IS NOT NULL")
            where.window(since, until)
            rows = connection.execute(
                f"SELECT source, target, mutual, category, count(*) FROM event e WHERE {where.sql} GROUP BY ALL",
                where.values,
            ).fetchall()
            names = {row[0]: row[1:] for row in connection.execute("SELECT id, code, label FROM actor").fetchall()}
        profiles: dict[str, dict[tuple[str, str, int], float]] = defaultdict(lambda: defaultdict(float))
        for source, target, mutual, category, count in rows:
            quad = ontology().quad(category)
            profiles[source][target, "both" if mutual else "does", quad] += count
            profiles[target][source, "both" if mutual else "gets", quad] += count
        own = profiles.get(ids[0], {})
        found = [
            (
                *names.get(key, (key, key)),
                round(_cosine(own, profile), 4),
                len({p for p, _, _ in own.keys() & profile.keys()}),
            )
            for key, profile in profiles.items()
            if key != ids[0]
        ]
        found = sorted((row for row in found if row[2] > 0), key=lambda row: (-row[2], row[0]))[:limit]
        return Table(["actor", "label", "similarity", "common_partners"], found)

    def bursts(
        self,
        since: Day | None = None,
        until: Day | None = None,
        every: str = "month",
        min_events: int = 5,
        limit: int | None = 20,
        as_of: Day | None = None,
    ) -> Table:
        """Times in which a pair of actors had abruptly more events than its share of all events lets expect.

        Kleinberg's two-state automaton for batched arrivals (Bursty and Hierarchical Structure in Streams, 2002): the
        burst state expects twice the usual share, entering it costs log(n). ``weight`` is the likelihood gained;
        ``score`` is the mean in the burst, ``usual`` that of the pair outside of it.

        Raises:
            QueryError: an unknown unit, or a malformed date.
        """
        if every not in BUCKETS:
            raise QueryError(f"{every!r} is not a unit of time; use one of {', '.join(BUCKETS)}")
        span = window(since, until)
        with self.read() as connection:
            where = Conditions([alive(self.seq(connection, as_of), "e"), "e.status = 'actual'"])
            where.add(f"e.target IS NOT NULL AND e.begin_day IS NOT NULL AND NOT {too_vague(every)}")
            where.window(since, until)
            rows = connection.execute(
                f"""
                SELECT coalesce(s.code, e.source) AS a, coalesce(t.code, e.target) AS b,
                       CAST(date_trunc('{every}', e.begin_day) AS DATE) AS start, count(*), sum(e.score)
                FROM event e LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
                WHERE {where.sql} GROUP BY ALL
                """,
                where.values,
            ).fetchall()
        pairs: dict[tuple[str, str], dict[dt.date, tuple[int, float]]] = defaultdict(dict)
        totals: dict[dt.date, int] = defaultdict(int)
        for one, other, start, count, score in rows:
            totals[start] += count
            if one != other:
                told = pairs[min(one, other), max(one, other)]
                before = told.get(start, (0, 0.0))
                told[start] = (before[0] + count, before[1] + score)
        if not totals:
            return Table(_BURST, [])
        # An event may have begun before the window that its span overlaps.
        grid = buckets(min(totals), span.until or max(totals), every)
        everything = [totals[start] for start in grid]
        out = []
        for (a, b), told in pairs.items():
            number, sum_of_all = (sum(column) for column in zip(*told.values(), strict=True))
            if number < min_events:
                continue
            counts = [told[start][0] if start in told else 0 for start in grid]
            for first, last, weight in bursts_of(counts, everything):
                inside = sum(counts[first : last + 1])
                score = sum(told[start][1] for start in grid[first : last + 1] if start in told)
                usual = round((sum_of_all - score) / (number - inside), 4) if number > inside else None
                mean = round(score / inside, 4) if inside else None
                out.append((a, b, grid[first], grid[last], int(inside), round(weight, 4), mean, usual))
        out.sort(key=lambda row: (-row[5], row[0], row[1], row[2]))
        return Table(_BURST, out if limit is None else out[:limit])


_BURST = ["a", "b", "begin", "last", "events", "weight", "score", "usual"]


def bursts_of(
    counts: Sequence[int], totals: Sequence[int], ratio: float = 2.0, gamma: float = 1.0
) -> list[tuple[int, int, float]]:
    """First and last place of each burst, and its weight, in a series of relevant counts among totals.

    Kleinberg (2002), section on batched arrivals, with two states; solved exactly by dynamic programming.

    >>> [(first, last) for first, last, _ in bursts_of([1, 1, 9, 8, 1, 0], [20] * 6)]
    [(2, 3)]
    """
    n, relevant, total = len(counts), sum(counts), sum(totals)
    if not relevant or not total:
        return []
    usual = relevant / total
    high = min(usual * ratio, 0.9999)
    if high <= usual:
        return []
    enter = gamma * math.log(n) if n > 1 else gamma

    def cost(share: float, place: int) -> float:
        r, d = counts[place], totals[place]
        return -(r * math.log(share) + (d - r) * math.log(1 - share)) if d else 0.0

    best = [0.0, enter]
    came: list[tuple[int, int]] = []
    for place in range(n):
        low_from = 0 if best[0] <= best[1] else 1
        high_from = 1 if best[1] <= best[0] + enter else 0
        came.append((low_from, high_from))
        low = best[low_from] + cost(usual, place)
        up = (best[1] if high_from else best[0] + enter) + cost(high, place)
        best = [low, up]
    state = 0 if best[0] <= best[1] else 1
    states = []
    for place in reversed(range(n)):
        states.append(state)
        state = came[place][state]
    states.reverse()
    out: list[tuple[int, int, float]] = []
    start: int | None = None
    for place in range(n + 1):
        inside = place < n and states[place] == 1
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            weight = sum(cost(usual, p) - cost(high, p) for p in range(start, place))
            out.append((start, place - 1, weight))
            start = None
    return out


def _cosine(a: dict[tuple[str, str, int], float], b: dict[tuple[str, str, int], float]) -> float:
    x, y = ({key: math.log1p(value) for key, value in side.items()} for side in (a, b))
    norm = math.sqrt(sum(v * v for v in x.values()) * sum(v * v for v in y.values()))
    return sum(x[key] * y[key] for key in sorted(x.keys() & y.keys())) / norm if norm else 0.0
