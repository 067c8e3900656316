"""The SQL of consolidation: which mentions are one event. See :mod:`kg.graph.consolidate` for the rules.

Each step is one ``SELECT`` that reads the steps before it. The same text runs in DuckDB and in Spark SQL: it keeps to
what both understand in the same way. A few functions have another name or another notation in one of the two;
:data:`DUCKDB` and :data:`SPARK` define them there before the first step. Nothing is said in the text of a step that one
engine would read differently: columns are listed instead of ``* REPLACE``, days are compared by adding to a date, and
what an order or a choice depends on is never null.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

from collections.abc import Iterable

from kg.graph.reach import APART, FULFILLING
from kg.graph.reading import READING
from kg.graph.schema import PRECISIONS
from kg.ontology import SYMMETRIC, ontology

__all__ = ["DUCKDB", "SPARK", "STEPS", "scores"]

_DATES_APART = APART
_FOREVER = "DATE '9999-12-31'"


DUCKDB = (
    # All factors multiplied, from the smallest to the largest, so that rounding never depends on the order of rows.
    "product_of(factors) AS list_reduce(list_sort(CAST(factors AS DOUBLE[])), lambda x, y: x * y)",
    # Of some days the first one, the first that is over `apart` days later, and so on.
    """
    first_days(days, apart) AS list_reduce(
        list_transform(list_sort(CAST(days AS DATE[])), lambda d: [d]),
        lambda taken, d: CASE WHEN d[1] > taken[-1] + apart THEN list_concat(taken, d) ELSE taken END)
    """,
    "ordered(rank, b, e, id) AS row(rank, b, e, id)",
    "explode(days) AS unnest(CAST(days AS DATE[]))",
)
"""What the steps use and DuckDB lacks, as macros."""

SPARK = (
    "product_of(factors ARRAY<DOUBLE>) RETURNS DOUBLE RETURN reduce(array_sort(factors), 1d, (x, y) -> x * y)",
    """
    first_days(days ARRAY<DATE>, apart INT) RETURNS ARRAY<DATE> RETURN reduce(
        array_sort(days), CAST(array() AS ARRAY<DATE>), (taken, d) ->
        CASE WHEN size(taken) = 0 OR d > element_at(taken, -1) + apart THEN array_append(taken, d) ELSE taken END)
    """,
    """
    ordered(rank INT, b DATE, e DATE, id STRING) RETURNS STRUCT<rank INT, b DATE, e DATE, id STRING>
    RETURN struct(rank, b, e, id)
    """,
    "sha256(text STRING) RETURNS STRING RETURN sha2(text, 256)",
    "datesub(part STRING, begun DATE, ended DATE) RETURNS INT RETURN datediff(ended, begun)",
    "array_length(items ARRAY<STRING>) RETURNS INT RETURN size(items)",
)
"""What the steps use and Spark SQL lacks, as SQL functions."""


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


# Columns of a mention that no step changes and that the choice of its event needs; what else it tells comes back by its
# id, so that no step between carries it.
_KEPT = ("id", "category", "status", "kind", "b", "e", "end_day", "precision", "rank")


def _columns(table: str = "") -> str:
    return ", ".join(f"{table}.{name}" if table else name for name in _KEPT)


_PRINCIPALS = "k.dyad, k.src, k.tgt, k.mutual"

# Where a side without a sector looks for the only one that there is: the stated span, or what stands for it.
_SPOTTED = f"""
    SELECT {_columns("k")}, {_PRINCIPALS}, k.s_sec, k.t_sec, i.island,
           CASE kind WHEN 'text' THEN k.b ELSE {_FOREVER} END AS since,
           CASE kind WHEN 'text' THEN k.e ELSE {_FOREVER} END AS until,
           CASE kind WHEN 'text' THEN '' WHEN 'none' THEN concat('none/', k.story)
                     ELSE CAST(i.island AS STRING) END AS spot
    FROM directed k LEFT JOIN islands i ON i.id = k.id
