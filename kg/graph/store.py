"""The tables of a graph directory: how they are made and opened, and what they hold in all.

An event is a function of the set of current mentions; nothing is ever overwritten, only retracted and recorded anew.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, SourceError
from kg.graph import migrate
from kg.graph.files import FileLock, Layout, first_line, now, one, read_connection
from kg.graph.rows import meta_hash, version_stamp
from kg.graph.schema import SCHEMA_VERSION, arrow, create_statements
from kg.graph.window import Day, expand
from kg.model import Article

if TYPE_CHECKING:
    import duckdb

__all__ = ["IngestReport", "Known", "Store", "alive", "open_store", "program_version", "same_url"]

Known = Mapping[tuple[str, str, str], dt.datetime]
"""Versions of one article that the graph has seen, by hash of the text, hash of the metadata and coder: the latest
moment at which each was published or modified."""


_LOOKUP = 200
"""Articles that are looked up in the graph at a time, so that memory does not grow with the graph."""

_NOT_STORED_YET = 5000
"""More articles than can be under way between the lookup and the store."""


@dataclass(slots=True)
class IngestReport:
    """What one call that wrote articles did. Counts are of articles unless named otherwise.

    ``older`` are versions of an earlier date than the one that is kept, ``tied`` those of the same date that lost by
    their hash. ``clashes`` names versions that look like a mistake: other words with the same date, or from another
    file without a common url.
    """

    new: int = 0
    unchanged: int = 0
    changed: int = 0
    recoded: int = 0
    older: int = 0
    tied: int = 0
    removed: int = 0
    mentions: int = 0
    events: int = 0
    seq: int | None = None
    clashes: list[SourceError] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """How many articles came."""
        return self.new + self.unchanged + self.changed + self.recoded + self.older + self.tied

    def __add__(self, other: IngestReport) -> IngestReport:
        """The counts of two calls together; ``events`` is that of the later one, the state of the graph."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMMED}
        return IngestReport(**sums, events=other.events, seq=other.seq if other.seq is not None else self.seq)

    def __str__(self) -> str:
        if self.removed:
            return f"articles: {self.removed} removed; {self.events} events"
        parts = [f"{self.new} new", f"{self.changed} changed", f"{self.unchanged} unchanged"]
        parts += [f"{self.recoded} coded anew"] if self.recoded else []
        parts += [f"{self.older} older than known"] if self.older else []
        parts += [f"{self.tied} not kept beside another version of the same date"] if self.tied else []
        return f"articles: {', '.join(parts)}; {self.mentions} mentions recorded; {self.events} events"

    def counts(self) -> dict[str, int | None]:
        """What is put on record: all but the names of articles."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "clashes"}


_SUMMED = ("new", "unchanged", "changed", "recoded", "older", "tied", "removed", "mentions", "clashes")


class Store:
    """The tables of a graph directory, for reading; each call opens them for itself."""

    def __init__(self, path: Path) -> None:
        self.directory = path
        self.layout = Layout(path)
        self._checked = False

    @contextlib.contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection for one call; see :func:`kg.graph.files.read_connection` for the errors."""
        with read_connection(self.layout) as connection:
            self.check_schema(connection)
            yield connection

    def seq(self, connection: duckdb.DuckDBPyConnection, as_of: Day | dt.datetime | None) -> int | None:
        """The number of the last ingest by the end of ``as_of`` (UTC); None for now.

        Raises:
            QueryError: ``as_of`` is no date.
        """
        if as_of is None:
            return None
        if isinstance(as_of, dt.datetime):
            moment = as_of.astimezone(dt.UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
        else:
            moment = dt.datetime.combine(expand(as_of)[1], dt.time.max)
        row = one(connection, "SELECT coalesce(max(seq), 0) FROM ingest WHERE moment <= ?", [moment])
        assert row is not None
        return int(row[0])

    def latest(self, as_of: Day | None = None) -> int:
        """The number of the last ingest, or of the last one by the end of ``as_of``."""
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            row = one(connection, "SELECT coalesce(max(seq), 0) FROM ingest") if seq is None else (seq,)
        return int(row[0]) if row else 0

    def record_times(self, table: str, seq: int) -> Iterator[tuple[str, str | None, dt.datetime]]:
        """Id, article if any, and time of record of all events or mentions known at ingest ``seq``."""
        article = "t.article" if table == "mention" else "NULL"
        with self.read() as connection:
            rows = connection.execute(
                f"""
                SELECT t.id, {article}, i.moment FROM {table} t JOIN ingest i ON i.seq = t.recorded
                WHERE {alive(seq, "t")} ORDER BY t.id
                """
            ).fetchall()
        yield from rows

    def known(self, ids: Iterable[str] | None = None) -> dict[str, Known]:
        """Versions of each article that the graph has seen, so that what is unchanged need not be parsed again.

        Articles that were removed are not known.
        """
        with self.read() as connection:
            chosen = ""
            if ids is not None:
                connection.register("_wanted", arrow({"id": list(ids)}, {"id": "VARCHAR"}))
                chosen = "JOIN (SELECT DISTINCT id FROM _wanted) USING (id)"
            rows = connection.execute(
                f"""
                SELECT id, text_hash, meta_hash, coder, max(stamp) FROM article {chosen}
                SEMI JOIN (SELECT id FROM article WHERE retracted IS NULL) USING (id)
                GROUP BY ALL
                """
            ).fetchall()
        found: dict[str, dict[tuple[str, str, str], dt.datetime]] = {}
        for article, text, meta, coder, stamp in rows:
            found.setdefault(article, {})[text, meta, coder] = stamp
        return dict(found)

    def unseen(
        self, articles: Iterable[Article], coder: str, problems: list[SourceError] | None = None
    ) -> Iterator[Article]:
        """Those of ``articles`` that ``coder`` has not coded in this version yet, in their order.

        A version that says that it was modified later than all of its words and metadata before is another one.

        An article that has the id of another one with another url is passed over and added to ``problems``.

        Raises:
            SourceError: there is such an article and no list of problems; names both files.
        """
        source, before = iter(articles), dict[str, tuple[str | None, str | None]]()
        while chunk := list(islice(source, _LOOKUP)):
            ids = [article.id for article in chunk]
            known, urls = self.known(ids), {**before, **self._urls(ids)}
            for article in chunk:
                try:
                    same_url(article, urls.get(article.id))
                except SourceError as problem:
                    if problems is None:
                        raise
                    problems.append(problem)
                    continue
                if article.url:
                    urls.setdefault(article.id, (article.url, article.origin.file if article.origin else None))
                seen = known.get(article.id, {}).get((article.text_hash, meta_hash(article), coder))
                if seen is None or seen < version_stamp(article):
                    yield article
            # Those of the last chunks may not be stored yet.
            before = dict(list({**before, **urls}.items())[-_NOT_STORED_YET:])

    def _urls(self, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
        with self.read() as connection:
            connection.register("_wanted", arrow({"id": ids}, {"id": "VARCHAR"}))
            rows = connection.execute(
                """
                SELECT id, url, origin_file FROM article JOIN (SELECT DISTINCT id FROM _wanted) USING (id)
                WHERE retracted IS NULL AND url IS NOT NULL
                """
            ).fetchall()
        return {article: (url, file) for article, url, file in rows}

    def info(self, as_of: Day | None = None) -> dict[str, Any]:
        """What the graph holds: counts, the span of event dates, schema and coder.

        ``undated`` counts events without dates, ``first`` and ``last`` are the first and last day of dated actual
        events, ``planned`` counts events that are not actual, ``ingests`` those that there had been by ``as_of``, the
        last of them at ``updated``.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            row = one(
                connection,
                f"""
                SELECT (SELECT count(*) FROM article WHERE {alive(seq)}),
                       (SELECT count(DISTINCT publisher) FROM article WHERE {alive(seq)}),
                       (SELECT count(*) FROM mention WHERE {alive(seq)}),
                       (SELECT count(*) FROM event WHERE {alive(seq)}),
                       (SELECT count(DISTINCT actor) FROM (
                            SELECT source AS actor FROM event WHERE {alive(seq)}
                            UNION ALL SELECT target FROM event WHERE {alive(seq)})),
                       (SELECT count(*) FROM role WHERE {alive(seq)})
                """,
            )
            span = one(
                connection,
                f"""
                SELECT min(begin_day) FILTER (WHERE status = 'actual'),
                       max(coalesce(end_day, begin_day)) FILTER (WHERE status = 'actual'),
                       count(*) FILTER (WHERE begin_day IS NULL), count(*) FILTER (WHERE status <> 'actual')
                FROM event WHERE {alive(seq)}
                """,
            )
            coders = connection.execute(
                f"SELECT DISTINCT coder FROM article WHERE {alive(seq)} AND coder IS NOT NULL ORDER BY 1"
            ).fetchall()
            limit = "true" if seq is None else f"seq <= {seq}"
            ingests = one(connection, f"SELECT max(seq), max(moment) FROM ingest WHERE {limit}")
        assert row is not None and span is not None and ingests is not None
        return {
            "articles": row[0],
            "publishers": row[1],
            "mentions": row[2],
            "events": row[3],
            "actors": row[4],
            "roles": row[5],
            "first": span[0],
            "last": span[1],
            "undated": span[2],
            "planned": span[3],
            "schema": SCHEMA_VERSION,
            "coder": ", ".join(coder for (coder,) in coders),
            "ingests": ingests[0] or 0,
            "updated": ingests[1],
        }

    def manifest(self) -> list[dict[str, Any]]:
        """Every ingest: number, time, command, coder, version of the program, and what it did; for citing a graph."""
        with self.read() as connection:
            rows = connection.execute(
                "SELECT seq, moment, command, coder, version, report FROM ingest ORDER BY seq"
            ).fetchall()
        return [
            {"seq": n, "at": at, "command": command, "coder": coder, "version": version, "report": json.loads(report)}
            for n, at, command, coder, version, report in rows
        ]

    def check_schema(self, connection: duckdb.DuckDBPyConnection, write: bool = False) -> None:
        """Refuse a database of a newer schema or of another program; one of a former schema is brought up to date by
        a writer, inside its transaction, and shown to a reader as if it were."""
        if self._checked:
            return
        import duckdb

        try:
            version = migrate.version_of(connection, str(self.directory))
        except duckdb.CatalogException as error:
            raise GraphError(f"{self.layout.database}: not a graph of this program ({first_line(error)})") from error
        if version < SCHEMA_VERSION:
            (migrate.upgrade if write else migrate.show)(connection, version)
        # A former version may be brought up to date by another process at any time.
        self._checked = version == SCHEMA_VERSION


def open_store(path: Path, create: bool) -> None:
    """Make sure that a graph is at ``path``; with ``create`` an empty one is made where there is none.

    Raises:
        GraphError: there is no graph and none is to be made, or the directory can't be written to.
    """
    layout = Layout(path)
    if layout.database.is_file():
        return
    if not create:
        raise GraphError(f"{path}: no graph here (no {layout.database.name}); make one with `kg build`")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphError(f"{path}: can't be made ({error.strerror})") from error
    import duckdb

    with FileLock(layout.lock, "create"):
        if layout.database.is_file():
            return
        # The database appears under its name only when it is whole.
        draft = layout.database.with_suffix(".new")
        for leftover in (draft, draft.with_name(draft.name + ".wal")):
            leftover.unlink(missing_ok=True)
        try:
            connection = duckdb.connect(str(draft))
            try:
                for statement in create_statements():
                    connection.execute(statement)
                created = now().isoformat(timespec="seconds")
                connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [("schema", str(SCHEMA_VERSION)), ("created", created), ("version", program_version())],
                )
            finally:
                connection.close()
            draft.replace(layout.database)
        except (duckdb.Error, OSError) as error:
            raise GraphError(f"{path}: no graph can be made here ({first_line(error)})") from error


def alive(seq: int | None, table: str = "") -> str:
    """SQL condition for rows that are current, or were as of ingest ``seq``."""
    prefix = f"{table}." if table else ""
    if seq is None:
        return f"{prefix}retracted IS NULL"
    return f"{prefix}recorded <= {int(seq)} AND ({prefix}retracted IS NULL OR {prefix}retracted > {int(seq)})"


def program_version() -> str:
    """The version of the installed package."""
    try:
        return importlib.metadata.version("kg")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def same_url(article: Article, known: tuple[str | None, str | None] | None) -> None:
    """Refuse an article that has the id of one with another url; ``known`` is the url and file of that one.

    Raises:
        SourceError: it has; names both files.
    """
    if known is None or not article.url or not known[0] or article.url == known[0]:
        return
    here = article.origin.file if article.origin else "an article without a file"
    raise SourceError(
        here,
        f"article {article.id!r} has the url {article.url} here but {known[0]} in {known[1] or 'another file'}; "
        "give one of them another id",
    )
