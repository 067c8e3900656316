"""Writing to a graph: articles with their mentions come, change and go, and everything that follows from them."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError
from kg.graph import amended, consolidate, copies, reach, resolve, textless
from kg.graph.actortable import store_actors
from kg.graph.files import now, one, write_connection
from kg.graph.rows import article_row, mention_rows, role_row
from kg.graph.schema import ARTICLE, MENTION, ROLE, arrow
from kg.graph.store import IngestReport, Store, program_version
from kg.graph.versions import Batch, Item, Plan, make_plan, versions_of
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["Gone", "IngestStore", "close_ingest", "current_rows", "next_seq", "retract", "settle"]


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
        return self._write(_Ready.of(batch), actors, coder, command)

    def load(
        self,
        batches: Iterable[Batch],
        actors: Callable[[Iterable[str]], Iterable[Actor]],
        coder: str,
        command: str = "",
    ) -> IngestReport:
        """Record batch after batch like :meth:`ingest`, each whole or not at all; the counts of all together.

        While one batch is written the next is taken from ``batches`` and made ready, so that on two cores a large load
        takes little more than half the time.

        Raises:
            KgError: as :meth:`ingest`; the batches before the one that failed are kept.
        """
        total = IngestReport()
        writing: Future[IngestReport] | None = None
        with ThreadPoolExecutor(1, "kg-write") as pool:
            for batch in batches:
                ready = _Ready.of(batch)
                total += writing.result() if writing is not None else IngestReport()
                writing = pool.submit(self._write, ready, actors, coder, command)
            total += writing.result() if writing is not None else IngestReport()
        return total

    def _write(
        self, ready: _Ready, actors: Callable[[Iterable[str]], Iterable[Actor]], coder: str, command: str
    ) -> IngestReport:
        items, sketches = ready.items, ready.sketches
        with write_connection(self.layout, command) as connection:
            self.check_schema(connection, write=True)
            plan = make_plan(items, versions_of(connection, [a.id for a, _, _ in items]), coder)
            if plan.empty:
                plan.report.events = current_rows(connection, "event")
                return plan.report
            seq = next_seq(connection)
            gone = retract(connection, plan.retract, seq)
            _insert_articles(connection, plan, sketches, coder, seq)
            whole = len(plan.mentions) == ready.mentions.num_rows
            mentions = ready.mentions if whole else arrow(mention_rows(plan.mentions), MENTION)
            _insert(connection, "mention", mentions, seq)
            textless.hash_quotes(connection, seq)
            rows = [role_row(r) for r in plan.roles]
            _insert(connection, "role", arrow({k: [r[k] for r in rows] for k in ROLE if k not in _CLOCKS}, ROLE), seq)
            come = [(a.id, a.published, sketches[id(a)]) for a, _, current in plan.articles if current]
            settle(connection, gone, come, plan, seq)
            store_actors(connection, seq, actors, plan.mentions, plan.roles)
            plan.report.mentions = len(plan.mentions)
            plan.report.events = current_rows(connection, "event")
            plan.report.seq = seq
            close_ingest(connection, seq, command, coder, plan.report)
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
            self.check_schema(connection, write=True)
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
            seq = next_seq(connection)
            gone = retract(connection, plan.retract, seq)
            settle(connection, gone, [], plan, seq)
            store_actors(connection, seq, lambda ids: ())
            plan.report.events = current_rows(connection, "event")
            plan.report.seq = seq
            close_ingest(connection, seq, command or "remove", None, plan.report)
        return plan.report


@dataclass(slots=True)
class _Ready:
    """A batch with all that can be made of it without the graph."""

    items: list[Item]
    sketches: dict[int, Any]
    mentions: pa.Table

    @classmethod
    def of(cls, batch: Batch) -> _Ready:
        items = list(batch)
        signatures = copies.Sketcher().many([(article.title, article.text) for article, _, _ in items])
        sketches = {id(item[0]): signature for item, signature in zip(items, signatures, strict=True)}
        return cls(items, sketches, arrow(mention_rows([m for _, told, _ in items for m in told]), MENTION))


_CLOCKS = ("recorded", "retracted")


def current_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows of a table are current."""
    row = one(connection, f"SELECT count(*) FROM {table} WHERE retracted IS NULL")
    return int(row[0]) if row else 0


def next_seq(connection: duckdb.DuckDBPyConnection) -> int:
    """Open a new ingest and return its number; :func:`close_ingest` says what it did."""
    row = one(connection, "SELECT coalesce(max(seq), 0) + 1, max(moment) FROM ingest")
    assert row is not None
    # Record time never runs backwards, whatever the clock does.
    at = max(now(), row[1]) if row[1] else now()
    connection.execute(
        "INSERT INTO ingest (seq, moment, version, report) VALUES (?, ?, ?, '{}')", [row[0], at, program_version()]
    )
    return int(row[0])


def close_ingest(
    connection: duckdb.DuckDBPyConnection, seq: int, command: str, coder: str | None, report: IngestReport
) -> None:
    """Put on record what ingest ``seq`` did."""
    connection.execute(
        "UPDATE ingest SET command = ?, coder = ?, report = ? WHERE seq = ?",
        [command, coder, json.dumps(asdict(report)), seq],
    )


@dataclass(slots=True)
class Gone:
    """What a retraction withdrew."""

    articles: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)


def retract(connection: duckdb.DuckDBPyConnection, articles: Sequence[str], seq: int) -> Gone:
    """Begin a change: withdraw articles, if any, with their mentions and roles; :func:`settle` must follow."""
    if not articles:
        return Gone()
    reach.mark(connection, articles=articles)
    connection.register("_gone", arrow({"id": list(articles)}, {"id": "VARCHAR"}))
    persons = connection.execute(
        "SELECT DISTINCT person FROM role WHERE retracted IS NULL AND article IN (SELECT id FROM _gone)"
    ).fetchall()
    connection.execute(
        """
        DELETE FROM resolution
        WHERE mention IN (SELECT id FROM mention WHERE retracted IS NULL AND article IN (SELECT id FROM _gone))
        """
    )
    for table, column in (("mention", "article"), ("role", "article"), ("article", "id")):
        connection.execute(
            f"UPDATE {table} SET retracted = ? WHERE retracted IS NULL AND {column} IN (SELECT id FROM _gone)", [seq]
        )
    connection.unregister("_gone")
    return Gone(list(articles), [row[0] for row in persons])


def _insert_articles(
    connection: duckdb.DuckDBPyConnection, plan: Plan, sketches: Mapping[int, Any], coder: str, seq: int
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
    quoted = {m.article for m in plan.mentions if m.evidence.field == "text"}
    textless.strip(columns, textless.keeps_text(connection), quoted)
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


def settle(
    connection: duckdb.DuckDBPyConnection,
    gone: Gone,
    come: Sequence[copies.Come],
    plan: Plan,
    seq: int,
) -> None:
    """Bring everything that follows from the current rows up to date, looking only at what the change can touch."""
    regrouped = copies.update(connection, gone.articles, come)
    new = [m.id for m in plan.mentions]
    persons = {*gone.persons, *(r.person for r in plan.roles)}
    # A mention may leave one place for another when it is corrected or its persons are resolved anew.
    amendments = amended.compute(connection)
    reread = amendments.changed
    reach.mark(connection, reread)
    moved = resolve.refresh(connection, new, persons, leaving=lambda ids: reach.mark(connection, ids))
    amended.store(connection, amendments, seq)
    reach.mark(connection, {*new, *moved, *reread}, regrouped)
    reach.spread(connection)
    consolidate.refresh(connection, seq)
