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

__all__ = ["APART", "FULFILLING", "PLACES", "mark", "spread"]

FULFILLING = ("AID", "CONSULT", "COOPERATE", "SUPPORT")
"""Categories that a plan (AGREE, future) may announce."""

APART = 3
"""Days between two spans up to which one may say something of the other."""

_YEAR = 380
"""Days for which a refusal to meet may call off a plan, and some more for the event that it is part of."""

_PLANNED = ", ".join(f"'{name}'" for name in ("AGREE", "REJECT", *FULFILLING))

PLACES = f"""
    SELECT id AS mention, article, told_by, least(src, tgt) AS lo, greatest(src, tgt) AS hi,
           CASE WHEN category IN ({_PLANNED}) THEN 'plan' ELSE category END AS block,
           datediff('day', DATE '0001-01-01', begin_day) AS b,
           CASE WHEN begin_day IS NULL THEN NULL WHEN end_day IS NULL THEN 4000000
                ELSE datediff('day', DATE '0001-01-01', end_day)
                     + CASE WHEN category = 'REJECT' AND mode = 'meet' THEN {_YEAR} ELSE 0 END END AS e
    FROM ({READING})
"""
"""The place of each current mention; ``b`` and ``e`` are numbers of days, null for mentions without a date."""


def mark(connection: duckdb.DuckDBPyConnection, mentions: Iterable[str] = (), articles: Iterable[str] = ()) -> None:
    """Note where current mentions are at this moment: the given ones, those that a correction reads like one of them,
    and those of the given articles or of their stories."""
    _open(connection)
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
            connection.execute(f"INSERT INTO changed SELECT * FROM ({PLACES}) WHERE {condition}")
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
        WITH item AS (
            SELECT mention, lo, hi, block, b, e, false AS hit
            FROM ({PLACES}) SEMI JOIN (SELECT DISTINCT lo, hi, block FROM changed) USING (lo, hi, block)
            UNION ALL SELECT mention, lo, hi, block, b, e, true FROM changed
        ), gapped AS (
            SELECT *, CASE WHEN b <= {APART} + max(e) OVER (
                               PARTITION BY lo, hi, block ORDER BY b, e
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                      THEN 0 ELSE 1 END AS gap
            FROM item WHERE b IS NOT NULL
        ), island AS (
            SELECT mention, lo, hi, block, hit,
                   sum(gap) OVER (PARTITION BY lo, hi, block ORDER BY b, e RANGE UNBOUNDED PRECEDING) AS island
            FROM gapped
            UNION ALL SELECT mention, lo, hi, block, hit, 0 FROM item WHERE b IS NULL
        )
        SELECT DISTINCT mention
        FROM island SEMI JOIN (SELECT DISTINCT lo, hi, block, island FROM island WHERE hit)
             USING (lo, hi, block, island)
        """
    )
    connection.execute("DROP TABLE temp.changed")


def _open(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS changed (
            mention VARCHAR, article VARCHAR, told_by VARCHAR,
            lo VARCHAR, hi VARCHAR, block VARCHAR, b BIGINT, e BIGINT)
        """
    )
