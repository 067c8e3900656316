"""Coding a graph's articles anew from the text that it keeps, after a change of rules, names or models."""

# ruff: noqa: S608 (only conditions written in this module are formatted into SQL; values are bound)

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from kg.engine.build import BuildReport, store
from kg.errors import GraphError
from kg.graph.files import one
from kg.graph.rows import article_from_row, records

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.graph import Graph
    from kg.model import Article

__all__ = ["recode", "stale"]

_PAGE = 200

_STALE = "retracted IS NULL AND coder LIKE 'kg-%' AND coder <> ?"
"""Current articles that another version of the program's own coder coded; imported codings stay as they are."""


def recode(
    graph: Graph,
    extractor: Extractor,
    *,
    processes: int = 1,
    command: str = "recode",
    watch: Callable[[Iterable[Extraction]], Iterable[Extraction]] = lambda items: items,
) -> BuildReport:
    """Extract again from the stored text of all articles that another coder coded; no input is needed.

    Former mentions are retracted, and stay in the history. Stopped at any moment and called again, it goes on where it
    was. ``watch`` sees the extractions go by (for progress).

    Raises:
        GraphError: the graph was built without keeping text, or can't be written to.
        StoreBusy: another process is writing.
        ExtractError: the language pipeline can't be loaded, or a worker was ended from outside.
    """
    report = BuildReport()
    todo = stale(graph, extractor.coder)
    if todo:
        articles = _articles(graph, extractor.coder)
        store(graph, articles, extractor, report, processes=processes, command=command, watch=watch)
    else:
        report.stored.events = graph.info()["events"]
    return report


def stale(graph: Graph, coder: str) -> int:
    """How many articles another version of the coder coded.

    Raises:
        GraphError: the text of any of them is not in the graph.
    """
    with graph.read() as connection:
        query = f"SELECT count(*), count(*) FILTER (WHERE text IS NULL) FROM article WHERE {_STALE}"
        row = one(connection, query, [coder])
    assert row is not None
    if row[1]:
        raise GraphError(
            f"{graph.directory}: {row[1]} of {row[0]} articles were stored without their text, so that they can't be "
            "coded anew from it; run `kg build` on the inputs instead"
        )
    return int(row[0])


def _articles(graph: Graph, coder: str) -> Iterator[Article]:
    """Those articles in the order of their ids, a page at a time: batches are stored while they are read."""
    last = ""
    while True:
        with graph.read() as connection:
            cursor = connection.execute(
                f"SELECT * FROM article WHERE {_STALE} AND id > ? ORDER BY id LIMIT {_PAGE}", [coder, last]
            )
            rows = records([column[0] for column in cursor.description or ()], cursor.fetchall())
        if not rows:
            return
        yield from map(article_from_row, rows)
        last = rows[-1]["id"]
