"""Filters of events as SQL conditions with bound values, and the actor that a name stands for."""

# ruff: noqa: S608 (only question marks are formatted into SQL; values are bound)

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.called import meant, without_article
from kg.graph.quads import without_prefix
from kg.graph.window import Day, window
from kg.model import Status
from kg.ontology import ontology

if TYPE_CHECKING:
    import duckdb

__all__ = ["Conditions", "choices", "listed", "lookup_actor", "marks", "with_id"]


class Conditions:
    """SQL conditions over the table ``event`` (alias ``e``) and the values that are bound to them."""

    def __init__(self, conditions: list[str]) -> None:
        self.conditions = conditions
        self.values: list[Any] = []

    @property
    def sql(self) -> str:
        """All conditions together."""
        return " AND ".join(self.conditions)

    def add(self, condition: str, *values: Any) -> None:
        """One more condition, with its values in order."""
        self.conditions.append(condition)
        self.values += values

    def directed(self, sources: Sequence[str] | None, targets: Sequence[str] | None) -> None:
        """Leave events from one of ``sources`` to one of ``targets``, and mutual ones either way."""
        if sources is None and targets is None:
            return
        ways = []
        for left, right, extra in (("source", "target", ""), ("target", "source", " AND e.mutual")):
            parts = []
            for side, ids in ((left, sources), (right, targets)):
                if ids is not None:
                    parts.append(f"e.{side} IN ({marks(ids)})")
                    self.values += ids
            ways.append(" AND ".join(parts) + extra)
        self.conditions.append(f"({ways[0]} OR {ways[1]})")
        if sources is not None and targets is not None:
            self._among([*sources, *targets])

    def between(self, a: Sequence[str], b: Sequence[str]) -> None:
        """Leave events from one of ``a`` to one of ``b``, or the other way."""
        self.add(
            f"(e.source IN ({marks(a)}) AND e.target IN ({marks(b)})"
            f" OR e.source IN ({marks(b)}) AND e.target IN ({marks(a)}))",
            *a, *b, *b, *a,
        )  # fmt: skip
        self._among([*a, *b])

    def _among(self, ids: Sequence[str]) -> None:
        # Follows from the alternatives, but only such plain bounds reach the scan of the table, which then leaves
        # blocks of other actors alone.
        low, high = min(ids), max(ids)
        self.add("e.source >= ? AND e.source <= ? AND e.target >= ? AND e.target <= ?", low, high, low, high)

    def window(self, since: Day | None, until: Day | None, within: bool = False) -> None:
        """Leave events whose span overlaps the window, or lies ``within`` it."""
        span = window(since, until)
        if span.since or span.until:
            self.add("e.begin_day IS NOT NULL")
        if span.since:
            self.add("e.begin_day >= ?" if within else "(e.end_day IS NULL OR e.end_day >= ?)", span.since)
        if span.until:
            self.add("e.end_day <= ?" if within else "e.begin_day <= ?", span.until)

    def counted(
        self, min_confidence: float | None = None, min_publishers: int | None = None, targetless: bool | None = None
    ) -> None:
        """Leave events that are sure, well reported, or with or without a target."""
        if min_confidence is not None:
            self.add("e.confidence >= ?", min_confidence)
        if min_publishers is not None:
            self.add("e.publishers >= ?", min_publishers)
        if targetless is not None:
            self.add("e.target IS NULL" if targetless else "e.target IS NOT NULL")

    def coded(
        self,
        category: str | Iterable[str] | None = None,
        mode: str | Iterable[str] | None = None,
        quad: int | Iterable[int] | None = None,
        status: str | Iterable[str] | None = None,
        context: str | Iterable[str] | None = None,
    ) -> None:
        """Leave events that are coded so.

        Raises:
            QueryError: a value is unknown.
        """
        onto = ontology()
        if category is not None:
            self.one_of("e.category", choices([c.upper() for c in listed(category)], onto.categories, "category"))
        if mode is not None:
            known = {m for entry in onto.categories.values() for m in entry.modes}
            self.one_of("e.mode", choices([m.lower() for m in listed(mode)], known, "mode"))
        if quad is not None:
            quads = [quad] if isinstance(quad, int) else list(quad)
            if bad := [q for q in quads if q not in (1, 2, 3, 4)]:
                raise QueryError(f"quad class {bad[0]!r} is unknown; quad classes are 1 to 4")
            self.one_of("e.category", [n for n, entry in onto.categories.items() if entry.quad in quads])
        if status is not None:
            self.one_of("e.status", choices([s.lower() for s in listed(status)], [s.value for s in Status], "status"))
        if context is not None:
            wanted = choices([c.lower() for c in listed(context)], onto.contexts, "context")
            self.add(f"list_has_any(e.contexts, [{marks(wanted)}])", *wanted)

    def one_of(self, column: str, values: Sequence[Any]) -> None:
        """Leave events with one of the values in a column."""
        self.add(f"{column} IN ({marks(values)})", *values)


