"""The graph: a directory whose tables are the truth, and everything that can be asked of them.

An event is a function of the set of current mentions; nothing is ever overwritten, only retracted and recorded anew.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, SourceError
from kg.graph import consolidate, copies, resolve
from kg.graph.files import FileLock, Layout, first_line, now, one, read_connection, write_connection
from kg.graph.schema import (
    ARTICLE,
    MENTION,
    ROLE,
    SCHEMA_VERSION,
    arrow,
    article_row,
    create_statements,
    mention_rows,
    meta_hash,
    role_row,
    version_stamp,
)
from kg.graph.window import Day, expand
from kg.model import Actor, ActorKind, Article, Mention, Role

if TYPE_CHECKING:
    import duckdb

__all__ = ["Batch", "IngestReport", "Known", "Store", "open_store"]

Batch = Iterable[tuple[Article, list[Mention], list[Role]]]
Known = frozenset[tuple[str, str, str]]
"""Versions of one article that the graph has seen: hash of the text, hash of the metadata, coder."""


@dataclass(slots=True)
class IngestReport:
    """What one call to ``ingest`` did. Counts are of articles unless named otherwise."""

    new: int = 0
    unchanged: int = 0
    changed: int = 0
    recoded: int = 0
    older: int = 0
    mentions: int = 0
    events: int = 0
    seq: int | None = None

    def __add__(self, other: IngestReport) -> IngestReport:
        """The counts of two calls together; ``events`` is that of the later one, the state of the graph."""
        return IngestReport(
            self.new + other.new,
            self.unchanged + other.unchanged,
            self.changed + other.changed,
            self.recoded + other.recoded,
            self.older + other.older,
            self.mentions + other.mentions,
            other.events,
            other.seq if other.seq is not None else self.seq,
        )

    def __str__(self) -> str:
        parts = [f"{self.new} new", f"{self.changed} changed", f"{self.unchanged} unchanged"]
        parts += [f"{self.recoded} coded anew"] if self.recoded else []
        parts += [f"{self.older} older than known"] if self.older else []
        return f"articles: {', '.join(parts)}; {self.mentions} mentions recorded; {self.events} events"


@dataclass(slots=True)
class _Version:
    """One version of an article, comparable: the later stamp wins, then the larger hashes."""

    stamp: dt.datetime
    text_hash: str
    meta_hash: str
    coder: str
    url: str | None
    file: str | None

    @property
    def order(self) -> tuple[dt.datetime, str, str]:
        return self.stamp, self.text_hash, self.meta_hash


@dataclass(slots=True)
class _Plan:
    """What an ingest is about to write."""

    articles: list[tuple[Article, bool]] = field(default_factory=list)
    """Rows to add, and whether each is current."""
    mentions: list[Mention] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    retract: list[str] = field(default_factory=list)
    report: IngestReport = field(default_factory=IngestReport)

    @property
    def empty(self) -> bool:
        return not self.articles and not self.retract


class Store:
    """The tables of a graph directory: how they are made, written, and what they hold in all."""

    def __init__(self, path: Path) -> None:
        self.directory = path
        self.layout = Layout(path)
        self._checked = False

    # -- reading -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection for one call; see :func:`kg.graph.files.read_connection` for the errors."""
        with read_connection(self.layout) as connection:
            self._check_schema(connection)
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
                SELECT id, list(DISTINCT (text_hash, meta_hash, coder)) FROM article {chosen}
                GROUP BY id HAVING count(*) FILTER (WHERE retracted IS NULL) > 0
                """
            ).fetchall()
        return {article: frozenset(tuple(version) for version in versions) for article, versions in rows}

    def unseen(
        self, articles: Iterable[Article], coder: str, problems: list[SourceError] | None = None
    ) -> Iterator[Article]:
        """Those of ``articles`` that ``coder`` has not coded in this version yet, in their order.

        An article that has the id of another one with another url is passed over and added to ``problems``.

        Raises:
            SourceError: there is such an article and no list of problems; names both files.
        """
        known, urls = self.known(), self._urls()
        for article in articles:
            try:
                _same_url(article, urls.get(article.id))
            except SourceError as problem:
                if problems is None:
                    raise
                problems.append(problem)
                continue
            if article.url:
                urls.setdefault(article.id, (article.url, article.origin.file if article.origin else None))
            if (article.text_hash, meta_hash(article), coder) not in known.get(article.id, ()):
                yield article

    def _urls(self) -> dict[str, tuple[str | None, str | None]]:
        with self.read() as connection:
            rows = connection.execute(
                "SELECT id, url, origin_file FROM article WHERE retracted IS NULL AND url IS NOT NULL"
            ).fetchall()
        return {article: (url, file) for article, url, file in rows}

    def info(self, as_of: Day | None = None) -> dict[str, Any]:
        """What the graph holds: counts, the span of event dates, schema and coder.

        ``undated`` counts events without dates, ``first`` and ``last`` are the first and last day of dated actual
        events, ``planned`` counts events that are not actual.
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
            ingests = one(connection, "SELECT max(seq), max(moment) FROM ingest")
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

    # -- writing -----------------------------------------------------------------------------------------------------

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
        sketches = {a.text_hash: copies.sketch(a.title, a.text) for a, _, _ in items}
        with write_connection(self.layout, command) as connection:
            self._check_schema(connection)
            plan = _plan(items, _versions(connection, [a.id for a, _, _ in items]), coder)
            if plan.empty:
                plan.report.events = _count(connection, "event")
                return plan.report
            seq = _next_seq(connection)
            gone = _retract(connection, plan.retract, seq)
            _insert_articles(connection, plan, sketches, coder, seq)
            _insert(connection, "mention", arrow(mention_rows(plan.mentions), MENTION), seq)
            rows = [role_row(r) for r in plan.roles]
            _insert(connection, "role", arrow({k: [r[k] for r in rows] for k in ROLE if k not in _CLOCKS}, ROLE), seq)
            current = [a for a, is_current in plan.articles if is_current]
            come = [(a.id, a.published, sketches[a.text_hash]) for a in current]
            _settle(connection, gone, come, plan, seq)
            _actors(connection, plan, actors)
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
            self._check_schema(connection)
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
            plan = _Plan(retract=[row[0] for row in rows], report=IngestReport(changed=len(rows)))
            seq = _next_seq(connection)
            gone = _retract(connection, plan.retract, seq)
            _settle(connection, gone, [], plan, seq)
            plan.report.events = _count(connection, "event")
            plan.report.seq = seq
            _close_ingest(connection, seq, command or "remove", None, plan.report)
        return plan.report

    # -- upkeep ------------------------------------------------------------------------------------------------------

    def _check_schema(self, connection: duckdb.DuckDBPyConnection) -> None:
        if self._checked:
            return
        import duckdb

        try:
            row = one(connection, "SELECT value FROM meta WHERE key = 'schema'")
        except duckdb.Error as error:
            raise GraphError(f"{self.layout.database}: not a graph of this program ({first_line(error)})") from error
        if row is None or row[0] != str(SCHEMA_VERSION):
            found = row[0] if row else "none"
            raise GraphError(
                f"{self.directory}: schema version {found}, this program writes {SCHEMA_VERSION}; "
                "use the version that made it, or build the graph anew"
            )
        self._checked = True


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


