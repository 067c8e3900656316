"""Commands on actors: what a name means, which groups there are, actors of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli_common import actor_files_option, command, emit, fail, format_option

__all__ = ["register"]


@click.group()
def actors() -> None:
    """Look up actors and add your own.

    \b
    Example:
      kg actors find "the Kremlin"
      kg actors add my.yaml --kind group --label "Blue Front" --country KEN
    """


@actors.command("find")
@click.argument("name")
@click.option("--on", "on", metavar="DATE", help="Day for which the name is meant (default: today).")
@actor_files_option("Your own actors (YAML).")
@command
def actors_find(name: str, on: str | None, actor_files: tuple[Path, ...]) -> None:
    """Show what a name resolves to on a day, and why.

    \b
    Example:
      kg actors find "the Kremlin"
      kg actors find Zaire --on 1995-06-01
    """
    import datetime as dt

    from kg.extract.lookup import lookup

    try:
        day = dt.date.fromisoformat(on) if on else dt.date.today()
    except ValueError:
        raise click.UsageError(f"--on {on}: write a day as YYYY-MM-DD") from None
    lines = lookup(name, day, tuple(actor_files))
    for line in lines:
        click.echo(line)
    if not lines:
        fail(f"'{name}' names no actor that is known; add it with 'kg actors add' or --actors FILE")


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
@click.option("--country", help="ISO 3166-1 alpha-3 code of the home country.")
@click.option("--code", help="Short name to use in output (default: the label).")
@command
def actors_add(file: Path, **record: Any) -> None:
    """Add an actor to a FILE of your own.

    The file is made if need be; give it to other commands with --actors FILE.

    \b
    Example:
      kg actors add my.yaml --kind group --label "Blue Front" --country KEN --name "Front Bleu"
    """
    from kg.extract.gazetteer import slug
    from kg.extract.lookup import add_record

    add_record(file, {"id": record.pop("ident") or slug(record["label"]), **record, "names": list(record.pop("names"))})
    click.echo(f"{file}: '{record['label']}' added; use it with --actors {file}")


def register(group: click.Group) -> None:
    """Add the commands of this module to the main group."""
    group.add_command(actors)
