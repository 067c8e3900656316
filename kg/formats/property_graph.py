"""CSV for graph databases: nodes and relationships with the headers of ``neo4j-admin database import``, in one zip.

The header fields are those of the Neo4j operations manual, "Import": ``:ID``, ``:LABEL``, ``:START_ID``, ``:END_ID``,
``:TYPE``, and types of properties after a colon. `LOAD CSV` of Cypher reads the same files.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.formats.files import Problems
from kg.formats.tables import Item, csv_plain, event_items
from kg.graph.graph import Graph
from kg.graph.results import csv_safe, plain
from kg.graph.window import Day

__all__ = ["NODES", "RELATIONSHIPS", "read_property_graph", "write_property_graph"]

NODES, RELATIONSHIPS = "actors.csv", "events.csv"
_NODE = {"id": "id:ID", "label": "name", "code": "code", "kind": "kind", "country": "country", "region": "region"}
_EDGE = {
    "source": ":START_ID", "target": ":END_ID", "category": ":TYPE", "id": "id", "mode": "mode", "quad": "quad:int",
    "score": "score:double", "begin": "begin:date", "end": "end:date", "precision": "precision",
    "time_origin": "time_origin", "status": "status", "mutual": "mutual:boolean", "targetless": "targetless:boolean",
    "contexts": "contexts:string[]", "source_sector": "source_sector", "target_sector": "target_sector",
    "mentions": "mentions:int", "articles": "articles:int", "publishers": "publishers:int",
    "first_reported": "first_reported:date", "last_reported": "last_reported:date", "confidence": "confidence:double",
    "group": "group", "fulfils": "fulfils", "cancels": "cancels",
}  # fmt: skip
_LIMIT = 4_000_000_000
"""Bytes of one of the files after unpacking that are read at most."""


def write_property_graph(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write ``actors.csv`` and ``events.csv`` into a zip file. Events without a target are loops with ``targetless``.

    There is no place for record time, so ``history`` adds nothing.
    """
    from kg.formats.tables import event_table

    network = graph.to_networkx(status=None, as_of=as_of)
    nodes = (
        [key, *(data[name] for name in list(_NODE)[1:]), "Actor"] for key, data in sorted(network.nodes(data=True))
    )
    events = event_table(graph, False, as_of).to_pylist()
    edges = ([_value(row, name) for name in _EDGE] for row in events)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, NODES, [*_NODE.values(), ":LABEL"], nodes)
        _write(archive, RELATIONSHIPS, list(_EDGE.values()), edges)


def _value(row: dict[str, Any], name: str) -> Any:
    if name == "targetless":
        return row["target"] is None
    if name == "target":
        return row["target"] or row["source"]
    return ";".join(row["contexts"]) if name == "contexts" else row[name]


def _write(archive: zipfile.ZipFile, name: str, header: list[str], rows: Iterable[list[Any]]) -> None:
    # A fixed time: equal graphs give equal files.
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else csv_safe(plain(value))


def read_property_graph(path: Path, problems: Problems = None) -> Iterator[Item]:
    """Each event of such a zip file as an article and mention, as :func:`kg.formats.tables.read_table` does with rows.

    Raises:
        SourceError: the file is no such zip, or a row lacks something and there are no ``problems`` to note it in.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            nodes = {row["id:ID"]: row for _, row in _rows(archive, NODES)}
            edges = ((number, _edge(raw, nodes)) for number, raw in _rows(archive, RELATIONSHIPS))
            yield from event_items(path, edges, problems)
    except (OSError, zipfile.BadZipFile, KeyError, csv.Error, UnicodeDecodeError, RuntimeError) as error:
        raise SourceError(str(path), f"is no zip of {NODES} and {RELATIONSHIPS} ({error})") from error


def _edge(raw: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {ours: raw[theirs] or None for ours, theirs in _EDGE.items() if theirs in raw}
    row["contexts"] = row["contexts"].split(";") if row.get("contexts") else []
    if row.get("targetless") == "true":
        row["target"] = None
    for side in ("source", "target"):
        if (about := nodes.get(row.get(side) or "")) is not None:
            row[f"{side}_code"], row[f"{side}_label"] = about["code"], about["name"]
    return row


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    if archive.getinfo(name).file_size > _LIMIT:
        raise OSError(f"{name} is larger than {_LIMIT // 1_000_000_000} GB")
    with archive.open(name) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            yield number, {key: csv_plain(value) for key, value in row.items() if isinstance(value, str)}
