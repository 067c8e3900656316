"""Reading events: by actors, window, category and the rest; their evidence and their history."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from kg.errors import QueryError
from kg.graph.called import check_sides
from kg.graph.consolidate import EVENT_COLUMNS
from kg.graph.files import one
from kg.graph.filters import Conditions, choices, listed, lookup_actor, marks, with_id
from kg.graph.groups import group_name, members_in
from kg.graph.held import HELD, Held, state_of
from kg.graph.levels import check_level, shown
from kg.graph.parties import Parties, choose, is_plain, take_part
from kg.graph.quads import without_prefix
from kg.graph.results import COLUMNS, EventList, Table
from kg.graph.rows import article_from_row, mention_from_row, records, role_from_row
from kg.graph.store import Store, alive
from kg.graph.window import Day, Window, window
from kg.model import Actor, Article, Event, Mention, Role

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["ORDERS", "Actors", "Conditions", "EventReader", "Resolver"]

_R = TypeVar("_R")
Actors = str | Actor | Iterable[str | Actor]
Known = Mapping[str, tuple[str | None, str | None]]
"""Code and label of actors by id."""

Resolver = Callable[[str], str | Iterable[str]]
"""Turns a name, code or group into actor ids, or raises QueryError with suggestions."""

_ORDERS = {
    "begin": "begin_day",
    "end": "end_day",
    "reported": "first_reported",
    "score": "score",
    "confidence": "confidence",
    "mentions": "mentions",
    "publishers": "publishers",
}
_FALLING = ("confidence", "mentions", "publishers")
ORDERS = {
    sign
    + name: f"{column} {'DESC' if (name in _FALLING) != bool(sign) else 'ASC'} NULLS LAST, begin_day NULLS LAST, id"
    for name, column in _ORDERS.items()
    for sign in ("", "-")
}
"""What ``order`` may be: confidence and counts begin with the greatest, all else with the smallest; minus turns it."""


class EventReader(Store):
    """The part of a graph that answers with events and mentions."""

    resolver: Resolver | None = None
    """Replaces the graph's own lookup of actor names where it is set, e.g. by one that knows groups of actors."""

    _in_memory: Held | tuple[int, ...] = ()
    """What :meth:`_held` keeps, or the state of the files at which it was last wanted."""

    def events(
        self,
        source: Actors | None = None,
        target: Actors | None = None,
        actor: Actors | None = None,
        between: tuple[Actors, Actors] | None = None,
        among: Actors | None = None,
        since: Day | None = None,
        until: Day | None = None,
        within: bool = False,
        category: str | Iterable[str] | None = None,
        mode: str | Iterable[str] | None = None,
        quad: int | Iterable[int] | None = None,
        status: str | Iterable[str] | None = None,
        context: str | Iterable[str] | None = None,
        min_confidence: float | None = None,
        min_publishers: int | None = None,
        targetless: bool | None = None,
        order: str = "begin",
        limit: int | None = None,
        as_of: Day | None = None,
        level: str = "actor",
        columns: Iterable[str] | None = None,
    ) -> EventList:
        """Current events that fit all of the given filters; several values of one filter are alternatives.

        Actors are given by id, code, label or alias, groups as ``"group:EU"`` or ``"EU members"``: those who belonged
        to it on the day of the event (where it begins, else its first report). ``actor`` takes part on either side,
        ``between`` is a pair in either direction, of events ``among`` actors both sides are some of them. Mutual events
        are found in either order. An event lies in a window if its span overlaps it, or with ``within`` if it lies
        inside; events without dates lie in no window. ``quad`` is 1 to 4, ``min_confidence`` 0 to 1.

        At ``level`` ``country`` everything of a country is that country, in filters and in what is shown
        (:mod:`kg.graph.levels`); at ``agent`` the named persons, offices and bodies are shown, and found by name too.

        With ``columns``, fields of :class:`kg.model.Event` or ``source_code``, ``source_label``, ``target_code`` and
        ``target_label``, only these are read: a few columns of a few events take half the time of all, and those in
        :mod:`kg.graph.held`, asked for again, a fifth. Such a list prints and gives Arrow, pandas and dictionaries,
        but no :class:`kg.model.Event`.

        Raises:
            QueryError: an unknown actor, group, level, category, mode, status, context, order or column, or a malformed
                date.
        """
        check_level(level)
        wanted = None
        if columns is not None:
            wanted = [COLUMNS[name] for name in dict.fromkeys(choices(listed(columns), COLUMNS, "column"))]
        source, target, actor, among = (_listed(names) for names in (source, target, actor, among))
        between = (_listed(between[0]), _listed(between[1])) if between is not None else None
        others = (among, category, mode, quad, status, context, min_confidence, min_publishers, targetless, as_of)
        if order not in ORDERS:
            raise QueryError(f"order {order!r} is unknown; use one of {', '.join(ORDERS)}")
        if limit is not None and limit < 0:
            raise QueryError(f"limit {limit} is negative; leave it out for all events")
        narrow = wanted is not None and set(wanted) <= set(HELD) and (level, order) == ("actor", "begin")
        if wanted is not None and narrow and all(value is None for value in others) and (held := self._held()):
            actors = {"source": source, "target": target, "actor": actor, "between": between}
            table = held.find(wanted, actors, window(since, until), within, limit)
            if table is not None:
                return EventList(table)
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            where = Conditions([alive(seq, "e")])
            known = self.actor_conditions(connection, where, source, target, actor, between, among, level, seq)
            where.window(since, until, within)
            where.coded(category, mode, quad, status, context)
            where.counted(min_confidence, min_publishers, targetless)
            if level == "actor":
                return select_events(connection, where.sql, where.values, ORDERS[order], limit, known, wanted)
            found = select_events(connection, where.sql, where.values, ORDERS[order], limit).to_arrow()
            found = shown(connection, found, level, seq)
            return EventList(found if wanted is None else found.select(wanted))

    def _held(self) -> Held | None:
        """The columns in memory; None for the first question that wants them of a state of the files."""
        if self.resolver is not None:
            return None
        state = state_of(self.layout.database)
        held = self._in_memory
        if isinstance(held, Held) and held.state == state:
            return held
        if held != state:
            self._in_memory = state
            return None
        with self.read() as connection:  # nobody writes as long as it lasts
            held = self._in_memory = Held(connection, state_of(self.layout.database))
        return held

    def event_versions(self) -> pa.Table:
        """All versions of all events that there have ever been, with ``recorded`` and ``retracted`` times (UTC)."""
        with self.read() as connection:
            return connection.sql(
                f"""
                SELECT {", ".join("e." + name for name in EVENT_COLUMNS)}, r.moment AS recorded, x.moment AS retracted,
                       coalesce(s.code, e.source) AS source_code, coalesce(t.code, e.target) AS target_code,
                       coalesce(s.label, e.source) AS source_label, coalesce(t.label, e.target) AS target_label
                FROM event e LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
                JOIN ingest r ON r.seq = e.recorded LEFT JOIN ingest x ON x.seq = e.retracted
                ORDER BY e.begin_day NULLS LAST, e.id, e.recorded
                """
            ).to_arrow_table()

    def event(self, event_id: str, as_of: Day | None = None) -> Event:
        """One event by its present or a former id.

        Raises:
            QueryError: there is no such event.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            key = self._current_id(connection, event_id, seq)
            return select_events(connection, f"e.id = ? AND {alive(seq, 'e')}", [key], ORDERS["begin"], 1)[0]

    def evidence(self, event_id: str, as_of: Day | None = None) -> Table:
        """What was said of an event, one row a mention: its article, quote and offsets, earliest report first.

        ``copy`` is true for mentions in a copy of an article of the same publisher, which the event does not count.
        The values are those of the coder; ``corrections`` are the ids of what persons corrected, see
        :meth:`corrections`.

        Raises:
            QueryError: there is no such event.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            key = self._current_id(connection, event_id, seq)
            cursor = connection.execute(
                f"""
                SELECT m.id AS mention, m.article, a.title, a.publisher, a.url, a.published, m.quote, m.field,
                       m.quote_start AS start, m.quote_end AS "end", m.trigger_start, m.trigger_end,
                       m.time_start, m.time_end, m.expression, m.source_text, m.target_text, m.source_agent,
                       m.target_agent, m.mode, m.status, m.attribution, m.begin_day AS begin, m.precision, m.confidence,
                       dense_rank() OVER (PARTITION BY coalesce(a.publisher, ''), coalesce(c.grp, a.id)
                                          ORDER BY a.published, a.id) > 1 AS copy,
                       coalesce(k.corrections, []) AS corrections
                FROM event_mention l
                JOIN mention m ON m.id = l.mention AND {alive(seq, "m")}
                JOIN article a ON a.id = m.article AND {alive(seq, "a")}
                LEFT JOIN copy c ON c.article = a.id
                LEFT JOIN (SELECT mention, list_sort(list(correction)) AS corrections FROM corrected d
                           WHERE {alive(seq, "d")} GROUP BY mention) k ON k.mention = m.id
                WHERE l.event = ? AND {alive(seq, "l")}
                ORDER BY a.published, a.publisher, m.article, m.quote_start, m.id
                """,
                [key],
            )
            return Table([d[0] for d in cursor.description or ()], cursor.fetchall())

    def history(self, event_id: str) -> Table:
        """Every version of an event in record time, under all ids that it has had; actors by their codes.

        ``change`` is ``recorded``, ``changed``, ``renamed`` (its id changed with its span or key) or ``withdrawn``.

        Raises:
            QueryError: there has never been such an event.
        """
        with self.read() as connection:
            key = self._current_id(connection, event_id, None, withdrawn=True)
            former = connection.execute(
                """
                WITH RECURSIVE chain AS (
                    SELECT ? AS id UNION SELECT a.former FROM event_alias a JOIN chain c ON a.event = c.id)
                SELECT id FROM chain
                """,
                [key],
            ).fetchall()
            ids = sorted(row[0] for row in former)
            rows = connection.execute(
                f"""
                SELECT e.recorded, e.retracted, e.id, coalesce(s.code, e.source), coalesce(t.code, e.target),
                       {", ".join("e." + c for c in _HISTORY[2:])}
                FROM event e LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
                WHERE e.id IN ({marks(ids)}) ORDER BY e.recorded, e.id
                """,
                ids,
            ).fetchall()
            times = dict(connection.execute("SELECT seq, moment FROM ingest").fetchall())
        out: list[tuple[Any, ...]] = []
        seen: set[str] = set()
        recorded = {(row[0], row[2]) for row in rows}
        starts = {row[0] for row in rows}
        for begin, end, name, *values in rows:
            change = "changed" if name in seen else "renamed" if seen else "recorded"
            seen.add(name)
            out.append((begin, times[begin], change, name, *values))
            if end is not None and (end, name) not in recorded and end not in starts:
                out.append((end, times[end], "withdrawn", name, *values))
        return Table(["seq", "at", "change", "id", *_HISTORY], sorted(out, key=lambda r: (r[0], r[3])))

    def mentions(self, article: str | None = None, as_of: Day | None = None) -> list[Mention]:
        """Current mentions, of one article or of all, as they were extracted, in order of article and id."""
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            chosen, values = ("AND article = ?", [article]) if article is not None else ("", [])
            cursor = connection.execute(
                f"SELECT * FROM mention WHERE {alive(seq)} {chosen} ORDER BY article, id", values
            )
            return [
                mention_from_row(row) for row in records([d[0] for d in cursor.description or ()], cursor.fetchall())
            ]

    def mention(self, mention_id: str, as_of: Day | None = None) -> Mention:
        """One current mention, as it was extracted.

        Raises:
            QueryError: there is no such mention.
        """
        found = self._one("mention", without_prefix("mention", mention_id), mention_from_row, as_of)
        if found is None:
            raise QueryError(f"mention {mention_id!r} is not in the graph; 'kg explain EVENT' lists those of an event")
        return found

    def articles(self, as_of: Day | None = None) -> Iterator[Article]:
        """All stored articles in order of id."""
        return self._records("article", "id", article_from_row, as_of)

    def stated_roles(self, as_of: Day | None = None) -> Iterator[Role]:
        """All roles as the articles state them, in order of article and place."""
        return self._records("role", "article, field, start_at, person, office, actor", role_from_row, as_of)

    def _records(self, table: str, order: str, make: Callable[[dict[str, Any]], _R], as_of: Day | None) -> Iterator[_R]:
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            cursor = connection.execute(f"SELECT * FROM {table} WHERE {alive(seq)} ORDER BY {order}")
            names = [d[0] for d in cursor.description or ()]
            rows = cursor.fetchall()
        return (make(dict(zip(names, row, strict=True))) for row in rows)

    def article(self, article_id: str, as_of: Day | None = None) -> Article:
        """One stored article.

        Raises:
            QueryError: there is no such article.
        """
        for key in dict.fromkeys([article_id, without_prefix("article", article_id)]):
            if (found := self._one("article", key, article_from_row, as_of)) is not None:
                return found
        raise QueryError(f"article {article_id!r} is not in the graph; `kg query articles` lists all")

    def _one(self, table: str, ident: str, make: Callable[[dict[str, Any]], _R], as_of: Day | None) -> _R | None:
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            cursor = connection.execute(f"SELECT * FROM {table} WHERE id = ? AND {alive(seq)}", [ident])
            rows = records([d[0] for d in cursor.description or ()], cursor.fetchall())
        return make(rows[0]) if rows else None

    def actors(self, as_of: Day | None = None) -> Table:
        """Actors of current events: id, kind, label, code, country, sector, wikidata, region and number of events."""
        with self.read() as connection:
            now = alive(self.seq(connection, as_of))
            cursor = connection.execute(
                f"""
                SELECT a.id, a.kind, a.label, a.code, a.country, a.sector, a.wikidata, a.region, count(*) AS events
                FROM actor a JOIN (
                    SELECT source AS id FROM event WHERE {now}
                    UNION ALL SELECT target FROM event WHERE {now} AND target <> source) e USING (id)
                GROUP BY ALL ORDER BY events DESC, a.id
                """
            )
            return Table([d[0] for d in cursor.description or ()], cursor.fetchall())

    def roles(
        self, person: str | None = None, actor: Actors | None = None, on: Day | None = None, as_of: Day | None = None
    ) -> Table:
        """Offices that persons were seen to hold: person, office, actor, code, first, last, articles.

        ``person`` is a part of a name, without case; ``on`` leaves those whose first and last observation enclose
        the day.

        Raises:
            QueryError: an unknown actor, or a malformed date.
        """
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            conditions: list[str] = [alive(seq, "r")]
            values: list[Any] = []
            if person is not None:
                conditions.append("contains(lower(r.person), lower(?))")
                values.append(person)
            if actor is not None:
                ids = self._resolve(connection, actor)
                conditions.append(f"r.actor IN ({marks(ids)})")
                values += ids
            having = ""
            if on is not None:
                span = window(on, on)
                having = "HAVING min(r.observed) <= ? AND max(r.observed) >= ?"
                values += [span.until, span.since]
            cursor = connection.execute(
                f"""
                SELECT r.person, r.office, coalesce(a.label, r.actor) AS actor, r.code, min(r.observed) AS first,
                       max(r.observed) AS last, count(DISTINCT r.article) AS articles
                FROM role r LEFT JOIN actor a ON a.id = r.actor WHERE {" AND ".join(conditions)}
                GROUP BY r.person, r.office, a.label, r.actor, r.code {having}
                ORDER BY r.person, first, r.office, r.actor
                """,
                values,
            )
            return Table([d[0] for d in cursor.description or ()], cursor.fetchall())

    def resolve(self, names: Actors) -> list[str]:
        """Actor ids for ids, codes, labels or aliases, without case.

        Raises:
            QueryError: a name fits no actor of the graph, or several; suggests what was meant.
        """
        with self.read() as connection:
            return self._resolve(connection, names)

    def codes(self, ids: Iterable[str]) -> dict[str, str]:
        """The codes by which events show actors, by id; an actor without a record goes by its id."""
        wanted = set(ids)
        with self.read() as connection:
            known = with_id(connection, wanted)
        return {key: known.get(key, (None, None))[0] or key for key in wanted}

    def _resolve(
        self,
        connection: duckdb.DuckDBPyConnection,
        names: Actors,
        known: Collection[str] = (),
        span: Window = Window(),  # noqa: B008 - frozen
    ) -> list[str]:
        """The ids of actors; a group stands for all that belonged to it on any day of ``span``."""
        wanted = [names] if isinstance(names, (str, Actor)) else list(names)
        out: dict[str, None] = {}
        for name in wanted:
            if isinstance(name, Actor):
                out[name.id] = None
            elif name in known:
                out[name] = None
            elif (group := group_name(name)) is not None and self.resolver is None:
                out.update(dict.fromkeys(members_in(group, span)))
            elif self.resolver is not None:
                found = self.resolver(name)
                out.update(dict.fromkeys([found] if isinstance(found, str) else found))
            else:
                out[lookup_actor(connection, name)] = None
        if not out:
            raise QueryError("an empty list of actors was given; leave the filter out for all actors")
        return list(out)

    def actor_conditions(
        self,
        connection: duckdb.DuckDBPyConnection,
        where: Conditions,
        source: Actors | None = None,
        target: Actors | None = None,
        actor: Actors | None = None,
        between: tuple[Actors, Actors] | None = None,
        among: Actors | None = None,
        level: str = "actor",
        seq: int | None = None,
    ) -> Known:
        """Add to ``where`` that the given actors take part; see :meth:`events`. Returns those given by id."""
        source, target, actor, among = (_listed(names) for names in (source, target, actor, among))
        between = (_listed(between[0]), _listed(between[1])) if between is not None else None
        asked = [names for names in (source, target, actor, *(between or ()), among) if names is not None]
        grouped = self.resolver is None and not all(map(is_plain, asked))
        if among is not None or (asked and level != "actor") or grouped:

            def chosen(names: Actors) -> Parties:
                wanted = [names] if isinstance(names, (str, Actor)) else list(names)
                return choose(connection, wanted, lambda name: self._resolve(connection, name), level, seq, grouped)

            pair = (chosen(between[0]), chosen(between[1])) if between is not None else None
            sides = [None if names is None else chosen(names) for names in (source, target, actor, among)]
            take_part(where, sides[0], sides[1], sides[2], sides[3], pair, level, seq)
            return {}
        given = [names for names in (source, target, actor, *(between or ())) if names is not None]
        texts = [names for names in given if isinstance(names, str)]
        known = with_id(connection, texts) if self.resolver is None else {}
        sources = self._resolve(connection, source, known) if source is not None else None
        targets = self._resolve(connection, target, known) if target is not None else None
        check_sides(connection, [*(sources or ()), *(targets or ())])
        where.directed(sources, targets)
        if actor is not None:
            ids = self._resolve(connection, actor, known)
            check_sides(connection, ids)
            where.add(f"(e.source IN ({marks(ids)}) OR e.target IN ({marks(ids)}))", *ids, *ids)
        if between is not None:
            a, b = (self._resolve(connection, side, known) for side in between)
            check_sides(connection, [*a, *b])
            where.between(a, b)
        return known

    def _current_id(
        self, connection: duckdb.DuckDBPyConnection, event_id: str, seq: int | None, withdrawn: bool = False
    ) -> str:
        """The id under which an event is known at ``seq``; follows former ids, and takes ``event:1f0c…`` too."""
        event_id = without_prefix("event", event_id)
        asked, seen = event_id, set()
        while event_id not in seen:
            seen.add(event_id)
            if one(connection, f"SELECT 1 FROM event WHERE id = ? AND {alive(seq)}", [event_id]):
                return event_id
            limit = "" if seq is None else f"AND recorded <= {seq}"
            row = one(
                connection,
                f"SELECT event FROM event_alias WHERE former = ? {limit} ORDER BY recorded DESC LIMIT 1",
                [event_id],
            )
            if row:
                event_id = row[0]
        if one(connection, "SELECT 1 FROM event WHERE id = ?", [asked]):
            if withdrawn:
                return event_id
            when = "now" if seq is None else "at that time"
            raise QueryError(f"event {asked!r} is not in the graph {when}; `kg history {asked}` tells since when")
        near = connection.execute(
            "SELECT DISTINCT id FROM event WHERE starts_with(id, ?) LIMIT 3", [asked[:4]]
        ).fetchall()
        hint = f"; did you mean {', '.join(row[0] for row in near)}?" if near and len(asked) >= 4 else ""
        raise QueryError(f"no event has ever had the id {asked!r}{hint}")


