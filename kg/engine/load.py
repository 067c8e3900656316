"""What a cluster extracted, taken into a local graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.graph.files import first_line
from kg.graph.rows import article_from_row, mention_from_row, role_from_row
from kg.graph.store import IngestReport

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.graph.versions import Item
    from kg.model import Actor

__all__ = ["load"]

BATCH = 25_000
"""Articles in one transaction; more than in a build, because nothing is parsed in between that could be lost. Fewer
take more time in all, because each batch looks at the tables anew; more take more memory, 2.3 GB for these."""

_ROWS = 5_000
"""Articles that are read at a time."""

_QUERY = """
    SELECT a.*, coalesce(m.mentions, []) AS mentions, coalesce(r.roles, []) AS roles
    FROM {articles} a
    LEFT JOIN (SELECT t.article, t.text_hash, list(t ORDER BY t.id) AS mentions FROM {mentions} t GROUP BY ALL) m
         ON m.article = a.id AND m.text_hash = a.text_hash
    LEFT JOIN (SELECT t.article, t.text_hash, list(t ORDER BY t.start_at, t.field) AS roles FROM {roles} t
               GROUP BY ALL) r
         ON r.article = a.id AND r.text_hash = a.text_hash
    ORDER BY a.month, a.id, a.text_hash
"""


def load(
    graph: Graph,
    folder: Path,
    actors: Callable[[Iterable[str]], Iterable[Actor]],
    *,
    command: str = "load",
    watch: Callable[[Iterable[Item]], Iterable[Item]] = lambda items: items,
) -> IngestReport:
    """Add the articles, mentions and roles in ``folder``, written by :func:`kg.engine.spark.extract_on_spark`.

    What the graph has already is left as it is, so that a load that was stopped can be run again. ``actors`` gives the
    records of actor ids, ``watch`` sees the articles go by (for progress).

    Raises:
        SourceError: the folder is not such a result.
        StoreBusy: another process is writing.
        GraphError: the graph is damaged or can't be written to.
    """
    if not (folder / "articles").is_dir():
        raise SourceError(str(folder), "no result of `kg extract --engine spark` (no folder 'articles' in it)")
    coders: set[str] = set()
    items = iter(watch(_items(folder, coders)))

    def batches() -> Iterator[list[Item]]:
        while batch := list(islice(items, BATCH)):
            if len(coders) > 1:
                raise SourceError(str(folder), f"holds results of several coders ({', '.join(sorted(coders))})")
            yield batch

    ready = batches()
    first = next(ready, None)  # only then the coder is known
    report = IngestReport()
    if first is not None:
        report = graph.load(chain([first], ready), actors, next(iter(coders)), command)
    graph.sync()
    return report


def _items(folder: Path, coders: set[str]) -> Iterator[Item]:
    """Articles with what was extracted from them, by month and id; DuckDB sorts on disk what does not fit in memory."""
    import duckdb

    connection = duckdb.connect()
    try:
        query = _QUERY.format(**{name: _table(folder / name) for name in ("articles", "mentions", "roles")})
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_ROWS):
            for values in rows:
                row = dict(zip(names, values, strict=True))
                coders.add(row["coder"])
                mentions = [mention_from_row(m) for m in row["mentions"]]
                yield article_from_row(row), mentions, [role_from_row(r) for r in row["roles"]]
    except duckdb.Error as error:
        raise SourceError(str(folder), f"can't be read as Parquet ({first_line(error)})") from error
    finally:
        connection.close()


def _table(folder: Path) -> str:
    """The files of a table as DuckDB reads them; a table without rows has no files."""
    from kg.graph.schema import ARTICLE, MENTION, ROLE

    if any(folder.rglob("*.parquet")):
        name = str(folder).replace("'", "''")
        return f"read_parquet('{name}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
    columns: dict[str, Any] = {"articles": ARTICLE, "mentions": MENTION, "roles": ROLE}[folder.name]
    every = {**columns, "text_hash": "VARCHAR", "coder": "VARCHAR", "month": "VARCHAR"}
    return f"(SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in every.items())} WHERE false)"
