"""SPARQL: named queries, parameters that stay values, and what a query may not do."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from graph_desk import Desk, build_at

from kg.errors import QueryError
from kg.graph.graph import Graph
from kg.graph.query import NamedQuery, load, named_queries
from kg.graph.sparql import bind, guard, literal, tokens
from kg.model import Precision

Build = Callable[..., Graph]


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    return build_at(
        tmp_path_factory.mktemp("graph") / "g",
        [
            desk.tell("KOR", "AGREE", "JPN", "2023-03-16", status="future", published="2023-03-10"),
            desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mode="visit"),
            desk.tell("PRK", "MOBILIZE", None, "2023-03-16", mode="weapons"),
            desk.tell("PRK", "MOBILIZE", None, ("2022-10-01", "2022-10-31"), mode="weapons"),
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-17", publisher="BBC"),
            desk.tell("USA", "SANCTION", "PRK", "2023-04-05", mode="discontinue"),
            desk.tell("USA", "COOPERATE", "KOR", "2023-03-13", mutual=True),
            desk.tell("KOR", "AGREE", "JPN", "2023-09-01", status="future", published="2023-08-01"),
            desk.tell("JPN", "CONSULT", "PRK", "2023-03-17", status="negated"),
            desk.tell("IRN:CVL", "PROTEST", "IRN", "2022-09-20", mode="demo"),
            desk.tell("JPN", "CONSULT", "USA", "2023-01-13", mutual=True),
            desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-16"),
        ],
    )


def columns(graph: Graph, query: str, *names: str, **params) -> list[tuple]:
    return [tuple(row[name] for name in names) for row in graph.sparql(query, params).to_dicts()]


def test_there_are_named_queries_and_all_are_documented():
    queries = named_queries()
    assert len(queries) >= 12
    assert all(q.title != q.name and q.answers.endswith("?") and all(p.help for p in q.params) for q in queries)


def test_every_named_query_runs(graph: Graph):
    event = graph.events(category="ACCUSE")[0].id
    values = {"who": "JPN", "whom": "KOR", "of": "JPN", "event": event, "since": "2023-03"}
    for query in named_queries():
        given = {p.name: values[p.name] for p in query.params if p.default is None}
        assert len(graph.sparql(query, given)) > 0, query.name


@pytest.mark.parametrize(
    ("query", "params", "names", "expected"),
    [
        ("between", {"who": "Tokyo", "whom": "KOR", "until": "2023-06"}, ["source", "category", "status"],
         [("KOR", "CONSULT", "actual"), ("KOR", "AGREE", "future")]),
        ("between", {"who": "JPN", "whom": "KOR", "since": "2023-04"}, ["category", "begin"],
         [("AGREE", dt.date(2023, 9, 1))]),
        ("timeline", {"who": "JPN", "whom": "KOR"}, ["month", "events", "mean"], [("2023-03", 1, 4.0)]),
        ("weapons-tests", {}, ["actor", "begin", "precision"],
         [("PRK", dt.date(2022, 10, 1), "month"), ("PRK", dt.date(2023, 3, 16), "day")]),
        ("weapons-tests", {"since": "2022-10-15", "until": "2022-10-15"}, ["precision"], [("month",)]),
        ("planned", {}, ["begin", "outcome"], [(dt.date(2023, 3, 16), "happened"), (dt.date(2023, 9, 1), "open")]),
        ("visits", {}, ["visitor", "host"], [("KOR", "JPN")]),
        ("protests", {}, ["actor", "country", "mode", "target"], [("Iranian civilians", "IRN", "demo", "Iran")]),
        ("sanctions", {}, ["source", "target", "mode"], [("USA", "PRK", "discontinue")]),
        ("conflict-dyads", {"since": "2023"}, ["source", "target", "events", "material"],
         [("USA", "PRK", 1, 1), ("JPN", "PRK", 1, 0)]),
        ("cooperation-dyads", {"since": "2023-03", "until": "2023-03"}, ["source", "target"],
         [("KOR", "USA"), ("KOR", "JPN")]),
        ("who-was-in-office", {"of": "Japan"}, ["person", "office"], [("Fumio Kishida", "prime minister")]),
        ("paths", {"who": "JPN", "whom": "PRK"}, ["via", "first", "second"], [("USA", "consult", "sanction")]),
        ("reach", {"who": "KOR"}, ["actor"], [("JPN",), ("USA",)]),
        ("denied", {}, ["source", "category", "target"], [("JPN", "CONSULT", "PRK")]),
        ("recent", {"since": "2023-08"}, ["source", "category"], [("KOR", "AGREE")]),
        ("publishers", {}, ["publisher", "articles"], [("Wire", 11), ("BBC", 1)]),
        ("articles", {"until": "2023-03-15"}, ["published", "publisher", "article"],
         [(dt.date(2023, 3, 10), "Wire", "article:a1")]),
        ("sources-of-a-pair", {"who": "JPN", "whom": "PRK"}, ["publisher", "events"], [("BBC", 1), ("Wire", 1)]),
        ("partners", {"who": "KOR", "since": "2023-03"}, ["partner", "mean"], [("JPN", 4.0), ("USA", 9.5)]),
        ("most-active", {"since": "2023-03-17"}, ["actor", "events"], [("PRK", 2), ("JPN", 1), ("USA", 1)]),
    ],
)  # fmt: skip
def test_named_queries_answer(graph: Graph, query, params, names, expected):
    assert columns(graph, query, *names, **params) == expected


def test_the_months_of_a_pair_are_those_of_the_timeline(desk, build: Build):
    graph = build(
        [
            desk.tell("JPN", "AID", "KOR", ("2019-01-01", "2019-12-31"), precision=Precision.YEAR),
            desk.tell("JPN", "ACCUSE", "KOR", ("2019-01-01", "2019-01-31")),
            desk.tell("KOR", "REJECT", "JPN", "2019-03-05"),
        ]
    )
    found = columns(graph, "timeline", "month", "events", "mean", who="JPN", whom="KOR")
    line = graph.timeline("JPN", "KOR", every="month")
    assert [row[:2] for row in found] == [("2019-01", 1), ("2019-03", 1)]
    assert found == [
        (row["begin"].strftime("%Y-%m"), row["events"], row["score"]) for row in line.to_dicts() if row["events"]
    ]


def test_evidence_takes_present_and_former_ids(graph: Graph):
    event = graph.events(category="ACCUSE")[0]
    ((quote,),) = columns(graph, "evidence", "quote", event=event.id)
    assert quote == graph.evidence(event.id).to_dicts()[0]["quote"]


def test_ids_are_taken_as_sparql_shows_them(graph: Graph):
    ((shown, article, mention),) = graph.sparql(
        "SELECT ?event ?article ?mention { ?event kg:category plover:ACCUSE ; kg:mention ?mention . "
        "?mention prov:wasDerivedFrom ?article }"
    ).rows
    event = graph.events(category="ACCUSE")[0].id
    assert shown == f"event:{event}"
    for asked in (shown, f"https://kg.example/event/{event}", event):
        assert graph.event(asked).id == event
        assert [row["id"] for row in graph.history(asked).to_dicts()] == [event]
        assert graph.plan_correction(asked, category="REJECT")[0].anchor.article == "a5"
        assert len(graph.sparql("evidence", {"event": asked})) == 1
    assert graph.evidence(shown).rows == graph.evidence(event).rows
    assert graph.article(article).id == graph.mention(mention).article == "a5"
    assert len(graph.plan_correction(mention=mention, same_as=f"event:{graph.events(source='IRN:CVL')[0].id}")) == 1


@pytest.mark.parametrize(
    ("query", "params", "message"),
    [
        ("between", {"who": "JPN"}, r"needs whom \(actor\)"),
        ("between", {"who": "JPN", "whom": "Korea South"}, "no actor 'Korea South'.*did you mean South Korea"),
        ("between", {"who": "JPN", "whom": "KOR", "form": "2023"}, "'form' is unknown"),
        ("between", {"who": "JPN", "whom": "KOR", "since": "2023-13"}, "not a date"),
        (
            "between",
            {"who": "JPN", "whom": "KOR", "since": "2023-06", "until": "2023-01"},
            r"the window ends \(2023-01-31\) before it begins \(2023-06-01\); swap since and until",
        ),
        (
            "# param x_since (date = 0001)\n# param x_until (date = 2020)\nSELECT ?s { ?s ?x_since ?x_until }",
            {"x_since": "2021"},
            "the window ends",
        ),
        ("betwen", {}, "query 'betwen' is unknown; did you mean between"),
        ("missing.rq", {}, "can't be read"),
        ("SELECT ?x { ?x a kg:Event }", {"y": 1}, r"no variable \?y"),
        ("SELECT ?x { ?x a kg:Event", {}, "error at 1:"),
        ("SELECT (1 AS ?x) {}", {"x": 2}, "can't be assigned"),
        ("SELECT ?x { ?x a kg:Event }", {"x": object()}, "can't be bound"),
    ],
)
def test_mistakes_are_told(graph: Graph, query, params, message):
    with pytest.raises(QueryError, match=message):
        graph.sparql(query, params)


UNKNOWN = "prefix foo: is unknown; known are actor:, article:, .*kg:, .*others go before the query as PREFIX foo: <…>$"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (" ", "^the query: it is empty$"),
        (
            "SELEC ?s {",
            "error at 1:1: a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not with SELEC; did you me",
        ),
        ("PREFIX a: <http://a#>\nhello ?s", "error at 2:1: a query begins with SELECT, .*, not with hello$"),
        ("SELECT ?s {\n  ?s foo:bar ?o }", f"^the query: error at 2:6: {UNKNOWN}"),
        ("PREFIX a: <http://a#> SELECT ?s { ?s a:b ?o ; foo:bar ?o }", f"error at 1:47: {UNKNOWN}"),
        ("SELECT ?s { ?s a kg:Event", "error at 1:11: { is never closed"),
        ("SELECT ?s { ?s a kg:Event } }", "error at 1:29: } closes no {"),
        ("SELECT ?s { FILTER(?s > 1 }", r"error at 1:27: } comes before the \( is closed"),
        ("SELECT * { ?s ?p 'it }", "error at 1:18: the text that begins here has no closing quotation mark"),
        ("SELECT * { ?s a <bad iri> }", "what stands between < and > is no IRI"),
        ("SELECT ?s { ?s a kg:Event } LIMIT x", "error at 1:35 or before it, in `.* LIMIT x`: this is not SPARQL 1.1"),
        ("SELECT ?s (COUNT(?e) AS ?n) { ?e kg:source ?s }", "without being in GROUP BY"),
        (
            "SELECT (kg:age(1) AS ?x) {}",
            "function kg:age is unknown; beside those of SPARQL 1.1 there are kg:days, kg:mon",
        ),
    ],
)
def test_what_is_wrong_with_a_query_is_one_short_sentence(graph: Graph, query, message):
    with pytest.raises(QueryError, match=message) as raised:
        graph.sparql(query)
    assert len(str(raised.value)) < 300


def test_header_of_a_query():
    query = NamedQuery.parse("q", "# title: T\n# answers: A?\n# param n (integer = 5): how many\nSELECT * {} LIMIT 1")
    assert (query.title, query.answers, query.params[0].default) == ("T", "A?", "5")
    with pytest.raises(QueryError, match="type 'number'"):
        NamedQuery.parse("q", "# param n (number): how many")
    assert load("between").name == "between"


@pytest.mark.parametrize(
    "value", ['x" } } DELETE { ?s ?p ?o } #', "a\\", 'line\nbreak"', "'", "<urn:x>", "?who", "\\u0022", "\t\r\x00end"]
)
def test_text_is_never_more_than_text(graph: Graph, value):
    (row,) = graph.sparql("SELECT ?x (STRLEN(?x) AS ?n) (?x AS ?y) {}", {"x": value}).rows
    assert row == (value.replace("\x00", "\ufffd"), len(value), value.replace("\x00", "\ufffd"))


def test_values_are_bound_as_terms():
    text = 'SELECT ?who (COUNT(?e) AS ?n) { ?e kg:source ?who FILTER("?who" != STR(?who)) # ?who\n}'
    text += " GROUP BY ?who ORDER BY ?who"
    assert bind(text, {"who": "<urn:a>"}) == (
        'SELECT (<urn:a> AS ?who) (COUNT(?e) AS ?n) { ?e kg:source <urn:a> FILTER("?who" != STR(<urn:a>)) # ?who\n}'
        " GROUP BY (<urn:a>) ORDER BY (<urn:a>)"
    )
    assert literal('"\\\n') == '"\\"\\\\\\n"'


def test_tokens_are_the_text_again():
    text = 'PREFIX x: <http://a#b> SELECT ?a { ?a x:b.c \'it\'\'s\', """a"b"""@en ; ^x:d* 1.5e3 . FILTER(?a<?b) } # end'
    assert "".join(part for _, part in tokens(text)) == text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { sErViCe<http://127.0.0.1/>{ ?s ?p ?o } }",
        "SELECT * { service # comment\n ?x { ?s ?p ?o } }",
        "SELECT * { S\\u0045RVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { ?a <http://x#' > ?b . SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { ?a ?b '#' SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { FILTER(1<2) SERVICE <http://127.0.0.1/> { ?s ?p ?o } FILTER(2>1) }",
        "SELECT * { { SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1/x.ttl> { ?s ?p ?o }",
        "SELECT * FROM <https://kg.example/article/a> FROM <file:///etc/passwd> { ?s ?p ?o }",
        "INSERT DATA { kg:a kg:b kg:c }",
        "PREFIX x: <urn:x> DELETE WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
    ],
)
def test_a_query_stays_inside_and_only_reads(query):
    with pytest.raises(QueryError):
        guard(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x>' }",
        "SELECT * { ?s <http://x/service> ?o } # SERVICE <http://x>",
        "SELECT ?service { ?service ?from ?insert }",
        "SELECT * FROM <https://kg.example/article/a1> { ?s ?p ?o }",
        "PREFIX service: <urn:x> SELECT * { ?s service:from ?o }",
    ],
)
def test_harmless_queries_pass(query):
    guard(query)


