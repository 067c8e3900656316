"""CSV and Parquet: one row for each event, for R, Stata, spreadsheets and data frames."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError, SourceError
from kg.formats.coding_tables import is_known, named
from kg.formats.files import Problems, noted
from kg.graph.corrections import spanned
from kg.graph.filters import choices
from kg.graph.graph import Graph
from kg.graph.results import csv_safe, plain
from kg.graph.window import Day
from kg.model import Article, Evidence, Mention, Origin, Party, Precision, Span, Status, TimeOrigin, TimeSpan, digest
from kg.ontology import ontology

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Item", "csv_plain", "event_items", "event_table", "read_table", "write_table"]

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


def read_table(path: Path, problems: Problems = None) -> Iterator[Item]:
    """Events of a table as one article and mention each, so that they can stand beside a graph's own coding.

    The article is of the publisher ``file name``, published when the event was first reported, and its title says the
    row in words. Needed are source, category, and begin (or date) or first_reported; all other columns may be missing.
    Without a column end an event lasts as long as its begin says, a day or a month; where the column is there and
    empty, it goes on. Actors go by id, else by a name that is known.

    Raises:
        SourceError: the file can't be read, or a row lacks something and there are no ``problems`` to note it in.
    """
    yield from event_items(path, _rows(path), problems)


def csv_plain(value: str | None) -> str | None:
    """A cell without the quote that :func:`kg.graph.results.csv_safe` put before it.

    >>> csv_plain("'=1+1"), csv_plain("'tis")
    ('=1+1', "'tis")
    """
    return value[1:] if value and value[0] == "'" and csv_safe(value[1:]) == value else value


def event_items(path: Path, rows: Iterable[tuple[int, dict[str, Any]]], problems: Problems) -> Iterator[Item]:
    """The articles and mentions of numbered rows, by the column names of an export; see :func:`read_table`.

    Raises:
        SourceError: a row lacks something and there are no ``problems`` to note it in; names the row.
    """
    for number, row in rows:
        try:
            yield _event(path, number, row)
        except (QueryError, KeyError, ValueError, TypeError) as error:
            what = str(error) if isinstance(error, QueryError) else f"{type(error).__name__}: {error}"
            noted(SourceError(f"{path}:{number}", f"no event: {what}"), problems, error)


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
            there = set(reader.fieldnames or ())
            if missing := [name for name in ("source", "category") if name not in there]:
                raise SourceError(str(path), f"has no column {' and none '.join(missing)}; name them in its first line")
            if there.isdisjoint(_DATED):
                raise SourceError(str(path), f"has no column with the date; {_DATE_WANTED}")
            for number, line in enumerate(reader, 2):
                yield number, {name: csv_plain(value) or None for name, value in line.items() if name}
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        raise SourceError(str(path), f"can't be read ({str(error).splitlines()[0]}); get a whole copy") from error


_DATED = ("begin", "date", "first_reported")
_DATE_WANTED = "call it begin (or date) and write 2023-06-30, 2023-06, 2023 or 2023-Q2"


def _event(path: Path, number: int, row: dict[str, Any]) -> Item:
    for name in ("source", "category"):
        if not row.get(name):
            raise QueryError(f"it has no {name}; fill it in")
    category = str(row["category"]).upper()
    if category not in ontology().categories:
        raise QueryError(f"category {row['category']!r} is not of PLOVER; 'kg codebook' lists those that are")
    begin, end, precision = _when(row)
    reported = _cell(row, "first_reported")
    published = spanned(reported)[0] if reported else end or begin
    if published is None:
        raise QueryError(f"it has no date; {_DATE_WANTED}")
    status = Status(_one_of(row, "status", Status, Status.ACTUAL))
    source, target = str(row["source"]), str(row["target"]) if row.get("target") else None
    title = f"{source} {category} {target or ''}".rstrip()
    name = f"{path.stem}:{row.get('id') or number}"
    article = Article(name, published, title, publisher=path.name, origin=Origin(path.name, number))
    origin = TimeOrigin(_one_of(row, "time_origin", TimeOrigin, TimeOrigin.TEXT))
    contexts = row.get("contexts") or ()
    mention = Mention(
        id=digest(name, title, begin, end, status),
        article=name,
        source=_party(row, "source", source, 0),
        target=_party(row, "target", target, len(title) - len(target)) if target else None,
        category=category,
        mode=row.get("mode") or None,
        status=status,
        time=TimeSpan(begin, end, precision, "", "", origin),
        evidence=Evidence("title", title, 0, len(title), Span(len(source) + 1, len(source) + 1 + len(category))),
        mutual=str(row.get("mutual")).lower() == "true" and target is not None,
        contexts=tuple(contexts.split("; ")) if isinstance(contexts, str) else tuple(contexts),
        confidence=_confidence(row),
        coder=f"import {path.name}",
        group=str(row.get("group") or digest(name)),
    )
    return article, [mention], []


def _when(row: dict[str, Any]) -> tuple[dt.date | None, dt.date | None, Precision]:
    """First and last day and how finely they are known; a column ``end`` that is empty says that it goes on."""
    first, last = _cell(row, "begin") or _cell(row, "date"), _cell(row, "end")
    if first is None:
        return None, spanned(last)[1] if last else None, Precision(_one_of(row, "precision", Precision, "unknown"))
    begin, end, precision = spanned(f"{first}/{last or '..'}" if "end" in row else first)
    return begin, end, Precision(_one_of(row, "precision", Precision, precision))


def _cell(row: dict[str, Any], name: str) -> str | None:
    """The text of a date; of a moment its day."""
    value = row.get(name)
    if isinstance(value, dt.datetime):
        value = value.date()
    return str(value) if value is not None and value != "" else None


def _one_of(row: dict[str, Any], name: str, known: Iterable[str], default: str) -> str:
    return choices([str(row.get(name) or default)], [str(one) for one in known], name)[0]


def _confidence(row: dict[str, Any]) -> float:
    given = row.get("confidence") or 0.5
    try:
        found = float(given)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise QueryError(f"confidence {given!r} is not between 0 and 1")
    return found


def _party(row: dict[str, Any], side: str, words: str, start: int) -> Party:
    """The actor of an export by its id, one of another table also by a name that only one actor has."""
    from kg.extract.gazetteer import gazetteer

    code, label, actor = row.get(f"{side}_code"), row.get(f"{side}_label"), words
    if not code:
        if not is_known(words.partition(":")[0]):
            actor = named(words) or (named(label) if label else None) or _own(words)
            label = label or words
        for known in gazetteer().known([actor]):
            code, label = known.code, known.label
    sector = row.get(f"{side}_sector") or None
    return Party(actor, code or actor, label or actor, words, Span(start, start + len(words)), sector)


def _own(words: str) -> str:
    """The id of an actor that nobody knows."""
    from kg.extract.gazetteer import slug

    return words if re.fullmatch(r"[A-Za-z0-9.:-]+", words) else slug(words)
