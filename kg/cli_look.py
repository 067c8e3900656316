"""Commands that make something to look at: the network, timelines, changes, reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli_common import (
    UNITS,
    as_of_option,
    command,
    emit,
    format_option,
    graph_option,
    level_option,
    open_graph,
    windowed,
)

if TYPE_CHECKING:
    from kg.graph.analysis import Timeline
    from kg.view import Chart

__all__ = ["register"]

_FILE = click.Path(path_type=Path, dir_okay=False)
_THEMES = click.Choice(["auto", "light", "dark"])


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return add


_drawn = _options(
    click.option("--html", "html_file", type=_FILE, help="Draw it as an interactive page that works offline."),
    click.option("--png", "png_file", type=_FILE, help="Draw it as a PNG picture."),
    click.option("--svg", "svg_file", type=_FILE, help="Draw it as an SVG picture."),
    click.option("--theme", type=_THEMES, default="auto", show_default=True, help="Colours of what is drawn."),
)


def _files(options: dict[str, Any]) -> dict[str, Path]:
    """The files to write, by kind; takes their options away."""
    found = {kind: options.pop(f"{kind}_file") for kind in ("html", "png", "svg")}
    return {kind: file for kind, file in found.items() if file is not None}


def _write(chart: Chart, files: dict[str, Path]) -> None:
    from kg.view.page import write_whole

    for kind, file in files.items():
        content: str | bytes = chart.html if kind == "html" else chart.png() if kind == "png" else chart.svg
        click.echo(f"wrote {write_whole(file, content)}")


@click.command()
@click.argument("actors", nargs=-1)
@click.option(
    "--pair", "pairs", nargs=2, multiple=True, metavar="A B", help="One more pair of actors; may be given repeatedly."
)
@click.option(
    "--top", type=click.IntRange(1, 60), metavar="N", help="The N pairs with the most events, instead of named ones."
)
@click.option("--heat", is_flag=True, help="Several pairs as a heat map of mean scores, not one above the other.")
@graph_option
@click.option("--every", type=UNITS, default="month", show_default=True, help="Unit of time.")
@windowed
@click.option("--category", multiple=True, help="PLOVER category, e.g. CONSULT; may be given repeatedly.")
@level_option()
@as_of_option
@format_option
@_drawn
@command
def timeline(
    actors: tuple[str, ...],
    pairs: tuple[tuple[str, str], ...],
    top: int | None,
    heat: bool,
    graph_dir: Path,
    format_: str,
    theme: str,
    **options: Any,
) -> None:
    """Count events and their mean score per month or other unit, or draw them.

    Of all actors, of one, of a pair, or of several pairs; a group such as group:EU stands for its members on the day.
    An event counts once, where it begins. Of spans vaguer than the unit (a year, in months) and of events without dates
    only the number is told, on standard error.

    \b
    Example:
      kg timeline JPN KOR --every year --graph out/graph
      kg timeline JPN KOR --graph out/graph --html out/timeline.html
      kg timeline group:EU RUS --level country --every year --graph out/graph
      kg timeline JPN KOR --pair CHN JPN --pair KOR PRK --every quarter --graph out/graph --html out/pairs.html
      kg timeline --heat --top 20 --every quarter --graph out/graph --html out/heat.html
    """
    if len(actors) > 2:
        raise click.UsageError("give one or two actors; more pairs with --pair A B")
    if pairs and len(actors) == 1:
        raise click.UsageError("one actor and --pair do not go together; give two actors, or --pair alone")
    if top is not None and (actors or pairs):
        raise click.UsageError("--top takes the busiest pairs; leave out the named ones")
    files = _files(options)
    select: dict[str, Any] = {name: value or None for name, value in options.items()}
    graph = open_graph(graph_dir)
    if not (pairs or heat or top):
        one, other = (*actors, None, None)[:2]
        found = graph.timeline(one, other, **select)
        if files:
            _write(found.chart(theme), files)
        else:
            _emit_timeline(found, format_)
        return
    from kg.view.timeline import PAIRS, heatmap, pair_table, timelines

    named: list[tuple[str, str]] = [(actors[0], actors[1])] if len(actors) == 2 else []
    chosen: dict[str, Any] = {"top": top or PAIRS, **select}
    which = [*named, *pairs] or None
    if files:
        _write((heatmap if heat else timelines)(graph, which, theme=theme, **chosen), files)
    else:
        _emit_timeline(pair_table(graph, which, **chosen), format_)


def _emit_timeline(found: Timeline, format_: str) -> None:
    emit(found, format_)
    for note in found.beside:
        click.echo(f"kg: {note}", err=True)


@click.command()
@click.argument("first")
@click.argument("second")
@graph_option
@as_of_option
@format_option
@_drawn
@command
def diff(first: str, second: str, graph_dir: Path, as_of: str | None, format_: str, theme: str, **options: Any) -> None:
    """Compare two windows: which dyads appeared, vanished, turned better or worse.

    FIRST and SECOND are a day, month or year, or two of them with two dots between.

    \b
    Example:
      kg diff 2022 2023 --graph out/graph
      kg diff 2019 2022..2023-06 --graph out/graph --html out/diff.html
    """
    files = _files(options)
    graph, before, after = open_graph(graph_dir), _span(first), _span(second)
    if not files:
        emit(graph.diff(before, after, as_of=as_of), format_)
        return
    from kg.view import changes

    _write(changes(graph, before, after, as_of=as_of, theme=theme), files)


def _span(text: str) -> str | tuple[str | None, str | None]:
    since, dots, until = text.partition("..")
    return (since or None, until or None) if dots else text


@click.command()
@click.argument("first", required=False)
@click.argument("second", required=False)
@click.option("--article", metavar="ID", help="Instead of two actors: one article, by its id or address.")
@graph_option
@click.option("-o", "--output", required=True, type=_FILE, help="HTML file to write.")
@click.option("--title", help="Heading of the page (default: the two actors, or the article's title).")
@click.option("--every", type=UNITS, help="Bars of the timeline (default: fit).")
@click.option("--theme", type=_THEMES, default="auto", show_default=True, help="Colours of the page.")
@windowed
@as_of_option
@command
def report(
    first: str | None, second: str | None, article: str | None, graph_dir: Path, output: Path, **options: Any
) -> None:
    """Write a page to send, on two actors or on an article.

    On two actors (or groups, such as group:EU): numbers, timeline, network, events with quotes, sources. On an article:
    its text with the marked quotes, and what was read from it.

    \b
    Example:
      kg report JPN KOR --graph out/graph -o out/report.html
      kg report --article sample-2023-004 --graph out/graph -o out/article.html
    """
    if article is None and second is None:
        raise click.UsageError("name two actors, or an article with --article ID")
    page = open_graph(graph_dir).report(first, second, article=article, **options)
    page.save(output)
    click.echo(f"wrote {output} ({output.stat().st_size / 1e3:,.0f} kB): open it in a browser, print it or send it")


@click.command()
@graph_option
@click.option("-o", "--output", required=True, type=_FILE, help="HTML file to write.")
@click.option("--title", help="Heading of the page.")
@click.option("--actor", "actors", multiple=True, help="Only events in which this actor takes part; repeatable.")
@click.option(
    "--renderer",
    type=click.Choice(["auto", "vis", "canvas"]),
    default="auto",
    show_default=True,
    help="What draws: vis-network, or a canvas for thousands of links.",
)
@click.option("--max-links", type=click.IntRange(1), default=300, show_default=True, help="Links drawn at first.")
@click.option("--theme", type=_THEMES, default="auto", show_default=True, help="Colours of the page.")
@windowed
@as_of_option
@command
def view(
    graph_dir: Path,
    output: Path,
    actors: tuple[str, ...],
    since: str | None,
    until: str | None,
    as_of: str | None,
    **options: Any,
) -> None:
    """Write the network as one interactive HTML file that works offline.

    \b
    Example:
      kg view --graph out/graph -o out/graph.html
      kg view --graph out/graph -o out/japan.html --actor Japan --since 2022
    """
    from kg.view import network
    from kg.view.data import NetworkData

    chosen = {"since": since, "until": until, "as_of": as_of, "actor": list(actors) or None}
    data = NetworkData.of(open_graph(graph_dir), **{name: value for name, value in chosen.items() if value is not None})
    page = network(data, **options)
    page.save(output)
    click.echo(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB): open it in a browser")


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    for one in (timeline, diff, report, view):
        group.add_command(one)
