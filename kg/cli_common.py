"""What the commands share: errors as one line, the graph option, files written whole."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from kg.console import clean, printable, printable_json
from kg.errors import KgError, SourceError

if TYPE_CHECKING:
    from kg.api import Graph
    from kg.graph.results import EventList, Table

F = TypeVar("F", bound=Callable[..., Any])


def fail(message: str) -> NoReturn:
    """Print one line on stderr and exit with status 1."""
    click.echo(f"kg: {clean(message)}", err=True)
    sys.exit(1)


_STOPPED = "stopped; what was stored so far is kept, run the same command again to go on"


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """Turn errors of the package into one line on stderr and exit status 1."""
    try:
        yield
    except KgError as error:
        fail(str(error))
    except BrokenPipeError:  # whoever reads our output has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the flush at exit
        sys.exit(0)
    except KeyboardInterrupt:
        fail(_STOPPED)
    except OSError as error:
        fail(f"{error.filename or 'file'}: {error.strerror or error}")
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except MemoryError:
        fail("not enough memory; what was stored so far is kept, give it less at once")
    except Exception as error:
        if "Query interrupted" in str(error):  # what Ctrl-C becomes inside of DuckDB
            fail(_STOPPED)
        if os.environ.get("KG_DEBUG"):
            raise
        what = " ".join(str(error).split())[:300]
        fail(f"internal error, please report it ({type(error).__name__}: {what}); KG_DEBUG=1 shows where it happened")


def command(function: F) -> F:
    """Run a command's body under :func:`errors`."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with errors():
            return function(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


graph_option = click.option(
    "--graph",
    "-g",
    "graph_dir",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the graph.",
)
as_of_option = click.option("--as-of", metavar="DATE", help="Answer from what the graph knew at the end of that day.")


_LEVELS = {
    "actor": "the actors themselves",
    "country": "all that is of a country is that country",
    "agent": "named persons, offices and bodies",
}


def level_option(*levels: str) -> Callable[[F], F]:
    """--level, of these or all levels."""
    chosen = levels or tuple(_LEVELS)
    text = "; ".join(f"{name}: {_LEVELS[name]}" for name in chosen)
    return click.option(
        "--level", type=click.Choice(chosen), default="actor", show_default=True, help=f"Who is meant. {text}."
    )


def windowed(function: F) -> F:
    """--since and --until."""
    for flag, text in (
        ("--until", "Up to and including this day, month or year."),
        ("--since", "From this day, month or year on."),
    ):
        function = click.option(flag, metavar="DATE", help=text)(function)
    return function


UNITS = click.Choice(["day", "week", "month", "quarter", "year"])
"""Units of time of a command."""

actor_option = click.option(
    "--actor", multiple=True, help="Only events in which this actor takes part; a code, name or group:EU. Repeatable."
)
among_option = click.option(
    "--among", multiple=True, help="Only events between these actors; a code, name or group:EU. Repeatable."
)


def actor_files_option(help_: str) -> Callable[[F], F]:
    """``--actors``: the user's own actor files."""
    return click.option(
        "--actors",
        "actor_files",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=help_,
    )


def open_graph(path: Path, create: bool = False) -> Graph:
    """The graph at a path, made if ``create`` is set."""
    import kg.api

    return kg.api.open(path, create=create)


@contextlib.contextmanager
def output_file(path: str | None) -> Iterator[Any]:
    """A text file to write to, moved into place only when complete; standard output for None or ``-``."""
    if path in (None, "-"):
        yield sys.stdout
        sys.stdout.flush()
        return
    assert path is not None
    target = Path(path)
    if not target.parent.is_dir():
        raise SourceError(str(target), "its folder does not exist; make it first")
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as handle:
            yield handle
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


class Skips:
    """Names what is passed over, one line each on stderr, and judges the run by it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: KgError) -> None:
        """Name one."""
        self.count += 1
        click.echo(f"kg: skipped {clean(error)}", err=True)

    def close(self, read: int, *, of: str, into: str, strict: bool) -> None:
        """Say how many ``of`` the input were passed over, and exit with status 1 if ``strict`` or none was read."""
        if self.count:
            click.echo(f"kg: {self.count} {of} skipped, {read} {into} read", err=True)
            if strict or not read:
                sys.exit(1)


_NAMED = 20
"""Articles with the id of others that are named; of more only the number is told."""


def name_clashes(clashes: Sequence[KgError]) -> None:
    """Name articles that have the id of others, one line each on stderr."""
    for clash in clashes[:_NAMED]:
        click.echo(f"kg: {clean(clash)}", err=True)
    if len(clashes) > _NAMED:
        click.echo(f"kg: and {len(clashes) - _NAMED} more such articles", err=True)


strict_option = click.option("--strict", is_flag=True, help="Exit with status 1 if any input could not be read.")


def printed_as(default: str) -> Callable[[F], F]:
    """--format json, csv or table."""
    kinds = click.Choice(["table", "csv", "json"])
    return click.option("--format", "format_", type=kinds, default=default, show_default=True, help="How to print.")


format_option: Callable[[Any], Any] = printed_as("table")


def emit(
    result: Table | EventList,
    format_: str,
    empty: str = "nothing found",
    width: int | None = 60,
    rows: int | None = None,
) -> None:
    """Print a result as a table, of which ``width`` cuts the cells, as CSV or as JSON.

    A table shows ``rows`` events, the first few where that is left open.
    """
    import json

    from kg.graph.results import EventList

    if format_ == "json":
        text = json.dumps(result.to_dicts(), ensure_ascii=False, indent=1, default=str)
        click.echo(printable_json(text))
        return
    if format_ == "csv":
        table = result.as_table() if isinstance(result, EventList) else result
        click.echo(printable(table.csv()), nl=False)
    elif not len(result):
        click.echo(empty)
    else:
        click.echo(_some(result, rows) if isinstance(result, EventList) else result.table(width))


def _some(events: EventList, rows: int | None) -> str:
    if rows is not None:
        return events.text(rows)
    return events.text(hint=f"; --limit {len(events)} shows all, as --format csv or json does")
