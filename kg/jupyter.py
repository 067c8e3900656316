"""SPARQL cells for Jupyter: ``%load_ext kg``, then ``%%sparql g`` on top of a query.

    %%sparql g -o visits
    SELECT ?day ?label {
      ?event kg:category plover:CONSULT ; kg:target ?target ; sem:hasBeginTimeStamp ?day .
      ?target skos:prefLabel ?label
      FILTER (?day >= $since)
    }

``$since`` is the notebook's variable ``since``, bound as a typed term and never pasted into the query.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from kg.errors import KgError, QueryError
from kg.graph.query import NamedQuery, find
from kg.graph.sparql import tokens

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_ipython_extension", "sparql_cell"]

_NAME = re.compile(r"[^\W\d]\w*")


class _Options(argparse.ArgumentParser):
    """Options that complain with an exception instead of ending the kernel."""

    def error(self, message: str) -> NoReturn:
        raise QueryError(f"%%sparql: {message}; write %%sparql GRAPH [-o NAME] [-p NAME=VALUE] above the query")


def _options(line: str) -> argparse.Namespace:
    parser = _Options(prog="%%sparql", add_help=False, allow_abbrev=False)
    parser.add_argument("graph")
    parser.add_argument("-o", dest="output")
    parser.add_argument("-p", dest="params", action="append", default=[])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--timeout", type=float, default=60.0)
    parser.add_argument("--as-of")
    try:
        found = parser.parse_args(shlex.split(line))
    except ValueError as error:  # quotes that do not close
        raise QueryError(f"%%sparql: {error}") from None
    if found.output is not None and not _NAME.fullmatch(found.output):
        raise QueryError(f"%%sparql: {found.output!r} can't name a variable")
    return found


def sparql_cell(line: str, cell: str, variables: Mapping[str, Any]) -> tuple[str | None, pd.DataFrame]:
    """What a ``%%sparql`` cell gives: the name to keep it under, and the table.

    ``variables`` are those of the notebook. A ``$name`` in the query is the notebook's ``name``; what is only written
    ``?name`` is a variable of the query. ``-p name=value`` fills in a parameter that a query declares, with text
    that is read by the parameter's type, or with ``$name`` for a variable of the notebook.

    Raises:
        QueryError: an option, the graph, the query or a value is wrong.
        KgError: pandas is not installed, or the graph can't be read.
    """
    options = _options(line)
    graph = _variable(options.graph, variables, "%%sparql")
    if not hasattr(graph, "sparql"):
        raise QueryError(f"%%sparql: {options.graph} is a {type(graph).__name__}; give a graph, as kg.open makes it")
    query = find(cell)
    params = {name: _plain(_variable(name, variables, f"${name}")) for name in _asked(query)}
    params.update(_param(part, variables) for part in options.params)
    limit = {} if options.limit is None else {"limit": options.limit}
    found = graph.sparql(query, params, timeout=options.timeout, as_of=options.as_of, **limit)
    try:
        table: pd.DataFrame = found.to_pandas()
    except ImportError as error:
        raise KgError("%%sparql gives tables of pandas; install it with: pip install 'kg[notebook]'") from error
    table.attrs["truncated"] = found.truncated
    return options.output, table


def _asked(query: NamedQuery) -> list[str]:
    """The variables that a query writes with a dollar sign."""
    return list(dict.fromkeys(text[1:] for kind, text in tokens(query.text) if kind == "var" and text[0] == "$"))


def _param(part: str, variables: Mapping[str, Any]) -> tuple[str, Any]:
    name, equals, value = part.partition("=")
    if not equals or not name:
        raise QueryError(f"%%sparql: -p {part}: write NAME=VALUE, or NAME=$VARIABLE")
    if value.startswith("$"):
        return name, _plain(_variable(value[1:], variables, value))
    return name, value


def _variable(name: str, variables: Mapping[str, Any], what: str) -> Any:
    if name not in variables:
        raise QueryError(
            f"{what}: the notebook has no variable {name!r}; define it"
            + (f", or write ?{name} for a variable of the query" if what.startswith("$") else "")
        )
    return variables[name]


def _plain(value: Any) -> Any:
    """Values of numpy and pandas as Python's own; a time stamp at midnight without a zone is a day."""
    if isinstance(value, dt.datetime):
        value = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        return value.date() if value.tzinfo is None and value.time() == dt.time() else value
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _one_line(message: str, most: int = 400) -> str:
    """A message on one line; the parser of SPARQL writes long lists of what it would rather have seen."""
    joined = " ".join(message.split())
    return joined if len(joined) <= most else joined[: most - 1] + "…"


def load_ipython_extension(shell: Any) -> None:
    """Register ``%%sparql``; IPython calls this for ``%load_ext kg``."""
    from IPython.core.error import UsageError
    from IPython.core.magic import no_var_expand

    @no_var_expand  # IPython would paste the text of $variables into the line
    def sparql(line: str, cell: str) -> Any:
        """Ask a graph in SPARQL: %%sparql GRAPH [-o NAME] [-p NAME=VALUE] [--limit N] [--timeout S] [--as-of DATE]."""
        try:
            name, table = sparql_cell(line, cell, shell.user_ns)
        except KgError as error:
            raise UsageError(_one_line(str(error))) from None
        if table.attrs["truncated"]:
            print(f"only the first {len(table):,} rows; --limit gives more")
        if name is not None:
            shell.push({name: table})
        return table

    shell.register_magic_function(sparql, "cell", "sparql")
