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
    from kg.formats.coded import ImportReport
    from kg.graph.graph import Graph
    from kg.graph.store import IngestReport
    from kg.graph.window import Day
    from kg.model import Actor

__all__ = ["SUFFIXES", "export", "import_", "import_coded"]

SUFFIXES = (".nq", ".trig", ".ttl", ".jsonld", ".jsonl", ".csv", ".parquet", ".graphml", ".gexf", ".zip")
"""What :func:`export` can write."""

IMPORTS = SUFFIXES
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
    problems: list[SourceError] | None = None,
) -> IngestReport:
    """Add what an export holds to a graph: the mentions of PLOVER JSONL, else the events.

    PLOVER JSONL, of an export or of extraction, gives the same articles and mentions again, RDF the same events with
    their quotes; tables and networks give the events with their fields. A zip holds CSV for graph databases.

    Imported articles keep their own ids and coder, so that they stand beside the graph's own coding. ``actors`` gives
    the records of actor ids, as for :meth:`kg.graph.Graph.ingest`. Lines and rows that can't be read are passed over
    and added to ``problems``.

    Raises:
        SourceError: the file can't be read or is not of this format, or there is a line that can't be read and no list
            of problems; names file and line.
        StoreBusy: another process is writing.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix not in IMPORTS:
        raise SourceError(str(source), f"can't be imported; use one of {', '.join(IMPORTS)}")
    if not source.is_file():
        raise SourceError(str(source), "there is no such file")
    batch = list(_reader(suffix)(source, problems))
    coders = {m.coder for _, mentions, _ in batch for m in mentions if m.coder}
    coder = coders.pop() if len(coders) == 1 else f"import {source.name}"
    report = graph.ingest(batch, actors, coder, command)
    if suffix == ".jsonl":
        from kg.formats.plover_jsonl import read_corrections

        if corrections := list(read_corrections(source)):
            report.events = graph.apply_corrections(corrections, f"{command} (corrections)").events
    return report


def import_coded(
    graph: Graph,
    path: str | PathLike[str],
    format: str,
    actors: Callable[[Iterable[str]], Iterable[Actor]] | None = None,
    command: str = "import",
) -> ImportReport:
    """Add the events of a table of GDELT 2.0 (``gdelt``), ICEWS (``icews``) or POLECAT (``polecat``) to a graph.

    Rows that can't be read are named in the report, and the rest goes on. ``actors`` is the gazetteer unless given.

    Raises:
        SourceError: the file can't be opened or is not of that format.
        StoreBusy: another process is writing.
    """
    from kg.extract.gazetteer import gazetteer
    from kg.formats.coded import import_coded as run

    return run(graph, Path(path), format, actors or gazetteer().known, command)


def _reader(suffix: str) -> Callable[[Path, list[SourceError] | None], Iterable[Any]]:
    if suffix == ".jsonl":
        from kg.formats.plover_jsonl import read_graph

        return read_graph
    if suffix in (".csv", ".parquet"):
        from kg.formats.tables import read_table

        return read_table
    if suffix in (".graphml", ".gexf"):
        from kg.formats.network_import import read_network

        return read_network
    if suffix == ".zip":
        from kg.formats.property_graph import read_property_graph

        return read_property_graph
    from kg.formats.rdf_import import read_rdf

    return lambda path, problems: read_rdf(path)


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
    if suffix == ".zip":
        from kg.formats.property_graph import write_property_graph

        return write_property_graph
    if suffix == ".jsonl":
        from kg.formats.plover_jsonl import write_graph

        return write_graph
    raise GraphError(f"{path}: the format {suffix or '(none)'} is unknown; use one of {', '.join(SUFFIXES)}")
