"""Writing to a graph: articles with their mentions come, change and go, and everything that follows from them."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError
from kg.graph import amended, consolidate, copies, reach, resolve, textless
from kg.graph.actortable import store_actors
from kg.graph.files import leave_cores, now, one, write_connection
from kg.graph.rows import article_row, mention_rows, role_row
from kg.graph.schema import ARTICLE, MENTION, ROLE, arrow
from kg.graph.store import IngestReport, Store, program_version
from kg.graph.versions import Batch, Item, Plan, Version, make_plan, versions_of
from kg.model import Actor, Article

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
        return self._write(_Ready.of(batch, coder), actors, coder, command)

    def load(
        self,
        batches: Iterable[Batch],
        actors: Callable[[Iterable[str]], Iterable[Actor]],
        coder: str,
        command: str = "",
    ) -> IngestReport:
        """Record batch after batch like :meth:`ingest`, each whole or not at all; the counts of all together.

        While one batch is written the next is taken from ``batches`` and made ready, so that on two cores a large load
        takes little more than half the time; the database leaves a core to that.

        Raises:
            KgError: as :meth:`ingest`; the batches before the one that failed are kept.
        """
        total = IngestReport()
        writing: Future[IngestReport] | None = None
        with ThreadPoolExecutor(1, "kg-write") as pool:
            for batch in batches:
                ready = _Ready.of(batch, coder)
                total += writing.result() if writing is not None else IngestReport()
                writing = pool.submit(self._write, ready, actors, coder, command, spare=1)
            total += writing.result() if writing is not None else IngestReport()
        return total

    def _write(
        self,
        ready: _Ready,
        actors: Callable[[Iterable[str]], Iterable[Actor]],
        coder: str,
        command: str,
        spare: int = 0,
    ) -> IngestReport:
        """Record a batch; ``spare`` cores are left to other work."""
        items = ready.items
        with write_connection(self.layout, command) as connection:
            if spare:
                leave_cores(connection, spare)
            self.check_schema(connection, write=True)
            plan = make_plan(items, ready.versions, versions_of(connection, [a.id for a, _, _ in items]))
            if plan.empty:
                plan.report.events = current_rows(connection, "event")
                return plan.report
            seq = next_seq(connection)
            gone = retract(connection, plan.retract, seq)
            rows = [row for place, current in plan.articles if current for row in ready.rows[place]]
            mentions = _rows(ready.mentions, rows)
            articles = _rows(ready.articles, [place for place, _ in plan.articles])
            articles = textless.strip(articles, mentions, textless.keeps_text(connection))
            retracted = [None if current else seq for _, current in plan.articles]
            articles = articles.append_column("retracted", arrow({"retracted": retracted}, ARTICLE)["retracted"])
            _insert(connection, "article", articles, seq)
            _insert(connection, "mention", mentions, seq)
            textless.hash_quotes(connection, seq)
            stated = [role_row(role) for role in plan.roles]
            _insert(connection, "role", arrow({k: [r[k] for r in stated] for k in ROLE if k not in _CLOCKS}, ROLE), seq)
            come = [
                (items[place][0].id, items[place][0].published, ready.sketches[place])
                for place, current in plan.articles
                if current
            ]
            persons = {role.person for role in plan.roles}
            settle(connection, gone, seq, come, mentions["id"].to_pylist(), persons)
            store_actors(connection, seq, actors)
            plan.report.mentions = mentions.num_rows
            plan.report.events = current_rows(connection, "event")
            plan.report.seq = seq
            close_ingest(connection, seq, command, coder, plan.report)
        return plan.report

    def remove(self, article: str | None = None, source: str | None = None, command: str = "") -> IngestReport:
        """Retract one article by id, or all articles of a source (a publisher, an input file, or a url's host).

        History keeps them: ``as_of`` an earlier day they are still there. ``removed`` of the report counts them. An
        article that is ingested again is taken in again.

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
                kind, name = ("article", article) if article is not None else ("source", source)
                listing = "articles" if kind == "article" else "publishers"
                raise GraphError(
                    f"{self.directory}: {kind} {name!r} is not in the graph; `kg query {listing}` lists all"
                )
            plan = Plan(retract=[row[0] for row in rows], report=IngestReport(removed=len(rows)))
            seq = next_seq(connection)
            gone = retract(connection, plan.retract, seq)
            settle(connection, gone, seq)
            store_actors(connection, seq, lambda ids: ())
            plan.report.events = current_rows(connection, "event")
            plan.report.seq = seq
            close_ingest(connection, seq, command or "remove", None, plan.report)
        return plan.report


@dataclass(slots=True)
class _Ready:
    """A batch with all that can be made of it without the graph."""

    items: list[Item]
    versions: list[Version]
    sketches: list[Any]
    articles: pa.Table
    mentions: pa.Table
    rows: list[list[int]]
    """For each article the rows of its mentions, each mention once."""

    @classmethod
    def of(cls, batch: Batch, coder: str) -> _Ready:
        items = sorted(batch, key=lambda item: item[0].id)
        versions = [Version.of(article, coder) for article, _, _ in items]
        sketches = copies.Sketcher().many([(article.title, article.text) for article, _, _ in items])
        starts = accumulate((len(told) for _, told, _ in items), initial=0)
        return cls(
            items,
            versions,
            sketches,
            _article_table([article for article, _, _ in items], versions, sketches),
            arrow(mention_rows([m for _, told, _ in items for m in told]), MENTION),
            [
                list({m.id: row for row, m in enumerate(told, start)}.values())
                for (_, told, _), start in zip(items, starts, strict=False)
            ],
        )


def _article_table(articles: Sequence[Article], versions: Sequence[Version], sketches: Sequence[Any]) -> pa.Table:
    """What a batch says of its articles, and what follows from that."""
    import numpy as np
    import pyarrow as pa

    rows = list(map(article_row, articles))
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    for name in ("stamp", "text_hash", "meta_hash", "coder"):
        columns[name] = [getattr(version, name) for version in versions]
    ends = np.cumsum([0, *map(len, sketches)], dtype=np.int32)
    numbers = np.concatenate([np.empty(0, np.uint32), *sketches])
    return arrow(columns, ARTICLE).append_column("sketch", pa.ListArray.from_arrays(ends, numbers))


def _rows(table: pa.Table, places: Sequence[int]) -> pa.Table:
    import pyarrow as pa

    if len(places) == table.num_rows and all(place == row for row, place in enumerate(places)):
        return table  # as most batches are: all of it
    return table.take(pa.array(places, pa.int64()))


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
        [command, coder, json.dumps(report.counts()), seq],
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
    seq: int,
    come: Sequence[copies.Come] = (),
    new: Sequence[str] = (),
    persons: Iterable[str] = (),
) -> None:
    """Bring everything that follows from the current rows up to date, looking only at what the change can touch.

    Besides what is ``gone`` that are the articles that came, the ``new`` mentions and the ``persons`` whose offices
    they state.
    """
    regrouped = copies.update(connection, gone.articles, come)
    # A mention may leave one place for another when it is corrected or its persons are resolved anew.
    amendments = amended.compute(connection)
    reread = amendments.changed
    reach.mark(connection, reread)
    moved = resolve.refresh(connection, new, {*gone.persons, *persons}, leaving=lambda ids: reach.mark(connection, ids))
    amended.store(connection, amendments, seq)
    reach.mark(connection, {*moved, *reread}, regrouped, seq)
    reach.spread(connection)
    consolidate.refresh(connection, seq)