_CLOCKS = ("recorded", "retracted")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = one(connection, f"SELECT count(*) FROM {table} WHERE retracted IS NULL")
    return int(row[0]) if row else 0


def _versions(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, list[tuple[_Version, bool]]]:
    """Every version on record of the given articles, and whether it is the current one; removed articles have none."""
    connection.register("_wanted", arrow({"id": sorted(set(ids))}, {"id": "VARCHAR"}))
    rows = connection.execute(
        """
        SELECT id, stamp, text_hash, meta_hash, coder, url, origin_file, retracted IS NULL
        FROM article JOIN _wanted USING (id)
        QUALIFY bool_or(retracted IS NULL) OVER (PARTITION BY id)
        """
    ).fetchall()
    connection.unregister("_wanted")
    out: dict[str, list[tuple[_Version, bool]]] = defaultdict(list)
    for article, *version, current in rows:
        out[article].append((_Version(*version), current))
    return out


def _same_url(article: Article, known: tuple[str | None, str | None] | None) -> None:
    if known is None or not article.url or not known[0] or article.url == known[0]:
        return
    here = article.origin.file if article.origin else "an article without a file"
    raise SourceError(
        here,
        f"article {article.id!r} has the url {article.url} here but {known[0]} in {known[1] or 'another file'}; "
        "give one of them another id",
    )


