"""The RDF projection on disk: brought up to date by watermark, rebuilt at will, readable while somebody writes.

RocksDB, on which Oxigraph stands, lets one process write a directory and gives no promise to others that read it. So
``rdf/work`` is written under a lock, and each state that is worth reading is a backup of it (hard links) that never
changes: ``rdf/CURRENT.json`` names it. Readers hold a shared lock on the one that they read; those that nobody reads
go.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, StoreBusy
from kg.graph.files import FileLock, one
from kg.graph.quads import (
    RDF_VERSION,
    actor_quads,
    article_quads,
    dyad_quads,
    edge_quads,
    event_quads,
    iri,
    used_actors,
)
from kg.graph.schema import arrow
from kg.graph.store import Store
from kg.graph.window import Day

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph as ox

__all__ = ["TORN", "Projection", "RdfStore"]

_CHUNK = 20_000
"""Events, actors or articles that are projected at a time, so that memory stays flat."""

_MANY = 100_000
"""Changed events, articles and actors from which on everything is projected anew: that goes part by part."""

_LARGE = 20_000_000
"""Bytes from which on lines are loaded in bulk, past the transaction."""

_LOADERS = 2
"""Parts that are loaded into an empty store at the same time, while the next is made."""

_SNAPSHOT = re.compile(r"state-\d+-[0-9a-f]+")

TORN = (OSError, ValueError, RuntimeError)
"""What pyoxigraph raises when the files of a store are damaged."""

_PATIENCE = 600.0
"""Seconds to wait for another process that brings the projection up to date: it does the work for both."""


class Projection:
    """The directory ``rdf/`` of a graph."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.root = store.layout.rdf
        self.work = self.root / "work"
        self.current = self.root / "CURRENT.json"

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Path]:
        """A store directory that holds the present state of the tables and does not change while it is used.

        While a writer keeps the database closed for longer than readers wait, the last state that was projected.

        Raises:
            StoreBusy: the database is being written and nothing has been projected yet.
            GraphError: the projection can't be written.
        """
        for _ in range(10):
            name = self._name(self.refresh)
            with _shared_lock(self.root / f"{name}.lock"):
                if (self.root / name).is_dir():
                    yield self.root / name
                    return
        raise GraphError(f"{self.root}: the projection changes too fast to be read; try again")

    @contextlib.contextmanager
    def opened(self) -> Iterator[Any]:
        """The same as an open, read-only :class:`pyoxigraph.Store`; rebuilt first if it is damaged.

        Raises:
            GraphError: the projection can't be read or written.
        """
        import pyoxigraph as ox

        for attempt in (1, 2):
            with self.snapshot() as path:
                try:
                    inner = ox.Store.read_only(str(path))
                except TORN as error:
                    if attempt == 2:
                        raise GraphError(f"{self.root}: the RDF projection can't be read ({error})") from error
                else:
                    yield inner
                    return
            self.distrust()

    def _name(self, refresh: Any) -> str:
        try:
            return str(refresh()["snapshot"])
        except StoreBusy:
            state = self.state()
            if state is None:
                raise
            return str(state["snapshot"])

    def refresh(self) -> dict[str, Any]:
        """Bring the projection up to date if the tables have changed; returns its state: snapshot and watermark."""
        seq = self._seq()
        state = self.state()
        if state is not None and state["seq"] == seq:
            return state
        self.root.mkdir(exist_ok=True)
        with FileLock(self.store.layout.rdf_lock, "project to RDF", _PATIENCE):
            seq, state = self._seq(), self.state()
            if state is not None and state["seq"] == seq:
                return state
            if state is not None and self.work.is_dir() and state["seq"] < seq:
                with contextlib.suppress(*TORN):  # a torn store is no loss: everything is in the tables
                    return self._advance(state["seq"], seq)
            return self._rebuild(seq)

    def rebuild(self) -> dict[str, Any]:
        """Project all tables anew, whatever is there."""
        self.root.mkdir(exist_ok=True)
        with FileLock(self.store.layout.rdf_lock, "project to RDF", _PATIENCE):
            return self._rebuild(self._seq())

    def distrust(self) -> None:
        """Forget the projection after it turned out to be damaged; the next reader rebuilds it."""
        with contextlib.suppress(OSError):
            self.current.unlink()

    def build(self, path: Path, seq: int) -> None:
        """Write the state as of ingest ``seq`` to a new store at ``path``."""
        import pyoxigraph as ox

        store = ox.Store(str(path))
        with ThreadPoolExecutor(_LOADERS, "kg-rdf") as pool:
            loading: deque[Future[None]] = deque()
            for lines in self.lines(seq):
                # Lenient, because IRIs are made and encoded by our SQL.
                loading.append(pool.submit(store.bulk_load, lines, format=ox.RdfFormat.N_QUADS, lenient=True))
                if len(loading) > _LOADERS:
                    loading.popleft().result()
            for part in loading:
                part.result()
        store.optimize()
        store.flush()

    def _seq(self) -> int:
        return self.store.latest()

    def state(self) -> dict[str, Any] | None:
        """Snapshot and watermark of the last projection, or None if there is none that can be used."""
        try:
            state = json.loads(self.current.read_text("utf-8"))
            ours = _SNAPSHOT.fullmatch(state["snapshot"]) is not None  # a name is no path that leads elsewhere
            if ours and state["version"] == RDF_VERSION and (self.root / state["snapshot"] / "CURRENT").is_file():
                return {"seq": int(state["seq"]), "snapshot": str(state["snapshot"])}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def _rebuild(self, seq: int) -> dict[str, Any]:
        shutil.rmtree(self.work, ignore_errors=True)
        try:
            self.build(self.work, seq)
            return self._publish(seq)
        except TORN as error:
            raise GraphError(f"{self.root}: the RDF projection can't be written ({error})") from error

    def _advance(self, old: int, seq: int) -> dict[str, Any]:
        """Take away and add what changed since ingest ``old``; safe to do again after it broke off half-way."""
        import pyoxigraph as ox

        with self.store.read() as connection:
            connection.execute("CREATE TEMP TABLE since AS " + _SINCE.format(old=old, seq=seq))
            changed = connection.execute("SELECT kind, id FROM since ORDER BY ALL").fetchall()
            if len(changed) > _MANY:
                raise OSError(f"{len(changed)} changes are too many for one step")
            added = _lines(connection, event_quads(seq, "e.id IN (SELECT id FROM since WHERE kind = 'event')"))
            for query in article_quads(seq, "a.id IN (SELECT id FROM since WHERE kind = 'article')"):
                added += _lines(connection, query)
            actors = [key for kind, key in changed if kind == "actor"]
            added += _lines(
                connection,
                actor_quads(f"a.id IN (SELECT id FROM since WHERE kind = 'actor') AND a.id IN ({used_actors(seq)})"),
            )
            pairs = connection.execute(_PAIRS_SINCE.format(old=old, seq=seq)).fetchall()
            columns = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}
            connection.register("_pairs", arrow(columns, {"a": "VARCHAR", "b": "VARCHAR"}))
            chosen = "(src, tgt) IN (SELECT (a, b) FROM _pairs)"
            edges = _lines(connection, edge_quads(seq, chosen)) + _lines(connection, dyad_quads(seq, chosen))
            connection.unregister("_pairs")
        store = ox.Store(str(self.work))
        gone: list[ox.Quad] = []
        default = ox.DefaultGraph()
        for kind, key in changed:
            if kind == "article":
                store.remove_graph(ox.NamedNode(iri("article", key)))
            else:
                gone += store.quads_for_pattern(ox.NamedNode(iri(kind, key)), None, None, default)
        for actor in actors:  # its plain edges belong to pairs
            gone = [q for q in gone if not (q.subject == ox.NamedNode(iri("actor", actor)) and _is_edge(q))]
        for a, b in pairs:
            node = ox.NamedNode(iri("dyad", f"{min(a, b)}..{max(a, b)}"))
            gone += store.quads_for_pattern(node, None, None, default)
            node = ox.NamedNode(iri("actor", a))
            gone += [
                q for q in store.quads_for_pattern(node, None, ox.NamedNode(iri("actor", b)), default) if _is_edge(q)
            ]
        for quad in gone:
            store.remove(quad)
        (store.bulk_load if len(added) > _LARGE else store.load)(added + edges, format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store
        return self._publish(seq)

    def _publish(self, seq: int) -> dict[str, Any]:
        import pyoxigraph as ox

        name = f"state-{seq}-{uuid.uuid4().hex[:8]}"
        store = ox.Store(str(self.work))
        store.backup(str(self.root / name))
        del store
        state = {"version": RDF_VERSION, "seq": seq, "snapshot": name}
        draft = self.current.with_suffix(".new")
        draft.write_text(json.dumps(state), "utf-8")
        draft.replace(self.current)
        self._sweep(name)
        return state

    def _sweep(self, keep: str) -> None:
        for folder in self.root.glob("state-*"):
            if not folder.is_dir() or folder.name == keep:
                continue
            lock = folder.with_name(folder.name + ".lock")
            with contextlib.suppress(OSError, StoreBusy, GraphError), FileLock(lock, "sweep", 0):
                shutil.rmtree(folder, ignore_errors=True)
                lock.unlink(missing_ok=True)

    def lines(self, seq: int) -> Iterator[bytes]:
        """All N-Quads lines as of ingest ``seq``, in parts: one call each, so that writers need not wait for all."""
        sources: list[tuple[str, str, Callable[[str], list[str]]]] = [
            ("event", "e.id", lambda where: [event_quads(seq, where)]),
            ("article", "a.id", lambda where: article_quads(seq, where)),
        ]
        for table, column, queries in sources:
            with self.store.read() as connection:
                row = one(connection, f"SELECT count(*) FROM {table}")
            parts = (row[0] if row else 0) // _CHUNK + 1
            for part in range(parts):
                where = f"hash({column}) % {parts} = {part}" if parts > 1 else "true"
                with self.store.read() as connection:
                    for query in queries(where):
                        if lines := _lines(connection, query):
                            yield lines
        with self.store.read() as connection:
            yield _lines(connection, edge_quads(seq))
            yield _lines(connection, dyad_quads(seq))
            yield _lines(connection, actor_quads(f"a.id IN ({used_actors(seq)})"))


class RdfStore(Store):
    """The part of a graph that is seen as RDF."""

    @property
    def projection(self) -> Projection:
        """The directory of the projection."""
        return Projection(self)

    def reindex(self) -> None:
        """Rebuild the RDF projection from the tables.

        Raises:
            StoreBusy: another process is writing.
            GraphError: the projection can't be written.
        """
        self.projection.rebuild()

    def sync(self) -> None:
        """Bring the RDF projection up to date now; otherwise the next query does."""
        self.projection.refresh()

    @contextlib.contextmanager
    def rdf(self, as_of: Day | None = None) -> Iterator[Path]:
        """A directory with an Oxigraph store of the graph, for reading only, as long as the context lasts."""
        if as_of is None:
            with self.projection.snapshot() as path:
                yield path
            return
        with self.read() as connection:
            seq = self.seq(connection, as_of)
        assert seq is not None
        with tempfile.TemporaryDirectory(prefix="kg-rdf-") as folder:
            self.projection.build(Path(folder, "store"), seq)
            yield Path(folder, "store")

    def to_rdflib(self) -> Any:
        """The graph as a read-only :class:`rdflib.Dataset` over the store on disk; its default graph is the union.

        It shows the graph as it is now and does not follow later changes.
        """
        import weakref

        import oxrdflib
        import rdflib

        from kg.graph.quads import prefixes

        stack = contextlib.ExitStack()
        inner = stack.enter_context(self.projection.opened())
        dataset: Any = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=inner), default_union=True)
        weakref.finalize(dataset, stack.close)
        bind: Any = dataset.bind
        for name, namespace in prefixes().items():
            bind(name, namespace, override=True, replace=True)
        return dataset


