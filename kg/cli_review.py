"""Commands for persons who check a graph: review, sample, eval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli_common import as_of_option, command, emit, format_option, graph_option, open_graph
from kg.console import clean

__all__ = ["register"]

_CHANGES = ("source", "target", "category", "mode", "date", "status", "same_as")
_ALONE = {"--not-an-event": "no_event", "--right": "confirmed", "--same-as": "same_as"}
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("event", required=False)
@graph_option
@click.option("--source", metavar="ACTOR", help="The right source.")
@click.option("--target", metavar="ACTOR", help="The right target, or none.")
@click.option("--category", help="The right PLOVER category.")
@click.option("--mode", help="The right mode of the category, or none.")
@click.option("--date", metavar="DATE", help="When it happened: 2023-06-30, 2023-06, 2023-06-01/2023-06-05, or none.")
@click.option("--status", help="actual, future, hypothetical or negated.")
@click.option("--not-an-event", "no_event", is_flag=True, help="The words tell of no such event.")
@click.option("--same-as", metavar="EVENT", help="It is the same as this other event.")
@click.option("--right", "confirmed", is_flag=True, help="All is right; the event is not listed again.")
@click.option("--mention", multiple=True, metavar="ID", help="Correct only this mention of the event.")
@click.option("--apply", "csv_file", type=_FILE, help="Apply the corrections of a CSV file.")
@click.option("--withdraw", metavar="ID", help="Take a correction back.")
@click.option("--corrections", "list_", is_flag=True, help="List the corrections in force.")
@click.option("--unmatched", is_flag=True, help="List corrections whose words or actors are no longer there.")
@click.option("--rules", is_flag=True, help="List the rules by which events are doubtful.")
@click.option(
    "--below", type=click.FloatRange(0, 1), default=0.4, show_default=True, help="Confidence that is doubtful."
)
@click.option("--actor", multiple=True, help="List only events of this actor.")
@click.option("--since", metavar="DATE", help="List only events from this day on.")
@click.option("--until", metavar="DATE", help="List only events up to this day.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Events to list.")
@click.option("--reviewer", default="", help="Who corrects; kept with the correction.")
@click.option("--note", default="", help="Why; kept with the correction.")
@as_of_option
@format_option
@command
def review(event: str | None, graph_dir: Path, format_: str, **options: Any) -> None:
    """List events that a person should look at, or correct EVENT.

    Corrections hold on to the article, the quote and the actors that were read there, so they survive adding the
    article again and coding it anew. They can be taken back. The list as CSV has columns to fill in; --apply reads it.

    \b
    Example:
      kg review --graph out/graph
      kg review 1f0c8a77d2b4e613 --category CONSULT --date 2023-06 --note "a visit" --graph out/graph
      kg review --format csv --graph out/graph > doubts.csv    (fill in, then)
      kg review --apply doubts.csv --reviewer anna --graph out/graph
    """
    from kg.graph.doubts import RULES
    from kg.graph.results import Table
    from kg.graph.review_csv import as_table, read_csv, sheet

    graph = open_graph(graph_dir)
    change = {name: options[name] for name in _CHANGES if options[name] is not None}
    change |= {name: True for name in ("no_event", "confirmed") if options[name]}
    actions = [name for name in ("csv_file", "withdraw", "list_", "unmatched", "rules") if options[name]]
    if len(actions) + bool(change) > 1:
        raise click.UsageError("give one of a correction, --apply, --withdraw, --corrections, --unmatched, --rules")
    if change and event is None and not options["mention"]:
        raise click.UsageError("say which EVENT to correct")
    if event is not None and not change:
        raise click.UsageError("say what is wrong with the event, e.g. --category CONSULT, or that it is --right")
    alone = [option for option, name in _ALONE.items() if name in change]
    if alone and len(change) > 1:
        raise click.UsageError(f"{alone[0]} goes with no other correction; give the others in a call of their own")
    as_of = options["as_of"]
    if as_of is not None and (change or options["csv_file"] or options["withdraw"] or options["rules"]):
        raise click.UsageError("--as-of goes with lists only: a correction is made now")
    who = {"reviewer": options["reviewer"], "note": options["note"]}
    if change:
        click.echo(str(graph.correct(event, mention=options["mention"] or None, **change, **who)))
    elif options["csv_file"]:
        found = read_csv(graph, options["csv_file"], reviewer=options["reviewer"])
        click.echo(str(graph.apply_corrections(found, command=f"kg review --apply {options['csv_file']}")))
    elif options["withdraw"]:
        click.echo(str(graph.withdraw(options["withdraw"], command="kg review --withdraw")))
    elif options["rules"]:
        rules = Table(["rule", "an event is listed if"], [(rule.name, rule.meaning) for rule in RULES])
        emit(rules, format_, width=None)
    elif options["list_"] and format_ == "csv":
        emit(as_table(graph.correction_records(as_of)), format_)
    elif options["list_"] or options["unmatched"]:
        emit(graph.corrections(unmatched=options["unmatched"], as_of=as_of), format_, "no corrections")
    else:
        select = {name: options[name] or None for name in ("since", "until", "actor")}
        found_doubts = graph.doubtful(below=options["below"], limit=options["limit"], as_of=as_of, **select)
        emit(sheet(found_doubts) if format_ == "csv" else found_doubts, format_, "nothing doubtful")


@click.command()
@graph_option
@click.option("-n", "number", type=click.IntRange(1), default=200, show_default=True, help="Events to draw.")
@click.option(
    "--by",
    type=click.Choice(["category", "quad", "status", "year", "none"]),
    default="category",
    show_default=True,
    help="Draw evenly over the values of this.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another number draws other events.")
@click.option("--since", metavar="DATE", help="Only events from this day on.")
@click.option("--until", metavar="DATE", help="Only events up to this day.")
@click.option("--show", is_flag=True, help="Show the graph's own coding too (the coding is no longer blind).")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="CSV to write.")
@as_of_option
@command
def sample(graph_dir: Path, number: int, by: str, seed: int, show: bool, output: Path, **window: str | None) -> None:
    """Draw events for blind hand coding, as a CSV sheet to fill in.

    What the graph says goes to SHEET.key.csv.

    \b
    Coders fill in:
      category   a PLOVER category, or none if the words tell of no event
      direction  1>2 if actor_1 does it to actor_2, 2>1, or both
      status     actual, future, hypothetical, negated (may stay empty)
      begin, end the days (may stay empty)

    \b
    Example:
      kg sample -n 200 --by category --seed 1 --graph out/graph -o sheet.csv
      kg eval --sheet sheet.csv --sheet second-coder.csv
    """
    from kg.evaluate import draw, key_path, write_sheet

    items = draw(open_graph(graph_dir), number, by, seed, **window)
    write_sheet(items, output, show)
    click.echo(f"wrote {output} with {len(items)} events; keep {key_path(output)} from the coders")


@click.command("eval")
@click.option("--sheet", "sheets", multiple=True, type=_FILE, help="A filled-in sheet; give two for their agreement.")
@click.option("--key", type=_FILE, help="The key of the sheets (default: beside the first one).")
@click.option("--roles", nargs=2, type=_FILE, metavar="GOLD FOUND", help="Score offices: gold JSONL, roles JSONL.")
@click.option("--misses", type=click.IntRange(0), default=0, show_default=True, help="Show so many missed roles.")
@format_option
@command
def eval_(
    sheets: tuple[Path, ...], key: Path | None, roles: tuple[Path, Path] | None, misses: int, format_: str
) -> None:
    """Measure against hand coding: precision by category, agreement of two coders, or offices.

    Roles match if article, country and last name are equal and one name contains the other. GOLD has lines
    {"doc": ..., "roles": [{"person", "office", "country"}]}; FOUND is what 'kg extract --roles' writes.

    \b
    Example:
      kg eval --sheet sheet.csv
      kg eval --sheet anna.csv --sheet ben.csv --key sheet.key.csv
      kg eval --roles gold.jsonl roles.jsonl --misses 20
    """
    from kg.evaluate import agreement, key_path, precision, read_sheet
    from kg.evaluate_roles import read_gold, read_roles, score_roles

    if bool(sheets) == bool(roles) or len(sheets) > 2:
        raise click.UsageError("give one or two --sheet, or --roles GOLD FOUND")
    if roles:
        gold, articles = read_gold(roles[0])
        score = score_roles(gold, read_roles(roles[1]), articles)
        click.echo(str(score))
        for what, seen in (("missed", score.missed[:misses]), ("not there", score.spurious[:misses])):
            for one in seen:
                click.echo(clean(f"{what}: {one.article}  {one.person}, {one.office} ({one.country})"))
        return
    coded = [read_sheet(path) for path in sheets]
    answers = key or key_path(sheets[0])
    for path, sheet in zip(sheets, coded, strict=True):
        if len(sheets) > 1 and format_ == "table":
            click.echo(f"{path}:")
        emit(precision(sheet, answers), format_)
    if len(coded) == 2:
        emit(agreement(*coded), format_)


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    for one in (review, sample, eval_):
        group.add_command(one)
