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
        CREATE OR REPLACE TEMP TABLE old_mention AS
        SELECT event, mention FROM event_mention
        WHERE retracted IS NULL AND event IN (
            SELECT event FROM event_mention WHERE retracted IS NULL AND mention IN (SELECT mention FROM touched));
        CREATE OR REPLACE TEMP TABLE old_event AS
        SELECT {columns} FROM event WHERE retracted IS NULL AND id IN (SELECT event FROM old_mention)
        """
    )
    for table, old, new, key, names, order in (
        ("event_mention", "old_mention", "new_mention", ("event", "mention"), ("event", "mention"), "event, mention"),
        # Events of a pair lie together, so that a question about one reads few blocks of the file.
        ("event", "old_event", "new_event", ("id",), EVENT_COLUMNS, "source, target, begin_day, id"),
    ):
        same = " AND ".join(f"a.{name} = b.{name}" for name in key)
        alike = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in names if name not in key) or "true"
        # What stays is found among the old rows, few beside the new ones.
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE staying AS
            SELECT {", ".join(f"a.{name}" for name in key)} FROM {old} a JOIN {new} b ON {same} WHERE {alike};
            CREATE OR REPLACE TEMP TABLE leaving AS SELECT a.* FROM {old} a ANTI JOIN staying b ON {same}
            """
        )
        if table == "event_mention":
            _remember_former_ids(connection, seq)
        listed = ", ".join(names)
        connection.execute(
            f"""
            UPDATE {table} a SET retracted = {int(seq)} FROM leaving b WHERE a.retracted IS NULL AND {same};
            INSERT INTO {table} ({listed}, recorded)
            SELECT {listed}, {int(seq)} FROM {new} a ANTI JOIN staying b ON {same} ORDER BY {order}
            """
        )
    names = (*STEPS, "old_mention", "old_event", "staying", "leaving")
    connection.execute(";".join(f"DROP TABLE IF EXISTS temp.{name}" for name in names))


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
