"""The command line: parse, call the API, print. Every command is a thin layer over the Python function of that name."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg import __version__
from kg.cli_common import command, fail, graph_option, open_graph, output_file
from kg.console import clean, progress
from kg.errors import SourceError

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.model import Article
    from kg.sources import ReadReport

F = TypeVar("F", bound=Callable[..., Any])

GROUPS = {
    "Make a graph": ("build", "add", "remove", "extract", "reindex"),
    "Ask it": ("info", "events", "timeline", "diff", "path", "rank", "query", "explain", "history"),
    "Look at it": ("view", "report"),
    "Take it elsewhere": ("export", "import"),
    "Actors and rules": ("actors", "roles", "codebook", "check"),
    "Single stages": ("classify", "dates"),
}


class Tour(click.Group):
    """A group whose help lists the commands by what one wants to do."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        left = set(self.commands)
        for heading, names in GROUPS.items():
            rows = [(n, self.commands[n].get_short_help_str(90)) for n in names if n in self.commands]
            left -= set(names)
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
        rows = [(n, self.commands[n].get_short_help_str(90)) for n in sorted(left)]
        if rows:
            with formatter.section("More"):
                formatter.write_dl(rows)


@click.group(cls=Tour, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """A geopolitical relationship knowledge graph.

    Reads news articles and turns what they report into dated edges between political actors, each with the sentence
    that
    proves it; keeps them in a temporal graph; answers questions about any stretch of time; draws them.

    \b
    A first tour:
      kg build data/articles --graph out/graph          articles in
      kg info --graph out/graph                         what is in it
      kg events --graph out/graph --source JPN --target KOR --since 2023-01
      kg query most-active --graph out/graph            a named SPARQL query
      kg view --graph out/graph -o out/graph.html       an interactive picture
    """


def _reading(function: F) -> F:
    """Options of every command that reads articles."""
    for option in reversed(
        [
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
            click.option("--strict", is_flag=True, help="Exit with status 1 if any input could not be read."),
            click.option(
                "--actors",
                "actor_files",
                multiple=True,
                type=click.Path(path_type=Path, exists=True, dir_okay=False),
                help="Your own actors (YAML), added to the shipped ones; may be given more than once.",
            ),
            click.option(
                "--model",
                default=None,
                metavar="NAME",
                help="spaCy pipeline to use (default: the shipped small English one).",
            ),
            click.option(
                "--threshold",
                type=click.FloatRange(0, 1),
                default=None,
                help="Least confidence of a mention (default: 0.15).",
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
        ]
    ):
        function = option(function)
    return function


def _mapping(text: str | None) -> dict[str, str]:
    pairs = [part.partition("=") for part in (text or "").split(",") if part]
    if any(not name or not theirs for name, _, theirs in pairs):
        raise click.UsageError("--map takes OURS=THEIRS pairs, e.g. --map text=body,date=pub_date")
    return {name.strip(): theirs.strip() for name, _, theirs in pairs}


def _articles(
    inputs: tuple[str, ...], format_: str | None, mapping: str | None, fetch: bool
) -> tuple[Iterator[Article], ReadReport]:
    from kg.sources import ReadReport, read

    report = ReadReport()
    return read(inputs, format=format_, mapping=_mapping(mapping), fetch=fetch, report=report), report


def _extractor(actor_files: tuple[Path, ...], model: str | None, threshold: float | None, fast: bool) -> Extractor:
    from kg.extract.parse import DEFAULT_MODEL
    from kg.extract.pipeline import DEFAULT_THRESHOLD, Extractor

    return Extractor(
        model=model or DEFAULT_MODEL,
        actors=tuple(actor_files),
        threshold=DEFAULT_THRESHOLD if threshold is None else threshold,
        fast=fast,
    )


def _processes(number: int) -> int:
    from kg.engine.local import default_processes

    return number or default_processes()


def _report(report: ReadReport, strict: bool, skipped: dict[str, int] | None = None) -> None:
    """Name what could not be read, and set the exit status."""
    for problem in report.problems:
        click.echo(f"kg: skipped {clean(problem)}", err=True)
    for reason, count in (skipped or {}).items():
        click.echo(f"kg: skipped {count} articles: {clean(reason)}", err=True)
    if report.problems:
        click.echo(f"kg: {len(report.problems)} inputs skipped, {report.read} articles read", err=True)
    if (report.problems and strict) or not report.read:
        if not report.read and not report.problems:
            click.echo("kg: no articles found in the inputs", err=True)
        sys.exit(1)


@main.command()
@_reading
@graph_option
@command
def build(
    inputs: tuple[str, ...],
    graph_dir: Path,
    format_: str | None,
    mapping: str | None,
    fetch: bool,
    strict: bool,
    actor_files: tuple[Path, ...],
    model: str | None,
    threshold: float | None,
    fast: bool,
    processes: int,
) -> None:
    """Read articles into a graph, making it if need be.

    INPUTS are files, directories, globs or - for standard input. Articles that the graph has already are not parsed
    again;
    changed ones replace their mentions and keep the history. Nothing is ever removed.

    \b
    Example:
      kg build data/articles --graph out/graph
      kg build news.csv --map text=body,date=pub_date --graph out/graph
    """
    from kg.engine.build import build as run

    graph = open_graph(graph_dir, create=True)
    articles, report = _articles(inputs, format_, mapping, fetch)
    result = run(
        graph,
        articles,
        _extractor(actor_files, model, threshold, fast),
        processes=_processes(processes),
        command="kg build " + " ".join(inputs),
        watch=lambda items: progress(items, "articles"),
    )
    click.echo(str(result.stored))
    report.problems.extend(result.problems)
    _report(report, strict, result.skipped)


@main.command()
@_reading
@graph_option
@click.pass_context
def add(ctx: click.Context, /, **options: Any) -> None:
    """Add articles to a graph that exists; see 'kg build'."""
    if not options["graph_dir"].is_dir():
        fail(f"{options['graph_dir']}: no graph there; make one with 'kg build'")
    ctx.invoke(build, **options)


@main.command()
@_reading
@click.option("-o", "--output", metavar="FILE", help="Mentions as PLOVER JSON lines (default: standard output).")
@click.option("--roles", "roles_file", metavar="FILE", help="Also write the offices that persons are seen to hold.")
@command
def extract(
    inputs: tuple[str, ...],
    output: str | None,
    roles_file: str | None,
    format_: str | None,
    mapping: str | None,
    fetch: bool,
    strict: bool,
    actor_files: tuple[Path, ...],
    model: str | None,
    threshold: float | None,
    fast: bool,
    processes: int,
) -> None:
    """Write the mentions of articles, one JSON line each, without a graph.

    \b
    Example:
      kg extract data/articles -o mentions.jsonl --roles roles.jsonl
    """
    from kg.engine.local import extract as run
    from kg.formats.plover_jsonl import mention_to_json, role_to_json

    articles, report = _articles(inputs, format_, mapping, fetch)
    found = run(articles, _extractor(actor_files, model, threshold, fast), _processes(processes))
    skipped: dict[str, int] = {}
    with contextlib.ExitStack() as files:
        mentions = files.enter_context(output_file(output))
        roles = files.enter_context(output_file(roles_file)) if roles_file else None
        for one in _counted(progress(found, "articles"), skipped):
            for mention in one.mentions:
                mentions.write(json.dumps(mention_to_json(mention), ensure_ascii=False) + "\n")
            if roles is None:
                continue
            for role in one.roles:
                roles.write(json.dumps(role_to_json(role), ensure_ascii=False) + "\n")
    _report(report, strict, skipped)


def _counted(items: Iterable[Extraction], skipped: dict[str, int]) -> Iterator[Extraction]:
    for one in items:
        if one.skipped:
            skipped[one.skipped] = skipped.get(one.skipped, 0) + 1
        yield one


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@command
def dates(source: Path, output: str | None) -> None:
    """Tag time expressions: {id, dct, text} lines in, {id, timexes} lines out (TIMEX3).

    \b
    Example:
      kg dates texts.jsonl -o timexes.jsonl
    """
    from kg.extract.time import dates_jsonl

    with click.open_file(str(source), encoding="utf-8") as lines, output_file(output) as out:
        for record in dates_jsonl(_json_lines(lines, str(source))):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _json_lines(lines: Iterable[str], where: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise SourceError(f"{where}:{number}", f"not JSON ({error})") from error
            if not isinstance(record, dict):
                raise SourceError(f"{where}:{number}", "not a JSON object")
            yield record


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@command
def classify(source: Path, output: str | None) -> None:
    """Code the event between a marked source and target: a TSV with id, sentence, source, target in, categories out.

    Categories follow the older PLOVER of the PLV relation set, in which economic sanctions are COERCE.

    \b
    Example:
      kg classify pairs.tsv -o coded.tsv
    """
    from kg.extract.classify import classify_tsv

    with output_file(output) as out:
        classify_tsv(source, out)


from kg import cli_ask  # noqa: E402 - registers the commands that ask and show

cli_ask.register(main)

if __name__ == "__main__":
    main()
