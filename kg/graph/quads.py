"""The tables as RDF: SQL that writes the N-Quads of events, actors, plain edges and articles.

The model is documented in ``kg/resources/vocabulary.ttl`` and ``docs/rdf.md``. Consolidated knowledge has no graph
name; what one article says is in the graph that has the article's IRI.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)
from __future__ import annotations

import functools
from importlib import resources

import yaml

from kg.errors import ResourceError
from kg.graph.store import alive

__all__ = [
    "RDF_VERSION",
    "actor_quads",
    "article_quads",
    "compact",
    "dyad_quads",
    "edge_quads",
    "event_quads",
    "iri",
    "prefixes",
    "without_prefix",
]

RDF_VERSION = 3
"""Changes with the model; a projection of another version is rebuilt."""


@functools.cache
def prefixes() -> dict[str, str]:
    """The shipped prefixes.

    Raises:
        ResourceError: the resource file is missing or malformed.
    """
    try:
        raw = yaml.safe_load(resources.files("kg.resources").joinpath("prefixes.yaml").read_text("utf-8"))
        return {str(name): str(value) for name, value in raw.items()}
    except (OSError, AttributeError, yaml.YAMLError) as error:
        raise ResourceError(f"kg/resources/prefixes.yaml can't be used ({error}); reinstall the package") from error


def iri(prefix: str, local: str) -> str:
    """The IRI of an actor, event, article or mention id; what an IRI can't hold is percent-encoded.

    >>> iri("actor", "IRN:CVL")
    'https://kg.example/actor/IRN:CVL'
    """
    from urllib.parse import quote

    return prefixes()[prefix] + quote(local, safe=":~")


def without_prefix(prefix: str, name: str) -> str:
    """The id of an actor, event, article or mention that may be given as its IRI or prefixed name, as SPARQL shows it.

    >>> without_prefix("actor", "actor:IRN:CVL"), without_prefix("actor", "IRN:CVL")
    ('IRN:CVL', 'IRN:CVL')
    """
    from urllib.parse import unquote

    name = name.strip()
    for start in (f"{prefix}:", prefixes()[prefix]):
        if name.startswith(start):
            return unquote(name.removeprefix(start))
    return name


def compact(value: str) -> str:
    """An IRI with its prefix where it has one, else as it is.

    >>> compact("https://kg.example/plover#CONSULT")
    'plover:CONSULT'
    """
    for name, start in prefixes().items():
        if value.startswith(start) and len(value) > len(start):
            return f"{name}:{value[len(start) :]}"
    return value


# -- pieces of SQL -----------------------------------------------------------------------------------------------------


def _term(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{prefixes()[prefix]}{local}>"


def _iri(prefix: str, column: str) -> str:
    """SQL for the IRI of the id in a column; null stays null."""
    return f"'<{prefixes()[prefix]}' || replace(url_encode({column}), '%3A', ':') || '>'"


def _text(column: str) -> str:
    """SQL for a plain literal. NUL is not allowed in RDF 1.1 literals as XML sees them and is left out."""
    escaped = f"replace({column}, chr(92), chr(92) || chr(92))"
    for code, letter in ((34, '"'), (10, "n"), (13, "r")):
        escaped = f"replace({escaped}, chr({code}), chr(92) || '{letter}')"
    return f"""'"' || replace({escaped}, chr(0), '') || '"'"""


def _typed(column: str, kind: str) -> str:
    return f"""'"' || CAST({column} AS VARCHAR) || '"^^{_term("xsd:" + kind)}'"""


def _decimal(column: str) -> str:
    # The canonical form, without trailing zeros, is what a store gives back.
    digits = f"rtrim(rtrim(CAST(CAST({column} AS DECIMAL(18, 6)) AS VARCHAR), '0'), '.')"
    return f"""'"' || {digits} || '"^^{_term("xsd:decimal")}'"""


def _quad(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """SQL for one line; null if the value is null. ``graph`` is SQL too."""
    name = f" || ' ' || {graph}" if graph else ""
    return f"{subject} || ' {_term(predicate)} ' || {value}{name} || ' .' || chr(10)"


def _constant(name: str) -> str:
    return f"'{_term(name)}'"


def _lines(*quads: str) -> str:
    return "concat(\n  " + ",\n  ".join(quads) + ")"


def event_quads(seq: int, chosen: str) -> str:
    """One row of lines for each event known at ``seq`` that fits the SQL condition ``chosen`` on ``e``."""
    s = _iri("event", "e.id")
    told = _quad(_iri("event", "event"), "kg:mention", _iri("mention", "mention"))
    context = _quad(s, "kg:context", _concept("context-", "x"))
    dyad = f"CASE WHEN e.target IS NOT NULL THEN {_dyad('e.source', 'e.target')} END"
    both = "least(e.source, e.target) || '..' || greatest(e.source, e.target)"
    month = "strftime(e.begin_day, '%Y-%m')"
    dyad_month = f"CASE WHEN e.target IS NOT NULL THEN {_text(both + ' || chr(32) || ' + month)} END"
    quads = [
        _quad(s, "rdf:type", _constant("kg:Event")),
        _quad(s, "rdf:type", _constant("sem:Event")),
        _quad(s, "kg:source", _iri("actor", "e.source")),
        _quad(s, "kg:target", _iri("actor", "e.target")),
        _quad(s, "sem:hasActor", _iri("actor", "e.source")),
        f"CASE WHEN e.target <> e.source THEN {_quad(s, 'sem:hasActor', _iri('actor', 'e.target'))} END",
        _quad(s, "kg:sourceSector", _text("e.source_sector")),
        _quad(s, "kg:targetSector", _text("e.target_sector")),
        _quad(s, "kg:mutual", _typed("e.mutual", "boolean")),
        _quad(s, "kg:category", _concept("", "e.category")),
        _quad(s, "kg:mode", _concept("", "e.category || '-' || e.mode")),
        _quad(s, "kg:quad", _typed("q.quad", "integer")),
        _quad(s, "kg:status", _text("e.status")),
        _quad(s, "sem:hasBeginTimeStamp", _typed("e.begin_day", "date")),
        _quad(s, "sem:hasEndTimeStamp", _typed("e.end_day", "date")),
        _quad(s, "kg:precision", _text("e.precision")),
        _quad(s, "kg:timeOrigin", _text("e.time_origin")),
        _quad(s, "kg:month", _text(month)),
        _quad(s, "kg:dyad", dyad),
        _quad(s, "kg:dyadMonth", dyad_month),
        _quad(s, "kg:score", _decimal("e.score")),
        _quad(s, "kg:mentions", _typed("e.mentions", "integer")),
        _quad(s, "kg:articles", _typed("e.articles", "integer")),
        _quad(s, "kg:publishers", _typed("e.publishers", "integer")),
        _quad(s, "kg:firstReported", _typed("e.first_reported", "date")),
        _quad(s, "kg:lastReported", _typed("e.last_reported", "date")),
        _quad(s, "kg:confidence", _decimal("e.confidence")),
        _quad(s, "kg:group", _text("e.grp")),
        _quad(s, "kg:corrections", _typed("nullif(e.corrections, 0)", "integer")),
        _quad(s, "kg:fulfils", _iri("event", "e.fulfils")),
        _quad(s, "kg:cancels", _iri("event", "e.cancels")),
        f"array_to_string(list_transform(e.contexts, lambda x: {context}), '')",
        "m.lines",
    ]
    return f"""
        SELECT {_lines(*quads)}
        FROM event e JOIN (VALUES {_quad_classes()}) q (category, quad) ON q.category = e.category
        LEFT JOIN (SELECT event, string_agg({told}, '' ORDER BY mention) AS lines
                   FROM event_mention l JOIN event e ON e.id = l.event
                   WHERE {alive(seq, "l")} AND {alive(seq, "e")} AND {chosen} GROUP BY event) m ON m.event = e.id
        WHERE {alive(seq, "e")} AND {chosen} ORDER BY e.id
    """


def dyad_quads(seq: int, chosen: str = "true") -> str:
    """The members of each pair that an event has; ``chosen`` is a condition on ``src`` and ``tgt``."""
    s = _dyad("src", "tgt")
    return f"""
        SELECT {
        _lines(
            _quad(s, "kg:member", _iri("actor", "least(src, tgt)")),
            "CASE WHEN src <> tgt THEN " + _quad(s, "kg:member", _iri("actor", "greatest(src, tgt)")) + " END",
        )
    }
        FROM (SELECT DISTINCT least(source, target) AS src, greatest(source, target) AS tgt FROM event e
              WHERE target IS NOT NULL AND {alive(seq, "e")})
        WHERE {chosen} ORDER BY 1
    """


def edge_quads(seq: int, chosen: str = "true") -> str:
    """One line for each plain edge that actual events support: source, category and target, both ways if mutual.

    ``chosen`` is a condition on source and target, ``src`` and ``tgt``.
    """
    line = (
        f"{_iri('actor', 'src')} || ' <{prefixes()['plover']}' || lower(category) || '> ' || {_iri('actor', 'tgt')}"
        " || ' .' || chr(10)"
    )
    return f"""
        SELECT DISTINCT {line} FROM (
            SELECT source AS src, target AS tgt, category FROM event e
            WHERE status = 'actual' AND target IS NOT NULL AND {alive(seq, "e")}
            UNION ALL
            SELECT target, source, category FROM event e
            WHERE status = 'actual' AND target IS NOT NULL AND mutual AND {alive(seq, "e")})
        WHERE {chosen} ORDER BY 1
    """


def actor_quads(chosen: str) -> str:
    """One row of lines for each actor that fits the condition ``chosen`` on ``a``."""
    s = _iri("actor", "a.id")
    quads = [
        _quad(s, "rdf:type", _constant("kg:Actor")),
        _quad(s, "kg:kind", _text("a.kind")),
        _quad(s, "skos:prefLabel", _text("a.label")),
        _quad(s, "kg:code", _text("a.code")),
        _quad(s, "kg:country", _text("a.country")),
        _quad(s, "kg:sector", _text("a.sector")),
        _quad(s, "kg:region", _text("a.region")),
        _quad(s, "owl:sameAs", _iri("wd", "a.wikidata")),
        "n.lines",
    ]
    alias = _quad(_iri("actor", "actor"), "skos:altLabel", _text("name"))
    return f"""
        SELECT {_lines(*quads)} FROM actor a
        LEFT JOIN (SELECT actor, string_agg(DISTINCT {alias}, '' ORDER BY {alias}) AS lines FROM alias GROUP BY actor) n
             ON n.actor = a.id
        WHERE {chosen} ORDER BY a.id
    """


USED_ACTORS = """
    SELECT source AS id FROM event e WHERE {alive_e} UNION SELECT target FROM event e WHERE {alive_e}
    UNION SELECT source FROM mention m WHERE {alive_m} UNION SELECT target FROM mention m WHERE {alive_m}
    UNION SELECT source_agent_id FROM mention m WHERE {alive_m}
    UNION SELECT target_agent_id FROM mention m WHERE {alive_m}
    UNION SELECT actor FROM role r WHERE {alive_r} UNION SELECT person_id FROM role r WHERE {alive_r}
