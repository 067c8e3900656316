"""Commands that code a graph anew and bring in what a cluster extracted."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import click

from kg.cli_common import actor_files_option, command, graph_option, open_graph
from kg.cli_reading import Coding, Reading, coding, mapping_of
from kg.console import clean, progress

__all__ = ["register"]


@click.command()
@coding
@graph_option
@command
def recode(graph_dir: Path, coding: Coding) -> None:
    """Code a graph's articles anew from the text that it keeps, as after an update.

    No inputs are needed. Articles that this version with these options has coded already are left as they are, so that
    the same command goes on where it was stopped. Give the options that the graph was built with.

    \b
    Example:
      kg recode --graph out/graph
      kg recode --graph out/graph --actors my.yaml --processes 0
    """
    from kg.engine.recode import recode as run
    from kg.engine.recode import stale

    graph, extractor = open_graph(graph_dir), coding.extractor()
    total = stale(graph, extractor.coder)
    report = run(
        graph,
        extractor,
        processes=coding.workers(),
        command="kg recode",
        watch=lambda items: progress(items, "articles", total),
    )
    click.echo(str(report.stored) if total else f"all articles are coded by {extractor.coder} already")
    for reason, count in report.skipped.items():
        click.echo(f"kg: skipped {count} articles: {clean(reason)}", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@actor_files_option("Your own actors (YAML), as they were given to 'kg extract'.")
@graph_option
@command
def load(folder: Path, graph_dir: Path, actor_files: tuple[Path, ...]) -> None:
    """Take what 'kg extract --engine spark' wrote to FOLDER into a graph, making it if need be.

    Nothing is parsed again. Articles that the graph has already are left as they are, so that the same command goes on
    where it was stopped.

    \b
    Example:
      kg extract --engine spark news/*.jsonl -o extracted
      kg load extracted --graph out/graph
    """
    from kg.engine.load import load as run
    from kg.extract.gazetteer import gazetteer

    graph = open_graph(graph_dir, create=True)
    known = gazetteer(actor_files).known
    watch = functools.partial(progress, what="articles")
    click.echo(str(run(graph, folder, known, command=f"kg load {folder}", watch=watch)))


@click.command()
@click.argument("folder")
@click.option("-o", "--output", required=True, metavar="FOLDER", help="Folder to write the tables of events to.")
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="Where to run."
)
@click.option("--master", metavar="URL", help="Spark master (default: what spark-submit says, else all cores here).")
@command
def consolidate(folder: str, output: str, engine: str, master: str | None) -> None:
    """Make a table of events of what 'kg extract --engine spark' wrote to FOLDER, without keeping a graph.

    Writes two tables of Parquet, 'events' and 'event_mentions', with the rows that 'kg load' gives a graph; both
    engines give the same. With --engine spark both folders are paths that Spark knows; see docs/cluster.md.

    \b
    Example:
      kg extract --engine spark news/*.jsonl -o extracted
      kg consolidate --engine spark extracted -o consolidated
    """
    if engine == "spark":
        from kg.engine.spark_events import consolidate_on_spark

        click.echo(str(consolidate_on_spark(folder, output, master=master)))
        return
    from kg.engine.events import consolidate as run

    events, mentions = run(Path(folder), Path(output), watch=functools.partial(progress, what="articles"))
    click.echo(f"{events} events from {mentions} mentions")


def extract_on_spark(reading: Reading, coding: Coding, output: str | None, master: str | None) -> None:
    """What 'kg extract --engine spark' does."""
    from kg.engine.spark import extract_on_spark as run

    if output in (None, "-"):
        raise click.UsageError("--engine spark needs -o FOLDER")
    if reading.format_ not in (None, "jsonl", "parquet"):
        raise click.UsageError("--engine spark reads --format jsonl or parquet")
    report = run(
        reading.inputs,
        str(output),
        coding.extractor(),
        format=reading.format_,
        mapping=mapping_of(reading.mapping),
        master=master or (f"local[{coding.processes}]" if coding.processes > 1 else None),
    )
    click.echo(str(report))
    if (report.errors and reading.strict) or not report.articles:
        sys.exit(1)


def register(main: click.Group) -> None:
    """Add these commands."""
    for one in (recode, load, consolidate):
        main.add_command(one)