_SINCE = """
    WITH changed_event AS (SELECT * FROM event WHERE recorded > {old} OR retracted > {old}),
    changed_mention AS (SELECT * FROM mention WHERE recorded > {old} OR retracted > {old}),
    changed_role AS (SELECT * FROM role WHERE recorded > {old} OR retracted > {old})
    SELECT DISTINCT kind, id FROM (
        SELECT 'event' AS kind, id FROM changed_event
        UNION ALL SELECT 'event', event FROM event_mention WHERE recorded > {old} OR retracted > {old}
        UNION ALL SELECT 'article', id FROM article WHERE recorded > {old} OR retracted > {old}
        UNION ALL SELECT 'article', article FROM changed_mention
        UNION ALL SELECT 'article', article FROM changed_role
        UNION ALL SELECT 'article', article FROM correction WHERE recorded > {old} OR retracted > {old}
        UNION ALL SELECT 'article', b.article FROM corrected d JOIN correction b ON b.id = d.correction
        WHERE d.recorded > {old} OR d.retracted > {old}
        UNION ALL SELECT 'actor', source FROM changed_event UNION ALL SELECT 'actor', target FROM changed_event
        UNION ALL SELECT 'actor', source FROM changed_mention UNION ALL SELECT 'actor', target FROM changed_mention
        UNION ALL SELECT 'actor', source_agent_id FROM changed_mention
        UNION ALL SELECT 'actor', target_agent_id FROM changed_mention
        UNION ALL SELECT 'actor', actor FROM changed_role UNION ALL SELECT 'actor', person_id FROM changed_role)
    WHERE id IS NOT NULL
"""

