"""Files in, articles out: every format that the project reads, behind one function, :func:`read`.

This stage knows formats and nothing of politics. What it can't read it names in a :class:`ReadReport` and passes over.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.errors import KgError, SourceError
from kg.model import Article
from kg.sources import fields
from kg.sources.article import build
from kg.sources.duplicates import Seen, Verdict
from kg.sources.locate import Location, locate
from kg.sources.opening import opened, unreadable
from kg.sources.record import Format, Kind, Options, Problem, Record, Source
from kg.sources.registry import FORMATS, choose

__all__ = ["FORMATS", "Format", "Kind", "Options", "Problem", "ReadReport", "Record", "Source", "read"]

_LOG = logging.getLogger(__name__)
_HOPELESS = 100_000
"""Problems in one file, without a single article, after which the rest of it is not tried."""


@dataclass
class ReadReport:
    """What a read came to. ``read`` counts articles given, ``duplicates`` those given before and so left out.

    ``problems`` holds everything that was passed over, each named once. ``formats`` counts articles by format,
    ``kinds`` problems by kind (``date``, ``encoding``, ...), ``languages`` articles by language.
    """

    read: int = 0
    duplicates: int = 0
    files: int = 0
    problems: list[SourceError] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    _inputs: tuple[str | os.PathLike[str], ...] = field(default=(), repr=False)
    _total: int | None = field(default=None, repr=False)
    _finished: int = field(default=0, repr=False)
    _open: Source | None = field(default=None, repr=False)

    def share(self) -> float | None:
        """How much of the inputs is read by now, from 0 to 1 by bytes; None where that isn't known (pipes, pages)."""
        if self._total is None:
            self._total = sum(_size(location) for location in locate(self._inputs))
        here = self._open.position() if self._open and self._open.position and not self._open.stream.closed else 0
        return min(1.0, (self._finished + here) / self._total) if self._total else None

    def add(self, problem: SourceError) -> None:
        """Notes a problem, without the frames that it came from: they hold whole files."""
        problem.__traceback__ = problem.__context__ = problem.__cause__ = None
        self.problems.append(problem)
        self.kinds[str(getattr(problem, "kind", Kind.UNREADABLE))] += 1

    def note(self, article: Article, format: str) -> None:
        """Counts an article that is given."""
        self.read += 1
        self.formats[format] += 1
        self.languages[article.language] += 1


class _Log(ReadReport):
    """The report of a caller who asked for none: problems are logged, so that they aren't silent."""

    def add(self, problem: SourceError) -> None:
        _LOG.warning("%s", problem)
        self.kinds[str(getattr(problem, "kind", Kind.UNREADABLE))] += 1


def read(
    inputs: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    fetch: bool = False,
    report: ReadReport | None = None,
) -> Iterator[Article]:
    """The articles in ``inputs``, one by one, in the order of the inputs and sorted within directories.

    An input is a file, a directory (read recursively), a glob, ``-`` for standard input, or, with ``fetch``, an http(s)
    address; any of them may be gzip. ``format`` is a name in :data:`FORMATS`, told by content where it isn't given.
    ``mapping`` renames the fields of JSONL and CSV, ours to theirs: ``{"text": "body"}``.

    What can't be read is added to ``report`` (or logged, without one) and passed over. An article that comes again
    with the same content is counted as a duplicate; with other content under the same id and url it is a new version
    and given too; with the same id and another url it is a problem that names both places.

    Raises :class:`kg.errors.KgError` at once for an unknown format or field.
    """
    if format is not None and format not in FORMATS:
        raise KgError(f"--format {format}: there is no such format; known are {', '.join(FORMATS)}")
    options = Options(dict(mapping or {}), fetch)
    fields.check_mapping(options.mapping)
    given = (inputs,) if isinstance(inputs, str | os.PathLike) else tuple(inputs)
    report = _Log() if report is None else report
    report._inputs = given
    return _read(given, format, options, report)


def _read(
    inputs: Iterable[str | os.PathLike[str]], format: str | None, options: Options, report: ReadReport
) -> Iterator[Article]:
    with contextlib.closing(Seen()) as seen:
        for location in locate(inputs, fetch=options.fetch):
            if isinstance(location, Problem):
                report.add(location)
                continue
            report.files += 1
            problems, articles = report.kinds.total(), 0
            for found in _articles(location, format, options, report):
                if not isinstance(found, Problem):
                    articles += 1
                    article, name = found
                    verdict = seen.check(article)
                    if verdict is Verdict.NEW:
                        report.note(article, name)
                        yield article
                    elif verdict is Verdict.DUPLICATE:
                        report.duplicates += 1
                    else:
                        report.add(verdict)
                    continue
                report.add(found)
                if not articles and report.kinds.total() - problems > _HOPELESS:
                    report.add(Problem(location.name, "no article in all this; the rest is not tried", Kind.FORMAT))
                    break
            report._open = None
            report._finished += _size(location)
        for ours, theirs in options.mapping.items():
            if fields.normal(theirs) not in {fields.normal(name) for name in options.used}:
                what = "no input has a field of that name; check its spelling (ours=theirs)"
                report.add(Problem(f"--map {ours}={theirs}", what, Kind.FORMAT))


def _size(location: Location | Problem) -> int:
    path = None if isinstance(location, Problem) else location.path
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0


def _articles(
    location: Location, format: str | None, options: Options, report: ReadReport
) -> Iterator[tuple[Article, str] | Problem]:
    """The articles of one location with the name of their format, and its problems; never raises."""
    empty = True
    try:
        with opened(location) as source:
            report._open = source
            chosen = choose(source, format)
            for found in chosen.read(source, options):
                empty = False
                yield _built(found, source, chosen) if isinstance(found, Record) else found
    except Problem as problem:
        yield problem
    except OSError as error:
        yield Problem(location.name, unreadable(error), Kind.UNREADABLE)
    except Exception as error:  # a fault of a reader or of its library must not cost the other files of the batch
        _LOG.debug("reader failed", exc_info=True)
        what = f"could not be read ({type(error).__name__}); please report it with the file, or convert the file"
        yield Problem(location.name, what, Kind.UNREADABLE)
    else:
        if empty:
            yield Problem(location.name, "holds no articles; check the file, or give --format", Kind.EMPTY)


def _built(record: Record, source: Source, chosen: Format) -> tuple[Article, str] | Problem:
    try:
        return build(record, source), chosen.name
    except Problem as problem:
        return problem
    except Exception as error:
        _LOG.debug("record failed", exc_info=True)
        what = f"could not be read ({type(error).__name__}); please report it with the file, or leave it out"
        return source.problem(Kind.UNREADABLE, what, record.item)
