"""Import and export: one module a format, :func:`export` and :func:`import_` in front.

Files are written whole or not at all. Equal graphs give equal files, byte for byte; record time is left out unless
asked for, because it differs from one building of a graph to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, SourceError

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.graph.store import IngestReport
    from kg.graph.window import Day
    from kg.model import Actor

__all__ = ["SUFFIXES", "export", "import_"]

SUFFIXES = (".nq", ".trig", ".ttl", ".jsonld", ".jsonl", ".csv", ".parquet", ".graphml", ".gexf")
"""What :func:`export` can write."""

IMPORTS = (".jsonl", ".csv", ".parquet")
"""What :func:`import_` can read."""


def export(graph: Graph, path: str | PathLike[str], history: bool = False, as_of: Day | None = None) -> Path:
    """Write a graph to a file whose suffix names the format; returns the path.

    Raises:
        GraphError: the suffix is unknown, or the file can't be written.
    """
    from kg.formats.files import whole

    target = Path(path)
    writer = _writer(target)
    with whole(target) as draft:
        writer(graph, draft, target.suffix.lower(), history, as_of)
    return target


def import_(
    graph: Graph,
    path: str | PathLike[str],
    actors: Callable[[Iterable[str]], Iterable[Actor]] = lambda ids: (),
    command: str = "import",
) -> IngestReport:
    """Add the mentions of a PLOVER JSONL file, or the events of a CSV or Parquet table, to a graph.

    Imported articles keep their own ids and coder, so that they stand beside the graph's own coding. ``actors`` gives
    the records of actor ids, as for :meth:`kg.graph.Graph.ingest`.

    Raises:
        SourceError: the file can't be read or is not of this format; names file and line.
        StoreBusy: another process is writing.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix not in IMPORTS:
        raise SourceError(str(source), f"can't be imported; use one of {', '.join(IMPORTS)}")
    if not source.is_file():
        raise SourceError(str(source), "there is no such file")
    if suffix == ".jsonl":
        from kg.formats.plover_jsonl import read_graph as read
    else:
        from kg.formats.tables import read_table as read
    batch = list(read(source))
    coders = {m.coder for _, mentions, _ in batch for m in mentions if m.coder}
    coder = coders.pop() if len(coders) == 1 else f"import {source.name}"
    return graph.ingest(batch, actors, coder, command)


def _writer(path: Path) -> Callable[[Graph, Path, str, bool, Any], None]:
    suffix = path.suffix.lower()
    if suffix in (".nq", ".trig", ".ttl", ".jsonld"):
        from kg.formats.rdf import write_rdf

        return write_rdf
    if suffix in (".csv", ".parquet"):
        from kg.formats.tables import write_table

        return write_table
    if suffix in (".graphml", ".gexf"):
        from kg.formats.network import write_network

        return write_network
    if suffix == ".jsonl":
        from kg.formats.plover_jsonl import write_graph

        return write_graph
    raise GraphError(f"{path}: the format {suffix or '(none)'} is unknown; use one of {', '.join(SUFFIXES)}")
