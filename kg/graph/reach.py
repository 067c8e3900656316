"""What a change can touch: of all mentions those that may read as part of another event than before.

The rules of :mod:`kg.graph.consolidate` look at one pair of actors and at what lies close in time. So every mention has
a *place*: its pair, a block of categories that know of each other, and first and last day. Mentions of another pair or
block, or more than three days apart, say nothing of each other.

A writer calls :func:`mark` for mentions before they change or go and again after they came or changed, and in the end
:func:`spread`.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.graph.reading import READING
from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb

__all__ = ["APART", "FULFILLING", "mark", "spread"]

FULFILLING = ("AID", "CONSULT", "COOPERATE", "SUPPORT")
"""Categories that a plan (AGREE, future) may announce."""

APART = 3
"""Days between two spans up to which one may say something of the other."""

_YEAR = 380
"""Days for which a refusal to meet may call off a plan, and some more for the event that it is part of."""

_CHANGED = "mention, lo, hi, block, b, e"

_PLANNED = ", ".join(f"'{name}'" for name in ("AGREE", "REJECT", *FULFILLING))


def _places(condition: str = "") -> str:
    """The place of each current mention; ``b`` and ``e`` are numbers of days, null for mentions without a date.

    ``condition`` goes on with that of the readings and keeps the tables from being read as a whole.
    """
    return f"""
        SELECT id AS mention, article, told_by, least(src, tgt) AS lo, greatest(src, tgt) AS hi,
               CASE WHEN category IN ({_PLANNED}) THEN 'plan' ELSE category END AS block,
               CAST(datediff('day', DATE '0001-01-01', begin_day) AS INTEGER) AS b,
               CAST(CASE WHEN begin_day IS NULL THEN NULL WHEN end_day IS NULL THEN 4000000
                         ELSE datediff('day', DATE '0001-01-01', end_day)
                              + CASE WHEN category = 'REJECT' AND mode = 'meet' THEN {_YEAR} ELSE 0 END
                         END AS INTEGER) AS e
        FROM ({READING} {condition})
    """


def mark(
    connection: duckdb.DuckDBPyConnection,
    mentions: Iterable[str] = (),
    articles: Iterable[str] = (),
    seq: int | None = None,
) -> None:
    """Note where current mentions are at this moment: the given ones and those that ingest ``seq`` brought, those that
    a correction reads like one of them, and those of the given articles or of their stories."""
    _open(connection)
    if seq is not None:
        like = f"""
            AND m.id IN (SELECT a.mention FROM amended a JOIN mention n ON n.id = a.stands_for
                         WHERE n.recorded = {int(seq)} AND n.retracted IS NULL)
        """
        for condition in (f"AND m.recorded = {int(seq)}", like):
            connection.execute(f"INSERT INTO changed SELECT {_CHANGED} FROM ({_places(condition)})")
    for ids, condition in (
        (
            mentions,
            """
            mention IN (SELECT id FROM _marked
                        UNION SELECT mention FROM amended WHERE stands_for IN (SELECT id FROM _marked))
            """,
        ),
        (articles, "article IN (SELECT id FROM _marked) OR told_by IN (SELECT id FROM _marked)"),
    ):
        wanted = sorted(set(ids))
        if wanted:
            connection.register("_marked", arrow({"id": wanted}, {"id": "VARCHAR"}))
            connection.execute(f"INSERT INTO changed SELECT {_CHANGED} FROM ({_places()}) WHERE {condition}")
            connection.unregister("_marked")


def spread(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``touched``, the ids of all mentions that the marked places can affect, gone ones among them.

    Spans of one pair and block that lie at most three days apart, one after the other, are an island; an island is
    touched as a whole or not at all. Mentions without a date are an island of their own.
    """
    _open(connection)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE touched AS
        WITH spot AS MATERIALIZED (
            SELECT lo, hi, block, CAST(row_number() OVER () AS INTEGER) AS spot
            FROM (SELECT DISTINCT lo, hi, block FROM changed)
        ), item AS MATERIALIZED (
            SELECT mention, spot, b, e FROM ({_places()}) JOIN spot USING (lo, hi, block)
        ), hit AS MATERIALIZED (
            SELECT DISTINCT spot, b, e FROM changed JOIN spot USING (lo, hi, block)
        ), span AS (
            SELECT spot, b, e, bool_or(hit) AS hit
            FROM (SELECT spot, b, e, false AS hit FROM item UNION ALL SELECT spot, b, e, true FROM hit)
            WHERE b IS NOT NULL GROUP BY spot, b, e
        ), gapped AS (
            SELECT *, CASE WHEN b <= {APART} + max(e) OVER (
                               PARTITION BY spot ORDER BY b, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                      THEN 0 ELSE 1 END AS gap
            FROM span
        ), island AS MATERIALIZED (
            SELECT spot, b, e, hit,
                   sum(gap) OVER (PARTITION BY spot ORDER BY b, e ROWS UNBOUNDED PRECEDING) AS island
            FROM gapped
        ), near AS (
            SELECT spot, b, e
            FROM island SEMI JOIN (SELECT DISTINCT spot, island FROM island WHERE hit) USING (spot, island)
        )
        SELECT mention FROM changed
        UNION SELECT mention FROM item SEMI JOIN near USING (spot, b, e)
        UNION SELECT mention FROM item WHERE b IS NULL AND spot IN (SELECT spot FROM hit WHERE b IS NULL)
        """
    )
    connection.execute("DROP TABLE temp.changed")


def _open(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS changed (
            mention VARCHAR, lo VARCHAR, hi VARCHAR, block VARCHAR, b INTEGER, e INTEGER)
        """
    )
