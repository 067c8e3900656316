"""Writing to a graph: articles with their mentions come, change and go, and everything that follows from them."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError
from kg.graph import consolidate, copies, resolve
from kg.graph.actortable import store_actors
from kg.graph.files import now, one, write_connection
from kg.graph.rows import article_row, mention_rows, role_row
from kg.graph.schema import ARTICLE, MENTION, ROLE, arrow
from kg.graph.store import IngestReport, Store, program_version
from kg.graph.versions import Batch, Plan, make_plan, versions_of
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb

__all__ = ["IngestStore"]


class IngestStore(Store):
    """The part of a graph that is written to."""

    def ingest(
        self,
        batch: Batch,
        actors: Callable[[Iterable[str]], Iterable[Actor]],
        coder: str,
        command: str = "",
    ) -> IngestReport:
        """Record articles with what was extracted from them; all of the batch or, on an error, nothing.

        Of two versions of an article the later published or modified one wins, then the one with the larger hash, in
        whatever order they come. ``actors`` gives the records of the ids that it is asked for, as far as it has them.

        Raises:
            SourceError: an article has the id of another one with another url; names both files.
            StoreBusy: another process is writing.
            GraphError: the graph is damaged or can't be written to.
        """
        items = list(batch)
        sketcher = copies.Sketcher()
        sketches = {id(article): sketcher(article.title, article.text) for article, _, _ in items}
        with write_connection(self.layout, command) as connection:
            self.check_schema(connection)
            plan = make_plan(items, versions_of(connection, [a.id for a, _, _ in items]), coder)
            if plan.empty:
                plan.report.events = _count(connection, "event")
                return plan.report
            seq = _next_seq(connection)
            gone = _retract(connection, plan.retract, seq)
            _insert_articles(connection, plan, sketches, coder, seq)
            _insert(connection, "mention", arrow(mention_rows(plan.mentions), MENTION), seq)
            rows = [role_row(r) for r in plan.roles]
            _insert(connection, "role", arrow({k: [r[k] for r in rows] for k in ROLE if k not in _CLOCKS}, ROLE), seq)
            come = [(a.id, a.published, sketches[id(a)]) for a, _, current in plan.articles if current]
            _settle(connection, gone, come, plan, seq)
            store_actors(connection, plan.mentions, plan.roles, actors)
            plan.report.mentions = len(plan.mentions)
            plan.report.events = _count(connection, "event")
            plan.report.seq = seq
            _close_ingest(connection, seq, command, coder, plan.report)
        return plan.report

    def remove(self, article: str | None = None, source: str | None = None, command: str = "") -> IngestReport:
        """Retract one article by id, or all articles of a source (a publisher, an input file, or a url's host).

        History keeps them: ``as_of`` an earlier day they are still there. ``changed`` of the report counts them.

        Raises:
            GraphError: neither or both are given, or nothing matches.
        """
        if (article is None) == (source is None):
            raise GraphError("remove takes either an article or a source; give one of the two")
        with write_connection(self.layout, command or "remove") as connection:
            self.check_schema(connection)
            rows = connection.execute(
                """
                SELECT id FROM article WHERE retracted IS NULL
                AND (id = ? OR publisher = ? OR origin_file = ? OR regexp_extract(url, '^[a-z]+://([^/]+)', 1) = ?)
                ORDER BY id
                """,
                [article, source, source, source],
            ).fetchall()
            if not rows:
                what = f"article {article!r}" if article is not None else f"source {source!r}"
                raise GraphError(
                    f"{self.directory}: {what} is not in the graph; `kg info` and the query `publishers` list what is"
                )
            plan = Plan(retract=[row[0] for row in rows], report=IngestReport(changed=len(rows)))
            seq = _next_seq(connection)
            gone = _retract(connection, plan.retract, seq)
            _settle(connection, gone, [], plan, seq)
            plan.report.events = _count(connection, "event")
            plan.report.seq = seq
            _close_ingest(connection, seq, command or "remove", None, plan.report)
        return plan.report


_CLOCKS = ("recorded", "retracted")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = one(connection, f"SELECT count(*) FROM {table} WHERE retracted IS NULL")
    return int(row[0]) if row else 0


def _next_seq(connection: duckdb.DuckDBPyConnection) -> int:
    row = one(connection, "SELECT coalesce(max(seq), 0) + 1, max(moment) FROM ingest")
    assert row is not None
    # Record time never runs backwards, whatever the clock does.
    at = max(now(), row[1]) if row[1] else now()
    connection.execute(
        "INSERT INTO ingest (seq, moment, version, report) VALUES (?, ?, ?, '{}')", [row[0], at, program_version()]
    )
    return int(row[0])


def _close_ingest(
    connection: duckdb.DuckDBPyConnection, seq: int, command: str, coder: str | None, report: IngestReport
) -> None:
    connection.execute(
        "UPDATE ingest SET command = ?, coder = ?, report = ? WHERE seq = ?",
        [command, coder, json.dumps(asdict(report)), seq],
    )


@dataclass(slots=True)
class _Gone:
    """What a retraction withdrew."""

    articles: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)


_PAIRS = """
    SELECT DISTINCT least(src, tgt) AS lo, greatest(src, tgt) AS hi FROM (
        SELECT coalesce(s.actor, m.source) AS src, coalesce(t.actor, m.target, '') AS tgt
        FROM mention m
        LEFT JOIN resolution s ON s.mention = m.id AND s.side = 'source'
        LEFT JOIN resolution t ON t.mention = m.id AND t.side = 'target'
        WHERE m.retracted IS NULL AND {condition})
"""


def _retract(connection: duckdb.DuckDBPyConnection, articles: Sequence[str], seq: int) -> _Gone:
    if not articles:
        return _Gone()
    connection.register("_gone", arrow({"id": list(articles)}, {"id": "VARCHAR"}))
    inside = "m.article IN (SELECT id FROM _gone)"
    pairs = connection.execute(_PAIRS.format(condition=inside)).fetchall()
    persons = connection.execute(
        "SELECT DISTINCT person FROM role WHERE retracted IS NULL AND article IN (SELECT id FROM _gone)"
    ).fetchall()
    connection.execute(
        f"DELETE FROM resolution WHERE mention IN (SELECT id FROM mention m WHERE m.retracted IS NULL AND {inside})"
    )
    for table, column in (("mention", "article"), ("role", "article"), ("article", "id")):
        connection.execute(
            f"UPDATE {table} SET retracted = ? WHERE retracted IS NULL AND {column} IN (SELECT id FROM _gone)", [seq]
        )
    connection.unregister("_gone")
    return _Gone(list(articles), pairs, [row[0] for row in persons])


def _insert_articles(
    connection: duckdb.DuckDBPyConnection, plan: Plan, sketches: Mapping[int, list[int]], coder: str, seq: int
) -> None:
    rows = [article_row(article) for article, _, _ in plan.articles]
    if not rows:
        return
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("text_hash", "meta_hash", "stamp"):
        columns[name] = [getattr(version, name) for _, version, _ in plan.articles]
    columns["coder"] = [coder] * len(rows)
    columns["sketch"] = [sketches[id(article)] for article, _, _ in plan.articles]
    columns["retracted"] = [None if current else seq for _, _, current in plan.articles]
    connection.register("_rows", arrow(columns, ARTICLE))
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO article ({names}, recorded) SELECT {names}, ? FROM _rows", [seq])
    connection.unregister("_rows")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Any, seq: int) -> None:
    if not rows.num_rows:
        return
    connection.register("_rows", rows)
    names = ", ".join(rows.column_names)
    connection.execute(f"INSERT INTO {table} ({names}, recorded) SELECT {names}, ? FROM _rows", [seq])
    connection.unregister("_rows")


def _settle(
    connection: duckdb.DuckDBPyConnection,
    gone: _Gone,
    come: Sequence[tuple[str, dt.date, list[int]]],
    plan: Plan,
    seq: int,
) -> None:
    """Bring everything that follows from the current rows up to date, looking only at what the change can touch."""
    regrouped = copies.update(connection, gone.articles, come)
    new = [m.id for m in plan.mentions]
    persons = {*gone.persons, *(r.person for r in plan.roles)}
    # Pairs before and after persons are resolved anew: a mention may leave one pair for another.
    connection.execute("CREATE OR REPLACE TEMP TABLE touched (lo VARCHAR, hi VARCHAR)")
    before = (
        {
            (lo, hi)
            for lo, hi in connection.execute(
                _PAIRS.format(condition="(m.source LIKE 'person.%' OR m.target LIKE 'person.%')")
            ).fetchall()
        }
        if persons or new
        else set()
    )
    moved = resolve.refresh(connection, new, persons)
    connection.register("_touched", arrow({"id": sorted({*new, *moved})}, {"id": "VARCHAR"}))
    connection.register("_regrouped", arrow({"id": sorted(regrouped)}, {"id": "VARCHAR"}))
    after = connection.execute(
        _PAIRS.format(condition="(m.id IN (SELECT id FROM _touched) OR m.article IN (SELECT id FROM _regrouped))")
    ).fetchall()
    connection.unregister("_touched")
    connection.unregister("_regrouped")
    pairs = sorted({*gone.pairs, *after, *(before if moved else ())})
    connection.register("_pairs", arrow({"lo": [p[0] for p in pairs], "hi": [p[1] for p in pairs]}, _PAIR))
    connection.execute("INSERT INTO touched SELECT lo, hi FROM _pairs")
    connection.unregister("_pairs")
    consolidate.refresh(connection, seq)


_PAIR = {"lo": "VARCHAR", "hi": "VARCHAR"}
