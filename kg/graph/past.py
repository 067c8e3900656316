"""The tables as they were at an earlier ingest, for questions that read more of them than events."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.graph import amended, copies, resolve
from kg.graph.files import one
from kg.graph.schema import create_table

if TYPE_CHECKING:
    import duckdb

__all__ = ["erased_since", "group_copies", "show"]

_RECORDED = ("article", "mention", "role", "event", "event_mention", "correction", "corrected")
_WORKED_OUT = ("near", "band", "copy", "resolution", "amended")


def show(connection: duckdb.DuckDBPyConnection, seq: int) -> None:
    """Let a read-only connection see the tables as they were after ingest ``seq``.

    What has record time is cut off there. How corrections and open persons read has none; it is worked out anew from
    the rows of that moment, and so are groups of copies by :func:`group_copies`. ``actor`` and ``alias`` stay as they
    are: they keep the actors of all times.
    """
    row = one(connection, "SELECT current_database()")
    assert row is not None
    # A reader of a former schema sees some tables through views or as empty ones, see kg.graph.migrate.
    views, empty = (
        {name for (name,) in connection.execute(f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE temporary").fetchall()}
        for kind in ("view", "table")
    )
    for table in sorted({*_RECORDED, "ingest"} - empty):
        if table in views:
            connection.execute(f"ALTER VIEW temp.{table} RENAME TO all_{table}")
        source = f"temp.all_{table}" if table in views else f'"{row[0]}".main.{table}'
        if table == "ingest":
            rows = f"SELECT * FROM {source} WHERE seq <= {int(seq)}"
        else:
            rows = f"""
                SELECT * REPLACE (CASE WHEN retracted <= {int(seq)} THEN retracted END AS retracted)
                FROM {source} WHERE recorded <= {int(seq)}
            """
        connection.execute(f"CREATE TEMP VIEW {table} AS {rows}")
    for table in _WORKED_OUT:
        connection.execute(create_table(table).replace("CREATE TABLE", "CREATE OR REPLACE TEMP TABLE", 1))
    amended.store_rows(connection, amended.compute(connection))
    mentions = connection.execute("SELECT id FROM mention WHERE retracted IS NULL").fetchall()
    resolve.refresh(connection, [row[0] for row in mentions], ())


def group_copies(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the near-duplicates among the articles that :func:`show` shows, which consolidation asks for."""
    copies.update(
        connection,
        (),
        connection.execute(
            "SELECT id, published, sketch FROM article WHERE retracted IS NULL AND sketch IS NOT NULL"
        ).fetchall(),
    )


def erased_since(connection: duckdb.DuckDBPyConnection, seq: int) -> bool:
    """Whether articles were erased after ingest ``seq``, with versions of events that others tell of too."""
    return one(connection, "SELECT 1 FROM ingest WHERE seq > ? AND command = 'remove --erase'", [seq]) is not None
