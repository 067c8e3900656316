"""Commands that ask a graph, show it, or take it elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli_common import (
    Skips,
    among_option,
    as_of_option,
    command,
    emit,
    fail,
    format_option,
    graph_option,
    level_option,
    name_clashes,
    open_graph,
    windowed,
)
from kg.errors import QueryError, SourceError

if TYPE_CHECKING:
    from kg.api import Graph

__all__ = ["register"]


@click.command()
@graph_option
@as_of_option
@format_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@command
def info(graph_dir: Path, as_of: str | None, format_: str, as_json: bool) -> None:
    """Say what a graph holds: articles, mentions, events, actors, first and last day.

    \b
    Example:
      kg info --graph out/graph
    """
    from kg.graph.results import Table

    found = open_graph(graph_dir).info(as_of=as_of)
    if as_json or format_ == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return
    if format_ == "csv":
        emit(Table(["name", "value"], list(found.items())), format_)
        return
    width = max(map(len, found))
    for name, value in found.items():
        click.echo(f"{name:<{width}}  {'' if value is None else value}")


@click.command()
@graph_option
@click.option("--source", multiple=True, help="Who acts; a code, name or group:EU. May be given more than once.")
@click.option("--target", multiple=True, help="Who is acted upon.")
@click.option("--actor", multiple=True, help="Who takes part on either side.")
@among_option
@windowed
@click.option("--within", is_flag=True, help="Only events that lie inside the window (default: that overlap it).")
@click.option("--category", multiple=True, help="PLOVER category, e.g. CONSULT.")
@click.option("--mode", multiple=True, help="PLOVER mode, e.g. visit.")
@click.option(
    "--quad",
    multiple=True,
    type=click.IntRange(1, 4),
    help="Quad class: 1 verbal, 2 material cooperation, 3 verbal, 4 material conflict.",
)
@click.option("--status", multiple=True, help="actual, future, hypothetical or negated.")
@click.option("--context", multiple=True, help="PLOVER context, e.g. cbrn.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Only events at least so sure.")
@click.option("--min-publishers", type=click.IntRange(1), help="Only events that so many publishers tell.")
@click.option("--order", default="begin", show_default=True, help="Sort by begin, score, confidence, reported ...")
@click.option("--limit", type=click.IntRange(0), help="Most events to give (default: all; a table shows 20).")
@level_option()
@as_of_option
@format_option
@command
def events(
    graph_dir: Path,
    format_: str,
    source: tuple[str, ...],
    target: tuple[str, ...],
    actor: tuple[str, ...],
    **filters: Any,
) -> None:
    """List events, by actors, window, category, status and more.

    Several values of one option are alternatives. Actors go by code or name (JPN, Japan, Tokyo); persons act for their
    state, so ask for them with --level agent. A group stands for those who belonged to it on the day of the event:
    group:EU, group:NATO, group:ASEAN, group:G7, group:BRICS and others that 'kg actors groups' lists.

    \b
    Example:
      kg events --graph out/graph --source JPN --target KOR --since 2023-01 --until 2023-06
      kg events --graph out/graph --source group:EU --target RUS --level country
      kg events --graph out/graph --actor "Sergey Lavrov" --level agent
    """
    chosen: dict[str, Any] = {name: value for name, value in filters.items() if value not in ((), None)}
    found = open_graph(graph_dir).events(source=source or None, target=target or None, actor=actor or None, **chosen)
    emit(found, format_, "no events", rows=filters["limit"])


@click.command()
@click.argument("query", required=False)
@click.option(
    "--graph", "-g", "graph_dir", type=click.Path(path_type=Path, file_okay=False), help="Directory of the graph."
)
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint; names are looked up there without --graph.")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameter of a named query.")
@click.option("--list", "list_", is_flag=True, help="List the named queries: what they answer, and their parameters.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=60.0,
    show_default=True,
    help="Seconds after which the query is stopped.",
)
@click.option("--limit", type=click.IntRange(1), default=10000, show_default=True, help="Most rows to give.")
@as_of_option
@format_option
@command
def query(
    query: str | None,
    graph_dir: Path | None,
    endpoint: str | None,
    params: tuple[str, ...],
    list_: bool,
    timeout: float,
    limit: int,
    as_of: str | None,
    format_: str,
) -> None:
    """Ask in SPARQL: a file, the name of a shipped query, or - for standard input.

    Prefixes are supplied. Parameters are bound as typed values, never put into the text.

    \b
    Example:
      kg query --list --graph out/graph
      kg query between -p who=JPN -p whom=KOR -p since=2023-01 --graph out/graph
      echo 'SELECT (count(*) AS ?n) { ?e a kg:Event }' | kg query - --graph out/graph
      kg query visits --endpoint http://127.0.0.1:7878/sparql
    """
    if list_:
        _list_queries(format_)
        return
    if query is None:
        raise click.UsageError("give a query: a file, a name (see --list) or - for standard input")
    text = sys.stdin.read() if query == "-" else query
    values = dict(_param(part) for part in params)
    if graph_dir is not None:
        found = open_graph(graph_dir).sparql(text, values, timeout=timeout, limit=limit, as_of=as_of, endpoint=endpoint)
    elif endpoint is not None and as_of is None:
        from kg.graph.endpoint import Endpoint

        found = Endpoint(endpoint).sparql(text, values, timeout=timeout, limit=limit)
    else:
        raise click.UsageError("--as-of needs --graph" if endpoint else "give --graph DIRECTORY or --endpoint URL")
    emit(found, format_)


def _list_queries(format_: str) -> None:
    from kg.graph.query import named_queries
    from kg.graph.results import Table

    if format_ == "json":
        listed = [
            {
                "name": one.name,
                "title": one.title,
                "answers": one.answers,
                "parameters": [
                    {
                        "name": p.name,
                        "type": p.type,
                        "required": p.default is None,
                        "default": p.default,
                        "help": p.help,
                    }
                    for p in one.params
                ],
            }
            for one in named_queries()
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    if format_ == "csv":
        rows = [(one.name, one.title, one.answers, [p.signature for p in one.params]) for one in named_queries()]
        emit(Table(["name", "title", "answers", "parameters"], rows), format_)
        return
    for one in named_queries():
        click.echo(f"{one.name:<20} {one.title}\n{'':<20} {one.answers}")
        for p in one.params:
            default = "required" if p.default is None else f"default {p.default}"
            click.echo(f"{'':<20}   -p {f'{p.name}={p.type.upper()}':<14} {p.help} ({default})")


def _param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"-p {text}: write NAME=VALUE")
    return name, value


@click.command()
@click.argument("first")
@click.argument("second")
@graph_option
@windowed
@level_option("actor", "country")
@as_of_option
@format_option
@command
def path(first: str, second: str, graph_dir: Path, format_: str, **select: Any) -> None:
    """Show how two actors are connected: the shortest chains of actual events between them.

    \b
    Example:
      kg path MNG NATO --graph out/graph
    """
    emit(open_graph(graph_dir).path(first, second, **select), format_, "nothing connects them")


@click.command()
@graph_option
@click.option(
    "--by",
    type=click.Choice(["degree", "in-degree", "out-degree", "betweenness", "pagerank"]),
    default="degree",
    show_default=True,
    help="Events with others (received, done), share of the shortest paths between others, or PageRank.",
)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Most rows to give.")
@windowed
@level_option()
@as_of_option
@format_option
@command
def rank(graph_dir: Path, format_: str, **select: Any) -> None:
    """Rank actors by their place in the network of a window.

    \b
    Example:
      kg rank --by betweenness --since 2022 --graph out/graph
    """
    emit(open_graph(graph_dir).rank(**select), format_)


@click.command()
@click.argument("id_", metavar="EVENT|MENTION")
@graph_option
@as_of_option
@format_option
@click.option("--full", is_flag=True, help="Read each sentence of an event again, as for a mention.")
@command
def explain(id_: str, graph_dir: Path, as_of: str | None, format_: str, full: bool) -> None:
    """Show why an event is in the graph: every mention with its quote, article and date.

    Ids are taken with or without the prefix that 'kg query' shows (event:1f0c8a77d2b4e613).

    For a MENTION, or with --full, the sentence is read again: its trigger, the way through the parse to source and
    target, what the classifier thought likeliest, the status and why, and where the date comes from.

    \b
    Example:
      kg explain 1f0c8a77d2b4e613 --graph out/graph
      kg explain 1f0c8a77d2b4e613 --full --graph out/graph
    """
    graph = open_graph(graph_dir)
    event = id_
    if format_ != "table":
        emit(graph.evidence(event, as_of=as_of), format_)
        return
    if full or _is_mention(graph, id_, as_of):
        from kg.console import printable

        click.echo(printable(str(graph.explain(id_, as_of))))
        return
    from kg.console import clean

    one = graph.event(event, as_of=as_of)
    codes = graph.codes([one.source, *([one.target] if one.target else [])])
    did = f"{codes[one.source]} {one.category}{'/' + one.mode if one.mode else ''} {codes.get(one.target or '', '')}"
    click.echo(clean(f"{one.id}  {did}".rstrip()))
    span = "no date" if one.begin is None else f"{one.begin} .. {one.end}" if one.end else f"since {one.begin}"
    about = f"({one.precision}, {one.time_origin})"
    click.echo(f"  {span} {about}  {one.status}  score {one.score}  confidence {one.confidence:.2f}")
    said = {row["id"]: row for row in graph.corrections(event, as_of=as_of).to_dicts()}
    if one.corrections:
        click.echo(f"  rests on {one.corrections} corrections by persons")
    for row in graph.evidence(event, as_of=as_of).to_dicts():
        publisher, title = row.get("publisher") or "unknown publisher", row.get("title") or "(no title)"
        click.echo(f"\n  {clean(row.get('published'))}  {clean(publisher)}: {clean(title)}")
        click.echo(f"    “{clean(row.get('quote'))}” (mention {row['mention']})")
        if row.get("url"):
            click.echo(f"    {clean(row['url'])}")
        for correction in (said[key] for key in row["corrections"]):
            by = f" by {correction['reviewer']}" if correction["reviewer"] else ""
            note = f" ({correction['note']})" if correction["note"] else ""
            read = f"{correction['source']} {correction['category']} {correction['target'] or ''}".rstrip()
            click.echo(clean(f"    corrected{by}: {correction['correction']}{note}; the coder read {read}"))


def _is_mention(graph: Any, key: str, as_of: str | None) -> bool:
    from kg.errors import QueryError

    try:
        graph.mention(key, as_of)
    except QueryError:
        return False
    return True


@click.command()
@click.argument("event")
@graph_option
@format_option
@command
def history(event: str, graph_dir: Path, format_: str) -> None:
    """Show when the graph learned, changed or withdrew an event: each version in record time.

    \b
    Example:
      kg history 1f0c8a77d2b4e613 --graph out/graph
    """
    emit(open_graph(graph_dir).history(event), format_)


@click.command()
@graph_option
@click.option("--article", help="Id of the article to remove.")
@click.option("--source", help="Publisher whose articles to remove.")
@click.option("--erase", is_flag=True, help="Erase them for good, history and files included; can't be undone.")
@command
def remove(graph_dir: Path, article: str | None, source: str | None, erase: bool) -> None:
    """Take articles out of the current graph; what the graph knew before stays in its history.

    With --erase nothing stays: no table, no history and no file of the graph holds their words any more. In both cases
    the next 'kg build' or 'kg add' that meets them takes them in again: take them out of the inputs too.

    \b
    Example:
      kg remove --article sample-2018-001 --graph out/graph
      kg remove --source "Example Wire" --erase --graph out/graph
    """
    if (article is None) == (source is None):
        raise click.UsageError("give either --article or --source")
    graph = open_graph(graph_dir)
    found = _article_id(graph, article) if article is not None else None
    click.echo(str(graph.remove(article=found, source=source, command="kg remove", erase=erase)))


def _article_id(graph: Graph, article: str) -> str:
    """The id of an article that may be given as 'kg query' shows it, with a prefix."""
    try:
        return graph.article(article).id
    except QueryError:
        return article


@click.command()
@graph_option
@command
def reindex(graph_dir: Path) -> None:
    """Rebuild the RDF store from the tables; loses nothing.

    \b
    Example:
      kg reindex --graph out/graph
    """
    graph = open_graph(graph_dir)
    graph.reindex()
    click.echo(f"{graph_dir}: RDF store rebuilt")


@click.command()
@graph_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; its suffix names the format.",
)
@click.option("--history", is_flag=True, help="With record time: what the graph knew when.")
@as_of_option
@command
def export(graph_dir: Path, output: Path, history: bool, as_of: str | None) -> None:
    """Write the graph in another format: RDF, JSON lines, tables, networks.

    The ending of the file says which: .nq .trig .ttl .jsonld .jsonl .csv .parquet .graphml .gexf .zip (CSV for graph
    databases); see docs/formats.md.

    \b
    Example:
      kg export --graph out/graph -o out/graph.gexf
    """
    from kg.formats import export as run

    run(open_graph(graph_dir), output, history=history, as_of=as_of)
    click.echo(f"wrote {output}")


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format",
    "coding",
    type=click.Choice(["gdelt", "icews", "polecat"]),
    help="The table of another coding: GDELT 2.0 events, ICEWS or POLECAT.",
)
@graph_option
@command
def import_(source: Path, coding: str | None, graph_dir: Path) -> None:
    """Read what 'kg export' or 'kg extract --articles' wrote, or events that others coded.

    The graph is made if need be. Lines and rows that can't be read are named and left out. A table of your own (.csv,
    .parquet) needs the columns source, category and begin (or date); see docs/formats.md for the others.

    \b
    Example:
      kg import mentions.jsonl --graph out/graph
      kg import 20230316.export.CSV.zip --format gdelt --graph out/graph
    """
    from kg.extract.gazetteer import gazetteer
    from kg.formats import import_ as run

    if coding is not None:
        from kg.cli_exchange import import_others

        import_others(source, coding, graph_dir)
        return
    graph, problems = open_graph(graph_dir, create=True), list[SourceError]()
    report = run(graph, source, gazetteer().known, command=f"kg import {source}", problems=problems)
    skips = Skips()
    for problem in problems:
        skips(problem)
    name_clashes(report.clashes)
    click.echo(str(report))
    skips.close(report.articles, of="lines", into="articles", strict=False)


@click.command()
@graph_option
@format_option
@click.option("--person", help="Only this person (part of a name).")
@click.option("--actor", multiple=True, help="Only offices of this actor; a code, name or group:EU. Repeatable.")
@click.option("--on", metavar="DATE", help="Only who was seen in office before and after this day.")
@as_of_option
@command
def roles(graph_dir: Path, format_: str, actor: tuple[str, ...], **select: Any) -> None:
    """List the offices that persons were seen to hold, with first and last observation.

    \b
    Example:
      kg roles --person Kishida --graph out/graph
    """
    emit(open_graph(graph_dir).roles(actor=actor or None, **select), format_)


@click.command()
@graph_option
@as_of_option
@command
def check(graph_dir: Path, as_of: str | None) -> None:
    """Verify a graph: quotes at their offsets, ids, dates, no orphans, RDF equal to the tables.

    With --as-of the tables as they were then. Left out are the RDF, which knows the present only, and, for a time
    before articles were erased, whether mentions and events fit together, because versions of events went with those
    articles. That actors have records is asked of the records of all times.

    \b
    Example:
      kg check --graph out/graph
      kg check --as-of 2023-06 --graph out/graph
    """
    problems = open_graph(graph_dir).check(as_of)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        fail(f"{graph_dir}: {len(problems)} problems; 'kg reindex' mends the RDF store, 'kg build' the rest")
    click.echo(f"{graph_dir}: no problems")


@click.command()
@format_option
@command
def codebook(format_: str) -> None:
    """Print the event ontology as used: categories, modes, scores, contexts, sectors.

    \b
    Example:
      kg codebook
      kg codebook --format csv
    """
    from kg.graph.results import Table
    from kg.ontology import QUAD_NAMES, ontology

    onto = ontology()
    if format_ != "table":
        rows: list[tuple[Any, ...]] = []
        for category in onto.categories.values():
            rows.append(
                ("category", category.name, None, QUAD_NAMES[category.quad], category.score, category.definition)
            )
            rows += [("mode", mode, category.name, None, score, None) for mode, score in category.modes.items()]
        for kind, meanings in (("context", onto.contexts), ("sector", onto.sectors)):
            rows += [(kind, name, None, None, None, meaning) for name, meaning in meanings.items()]
        emit(Table(["kind", "name", "category", "quad", "score", "meaning"], rows), format_)
        return
    for category in onto.categories.values():
        click.echo(f"\n{category.name}  {QUAD_NAMES[category.quad]}, score {category.score:+g}")
        click.echo(f"  {category.definition}")
        for mode, score in category.modes.items():
            click.echo(f"  - {mode} ({score:+g})")
    click.echo("\nContexts")
    for name, meaning in onto.contexts.items():
        click.echo(f"  {name}: {meaning}")
    click.echo("\nSectors")
    for name, meaning in onto.sectors.items():
        click.echo(f"  {name}: {meaning}")


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    for one in (
        info,
        events,
        query,
        path,
        rank,
        explain,
        history,
        remove,
        reindex,
        export,
        import_,
        roles,
        check,
        codebook,
    ):
        group.add_command(one)
