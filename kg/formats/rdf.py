"""N-Quads, TriG, Turtle and JSON-LD: the RDF of a graph, sorted, so that equal graphs give equal files."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from kg.graph.graph import Graph
from kg.graph.quads import iri, prefixes
from kg.graph.window import Day

__all__ = ["write_rdf"]

_IN_MEMORY = 2_000_000
"""Lines that are sorted at a time; more are merged from files."""


def write_rdf(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write the graph as ``.nq``, ``.trig``, ``.jsonld`` (with named graphs) or ``.ttl`` (all in one graph).

    With ``history`` events and mentions carry ``prov:generatedAtTime``, when this graph recorded them.
    """
    with path.open("wb") as out:
        lines = _sorted(_lines(graph, history, as_of))
        if suffix == ".nq":
            out.writelines(lines)
        else:
            _write(lines, out, suffix)


def _write(lines: Iterator[bytes], out: IO[bytes], suffix: str) -> None:
    import pyoxigraph as ox

    chosen = {".trig": ox.RdfFormat.TRIG, ".jsonld": ox.RdfFormat.JSON_LD, ".ttl": ox.RdfFormat.TURTLE}[suffix]
    quads: Iterator[Any] = (quad for line in lines for quad in ox.parse(line, ox.RdfFormat.N_QUADS))
    if suffix == ".ttl":
        # One statement of two articles is one triple.
        triples = {str(quad.triple): quad.triple for quad in quads}
        quads = (triples[key] for key in sorted(triples))
    else:
        # The writers open a graph anew for each change, so the graphs come one after the other.
        quads = iter(sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad))))
    ox.serialize(quads, out, format=chosen, prefixes=prefixes())


def _lines(graph: Graph, history: bool, as_of: Day | None) -> Iterator[bytes]:
    seq = graph.latest(as_of)
    for part in graph.projection.lines(seq):
        yield from part.splitlines(keepends=True)
    if history:
        yield from _record_times(graph, seq)


def _record_times(graph: Graph, seq: int) -> Iterator[bytes]:
    stamp = f"{prefixes()['prov']}generatedAtTime"
    kind = f"{prefixes()['xsd']}dateTime"
    for table in ("event", "mention"):
        for key, article, moment in graph.record_times(table, seq):
            context = f" <{iri('article', article)}>" if article else ""
            line = f'<{iri(table, key)}> <{stamp}> "{moment.isoformat()}Z"^^<{kind}>{context} .\n'
            yield line.encode()


def _sorted(lines: Iterator[bytes]) -> Iterator[bytes]:
    """All lines once, in order, with bounded memory."""
    with tempfile.TemporaryDirectory(prefix="kg-sort-") as folder:
        parts: list[Path] = []
        chunk: list[bytes] = []
        for line in lines:
            chunk.append(line)
            if len(chunk) >= _IN_MEMORY:
                parts.append(Path(folder, str(len(parts))))
                parts[-1].write_bytes(b"".join(sorted(chunk)))
                chunk = []
        streams: list[Iterator[bytes]] = [iter(sorted(chunk)), *(_read(part) for part in parts)]
        last = b""
        for line in heapq.merge(*streams):
            if line != last:
                yield line
            last = line


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines
