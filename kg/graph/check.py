"""Invariants of a graph, and which of them are violated."""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg.graph import amended, past
from kg.graph.consolidate import EVENT_COLUMNS, prepare
from kg.graph.files import one
from kg.graph.rdf import Projection
from kg.graph.rows import mention_from_row, records
from kg.graph.statistics import StatisticsReader
from kg.graph.steps import STEPS
from kg.graph.textless import quote_hash
from kg.graph.window import Day
from kg.ontology import ontology

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

__all__ = ["CheckReader"]

_QUERIES = {
    "event {0} has a mention {1} that is not in the graph": """
        SELECT l.event, l.mention FROM event_mention l
        ANTI JOIN (SELECT id FROM mention WHERE retracted IS NULL) m ON m.id = l.mention WHERE l.retracted IS NULL
    """,
    "mention {0} of article {1} belongs to {2} events, not {3}": """
        SELECT m.id, m.article, count(l.event) AS found, any_value(CASE WHEN c.dropped THEN 0 ELSE 1 END) AS due
        FROM mention m
        LEFT JOIN event_mention l ON l.mention = m.id AND l.retracted IS NULL
        LEFT JOIN amended c ON c.mention = m.id
        WHERE m.retracted IS NULL GROUP BY m.id, m.article HAVING found <> due
    """,
    "mention {0} is of article {1}, which is not in the graph": """
        SELECT m.id, m.article FROM mention m
        ANTI JOIN (SELECT id FROM article WHERE retracted IS NULL) a ON a.id = m.article WHERE m.retracted IS NULL
    """,
    "role of {0} is of article {1}, which is not in the graph": """
        SELECT r.person, r.article FROM role r
        ANTI JOIN (SELECT id FROM article WHERE retracted IS NULL) a ON a.id = r.article WHERE r.retracted IS NULL
    """,
    "mention {0} is corrected {1} times over": """
        SELECT mention, count(*) FROM amended GROUP BY mention HAVING count(*) > 1
    """,
    "event {0} has no mention": """
        SELECT e.id FROM event e ANTI JOIN (SELECT event FROM event_mention WHERE retracted IS NULL) l ON l.event = e.id
        WHERE e.retracted IS NULL
    """,
    "event {0} is in the graph {1} times": """
        SELECT id, count(*) FROM event WHERE retracted IS NULL GROUP BY id HAVING count(*) > 1
    """,
    "article {0} is in the graph {1} times": """
        SELECT id, count(*) FROM article WHERE retracted IS NULL GROUP BY id HAVING count(*) > 1
    """,
    "actor {1} of event {0} has no record": """
        SELECT e.id, e.actor FROM (
            SELECT id, source AS actor FROM event WHERE retracted IS NULL
            UNION ALL SELECT id, target FROM event WHERE retracted IS NULL AND target IS NOT NULL) e
        ANTI JOIN actor a ON a.id = e.actor
    """,
    "event {0} ends ({2}) before it begins ({1})": """
        SELECT id, begin_day, end_day FROM event WHERE retracted IS NULL AND end_day < begin_day
    """,
    "mention {0} ends ({2}) before it begins ({1})": """
        SELECT id, begin_day, end_day FROM mention WHERE retracted IS NULL AND end_day < begin_day
    """,
    "article {0} is dated {1}, which can be no day of publication": """
        SELECT id, published FROM article
        WHERE retracted IS NULL AND NOT coalesce(published BETWEEN DATE '1800-01-01' AND DATE '2199-12-31', false)
    """,
    "ingest {0} is dated {1}, before the one that came before it": """
        SELECT seq, moment FROM (SELECT seq, moment, lag(moment) OVER (ORDER BY seq) AS former FROM ingest)
        WHERE moment < former
    """,
    "role of {0} in article {1} is not in the words of the article": """
        SELECT r.person, r.article FROM role r JOIN article a ON a.id = r.article AND a.retracted IS NULL
        WHERE r.retracted IS NULL AND (r.start_at < 0 OR r.text <> substr(
            CASE r.field WHEN 'title' THEN a.title ELSE a.text END, r.start_at + 1, r.end_at - r.start_at))
    """,
    "event {0} was last reported ({2}) before it was first ({1})": """
        SELECT id, first_reported, last_reported FROM event WHERE retracted IS NULL AND last_reported < first_reported
    """,
    "event {0} has confidence {1} and score {2}, outside 0 to 1 and -10 to 10": """
        SELECT id, confidence, score FROM event
        WHERE retracted IS NULL AND NOT (confidence BETWEEN 0 AND 1 AND score BETWEEN -10 AND 10)
    """,
    "event {0} is linked to {1}, which is not in the graph": """
        SELECT e.id, p.plan FROM event e, LATERAL (SELECT e.fulfils AS plan UNION ALL SELECT e.cancels) p
        ANTI JOIN (SELECT id FROM event WHERE retracted IS NULL) q ON q.id = p.plan
        WHERE e.retracted IS NULL AND p.plan IS NOT NULL
    """,
    "table {0} has a row of ingest {1}, which is not on record": """
        SELECT * FROM (
            SELECT 'article', recorded FROM article UNION SELECT 'article', retracted FROM article
            UNION SELECT 'mention', recorded FROM mention UNION SELECT 'mention', retracted FROM mention
            UNION SELECT 'event', recorded FROM event UNION SELECT 'event', retracted FROM event
            UNION SELECT 'role', recorded FROM role UNION SELECT 'role', retracted FROM role
            UNION SELECT 'correction', recorded FROM correction UNION SELECT 'correction', retracted FROM correction
            UNION SELECT 'corrected', recorded FROM corrected UNION SELECT 'corrected', retracted FROM corrected)
            r (name, seq)
        ANTI JOIN ingest i ON i.seq = r.seq WHERE r.seq IS NOT NULL
    """,
    "mention {0} of article {1} is coded {2}, which the ontology does not know": """
        SELECT id, article, category FROM mention
        WHERE retracted IS NULL AND category NOT IN (SELECT unnest(?))
    """,
}

