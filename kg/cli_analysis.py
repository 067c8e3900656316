"""Commands that count, compare and measure: dyads, neighbours, snapshot, similar, bursts, panel, manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli_common import (
    UNITS,
    actor_option,
    among_option,
    as_of_option,
    command,
    emit,
    format_option,
    graph_option,
    level_option,
    open_graph,
    output_file,
    printed_as,
    windowed,
)

if TYPE_CHECKING:
    from kg.graph.results import Table

__all__ = ["register"]


def _limited(default: int) -> Callable[..., Any]:
    return click.option(
        "--limit", type=click.IntRange(1), default=default, show_default=True, help="Most rows to give."
    )


@click.command()
@graph_option
@click.option("--quad", multiple=True, type=click.IntRange(1, 4), help="Only events of this quad class.")
@click.option("--category", multiple=True, help="Only events of this PLOVER category, e.g. CONSULT.")
@_limited(20)
@actor_option
@among_option
@level_option()
@windowed
@as_of_option
@format_option
@command
def dyads(graph_dir: Path, format_: str, **select: Any) -> None:
    """List the pairs of actors with the most events in a window, with their mean score.

    first is the day on which the first of them begins, last the last day of any of them.

    \b
    Example:
      kg dyads --since 2023 --quad 4 --graph out/graph
      kg dyads --among group:ASEAN --level country --graph out/graph
    """
    chosen: dict[str, Any] = {name: value or None for name, value in select.items()}
    emit(open_graph(graph_dir).dyads(**chosen), format_)


@click.command()
@click.argument("actor")
@graph_option
@windowed
@level_option("actor", "country")
@as_of_option
@format_option
@command
def neighbours(actor: str, graph_dir: Path, format_: str, **select: Any) -> None:
    """Show with whom an actor dealt, how often and how well.

    Events given, received and mutual, their mean score; the day on which the first of them begins, and the last day of
    any of them.

    \b
    Example:
      kg neighbours KOR --since 2023 --graph out/graph
    """
    emit(open_graph(graph_dir).neighbours(actor, **select), format_, "no events with others")


@click.command()
@click.argument("window")
@graph_option
@click.option(
    "--until", metavar="DATE", help="Last day, month or year, where WINDOW is the first (default: WINDOW alone)."
)
@actor_option
@among_option
@level_option()
@as_of_option
@format_option
@command
def snapshot(window: str, graph_dir: Path, until: str | None, format_: str, **select: Any) -> None:
    """Show the network of a day, month, year or longer window.

    One weighted edge for each ordered pair; mutual events count in both directions; first is the day on which the
    first of them begins, last the last day of any of them. 'kg export' writes networks for Gephi and others.

    \b
    Example:
      kg snapshot 2023-06 --graph out/graph
      kg snapshot 2022 --until 2023-06 --level country --graph out/graph
      kg snapshot 2022 --among group:NATO --graph out/graph
    """
    span = (window, until) if until else window
    chosen: dict[str, Any] = {name: value or None for name, value in select.items()}
    emit(edges(open_graph(graph_dir).snapshot(span, **chosen)), format_, "no events")


def edges(network: Any) -> Table:
    """The edges of a weighted network as a table, the heaviest first."""
    from kg.graph.results import Table

    code = dict(network.nodes(data="code"))
    rows = [
        (code[a], code[b], data["weight"], data["score"], data["first"] or None, data["last"] or None,
         [f"{name} {count}" for name, count in data["categories"].items()], data["targetless"])
        for a, b, data in network.edges(data=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return Table(["source", "target", "events", "score", "first", "last", "categories", "targetless"], rows)


@click.command()
@click.argument("actor")
@graph_option
@_limited(10)
@windowed
@as_of_option
@format_option
@command
def similar(actor: str, graph_dir: Path, format_: str, **select: Any) -> None:
    """Find actors that treat, and are treated by, the same others in the same way.

    Cosine similarity of event counts by partner, direction and quad class, each count as log(1 + n).

    \b
    Example:
      kg similar JPN --since 2020 --graph out/graph
    """
    emit(open_graph(graph_dir).similar(actor, **select), format_, "nobody deals with the same others")


@click.command()
@graph_option
@click.option("--every", type=UNITS, default="month", show_default=True, help="Unit in which events are counted.")
@click.option(
    "--min-events", type=click.IntRange(1), default=5, show_default=True, help="Leave out pairs with fewer events."
)
@_limited(20)
@windowed
@as_of_option
@format_option
@command
def bursts(graph_dir: Path, format_: str, **select: Any) -> None:
    """Find times in which a pair had abruptly more than its usual share of all events.

    Kleinberg's two-state automaton for batched arrivals (Bursty and Hierarchical Structure in Streams, 2002); weight is
    the likelihood gained, score the mean in the burst, usual that of the pair outside of it.

    \b
    Example:
      kg bursts --every week --since 2023 --graph out/graph
    """
    emit(open_graph(graph_dir).bursts(**select), format_, "no bursts")


@click.command()
@graph_option
@click.option(
    "--unit",
    default="dyad-month",
    show_default=True,
    metavar="UNIT",
    help="dyad- or actor- followed by day, week, month, quarter or year.",
)
@click.option("--undirected", is_flag=True, help="One row for a pair, not one for each direction.")
@click.option("--actor", "actors", multiple=True, help="Rows of these actors (or group:EU): the dyads between them.")
@click.option("--all-actors", is_flag=True, help="Not only states, and not only what they do to states.")
@level_option("actor", "country")
@windowed
@as_of_option
@printed_as("csv")
@click.option("-o", "--output", metavar="FILE", help="File to write (default: standard output).")
@command
def panel(
    graph_dir: Path,
    format_: str,
    undirected: bool,
    actors: tuple[str, ...],
    all_actors: bool,
    output: str | None,
    **select: Any,
) -> None:
    """Write a balanced panel as CSV for R or Stata: every dyad (or actor) and period.

    Zeros included. Counts and sums of scores by quad class; Correlates of War and Gleditsch-Ward numbers of both sides.
    An event counts for the actor that does it, not for its target; mutual ones count for both, and in both directions.
    With --actor each of these actors has its rows, or, in dyads, each pair of at least two of them; what is counted is
    the same as without.

    \b
    Example:
      kg panel --unit dyad-month --since 2020 --until 2023 --graph out/graph -o panel.csv
      kg panel --unit actor-year --actor JPN --actor KOR --graph out/graph
      kg panel --unit dyad-year --actor group:EU --level country --since 2010 --graph out/graph
    """
    found = open_graph(graph_dir).panel(
        directed=not undirected, actors=list(actors) or None, states=not all_actors, **select
    )
    with output_file(output) as out:
        out.write(found.csv() if format_ == "csv" else f"{found.json() if format_ == 'json' else found.table()}\n")


@click.command()
@graph_option
@printed_as("json")
@command
def manifest(graph_dir: Path, format_: str) -> None:
    """Print how a graph came to be, to cite it.

    Every ingest with time, command, coder and what it did. The coder names the version of the program and a
    hash of its resources and of your own actor files.

    \b
    Example:
      kg manifest --graph out/graph > manifest.json
    """
    from kg.graph.results import Table

    found = open_graph(graph_dir).manifest()
    if format_ == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return
    names = ["seq", "at", "command", "coder", "version"]
    did = [[f"{name} {count}" for name, count in one["report"].items() if count] for one in found]
    rows = [(*(one[name] for name in names), told) for one, told in zip(found, did, strict=True)]
    emit(Table([*names, "report"], rows), format_, width=None)


def register(main: click.Group) -> None:
    """Add the commands to the program."""
    for one in (dyads, neighbours, snapshot, similar, bursts, panel, manifest):
        main.add_command(one)
