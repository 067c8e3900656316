"""Who acts on whom and when, of all current events in memory: the columns of the narrowest questions.

A query of the tables takes some milliseconds to plan, however little it reads; here a pair in a window is found in less
than one, for 45 bytes of memory an event. The columns are those of one state of the files: when that changes, whoever
wrote, they are read anew. Questions of an earlier day, or of anything else, go to the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.graph.window import Window
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Mask = npt.NDArray[np.bool_]

__all__ = ["HELD", "Held", "state_of"]

HELD = ("id", "source", "target", "mutual", "begin_day", "end_day")
"""Columns that are held."""

_NEVER = 2**31 - 1

State = tuple[int, ...]


def state_of(database: Path) -> State:
    """What changes when a database is written to: of its file, and of the log that lies beside it after a crash."""
    found: list[int] = []
    for path in (database, database.with_name(database.name + ".wal")):
        try:
            stat = path.stat()
        except OSError:
            found.append(0)
        else:
            found += [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns]
    return tuple(found)


class Held:
    """The columns :data:`HELD` of the current events in order of begin and id, as they were at ``state``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, state: State) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self.state = state
        events = connection.sql(
            f"SELECT {', '.join(HELD)} FROM event WHERE retracted IS NULL ORDER BY begin_day NULLS LAST, id"  # noqa: S608
        ).to_arrow_table()
        actors = connection.sql("SELECT id FROM actor").to_arrow_table().column("id")
        self._columns = {
            name: events.column(name).combine_chunks() for name in HELD if name not in ("source", "target")
        }
        chunks = [*actors.chunks, *events.column("source").chunks, *events.column("target").chunks]
        self._names = pc.unique(pa.chunked_array(chunks, pa.string())).drop_null()
        self._known = {name: place for place, name in enumerate(self._names.slice(0, len(actors)).to_pylist())}
        self._source, self._target = (
            pc.fill_null(pc.index_in(events.column(side), self._names), -1).to_numpy() for side in ("source", "target")
        )
        self._begin, self._end = (
            pc.fill_null(events.column(day).cast(pa.int32()), _NEVER).to_numpy() for day in ("begin_day", "end_day")
        )
        self._mutual = events.column("mutual").to_numpy()

    def find(
        self, columns: Sequence[str], actors: Mapping[str, Any], window: Window, within: bool, limit: int | None
    ) -> pa.Table | None:
        """These columns of the events that fit, or None if the question needs the tables.

        ``actors`` are ``source``, ``target``, ``actor`` and ``between`` as :meth:`kg.graph.Graph.events` takes them.
        """
        import numpy as np
        import pyarrow as pa

        between = actors["between"] or (None, None)
        given = [actors["source"], actors["target"], actors["actor"], *between]
        places = [None if names is None else self._places(names) for names in given]
        if any(names is not None and not found for names, found in zip(given, places, strict=True)):
            return None
        source, target, actor, one, other = places
        first, last = self._bounds(window, within)
        own = slice(first, last)
        fits = np.ones(len(self._source[own]), dtype=bool)
        if window.since and not within:
            fits &= self._end[own] >= _number(window.since)
        if window.until and within:
            fits &= self._end[own] <= _number(window.until)
        if source or target:
            fits &= self._side("source", source, own) & self._side("target", target, own) | (
                self._side("target", source, own) & self._side("source", target, own) & self._mutual[own]
            )
        if actor:
            fits &= self._side("source", actor, own) | self._side("target", actor, own)
        if one and other:
            fits &= self._side("source", one, own) & self._side("target", other, own) | (
                self._side("source", other, own) & self._side("target", one, own)
            )
        rows = np.flatnonzero(fits)[:limit] + first
        taken = pa.array(rows)
        out = {name: self._columns[name].take(taken) for name in columns if name in self._columns}
        for name, side in (("source", self._source), ("target", self._target)):
            if name in columns:
                found = side[rows]
                out[name] = self._names.take(pa.array(found, mask=found < 0))
        return pa.table({name: out[name] for name in columns})

    def _places(self, names: str | Actor | Sequence[str | Actor]) -> list[int] | None:
        """Numbers of actors that are given by id; None where one is not, is not known, or is a person."""
        listed = [names] if isinstance(names, (str, Actor)) else names
        ids = [name.id if isinstance(name, Actor) else name for name in listed]
        found = [None if name.startswith("person.") else self._known.get(name) for name in ids]
        return [place for place in found if place is not None] if None not in found else None

    def _bounds(self, window: Window, within: bool) -> tuple[int, int]:
        """The rows that can lie in a window: those with a begin, not after its end, and within it not before it."""
        import numpy as np

        if window == Window():
            return 0, len(self._begin)
        first = np.searchsorted(self._begin, _number(window.since)) if within and window.since else 0
        last = _number(window.until) + 1 if window.until else _NEVER
        return int(first), int(np.searchsorted(self._begin, last))

    def _side(self, name: str, places: list[int] | None, own: slice) -> Mask:
        import numpy as np

        values = (self._source if name == "source" else self._target)[own]
        if places is None:
            return np.ones(len(values), dtype=bool)
        found: Mask = values == places[0] if len(places) == 1 else np.isin(values, places)
        return found


_EPOCH = dt.date(1970, 1, 1).toordinal()


def _number(day: dt.date) -> int:
    return day.toordinal() - _EPOCH
