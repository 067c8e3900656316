"""Balanced panels for statistics: one row for every dyad or actor and period, zeros included."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from kg.errors import QueryError
from kg.graph.analysis import QUADS, AnalysisReader, too_vague
from kg.graph.events import Actors
from kg.graph.filters import Conditions, marks
from kg.graph.levels import at_level, check_level
from kg.graph.results import Table
from kg.graph.statecodes import state_code
from kg.graph.store import alive
from kg.graph.window import BUCKETS, Day, bucket_start, buckets, window
from kg.ontology import ontology

__all__ = ["PanelReader"]

_NOTHING = (0,) * 5 + (0.0,) * 5
Key = tuple[str, ...]


class PanelReader(AnalysisReader):
    """The part of a graph that makes panels."""

    def panel(
        self,
        unit: str = "dyad-month",
        since: Day | None = None,
        until: Day | None = None,
        directed: bool = True,
        actors: Actors | None = None,
        states: bool = True,
        as_of: Day | None = None,
        level: str = "actor",
    ) -> Table:
        """A balanced table for statistics: one row for every dyad (or actor) and period, zeros included.

        ``unit`` is ``dyad-`` or ``actor-`` followed by day, week, month, quarter or year. Rows are of all dyads that
        ``actors`` form with each other, or of each of them, where they are given, a group being all that belonged to it
        on any day of the window, else of those with an event in the window; of states only where ``states``, and then
        only what states do to states or without a target counts. At ``level`` ``country`` a state's sectors count too.
        An event counts for the actor that does it, not for its target, and does so whoever else is among ``actors``;
        mutual events count in both directions, and for both actors. Undirected dyads are in order of code.

        Columns: codes of the sides; their numbers ``_cow`` (Correlates of War) and ``_gw`` (Gleditsch and Ward) on the
        first day of the period, None where a list has no such state; first day of the period; ``events``, actual ones
        that begin in the period; the same by quad class; ``score_sum`` and ``score_mean`` (-10 to 10, None without
        events); sums of scores by quad class.

        Raises:
            QueryError: an unknown unit, level or actor, a malformed date, or actors without a row: fewer than two for
                dyads, or none that is a state.
        """
        check_level(level, ("actor", "country"))
        kind, _, every = unit.partition("-")
        if kind not in ("dyad", "actor") or every not in BUCKETS:
            raise QueryError(f"unit {unit!r} is unknown; use dyad-month, actor-year and the like")
        span = window(since, until)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            where = Conditions([alive(seq, "e"), "e.status = 'actual'"])
            where.add("e.begin_day IS NOT NULL")
            where.conditions.append(f"NOT {too_vague(every)}")
            if kind == "dyad":
                where.add("e.target IS NOT NULL AND e.source <> e.target")
            if span.since:
                where.add("e.begin_day >= ?", bucket_start(span.since, every))
            if span.until:
                where.add("e.begin_day <= ?", span.until)
            known = connection.execute("SELECT id, code, kind FROM actor").fetchall()
            kinds = {key: kind for key, _, kind in known}
            chosen = self._resolve(connection, actors, span=span) if actors is not None else None
            if chosen is not None:
                chosen = _rows_of(chosen, kind, kinds if states else {})
                either = "OR" if kind == "actor" else "AND"
                where.add(f"(e.source IN ({marks(chosen)}) {either} e.target IN ({marks(chosen)}))", *chosen, *chosen)
            if states:
                where.add(f"{_state('s')} AND (e.target IS NULL OR {_state('t')})")
            rows = connection.execute(
                f"""
                SELECT e.source, e.target, e.mutual, CAST(date_trunc('{every}', e.begin_day) AS DATE) AS start,
                       count(*), {_by_quad("count(*)")}, sum(e.score), {_by_quad("sum(e.score)")}
                FROM {at_level(level, seq)} e LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
                WHERE {where.sql} GROUP BY ALL
                """,
                where.values,
            ).fetchall()
        codes = {key: code for key, code, _ in known}
        cells: dict[tuple[Key, dt.date], list[tuple[Any, ...]]] = {}
        for source, target, mutual, start, *values in rows:
            for key in _keys(kind, directed, source, target, mutual, codes):
                if chosen is None or set(key) <= set(chosen):
                    cells.setdefault((key, start), []).append(tuple(values))
        units = {key for key, _ in cells} | set(_all(kind, directed, chosen or (), codes))
        starts = {start for _, start in cells}
        first, last = span.since or min(starts, default=None), span.until or max(starts, default=None)
        grid = buckets(first, last, every) if first and last else []
        out = []
        for key in sorted(units, key=lambda key: [codes.get(side, side) for side in key]):
            for start in grid:
                found = cells.get((key, start), ())
                told = [sum(column) for column in zip(*found, strict=True)] if found else list(_NOTHING)
                mean = round(told[5] / told[0], 4) if told[0] else None
                numbers = [state_code(side, start) for side in key]
                out.append(
                    (
                        *(codes.get(side, side) for side in key),
                        *(number.cow for number in numbers),
                        *(number.gw for number in numbers),
                        start, *told[:5], round(told[5], 4), mean, *(round(score, 4) for score in told[6:]),
                    )
                )  # fmt: skip
        names = ["actor"] if kind == "actor" else ["source", "target"] if directed else ["a", "b"]
        numbered = [f"{name}_{system}" for system in ("cow", "gw") for name in names]
        scores = [f"score_{name}" for name in QUADS]
        return Table([*names, *numbered, every, "events", *QUADS, "score_sum", "score_mean", *scores], out)


def _rows_of(actors: list[str], kind: str, kinds: Mapping[str, str]) -> list[str]:
    """Those of the actors that have rows: states, so far as ``kinds`` tells of others.

    Raises:
        QueryError: too few are left.
    """
    found = [key for key in actors if kinds.get(key, "state") == "state"]
    if len(found) > (kind == "dyad"):
        return found
    if others := [key for key in actors if key not in found]:
        raise QueryError(f"{', '.join(others)}: not a state; panels hold states only, unless asked for all actors")
    raise QueryError(f"a dyad has two actors, and only {found[0]} was given; give others too, or ask for actor units")


def _state(actor: str) -> str:
    # What has no record is the country of a sector that has one, or a member of a group that nothing is known of.
    return f"coalesce({actor}.kind, 'state') = 'state'"


def _by_quad(aggregate: str) -> str:
    """An aggregate for each quad class."""
    categories = ontology().categories.items()
    classes = [", ".join(repr(name) for name, c in categories if c.quad == quad) for quad in (1, 2, 3, 4)]
    return ", ".join(f"coalesce({aggregate} FILTER (WHERE e.category IN ({names})), 0)" for names in classes)


def _keys(kind: str, directed: bool, source: str, target: str | None, mutual: bool, codes: dict[str, str]) -> set[Key]:
    """The units that an event counts for."""
    if kind == "actor":
        return {(source,), (target,)} if mutual and target is not None else {(source,)}
    assert target is not None
    if not directed:
        return {_ordered(source, target, codes)}
    return {(source, target), (target, source)} if mutual else {(source, target)}


def _all(kind: str, directed: bool, chosen: Iterable[str], codes: dict[str, str]) -> Iterable[Key]:
    if kind == "actor":
        return [(key,) for key in chosen]
    if directed:
        return itertools.permutations(chosen, 2)
    return (_ordered(a, b, codes) for a, b in itertools.combinations(chosen, 2))


def _ordered(a: str, b: str, codes: dict[str, str]) -> Key:
    return (a, b) if (codes.get(a, a), a) <= (codes.get(b, b), b) else (b, a)