def with_id(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, tuple[str | None, str | None]]:
    """Code and label of each of the names that is an actor's id as it stands; all in one look."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    rows = connection.execute(f"SELECT id, code, label FROM actor WHERE id IN ({marks(wanted)})", wanted).fetchall()
    return {key: (code, label) for key, code, label in rows}


def lookup_actor(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The id of the actor that has this id, code, label or alias, without case, in this order of preference.

    Where none has, it is the one that the gazetteer knows by the name (Tokyo, the Kremlin), else the person of the
    graph whose name it is a part of (Kishida). An id may have its prefix, ``actor:JPN``, as SPARQL shows it.

    Raises:
        QueryError: none has it, or several equally well.
    """
    if connection.execute("SELECT 1 FROM actor WHERE id = ? LIMIT 1", [name.strip()]).fetchall():
        return name.strip()  # as most names are given, and far faster than to read all of them
    if (bare := without_prefix("actor", name)) != name.strip():
        return lookup_actor(connection, bare)
    wanted = {name.strip().casefold(), without_article(name).casefold()}
    rows = connection.execute(
        """
        SELECT id, id AS name, 0 AS place FROM actor UNION ALL SELECT id, code, 1 FROM actor
        UNION ALL SELECT id, label, 2 FROM actor UNION ALL SELECT actor, name, 3 FROM alias
        """
    ).fetchall()
    hits: dict[int, set[str]] = {}
    for actor, known, place in rows:
        if known is not None and known.casefold() in wanted:
            hits.setdefault(place, set()).add(actor)
    best = sorted(hits[min(hits)] if hits else meant(connection, name, {actor for actor, _, _ in rows}))
    if not best:
        names = {_word_order(known): known for _, known, _ in rows if known}
        close = difflib.get_close_matches(_word_order(name), names, n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(names[c] for c in close)}?" if close else "`kg actors list` tells who is"
        raise QueryError(f"no actor {name!r} in this graph; {hint}")
    if len(best) > 1:
        raise QueryError(f"{name!r} may be {', '.join(best[:5])}; give one of these ids")
    return best[0]


def _word_order(name: str) -> str:
    """A name whose words are in alphabetical order: people turn them round."""
    return " ".join(sorted(name.casefold().replace(",", " ").split()))


def listed(value: str | Iterable[str]) -> list[str]:
    """One value or several as a list."""
    return [value] if isinstance(value, str) else list(value)


def choices(values: Sequence[str], known: Iterable[str], what: str) -> list[str]:
    """The values, if all are known.

    Raises:
        QueryError: one is not; suggests the nearest.
    """
    options = sorted(known)
    for value in values:
        if value not in options:
            close = difflib.get_close_matches(value, options, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(close)}?" if close else f"use one of {', '.join(options)}"
            raise QueryError(f"{what} {value!r} is unknown; {hint}")
    return list(values)


def marks(values: Sequence[Any]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" * len(values)) or "NULL"
