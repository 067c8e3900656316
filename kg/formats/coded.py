"""Events that others have coded: tables of GDELT, ICEWS and POLECAT into a graph, as a stream.

Each row becomes an article that holds nothing but the statement that there is no quote, and a mention for each dyad.
The coder of the mentions is the data set, so that they stand beside a graph's own coding and can be told apart.
"""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import itertools
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from kg.errors import SourceError
from kg.formats.coding_tables import Skipped
from kg.graph.store import IngestReport
from kg.model import Actor, Article, Evidence, Mention, Origin, Party, Precision, Role, Span, Status, TimeSpan, digest

if TYPE_CHECKING:
    from kg.graph.graph import Graph

__all__ = ["FORMATS", "ImportReport", "Item", "Row", "Side", "import_coded", "read_coded"]

Item = tuple[Article, list[Mention], list[Role]]
_BATCH = 20_000
"""Rows that are recorded at a time."""
_LINE = 1_000_000
"""Longest row, in bytes."""
_NAMED = 10_000
"""Problems that are named; of more only the number is told."""
_NOTHING = Span(0, 0)


class Coding(Protocol):
    """What a format's module offers."""

    CODER: str

    def rows(self, lines: Iterator[tuple[int, list[str]]], where: str) -> Iterator[tuple[int, Any]]:
        """The rows with their line numbers, without the header where there is one."""

    def item(self, row: Any, number: int, where: str) -> Item:
        """The article and mentions of a row.

        Raises:
            Skipped: the row has no place in the graph.
            ValueError, KeyError, IndexError: the row is malformed.
        """


FORMATS = ("gdelt", "icews", "polecat")
"""Names of the codings that can be imported."""


@dataclass(slots=True)
class ImportReport:
    """What an import came to.

    ``skipped`` counts sound rows that have no place in the graph, by reason; ``problems`` names rows that can't be
    read, by file and line, ``unnamed`` counts further ones.
    """

    stored: IngestReport = field(default_factory=IngestReport)
    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[SourceError] = field(default_factory=list)
    unnamed: int = 0

    def __str__(self) -> str:
        return f"rows: {self.rows}, of which {self.skipped.total()} have no place in the graph; {self.stored}"


def import_coded(
    graph: Graph,
    path: Path,
    format: str,
    actors: Callable[[Iterable[str]], Iterable[Actor]],
    command: str = "import",
) -> ImportReport:
    """Add the events of a table of GDELT 2.0, ICEWS or POLECAT, plain or in gzip or zip, to a graph.

    Rows are recorded in portions, so that files of any size can be imported; the same file again changes nothing.

    Raises:
        SourceError: the file can't be opened or is not of that format.
        StoreBusy: another process is writing.
    """
    report = ImportReport()
    items = read_coded(path, format, report)
    while batch := list(itertools.islice(items, _BATCH)):
        report.stored += graph.ingest(batch, actors, batch[0][1][0].coder, command)
    return report


def read_coded(path: Path, format: str, report: ImportReport) -> Iterator[Item]:
    """The articles and mentions of such a table, row by row; what is left out is noted in ``report``.

    Raises:
        SourceError: the file can't be opened or is not of that format.
    """
    import importlib

    if format not in FORMATS:
        raise SourceError(str(path), f"there is no format {format!r}; use one of {', '.join(FORMATS)}")
    coding: Coding = importlib.import_module(f"kg.formats.{format}")
    with _opened(path) as stream:
        yield from _items(coding, stream, path.name, report)


def _items(coding: Coding, stream: IO[bytes], where: str, report: ImportReport) -> Iterator[Item]:
    lines = _fields(stream, where, report)
    for number, row in coding.rows(lines, where):
        report.rows += 1
        try:
            yield coding.item(row, number, where)
        except Skipped as skipped:
            report.skipped[str(skipped)] += 1
        except (ValueError, KeyError, IndexError, TypeError) as error:
            _note(report, SourceError(f"{where}:{number}", f"not a row of {coding.CODER} ({error})"))


def _note(report: ImportReport, problem: SourceError) -> None:
    if len(report.problems) < _NAMED:
        report.problems.append(problem)
    else:
        report.unnamed += 1


