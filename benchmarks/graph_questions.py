"""The questions that the graph is measured by: how the API is asked, and DuckDB's own fastest SQL for the same.

The SQL gives the same columns in the same order and is as plain as it can be: it knows the ids, so it looks up no
names, checks no schema, fills no gaps and makes no objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph_data import actor_id

from kg.graph.consolidate import EVENT_COLUMNS
from kg.ontology import ontology

A, B = actor_id(0), actor_id(1)
YEAR, MONTH = "2018", "2018-06"


@dataclass(frozen=True)
class Question:
    name: str
    ask: Callable[[Any, str], Any]
    code: str
    sql: str


def _quads() -> str:
    names = {q: [repr(n) for n, c in ontology().categories.items() if c.quad == q] for q in (1, 2, 3, 4)}
    return ", ".join(f"count(*) FILTER (WHERE mine AND category IN ({', '.join(v)}))" for v in names.values())


PAIR = f"(source = '{A}' AND target = '{B}' OR source = '{B}' AND target = '{A}')"

QUESTIONS = [
    Question(
        "pair in a window",
        lambda g, event: g.events(between=(A, B), since=YEAR, until=YEAR).to_arrow(),
        f"g.events(between=('{A}', '{B}'), since='{YEAR}', until='{YEAR}').to_arrow()",
        f"""
        SELECT {", ".join("e." + name for name in EVENT_COLUMNS)}, s.code, t.code, s.label, t.label
        FROM event e LEFT JOIN actor s ON s.id = e.source LEFT JOIN actor t ON t.id = e.target
        WHERE e.retracted IS NULL AND {PAIR} AND begin_day <= DATE '{YEAR}-12-31'
              AND (end_day IS NULL OR end_day >= DATE '{YEAR}-01-01')
        ORDER BY begin_day, e.id
        """,
    ),
    Question(
        "months of a busy pair",
        lambda g, event: g.timeline(A, B, every="month"),
        f"g.timeline('{A}', '{B}', every='month')",
        f"""
        SELECT month, count(*) FILTER (WHERE mine) AS events, round(avg(score) FILTER (WHERE mine), 4), {_quads()},
               round(count(*) FILTER (WHERE mine) / count(*), 4)
        FROM (SELECT date_trunc('month', begin_day) AS month, score, category, {PAIR} AS mine FROM event
              WHERE retracted IS NULL AND status = 'actual' AND begin_day IS NOT NULL
                    AND precision IN ('day', 'days', 'about', 'unknown', 'week', 'month'))
        GROUP BY month ORDER BY month
        """,
    ),
    Question(
        "top pairs of a year",
        lambda g, event: g.dyads(since=YEAR, until=YEAR, limit=20),
        f"g.dyads(since='{YEAR}', until='{YEAR}', limit=20)",
        f"""
        SELECT x.code, y.code, events, score, first, last
        FROM (SELECT least(source, target) AS a, greatest(source, target) AS b, count(*) AS events,
                     round(avg(score), 4) AS score, min(begin_day) AS first, max(begin_day) AS last
              FROM event WHERE retracted IS NULL AND status = 'actual' AND source <> target
                    AND begin_day <= DATE '{YEAR}-12-31' AND (end_day IS NULL OR end_day >= DATE '{YEAR}-01-01')
              GROUP BY a, b ORDER BY events DESC, a, b LIMIT 20)
        JOIN actor x ON x.id = a JOIN actor y ON y.id = b ORDER BY events DESC, a, b
        """,
    ),
    Question(
        "network of a month",
        lambda g, event: g.snapshot(MONTH),
        f"g.snapshot('{MONTH}')",
        f"""
        WITH told AS (
            SELECT source AS a, coalesce(target, source) AS b, mutual, score, begin_day, category,
                   target IS NULL AS alone
            FROM event WHERE retracted IS NULL AND status = 'actual' AND begin_day <= DATE '{MONTH}-30'
                  AND (end_day IS NULL OR end_day >= DATE '{MONTH}-01')
        ), kinds AS (
            SELECT a, b, category, count(*) AS events, sum(score) AS score, min(begin_day) AS first,
                   max(begin_day) AS last, bool_and(alone) AS alone
            FROM (SELECT a, b, score, begin_day, category, alone FROM told
                  UNION ALL SELECT b, a, score, begin_day, category, alone FROM told WHERE mutual AND a <> b)
            GROUP BY a, b, category
        )
        SELECT a, b, sum(events), round(sum(score) / sum(events), 4), min(first), max(last), bool_and(alone),
               list((category, events) ORDER BY category)
        FROM kinds GROUP BY a, b ORDER BY a, b
        """,
    ),
    Question(
        "evidence of an event",
        lambda g, event: g.evidence(event),
        "g.evidence('EVENT')",
        """
        SELECT m.id, m.article, a.title, a.publisher, a.url, a.published, m.quote, m.field, m.quote_start, m.quote_end,
               m.trigger_start, m.trigger_end, m.time_start, m.time_end, m.expression, m.source_text, m.target_text,
               m.source_agent, m.target_agent, m.mode, m.status, m.attribution, m.begin_day, m.precision, m.confidence,
               dense_rank() OVER (PARTITION BY coalesce(a.publisher, ''), coalesce(c.grp, a.id)
                                  ORDER BY a.published, a.id) > 1, coalesce(k.corrections, [])
        FROM event_mention l JOIN mention m ON m.id = l.mention AND m.retracted IS NULL
        JOIN article a ON a.id = m.article AND a.retracted IS NULL LEFT JOIN copy c ON c.article = a.id
        LEFT JOIN (SELECT mention, list_sort(list(correction)) AS corrections FROM corrected
                   WHERE retracted IS NULL GROUP BY mention) k ON k.mention = m.id
        WHERE l.event = 'EVENT' AND l.retracted IS NULL
        ORDER BY a.published, a.publisher, m.article, m.quote_start, m.id
        """,
    ),
]

_COLUMNS = ("id", "source", "target", "begin")
_IN_YEAR = f'FILTER (?begin >= "{YEAR}-01-01"^^xsd:date && ?begin <= "{YEAR}-12-31"^^xsd:date)'
PLAIN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "pair in a window": (
        lambda g: g.events(between=(A, B), since=YEAR, until=YEAR, columns=_COLUMNS).to_arrow(),
        f"""
        SELECT ?event ?begin WHERE {{
            {{ ?event kg:source actor:{A} ; kg:target actor:{B} }}
            UNION {{ ?event kg:source actor:{B} ; kg:target actor:{A} }}
            ?event sem:hasBeginTimeStamp ?begin . {_IN_YEAR}
        }} ORDER BY ?begin ?event
        """,
    ),
    "top pairs of a year": (
        lambda g: g.dyads(since=YEAR, until=YEAR, limit=20),
        f"""
        SELECT ?source ?target (COUNT(?event) AS ?events) WHERE {{
            ?event kg:source ?source ; kg:target ?target ; sem:hasBeginTimeStamp ?begin . {_IN_YEAR}
        }} GROUP BY ?source ?target ORDER BY DESC(?events) LIMIT 20
        """,
    ),
}
"""Questions of source, target and begin alone, through the API and in plain SPARQL."""

BY_DYAD = f"""
    SELECT ?event ?category ?begin WHERE {{
        ?event kg:dyadMonth "{A}..{B} {MONTH}" ; kg:category ?category ; sem:hasBeginTimeStamp ?begin .
    }} ORDER BY ?begin ?event
"""
BY_TWO = BY_DYAD.replace(f'kg:dyadMonth "{A}..{B} {MONTH}"', f'kg:dyad dyad:{A}..{B} ; kg:month "{MONTH}"')
"""The same, asked the slow way: by two properties that are looked up apart and joined."""