"""


def used_actors(seq: int) -> str:
    """SQL for the ids of all actors that something known at ``seq`` refers to."""
    return USED_ACTORS.format(alive_e=alive(seq, "e"), alive_m=alive(seq, "m"), alive_r=alive(seq, "r"))


def article_quads(seq: int, chosen: str) -> list[str]:
    """Queries for articles that fit the condition ``chosen`` on ``a``, their mentions, roles and corrections."""
    g = _iri("article", "a.id")
    article = [
        _quad(g, "rdf:type", _constant("schema:NewsArticle"), g),
        _quad(g, "schema:headline", _text("nullif(a.title, '')"), g),
        _quad(g, "schema:datePublished", _typed("a.published", "date"), g),
        _quad(g, "schema:publisher", _text("a.publisher"), g),
        _quad(g, "schema:url", _escaped_uri("a.url"), g),
        _quad(g, "schema:inLanguage", _text("a.language"), g),
        _quad(g, "kg:cluster", _text("a.cluster"), g),
        _quad(g, "kg:coder", _text("a.coder"), g),
    ]
    s = _iri("mention", "m.id")
    mention = [
        _quad(s, "rdf:type", _constant("kg:Mention"), g),
        _quad(s, "prov:wasDerivedFrom", g, g),
        _quad(s, "kg:mentionSource", _iri("actor", "m.source"), g),
        _quad(s, "kg:mentionTarget", _iri("actor", "m.target"), g),
        _quad(s, "kg:sourceAgent", _text("m.source_agent"), g),
        _quad(s, "kg:targetAgent", _text("m.target_agent"), g),
        _quad(s, "kg:mentionCategory", _concept("", "m.category"), g),
        _quad(s, "kg:mentionStatus", _text("m.status"), g),
        _quad(s, "kg:quote", _text("m.quote"), g),
        _quad(s, "kg:field", _text("m.field"), g),
        _quad(s, "kg:start", _typed("m.quote_start", "integer"), g),
        _quad(s, "kg:end", _typed("m.quote_end", "integer"), g),
        _quad(s, "kg:triggerStart", _typed("m.trigger_start", "integer"), g),
        _quad(s, "kg:triggerEnd", _typed("m.trigger_end", "integer"), g),
        _quad(s, "kg:timeExpression", _text("nullif(m.expression, '')"), g),
        _quad(s, "kg:attribution", _text("m.attribution"), g),
        _quad(s, "kg:place", _text("m.place"), g),
        _quad(s, "kg:dead", _typed("m.dead", "integer"), g),
        _quad(s, "kg:injured", _typed("m.injured", "integer"), g),
        _quad(s, "kg:arrested", _typed("m.arrested", "integer"), g),
        _quad(s, "kg:mentionConfidence", _decimal("m.confidence"), g),
        _quad(s, "kg:coder", _text("m.coder"), g),
    ]
    key = "sha256(concat_ws(chr(31), r.article, r.field, r.start_at, r.end_at, r.person, r.office, r.actor))[:16]"
    s = _iri("role", key)
    role = [
        _quad(s, "rdf:type", _constant("kg:Role"), g),
        _quad(s, "prov:wasDerivedFrom", g, g),
        _quad(s, "kg:personName", _text("r.person"), g),
        _quad(s, "kg:person", _iri("actor", "r.person_id"), g),
        _quad(s, "kg:office", _text("r.office"), g),
        _quad(s, "kg:officeOf", _iri("actor", "r.actor"), g),
        _quad(s, "kg:observed", _typed("r.observed", "date"), g),
        _quad(s, "kg:quote", _text("r.text"), g),
        _quad(s, "kg:field", _text("r.field"), g),
        _quad(s, "kg:start", _typed("r.start_at", "integer"), g),
        _quad(s, "kg:end", _typed("r.end_at", "integer"), g),
    ]
    return [
        f"SELECT {_lines(*article)} FROM article a WHERE {alive(seq, 'a')} AND {chosen} ORDER BY a.id",
        f"""
        SELECT {_lines(*mention)} FROM mention m JOIN article a ON a.id = m.article AND {alive(seq, "a")}
        WHERE {alive(seq, "m")} AND {chosen} ORDER BY a.id, m.id
        """,
        f"""
        SELECT {_lines(*role)} FROM role r JOIN article a ON a.id = r.article AND {alive(seq, "a")}
        WHERE {alive(seq, "r")} AND {chosen} ORDER BY ALL
        """,
        _correction_quads(seq, chosen),
    ]


def _correction_quads(seq: int, chosen: str) -> str:
    g, s = _iri("article", "a.id"), _iri("correction", "c.id")

    def said(name: str) -> str:
        return f"json_extract_string(c.change, '$.{name}')"

    quads = [
        _quad(s, "rdf:type", _constant("kg:Correction"), g),
        _quad(s, "prov:wasDerivedFrom", g, g),
        _quad(s, "kg:quote", _text("c.quote"), g),
        _quad(s, "kg:field", _text("c.field"), g),
        _quad(s, "kg:correctedSource", _iri("actor", said("source")), g),
        _quad(s, "kg:correctedTarget", _iri("actor", said("target")), g),
        _quad(s, "kg:correctedCategory", _concept("", said("category")), g),
        _quad(s, "kg:correctedMode", _text(said("mode")), g),
        _quad(s, "kg:correctedStatus", _text(said("status")), g),
        _quad(s, "kg:correctedBegin", _typed(said("begin"), "date"), g),
        _quad(s, "kg:correctedEnd", _typed(said("end"), "date"), g),
        _quad(s, "kg:noEvent", _typed(said("no_event"), "boolean"), g),
        _quad(s, "kg:confirmed", _typed(said("confirmed"), "boolean"), g),
        _quad(s, "kg:reviewer", _text("nullif(c.reviewer, '')"), g),
        _quad(s, "kg:note", _text("nullif(c.note, '')"), g),
        "l.lines",
    ]
    link = _iri("correction", "d.correction")
    links = [_quad(link, "kg:corrects", _iri("mention", "d.mention"), g)]
    links += [_quad(link, "kg:sameEventAs", _iri("mention", "d.other"), g)]
    return f"""
        SELECT {_lines(*quads)} FROM correction c JOIN article a ON a.id = c.article AND {alive(seq, "a")}
        LEFT JOIN (SELECT d.correction, string_agg({_lines(*links)}, '' ORDER BY d.mention) AS lines
                   FROM corrected d JOIN correction b ON b.id = d.correction AND {alive(seq, "b")}
                   JOIN article a ON a.id = b.article AND {alive(seq, "a")}
                   WHERE {alive(seq, "d")} GROUP BY d.correction) l ON l.correction = c.id
        WHERE {alive(seq, "c")} AND {chosen} ORDER BY a.id, c.id
    """


def _concept(start: str, column: str) -> str:
    return f"'<{prefixes()['plover']}{start}' || {column} || '>'"


def _dyad(a: str, b: str) -> str:
    low, high = (f"replace(url_encode({pick}({a}, {b})), '%3A', ':')" for pick in ("least", "greatest"))
    return f"'<{prefixes()['dyad']}' || {low} || '..' || {high} || '>'"


def _escaped_uri(column: str) -> str:
    return _text(column) + f" || '^^{_term('xsd:anyURI')}'"


def _quad_classes() -> str:
    from kg.ontology import ontology

    return ", ".join(f"('{name}', {entry.quad})" for name, entry in ontology().categories.items())
