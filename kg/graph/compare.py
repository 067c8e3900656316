"""Two codings side by side: what both found, and what only one of them did.

Events of two codings are never equal word for word, so they are compared as statements: source, target and category
in a stretch of time, from strict (dyad, category and day) to loose (pair and month). Measures are the part of one
coding's statements that the other makes too, and the index of Jaccard (1912), those of both by those of either.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph import past
from kg.graph.filters import choices
from kg.graph.reading import READING
from kg.graph.results import Table
from kg.graph.store import Store
from kg.graph.window import Day, window
from kg.model import Status
from kg.ontology import SYMMETRIC, ontology

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["LEVELS", "SHOWN", "Coding", "Comparison", "compare"]

_PAIR = ("least(src, tgt)", "greatest(src, tgt)")
LEVELS: tuple[tuple[str, str, str, str, str], ...] = (
    # what is compared; unit of time; who, in two expressions; what
    ("day, dyad, category", "day", "src", "tgt", "category"),
    ("day, dyad, quad class", "day", "src", "tgt", "quad"),
    ("day, pair", "day", *_PAIR, "0"),
    ("week, dyad, category", "week", "src", "tgt", "category"),
    ("month, dyad, category", "month", "src", "tgt", "category"),
    ("month, dyad, quad class", "month", "src", "tgt", "quad"),
    ("month, pair", "month", *_PAIR, "0"),
)
"""From strict to loose. A statement counts at a level if all its span lies in one unit of time."""

SHOWN = ("both", "a", "b")
"""What :meth:`Comparison.statements` can list: found by both, only by the first, only by the second."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The mentions of one graph, or those of one coder in it.

    ``coder`` is a name as `kg info` lists it, or how it begins, in any case: ``gdelt``; ``kg`` is the graph's own
    coding, of all versions of the program.
    """

    graph: Store
    coder: str | None = None

    @property
    def label(self) -> str:
        """What to call it."""
        return self.coder if self.coder is not None else str(self.graph.directory)

    def statements(
        self,
        since: Day | None,
        until: Day | None,
        status: Sequence[str],
        targetless: bool,
        as_of: Day | dt.datetime | None = None,
    ) -> pa.Table:
        """Source, target, category, first and last day of all dated mentions, as the graph knew them at ``as_of``.

        Raises:
            QueryError: the graph has no such coder, or a date is malformed.
        """
        chosen_days = window(since, until)
        first, last = chosen_days.since or dt.date.min, chosen_days.until or dt.date.max
        with self.graph.read() as connection:
            seq = self.graph.seq(connection, as_of)
            if seq is not None:
                past.show(connection, seq)
            known = connection.execute(
                "SELECT DISTINCT coder FROM mention WHERE retracted IS NULL ORDER BY 1"
            ).fetchall()
            chosen = [name for (name,) in known]
            if self.coder is not None:
                chosen = [name for name in chosen if (name or "").lower().startswith(self.coder.lower())]
            if not chosen:
                names = ", ".join(str(name) for (name,) in known) or "none"
                raise QueryError(f"{self.graph.directory}: no mention of the coder {self.label!r}; it has {names}")
            return connection.sql(
                f"""
                SELECT DISTINCT r.src, r.tgt, r.category, r.begin_day AS b, coalesce(r.end_day, r.begin_day) AS e
                FROM ({READING}) r JOIN (SELECT id, coder FROM mention WHERE retracted IS NULL) c ON c.id = r.id
                WHERE c.coder IN (SELECT unnest(?)) AND r.status IN (SELECT unnest(?)) AND r.begin_day IS NOT NULL
                  AND r.begin_day <= ? AND coalesce(r.end_day, DATE '9999-12-31') >= ?
                  {"" if targetless else "AND r.tgt <> ''"}
                """,
                params=[chosen, list(status), last, first],
            ).to_arrow_table()


class Comparison(Table):
    """How far two codings overlap: one row a level of strictness.

    ``a`` and ``b`` count the different statements of each coding, ``both`` those that both make; ``a_share`` is the
    part of A's that B makes too, ``b_share`` the other way round, ``jaccard`` both by either (0 to 1, None of nothing).
    """

    def __init__(self, first: str, second: str, tables: tuple[pa.Table, pa.Table]) -> None:
        self.first, self.second = first, second
        self._tables = tables
        with self._connection() as connection:
            rows = [self._level(connection, *level) for level in LEVELS]
        super().__init__(["level", "a", "b", "both", "a_share", "b_share", "jaccard"], rows)

    def by_category(self) -> Table:
        """The strictest level, category by category."""
        with self._connection() as connection:
            rows = connection.execute(
                f"""
                WITH {_sets(LEVELS[0])}
                SELECT coalesce(a.what, b.what) AS category, count(a.what), count(b.what),
                       count(*) FILTER (WHERE a.what IS NOT NULL AND b.what IS NOT NULL)
                FROM a FULL JOIN b USING (t, one, two, what) GROUP BY 1 ORDER BY 1
                """
            ).fetchall()
        columns = ["category", "a", "b", "both", "a_share", "b_share", "jaccard"]
        return Table(columns, [(name, *_shares(a, b, both)) for name, a, b, both in rows])

    def statements(self, which: str, limit: int | None = None) -> Table:
        """The statements of the strictest level that both make, or only ``a`` or only ``b`` does, in order of time.

        Raises:
            QueryError: ``which`` is none of these.
        """
        choices([which], SHOWN, "which statements:")
        join = {"both": "a JOIN b USING (t, one, two, what)", "a": "a ANTI JOIN b USING (t, one, two, what)",
                "b": "b ANTI JOIN a USING (t, one, two, what)"}[which]  # fmt: skip
        with self._connection() as connection:
            rows = connection.execute(
                f"WITH {_sets(LEVELS[0])} SELECT t, one, what, nullif(two, '') FROM {join} ORDER BY ALL"
            ).fetchall()
        cut = limit is not None and len(rows) > limit
        return Table(["day", "source", "category", "target"], rows[:limit], cut)

    def _level(self, connection: duckdb.DuckDBPyConnection, *level: str) -> tuple[Any, ...]:
        row = connection.execute(
            f"""
            WITH {_sets(level)}
            SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b),
                   (SELECT count(*) FROM a JOIN b USING (t, one, two, what))
            """
        ).fetchone()
        assert row is not None
        return (level[0], *_shares(*row))

    def _connection(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        connection = duckdb.connect()
        connection.register("first", self._tables[0])
        connection.register("second", self._tables[1])
        return connection


def compare(
    first: Coding,
    second: Coding,
    since: Day | None = None,
    until: Day | None = None,
    status: str | Sequence[str] = "actual",
    targetless: bool = True,
    as_of: Day | dt.datetime | None = None,
) -> Comparison:
    """Compare two codings, of one graph or of two, in a window; without ``targetless`` only what has a target.

    Meetings and cooperation are compared without direction, since not all codings name who came to whom. ``as_of``
    compares what the graphs knew at the end of an earlier day: the mentions and corrections of that time, and persons
    as the roles that were known by then place them.

    Raises:
        QueryError: there is no such coder, or there was none then, or a status or date is wrong.
    """
    wanted = choices([status] if isinstance(status, str) else list(status), [s.value for s in Status], "status")
    tables = (
        first.statements(since, until, wanted, targetless, as_of),
        second.statements(since, until, wanted, targetless, as_of),
    )
    return Comparison(first.label, second.label, tables)


def _sets(level: Sequence[str]) -> str:
    """The common table expressions ``a`` and ``b``: distinct statements as ``t``, ``one``, ``two``, ``what``."""
    _, unit, one, two, what = level
    quads = " ".join(f"WHEN '{name}' THEN {entry.quad}" for name, entry in ontology().categories.items())
    symmetric = ", ".join(f"'{name}'" for name in sorted(SYMMETRIC))
    what = f"CASE category {quads} END" if what == "quad" else what

    def of(table: str) -> str:
        return f"""
            SELECT DISTINCT date_trunc('{unit}', b)::DATE AS t, {one} AS one, {two} AS two, {what} AS what
            FROM (SELECT CASE WHEN swap THEN tgt ELSE src END AS src, CASE WHEN swap THEN src ELSE tgt END AS tgt,
                         category, b, e
                  FROM (SELECT *, category IN ({symmetric}) AND tgt <> '' AND tgt < src AS swap FROM {table}))
            WHERE date_trunc('{unit}', b) = date_trunc('{unit}', e)
        """

    return f"a AS ({of('first')}), b AS ({of('second')})"


def _shares(a: int, b: int, both: int) -> tuple[Any, ...]:
    def share(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    return a, b, both, share(both, a), share(both, b), share(both, a + b - both)
