"""Options of every command that reads articles or codes them, as one object that such a command gets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli_common import Skips, actor_files_option, name_clashes
from kg.console import clean

if TYPE_CHECKING:
    from kg.engine.local import Told
    from kg.errors import SourceError
    from kg.extract.pipeline import Extractor
    from kg.model import Article
    from kg.sources import ReadReport

__all__ = ["Coding", "Reading", "coding", "mapping_of", "reading"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Coding:
    """How articles are coded."""

    actor_files: tuple[Path, ...]
    model: str | None
    threshold: float | None
    fast: bool
    processes: int

    def extractor(self) -> Extractor:
        """The extractor that the options describe."""
        from kg.extract.parse import DEFAULT_MODEL
        from kg.extract.pipeline import DEFAULT_THRESHOLD, Extractor

        return Extractor(
            model=self.model or DEFAULT_MODEL,
            actors=tuple(self.actor_files),
            threshold=DEFAULT_THRESHOLD if self.threshold is None else self.threshold,
            fast=self.fast,
        )

    def workers(self) -> int:
        """The number of processes; all cores for 0."""
        from kg.engine.local import default_processes

        return self.processes or default_processes()


@dataclass(frozen=True, slots=True)
class Reading:
    """Which articles are read, and what is told of those that can't be."""

    inputs: tuple[str, ...]
    format_: str | None
    mapping: str | None
    fetch: bool
    strict: bool

    def articles(self) -> tuple[Iterator[Article], ReadReport]:
        """The articles, and the report that fills while they are read."""
        from kg.sources import ReadReport, read

        report = ReadReport()
        names = mapping_of(self.mapping)
        return read(self.inputs, format=self.format_, mapping=names, fetch=self.fetch, report=report), report

    def close(self, report: ReadReport, told: Told, clashes: Sequence[SourceError] = ()) -> None:
        """Name what could not be read, and articles with the id of others, and set the exit status."""
        name_clashes(clashes)
        skips = Skips()
        for problem in report.problems:
            skips(problem)
        for reason, count in told.skipped.items():
            click.echo(f"kg: skipped {count} articles: {clean(reason)}", err=True)
        for note, count in told.notes.items():
            click.echo(f"kg: {count} articles {clean(note)}", err=True)
        skips.close(report.read, of="inputs", into="articles", strict=self.strict)
        if not report.read:
            click.echo("kg: no articles found in the inputs", err=True)
            sys.exit(1)
        if clashes and self.strict:
            sys.exit(1)


_READING = (
    click.argument("inputs", nargs=-1, required=True),
    click.option(
        "--format",
        "format_",
        metavar="NAME",
        help="Read all inputs in this format (default: told by name and content).",
    ),
    click.option(
        "--map",
        "mapping",
        metavar="OURS=THEIRS,...",
        help="Field names of JSONL or CSV, e.g. text=body,date=pub_date.",
    ),
    click.option("--fetch", is_flag=True, help="Allow URLs among the inputs; nothing is fetched without it."),
    click.option(
        "--strict",
        is_flag=True,
        help="Exit with status 1 if any input could not be read, or has the id but not the words of another.",
    ),
)

_CODING = (
    actor_files_option("Your own actors (YAML), added to the shipped ones; may be given more than once."),
    click.option(
        "--model", default=None, metavar="NAME", help="spaCy pipeline to use (default: the shipped small English one)."
    ),
    click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        default=None,
        help="Least confidence of a mention (default: 0.2).",
    ),
    click.option("--fast", is_flag=True, help="Leave out the classifier's second stage: faster, less exact."),
    click.option(
        "--processes",
        "-j",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help="Worker processes; 0 is one for each core.",
    ),
)


def coding(function: F) -> F:
    """Options that say how articles are coded; the command gets them as ``coding``."""
    return _gathered(function, "coding", Coding, _CODING)


def reading(function: F) -> F:
    """Options that say which articles are read and how they are coded; the command gets ``reading`` and ``coding``."""
    return _gathered(coding(function), "reading", Reading, _READING)


def _gathered(function: F, name: str, kind: type[Any], options: Iterable[Callable[[Any], Any]]) -> F:
    names = [f.name for f in fields(kind)]

    @functools.wraps(function)
    def wrapped(*args: Any, **values: Any) -> Any:
        values[name] = kind(**{given: values.pop(given) for given in names})
        return function(*args, **values)

    out: Any = wrapped
    for option in reversed(tuple(options)):
        out = option(out)
    return out  # type: ignore[no-any-return]


def mapping_of(text: str | None) -> dict[str, str]:
    """The fields that --map names, ours to theirs."""
    pairs = [part.partition("=") for part in (text or "").split(",") if part]
    if any(not name or not theirs for name, _, theirs in pairs):
        raise click.UsageError("--map takes OURS=THEIRS pairs, e.g. --map text=body,date=pub_date")
    return {name.strip(): theirs.strip() for name, _, theirs in pairs}
