"""Counts and changes over time: timelines, busy pairs, the difference of two windows."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.events import Actors
from kg.graph.filters import Conditions
from kg.graph.levels import at_level, check_level, shown_code
from kg.graph.network import NetworkReader, Span, bounds
from kg.graph.results import Table
from kg.graph.store import alive
from kg.graph.window import BUCKETS, Day, Window, buckets, expand, window
from kg.model import Precision
from kg.ontology import ontology

if TYPE_CHECKING:
    import duckdb

__all__ = ["FINENESS", "QUADS", "AnalysisReader", "Timeline", "too_vague"]

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

    @property
    def beside(self) -> list[str]:
        """What is in no bucket, in words."""
        notes = []
        if self.coarse:
            notes.append(f"{self.coarse} events of a span vaguer than a {self.every} are not counted")
        if self.undated:
            notes.append(f"{self.undated} events without dates are not counted")
        return notes

    def __repr__(self) -> str:
        return "\n".join([self.table(), *self.beside])


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
        level: str = "actor",
    ) -> Timeline:
        """Events of an actor, a pair (in either direction) or all, for each day, week, month, quarter or year.

        An event counts once, in the bucket of its begin. Columns: ``begin`` of the bucket, ``events``, mean ``score``
        (-10 to 10, None without events), counts by quad class, and ``share`` of all events of the graph in that bucket,
        because raw counts follow the size of the archive. Groups and ``level`` as in :meth:`events`.

        Raises:
            QueryError: an unknown actor, level, category, status or unit, or a malformed date.
        """
        check_level(level)
        if every not in BUCKETS:
            raise QueryError(f"{every!r} is not a unit of time; use one of {', '.join(BUCKETS)}")
        span = window(since, until)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            every_event = Conditions([alive(seq, "e")])
            every_event.coded(category=None, status=status)
            every_event.counted(min_confidence=min_confidence)
            chosen = Conditions(["true"])
            chosen.coded(category=category)
            if a is not None and b is not None:
                self.actor_conditions(connection, chosen, between=(a, b), level=level, seq=seq)
            elif a is not None or b is not None:
                one = a if a is not None else b
                self.actor_conditions(connection, chosen, actor=one, level=level, seq=seq)
            counts, coarse, undated = _counted(connection, every_event, chosen, every, span)
        told = [start for start, row in counts.items() if row[0]]
        first = span.since or min(told, default=None)
        last = span.until or max(told, default=None)
        nothing = (0, None, 0, 0, 0, 0, 0)
        rows = []
        for start in buckets(first, last, every) if first and last else ():
            *own, total = counts.get(start, nothing)
            rows.append((start, *own, round(own[0] / total, 4) if total else None))
        return Timeline(["begin", "events", "score", *QUADS, "share"], rows, every, coarse, undated)

    def dyads(
        self,
        since: Day | None = None,
        until: Day | None = None,
        quad: int | Iterable[int] | None = None,
        category: str | Iterable[str] | None = None,
        limit: int | None = 20,
        as_of: Day | None = None,
        actor: Actors | None = None,
        among: Actors | None = None,
        level: str = "actor",
    ) -> Table:
        """Pairs of actors by the number of their actual events in a window, in either direction, with the mean score.

        ``first`` is the day on which the first of them begins, ``last`` the last day of any of them (its first where it
        goes on). With ``actor`` only events in which it takes part, with ``among`` only those between some of them;
        groups and ``level`` as in :meth:`events`.

        Raises:
            QueryError: an unknown actor, level, category or quad class, or a malformed date.
        """
        check_level(level)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            where = Conditions([alive(seq, "e"), "e.source <> e.target"])
            self.actor_conditions(connection, where, actor=actor, among=among, level=level, seq=seq)
            where.coded(category=category, quad=quad, status="actual")
            where.window(since, until)
            # At the other levels a person goes by the code that every command takes.
            a_code, b_code = "coalesce(x.code, d.a)", "coalesce(y.code, d.b)"
            if level == "agent":
                a_code, b_code = shown_code("x", "d.a"), shown_code("y", "d.b")
            rows = connection.execute(
                f"""
                SELECT {a_code}, {b_code}, d.events, round(d.score, 4), d.first, d.last
                FROM (SELECT least(e.source, e.target) AS a, greatest(e.source, e.target) AS b, count(*) AS events,
                             avg(e.score) AS score, min(e.begin_day) AS first,
                             max(CASE WHEN e.begin_day IS NOT NULL THEN coalesce(e.end_day, e.begin_day) END) AS last
                      FROM {at_level(level, seq)} e WHERE {where.sql} GROUP BY a, b
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
            (x, mean_x), (y, mean_y) = old.get(pair, (0, None)), new.get(pair, (0, None))
            moved = round(mean_y - mean_x, 4) if mean_x is not None and mean_y is not None else None
            change = (
                "new" if not x else "gone" if not y else "same" if not moved else "better" if moved > 0 else "worse"
            )
            rate = round(y * lengths[0] / (x * lengths[1]), 4) if x and lengths[0] and lengths[1] else None
            rows.append((*pair, change, x, y, mean_x, mean_y, moved, rate))
        rows.sort(key=lambda row: (-abs(row[7] or 0), -(row[3] + row[4]), row[0], row[1]))
        columns = ["a", "b", "change", "events_before", "events_after", "score_before", "score_after", "moved", "rate"]
        return Table(columns, rows)

    def _pairs(
        self, since: Day | None, until: Day | None, status: str | None, as_of: Day | None
    ) -> dict[tuple[str, str], tuple[int, float | None]]:
        """Number and mean score of the events of each unordered pair, by codes in order."""
        with self.read() as connection:
            where = Conditions([alive(self.seq(connection, as_of), "e"), "e.source <> e.target"])
            where.window(since, until)
            where.coded(status=status)
            rows = connection.execute(
                f"""
                SELECT least(a, b), greatest(a, b), count(*), round(avg(score), 4)
                FROM (SELECT coalesce(s.code, e.source) AS a, coalesce(t.code, e.target) AS b, e.score FROM event e
                      LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target WHERE {where.sql})
                GROUP BY ALL
                """,
                where.values,
            ).fetchall()
        return {(a, b): (count, mean) for a, b, count, mean in rows}


def too_vague(every: str) -> str:
    """SQL condition for events ``e`` whose span is vaguer than a bucket."""
    vague = [p.value for p, fineness in FINENESS.items() if fineness > BUCKETS.index(every)]
    return f"e.precision IN ({', '.join(repr(p) for p in vague)})" if vague else "false"


def _counted(
    connection: duckdb.DuckDBPyConnection, where: Conditions, chosen: Conditions, every: str, span: Window
) -> tuple[dict[dt.date, tuple[Any, ...]], int, int]:
    """Events, mean score, counts by quad class and the number of all events of each bucket; how many chosen events are
    too vague for a bucket; how many have no date. One look at the table for everything."""
    coarse = too_vague(every)
    inside, days = ["true"], []
    for sign, day in ((">=", span.since), ("<=", span.until)):
        if day is not None:
            inside.append(f"e.begin_day {sign} ?")
            days.append(day)
    classes = {q: [repr(name) for name, c in ontology().categories.items() if c.quad == q] for q in (1, 2, 3, 4)}
    quads = ", ".join(
        f"count(*) FILTER (WHERE mine AND category IN ({', '.join(names)}))" for names in classes.values()
    )
    rows = connection.execute(
        f"""
        SELECT start, dated, count(*) FILTER (WHERE mine), round(avg(score) FILTER (WHERE mine), 4), {quads}, count(*)
        FROM (SELECT CASE WHEN NOT {coarse} THEN CAST(date_trunc('{every}', e.begin_day) AS DATE) END AS start,
                     e.begin_day IS NOT NULL AS dated, e.score, e.category, ({chosen.sql}) AS mine
              FROM event e WHERE {where.sql} AND (e.begin_day IS NULL OR {" AND ".join(inside)}))
        GROUP BY start, dated
        """,
        [*chosen.values, *where.values, *days],
    ).fetchall()
    rest = {dated: row[0] for start, dated, *row in rows if start is None}
    return {start: tuple(row) for start, _, *row in rows if start is not None}, rest.get(True, 0), rest.get(False, 0)


def _days(span: Span) -> int | None:
    since, until = bounds(span)
    return (expand(until)[1] - expand(since)[0]).days + 1 if since is not None and until is not None else None
