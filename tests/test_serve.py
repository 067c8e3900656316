"""`kg serve`: the SPARQL protocol, its formats, and what it refuses."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

sys.path.insert(0, str(Path(__file__).parent / "graph"))
from graph_desk import Desk, build_at

from kg.errors import GraphError
from kg.graph.endpoint import Endpoint
from kg.graph.graph import Graph
from kg.serve import Limits, Server

COUNT = "SELECT (COUNT(?e) AS ?n) { ?e a kg:Event }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HOSTILE = '<script>alert(1)</script> & "quoted"'


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    return build_at(
        tmp_path_factory.mktemp("graph") / "g",
        [
            desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mode="visit", id="a1"),
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-17", text=HOSTILE, id="a2"),
            desk.tell("USA", "SANCTION", "PRK", "2023-04-05", id="a3"),
        ],
    )


@pytest.fixture(scope="module")
def server(graph: Graph) -> Iterator[Server]:
    limits = Limits(timeout=2.0, rows=20, request=5000, answer=20_000, queries=2)
    with Server(graph, port=0, limits=limits) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def ask(server: Server, path: str, method: str = "GET", body: str | None = None, **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()


def select(server: Server, query: str, accept: str = "*/*"):
    return ask(server, "/sparql?" + urllib.parse.urlencode({"query": query}), Accept=accept)


def test_a_query_in_the_address(server: Server):
    status, head, text = select(server, COUNT)
    assert (status, head["Content-Type"]) == (200, "application/sparql-results+json; charset=utf-8")
    assert json.loads(text)["results"]["bindings"] == [
        {"n": {"type": "literal", "value": "3", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/sparql-query", COUNT),
        ("application/x-www-form-urlencoded", urllib.parse.urlencode({"query": COUNT})),
    ],
)
def test_a_query_in_the_body(server: Server, kind, body):
    status, _, text = ask(server, "/sparql", "POST", body, Content_Type=kind, Accept="text/csv")
    assert (status, text) == (200, "n\r\n3\r\n")


def test_the_formats_of_rows(server: Server):
    query = "SELECT ?e ?day ?none { ?e kg:category plover:ACCUSE ; sem:hasBeginTimeStamp ?day }"
    iri = json.loads(select(server, query)[2])["results"]["bindings"][0]["e"]["value"]
    assert select(server, query, "text/tab-separated-values")[2] == (
        f'?e\t?day\t?none\n<{iri}>\t"2023-03-17"^^<http://www.w3.org/2001/XMLSchema#date>\t\n'
    )
    assert list(csv.reader(io.StringIO(select(server, query, "text/csv;q=0.5, image/png")[2])))[1] == [
        iri, "2023-03-17", "",
    ]  # fmt: skip
    root = Xml.fromstring(select(server, query, "application/sparql-results+xml")[2])
    space = {"s": "http://www.w3.org/2005/sparql-results#"}
    assert [b.get("name") for b in root.iterfind("s:results/s:result/s:binding", space)] == ["e", "day"]
    assert root.find("s:results/s:result/s:binding/s:uri", space).text == iri


def test_yes_or_no_and_triples(server: Server):
    assert json.loads(select(server, "ASK { ?e kg:category plover:AID }")[2]) == {"head": {}, "boolean": False}
    assert "<boolean>true</boolean>" in select(server, "ASK {}", "application/sparql-results+xml")[2]
    status, head, text = select(server, "CONSTRUCT { ?e a sem:Event } WHERE { ?e kg:category plover:ACCUSE }")
    assert (status, head["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert text.endswith("<http://semanticweb.cs.vu.nl/2009/11/sem/Event> .\n")


def test_our_own_client_understands_it(server: Server, graph: Graph):
    endpoint = Endpoint(server.url + "sparql")
    assert endpoint.sparql("visits").rows == graph.sparql("visits").rows
    assert len(endpoint.sparql("CONSTRUCT WHERE { ?e a kg:Event }")) == 3


def test_the_graph_of_one_article(server: Server):
    query = urllib.parse.urlencode(
        {"query": "SELECT ?q { ?m kg:quote ?q }", "default-graph-uri": "https://kg.example/article/a2"}
    )
    assert json.loads(ask(server, f"/sparql?{query}")[2])["results"]["bindings"][0]["q"]["value"] == HOSTILE
    assert ask(server, f"/sparql?{query.replace('kg.example', 'evil.example')}")[0] == 400


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/sparql?query=SELECT", 400, "error at 1"),
        ("/sparql?query=CLEAR+ALL", 400, "would change the graph"),
        ("/sparql?update=CLEAR+ALL", 403, "read-only"),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400, "give one query"),
        ("/sparql?query=%FF", 400, "can't be read"),
        ("/sparql?query=SELECT+*+%7BSERVICE+%3Chttp://127.0.0.1/%3E%7B%7D%7D", 400, "SERVICE"),
        ("/named/between?who=JPN", 400, "needs whom"),
        ("/named/..%2f..%2fsecret.rq", 404, "no query of that name"),
        ("/named//etc/passwd.rq", 404, "no query of that name"),
        ("/etc/passwd", 404, "nothing here"),
        ("/../../etc/passwd", 404, "nothing here"),
    ],
)
def test_what_is_refused(server: Server, path, status, message):
    found, head, text = ask(server, path)
    assert (found, head["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert message in text
    assert text.count("\n") == 1


def test_other_methods_and_bodies_are_refused(server: Server):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ask(server, "/sparql", method)[0] == 501
    sent = {"Content_Type": "application/sparql-update"}
    assert ask(server, "/sparql", "POST", "CLEAR ALL", **sent)[0] == 415
    assert ask(server, "/store", "POST", "<a> <b> <c> .", Content_Type="text/turtle")[0] == 404
    assert ask(server, "/sparql", "POST", "x" * 5001, Content_Type="application/sparql-query")[0] == 413


def test_a_runaway_query_is_stopped(server: Server):
    start = time.monotonic()
    status, _, text = select(server, ENDLESS)
    assert (status, text) == (504, "the query took longer than 2 s; narrow it or give it more time\n")
    assert time.monotonic() - start < 8


def test_a_cut_answer_says_so(server: Server):
    _, head, text = select(server, "SELECT * { ?s ?p ?o }")
    assert (len(json.loads(text)["results"]["bindings"]), head["X-SPARQL-MaxRows"]) == (20, "20")
    assert "X-SPARQL-MaxRows" not in select(server, COUNT)[1]


def test_a_huge_answer_is_refused(server: Server):
    doubled = "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(12))
    status, _, text = select(server, f'SELECT ?v12 {{ BIND("0123456789" AS ?v0) {doubled} }}')
    assert (status, text) == (400, "query sent: the answer is longer than 20000 characters; ask for less\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process so")
def test_a_greedy_query_is_stopped(graph: Graph):
    from kg.errors import QueryError

    doubled = "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(30))
    with pytest.raises(QueryError, match="more than 500 MB of memory"):
        graph.sparql(f'SELECT (STRLEN(?v30) AS ?n) {{ BIND("x" AS ?v0) {doubled} }}', memory=500_000_000)
    assert graph.sparql(COUNT, memory=500_000_000).rows == [(3,)]


def test_too_many_queries_wait_their_turn_or_are_refused(graph: Graph):
    with Server(graph, port=0, limits=Limits(timeout=7.0, queries=1)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        first = threading.Thread(target=select, args=(server, ENDLESS))
        first.start()
        time.sleep(0.7)
        status, head, text = select(server, COUNT)
        assert (status, head["Retry-After"], text) == (503, "5", "too many queries at once; try again later\n")
        first.join()
        assert select(server, COUNT)[0] == 200
        server.shutdown()


@pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_names_for_this_machine_are_refused(server: Server, name):
    assert ask(server, "/", Host=name)[0] == 421
    assert ask(server, "/", Host=f"localhost:{server.server_port}")[0] == 200


def test_the_start_page(server: Server):
    status, head, text = ask(server, "/")
    assert status == 200
    assert head["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "Access-Control-Allow-Origin" not in head
    assert '<form class="named" action="/named/between"' in text
    assert "<script" not in text
    assert ask(server, "/", "HEAD")[2] == ""


def test_a_named_query_in_the_browser(server: Server):
    query = urllib.parse.urlencode({"who": "japan", "whom": "KOR", "since": "", "until": "2023-06"})
    status, head, text = ask(server, f"/named/between?{query}", Accept="text/html,application/xml;q=0.9")
    assert (status, head["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<td>CONSULT</td>" in text
    assert "default-src 'none'" in head["Content-Security-Policy"]


def test_text_of_articles_stays_text_in_the_browser(server: Server):
    text = select(server, "SELECT ?q { ?m kg:quote ?q }", "text/html")[2]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;" in text
    assert "<script" not in text


def test_the_service_describes_itself(server: Server):
    import pyoxigraph as ox

    status, head, text = ask(server, "/sparql")
    found = {quad.predicate.value.rpartition("#")[2] for quad in ox.parse(text.encode(), ox.RdfFormat.TURTLE)}
    assert (status, head["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert found >= {"endpoint", "supportedLanguage", "feature", "resultFormat"}


def test_what_is_added_is_served(tmp_path):
    desk = Desk()
    graph = build_at(tmp_path / "g", [desk.tell("KOR", "CONSULT", "JPN", "2023-03-16")])
    with Server(graph, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        counts = [select(server, COUNT, "text/csv")[2]]
        graph.ingest([desk.tell("USA", "AID", "UKR", "2023-05-01")], lambda ids: [], "test", "test")
        counts.append(select(server, COUNT, "text/csv")[2])
        server.shutdown()
    assert counts == ["n\r\n1\r\n", "n\r\n2\r\n"]


def test_a_taken_port_is_told(graph: Graph, server: Server):
    with pytest.raises(GraphError, match=f"127.0.0.1:{server.server_port} can't be served on"):
        Server(graph, port=server.server_port)


def test_the_command(graph: Graph):
    run = [sys.executable, "-m", "kg.cli", "serve", "--graph", str(graph.directory), "--port", "0"]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    line = process.stdout.readline()
    url = line.partition(" at ")[2].split()[0]
    assert Endpoint(url + "sparql").sparql(COUNT).rows == [(3,)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
