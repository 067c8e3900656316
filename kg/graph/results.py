"""What queries give back: tables that print, export and show themselves in Jupyter."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import html
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from kg.errors import QueryError
from kg.graph.rows import event_from_row
from kg.model import Event

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["COLUMNS", "EventList", "Table", "csv_safe", "html_table", "plain", "text_table"]

_SHOWN = 20
"""Rows that Jupyter shows of a longer table."""


class Table(Sequence[tuple[Any, ...]]):
    """Named columns and rows of plain values; ``truncated`` if a limit cut it."""

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], truncated: bool = False) -> None:
        self.columns = list(columns)
        self.rows = list(rows)
        self.truncated = truncated

    @property
    def vars(self) -> list[str]:
        """The column names, as SPARQL calls them."""
        return self.columns

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    @overload
    def __getitem__(self, index: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[Any, ...]]: ...
    def __getitem__(self, index: int | slice) -> tuple[Any, ...] | Sequence[tuple[Any, ...]]:
        return self.rows[index]

    def __repr__(self) -> str:
        return self.table()

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary for each row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_arrow(self) -> pa.Table:
        """The same as an Arrow table."""
        import pyarrow as pa

        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        return pa.table({name: list(values) for name, values in zip(self.columns, columns, strict=True)})

    def to_pandas(self) -> pd.DataFrame:
        """The same as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.columns)

    def table(self, width: int | None = None) -> str:
        """Aligned text for a terminal, every cell cut to ``width`` characters if given."""
        return text_table(self.columns, self.rows, width)

    def csv(self) -> str:
        """Comma-separated values with a header line (RFC 4180); what a spreadsheet would run gets a quote before it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([csv_safe(plain(value)) for value in row] for row in self.rows)
        return out.getvalue()

    def json(self) -> str:
        """A JSON array of objects; dates as ISO text."""
        return json.dumps(self.to_dicts(), ensure_ascii=False, indent=2, default=str)

    def _repr_html_(self) -> str:
        return html_table(self.columns, self.rows)


class EventList(Sequence[Event]):
    """Events in the order that was asked for, read from Arrow columns only as they are looked at.

    Where only some columns were asked for, it has no events to give, but all else.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    @property
    def _whole(self) -> bool:
        return len(self._table.column_names) >= len(COLUMNS)

    def _check_whole(self) -> None:
        if not self._whole:
            asked = ", ".join(_FIELDS[name] for name in self._table.column_names)
            raise QueryError(f"of these events only {asked} was asked for; leave columns out to get them whole")

    def _dicts(self, table: pa.Table) -> list[dict[str, Any]]:
        if self._whole:
            return [_event_dict(row) for row in table.to_pylist()]
        return [
            {_FIELDS[name]: value.isoformat() if isinstance(value, dt.date) else value for name, value in row.items()}
            for row in table.to_pylist()
        ]

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return EventList(self._table.take(list(range(start, stop, step))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"event {index} of {len(self)}")
        self._check_whole()
        return event_from_row(self._table.slice(index % len(self), 1).to_pylist()[0])

    def __iter__(self) -> Iterator[Event]:
        self._check_whole()
        for batch in self._table.to_batches(1024):
            for row in batch.to_pylist():
                yield event_from_row(row)

    def __repr__(self) -> str:
        return self.text()

    def text(self, count: int = _SHOWN, hint: str = "") -> str:
        """The first ``count`` of them as aligned text; the last line says how many more there are, and the ``hint``."""
        columns, rows = self._shown(count)
        more = f"\n… {len(self) - count} more{hint}" if len(self) > count else ""
        return text_table(columns, rows, 40) + more

    def to_dicts(self) -> list[dict[str, Any]]:
        """Plain dictionaries; ``source`` and ``target`` are actor codes, dates are ISO text.

        Where only some columns were asked for it is these, as they are.
        """
        return self._dicts(self._table)

    def to_arrow(self) -> pa.Table:
        """All columns as an Arrow table: ids in ``source`` and ``target``, codes and labels beside them."""
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """All columns as a pandas DataFrame, dates as datetime64."""
        import pandas as pd

        frame = self._table.to_pandas()
        for name in frame.columns.intersection(["begin_day", "end_day", "first_reported", "last_reported"]):
            frame[name] = pd.to_datetime(frame[name], errors="coerce")
        return frame.rename(columns={"begin_day": "begin", "end_day": "end", "grp": "group"})

    def as_table(self) -> Table:
        """The columns that people read, for printing and for CSV."""
        dicts = self.to_dicts()
        names = list(_DICT_KEYS) if self._whole else [_FIELDS[name] for name in self._table.column_names]
        return Table(names, [tuple(d.values()) for d in dicts])

    def _shown(self, count: int) -> tuple[list[str], list[tuple[Any, ...]]]:
        names = ["begin", "end", "source", "category", "mode", "target", "status", "score", "publishers", "confidence"]
        if not self._whole:
            names = [_FIELDS[name] for name in self._table.column_names]
        dicts = self._dicts(self._table.slice(0, count))
        return names, [tuple(d[name] for name in names) for d in dicts]

    def _repr_html_(self) -> str:
        columns, rows = self._shown(_SHOWN)
        return html_table(columns, rows, len(self))


COLUMNS = {
    **{field.name: field.name for field in dataclasses.fields(Event)},
    **{f"{side}_{name}": f"{side}_{name}" for side in ("source", "target") for name in ("code", "label")},
    "begin": "begin_day",
    "end": "end_day",
    "group": "grp",
}
"""What an event has, as people call it, and its column in the Arrow table."""

_FIELDS = {column: name for name, column in COLUMNS.items()}

_DICT_KEYS = (
    "id", "source", "target", "category", "mode", "begin", "end", "precision", "status", "score", "mentions",
    "articles", "publishers", "confidence", "mutual", "contexts", "source_label", "target_label", "corrections",
)  # fmt: skip


def _event_dict(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "source": row["source_code"],
        "target": row["target_code"],
        "category": row["category"],
        "mode": row["mode"],
        "begin": row["begin_day"].isoformat() if row["begin_day"] else None,
        "end": row["end_day"].isoformat() if row["end_day"] else None,
        "precision": row["precision"],
        "status": row["status"],
        "score": row["score"],
        "mentions": row["mentions"],
        "articles": row["articles"],
        "publishers": row["publishers"],
        "confidence": row["confidence"],
        "mutual": row["mutual"],
        "contexts": list(row["contexts"] or ()),
        "source_label": row["source_label"],
        "target_label": row["target_label"],
        "corrections": row["corrections"],
    }


def plain(value: Any) -> str:
    """A value as text: nothing for None, ISO dates, lists separated by semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e15 else repr(value)
    if isinstance(value, (list, tuple)):
        return "; ".join(plain(item) for item in value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def csv_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote goes before the signs that begin one, not in numbers."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        try:
            float(text)
        except ValueError:
            return "'" + text
    return text


def _printable(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def text_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None = None) -> str:
    """Columns aligned by blanks under a header line; numbers to the right."""
    cells = [[_printable(plain(value)) for value in row] for row in rows]
    if width:
        cells = [[cell if len(cell) <= width else cell[: width - 1] + "…" for cell in row] for row in cells]
    widths = [max([len(name), *(len(row[i]) for row in cells)]) for i, name in enumerate(columns)]
    right = [
        bool(rows) and all(isinstance(row[i], (int, float)) and not isinstance(row[i], bool) for row in rows)
        for i in range(len(columns))
    ]

    def line(row: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(size) if to_right else cell.ljust(size)
            for cell, size, to_right in zip(row, widths, right, strict=True)
        ).rstrip()

    return "\n".join([line(list(columns)), "  ".join("-" * size for size in widths), *map(line, cells)])


def html_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], total: int | None = None) -> str:
    """An HTML table of at most 20 rows, everything escaped; http links can be followed."""
    total = len(rows) if total is None else total
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_html_cell(value)}</td>" for value in row) + "</tr>" for row in rows[:_SHOWN]
    )
    note = f"<p>{min(_SHOWN, total)} of {total} rows</p>" if total > _SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _html_cell(value: Any) -> str:
    text = html.escape(plain(value), quote=True)
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return f'<a href="{text}" rel="noopener noreferrer">{text}</a>'
    return text
