"""For statistics: similar actors, bursts of events, balanced panels."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence

from kg.errors import QueryError
from kg.graph.analysis import FINENESS, QUADS, AnalysisReader
from kg.graph.events import Actors
from kg.graph.results import Table
from kg.graph.window import BUCKETS, Day, bucket_start, buckets, window
from kg.model import Precision
from kg.ontology import ontology

__all__ = ["StatisticsReader", "bursts_of"]


class StatisticsReader(AnalysisReader):
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
            raise QueryError(f"similar compares one actor with all others, but {', '.join(ids)} were given; choose one")
        rows = (
            self.events(since=since, until=until, status="actual", targetless=False, as_of=as_of).to_arrow().to_pylist()
        )
        profiles: dict[str, dict[tuple[str, str, int], float]] = defaultdict(lambda: defaultdict(float))
        names: dict[str, tuple[str, str]] = {}
        for row in rows:
            quad = ontology().quad(row["category"])
            for side, other, way in (("source", "target", "does"), ("target", "source", "gets")):
                names[row[side]] = (row[side + "_code"], row[side + "_label"])
                profiles[row[side]][row[other], "both" if row["mutual"] else way, quad] += 1
        own = profiles.get(ids[0], {})
        found = [
            (*names[key], round(_cosine(own, profile), 4), len({p for p, _, _ in own.keys() & profile.keys()}))
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
        span = window(since, until)
        rows = (
            self.events(since=since, until=until, status="actual", targetless=False, as_of=as_of).to_arrow().to_pylist()
        )
        pairs: dict[tuple[str, str], list[tuple[dt.date, float]]] = defaultdict(list)
        totals: dict[dt.date, int] = defaultdict(int)
        for row in rows:
            place = BUCKETS.index(every) if every in BUCKETS else -1
            if row["begin_day"] is None or FINENESS[Precision(row["precision"])] > place >= 0:
                continue
            start = bucket_start(row["begin_day"], every)
            totals[start] += 1
            if row["source"] != row["target"]:
                a, b = sorted((row["source_code"], row["target_code"]))
                pairs[a, b].append((start, row["score"]))
        if not totals:
            return Table(_BURST, [])
        grid = buckets(span.since or min(totals), span.until or max(totals), every)
        out = []
        for (a, b), told in pairs.items():
            if len(told) < min_events:
                continue
            counts: dict[dt.date, int] = defaultdict(int)
            for start, _ in told:
                counts[start] += 1
            for first, last, weight in bursts_of([counts[s] for s in grid], [totals[s] for s in grid]):
                inside = [score for start, score in told if grid[first] <= start <= grid[last]]
                outside = [score for start, score in told if not grid[first] <= start <= grid[last]]
                usual = round(sum(outside) / len(outside), 4) if outside else None
                mean = round(sum(inside) / len(inside), 4)
                out.append((a, b, grid[first], grid[last], len(inside), round(weight, 4), mean, usual))
        out.sort(key=lambda row: (-row[5], row[0], row[1], row[2]))
        return Table(_BURST, out if limit is None else out[:limit])

    def panel(
        self,
        unit: str = "dyad-month",
        since: Day | None = None,
        until: Day | None = None,
        directed: bool = True,
        actors: Actors | None = None,
        states: bool = True,
        as_of: Day | None = None,
    ) -> Table:
        """A balanced table for statistics: one row for every dyad (or actor) and period, zeros included.

        ``unit`` is ``dyad-`` or ``actor-`` followed by day, week, month, quarter or year. Counts of actual events by
        quad class, ``score`` as sum and ``mean``. Dyads are those with an event in the window; of ``actors`` only where
        given, of states only where ``states``. Undirected dyads are in order of code; mutual events count in both
        directions.

        Raises:
            QueryError: an unknown unit or actor, or a malformed date.
        """
        kind, _, every = unit.partition("-")
        if kind not in ("dyad", "actor") or every not in BUCKETS:
            raise QueryError(f"unit {unit!r} is unknown; use dyad-month, actor-year and the like")
        span = window(since, until)
        chosen = set(self.resolve(actors)) if actors is not None else None
        rows = self.events(
            since=since, until=until, status="actual", targetless=None if kind == "actor" else False, as_of=as_of
        )
        kinds = {row["id"]: row["kind"] for row in self.actors().to_dicts()} if states else {}
        cells: dict[tuple[tuple[str, ...], dt.date], list[tuple[int, float]]] = defaultdict(list)
        for row in rows.to_arrow().to_pylist():
            if row["begin_day"] is None or FINENESS[Precision(row["precision"])] > BUCKETS.index(every):
                continue
            sides = [(row["source"], row["source_code"]), (row["target"], row["target_code"])]
            if row["target"] is None:
                sides = sides[:1]
            if states and any(kinds.get(key) != "state" for key, _ in sides):
                continue
            if chosen is not None and not all(key in chosen for key, _ in sides):
                continue
            start = bucket_start(row["begin_day"], every)
            if (span.since and start < bucket_start(span.since, every)) or (kind == "dyad" and sides[0] == sides[1]):
                continue
            value = (ontology().quad(row["category"]), row["score"])
            codes = tuple(code for _, code in sides)
            if kind == "actor":
                keys = {(code,) for code in codes} if row["mutual"] else {codes[:1]}
            elif not directed:
                keys = {tuple(sorted(codes))}
            else:
                keys = {codes, codes[::-1]} if row["mutual"] else {codes}
            for key in keys:
                cells[key, start].append(value)
        periods = sorted({start for _, start in cells})
        grid = buckets(span.since or periods[0], span.until or periods[-1], every) if periods else []
        out = []
        for key in sorted({key for key, _ in cells}):
            for start in grid:
                told = cells.get((key, start), [])
                quads = [sum(1 for quad, _ in told if quad == q) for q in (1, 2, 3, 4)]
                total = round(sum(score for _, score in told), 4)
                out.append((*key, start, len(told), *quads, total, round(total / len(told), 4) if told else None))
        names = ["actor"] if kind == "actor" else ["source", "target"] if directed else ["a", "b"]
        return Table([*names, every, "events", *QUADS, "score_sum", "score_mean"], out)


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
