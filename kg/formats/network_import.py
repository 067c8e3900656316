"""GraphML and GEXF back into a graph: the edges of an export, or of any program that keeps their attributes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.formats.files import Problems, noted
from kg.formats.tables import Item, event_items

__all__ = ["read_network"]


def read_network(path: Path, problems: Problems = None) -> Iterator[Item]:
    """Each edge as an article and mention of its own, as :func:`kg.formats.tables.read_table` does with rows.

    Needed are the attributes category, and begin or first_reported. GEXF may give the days as start and end of an edge;
    an edge without end goes on there, and wherever the file declares an attribute of that name.

    Raises:
        SourceError: the file can't be parsed or declares entities, or an edge lacks something and there are no
            ``problems`` to note it in; names the edge.
    """
    yield from event_items(path, _rows(path, problems), problems)


def _rows(path: Path, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    nodes: dict[str, dict[str, str]] = {}
    declared: dict[str, str] = {}
    for number, (kind, element) in enumerate(_elements(path, declared), 1):
        if kind == "node":
            nodes[element.pop("id")] = element
            continue
        try:
            row = _row(element, nodes)
        except KeyError as error:
            problem = SourceError(f"{path}:{number}", f"the edge names a node that is not there ({error})")
            noted(problem, problems, error)
            continue
        if "end" in declared.values() or "start" in element:
            row.setdefault("end", None)
        yield number, row


def _row(edge: dict[str, str], nodes: dict[str, dict[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = dict(edge)
    row.setdefault("begin", edge.get("start"))
    sides = ["source"] if edge.get("targetless") == "true" else ["source", "target"]
    for side in sides:
        about = nodes[edge[side]]
        row[f"{side}_code"], row[f"{side}_label"] = about.get("code"), about.get("label")
    if "target" not in sides:
        row["target"] = None
    return row


def _elements(path: Path, names: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Nodes and edges with their attributes by name, nodes first as the formats want it.

    ``names`` gets the attributes that are declared, by their ids.
    """
    from lxml import etree

    with path.open("rb") as data:
        if b"<!DOCTYPE" in data.read(1 << 16) or b"<!ENTITY" in data.read(1 << 16):
            raise SourceError(str(path), "has a DOCTYPE; remove it, GraphML and GEXF need none")
    try:
        found = etree.iterparse(str(path), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        for _, element in found:
            tag = etree.QName(element).localname
            if tag == "key":
                names[element.get("id", "")] = element.get("attr.name", "")
            elif tag == "attribute":
                names[element.get("id", "")] = element.get("title", "")
            elif tag in ("node", "edge"):
                about = {etree.QName(name).localname: str(value) for name, value in element.attrib.items()}
                for one in element.iter():
                    if not isinstance(one.tag, str):
                        continue
                    inner = etree.QName(one).localname
                    if inner == "data":
                        about[names.get(one.get("key", ""), "")] = one.text or ""
                    elif inner == "attvalue":
                        about[names.get(one.get("for", ""), "")] = one.get("value", "")
                yield tag, about
                element.clear()
    except etree.XMLSyntaxError as error:
        raise SourceError(str(path), f"is no XML ({error})") from error