_A = TypeVar("_A", bound="Actors | None")


def _listed(names: _A) -> _A:
    """The same actors, so that they can be looked at more than once."""
    return names if names is None or isinstance(names, (str, Actor)) else list(names)  # type: ignore[return-value]


_HISTORY = (
    "source", "target", "category", "mode", "status", "begin_day", "end_day", "precision", "mentions", "articles",
    "publishers", "confidence",
)  # fmt: skip


def select_events(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    values: Sequence[Any],
    order: str,
    limit: int | None,
    known: Known | None = None,
    columns: Sequence[str] | None = None,
) -> EventList:
    """Events with codes and labels of their actors; those ``known`` need not be looked up.

    ``columns`` are those of the Arrow table that are wanted, None for all.
    """
    cut = f" LIMIT {int(limit)}" if limit is not None else ""
    named = columns is None or not set(columns) <= set(EVENT_COLUMNS)
    read = [name for name in EVENT_COLUMNS if columns is None or name in columns or (named and name in _SIDES)]
    # What a query costs is mostly its plan, and that grows with its columns.
    found = connection.sql(
        f"SELECT {', '.join('e.' + name for name in read)} FROM event e WHERE {where} ORDER BY {order}{cut}",
        params=list(values),
    ).to_arrow_table()
    if named:
        found = _named(connection, found, known or {})
    return EventList(found if columns is None else found.select(columns))


