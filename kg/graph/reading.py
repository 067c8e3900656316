"""How each current mention reads: what the coder saw, corrected by persons, with the open persons placed.

Consolidation, checks and the search for what a change touches all start from this one query.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

__all__ = ["READING"]

_CORRECTABLE = (
    "source", "source_sector", "target", "target_sector", "category", "mode", "status", "mutual", "begin_day",
    "end_day", "precision", "expression", "time_origin",
)  # fmt: skip


def _amended(column: str) -> str:
    return f"CASE WHEN c.mention IS NULL THEN m.{column} ELSE c.{column} END AS {column}"


READING = f"""
    SELECT m.id, m.article, m.contexts, m.grp, {", ".join(_amended(column) for column in _CORRECTABLE)},
           CASE WHEN c.mention IS NULL THEN m.confidence ELSE 1.0 END AS confidence,
           coalesce(c.story, m.article) AS told_by, c.corrections,
           CASE WHEN c.mention IS NULL THEN coalesce(s.actor, m.source)
                WHEN c.source_fixed THEN c.source ELSE coalesce(s.actor, c.source) END AS src,
           CASE WHEN c.mention IS NULL THEN coalesce(t.actor, m.target, '')
                WHEN c.target_fixed THEN coalesce(c.target, '') ELSE coalesce(t.actor, c.target, '') END AS tgt,
           CASE WHEN c.mention IS NULL THEN coalesce(m.source_sector, s.sector, '')
                WHEN c.source_fixed THEN coalesce(c.source_sector, '')
                ELSE coalesce(c.source_sector, s.sector, '') END AS s_sec,
           CASE WHEN c.mention IS NULL THEN coalesce(m.target_sector, t.sector, '')
                WHEN c.target_fixed THEN coalesce(c.target_sector, '')
                ELSE coalesce(c.target_sector, t.sector, '') END AS t_sec
    FROM mention m
    LEFT JOIN amended c ON c.mention = m.id
    LEFT JOIN resolution s ON s.mention = coalesce(c.stands_for, m.id) AND s.side = 'source'
    LEFT JOIN resolution t ON t.mention = coalesce(c.stands_for, m.id) AND t.side = 'target'
    WHERE m.retracted IS NULL AND NOT coalesce(c.dropped, false)
"""
"""One row for each mention that tells of an event: ``src`` and ``tgt`` are the principals (an empty string for no
target), ``s_sec`` and ``t_sec`` their sectors, ``told_by`` the article whose story the mention belongs to."""
