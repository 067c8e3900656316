"""Corrections in the tables: which mentions they meet, and what follows from that for consolidation."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.graph.corrections import Anchor, Correction, amend, narrow
from kg.graph.rows import records
from kg.graph.schema import AMENDED, CORRECTION, arrow
from kg.graph.store import alive

if TYPE_CHECKING:
    import duckdb

__all__ = ["Amendments", "compute", "load", "match", "store", "store_rows", "write"]

_LINK = {"correction": "VARCHAR", "mention": "VARCHAR", "other": "VARCHAR"}


@dataclass(slots=True)
class Amendments:
    """What the corrections in force make of the current mentions, and how that differs from what is stored."""

    rows: dict[str, dict[str, Any]]
    links: set[tuple[str, str, str | None]]
    stored: dict[str, tuple[Any, ...]]
    stored_links: set[tuple[str, str, str | None]]

    @property
    def changed(self) -> set[str]:
        """Mentions that read otherwise than the table ``amended`` says."""
        return {
            mention
            for mention in self.rows.keys() | self.stored.keys()
            if mention not in self.rows or self.stored.get(mention) != _values(self.rows[mention])
        }


def load(connection: duckdb.DuckDBPyConnection, seq: int | None = None) -> list[Correction]:
    """The corrections in force, or those at ingest ``seq``, in the order in which they take effect."""
    rows = connection.execute(
        f"""
        SELECT article, field, quote, source, target, category, trigger_at, change, reviewer, note, i.moment
        FROM correction c LEFT JOIN ingest i ON i.seq = c.recorded WHERE {alive(seq, "c")}
        ORDER BY number, c.recorded, id
        """
    ).fetchall()
    return [Correction(Anchor(*row[:7]), json.loads(row[7]), row[8] or "", row[9] or "", row[10]) for row in rows]


def match(
    connection: duckdb.DuckDBPyConnection, corrections: Sequence[Correction], seq: int | None = None
) -> list[tuple[Correction, list[dict[str, Any]], list[dict[str, Any]]]]:
    """Each correction with the mentions that it meets, and with those that it calls the same event."""
    anchors = {c.anchor.words for c in corrections}
    anchors |= {other.words for c in corrections if (other := c.same_as) is not None}
    if not anchors:
        return []
    names = ("article", "field", "quote", "source", "target")
    columns = dict(zip(names, map(list, zip(*sorted(anchors), strict=True)), strict=True))
    connection.register("_anchors", arrow(columns, CORRECTION))
    cursor = connection.execute(
        f"""
        SELECT m.* FROM mention m JOIN _anchors a ON m.article = a.article AND m.field = a.field
             AND m.quote = a.quote AND m.source = a.source AND coalesce(m.target, '') = a.target
        WHERE {alive(seq, "m")} ORDER BY m.id
        """
    )
    found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in records([d[0] for d in cursor.description or ()], cursor.fetchall()):
        found[row["article"], row["field"], row["quote"], row["source"], row["target"] or ""].append(row)
    connection.unregister("_anchors")
    out: list[tuple[Correction, list[dict[str, Any]], list[dict[str, Any]]]] = []
    for c in corrections:
        strict = bool(c.change.get("no_event") or c.change.get("confirmed"))
        others = narrow(c.same_as, found[c.same_as.words], strict=False) if c.same_as else []
        out.append((c, narrow(c.anchor, found[c.anchor.words], strict), others))
    return out


def compute(connection: duckdb.DuckDBPyConnection) -> Amendments:
    """What the corrections in force make of the current mentions; reads only."""
    rows, links = amend(match(connection, load(connection)))
    stored = {row[0]: row for row in connection.execute(f"SELECT {', '.join(AMENDED)} FROM amended").fetchall()}
    old = connection.execute("SELECT correction, mention, other FROM corrected WHERE retracted IS NULL").fetchall()
    return Amendments(rows, links, stored, set(old))


def store(connection: duckdb.DuckDBPyConnection, amendments: Amendments, seq: int) -> None:
    """Write ``amended`` and the links of corrections to mentions, which are kept in record time."""
    store_rows(connection, amendments)
    gone = sorted(amendments.stored_links - amendments.links, key=str)
    if gone:
        connection.register("_links", arrow(_columns(gone), _LINK))
        connection.execute(
            """
            UPDATE corrected SET retracted = ? WHERE retracted IS NULL
            AND (correction, mention, coalesce(other, ''))
                IN (SELECT (correction, mention, coalesce(other, '')) FROM _links)
            """,
            [seq],
        )
        connection.unregister("_links")
    come = sorted(amendments.links - amendments.stored_links, key=str)
    _insert(
        connection, "corrected", {**_columns(come), "recorded": [seq] * len(come)}, {**_LINK, "recorded": "INTEGER"}
    )


def store_rows(connection: duckdb.DuckDBPyConnection, amendments: Amendments) -> None:
    """Write ``amended`` alone."""
    if changed := amendments.changed:
        connection.register("_changed", arrow({"id": sorted(changed)}, {"id": "VARCHAR"}))
        connection.execute("DELETE FROM amended WHERE mention IN (SELECT id FROM _changed)")
        connection.unregister("_changed")
        new = [amendments.rows[mention] for mention in sorted(changed & amendments.rows.keys())]
        _insert(connection, "amended", {name: [row[name] for row in new] for name in AMENDED}, AMENDED)


def write(
    connection: duckdb.DuckDBPyConnection, present: Sequence[Correction], wanted: Sequence[Correction], seq: int
) -> tuple[int, int]:
    """Make the corrections in force those ``wanted``, in this order; returns how many were recorded and retracted.

    What stays in front in the same order is left alone; all else is retracted and recorded anew.
    """
    common = 0
    while common < min(len(present), len(wanted)) and present[common] == wanted[common]:
        common += 1
    old, new = present[common:], wanted[common:]
    for correction in old:
        connection.execute(
            "UPDATE correction SET retracted = ? WHERE id = ? AND retracted IS NULL", [seq, correction.id]
        )
    first = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM correction").fetchall()[0][0]
    columns: dict[str, list[Any]] = {name: [] for name in CORRECTION if name != "retracted"}
    for number, c in enumerate(new, first):
        a = c.anchor
        values = (c.id, a.article, a.field, a.quote, a.source, a.target, a.category, a.trigger_at, c.change_json,
                  c.reviewer, c.note, number, seq)  # fmt: skip
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)
    _insert(connection, "correction", columns, CORRECTION)
    kept = {c.id for c in old} & {c.id for c in new}
    return len(new) - len(kept), len(old) - len(kept)


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in AMENDED)


def _columns(links: Sequence[tuple[str, str, str | None]]) -> dict[str, list[Any]]:
    return {name: [link[i] for link in links] for i, name in enumerate(_LINK)}


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, list[Any]], kinds: dict[str, str]
) -> None:
    if not next(iter(columns.values())):
        return
    connection.register("_rows", arrow(columns, kinds))
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM _rows")
    connection.unregister("_rows")