"""

_DISTANCE = "greatest(datesub('day', coalesce(e.end_day, e.begin_day), p.b), datesub('day', p.e, e.begin_day), 0)"


_RANK = "CASE precision " + " ".join(f"WHEN '{p}' THEN {i}" for i, p in enumerate(PRECISIONS)) + " END"

STEPS: dict[str, str] = {
    # The touched readings.
    "touched_only": f"""
        SELECT r.*, (r.mutual AND r.tgt <> '') AS two_way, (r.mutual AND r.tgt <> '' AND r.tgt < r.src) AS swap
        FROM ({READING}) r WHERE r.id IN (SELECT mention FROM touched)
    """,
    # Stories of the articles that a correction says a mention belongs to.
    "elsewhere": """
        SELECT a.id, coalesce(a.cluster, c.grp, a.id) AS story
        FROM article a LEFT JOIN copy c ON c.article = a.id
        WHERE a.retracted IS NULL AND a.id IN (SELECT told_by FROM touched_only WHERE told_by <> article)
    """,
    # The same with mutual pairs sorted. Empty strings stand for what is missing, so that equality is plain.
    "told": f"""
        SELECT r.id, r.article,
               CASE WHEN swap THEN tgt ELSE src END AS src, CASE WHEN swap THEN src ELSE tgt END AS tgt,
               CASE WHEN swap THEN t_sec ELSE s_sec END AS s_sec, CASE WHEN swap THEN s_sec ELSE t_sec END AS t_sec,
               two_way AS mutual, category, mode, contexts, status,
               CASE WHEN begin_day IS NULL THEN 'none' WHEN time_origin = 'published' THEN 'published' ELSE 'text' END
                   AS kind,
               begin_day AS b, CASE WHEN begin_day IS NOT NULL THEN coalesce(end_day, {_FOREVER}) END AS e,
               end_day, precision, {_RANK} AS rank, lower(expression) AS expression, confidence, r.grp,
               r.corrections, a.published,
               coalesce(a.publisher, regexp_extract(a.url, '^[a-z]+://([^/]+)', 1), '') AS publisher,
               coalesce(a.cluster, '') AS cluster, coalesce(c.grp, a.id) AS copies,
               c.grp IS NOT NULL AS copied,
               CASE WHEN r.told_by = r.article THEN coalesce(a.cluster, c.grp, a.id)
                    ELSE o.story END AS story
        FROM touched_only r
        JOIN article a ON a.id = r.article AND a.retracted IS NULL
        LEFT JOIN copy c ON c.article = r.article
        LEFT JOIN elsewhere o ON o.id = r.told_by AND r.told_by <> r.article
    """,
    # The only direction that a pair has in a symmetric category on one day.
    "direction": f"""
        SELECT least(src, tgt) AS lo, greatest(src, tgt) AS hi, category, status, b, min(src) AS src, min(tgt) AS tgt
        FROM told
        WHERE category IN ({_quoted(sorted(SYMMETRIC))}) AND NOT mutual AND tgt <> '' AND b = e
              AND (mode IS NULL OR mode = 'visit')
        GROUP BY ALL HAVING min(src) = max(src)
    """,
    # `dyad` is all of the key that two mentions of one event must agree in, but for the sectors.
    "directed": f"""
        SELECT *, concat_ws(chr(31), src, tgt, CASE WHEN mutual THEN 'mutual' ELSE '' END, category, status) AS dyad
        FROM (SELECT {_columns("t")}, CASE WHEN t.kind = 'none' THEN t.story END AS story,
                     coalesce(d.src, t.src) AS src, coalesce(d.tgt, t.tgt) AS tgt,
                     CASE WHEN d.src = t.tgt THEN t.t_sec ELSE t.s_sec END AS s_sec,
                     CASE WHEN d.src = t.tgt THEN t.s_sec ELSE t.t_sec END AS t_sec,
                     t.mutual AND d.src IS NULL AS mutual
              FROM told t
              LEFT JOIN direction d ON t.mutual AND t.src = d.lo AND t.tgt = d.hi AND t.category = d.category
                   AND t.status = d.status AND t.b = d.b AND t.e = d.b)
    """,
    # Publication days at most three days apart are one island: the span on which sectors are shared.
    "islands": f"""
        SELECT id, sum(gap) OVER (PARTITION BY dyad ORDER BY b, id) AS island
        FROM (
            SELECT id, dyad, b, CASE WHEN b <= {_DATES_APART} + lag(b) OVER (PARTITION BY dyad ORDER BY b, id)
                   THEN 0 ELSE 1 END AS gap
            FROM directed WHERE kind = 'published')
    """,
    "sectors": f"""
        SELECT dyad, since, until, spot, min(nullif(s_sec, '')) AS s_low, max(nullif(s_sec, '')) AS s_high,
               min(nullif(t_sec, '')) AS t_low, max(nullif(t_sec, '')) AS t_high
        FROM ({_SPOTTED}) WHERE s_sec <> '' OR t_sec <> '' GROUP BY dyad, since, until, spot
    """,
    "keyed": f"""
        SELECT {_columns("k")}, {_PRINCIPALS}, k.island, k.spot,
               CASE WHEN s_sec = '' AND s_low = s_high THEN s_low ELSE s_sec END AS s_sec,
               CASE WHEN t_sec = '' AND t_low = t_high THEN t_low ELSE t_sec END AS t_sec
        FROM ({_SPOTTED}) k LEFT JOIN sectors USING (dyad, since, until, spot)
    """,
    # Rule 1: one node for each key and span.
    "node": """
        SELECT DISTINCT dyad, s_sec, t_sec, b, e FROM keyed WHERE kind = 'text'
    """,
    # Rule 3: days that the same story tells of as the day before.
    "adjacent": """
        SELECT DISTINCT n.dyad, n.s_sec, n.t_sec, n.b
        FROM (SELECT n.dyad, n.s_sec, n.t_sec, n.b, n.b - 1 AS before FROM node n
              JOIN node p ON p.dyad = n.dyad AND p.s_sec = n.s_sec AND p.t_sec = n.t_sec AND p.b = n.b - 1
              WHERE n.b = n.e AND p.b = p.e) d
        JOIN keyed n ON n.dyad = d.dyad AND n.s_sec = d.s_sec AND n.t_sec = d.t_sec AND n.b = d.b
        JOIN keyed p ON p.dyad = d.dyad AND p.s_sec = d.s_sec AND p.t_sec = d.t_sec AND p.b = d.before
        JOIN told x ON x.id = n.id
        JOIN told y ON y.id = p.id
        WHERE n.kind = 'text' AND p.kind = 'text' AND n.b = n.e AND p.b = p.e
              AND (x.cluster = y.cluster AND x.cluster <> ''
                   OR x.copies = y.copies AND x.expression = y.expression)
    """,
    # The days that are not alone.
    "run": """
        SELECT dyad, s_sec, t_sec, b, sum(breaks) OVER (PARTITION BY dyad, s_sec, t_sec ORDER BY b) AS run
        FROM (
            SELECT n.dyad, n.s_sec, n.t_sec, n.b, CASE WHEN a.b IS NULL THEN 1 ELSE 0 END AS breaks
            FROM (SELECT * FROM adjacent UNION SELECT dyad, s_sec, t_sec, b - 1 FROM adjacent) n
            LEFT JOIN adjacent a ON a.dyad = n.dyad AND a.s_sec = n.s_sec AND a.t_sec = n.t_sec AND a.b = n.b)
    """,
    # Every node with the bounds of the group that it is in after rule 3.
    "grouped": """
        SELECT dyad, s_sec, t_sec, b, b AS e, true AS day,
               min(b) OVER days AS first, max(b) OVER days AS last
        FROM (SELECT *, place - place % 3 AS part
              FROM (SELECT *, row_number() OVER (PARTITION BY dyad, s_sec, t_sec, run ORDER BY b) - 1 AS place
                    FROM run))
        WINDOW days AS (PARTITION BY dyad, s_sec, t_sec, run, part)
        UNION ALL
        SELECT n.dyad, n.s_sec, n.t_sec, n.b, n.e, n.b = n.e, n.b, n.e
        FROM node n ANTI JOIN run r
             ON n.b = n.e AND r.dyad = n.dyad AND r.s_sec = n.s_sec AND r.t_sec = n.t_sec AND r.b = n.b
    """,
    # Rule 2: groups inside a vaguer span. A group that holds none is a leaf; only leaves count.
    "inside": f"""
        SELECT v.dyad, v.s_sec, v.t_sec, v.b, v.e, f.s_sec AS f_s_sec, f.t_sec AS f_t_sec, f.day, f.first, f.last
        FROM (SELECT * FROM grouped WHERE b <> e AND e < {_FOREVER}) v
        JOIN (SELECT DISTINCT dyad, s_sec, t_sec, day, first, last FROM grouped) f USING (dyad)
        WHERE f.first >= v.b AND f.last <= v.e AND (f.day OR f.first > v.b OR f.last < v.e)
              AND (f.s_sec = v.s_sec OR f.s_sec = '' OR v.s_sec = '')
              AND (f.t_sec = v.t_sec OR f.t_sec = '' OR v.t_sec = '')
    """,
    "only_leaf": """
        SELECT i.dyad, i.s_sec, i.t_sec, i.b, i.e,
               min(i.f_s_sec) AS f_s_sec, min(i.f_t_sec) AS f_t_sec, bool_and(i.day) AS day,
               min(i.first) AS first, min(i.last) AS last
        FROM inside i
        ANTI JOIN inside deeper ON NOT i.day AND deeper.dyad = i.dyad AND deeper.s_sec = i.f_s_sec
             AND deeper.t_sec = i.f_t_sec AND deeper.b = i.first AND deeper.e = i.last
        GROUP BY ALL HAVING count(*) = 1
    """,
    # Where each stated node ends up: key sectors and first and last day of its event.
    "placed": """
        SELECT g.dyad, g.s_sec, g.t_sec, g.b, g.e,
               coalesce(l.f_s_sec, g.s_sec) AS to_s_sec, coalesce(l.f_t_sec, g.t_sec) AS to_t_sec,
               coalesce(l.first, g.first) AS first, coalesce(l.last, g.last) AS last,
               CASE WHEN coalesce(l.day, g.day) THEN 'day' ELSE 'span' END AS place
        FROM grouped g LEFT JOIN only_leaf l
             ON l.dyad = g.dyad AND l.s_sec = g.s_sec AND l.t_sec = g.t_sec AND l.b = g.b AND l.e = g.e
    """,
    # Rule 4: the latest stated event, of at most a week, of the three days before publication.
    "joined": f"""
        SELECT dyad, s_sec, t_sec, b, to_s_sec, to_t_sec, place, first, last
        FROM (
            SELECT p.*, g.to_s_sec, g.to_t_sec, g.place, g.first, g.last, row_number() OVER (
                       PARTITION BY p.dyad, p.s_sec, p.t_sec, p.b
                       ORDER BY g.first DESC, g.last, (g.to_s_sec = p.s_sec) DESC, (g.to_t_sec = p.t_sec) DESC,
                                g.to_s_sec, g.to_t_sec, g.place) AS choice
            FROM (SELECT DISTINCT dyad, s_sec, t_sec, b FROM keyed WHERE kind = 'published') p
            JOIN (SELECT DISTINCT dyad, to_s_sec, to_t_sec, first, last, place
                  FROM placed WHERE last <= first + 6) g USING (dyad)
            WHERE g.first <= p.b AND g.last >= p.b - {_DATES_APART}
                  AND (g.to_s_sec = p.s_sec OR g.to_s_sec = '' OR p.s_sec = '')
                  AND (g.to_t_sec = p.t_sec OR g.to_t_sec = '' OR p.t_sec = ''))
        WHERE choice = 1
    """,
    # The others: the first day makes an event, takes the three days that follow, and so on with what is left.
    "anchor": f"""
        SELECT dyad, s_sec, t_sec, explode(firsts) AS first
        FROM (
            SELECT dyad, s_sec, t_sec, first_days(array_agg(DISTINCT b), {_DATES_APART}) AS firsts
            FROM keyed ANTI JOIN joined USING (dyad, s_sec, t_sec, b)
            WHERE kind = 'published'
            GROUP BY dyad, s_sec, t_sec, island)
    """,
    "waiting": f"""
        SELECT DISTINCT k.dyad, k.s_sec, k.t_sec, k.b, a.first
        FROM keyed k JOIN anchor a USING (dyad, s_sec, t_sec)
        WHERE k.kind = 'published' AND a.first BETWEEN k.b - {_DATES_APART} AND k.b
    """,
    # Every mention with its place: the event that it tells of.
    "assigned": f"""
        SELECT k.id, k.rank, k.b, k.e, k.dyad, p.to_s_sec, p.to_t_sec, p.place, p.first, p.last
        FROM keyed k JOIN placed p USING (dyad, s_sec, t_sec, b, e)
        WHERE k.kind = 'text'
        UNION ALL
        SELECT k.id, k.rank, k.b, k.e, k.dyad, j.to_s_sec, j.to_t_sec, j.place, j.first, j.last
        FROM keyed k JOIN joined j USING (dyad, s_sec, t_sec, b)
        WHERE k.kind = 'published'
        UNION ALL
        SELECT k.id, k.rank, k.b, k.e, k.dyad, k.s_sec, k.t_sec, 'published', w.first, w.first
        FROM keyed k ANTI JOIN joined j USING (dyad, s_sec, t_sec, b)
        JOIN waiting w USING (dyad, s_sec, t_sec, b)
        WHERE k.kind = 'published'
        UNION ALL
        SELECT k.id, k.rank, k.b, k.e, k.dyad, k.s_sec, k.t_sec, k.spot, {_FOREVER}, {_FOREVER}
        FROM keyed k WHERE k.kind = 'none'
    """,
    "canonical": """
        SELECT c.dyad, k.src, k.tgt, k.mutual, k.category, k.status, c.to_s_sec, c.to_t_sec, c.place, c.first, c.last,
               k.b, k.end_day, k.precision, k.kind,
               substr(sha256(concat_ws(chr(31), 'event', c.dyad, c.to_s_sec, c.to_t_sec,
                   coalesce(CAST(k.b AS STRING), ''), coalesce(CAST(k.end_day AS STRING), ''),
                   CASE WHEN k.kind = 'none' THEN c.place ELSE '' END)), 1, 16) AS event
        FROM (SELECT dyad, to_s_sec, to_t_sec, place, first, last, min_by(id, ordered(rank, b, e, id)) AS id
              FROM assigned GROUP BY dyad, to_s_sec, to_t_sec, place, first, last) c
        JOIN keyed k ON k.id = c.id
    """,
    "new_mention": """
        SELECT a.event, t.id AS mention, t.article, t.mode, t.contexts, t.confidence, t.grp, t.published, t.publisher,
               t.copies, t.copied, t.corrections
        FROM (SELECT a.id, c.event FROM assigned a
              JOIN canonical c USING (dyad, to_s_sec, to_t_sec, place, first, last)) a
        JOIN told t ON t.id = a.id
    """,
    # Copies count once for each publisher: the first of them stands for all.
    "counted": """
        SELECT event, article, publisher, mode, confidence FROM new_mention WHERE NOT copied
        UNION ALL
        SELECT event, article, publisher, mode, confidence FROM (
            SELECT *, dense_rank() OVER (PARTITION BY event, publisher, copies ORDER BY published, article) AS copy
            FROM new_mention WHERE copied)
        WHERE copy = 1
    """,
    "event_count": """
        SELECT event, CAST(sum(mentions) AS INTEGER) AS mentions, CAST(sum(articles) AS INTEGER) AS articles,
               CAST(count(*) AS INTEGER) AS publishers
        FROM (SELECT event, publisher, sum(mentions) AS mentions, count(*) AS articles
              FROM (SELECT event, publisher, article, count(*) AS mentions FROM counted
                    GROUP BY event, publisher, article)
              GROUP BY event, publisher)
        GROUP BY event
    """,
    "event_mode": """
        SELECT m.event, m.mode, s.score
        FROM (SELECT event, mode, row_number() OVER (
                         PARTITION BY event ORDER BY count(DISTINCT article) DESC, max(confidence) DESC, mode) AS place
              FROM counted WHERE mode IS NOT NULL GROUP BY event, mode) m
        JOIN canonical c ON c.event = m.event
        LEFT JOIN score s ON s.category = c.category AND s.mode = m.mode
        WHERE m.place = 1
    """,
    "event_confidence": """
        SELECT event, floor((1 - product_of(array_agg(doubt))) * 1e6 + 0.5e0) / 1e6 AS confidence
        FROM (SELECT event, publisher, 1 - max(confidence) AS doubt FROM new_mention GROUP BY event, publisher)
        GROUP BY event
    """,
    "event_report": """
        SELECT event, min(published) AS first_reported, max(published) AS last_reported, min(grp) AS grp,
               array_sort(array_distinct(flatten(array_agg(contexts)))) AS contexts,
               CAST(array_length(array_distinct(flatten(array_agg(corrections)))) AS INTEGER) AS corrections
        FROM new_mention GROUP BY event
    """,
    "base_event": """
        SELECT c.event AS id, c.src AS source, nullif(c.tgt, '') AS target,
               nullif(c.to_s_sec, '') AS source_sector, nullif(c.to_t_sec, '') AS target_sector,
               c.mutual, c.category, m.mode, w.contexts, c.b AS begin_day, c.end_day,
               c.precision, CASE WHEN c.kind = 'published' THEN 'published' ELSE 'text' END AS time_origin, c.status,
               coalesce(m.score, r.score) AS score,
               k.mentions, k.articles, k.publishers, w.first_reported, w.last_reported, f.confidence, w.grp,
               w.corrections
        FROM canonical c
        JOIN event_count k ON k.event = c.event
        JOIN event_report w ON w.event = c.event
        JOIN event_confidence f ON f.event = c.event
        LEFT JOIN event_mode m ON m.event = c.event
        JOIN score r ON r.category = c.category AND r.mode = ''
    """,
    # A plan is an agreement on something to come, with a stated date of at most a month.
    "plan": """
        SELECT id, least(source, target) AS lo, greatest(source, target) AS hi, begin_day AS b,
               coalesce(end_day, begin_day) AS e, first_reported
        FROM base_event
        WHERE category = 'AGREE' AND status = 'future' AND target IS NOT NULL AND time_origin = 'text'
              AND begin_day IS NOT NULL AND coalesce(end_day, begin_day) <= begin_day + 31
    """,
    # The nearest plan of each act, and of the acts of one plan the nearest.
    "fulfilled": f"""
        SELECT id, plan FROM (
            SELECT *, row_number() OVER (PARTITION BY plan ORDER BY distance, begin_day, id) AS turn FROM (
                SELECT e.id, p.id AS plan, e.begin_day,
                       {_DISTANCE} AS distance,
                       row_number() OVER (PARTITION BY e.id ORDER BY
                           {_DISTANCE}, p.b, p.id) AS choice
                FROM base_event e JOIN plan p
                     ON p.lo = least(e.source, e.target) AND p.hi = greatest(e.source, e.target)
                WHERE e.status = 'actual' AND e.category IN ({_quoted(FULFILLING)}) AND e.begin_day IS NOT NULL
                      AND e.target IS NOT NULL
                      AND coalesce(e.end_day, e.begin_day) <= e.begin_day + 31
                      AND e.begin_day <= p.e + {_DATES_APART}
                      AND coalesce(e.end_day, e.begin_day) >= p.b - {_DATES_APART}
                      AND p.first_reported <= e.last_reported)
            WHERE choice = 1)
        WHERE turn = 1
    """,
    # A refusal to meet calls off the next plan that was known by then.
    "cancelled": f"""
        SELECT id, plan FROM (
            SELECT e.id, p.id AS plan, row_number() OVER (PARTITION BY e.id ORDER BY
                       abs(datesub('day', e.begin_day, p.b)), p.b, p.id) AS choice
            FROM base_event e JOIN plan p ON p.lo = least(e.source, e.target) AND p.hi = greatest(e.source, e.target)
            WHERE e.status = 'actual' AND e.category = 'REJECT' AND e.mode = 'meet' AND e.begin_day IS NOT NULL
                  AND e.target IS NOT NULL
                  AND p.e >= e.begin_day - {_DATES_APART} AND p.b <= e.begin_day + 366
                  AND p.first_reported <= e.last_reported)
        WHERE choice = 1
    """,
    "new_event": """
        SELECT b.*, f.plan AS fulfils, c.plan AS cancels
        FROM base_event b LEFT JOIN fulfilled f ON f.id = b.id LEFT JOIN cancelled c ON c.id = b.id
    """,
}
"""Name of each step and its query. ``score`` is there before, and ``touched``: ids of mentions, as
:func:`kg.graph.reach.spread` collects them or simply all."""


def scores() -> str:
    """The query that makes ``score``: the score of each category, and of its modes."""
    rows = ", ".join(
        f"('{name}', '{mode}', CAST({score} AS DOUBLE))"
        for name, category in ontology().categories.items()
        for mode, score in [("", category.score), *category.modes.items()]
    )
    return f"SELECT * FROM (VALUES {rows}) s (category, mode, score)"