_SIDES = ("source", "target")


_FEW = 100
"""Actors up to which each is looked up by its id; of more it is faster to read them all."""


def _named(connection: duckdb.DuckDBPyConnection, events: pa.Table, known: Known) -> pa.Table:
    """The same events with code and label of source and target, or the id where there is none.

    Two joins would take longer to plan than most questions take to answer.
    """
    import pyarrow.compute as pc

    sides = [events.column(side) for side in _SIDES]
    ids = {key for side in sides for key in pc.unique(side).to_pylist() if key is not None}
    names = dict(known)
    missing = sorted(ids - names.keys())
    if len(missing) <= _FEW:
        names |= with_id(connection, missing)
    else:
        names |= {key: (code, label) for key, code, label in connection.execute(_NAMES).fetchall()}
    keys = sorted(ids)
    places = [pc.index_in(side, _strings(keys)) for side in sides]
    for position, name in enumerate(("code", "label")):
        told = [(key, names.get(key, (None, None))[position]) for key in keys]
        values = _strings([key if value is None else value for key, value in told])
        for side, place in zip(_SIDES, places, strict=True):
            events = events.append_column(f"{side}_{name}", pc.take(values, place))
    return events


def _strings(values: Sequence[str]) -> pa.Array:
    """A column of text. ``pyarrow.array`` would import pandas where it is installed, longer than a question takes."""
    import pyarrow as pa

    parts = [value.encode() for value in values]
    ends = array("i", accumulate(map(len, parts), initial=0))
    return pa.StringArray.from_buffers(len(parts), pa.py_buffer(ends), pa.py_buffer(b"".join(parts)))


_NAMES = "SELECT id, code, label FROM actor"
