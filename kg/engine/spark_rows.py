"""What Spark's Python workers do: rows of Arrow in, rows of Arrow out; nothing here needs Spark itself."""

from __future__ import annotations

import dataclasses
import functools
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.engine.local import guarded
from kg.graph.rows import article_from_row, article_row, mention_rows, meta_hash, role_row, version_stamp
from kg.graph.schema import ARTICLE, MENTION, ROLE, arrow
from kg.model import Article, Origin
from kg.sources.record import HEAD, Options, Problem, Source

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.extract.pipeline import Extraction, Extractor

__all__ = ["CODED", "READ", "Recipe", "coder_of", "reader_of", "spark_schema"]

_CLOCKS = ("recorded", "retracted")
_MENTION = {name: kind for name, kind in MENTION.items() if name not in _CLOCKS}
_ROLE = {name: kind for name, kind in ROLE.items() if name not in _CLOCKS}
_ARTICLE = {name: kind for name, kind in ARTICLE.items() if name not in (*_CLOCKS, "coder", "sketch")}
_PLACE = {"file": "VARCHAR", "input": "INTEGER", "block": "BIGINT", "row": "BIGINT"}

READ: dict[str, Any] = {**_ARTICLE, "problem": "VARCHAR", **_PLACE}
"""Columns of articles that are read: those of the table ``article``, the problem if there is one, and the place."""

CODED: dict[str, Any] = {
    **_ARTICLE,
    "problem": "VARCHAR",
    "coder": "VARCHAR",
    "mentions": [_MENTION],
    "roles": [_ROLE],
}
"""Columns of articles that are coded: with their mentions and roles, or with the reason why there are none."""

Batches = Iterator["pa.RecordBatch"]

_SPARK = {
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
    "VARCHAR[]": "array<string>",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a worker needs to make the same extractor: options, and the user's own actor files by content."""

    model: str
    threshold: float
    fast: bool
    languages: frozenset[str]
    actors: tuple[tuple[str, bytes], ...]
    mapping: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, extractor: Extractor, mapping: Mapping[str, str]) -> Recipe:
        """The recipe of an extractor."""
        files = tuple((path.name, path.read_bytes()) for path in extractor.actors)
        return cls(
            extractor.model, extractor.threshold, extractor.fast, extractor.languages, files, tuple(mapping.items())
        )


@functools.lru_cache(maxsize=1)
def _extractor(recipe: Recipe) -> Extractor:
    """Made once in each worker process."""
    from kg.extract.pipeline import Extractor

    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (name, content) in enumerate(recipe.actors):
            (Path(folder) / str(number)).mkdir()
            files.append(Path(folder) / str(number) / name)
            files[-1].write_bytes(content)
        made = Extractor(recipe.model, tuple(files), recipe.threshold, recipe.fast, recipe.languages)
        made.warm()
    return made


def reader_of(recipe: Recipe) -> Callable[[Batches], Batches]:
    """The function that turns lines of JSON into articles, for ``mapInArrow``."""

    def read(batches: Batches) -> Batches:
        options = Options(dict(recipe.mapping))
        for batch in batches:
            rows = [row for line in batch.to_pylist() if (row := _read(line, options)) is not None]
            yield from _table({name: [row.get(name) for row in rows] for name in READ}, READ)

    return read


def coder_of(recipe: Recipe) -> Callable[[Batches], Batches]:
    """The function that codes articles, for ``mapInArrow``."""

    def code(batches: Batches) -> Batches:
        extractor = _extractor(recipe)
        for batch in batches:
            rows = batch.to_pylist()
            articles = [article_from_row(row) for row in rows if row["problem"] is None]
            found = guarded(articles, extractor)
            coded = [
                {"coder": extractor.coder, **_coded(row, next(found) if row["problem"] is None else None)}
                for row in rows
            ]
            yield from _table({name: [row[name] for row in coded] for name in CODED}, CODED)

    return code


def spark_schema(columns: Mapping[str, Any]) -> str:
    """The columns as Spark writes a schema."""
    return ", ".join(f"`{name}` {_spark_type(kind)}" for name, kind in columns.items())


def _spark_type(kind: Any) -> str:
    if isinstance(kind, list):
        return f"array<struct<{', '.join(f'`{name}`: {_spark_type(part)}' for name, part in kind[0].items())}>>"
    return _SPARK[kind]


def _read(line: Mapping[str, Any], options: Options) -> dict[str, Any] | None:
    """One line as the row of an article or of a problem; None for a blank line."""
    from kg.sources import jsonl
    from kg.sources.article import build

    place = {name: line[name] for name in _PLACE}
    value: str = line["value"] or ""
    if not value.strip():
        return None
    data = value.encode("utf-8", "surrogatepass")
    source = Source(line["file"], io.BufferedReader(io.BytesIO(data)), data[:HEAD])
    try:
        (record,) = jsonl.read(source, options)
        if isinstance(record, Problem):
            raise record
        article = build(record, source)
    except Problem as problem:
        return {**place, "origin_file": line["file"], "problem": problem.problem}
    except Exception as error:  # a line that a reader fails on must not cost the others
        return {**place, "origin_file": line["file"], "problem": f"could not be read ({type(error).__name__})"}
    return {**place, **_article_columns(article, line["file"])}


def _article_columns(article: Article, file: str) -> dict[str, Any]:
    # Spark does not say in which line of its file a row was.
    sha256 = article.origin.sha256 if article.origin else ""
    article = dataclasses.replace(article, origin=Origin(file, None, sha256))
    versions = {
        "text_hash": article.text_hash,
        "meta_hash": meta_hash(article),
        "stamp": version_stamp(article),
    }
    return {**article_row(article), **versions}


def _coded(row: dict[str, Any], one: Extraction | None) -> dict[str, Any]:
    if one is None or one.skipped:
        return {**row, "problem": row["problem"] if one is None else one.skipped, "mentions": [], "roles": []}
    return {**row, "mentions": one.mentions, "roles": [role_row(role) for role in one.roles]}


def _table(columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, Any]) -> Iterable[pa.RecordBatch]:
    import pyarrow as pa

    arrays = []
    for name, kind in kinds.items():
        if not isinstance(kind, list):
            arrays.append(arrow({name: columns[name]}, {name: kind}).column(0).combine_chunks())
            continue
        flat = [item for items in columns[name] for item in items]
        values = {part: [item[part] for item in flat] for part in kind[0]} if name == "roles" else mention_rows(flat)
        table = arrow({part: values.get(part, [None] * len(flat)) for part in kind[0]}, kind[0])
        structs = pa.StructArray.from_arrays([c.combine_chunks() for c in table.columns], names=table.column_names)
        ends = [0]
        for items in columns[name]:
            ends.append(ends[-1] + len(items))
        arrays.append(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs))
    yield pa.RecordBatch.from_arrays(arrays, names=list(kinds))
