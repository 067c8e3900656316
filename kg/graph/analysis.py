"""Counts and changes over time: timelines, busy pairs, the difference of two windows."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.events import Actors
from kg.graph.files import one
from kg.graph.filters import Conditions
from kg.graph.network import NetworkReader, Span, bounds
from kg.graph.results import Table
from kg.graph.store import alive
from kg.graph.window import BUCKETS, Day, Window, buckets, expand, window
from kg.model import Precision
from kg.ontology import ontology

if TYPE_CHECKING:
    import duckdb

__all__ = ["FINENESS", "QUADS", "AnalysisReader", "Timeline"]

FINENESS = {
    Precision.DAY: 0, Precision.DAYS: 0, Precision.ABOUT: 0, Precision.UNKNOWN: 0, Precision.WEEK: 1,
    Precision.MONTH: 2,
    Precision.QUARTER: 3, Precision.SEASON: 3, Precision.HALF: 4, Precision.YEAR: 4, Precision.DECADE: 5,
    Precision.CENTURY: 6,
}  # fmt: skip
"""The finest bucket (place in BUCKETS) in which a span of this precision can be counted; half-years need years."""

QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")


class Timeline(Table):
    """Buckets in order without gaps; what could not be put into one is counted beside it.

    ``coarse`` counts events whose span is vaguer than a bucket, ``undated`` events without dates.
    """

    def __init__(
        self, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], every: str, coarse: int, undated: int
    ) -> None:
        super().__init__(columns, rows)
        self.every = every
        self.coarse = coarse
        self.undated = undated

    def __repr__(self) -> str:
        notes = []
        if self.coarse:
            notes.append(f"{self.coarse} events of a span vaguer than a {self.every} are not counted")
        if self.undated:
            notes.append(f"{self.undated} events without dates are not counted")
        return "\n".join([self.table(), *notes])


class AnalysisReader(NetworkReader):
    """The part of a graph that counts."""

    def timeline(
        self,
        a: Actors | None = None,
        b: Actors | None = None,
        every: str = "month",
        since: Day | None = None,
        until: Day | None = None,
        category: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = "actual",
        min_confidence: float | None = None,
        as_of: Day | None = None,
    ) -> Timeline:
        """Events of an actor, a pair (in either direction) or all, for each day, week, month, quarter or year.

        An event counts once, in the bucket of its begin. Columns: ``begin`` of the bucket, ``events``, mean ``score``
        (-10 to 10, None without events), counts by quad class, and ``share`` of all events of the graph in that bucket,
        because raw counts follow the size of the archive.

        Raises:
            QueryError: an unknown actor, category, status or unit, or a malformed date.
        """
        if every not in BUCKETS:
            raise QueryError(f"{every!r} is not a unit of time; use one of {', '.join(BUCKETS)}")
        span = window(since, until)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            every_event = Conditions([alive(seq, "e")])
            every_event.coded(category=None, status=status)
            every_event.counted(min_confidence=min_confidence)
            where = Conditions(list(every_event.conditions))
            where.values = list(every_event.values)
            where.coded(category=category)
            if a is not None and b is not None:
                self.actor_conditions(connection, where, between=(a, b))
            elif a is not None or b is not None:
                self.actor_conditions(connection, where, actor=a if a is not None else b)
            counts, coarse, undated = _counted(connection, where, every, span)
            totals, _, _ = _counted(connection, every_event, every, span)
        first = span.since or min(counts, default=None)
        last = span.until or max(counts, default=None)
        nothing = (0, None, 0, 0, 0, 0)
        rows = []
        for start in buckets(first, last, every) if first and last else ():
            told, total = counts.get(start, nothing), totals.get(start, nothing)[0]
            rows.append((start, *told, round(told[0] / total, 4) if total else None))
        return Timeline(["begin", "events", "score", *QUADS, "share"], rows, every, coarse, undated)

    def dyads(
        self,
        since: Day | None = None,
        until: Day | None = None,
        quad: int | Iterable[int] | None = None,
        category: str | Iterable[str] | None = None,
        limit: int | None = 20,
        as_of: Day | None = None,
    ) -> Table:
        """Pairs of actors by the number of their actual events in a window, in either direction, with the mean score.

        Raises:
            QueryError: an unknown category or quad class, or a malformed date.
        """
        with self.read() as connection:
            where = Conditions([alive(self.seq(connection, as_of), "e"), "e.source <> e.target"])
            where.coded(category=category, quad=quad, status="actual")
            where.window(since, until)
            rows = connection.execute(
                f"""
                SELECT coalesce(x.code, d.a), coalesce(y.code, d.b), d.events, round(d.score, 4), d.first, d.last
                FROM (SELECT least(e.source, e.target) AS a, greatest(e.source, e.target) AS b, count(*) AS events,
                             avg(e.score) AS score, min(e.begin_day) AS first, max(e.begin_day) AS last
                      FROM event e WHERE {where.sql} GROUP BY a, b
                      ORDER BY events DESC, a, b {"" if limit is None else f"LIMIT {int(limit)}"}) d
                LEFT JOIN actor x ON x.id = d.a LEFT JOIN actor y ON y.id = d.b ORDER BY d.events DESC, d.a, d.b
                """,
                where.values,
            ).fetchall()
        return Table(["a", "b", "events", "score", "first", "last"], rows)

    def diff(self, before: Span, after: Span, status: str | None = "actual", as_of: Day | None = None) -> Table:
        """What changed between two windows, pair by pair, the greatest change of mean score first.

        ``change`` is ``new``, ``gone``, ``better``, ``worse`` or ``same``; scores are means, -10 to 10. Counts of
        windows of different length compare by ``rate``, events a day, after divided by before.

        Raises:
            QueryError: a malformed date.
        """
        old, new = (self._pairs(*bounds(span), status, as_of) for span in (before, after))
        lengths = _days(before), _days(after)
        rows = []
        for pair in sorted(old.keys() | new.keys()):
            x, y = old.get(pair, []), new.get(pair, [])
            mean_x = round(sum(x) / len(x), 4) if x else None
            mean_y = round(sum(y) / len(y), 4) if y else None
            moved = round(mean_y - mean_x, 4) if mean_x is not None and mean_y is not None else None
            change = (
                "new" if not x else "gone" if not y else "same" if not moved else "better" if moved > 0 else "worse"
            )
            rate = round(len(y) * lengths[0] / (len(x) * lengths[1]), 4) if x and lengths[0] and lengths[1] else None
            rows.append((*pair, change, len(x), len(y), mean_x, mean_y, moved, rate))
        rows.sort(key=lambda row: (-abs(row[7] or 0), -(row[3] + row[4]), row[0], row[1]))
        columns = ["a", "b", "change", "events_before", "events_after", "score_before", "score_after", "moved", "rate"]
        return Table(columns, rows)

    def _pairs(
        self, since: Day | None, until: Day | None, status: str | None, as_of: Day | None
    ) -> dict[tuple[str, str], list[float]]:
        """Scores of the events of each unordered pair."""
        out: dict[tuple[str, str], list[float]] = defaultdict(list)
        events = self.events(since=since, until=until, status=status, targetless=False, as_of=as_of)
        for row in events.to_arrow().to_pylist():
            if row["source"] != row["target"]:
                a, b = sorted((row["source_code"], row["target_code"]))
                out[a, b].append(row["score"])
        return out


def _counted(
    connection: duckdb.DuckDBPyConnection, where: Conditions, every: str, span: Window
) -> tuple[dict[dt.date, tuple[Any, ...]], int, int]:
    """Events, mean score and counts by quad class of each bucket; how many are too vague; how many have no date."""
    vague = [p.value for p, fineness in FINENESS.items() if fineness > BUCKETS.index(every)]
    coarse = f"e.precision IN ({', '.join(repr(p) for p in vague)})" if vague else "false"
    inside, days = ["e.begin_day IS NOT NULL"], []
    for sign, day in ((">=", span.since), ("<=", span.until)):
        if day is not None:
            inside.append(f"e.begin_day {sign} ?")
            days.append(day)
    classes = {q: [repr(name) for name, c in ontology().categories.items() if c.quad == q] for q in (1, 2, 3, 4)}
    quads = ", ".join(f"count(*) FILTER (WHERE e.category IN ({', '.join(names)}))" for names in classes.values())
    rows = connection.execute(
        f"""
        SELECT CAST(date_trunc('{every}', e.begin_day) AS DATE) AS start, count(*), round(avg(e.score), 4), {quads}
        FROM event e WHERE {where.sql} AND {" AND ".join(inside)} AND NOT {coarse} GROUP BY start
        """,
        [*where.values, *days],
    ).fetchall()
    rest = one(
        connection,
        f"""
        SELECT count(*) FILTER (WHERE {" AND ".join(inside)} AND {coarse}), count(*) FILTER (WHERE e.begin_day IS NULL)
        FROM event e WHERE {where.sql}
        """,
        [*days, *where.values],
    )
    assert rest is not None
    return {row[0]: row[1:] for row in rows}, rest[0], rest[1]


def _days(span: Span) -> int | None:
    since, until = bounds(span)
    return (expand(until)[1] - expand(since)[0]).days + 1 if since is not None and until is not None else None
