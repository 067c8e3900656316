"""Every error that the package raises on purpose comes from :class:`KgError`."""

from __future__ import annotations

__all__ = [
    "ExtractError",
    "GraphError",
    "KgError",
    "QueryError",
    "QueryTimeout",
    "ResourceError",
    "SourceError",
    "StoreBusy",
]


class KgError(Exception):
    """Root of all errors; the message says what was wrong with which input, and what to do."""


class SourceError(KgError):
    """An input file or record can't be read; names the file and, where known, the line."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class ResourceError(KgError):
    """A shipped or user-given resource (gazetteer, lexicon, model) is missing, altered or malformed."""


class ExtractError(KgError):
    """The language pipeline can't be loaded or can't be used."""


class GraphError(KgError):
    """A graph directory can't be opened, is of another version, or is damaged."""


class StoreBusy(GraphError):  # noqa: N818 - says what it is
    """Another process is writing to the graph."""


class QueryError(KgError):
    """A query, a parameter or an actor name is wrong; suggests what was meant where it can."""


class QueryTimeout(QueryError):  # noqa: N818 - says what it is
    """A query took longer than it may."""