_PAIRS_SINCE = """
    SELECT DISTINCT a, b FROM (
        SELECT source AS a, target AS b FROM event WHERE (recorded > {old} OR retracted > {old}) AND target IS NOT NULL
        UNION ALL
        SELECT target, source FROM event WHERE (recorded > {old} OR retracted > {old}) AND target IS NOT NULL)
    ORDER BY ALL
"""


def _lines(connection: duckdb.DuckDBPyConnection, query: str) -> bytes:
    """All lines that a query gives, one after the other, without a Python object for each."""
    import numpy as np
    import pyarrow as pa

    parts = []
    for chunk in connection.sql(query).to_arrow_table().column(0).chunks:
        _, ends, text = chunk.cast(pa.large_binary()).buffers()
        if len(chunk):
            places = np.frombuffer(ends, dtype=np.int64)
            parts.append(memoryview(text)[places[chunk.offset] : places[chunk.offset + len(chunk)]])
    return b"".join(parts)


def _is_edge(quad: ox.Quad) -> bool:
    from kg.graph.quads import prefixes

    return str(quad.predicate.value).startswith(prefixes()["plover"])


@contextlib.contextmanager
def _shared_lock(path: Path) -> Iterator[None]:
    """Held by readers of a state, so that nobody sweeps it away; without effect where there are no such locks."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        fd = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:  # a directory that only others may write to
        yield
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)