_OF_ALL_VERSIONS = (
    "mention {0} of article {1} belongs to {2} events, not {3}",
    "event {0} is linked to {1}, which is not in the graph",
)
"""Invariants of the past that erasing articles may break, see :mod:`kg.graph.erase`."""


class CheckReader(StatisticsReader):
    """The part of a graph that examines itself."""

    def check(self, as_of: Day | dt.datetime | None = None) -> list[str]:
        """Violated invariants, one sentence each; an empty list if all is well.

        Every quote stands at its offsets; trigger and time lie in their field; each mention belongs to one event and
        each event has mentions; events are what the present mentions give, ids included; nothing refers to what is not
        there; dates, scores and confidences are within their ranges; the RDF projection says what the tables say.

        ``as_of`` asks the same of the tables as they were at the end of an earlier day. Left out there are the RDF
        projection and the table ``amended``, which know the present only, and, for a day before articles were erased,
        whether mentions and events fit together, because versions of events went with those articles. That each actor
        has a record is asked of the records of all times.

        Raises:
            QueryError: ``as_of`` is no date.
        """
        out: list[str] = []
        with self.read() as connection:
            seq = self.seq(connection, as_of)
            whole = seq is None or not past.erased_since(connection, seq)
            if seq is not None:
                past.show(connection, seq)
                past.group_copies(connection)
            for text, query in _QUERIES.items():
                if text in _OF_ALL_VERSIONS and not whole:
                    continue
                values = [list(ontology().categories)] if "?" in query else []
                out += [text.format(*row) for row in connection.execute(query + " ORDER BY ALL", values).fetchall()]
            out += _offsets(connection)
            out += _corrected(connection)
            if whole:
                out += _recomputed(connection)
        if seq is None:
            out += self._projected()
        return out

    def _projected(self) -> Iterator[str]:
        """What the projection has too much or too little, if anything."""
        import numpy as np
        import pyoxigraph as ox

        projection = Projection(self)
        with projection.opened() as store:
            state = projection.state()
            if state is None:
                return

            def expected() -> Iterator[ox.Quad]:
                for lines in projection.lines(state["seq"]):
                    yield from ox.parse(lines, ox.RdfFormat.N_QUADS)

            due, present = _hashes(expected()), _hashes(store)
            for quads, other, those, what in (
                (expected(), present, due, "lacks {} statements"),
                (store, due, present, "has {} statements too many"),
            ):
                odd = set(np.setdiff1d(those, other, assume_unique=True).tolist())
                if odd:
                    example = min(str(quad) for quad in quads if hash(quad) in odd)
                    yield f"the RDF projection {what.format(len(odd))}, e.g. {example}; run `kg reindex`"


