"""Articles that a build passed over, remembered by their hashes, so that the same input is not looked at again."""

# ruff: noqa: S608 (only the name of the table is formatted into SQL; values are bound)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from kg.engine.journal import article_key
from kg.graph.files import one, write_connection
from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb

    from kg.extract.pipeline import Extractor
    from kg.graph import Graph
    from kg.model import Article

__all__ = ["leave_out", "reader", "remember"]

_TABLE = "passed_over"
_COLUMNS = {"key": "VARCHAR", "reader": "VARCHAR", "reason": "VARCHAR"}
_LOOKUP = 200


def reader(extractor: Extractor) -> str:
    """Who passes articles over: the coder with the languages that it reads."""
    return " ".join([extractor.coder, *sorted(extractor.languages)])


def leave_out(
    graph: Graph, articles: Iterable[Article], by: str, reasons: dict[str, int], limit: int = _LOOKUP
) -> Iterator[Article]:
    """The articles that ``by`` has not passed over before; the others are counted in ``reasons``."""
    source = iter(articles)
    while chunk := list(islice(source, limit)):
        keys = [article_key(article) for article in chunk]
        with graph.read() as connection:
            known = _known(connection, keys, by)
        for article, key in zip(chunk, keys, strict=True):
            if key in known:
                reasons[known[key]] = reasons.get(known[key], 0) + 1
            else:
                yield article


def remember(graph: Graph, passed: Sequence[tuple[Article, str]], by: str) -> None:
    """Store that ``by`` passed these articles over, each with the reason."""
    if not passed:
        return
    rows = {
        "key": [article_key(article) for article, _ in passed],
        "reader": [by] * len(passed),
        "reason": [reason for _, reason in passed],
    }
    with write_connection(graph.layout, "build") as connection:
        graph.check_schema(connection, write=True)
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} ({columns})")
        connection.register("_passed", arrow(rows, _COLUMNS))
        # Those of former coders are of no use any more.
        connection.execute(f"DELETE FROM {_TABLE} WHERE key IN (SELECT key FROM _passed)")
        connection.execute(f"INSERT INTO {_TABLE} SELECT * FROM _passed")
        connection.unregister("_passed")


def _known(connection: duckdb.DuckDBPyConnection, keys: Sequence[str], by: str) -> dict[str, str]:
    if not one(connection, "SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_TABLE]):
        return {}
    connection.register("_wanted", arrow({"key": keys}, {"key": "VARCHAR"}))
    rows = connection.execute(
        f"SELECT DISTINCT key, reason FROM {_TABLE} JOIN _wanted USING (key) WHERE reader = ?", [by]
    ).fetchall()
    return dict(rows)
