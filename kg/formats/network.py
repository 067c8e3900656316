"""GraphML and GEXF: the network of events for Gephi, yEd, igraph and the like. GEXF carries time: Gephi can play it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml  # written only, never read

from kg.graph.graph import Graph
from kg.graph.window import Day

__all__ = ["write_network"]

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold."""

_NODE = ("code", "kind", "country", "region")
_EDGE = {
    "category": "string", "mode": "string", "status": "string", "score": "double", "precision": "string",
    "begin": "string", "end": "string", "mutual": "boolean", "targetless": "boolean", "confidence": "double",
    "publishers": "integer", "mentions": "integer", "time_origin": "string", "contexts": "string",
    "source_sector": "string", "target_sector": "string", "first_reported": "string", "last_reported": "string",
    "group": "string",
}  # fmt: skip


_MORE = ("time_origin", "source_sector", "target_sector", "first_reported", "last_reported")


def write_network(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write all events as edges between actors, ``.graphml`` or ``.gexf`` (version 1.3, dynamic, dates as ISO days).

    Events without a target are loops with ``targetless`` true. There is no place for record time, so ``history`` adds
    nothing.
    """
    network = graph.to_networkx(status=None, as_of=as_of)
    nodes = sorted(network.nodes(data=True))
    edges = sorted(network.edges(keys=True, data=True), key=lambda edge: (edge[3]["begin"], edge[2]))
    for row in graph.events(status=None, as_of=as_of).to_arrow().to_pylist():
        more = {name: "" if row[name] is None else str(row[name]) for name in _MORE}
        network.edges[row["source"], row["target"] or row["source"], row["id"]].update(
            more, contexts="; ".join(row["contexts"]), group=row["grp"]
        )
    root = _gexf(nodes, edges) if suffix == ".gexf" else _graphml(nodes, edges)
    Xml.indent(root, " ")
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _gexf(nodes: list[Any], edges: list[Any]) -> Xml.Element:
    root = Xml.Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    graph = Xml.SubElement(root, "graph", {"mode": "dynamic", "defaultedgetype": "directed", "timeformat": "date"})
    for owner, names in (("node", dict.fromkeys(_NODE, "string")), ("edge", _EDGE)):
        declared = Xml.SubElement(graph, "attributes", {"class": owner})
        for name, kind in names.items():
            Xml.SubElement(declared, "attribute", {"id": name, "title": name, "type": kind})
    days: dict[str, list[str]] = {}
    for source, target, _, data in edges:
        for actor in (source, target):
            days.setdefault(actor, []).extend(d for d in (data["begin"], data["end"]) if d)
    listed = Xml.SubElement(graph, "nodes")
    for actor, data in nodes:
        life = {"start": min(days[actor]), "end": max(days[actor])} if days.get(actor) else {}
        node = Xml.SubElement(listed, "node", {"id": _clean(actor), "label": _clean(data["label"]), **life})
        _values(node, {name: data[name] for name in _NODE})
    listed = Xml.SubElement(graph, "edges")
    for source, target, key, data in edges:
        # An open end is left out: the event goes on.
        life = {name: data[field] for name, field in (("start", "begin"), ("end", "end")) if data[field]}
        ends = {"id": key, "source": _clean(source), "target": _clean(target), "label": data["category"]}
        edge = Xml.SubElement(listed, "edge", {**ends, "kind": data["category"], "weight": "1", **life})
        _values(edge, {name: data[name] for name in _EDGE})
    return root


def _values(parent: Xml.Element, values: dict[str, Any]) -> None:
    holder = Xml.SubElement(parent, "attvalues")
    for name, value in values.items():
        if value != "":
            Xml.SubElement(holder, "attvalue", {"for": name, "value": _text(value)})


def _graphml(nodes: list[Any], edges: list[Any]) -> Xml.Element:
    root = Xml.Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    kinds = {"integer": "int"}
    for owner, names in (("node", dict.fromkeys(("label", *_NODE), "string")), ("edge", _EDGE)):
        for name, kind in names.items():
            attributes = {"id": f"{owner}.{name}", "for": owner, "attr.name": name, "attr.type": kinds.get(kind, kind)}
            Xml.SubElement(root, "key", attributes)
    graph = Xml.SubElement(root, "graph", {"id": "events", "edgedefault": "directed"})
    for actor, data in nodes:
        node = Xml.SubElement(graph, "node", {"id": _clean(actor)})
        for name in ("label", *_NODE):
            if data[name] != "":
                Xml.SubElement(node, "data", {"key": f"node.{name}"}).text = _text(data[name])
    for source, target, key, data in edges:
        edge = Xml.SubElement(graph, "edge", {"id": key, "source": _clean(source), "target": _clean(target)})
        for name in _EDGE:
            if data[name] != "":
                Xml.SubElement(edge, "data", {"key": f"edge.{name}"}).text = _text(data[name])
    return root


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else _clean(str(value))
