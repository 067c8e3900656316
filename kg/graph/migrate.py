"""Graphs of former schema versions: brought up to date by the next write, readable before that.

Each step leads from one version to the next. A writer runs the steps that are missing inside its own transaction, so
that either both are kept or neither. A reader may not write; it sees the old tables through temporary views that add
what the present version expects.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import GraphError
from kg.graph.files import one
from kg.graph.schema import SCHEMA_VERSION, create_table

if TYPE_CHECKING:
    import duckdb

__all__ = ["STEPS", "Step", "show", "upgrade", "version_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a version added: SQL to write it, columns with the value that old rows have, and new tables."""

    write: tuple[str, ...]
    columns: dict[str, dict[str, str]]
    tables: tuple[str, ...]


STEPS: dict[int, Step] = {
    # From 1 to 2: corrections take effect, and articles may be kept without their text.
    1: Step(
        write=(
            "ALTER TABLE mention ADD COLUMN quote_hash VARCHAR",
            "ALTER TABLE event ADD COLUMN corrections INTEGER DEFAULT 0",
            "ALTER TABLE correction ADD COLUMN trigger_at INTEGER",
            "ALTER TABLE correction ADD COLUMN number INTEGER",
            "UPDATE correction SET number = rowid",
            create_table("corrected"),
            create_table("amended"),
        ),
        columns={
            "mention": {"quote_hash": "CAST(NULL AS VARCHAR)"},
            "event": {"corrections": "0"},
            "correction": {"trigger_at": "CAST(NULL AS INTEGER)", "number": "0"},
        },
        tables=("corrected", "amended"),
    ),
}
"""What leads from each former version to the one after it."""


def version_of(connection: duckdb.DuckDBPyConnection, where: str) -> int:
    """The schema version of a database.

    Raises:
        GraphError: it is newer than this program, or of none that this program knows; ``where`` names the graph.
    """
    row = one(connection, "SELECT value FROM meta WHERE key = 'schema'")
    found = row[0] if row else "none"
    try:
        version = int(found)
    except ValueError:
        version = 0
    if version > SCHEMA_VERSION:
        raise GraphError(
            f"{where}: schema version {found} is newer than this program, which knows up to {SCHEMA_VERSION}; "
            "update the program (nothing was changed)"
        )
    if version < min(STEPS):
        raise GraphError(f"{where}: schema version {found} is unknown; build the graph anew")
    return version


def upgrade(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Bring the tables from ``version`` to the present one, inside the transaction of the connection."""
    for number in range(version, SCHEMA_VERSION):
        for statement in STEPS[number].write:
            connection.execute(statement)
    if version < SCHEMA_VERSION:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(SCHEMA_VERSION)])


def show(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Let a read-only connection see tables of ``version`` as the present version has them."""
    columns: dict[str, dict[str, str]] = {}
    for number in range(version, SCHEMA_VERSION):
        for table, added in STEPS[number].columns.items():
            columns.setdefault(table, {}).update(added)
        for table in STEPS[number].tables:
            connection.execute(create_table(table).replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    row = one(connection, "SELECT current_database()")
    assert row is not None
    for table, added in columns.items():
        more = ", ".join(f"{value} AS {name}" for name, value in added.items())
        connection.execute(f'CREATE TEMP VIEW {table} AS SELECT *, {more} FROM "{row[0]}".main.{table}')
