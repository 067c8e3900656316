"""Corrections as a table: what reviewers fill in, and what one graph hands to another."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError, SourceError
from kg.graph.corrections import Anchor, Correction, checked, described
from kg.graph.results import Table

if TYPE_CHECKING:
    from kg.graph.review import ReviewStore

__all__ = ["FILL_IN", "as_table", "read_csv", "sheet"]

FILL_IN = (
    "verdict", "new_source", "new_target", "new_category", "new_mode", "new_date", "new_status", "same_as", "note",
    "reviewer",
)  # fmt: skip
"""Columns that a reviewer fills in; ``verdict`` is ``right``, ``no event``, or empty."""

_ANCHOR = ("article", "field", "quote", "source", "target", "category", "trigger_at")
_VERDICTS = {"": {}, "right": {"confirmed": True}, "no event": {"no_event": True}, "not an event": {"no_event": True}}


def sheet(doubtful: Table) -> Table:
    """The list of doubtful events with empty columns for the reviewer."""
    blank = ("",) * len(FILL_IN)
    return Table([*doubtful.columns, *FILL_IN], [(*row, *blank) for row in doubtful])


def as_table(corrections: list[Correction]) -> Table:
    """Corrections with their whole anchors and changes, as :func:`read_csv` takes them."""
    rows = [
        (c.id, described(c.change), *dataclasses.astuple(c.anchor), c.change_json, c.reviewer, c.note)
        for c in corrections
    ]
    return Table(["id", "correction", *_ANCHOR, "change", "reviewer", "note"], rows)


def read_csv(graph: ReviewStore, path: str | Path, reviewer: str = "") -> list[Correction]:
    """The corrections of a CSV file, in its order; rows without a correction are passed over.

    A row names an ``event``, a ``mention``, or an anchor (article, field, quote, source, target, category), and says
    what to change in the columns of :data:`FILL_IN` or, as JSON, in ``change``. ``reviewer`` is for rows without.

    Raises:
        SourceError: the file can't be read, or a row is wrong; names file and line. Nothing is recorded then.
    """
    out: list[Correction] = []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            for row in reader:
                cells = {name: _cell(value) for name, value in row.items() if name and isinstance(value, str)}
                try:
                    out += _row(graph, cells, reviewer)
                except (QueryError, ValueError, TypeError, KeyError) as error:
                    raise SourceError(f"{path}:{reader.line_num}", str(error)) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(str(path), f"can't be read ({error})") from error
    return out


def _row(graph: ReviewStore, cells: Mapping[str, str], reviewer: str) -> list[Correction]:
    reviewer, note = cells.get("reviewer") or reviewer, cells.get("note", "")
    if cells.get("change"):
        place = cells.get("trigger_at")
        anchor = Anchor(
            article=cells["article"],
            field=cells["field"],
            quote=cells["quote"],
            source=cells["source"],
            target=cells.get("target") or None,
            category=cells["category"],
            trigger_at=int(place) if place else None,
        )
        return [Correction(anchor, checked(json.loads(cells["change"])), reviewer, note)]
    verdict = cells.get("verdict", "").strip().lower()
    if verdict not in _VERDICTS:
        raise QueryError(f"verdict {verdict!r} is unknown; write right, no event, or nothing")
    change: dict[str, Any] = dict(_VERDICTS[verdict])
    for name in ("source", "target", "category", "mode", "date", "status"):
        if value := cells.get(f"new_{name}", "").strip():
            change[name] = value
    if other := cells.get("same_as", "").strip():
        change["same_as"] = other
    if not change:
        return []
    event, mention = cells.get("event", "").strip() or None, cells.get("mention", "").strip() or None
    return graph.plan_correction(event, mention=mention, reviewer=reviewer, note=note, **change)


def _cell(text: str) -> str:
    """A cell without the quote that keeps spreadsheets from running it."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text
