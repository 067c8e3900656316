"""The graph: storage, consolidation, RDF projection, queries and analysis.

>>> import tempfile, kg.graph
>>> g = kg.graph.open(tempfile.mkdtemp(), create=True)
>>> g.info()["events"]
0
"""

from __future__ import annotations

import builtins
from os import PathLike
from pathlib import Path

from kg.graph.graph import Graph
from kg.graph.store import IngestReport

__all__ = ["Graph", "IngestReport", "open"]


def open(path: str | PathLike[str], create: builtins.bool = False) -> Graph:
    """The graph in the directory ``path``; with ``create`` an empty one is made where there is none.

    Raises:
        GraphError: there is no graph at ``path``, it is damaged, of another version, or can't be made.
    """
    return Graph(Path(path), create=create)
