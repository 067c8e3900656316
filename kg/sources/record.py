"""What passes between the parts of ``kg.sources``: an opened source, a raw record, a problem, and the limits.

A format module turns a :class:`Source` into :class:`Record` values: strings as the file gives them, nothing cleaned,
parsed or checked. ``kg.sources.article`` makes an ``Article`` of each. So a format knows its syntax and nothing else.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

from kg.errors import SourceError

__all__ = [
    "HEAD",
    "MAX_DOCUMENT",
    "MAX_LINE",
    "MAX_TEXT",
    "MAX_TITLE",
    "Format",
    "Kind",
    "Options",
    "Problem",
    "Record",
    "Source",
    "hashed",
    "quoted",
    "shown",
    "suffix_of",
]

HEAD = 1 << 16
"""Bytes at the start of a source by which its format and encoding are told."""
MAX_TEXT = 5_000_000
"""Longest text of one article, in characters."""
MAX_TITLE = 5_000
"""Longest title, in characters."""
MAX_LINE = 50_000_000
"""Longest line of JSONL, and longest row of CSV, in bytes; longer ones are skipped without being held in memory."""
MAX_DOCUMENT = 20_000_000
"""Largest file, in bytes after unpacking, of the formats that are read whole (text, Markdown, HTML, feeds)."""


class Kind(enum.StrEnum):
    """What sort of problem kept an input from being read."""

    UNREADABLE = "unreadable"
    FORMAT = "format"
    ENCODING = "encoding"
    DATE = "date"
    EMPTY = "empty"
    SIZE = "size"
    CONFLICT = "conflict"
    UNSAFE = "unsafe"
    FETCH = "fetch"


class Problem(SourceError):  # noqa: N818 - it is handed on more often than raised
    """A :class:`kg.errors.SourceError` that says which kind of problem it is, in words that are safe to print."""

    def __init__(self, where: str, problem: str, kind: Kind) -> None:
        super().__init__(shown(where), shown(problem))
        self.kind = kind


def shown(name: str) -> str:
    """``name`` made safe to print and to store: control characters and undecodable bytes are written as escapes.

    >>> shown("a\\x1b[31m.txt"), shown("a\\udcff")
    ('a\\\\x1b[31m.txt', 'a\\\\xff')
    """
    if name.isascii() and name.isprintable():
        return name
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode("ascii") for c in name)


def quoted(value: object, length: int = 60) -> str:
    """The start of ``value`` in quotation marks, for an error message of one line."""
    text = shown(" ".join(str(value)[: 4 * length].split()))
    return f"'{text[:length]}…'" if len(text) > length else f"'{text}'"


def hashed(raw: bytes) -> str:
    """The SHA-256 of the bytes of a file or line, after unpacking."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asked of the readers. ``mapping`` renames fields (ours: theirs); ``used`` are those found."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    fetch: bool = False
    used: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Source:
    """One opened file, stream or page: bytes after unpacking, with UTF-16 and UTF-32 already turned into UTF-8.

    ``head`` holds the first :data:`HEAD` bytes, which ``stream`` still gives too. ``suffix`` is the last of the name
    with ``.gz`` taken off, in lower case. ``url``, ``retrieved`` and ``charset`` are known for fetched pages only.
    """

    name: str
    stream: io.BufferedReader
    head: bytes
    suffix: str = ""
    url: str | None = None
    retrieved: dt.datetime | None = None
    charset: str | None = None
    position: Callable[[], int] | None = None
    """How many bytes of the file are read by now, before unpacking; not known of streams and pages."""

    def at(self, item: int | None = None) -> str:
        """The name for messages, with the line or item where there is one: ``news.jsonl:12``."""
        return self.name if item is None else f"{self.name}:{item}"

    def problem(self, kind: Kind, text: str, item: int | None = None) -> Problem:
        """A problem of this source, to be raised or yielded."""
        return Problem(self.at(item), text, kind)

    def whole(self, limit: int = MAX_DOCUMENT) -> bytes:
        """All bytes. Raises :class:`Problem` when there are more than ``limit``, without holding more than that."""
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise self.problem(Kind.SIZE, f"larger than {limit // 1_000_000} MB; split it, or give one article a file")
        return data

    def lines(self, limit: int = MAX_LINE) -> Iterator[tuple[int, bytes | Problem]]:
        """Numbered lines with their line ends; one of over ``limit`` bytes comes as a problem and is never held."""
        number = 0
        readline = self.stream.readline
        while line := readline(limit + 1):
            number += 1
            if len(line) <= limit:
                yield number, line
                continue
            ended = line.endswith(b"\n")
            del line
            while not ended and (rest := readline(1 << 20)):
                ended = rest.endswith(b"\n")
            yield (
                number,
                self.problem(
                    Kind.SIZE, f"the line is longer than {limit // 1_000_000} MB; write one article a line", number
                ),
            )


@dataclass(slots=True)
class Record:
    """One article as its file gives it. Fields are raw: ``date`` a string or number, ``text`` still with its line ends.

    ``item`` is the line (JSONL, CSV) or the position in the file (feeds, clusters), from 1. ``language_hint`` is set
    when ``language`` comes from a page template or feed header and may be wrong, ``html`` when the text may hold tags.
    ``sha256`` is :func:`hashed` of the file or line.
    """

    sha256: str
    date: Any = None
    title: Any = None
    text: Any = None
    url: Any = None
    publisher: Any = None
    id: Any = None
    language: Any = None
    cluster: Any = None
    item: int | None = None
    language_hint: bool = False
    html: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Format(Protocol):
    """A format is a module with these names; it is known once it stands in ``kg.sources.registry``."""

    @property
    def name(self) -> str:
        """As the user writes it (``--format jsonl``)."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings, lower case, with the dot; ``.gz`` is taken off before."""

    def sniff(self, head: bytes) -> bool:
        """Whether a source that begins so is surely of this format."""

    def read(self, source: Source, options: Options) -> Iterator[Record | Problem]:
        """The records, and the problems of single ones; raises :class:`Problem` when the whole can't be read."""


def suffix_of(name: str) -> str:
    """The ending that tells the format: ``.jsonl`` of ``a.JSONL.gz``."""
    path = PurePath(name.lower())
    return PurePath(path.stem).suffix if path.suffix == ".gz" else path.suffix
