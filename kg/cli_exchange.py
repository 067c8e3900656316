"""Commands that let others ask a graph, and that set codings side by side."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click

from kg.cli_common import as_of_option, command, emit, fail, format_option, graph_option, open_graph
from kg.console import clean

__all__ = ["register"]


@click.command()
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is the whole net.")
@click.option("--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="0 takes a free one.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Seconds a query may take."
)
@click.option("--limit", type=click.IntRange(1), default=10_000, show_default=True, help="Most rows of an answer.")
@click.option("--queries", type=click.IntRange(1, 64), default=4, show_default=True, help="Queries at the same time.")
@click.option("--memory", type=click.IntRange(100), default=2000, show_default=True, help="MB that a query may take.")
@command
def serve(graph_dir: Path, host: str, port: int, timeout: float, limit: int, queries: int, memory: int) -> None:
    """Answer SPARQL over HTTP, read-only, with a start page for the browser; until Ctrl-C.

    Only this machine is answered unless --host says otherwise. `kg add` may go on meanwhile.

    \b
    Example:
      kg serve --graph out/graph
      kg query between -p who=JPN -p whom=KOR --endpoint http://127.0.0.1:7878/sparql
    """
    from kg.serve import Limits, Server, is_loopback

    graph = open_graph(graph_dir)
    graph.sync()
    limits = Limits(timeout=timeout, rows=limit, queries=queries, memory=memory * 1_000_000)
    with Server(graph, host, port, limits) as server:
        click.echo(f"serving {graph_dir} at {server.url} (SPARQL at {server.url}sparql); stop with Ctrl-C")
        if not is_loopback(host):
            click.echo("kg: anybody who reaches this address may read the whole graph, with its quotes", err=True)
        signal.signal(signal.SIGTERM, _stop)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped")


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--graph", "-g", "graph_dir", type=click.Path(path_type=Path, file_okay=False), help="Graph of coders.")
@click.option("--since", metavar="DATE", help="From this day, month or year on.")
@click.option("--until", metavar="DATE", help="Up to and including this day, month or year.")
@click.option("--status", default="actual", show_default=True, help="actual, future, hypothetical or negated.")
@click.option("--dyads", is_flag=True, help="Leave out what has no target.")
@click.option("--by-category", is_flag=True, help="The strictest level, category by category.")
@click.option("--show", type=click.Choice(["both", "a", "b"]), help="List what both say, or only one of them.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Most rows of --show.")
@format_option
@as_of_option
@command
def compare(
    first: str,
    second: str,
    graph_dir: Path | None,
    status: str,
    dyads: bool,
    by_category: bool,
    show: str | None,
    limit: int,
    format_: str,
    **select: str | None,
) -> None:
    """Report how far two codings overlap: two coders in one graph, or two graphs.

    FIRST and SECOND are coders of --graph, as 'kg info' lists them or how they begin (gdelt; kg is your own coding), or
    directories of graphs. --as-of takes both sides as they were at that time.

    \b
    Example:
      kg compare --graph out/graph kg gdelt --since 2023-03
      kg compare out/graph out/other --by-category
    """
    from kg.graph.compare import Coding
    from kg.graph.compare import compare as run

    graph = open_graph(graph_dir) if graph_dir is not None else None
    sides = [Coding(graph, name) if graph is not None else Coding(open_graph(Path(name))) for name in (first, second)]
    found = run(sides[0], sides[1], status=status, targetless=not dyads, **select)
    if format_ == "table":
        click.echo(f"A is {clean(found.first)}, B is {clean(found.second)}\n")
    emit(found.statements(show, limit) if show else found.by_category() if by_category else found, format_)


def import_others(source: Path, coding: str, graph_dir: Path) -> None:
    """Import a table of another coding, and say what was left out."""
    from kg.formats import import_coded

    report = import_coded(
        open_graph(graph_dir, create=True), source, coding, command=f"kg import {source} --format {coding}"
    )
    for problem in report.problems:
        click.echo(f"kg: skipped {clean(str(problem))}", err=True)
    if report.unnamed:
        click.echo(f"kg: and {report.unnamed} more", err=True)
    for reason, count in report.skipped.most_common(20):
        click.echo(f"kg: left out {count} rows: {clean(reason)}", err=True)
    click.echo(str(report))
    if not report.rows - len(report.problems) - report.unnamed > 0:
        fail(f"{source}: holds no row of {coding}; check --format")


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    for one in (serve, compare):
        group.add_command(one)
