"""CSV and TSV with a header row. Read as a stream; a row that can't be read costs that row only.

The delimiter (comma, semicolon, tab, bar) is the one by which the header gives most of the known names. A quote that
is opened and never closed would swallow what follows it: then that row is a problem, and reading goes on below it.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping

from kg.sources import fields
from kg.sources.clean import clean_line
from kg.sources.encoding import UndecodableError, line_decoder
from kg.sources.jsonl import record_of
from kg.sources.record import MAX_LINE, MAX_TEXT, Kind, Options, Problem, Record, Source, hashed

__all__ = ["name", "read", "sniff", "suffixes"]

name = "csv"
suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab")

_DELIMITERS = (",", "\t", ";", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_REREAD_LIMIT = 64_000_000
_MAX_COLUMNS = 1_000


def sniff(head: bytes) -> bool:
    """Whether the first line is a header that names a date and a title or text."""
    first = head.lstrip().partition(b"\n")[0][:10_000]
    try:
        names, _ = _header(first.decode("utf-8"), {})
        found = fields.resolve(names, {})
    except (UnicodeDecodeError, fields.AmbiguousFieldsError, csv.Error):
        return False
    return len(names) > 1 and "date" in found and not {"title", "text"}.isdisjoint(found)


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The records, one a row; each is named by the line that its row begins on."""
    # the limit is one for the whole process; a longer field is a problem by its length anyhow
    csv.field_size_limit(max(csv.field_size_limit(), 2 * MAX_TEXT))
    lines = _Lines(source)
    names, columns, delimiter = _columns(lines, source, options)
    while True:
        lines.taken.clear()
        try:
            for row in csv.reader(lines, delimiter=delimiter, strict=True):
                number, raw, wrong = lines.row()
                if row and (len(row) > 1 or row[0].strip() or len(names) == 1):
                    yield wrong or _record(row, names, columns, raw, number, source)
        except csv.Error as error:
            if (record := _unquoted(lines, delimiter, names, columns, source)) is not None:
                yield record
            else:
                number = lines.taken[0][0] if lines.taken else lines.number
                yield source.problem(Kind.FORMAT, f"not CSV ({_reason(error)}); check the quotes of this row", number)
                lines.reread()
        except Problem as problem:
            yield problem
        else:
            return


def _columns(lines: _Lines, source: Source, options: Options) -> tuple[list[str], dict[str, str], str]:
    """Names of the columns, which of them are our fields, and the delimiter. Raises :class:`Problem`."""
    header, delimiter = "", None
    for header in lines:
        if separator := _SEPARATOR_LINE.fullmatch(header):
            delimiter = separator[1]
        elif header.strip():
            break
    if not header.strip():
        raise source.problem(Kind.EMPTY, "holds no rows; begin with a header line of column names")
    number, _, wrong = lines.row()
    if wrong is not None:
        raise wrong
    try:
        names, delimiter = _header(header, options.mapping, delimiter)
        columns = fields.resolve(names, options.mapping)
        options.used.update(columns.values())
    except fields.AmbiguousFieldsError as error:
        raise source.problem(Kind.FORMAT, str(error), number) from None
    except csv.Error as error:
        raise source.problem(Kind.FORMAT, f"no CSV header ({_reason(error)}); check this line", number) from None
    missing = "date" if "date" not in columns else "text or title"
    if "date" not in columns or {"title", "text"}.isdisjoint(columns):
        known = ", ".join(names)[:200]
        what = f"no column is the {missing} (columns: {known}); name it with --map, as in --map text=body,date=day"
        raise source.problem(Kind.FORMAT, what, number)
    if len(set(names)) < len(names):
        raise source.problem(Kind.FORMAT, "two columns have the same name; rename one", number)
    return names, columns, delimiter


def _header(line: str, mapping: Mapping[str, str], delimiter: str | None = None) -> tuple[list[str], str]:
    """The column names by the delimiter that yields most known names, else most columns."""
    known = {fields.normal(name) for ours, others in fields.FIELDS.items() for name in (ours, *others)}
    known |= {fields.normal(name) for name in mapping.values()}
    best: tuple[int, int, list[str], str] | None = None
    for candidate in (delimiter,) if delimiter else _DELIMITERS:
        names = [clean_line(name) for name in next(csv.reader([line], delimiter=candidate), [])][:_MAX_COLUMNS]
        score = sum(fields.normal(name) in known for name in names)
        if best is None or (score, len(names)) > best[:2]:
            best = (score, len(names), names, candidate)
    assert best is not None
    return best[2], best[3]


def _record(
    row: list[str], names: list[str], columns: dict[str, str], raw: bytes, number: int, source: Source
) -> Record | Problem:
    if len(row) != len(names):
        what = f"has {len(row)} columns where the header has {len(names)}; check quotes and delimiters"
        return source.problem(Kind.FORMAT, what, number)
    return record_of(dict(zip(names, row, strict=True)), columns, hashed(raw), number)


def _unquoted(
    lines: _Lines, delimiter: str, names: list[str], columns: dict[str, str], source: Source
) -> Record | Problem | None:
    """Tab-separated files often know no quoting: a row that is no CSV but has the right number of tabs is taken so."""
    if delimiter != "\t" or len(lines.taken) != 1:
        return None
    number, raw, text = lines.taken[0]
    row = text.rstrip("\r\n").split("\t")
    return _record(row, names, columns, raw, number, source) if len(row) == len(names) else None


def _reason(error: csv.Error) -> str:
    """csv's own words, where they help."""
    text = str(error)
    if "unexpected end" in text:
        return "a quote is opened and never closed"
    if "field larger" in text:
        return "a quote is opened and not closed for megabytes"
    if "new-line character" in text:
        return "a carriage return within the line: save it with line ends of line feeds"
    return text


class _Lines:
    """Decoded lines for ``csv.reader``, which remembers those of the current row and can give them again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._input = source.lines()
        self._decode: Callable[[bytes], str] = line_decoder(source.head)
        self._again: deque[tuple[int, bytes, str]] = deque()
        self._reread = self._size = 0
        self._wrong: Problem | None = None
        self.taken: list[tuple[int, bytes, str]] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            entry = self._again.popleft()
        else:
            self.number, line = next(self._input)
            if isinstance(line, Problem):
                self.taken.clear()
                self._size = 0
                raise line
            entry = self.number, line, self._text(line)
        self.taken.append(entry)
        self._size += len(entry[1])
        if self._size > MAX_LINE:
            number, self._size = self.taken[0][0], 0
            self.taken.clear()
            raise self._source.problem(
                Kind.SIZE, f"the row is longer than {MAX_LINE // 1_000_000} MB; split it", number
            )
        return entry[2]

    def _text(self, line: bytes) -> str:
        try:
            return self._decode(line)
        except UndecodableError as error:
            self._wrong = self._wrong or self._source.problem(Kind.ENCODING, str(error), self.number)
            return line.decode("utf-8", "replace")

    def row(self) -> tuple[int, bytes, Problem | None]:
        """First line, bytes and encoding problem of the row that was just read; the next one begins."""
        number = self.taken[0][0] if self.taken else self.number
        raw, wrong = b"".join(line for _, line, _ in self.taken), self._wrong
        self.taken.clear()
        self._size, self._wrong = 0, None
        return number, raw, wrong

    def reread(self) -> None:
        """Gives the lines after the first of a row that failed again, as far as that stays within bounds."""
        rest = self.taken[1:]
        self._reread += sum(len(line) for _, line, _ in rest)
        if self._reread <= _REREAD_LIMIT:
            self._again.extendleft(reversed(rest))
        self.taken.clear()
        self._size, self._wrong = 0, None
