"""Human review of a graph: corrections given, withdrawn and listed."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from kg.errors import QueryError
from kg.graph import amended
from kg.graph.actortable import store_corrected
from kg.graph.corrections import Anchor, Correction, anchor_of, check_mode, described, make_change, ordered
from kg.graph.doubts import doubts
from kg.graph.events import EventReader
from kg.graph.files import one, write_connection
from kg.graph.filters import Conditions
from kg.graph.ingest import IngestStore, close_ingest, current_rows, next_seq, retract, settle
from kg.graph.quads import without_prefix
from kg.graph.results import Table
from kg.graph.rows import records
from kg.graph.store import IngestReport, alive
from kg.graph.window import Day
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb

__all__ = ["ReviewReport", "ReviewStore", "Said"]


@dataclasses.dataclass(slots=True)
class ReviewReport:
    """What a call did: corrections recorded, withdrawn, and those of the recorded ones that meet no mention."""

    recorded: list[str] = dataclasses.field(default_factory=list)
    withdrawn: int = 0
    unmatched: int = 0
    events: int = 0
    seq: int | None = None

    def __str__(self) -> str:
        parts = [f"{len(self.recorded)} corrections recorded"]
        parts += [f"{self.withdrawn} withdrawn"] if self.withdrawn else []
        parts += [f"{self.unmatched} meet no mention (kg review --unmatched lists them)"] if self.unmatched else []
        return f"{', '.join(parts)}; {self.events} events"


class Said(TypedDict, total=False):
    """What a person may say of an event.

    ``source`` and ``target`` are actors (``target="none"`` for none), ``date`` is a full or partial date, two with
    ``/`` between, or ``none``; ``mutual`` that nobody was the host or began; ``no_event`` that the words tell of none;
    ``same_as`` is an event or mention that tells of the same; ``confirmed`` says that all is right. ``mention`` limits
    it to one or some mentions of the event; ``reviewer`` and ``note`` are kept with it.
    """

    mention: str | Sequence[str] | None
    source: str | None
    target: str | None
    category: str | None
    mode: str | None
    mutual: bool | None
    date: str | None
    status: str | None
    no_event: bool
    same_as: str | None
    confirmed: bool
    reviewer: str
    note: str


class ReviewStore(IngestStore, EventReader):
    """The part of a graph that persons correct."""

    def correct(self, event: str | None = None, **said: Unpack[Said]) -> ReviewReport:
        """Correct an event: all of its present mentions, or only the given ones; :class:`Said` lists what may be said.

        What is not given stays as it was read.

        Raises:
            QueryError: no such event, mention, actor, category, mode or status; a malformed date; or nothing to change.
            StoreBusy: another process is writing.
        """
        new = self.plan_correction(event, **said)
        return self.apply_corrections(new, command="correct " + ", ".join(sorted(new[0].change)))

    def plan_correction(self, event: str | None = None, **said: Unpack[Said]) -> list[Correction]:
        """The corrections that :meth:`correct` would record, one for each mention, without recording them.

        Raises:
            QueryError: as :meth:`correct`.
        """
        if unknown := said.keys() - Said.__annotations__.keys():
            raise TypeError(f"a correction takes no {min(unknown)!r}")
        change = make_change(
            said.get("category"), said.get("mode"), said.get("status"), said.get("date"), said.get("mutual")
        )
        change |= {"no_event": True} if said.get("no_event") else {}
        change |= {"confirmed": True} if said.get("confirmed") else {}
        with self.read() as connection:
            for side, name in (("source", said.get("source")), ("target", said.get("target"))):
                if name is not None:
                    none = side == "target" and name.strip().lower() == "none"
                    change[side] = None if none else self.corrected_actor(connection, name)
            rows = self._meant(connection, event, said.get("mention"))
            if change.get("mode") is not None and "category" not in change:
                for category in self._categories(connection, [row["id"] for row in rows]):
                    check_mode(category, change["mode"])
            if (same_as := said.get("same_as")) is not None:
                other = self._representative(connection, same_as, {row["id"] for row in rows})
                change["same_as"] = dataclasses.asdict(other)
        alone = [name for name in ("no_event", "confirmed", "same_as") if name in change]
        if not change:
            raise QueryError("nothing to correct; give what is wrong, e.g. category, date, or no_event")
        if alone and len(change) > 1:
            raise QueryError(f"{alone[0]} goes with no other correction; give the others in a call of their own")
        by, note = said.get("reviewer", ""), said.get("note", "")
        new = {c.id: c for row in rows for c in [Correction(anchor_of(row), change, by, note)]}
        return list(new.values())

    def apply_corrections(self, corrections: Iterable[Correction], command: str = "correct") -> ReviewReport:
        """Record corrections after those in force; ones that are in force already, in this order, change nothing.

        Raises:
            StoreBusy: another process is writing.
        """
        new = list(corrections)

        def wanted(present: list[Correction]) -> list[Correction]:
            return ordered(present, new)

        return self._review(wanted, command, {c.id for c in new})

    def withdraw(self, correction_id: str, command: str = "withdraw") -> ReviewReport:
        """Take a correction back; what it changed reads again as it did before.

        Raises:
            QueryError: no correction in force has this id.
            StoreBusy: another process is writing.
        """

        def wanted(present: list[Correction]) -> list[Correction]:
            left = [c for c in present if c.id != correction_id]
            if len(left) == len(present):
                raise QueryError(f"no correction {correction_id!r} is in force; `kg review --corrections` lists them")
            return left

        return self._review(wanted, command, set())

    def corrections(self, event: str | None = None, unmatched: bool = False, as_of: Day | None = None) -> Table:
        """Corrections in force, in their order: id, what they say, by whom, when, what they are anchored to. Actors are
        shown by their codes, as in events.

        ``mentions`` counts the current mentions that each one meets. With ``event`` only those of its mentions, with
        ``unmatched`` only those that meet none (the article, its words, or the coder's reading have changed), or whose
        other event is not there.

        Raises:
            QueryError: there is no such event.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            present = amended.load(connection, seq)
            links = connection.execute(
                f"SELECT correction, mention FROM corrected WHERE {alive(seq)} ORDER BY ALL"
            ).fetchall()
            meant: set[str] | None = None
            if event is not None:
                key = self._current_id(connection, event, seq, withdrawn=True)
                meant = {row["id"] for row in self._mentions_of(connection, key, seq)}
        met: dict[str, list[str]] = {}
        for correction, mention in links:
            met.setdefault(correction, []).append(mention)
        read = {side for c in present for side in (c.anchor.source, c.anchor.target) if side is not None}
        codes = self.codes(read | _named(present))
        rows = [
            (c.id, described(c.change, codes), codes[c.anchor.source], c.anchor.category,
             codes.get(c.anchor.target or "", c.anchor.target), c.anchor.quote, c.anchor.article, c.anchor.field,
             c.reviewer, c.note, c.recorded, len(met.get(c.id, ())))
            for c in present
            if (meant is None or meant.intersection(met.get(c.id, ()))) and not (unmatched and c.id in met)
        ]  # fmt: skip
        return Table(_LISTED, rows)

    def corrected_mentions(self, as_of: Day | None = None) -> dict[str, list[str]]:
        """What persons changed in mentions, in words, by mention, in the order of the corrections."""
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            present = amended.load(connection, seq)
            links = connection.execute(f"SELECT correction, mention FROM corrected WHERE {alive(seq)}").fetchall()
        codes = self.codes(_named(present))
        out: dict[str, list[str]] = {}
        for correction in present:
            for mention in sorted(m for c, m in links if c == correction.id):
                out.setdefault(mention, []).append(described(correction.change, codes))
        return out

    def doubtful(self, below: float = 0.4, limit: int | None = None, as_of: Day | None = None, **select: Any) -> Table:
        """Current events that a person should look at, the surest doubts first: why, the coding, a quote.

        ``why`` names the rules of :data:`kg.graph.doubts.RULES`; ``below`` is the confidence, 0 to 1, under which an
        event is unsure. ``select`` takes the filters of :meth:`events` by actor, window, category and status. Events
        whose mentions have all been corrected or confirmed are left out.

        Raises:
            QueryError: an unknown actor, category or status, or a malformed date.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            where = Conditions([alive(seq, "e")])
            actors = {name: select.pop(name, None) for name in ("source", "target", "actor", "between")}
            self.actor_conditions(connection, where, **actors, seq=seq)
            where.window(select.pop("since", None), select.pop("until", None), select.pop("within", False))
            where.coded(**select)
            cursor = connection.execute(
                f"""
                SELECT d.id AS event, d.why, coalesce(s.code, e.source) AS source, e.category, e.mode,
                       coalesce(t.code, e.target) AS target, e.begin_day AS begin, e.end_day AS "end", e.status,
                       e.mentions, e.confidence, q.quote
                FROM ({doubts(below, seq)}) d JOIN event e ON e.id = d.id
                LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
                JOIN (SELECT l.event, arg_max(m.quote, (m.confidence, m.id)) AS quote FROM event_mention l
                      JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
                      WHERE {alive(seq, "l")} GROUP BY l.event) q ON q.event = e.id
                WHERE {where.sql}
                ORDER BY len(d.why) DESC, e.confidence, e.id{"" if limit is None else f" LIMIT {int(limit)}"}
                """,
                where.values,
            )
            return Table([d[0] for d in cursor.description or ()], cursor.fetchall())

    def correction_records(self, as_of: Day | None = None) -> list[Correction]:
        """Corrections in force as records, in their order."""
        with self.read() as connection:
            return amended.load(connection, self.seq(connection, as_of))

    def actor_records(self, ids: Iterable[str]) -> Iterable[Actor]:
        """The records of actors that a correction brings in; a graph by itself has none but its own."""
        return ()

    def corrected_actor(self, connection: duckdb.DuckDBPyConnection, name: str) -> str:
        """The actor id that a correction means by ``name``.

        Raises:
            QueryError: the graph knows no such actor, or several.
        """
        ids = self._resolve(connection, name)
        if len(ids) > 1:
            raise QueryError(f"{name!r} stands for {len(ids)} actors; a correction takes one")
        return ids[0]

    def _review(
        self, wanted: Callable[[list[Correction]], list[Correction]], command: str, asked: set[str]
    ) -> ReviewReport:
        report = ReviewReport()
        with write_connection(self.layout, command) as connection:
            self.check_schema(connection, write=True)
            present = amended.load(connection)
            after = wanted(present)
            before = {c.id for c in present}
            report.recorded = [c.id for c in after if c.id not in before]
            if [(c.id, c.reviewer, c.note) for c in after] != [(c.id, c.reviewer, c.note) for c in present]:
                report.seq = seq = next_seq(connection)
                report.withdrawn = len(before - {c.id for c in after})
                amended.write(connection, present, after, seq)
                changed = before ^ {c.id for c in after}
                if named := _named(c for c in (*present, *after) if c.id in changed):
                    store_corrected(connection, self.actor_records, named)
                settle(connection, retract(connection, [], seq), seq)
            met = {
                row[0]
                for row in connection.execute("SELECT correction FROM corrected WHERE retracted IS NULL").fetchall()
            }
            report.unmatched = len(asked - met)
            report.events = current_rows(connection, "event")
            if report.seq is not None:
                close_ingest(connection, report.seq, command, None, IngestReport(events=report.events, seq=report.seq))
        return report

    def _meant(
        self, connection: duckdb.DuckDBPyConnection, event: str | None, mention: str | Sequence[str] | None
    ) -> list[dict[str, Any]]:
        given = [mention] if isinstance(mention, str) else mention or ()
        wanted = {without_prefix("mention", one) for one in given}
        if event is None and not wanted:
            raise QueryError("give the event or the mention to correct")
        if event is None:
            cursor = connection.execute(
                "SELECT * FROM mention WHERE retracted IS NULL AND id IN (SELECT unnest(?)) ORDER BY id",
                [sorted(wanted)],
            )
            rows = records([d[0] for d in cursor.description or ()], cursor.fetchall())
        else:
            key = self._current_id(connection, event, None)
            rows = self._mentions_of(connection, key, None)
            rows = [row for row in rows if not wanted or row["id"] in wanted]
        if missing := wanted - {row["id"] for row in rows}:
            where = f"tells of event {event}" if event else "is in the graph"
            raise QueryError(
                f"no current mention {min(missing)!r} {where}; `kg explain EVENT --format json` lists them"
            )
        return rows

    def _categories(self, connection: duckdb.DuckDBPyConnection, mentions: Sequence[str]) -> list[str]:
        """The categories that mentions have by now, with the corrections in force."""
        rows = connection.execute(
            """
            SELECT DISTINCT coalesce(a.category, m.category) AS category
            FROM mention m LEFT JOIN amended a ON a.mention = m.id
            WHERE m.retracted IS NULL AND m.id IN (SELECT unnest(?::VARCHAR[])) ORDER BY category
            """,
            [list(mentions)],
        ).fetchall()
        return [row[0] for row in rows]

    def _mentions_of(self, connection: duckdb.DuckDBPyConnection, event: str, seq: int | None) -> list[dict[str, Any]]:
        cursor = connection.execute(
            f"""
            SELECT m.* FROM event_mention l JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
            WHERE l.event = ? AND {alive(seq, "l")} ORDER BY m.id
            """,
            [event],
        )
        return records([d[0] for d in cursor.description or ()], cursor.fetchall())

    def _representative(self, connection: duckdb.DuckDBPyConnection, same_as: str, own: set[str]) -> Anchor:
        """The mention that stands for an event: one with its span, then the surest, then the smallest id."""
        same_as = without_prefix("mention", same_as)
        if one(connection, "SELECT 1 FROM mention WHERE id = ? AND retracted IS NULL", [same_as]):
            rows = self._meant(connection, None, same_as)
        else:
            event = self.event(same_as)
            rows = self._mentions_of(connection, event.id, None)
            rows.sort(
                key=lambda r: (
                    (r["begin_day"], r["end_day"], r["category"]) != (event.begin, event.end, event.category),
                    -r["confidence"],
                    r["id"],
                )
            )
        rows = [row for row in rows if row["id"] not in own]
        if not rows:
            raise QueryError(f"{same_as!r} is what is to be corrected itself; give another event")
        return anchor_of(rows[0])


_LISTED = (
    "id", "correction", "source", "category", "target", "quote", "article", "field", "reviewer", "note", "recorded",
    "mentions",
)  # fmt: skip


def _named(corrections: Iterable[Correction]) -> set[str]:
    """Actors that corrections put in."""
    return {c.change[side] for c in corrections for side in ("source", "target") if c.change.get(side)}
