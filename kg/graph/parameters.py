"""Parameters of a query as SPARQL terms: read by the type that its header declares, else by the type of the value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.errors import QueryError
from kg.graph.filters import choices
from kg.graph.named import NamedQuery, Parameter
from kg.graph.quads import iri, prefixes, without_prefix
from kg.graph.sparql import literal
from kg.graph.window import expand, window
from kg.model import Actor
from kg.ontology import ontology

__all__ = ["Lookup", "terms"]

Lookup = Callable[[str], str | Iterable[str]]
"""Turns a name or code into the id of an actor or event, or into several ids."""


def terms(query: NamedQuery, params: Mapping[str, Any], actor: Lookup, event: Lookup) -> dict[str, str]:
    """The serialised term of each parameter. ``actor`` and ``event`` find the ids of what the user names.

    Raises:
        QueryError: a parameter is missing, unknown, or not of its type; a window ends before it begins.
    """
    given = dict(params)
    out: dict[str, str] = {}
    days: dict[str, Any] = {}
    for parameter in query.params:
        value = given.pop(parameter.name, parameter.default)
        if value is None:
            wanted = ", ".join(f"{p.name} ({p.type})" for p in query.params if p.default is None)
            raise QueryError(f"query {query.name} needs {parameter.name} ({parameter.type}); give {wanted}")
        out[parameter.name] = _term(parameter, value, actor, event)
        if parameter.type == "date":
            days[parameter.name] = value
    _check_windows(days)
    if given and query.params:
        choices(list(given), [p.name for p in query.params], f"parameter of query {query.name}:")
    out.update((name, _plain(name, value)) for name, value in given.items())
    return out


def _check_windows(days: Mapping[str, Any]) -> None:
    """Refuse windows (``since`` and ``until``, ``x_since`` and ``x_until``) that end before they begin."""
    for name, since in days.items():
        until = days.get(f"{name.removesuffix('since')}until") if name.endswith("since") else None
        if until is not None:
            window(since, until)


def _term(parameter: Parameter, value: Any, actor: Lookup, event: Lookup) -> str:
    what = f"parameter {parameter.name}"
    match parameter.type:
        case "actor":
            return f"<{iri('actor', value.id if isinstance(value, Actor) else _one(what, value, actor, 'actor'))}>"
        case "date":
            last = parameter.name == "until" or parameter.name.endswith("_until")
            return literal(expand(value)[1 if last else 0].isoformat(), "date")
        case "integer":
            try:
                return str(int(value))
            except (TypeError, ValueError):
                raise QueryError(f"{what}: {value!r} is not a whole number") from None
        case "category":
            name = choices([str(value).upper()], ontology().categories, what)[0]
            return f"<{prefixes()['plover']}{name}>"
        case "event":
            return f"<{iri('event', _one(what, without_prefix('event', str(value)), event, 'event'))}>"
    return literal(str(value))


def _one(what: str, value: Any, lookup: Lookup, kind: str) -> str:
    found = lookup(str(value))
    ids = [found] if isinstance(found, str) else list(found)
    if len(ids) != 1:
        raise QueryError(f"{what}: {value!r} stands for {len(ids)} {kind}s, and the query takes one")
    return ids[0]


def _plain(name: str, value: Any) -> str:
    if isinstance(value, Actor):
        return f"<{iri('actor', value.id)}>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return literal(repr(value), "double")
    if isinstance(value, dt.datetime):
        return literal(value.isoformat(), "dateTime")
    if isinstance(value, dt.date):
        return literal(value.isoformat(), "date")
    if isinstance(value, str):
        return literal(value)
    raise QueryError(
        f"parameter {name}: a {type(value).__name__} can't be bound; give text, a number, a date or an Actor"
    )