def test_a_runaway_query_is_stopped(graph: Graph):
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.5 s"):
        graph.sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", timeout=0.5)
    assert time.monotonic() - start < 5


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="this system has no alarms")
def test_a_query_ends_even_if_nobody_is_left_to_stop_it(graph: Graph):
    from kg.graph import _worker
    from kg.graph.quads import prefixes

    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    request = {"query": endless, "prefixes": prefixes(), "limit": 1, "size": None, "memory": None, "timeout": 0.1}
    with graph.rdf() as store:
        text = json.dumps({**request, "store": str(store), "default_graphs": [], "named_graphs": []})
        done = subprocess.run([sys.executable, _worker.__file__], input=text, text=True, timeout=60)
    assert done.returncode == -signal.SIGALRM


def test_a_limit_cuts_the_rows(graph: Graph):
    result = graph.sparql("SELECT * { ?s ?p ?o }", limit=5)
    assert (len(result), result.truncated) == (5, True)
    assert not graph.sparql("SELECT * { ?s kg:mode ?o }", limit=500).truncated


def test_results_in_all_forms(graph: Graph):
    result = graph.sparql(
        "SELECT ?s ?day ?n ?x { ?s kg:category plover:ACCUSE ; sem:hasBeginTimeStamp ?day ; kg:mentions ?n"
        " OPTIONAL { ?s kg:no ?x } }"
    )
    name, day, count, missing = result.rows[0]
    assert (name[:6], day, count, missing) == ("event:", dt.date(2023, 3, 17), 1, None)
    (binding,) = json.loads(result.json())["results"]["bindings"]
    assert set(binding) == {"s", "day", "n"}
    assert binding["day"] == {
        "type": "literal",
        "value": "2023-03-17",
        "datatype": "http://www.w3.org/2001/XMLSchema#date",
    }
    assert result.csv().splitlines()[0] == "s,day,n,x"
    assert result.table().splitlines()[0].split() == ["s", "day", "n", "x"]
    assert list(result.to_pandas().columns) == result.vars
    assert bool(graph.sparql("ASK { ?e kg:category plover:AID }")) is False
    assert len(graph.sparql("CONSTRUCT { ?e a sem:Event } WHERE { ?e a kg:Event }")) == 11


def test_time_functions(graph: Graph):
    text = """
    SELECT ?begin (kg:monthOf(?begin) AS ?m) (kg:days(?begin, "2023-03-20"^^xsd:date) AS ?d) {
      ?e kg:category plover:MOBILIZE ; sem:hasBeginTimeStamp ?begin ; sem:hasEndTimeStamp ?end
      FILTER(kg:overlaps(?begin, ?end, ?since, ?until) && !kg:within(?begin, ?end, ?since, ?until)) }
    """
    params = {"since": dt.date(2022, 10, 15), "until": dt.date(2023, 1, 1)}
    assert graph.sparql(text, params).rows == [(dt.date(2022, 10, 1), "2022-10", 170)]


def test_actors_can_be_resolved_by_a_function(graph: Graph):
    names = {"neighbour": "JPN", "both": ["JPN", "KOR"]}
    assert len(graph.sparql("visits", actor=names.__getitem__)) == 1
    rows = graph.sparql("between", {"who": "neighbour", "whom": "neighbour"}, actor=names.__getitem__)
    assert len(rows) == 0
    with pytest.raises(QueryError, match="stands for 2 actors"):
        graph.sparql("between", {"who": "both", "whom": "neighbour"}, actor=names.__getitem__)