def _plan(
    items: Sequence[tuple[Article, list[Mention], list[Role]]],
    versions: Mapping[str, list[tuple[_Version, bool]]],
    coder: str,
) -> _Plan:
    """Decide for each article of a batch whether it is new, unchanged, changed, coded anew, or older than known."""
    plan = _Plan()
    best: dict[str, tuple[_Version, Article, list[Mention], list[Role]]] = {}
    losers: dict[tuple[str, str, str], tuple[_Version, Article]] = {}
    for article, mentions, roles in items:
        file = article.origin.file if article.origin else None
        mine = _Version(version_stamp(article), article.text_hash, meta_hash(article), coder, article.url, file)
        for version, _ in versions.get(article.id, ()):
            _same_url(article, (version.url, version.file))
        rival = best.get(article.id)
        if rival is not None:
            _same_url(article, (rival[0].url, rival[0].file))
            if mine.order == rival[0].order:
                plan.report.unchanged += 1
                continue
            if mine.order < rival[0].order:
                losers[article.id, mine.text_hash, mine.meta_hash] = (mine, article)
                continue
            losers[article.id, rival[0].text_hash, rival[0].meta_hash] = rival[:2]
        best[article.id] = (mine, article, mentions, roles)
    for key, (mine, article, mentions, roles) in sorted(best.items()):
        current = next((version for version, is_current in versions.get(key, ()) if is_current), None)
        if current is None:
            plan.report.new += 1
        elif mine.order == current.order and mine.coder == current.coder:
            plan.report.unchanged += 1
            continue
        elif mine.order == current.order:
            plan.report.recoded += 1
            plan.retract.append(key)
        elif mine.order > current.order:
            plan.report.changed += 1
            plan.retract.append(key)
        else:
            losers[key, mine.text_hash, mine.meta_hash] = (mine, article)
            continue
        plan.articles.append((article, True))
        plan.mentions += {m.id: m for m in mentions}.values()
        plan.roles += dict.fromkeys(roles)
    for (key, _, _), (mine, article) in sorted(losers.items(), key=lambda item: item[0]):
        plan.report.older += 1
        seen = [v for v, _ in versions.get(key, ())]
        if not any(v.order == mine.order and v.coder == mine.coder for v in seen):
            plan.articles.append((article, False))
    return plan


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
    connection: duckdb.DuckDBPyConnection, plan: _Plan, sketches: Mapping[str, list[int]], coder: str, seq: int
) -> None:
    rows = [article_row(article) for article, _ in plan.articles]
    if not rows:
        return
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    columns["coder"] = [coder] * len(rows)
    columns["sketch"] = [sketches[article.text_hash] for article, _ in plan.articles]
    columns["retracted"] = [None if current else seq for _, current in plan.articles]
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
    plan: _Plan,
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


def _actors(
    connection: duckdb.DuckDBPyConnection, plan: _Plan, lookup: Callable[[Iterable[str]], Iterable[Actor]]
) -> None:
    """Store the records of all actors that the batch names; an id without a record gets what the articles say of it."""
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for mention in plan.mentions:
        for party in (mention.source, mention.target):
            if party is not None:
                said[party.id].add((party.label, party.code))
                if party.agent_id and party.agent:
                    said[party.agent_id].add((party.agent, party.agent_id))
    for role in plan.roles:
        said[role.actor].add((role.actor, role.code.split(":")[0]))
        if role.person_id:
            said[role.person_id].add((role.person, role.person_id))
    given = {actor.id: actor for actor in lookup(sorted(said)) if actor.id in said}
    rows = [_actor_row(actor, True) for actor in given.values()]
    stored = dict(connection.execute("SELECT id, label FROM actor WHERE NOT given").fetchall())
    for key in sorted(said.keys() - given.keys()):
        label, code = min(said[key], key=lambda pair: (-len(pair[0]), pair))
        if key in stored and (-len(stored[key]), stored[key]) <= (-len(label), label):
            continue
        kind = ActorKind.PERSON if key.startswith("person.") else ActorKind.SECTOR if ":" in key else ActorKind.GROUP
        country, _, sector = key.partition(":") if ":" in key else ("", "", "")
        rows.append(_actor_row(Actor(key, kind, label, code, country or None, sector or None), False))
    if not rows:
        return
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    connection.register("_rows", arrow(columns, _ACTOR))
    # What the gazetteer gives is never replaced by what an article says.
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE kept AS
        SELECT r.* FROM _rows r ANTI JOIN (SELECT id FROM actor WHERE given) a ON a.id = r.id AND NOT r.given
        """
    )
    connection.execute("DELETE FROM actor WHERE id IN (SELECT id FROM kept)")
    connection.execute("DELETE FROM alias WHERE actor IN (SELECT id FROM kept WHERE given)")
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO actor ({names}) SELECT {names} FROM kept ORDER BY id")
    connection.unregister("_rows")
    connection.execute("DROP TABLE temp.kept")
    names_of = [(a.id, n.name, n.begin, n.end) for a in given.values() for n in a.aliases]
    if names_of:
        columns = dict(zip(_ALIAS, map(list, zip(*names_of, strict=True)), strict=True))
        connection.register("_rows", arrow(columns, _ALIAS))
        connection.execute("INSERT INTO alias SELECT DISTINCT * FROM _rows ORDER BY ALL")
        connection.unregister("_rows")


_ACTOR = {
    "id": "VARCHAR",
    "kind": "VARCHAR",
    "label": "VARCHAR",
    "code": "VARCHAR",
    "country": "VARCHAR",
    "sector": "VARCHAR",
    "wikidata": "VARCHAR",
    "region": "VARCHAR",
    "given": "BOOLEAN",
}
_ALIAS = {"actor": "VARCHAR", "name": "VARCHAR", "begin_day": "DATE", "end_day": "DATE"}


def _actor_row(actor: Actor, given: bool) -> dict[str, Any]:
    return {
        "id": actor.id,
        "kind": actor.kind.value,
        "label": actor.label,
        "code": actor.code,
        "country": actor.country,
        "sector": actor.sector,
        "wikidata": actor.wikidata,
        "region": actor.region,
        "given": given,
    }
