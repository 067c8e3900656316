"""Erasing articles for good: from all tables and clocks, and from the bytes of the files.

DuckDB and RocksDB keep deleted rows in their files until the space is used again. So the rows are deleted in a copy of
the database, what is left is written to a new file, and this file takes the place of the old one in one step; the RDF
projection is thrown away before. A crash at any moment leaves the old graph or the new one.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import GraphError
from kg.graph.actortable import name_others
from kg.graph.files import FileLock, Layout, connect_to_write, first_line
from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb

__all__ = ["delete_articles", "rewritten"]

_PATIENCE = 600.0

_UNFINISHED = ("unfinished.jsonl",)
"""What an interrupted build leaves beside the tables; it holds quotes, and only saves time."""


@contextlib.contextmanager
def rewritten(layout: Layout, command: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the database, in a transaction; what is left of it takes the database's place.

    Raises:
        StoreBusy: another process is writing or projecting.
        GraphError: the graph is damaged or can't be written to; then it is as it was.
    """
    import duckdb

    drafts = [layout.root / "events.erase", layout.root / "events.new"]
    with FileLock(layout.lock, command), FileLock(layout.rdf_lock, command, _PATIENCE):
        try:
            _discard(drafts)
            # Opened and closed once, so that nothing is left in a write-ahead log.
            connect_to_write(layout).close()
            shutil.copyfile(layout.database, drafts[0])
            connection = duckdb.connect(str(drafts[0]))
            try:
                connection.execute("SET TimeZone = 'UTC'")
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
                (name,) = connection.execute("SELECT current_database()").fetchall()[0]
                connection.execute(f"ATTACH '{str(drafts[1]).replace(chr(39), chr(39) * 2)}' AS fresh")
                connection.execute(f'COPY FROM DATABASE "{name}" TO fresh')
                connection.execute("DETACH fresh")
            finally:
                connection.close()
            _sync(drafts[1])
            # Nobody may look at the old state from here on.
            shutil.rmtree(layout.rdf, ignore_errors=True)
            for name in _UNFINISHED:
                (layout.root / name).unlink(missing_ok=True)
            if layout.rdf.exists():
                raise GraphError(f"{layout.rdf}: can't be deleted, so nothing was erased; mend its permissions")
            _discard(drafts[:1])
            connect_to_write(layout).close()
            drafts[1].replace(layout.database)
            _sync(layout.root)
        except (duckdb.Error, OSError) as error:
            raise GraphError(f"{layout.root}: nothing was erased ({first_line(error)})") from error
        finally:
            _discard(drafts)


def _discard(drafts: Sequence[Path]) -> None:
    for draft in drafts:
        for file in (draft, draft.with_name(draft.name + ".wal")):
            file.unlink(missing_ok=True)
        shutil.rmtree(draft.with_name(draft.name + ".tmp"), ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete_articles(
    connection: duckdb.DuckDBPyConnection, articles: Sequence[str], settle: Callable[[list[str]], None]
) -> None:
    """Delete articles with all that only they support, in all clocks.

    ``settle`` gets the articles that are current, to retract them and bring the events up to date first. Former
    versions of events that counted a deleted mention go; what is left of the event is on record from the moment on from
    which the last of them was. Actors that nothing refers to any more go with their names, and the names of others that
    only articles gave are taken from those that are left.
    """
    connection.execute("CREATE TEMP TABLE erased (id VARCHAR)")
    connection.register("_erased", arrow({"id": sorted(set(articles))}, {"id": "VARCHAR"}))
    connection.execute("INSERT INTO erased SELECT id FROM _erased")
    connection.unregister("_erased")
    current = connection.execute(
        "SELECT DISTINCT id FROM article WHERE retracted IS NULL AND id IN (SELECT id FROM erased) ORDER BY id"
    ).fetchall()
    settle([row[0] for row in current])
    connection.execute(
        "CREATE TEMP TABLE erased_mention AS SELECT DISTINCT id FROM mention WHERE article IN (SELECT id FROM erased)"
    )
    named = {
        row[0]
        for row in connection.execute(
            """
            SELECT unnest([source, target, source_agent_id, target_agent_id]) FROM mention
            WHERE article IN (SELECT id FROM erased)
            UNION SELECT unnest([actor, person_id]) FROM role WHERE article IN (SELECT id FROM erased)
            """
        ).fetchall()
    }
    _delete_corrections(connection)
    _delete_events(connection)
    for table, column in (
        ("mention", "article"), ("role", "article"), ("article", "id"), ("band", "article"), ("copy", "article"),
        ("near", "a"), ("near", "b"),
    ):  # fmt: skip
        connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM erased)")
    connection.execute("DELETE FROM resolution WHERE mention IN (SELECT id FROM erased_mention)")
    _delete_actors(connection, sorted(named - {None}))
    connection.execute("DROP TABLE erased")
    connection.execute("DROP TABLE erased_mention")


