"""Commands on actors: what a name means, which groups there are, actors of one's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli_common import (
    actor_files_option,
    as_of_option,
    command,
    emit,
    fail,
    format_option,
    graph_option,
    open_graph,
)

if TYPE_CHECKING:
    from kg.extract.gazetteer import Gazetteer

__all__ = ["register"]


@click.group()
def actors() -> None:
    """Look up actors, list those of a graph, and add your own.

    \b
    Example:
      kg actors find "the Kremlin"
      kg actors list --graph out/graph
      kg actors add my.yaml --kind group --label "Blue Front" --country KEN
    """


@actors.command("find")
@click.argument("name")
@click.option("--on", "on", metavar="DATE", help="Day for which the name is meant (default: today).")
@actor_files_option("Your own actors (YAML).")
@command
def actors_find(name: str, on: str | None, actor_files: tuple[Path, ...]) -> None:
    """Show what a name or code resolves to on a day, and why.

    A surname is the leader's who bears it on that day, else of whoever else in the news does.

    \b
    Example:
      kg actors find "the Kremlin"
      kg actors find Kishida --on 2023-01-01
      kg actors find Zaire --on 1995-06-01
    """
    from kg.extract.gazetteer import gazetteer
    from kg.extract.lookup import lookup

    try:
        day = dt.date.fromisoformat(on) if on else dt.date.today()
    except ValueError:
        raise click.UsageError(f"--on {on}: write a day as YYYY-MM-DD") from None
    known = gazetteer(tuple(actor_files))
    lines = lookup(name, day, tuple(actor_files)) or _by_code(name, known) or _not_in_office(name, day, known)
    for line in lines:
        click.echo(line)
    if not lines:
        fail(f"'{name}' names no actor that is known; add it with 'kg actors add' or --actors FILE")


def _by_code(name: str, known: Gazetteer) -> list[str]:
    """One line for the actor that has this id or code."""
    from kg.ontology import ontology

    codes = {actor.code: actor.id for actor in known.actors.values()}
    for key in (name, name.upper()):
        for actor in known.known([codes.get(key, key)]):
            if actor.id in known.actors or actor.sector in ontology().sectors:
                return [f"{name} -> {actor.id} ({actor.label}): code of the actor"]
    return []


def _not_in_office(surname: str, day: dt.date, known: Gazetteer) -> list[str]:
    """One line for each person in the news who bears a surname and is no leader on that day."""
    out = []
    for term in known.remembered(surname, day):
        office = f"{term.title} of {term.actor} from {term.begin}{f' until {term.end}' if term.end else ''}"
        when = f"; {office}" if term.covers(day) else f", not in office on {day}; {office}, see --on"
        out.append(f"{surname} -> {term.person} ({known.actors[term.person].label}): surname{when}")
    return out


@actors.command("list")
@graph_option
@as_of_option
@format_option
@command
def actors_list(graph_dir: Path, as_of: str | None, format_: str) -> None:
    """List the actors of a graph, those in most events first.

    Questions take the ids, the codes (state, sector, organisation) and the labels.

    \b
    Example:
      kg actors list --graph out/graph
    """
    emit(open_graph(graph_dir).actors(as_of), format_, "no actors")


@actors.command("groups")
@click.argument("group", required=False)
@click.option("--on", metavar="DATE", help="Day, month or year of membership (default: ever).")
@format_option
@command
def actors_groups(group: str | None, on: str | None, format_: str) -> None:
    """List the groups that questions may name, or the members of one with the days of their membership.

    \b
    Example:
      kg actors groups
      kg actors groups EU --on 1990
      kg events --source group:EU --target RUS --graph out/graph
    """
    from kg.graph.groups import groups, members
    from kg.graph.results import Table
    from kg.graph.window import window

    span = window(on, on)
    if group is not None:
        rows = [(m.actor, m.begin, m.end) for m in members(group) if m.overlaps(span)]
        emit(Table(["member", "from", "until"], rows), format_, "no members")
        return
    counts = {key: len({m.actor for m in found if m.overlaps(span)}) for key, (_, found) in groups().items()}
    named = [(f"group:{key}", label, counts[key]) for key, (label, _) in groups().items() if counts[key]]
    emit(Table(["group", "label", "members"], named), format_)


@actors.command("add")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "ident", help="Letters, digits, '-', '.' and ':' only (default: made from the label).")
@click.option(
    "--kind", required=True, type=click.Choice(["state", "organisation", "group", "person"]), help="What it is."
)
@click.option("--label", required=True, help="Its usual name.")
@click.option("--name", "names", multiple=True, help="Another name; may be given more than once.")
@click.option("--country", help="ISO 3166-1 alpha-3 code of the home country, such as KEN.")
@click.option("--code", help="Short name to use in output (default: the label; of a state with --id that).")
@command
def actors_add(file: Path, **record: Any) -> None:
    """Add an actor to a FILE of your own.

    The file is made if need be; give it to other commands with --actors FILE, to every build of the same graph.

    \b
    Example:
      kg actors add my.yaml --kind group --label "Blue Front" --country KEN --name "Front Bleu"
    """
    from kg.extract.lookup import add_record

    given, names = record.pop("ident"), list(record.pop("names"))
    ident = given or _id_of(record["label"])
    if record["country"]:
        _check_country(record["country"], file)
    record["code"] = record["code"] or (given if record["kind"] == "state" else None) or record["label"]
    add_record(file, {"id": ident, **record, "names": names})
    click.echo(f"{file}: '{record['label']}' added; use it with --actors {file}")


def _id_of(label: str) -> str:
    from kg.extract.gazetteer import slug

    ident = slug(label)
    if ident == slug(""):
        raise click.UsageError(f"no id can be made from '{label}'; give one with --id, in Latin letters or digits")
    return ident


def _check_country(code: str, file: Path) -> None:
    """Refuse what is not the code of a state, shipped or in the file."""
    from kg.extract.gazetteer import gazetteer
    from kg.formats.coding_tables import named
    from kg.model import ActorKind

    known = gazetteer((file,) if file.exists() else ()).actors
    states = {key for key, actor in known.items() if actor.kind is ActorKind.STATE}
    if code not in states:
        meant = code.upper() if code.upper() in states else named(code)
        hint = f"did you mean {meant}?" if meant in states else "write its ISO 3166-1 alpha-3 code, such as KEN"
        raise click.UsageError(f"--country {code}: no state has this code; {hint}")


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    group.add_command(actors)
