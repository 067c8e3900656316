"""The graph as its users see it: one object over one directory."""

from __future__ import annotations

from pathlib import Path

from kg.graph.check import CheckReader
from kg.graph.privacy import PrivacyStore
from kg.graph.store import open_store

__all__ = ["Graph"]


class Graph(CheckReader, PrivacyStore):
    """A temporal graph of political events in a directory.

    The object holds no connection: it can be kept open in a notebook while another process writes. Every answer is a
    function of the tables; ``as_of`` asks what they said at the end of an earlier day.
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        open_store(path, create)
        super().__init__(path)

    def __repr__(self) -> str:
        return f"Graph({str(self.directory)!r})"