def _delete_corrections(connection: duckdb.DuckDBPyConnection) -> None:
    """Those of the articles, and those that say "the same as" of a quote of them."""
    articles = {row[0] for row in connection.execute("SELECT id FROM erased").fetchall()}
    rows = connection.execute("SELECT DISTINCT id, article, change FROM correction").fetchall()
    gone = [
        key
        for key, article, change in rows
        if article in articles or (json.loads(change).get("same_as") or {}).get("article") in articles
    ]
    connection.execute("DELETE FROM corrected WHERE correction IN (SELECT unnest(?::VARCHAR[]))", [gone])
    connection.execute("DELETE FROM correction WHERE id IN (SELECT unnest(?::VARCHAR[]))", [gone])
    connection.execute(
        """
        DELETE FROM amended WHERE mention IN (SELECT id FROM erased_mention)
        OR stands_for IN (SELECT id FROM erased_mention) OR story IN (SELECT id FROM erased)
        """
    )


def _delete_events(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        CREATE TEMP TABLE erased_version AS
        SELECT DISTINCT e.id, e.recorded, e.retracted FROM event e JOIN event_mention l ON l.event = e.id
             AND l.recorded < coalesce(e.retracted, 2147483647) AND e.recorded < coalesce(l.retracted, 2147483647)
        WHERE l.mention IN (SELECT id FROM erased_mention)
        """
    )
    # The event as it is now stood for the last version that counted a deleted mention.
    connection.execute(
        """
        UPDATE event SET recorded = v.recorded
        FROM (SELECT id, max(recorded) AS recorded, max(retracted) AS retracted FROM erased_version GROUP BY id) v
        WHERE event.id = v.id AND event.retracted IS NULL AND event.recorded = v.retracted
        """
    )
    connection.execute(
        """
        DELETE FROM event WHERE (id, recorded, retracted) IN (SELECT (id, recorded, retracted) FROM erased_version)
        """
    )
    connection.execute("DELETE FROM event_mention WHERE mention IN (SELECT id FROM erased_mention)")
    connection.execute("DELETE FROM event_mention WHERE event NOT IN (SELECT id FROM event)")
    connection.execute(
        """
        DELETE FROM event_alias
        WHERE former NOT IN (SELECT id FROM event) AND former IN (SELECT id FROM erased_version)
        """
    )
    connection.execute(
        "DELETE FROM event_alias WHERE event NOT IN (SELECT id FROM event UNION SELECT former FROM event_alias)"
    )
    connection.execute("DROP TABLE erased_version")


_REFERRED = """
    SELECT unnest([source, target, source_agent_id, target_agent_id]) AS id FROM mention
    UNION SELECT unnest([actor, person_id]) FROM role
    UNION SELECT unnest([source, target]) FROM event
    UNION SELECT actor FROM resolution
"""


def _delete_actors(connection: duckdb.DuckDBPyConnection, named: Sequence[str]) -> None:
    connection.execute("CREATE TEMP TABLE erased_actor AS SELECT unnest(?::VARCHAR[]) AS id", [list(named)])
    connection.execute(
        f"""
        DELETE FROM erased_actor WHERE id IN (SELECT id FROM actor WHERE given)
        AND id IN (SELECT id FROM ({_REFERRED}) WHERE id IS NOT NULL)
        """
    )
    # Those without a record of their own get one again from the articles that are left.
    connection.execute("DELETE FROM actor WHERE id IN (SELECT id FROM erased_actor)")
    connection.execute("DELETE FROM alias WHERE actor IN (SELECT id FROM erased_actor)")
    left = f"SELECT id FROM erased_actor SEMI JOIN (SELECT DISTINCT id FROM ({_REFERRED})) USING (id)"
    name_others(connection, [row[0] for row in connection.execute(left).fetchall()])
    connection.execute("DROP TABLE erased_actor")
