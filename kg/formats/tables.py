"""CSV and Parquet: one row for each event, for R, Stata, spreadsheets and data frames."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.graph.graph import Graph
from kg.graph.results import csv_safe, plain
from kg.graph.window import Day
from kg.model import Article, Evidence, Mention, Origin, Party, Precision, Span, Status, TimeOrigin, TimeSpan, digest
from kg.ontology import ontology

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["csv_plain", "event_item", "event_table", "read_table", "write_table"]

Item = tuple[Article, list[Mention], list[Any]]

_COLUMNS = (
    "id", "source", "target", "source_code", "target_code", "source_label", "target_label", "source_sector",
    "target_sector", "mutual", "category", "mode", "quad", "contexts", "begin", "end", "precision", "time_origin",
    "status", "score", "mentions", "articles", "publishers", "first_reported", "last_reported", "confidence", "group",
    "fulfils", "cancels",
)  # fmt: skip


def write_table(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write the events as ``.csv`` (contexts separated by semicolons) or ``.parquet``.

    With ``history`` all versions of events are there, with ``recorded`` and ``retracted`` times.
    """
    table = event_table(graph, history, as_of)
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path, compression="zstd")
        return
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(4096):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.writerow([csv_safe(plain(value)) for value in row])


def event_table(graph: Graph, history: bool, as_of: Day | None) -> pa.Table:
    """The events, or with ``history`` all their versions, in the columns of an export."""
    import pyarrow as pa

    table = graph.event_versions() if history else graph.events(as_of=as_of).to_arrow()
    quads = [ontology().quad(category) for category in table.column("category").to_pylist()]
    names = {"begin_day": "begin", "end_day": "end", "grp": "group"}
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    table = table.append_column("quad", pa.array(quads, pa.int8()))
    return table.select([*_COLUMNS, *(("recorded", "retracted") if history else ())])


def read_table(path: Path) -> Iterator[Item]:
    """Events of a table as one article and mention each, so that they can stand beside a graph's own coding.

    The article is of the publisher ``file name``, published when the event was first reported, and its title says the
    row in words. Needed are source, category, and begin or first_reported; all other columns may be missing.

    Raises:
        SourceError: the file can't be read, or a row lacks something; names the row.
    """
    for number, row in _rows(path):
        yield event_item(path, number, row)


def csv_plain(value: str | None) -> str | None:
    """A cell without the quote that :func:`kg.graph.results.csv_safe` put before it.

    >>> csv_plain("'=1+1"), csv_plain("'tis")
    ('=1+1', "'tis")
    """
    return value[1:] if value and value[0] == "'" and csv_safe(value[1:]) == value else value


def event_item(path: Path, number: int, row: dict[str, Any]) -> Item:
    """The article and mention of one row, by the column names of an export; see :func:`read_table`.

    Raises:
        SourceError: the row lacks something; names it.
    """
    try:
        return _event(path, number, row)
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{path}:{number}", f"no event ({type(error).__name__}: {error})") from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa

    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            for number, row in enumerate(pq.read_table(path).to_pylist(), 1):
                yield number, row
            return
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in ("source", "category") if name not in (reader.fieldnames or ())]:
                raise SourceError(str(path), f"has no column {' and none '.join(missing)}; name them in its first line")
            for number, line in enumerate(reader, 2):
                yield number, {name: csv_plain(value) or None for name, value in line.items() if name}
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        raise SourceError(str(path), f"can't be read ({str(error).splitlines()[0]}); get a whole copy") from error


def _event(path: Path, number: int, row: dict[str, Any]) -> Item:
    category = str(row["category"]).upper()
    if category not in ontology().categories:
        raise ValueError(f"category {row['category']!r} is not of PLOVER")
    begin, end = _day(row.get("begin")), _day(row.get("end"))
    published = _day(row.get("first_reported")) or end or begin
    if published is None:
        raise ValueError("neither begin nor first_reported")
    target = row.get("target") or None
    status = Status(row.get("status") or "actual")
    title = f"{row['source']} {category} {target or ''}".rstrip()
    name = f"{path.stem}:{row.get('id') or number}"
    article = Article(name, published, title, publisher=path.name, origin=Origin(path.name, number))
    precision = Precision(row.get("precision") or ("day" if begin else "unknown"))
    origin = TimeOrigin(row.get("time_origin") or "text")
    contexts = row.get("contexts") or ()
    mention = Mention(
        id=digest(name, title, begin, end, status),
        article=name,
        source=_party(row, "source", 0),
        target=_party(row, "target", len(title) - len(target)) if target else None,
        category=category,
        mode=row.get("mode") or None,
        status=status,
        time=TimeSpan(begin, end, precision, "", "", origin),
        evidence=Evidence(
            "title", title, 0, len(title), Span(len(row["source"]) + 1, len(row["source"]) + 1 + len(category))
        ),
        mutual=str(row.get("mutual")).lower() == "true" and target is not None,
        contexts=tuple(contexts.split("; ")) if isinstance(contexts, str) else tuple(contexts),
        confidence=float(row.get("confidence") or 0.5),
        coder=f"import {path.name}",
        group=str(row.get("group") or digest(name)),
    )
    return article, [mention], []


def _party(row: dict[str, Any], side: str, start: int) -> Party:
    actor = str(row[side])
    code, label = row.get(f"{side}_code") or actor, row.get(f"{side}_label") or actor
    return Party(actor, code, label, actor, Span(start, start + len(actor)), row.get(f"{side}_sector") or None)


def _day(value: Any) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value))