def _hashes(quads: Iterable[Hashable]) -> npt.NDArray[np.int64]:
    """The distinct hashes: a graph has more statements than fit into memory as such."""
    import numpy as np

    return np.unique(np.fromiter(map(hash, quads), dtype=np.int64))


def _offsets(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Mentions whose words do not stand where they say."""
    size = 5000
    cursor = connection.execute(
        """
        SELECT m.*, CASE m.field WHEN 'title' THEN a.title WHEN 'text' THEN a.text END AS words,
               a.text IS NULL AND m.field = 'text' AS textless
        FROM mention m JOIN article a ON a.id = m.article AND a.retracted IS NULL
        WHERE m.retracted IS NULL ORDER BY m.article, m.id
        """
    )
    names = [d[0] for d in cursor.description or ()]
    while rows := cursor.fetchmany(size):
        for row in records(names, rows):
            mention, words = mention_from_row(row), row["words"]
            evidence, name = mention.evidence, f"mention {mention.id} of article {mention.article}"
            if row["textless"]:
                if row["quote_hash"] != quote_hash(evidence.quote) or evidence.end - evidence.start != len(
                    evidence.quote
                ):
                    yield f"{name}: its quote is not the one that its hash and offsets stand for"
                continue
            if words is None or words[evidence.start : evidence.end] != evidence.quote:
                yield f"{name}: its quote is not at its offsets"
                continue
            spans = {"trigger": evidence.trigger, "time": evidence.time}
            spans |= {"source": mention.source.span, "target": mention.target.span if mention.target else None}
            for what, span in spans.items():
                if span is not None and not 0 <= span.start <= span.end <= len(words):
                    yield f"{name}: its {what} is outside the {evidence.field}"


def _corrected(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Mentions that do not read as the corrections in force say."""
    amendments = amended.compute(connection)
    for mention in sorted(amendments.changed):
        yield f"mention {mention} does not read as its corrections say"
    for correction, mention, _ in sorted(amendments.links ^ amendments.stored_links, key=str):
        yield f"correction {correction} is not on record as the tables say for mention {mention}"


def _recomputed(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Events that are not what the mentions give, in memory, without touching the graph."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE touched AS SELECT id AS mention FROM mention WHERE retracted IS NULL"
    )
    prepare(connection)
    columns = ", ".join(EVENT_COLUMNS)
    stored = f"SELECT {columns} FROM event WHERE retracted IS NULL"
    computed = f"SELECT {columns} FROM new_event"
    for first, second, text in (
        (stored, computed, "event {0} is not what its mentions give"),
        (computed, stored, "event {0}, which its mentions give, is not in the graph"),
    ):
        rows = connection.execute(f"SELECT id FROM (({first}) EXCEPT ({second})) ORDER BY id").fetchall()
        yield from (text.format(row[0]) for row in rows)
    pairs = "SELECT event, mention FROM"
    wrong: Any = one(
        connection,
        f"""
        SELECT count(*) FROM (({pairs} event_mention WHERE retracted IS NULL) EXCEPT ({pairs} new_mention)
                    UNION ALL ({pairs} new_mention EXCEPT {pairs} event_mention WHERE retracted IS NULL))
        """,
    )
    if wrong and wrong[0]:
        yield f"{wrong[0]} links of mentions to events are not what the mentions give"
    for name in STEPS:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
