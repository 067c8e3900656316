"""The command line: parse, call the API, print. Every command is a thin layer over the Python function of that name."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import __version__
from kg.cli_common import Skips, command, fail, graph_option, open_graph, output_file, strict_option
from kg.cli_engine import extract_on_spark
from kg.cli_reading import Coding, Reading, reading
from kg.console import progress

if TYPE_CHECKING:
    from kg.api import Graph

GROUPS = {
    "Make a graph": ("build", "add", "remove", "extract", "load", "recode", "reindex"),
    "Ask it": ("info", "events", "timeline", "diff", "path", "neighbours", "query", "explain", "history"),
    "Count and compare": ("dyads", "snapshot", "rank", "similar", "bursts", "panel", "manifest"),
    "Look at it": ("view", "report"),
    "Take it elsewhere": ("export", "import", "serve", "compare"),
    "Check it by hand": ("review", "sample", "eval"),
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
    that proves it; keeps them in a temporal graph; answers questions about any stretch of time; draws them.

    \b
    A first tour:
      kg build data/articles --graph out/graph          articles in
      kg info --graph out/graph                         what is in it
      kg events --graph out/graph --source JPN --target KOR --since 2023-01
      kg query most-active --graph out/graph            a named SPARQL query
      kg view --graph out/graph -o out/graph.html       an interactive picture
    """


_no_text = click.option(
    "--no-text",
    is_flag=True,
    help="Keep quotes, offsets and links, but no text, from now on and for good; 'kg recode' can't be used then.",
)


@main.command()
@reading
@graph_option
@_no_text
@command
def build(graph_dir: Path, no_text: bool, reading: Reading, coding: Coding) -> None:
    """Read articles into a graph, making it if need be.

    INPUTS are files, directories, globs or - for standard input. Articles that the graph has already are not parsed
    again, unless --actors or other options of coding differ from before: then they are coded anew. Of two versions of
    an article, known by its id, the later published or modified one is kept, whichever came first; give a correction a
    later date in the field 'modified'. Its mentions replace the former ones, which stay in the history. Nothing is ever
    removed; what 'kg remove' took out comes in again. Stopped at any moment, the same command goes on where it was.

    \b
    Example:
      kg build data/articles --graph out/graph
      kg build news.csv --map text=body,date=pub_date --graph out/graph
    """
    _build(open_graph(graph_dir, create=True), no_text, reading, coding)


@main.command()
@reading
@graph_option
@_no_text
@command
def add(graph_dir: Path, no_text: bool, reading: Reading, coding: Coding) -> None:
    """Add articles to a graph that exists; see 'kg build'.

    \b
    Example:
      kg add news/*.jsonl.gz --graph out/graph
      curl -s https://news.example/feed.xml | kg add - --graph out/graph
    """
    if not graph_dir.is_dir():
        fail(f"{graph_dir}: no graph there; make one with 'kg build'")
    _build(open_graph(graph_dir), no_text, reading, coding)


def _build(graph: Graph, no_text: bool, reading: Reading, coding: Coding) -> None:
    from kg.engine.build import build as run

    if no_text:
        graph.keep_no_text()
    coded_by = graph.info()["coder"]
    articles, report = reading.articles()
    result = run(
        graph,
        articles,
        coding.extractor(),
        processes=coding.workers(),
        command=" ".join(["kg build", *reading.inputs, *(f"--actors {file}" for file in coding.actor_files)]),
        watch=lambda items: progress(items, "articles", share=report.share),
    )
    click.echo(str(result.stored))
    if result.stored.recoded:
        click.echo(f"kg: {recoded_note(result.stored.recoded, coded_by)}", err=True)
    report.problems.extend(result.problems)
    reading.close(report, result, result.stored.clashes)


def recoded_note(count: int, before: str) -> str:
    """What to tell of articles that were coded anew."""
    return (
        f"{count} articles that {before} had coded are coded anew: --actors, --model, --threshold, --fast or the "
        "version of kg differ; 'kg manifest' lists the commands, and the former options bring the former coding back"
    )


@main.command()
@reading
@click.option("-o", "--output", metavar="FILE", help="Mentions as PLOVER JSON lines (default: standard output).")
@click.option("--roles", "roles_file", metavar="FILE", help="Also write the offices that persons are seen to hold.")
@click.option(
    "--articles",
    "carry",
    is_flag=True,
    help="Write the articles along, so that 'kg import' can make a graph of the file.",
)
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="Where to extract."
)
@click.option("--master", metavar="URL", help="Spark master (default: what spark-submit says, else all cores here).")
@command
def extract(
    reading: Reading,
    coding: Coding,
    output: str | None,
    roles_file: str | None,
    carry: bool,
    engine: str,
    master: str | None,
) -> None:
    """Write the mentions of articles, one JSON line each, without a graph.

    With -o the file appears when it is whole. Until then the work done is in .FILE.part beside it; stopped at any
    moment, the same command goes on where it was. With --engine spark inputs and output are paths that Spark knows, and
    the output is a folder of Parquet; see docs/cluster.md.

    \b
    Example:
      kg extract data/articles -o mentions.jsonl --roles roles.jsonl
      kg extract --engine spark hdfs:///news/*.jsonl -o hdfs:///extracted
    """
    if engine == "spark":
        extract_on_spark(reading, coding, output, master)
        return
    from kg.engine.output import write_mentions

    articles, report = reading.articles()
    told = write_mentions(
        articles,
        coding.extractor(),
        sys.stdout if output in (None, "-") else Path(str(output)),
        Path(roles_file) if roles_file else None,
        processes=coding.workers(),
        carry=carry,
        watch=lambda items: progress(items, "articles", share=report.share),
    )
    reading.close(report, told)


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@strict_option
@command
def dates(source: Path, output: str | None, strict: bool) -> None:
    """Tag time expressions: {id, dct, text} lines in, {id, timexes} lines out (TIMEX3).

    A line that can't be read is named and left out.

    \b
    Example:
      kg dates texts.jsonl -o timexes.jsonl
    """
    from kg.extract.time import dates_lines

    skips, count = Skips(), 0
    with click.open_file(str(source), "rb") as lines, output_file(output) as out:
        for record in dates_lines(lines, str(source), skips):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    skips.close(count, of="lines", into="texts", strict=strict)


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@strict_option
@command
def classify(source: Path, output: str | None, strict: bool) -> None:
    """Code the event between a marked source and target, one in each sentence.

    In goes a TSV with id, sentence, source and target, out come categories: those of the older PLOVER of the PLV
    relation set, in which economic sanctions are COERCE. A row in which neither source nor target stands is named and
    left out.

    \b
    Example:
      kg classify pairs.tsv -o coded.tsv
    """
    from kg.extract.classify import classify_tsv

    skips = Skips()
    with output_file(output) as out:
        count = classify_tsv(source, out, skips)
    skips.close(count, of="rows", into="rows", strict=strict)


from kg import (  # noqa: E402 - register the other commands
    cli_actors,
    cli_analysis,
    cli_ask,
    cli_engine,
    cli_exchange,
    cli_look,
    cli_review,
)

cli_ask.register(main)
cli_actors.register(main)
cli_analysis.register(main)
cli_look.register(main)
cli_exchange.register(main)
cli_review.register(main)
cli_engine.register(main)

if __name__ == "__main__":
    main()
