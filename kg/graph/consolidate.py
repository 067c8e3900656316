"""Which mentions are one event, and how the graph is brought up to date with it.

The rules are SQL over the set of current mentions, in :mod:`kg.graph.steps`; here they are applied to what an ingest
touched. Ids and the choice among equals depend on values only, never on the order of rows: any order or repetition of
the same articles gives the same events.

Two mentions can be one event if principals, sectors, category and status agree (the *key*) and

1. their stated spans are equal;
2. or one span is vaguer and the other is the only finer one inside it;
3. or they are on adjacent days and told by one story cluster or by copies of one text with the same words for the
time; a run of such days is cut every three days, so that nothing chains;
4. or one is dated by publication only, and the other is the latest such event of the three days before.

A side without a sector takes the only sector that the same dyad has on the same span. A mutual meeting or cooperation
takes the direction of the only directed one of the same pair and day.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.graph.schema import EVENT
from kg.graph.steps import DUCKDB, STEPS, scores

if TYPE_CHECKING:
    import duckdb

__all__ = ["EVENT_COLUMNS", "prepare", "refresh"]

EVENT_COLUMNS = tuple(name for name in EVENT if name not in ("recorded", "retracted"))


def refresh(connection: duckdb.DuckDBPyConnection, seq: int) -> None:
    """Bring ``event``, ``event_mention`` and ``event_alias`` up to date for the mentions in the table ``touched``.

    What changed is retracted and recorded anew with ingest number ``seq``; what stayed the same stays.
    """
    prepare(connection)
    columns = ", ".join(EVENT_COLUMNS)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE old_event AS
        SELECT {columns} FROM event
        WHERE retracted IS NULL AND id IN (
            SELECT event FROM event_mention WHERE retracted IS NULL AND mention IN (SELECT mention FROM touched))
        """
    )
    # Events of a pair lie together, so that a question about one reads few blocks of the file.
    for table, old, new, names, order in (
        (
            "event_mention",
            "SELECT event, mention FROM event_mention WHERE retracted IS NULL AND event IN (SELECT id FROM old_event)",
            "SELECT event, mention FROM new_mention",
            ("event", "mention"),
            "event, mention",
        ),
        (
            "event",
            "SELECT * FROM old_event",
            f"SELECT {columns} FROM new_event",
            EVENT_COLUMNS,
            "source, target, begin_day, id",
        ),
    ):
        key = ("id",) if table == "event" else names
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE leaving AS {_without(old, new, names)};"
            f"CREATE OR REPLACE TEMP TABLE coming AS {_without(new, old, names)}"
        )
        if table == "event_mention":
            _remember_former_ids(connection, seq)
        same = " AND ".join(f"{table}.{name} = leaving.{name}" for name in key)
        connection.execute(f"UPDATE {table} SET retracted = {int(seq)} FROM leaving WHERE retracted IS NULL AND {same}")
        listed = ", ".join(names)
        connection.execute(
            f"INSERT INTO {table} ({listed}, recorded) SELECT {listed}, {int(seq)} FROM coming ORDER BY {order}"
        )
    connection.execute(
        ";".join(f"DROP TABLE IF EXISTS temp.{name}" for name in (*STEPS, "old_event", "leaving", "coming"))
    )


def _without(these: str, those: str, columns: Sequence[str]) -> str:
    """SQL for the rows of one query that another does not have; neither has a row twice."""
    same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in columns)
    return f"SELECT a.* FROM ({these}) a ANTI JOIN ({those}) b ON {same}"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Run all steps for the mentions in ``touched``; the last ones leave ``new_event`` and ``new_mention``."""
    # One call for all: between two calls a thread that makes the next batch ready would have its turn.
    connection.execute(
        ";".join(
            [
                *(f"CREATE OR REPLACE TEMP MACRO {macro}" for macro in DUCKDB),
                f"CREATE OR REPLACE TEMP TABLE score AS {scores()}",
                *(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}" for name, query in STEPS.items()),
            ]
        )
    )


def _remember_former_ids(connection: duckdb.DuckDBPyConnection, seq: int) -> None:
    """An id that goes out of use leads to the event that now has the most of its mentions, then the smallest id."""
    connection.execute(
        """
        INSERT INTO event_alias
        SELECT former, event, ? FROM (
            SELECT l.event AS former, n.event, row_number() OVER (
                       PARTITION BY l.event ORDER BY count(*) DESC, n.event) AS place
            FROM leaving l JOIN new_mention n USING (mention)
            WHERE l.event NOT IN (SELECT id FROM new_event) GROUP BY l.event, n.event)
        WHERE place = 1 ORDER BY ALL
        """,
        [seq],
    )