def _fields(stream: IO[bytes], where: str, report: ImportReport) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows as their fields. Blank lines are passed over, too long ones are problems."""
    number = 0
    try:
        while line := stream.readline(_LINE + 1):
            number += 1
            if len(line) > _LINE:
                while not line.endswith(b"\n") and (line := stream.readline(_LINE)):
                    pass
                _note(report, SourceError(f"{where}:{number}", f"the row is longer than {_LINE // 1_000_000} MB"))
                continue
            if line.strip():
                yield number, [_unquoted(part) for part in _decoded(line).rstrip("\r\n").split("\t")]
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        _note(report, SourceError(f"{where}:{number + 1}", f"can't be read further ({error}); the file is damaged"))


_INVISIBLE = dict.fromkeys(
    point
    for first, last in ((0, 8), (11, 31), (0x7F, 0x9F), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x2069))
    for point in range(first, last + 1)
)
"""Control, zero-width and bidirectional characters but for the tab and the line end."""


def _decoded(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    return text.translate(_INVISIBLE)


def _unquoted(part: str) -> str:
    part = part.strip()
    return part[1:-1].replace('""', '"') if len(part) > 1 and part[0] == part[-1] == '"' else part


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic.startswith(b"PK\x03\x04"):
                with zipfile.ZipFile(raw) as packed:
                    names = [entry for entry in packed.infolist() if not entry.is_dir()]
                    if len(names) != 1:
                        raise SourceError(str(path), f"holds {len(names)} files; unpack it and import them one by one")
                    with packed.open(names[0]) as stream:
                        yield stream
            elif magic.startswith(b"\x1f\x8b"):
                with gzip.open(raw) as unpacked:
                    yield unpacked  # type: ignore[misc]
            else:
                yield raw
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SourceError(str(path), f"can't be opened ({error})") from error


# -- what the formats share --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """An actor as we name it: id of the principal, sector, the name as the coder gives it, and who acted for it."""

    id: str
    sector: str | None
    name: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of any coding says."""

    coder: str
    id: str
    pairs: Sequence[tuple[Side, Side | None]]
    category: str
    mode: str | None
    mutual: bool
    day: dt.date
    published: dt.date
    contexts: tuple[str, ...] = ()
    publisher: str | None = None
    url: str | None = None
    place: str | None = None
    extra: tuple[tuple[str, str], ...] = ()

    def item(self, number: int, where: str) -> Item:
        """The article that says there is no quote, and the mentions.

        The id of the row stands amid the title's few words, so that no three words in a row are those of another title:
        else the search for copies of one text would have to compare all of them.
        """
        key = re.sub(r"\W+", "_", self.id)
        name = f"{self.coder.lower().replace(' ', '-')}.{key}"
        pairs = [(source, target) for source, target in self.pairs if target is None or source.id != target.id]
        if not pairs:
            raise Skipped("source and target act for the same state or organisation")
        title = f"No quote: {key} ({self.coder.split()[0]} record)"
        extra = {"coded_by": self.coder, "quote": "none", **dict(self.extra)}
        article = Article(
            name, self.published, title, "", self.url, self.publisher or self.coder, origin=Origin(where, number),
            extra=extra,
        )  # fmt: skip
        if self.day == self.published:
            time = TimeSpan.published(self.day)
        else:
            time = TimeSpan(self.day, self.day, Precision.DAY, "", self.day.isoformat())
        evidence = Evidence("title", title, 0, len(title), _NOTHING)
        mentions = [
            Mention(
                id=digest(name, source.id, source.sector, target and target.id, self.category, self.mode),
                article=name,
                source=_party(source),
                target=_party(target) if target else None,
                category=self.category,
                mode=self.mode,
                status=Status.ACTUAL,
                time=time,
                evidence=evidence,
                mutual=self.mutual and target is not None,
                contexts=self.contexts,
                place=self.place,
                confidence=0.5,
                coder=self.coder,
                group=digest(name),
            )
            for source, target in pairs
        ]
        return article, mentions, []


@functools.lru_cache(100_000)
def _party(side: Side) -> Party:
    from kg.extract.gazetteer import gazetteer

    try:
        known = gazetteer().actor(side.id)
        code, label = known.code, known.label
    except KeyError:
        code, label = side.id, side.name or side.id
    return Party(side.id, code, label, side.name, _NOTHING, side.sector, side.agent)


def header(
    lines: Iterator[tuple[int, list[str]]], where: str, needed: Sequence[str], coder: str
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by the names that the first line gives to the columns; ``None`` and ``NULL`` are empty.

    Raises:
        SourceError: a needed column is missing.
    """
    nothing: tuple[int, list[str]] = (0, [])
    _, names = next(lines, nothing)
    if missing := [name for name in needed if name not in names]:
        raise SourceError(f"{where}:1", f"not a table of {coder}: it has no column {missing[0]!r}")
    for number, row in lines:
        if len(row) != len(names):
            yield number, _Uneven(f"{len(row)} columns, not {len(names)}")
        else:
            yield number, {n: "" if v in ("None", "NULL", "nan") else v for n, v in zip(names, row, strict=True)}


class _Uneven(dict[str, str]):
    """A row of another width than its header: asking it for a column says so."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __missing__(self, key: str) -> str:
        raise ValueError(self.text)
