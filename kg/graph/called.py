"""What a name means that no actor of the graph has as it stands: a seat of government, a people, a person's surname."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph.resolve import name_tokens, same_person

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

__all__ = ["check_sides", "meant", "without_article"]

_PARTS = frozenset({"name", "adjective", "people", "capital", "agent"})
"""Kinds of names in the gazetteer that stand for an actor; a place in it or a prefix does not."""


def without_article(name: str) -> str:
    """A name without the article before it.

    >>> without_article("the Kremlin"), without_article("Theresa May")
    ('Kremlin', 'Theresa May')
    """
    article, _, rest = name.strip().partition(" ")
    return rest.strip() if article.casefold() == "the" and rest else name.strip()


def meant(connection: duckdb.DuckDBPyConnection, name: str, present: set[str]) -> set[str]:
    """The ids of those ``present`` whom the gazetteer knows by a name, else of the persons who may go by it.

    Raises:
        QueryError: the gazetteer knows somebody by the name, but of nobody of them is anything in the graph.
    """
    known = _by_gazetteer(name)
    if found := known & present or _persons_called(connection, name):
        return found
    if known:
        raise QueryError(f"{name!r} stands for {' or '.join(sorted(known))}, of whom nothing is in this graph")
    return set()


def _by_gazetteer(name: str) -> set[str]:
    """The ids of the actors that the gazetteer knows by a name, whatever the day: Tokyo is Japan."""
    from kg.extract.gazetteer import fold, gazetteer

    known = gazetteer()
    senses = [sense for _, sense in known.names.get(fold(without_article(name)), ()) if sense.part in _PARTS]
    clear = [sense for sense in senses if not sense.careful]
    return {known.principal(sense) for sense in clear or senses}


def _persons_called(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """The ids of the persons whose name fits, "Kishida" or "Kishida Fumio"; see :func:`same_person`."""
    wanted = name_tokens(name)
    rows = connection.execute("SELECT id, label FROM actor WHERE kind = 'person'").fetchall()
    names = ((key, name_tokens(label)) for key, label in rows)
    return {key for key, own in names if set(wanted) <= set(own) and same_person(wanted, own)}


def check_sides(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> None:
    """Refuse persons who are no side of any event: the states and bodies that they act for are.

    Raises:
        QueryError: one of them is such a person; says for whom it takes part.
    """
    for key in ids:
        if key.startswith("person.") and not connection.execute(_IS_SIDE, [key, key]).fetchall():
            label = next((label for (label,) in connection.execute(_LABEL, [key]).fetchall()), key)
            places = [code for (code,) in connection.execute(_ACTS_FOR, [key]).fetchall()]
            part = f"takes part for {' and '.join(places)}" if places else "is no side of any event"
            instead = f"ask for {' or '.join(places)}, or " if places else "ask "
            raise QueryError(f"{label} is a person and {part}; {instead}with level agent (--level agent) for {label}")


_IS_SIDE = "SELECT 1 FROM event WHERE source = ? OR target = ? LIMIT 1"
_LABEL = "SELECT label FROM actor WHERE id = ?"
_ACTS_FOR = """
    SELECT DISTINCT coalesce(a.code, r.actor) FROM role r LEFT JOIN actor a ON a.id = r.actor
    WHERE r.person_id = ? AND r.actor NOT LIKE 'person.%' ORDER BY 1
"""
