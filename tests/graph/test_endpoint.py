"""The same queries at other servers: Oxigraph's own, and one that misbehaves. See tests/test_serve.py for ours."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from graph_desk import Desk, build_at

from kg.errors import QueryError, QueryTimeout
from kg.graph.answers import from_json
from kg.graph.endpoint import Endpoint
from kg.graph.graph import Graph
from kg.graph.named import named_queries

OXIGRAPH = Path(sys.executable).with_name("oxigraph")


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    return build_at(
        tmp_path_factory.mktemp("graph") / "g",
        [
            desk.tell("KOR", "AGREE", "JPN", "2023-03-16", status="future", published="2023-03-10"),
            desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mode="visit"),
            desk.tell("PRK", "MOBILIZE", None, ("2022-10-01", "2022-10-31"), mode="weapons"),
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-17", publisher="BBC", text='She said: "Stop"\n\\ now'),
            desk.tell("USA", "SANCTION", "PRK", "2023-04-05", mode="discontinue"),
            desk.tell("USA", "COOPERATE", "KOR", ("2023-03-13", None), mutual=True),
            desk.tell("JPN", "CONSULT", "PRK", "2023-03-17", status="negated"),
            desk.tell("JPN", "CONSULT", "USA", "2023-01-13", mutual=True),
            desk.tell("IRN:CVL", "PROTEST", "IRN", "2022-09-20", mode="demo"),
            desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-16"),
        ],
    )


@pytest.fixture(scope="module")
def oxigraph(graph: Graph, tmp_path_factory) -> Iterator[str]:
    """The address of an Oxigraph server over a copy of the graph, which nobody writes."""
    with graph.rdf() as state:
        copy = shutil.copytree(state, tmp_path_factory.mktemp("oxigraph") / "store")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--location", copy, "--bind", f"127.0.0.1:{port}", "--union-default-graph", "--timeout-s", "20"]
    server = subprocess.Popen([OXIGRAPH, "serve-read-only", *options], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.terminate()
        server.wait()


GIVEN = {"who": "JPN", "whom": "KOR", "of": "Japan", "since": "2023-03"}


@pytest.mark.parametrize("query", named_queries(), ids=lambda query: query.name)
def test_every_named_query_answers_the_same_on_the_oxigraph_server(graph: Graph, oxigraph: str, query):
    given = {"event": graph.events(category="ACCUSE")[0].id, **GIVEN}
    params = {p.name: given[p.name] for p in query.params if p.default is None}
    ours, theirs = graph.sparql(query, params), Endpoint(oxigraph).sparql(query, params)
    assert len(ours) > 0
    assert theirs.vars == ours.vars
    # Equal values that are written in another way (1.0, 1.0E0) are equal; rows of equal rank may come in any order.
    assert sorted(map(repr, theirs.rows)) == sorted(map(repr, ours.rows))


def test_a_graph_asks_an_endpoint_with_its_own_names(graph: Graph, oxigraph: str):
    rows = graph.sparql("between", {"who": "Tokyo", "whom": "ROK", "until": "2023-03"}, endpoint=oxigraph).to_dicts()
    assert {(row["source"], row["category"], row["status"]) for row in rows} == {
        ("KOR", "AGREE", "future"), ("KOR", "CONSULT", "actual"),
    }  # fmt: skip
    with pytest.raises(QueryError, match="knows only its present state"):
        graph.sparql("visits", endpoint=oxigraph, as_of="2023")


@pytest.mark.parametrize(
    ("name", "ids"),
    [("Japan", ["JPN"]), ("south korea", ["KOR"]), ("PYONGYANG", ["PRK"]), ("irn:cvl", ["IRN:CVL"]), ("USA", ["USA"])],
)
def test_names_are_looked_up_at_the_endpoint(oxigraph: str, name, ids):
    assert Endpoint(oxigraph).resolve(name) == ids


def test_an_unknown_name_is_told(oxigraph: str):
    with pytest.raises(QueryError, match="no actor 'Ruritania' at http"):
        Endpoint(oxigraph).sparql("partners", {"who": "Ruritania"})


def test_all_forms_of_queries(oxigraph: str):
    endpoint = Endpoint(oxigraph)
    assert bool(endpoint.sparql("ASK { ?e kg:category plover:AID }")) is False
    assert bool(endpoint.sparql("ASK { ?e kg:category plover:ACCUSE }")) is True
    assert len(endpoint.sparql("CONSTRUCT { ?e a sem:Event } WHERE { ?e a kg:Event }")) == 9
    cut = endpoint.sparql("SELECT * { ?s ?p ?o }", limit=5)
    assert (len(cut), cut.truncated) == (5, True)
    own = "PREFIX kg: <urn:own:> SELECT (STR(kg:x) AS ?x) (?text AS ?y) {}"
    assert endpoint.sparql(own, {"text": '"} #\\'}).rows == [("urn:own:x", '"} #\\')]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * { ?s ?p", "endpoint http.*400"),
        ("CLEAR ALL", "CLEAR would change"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("between", "needs who"),
    ],
)
def test_mistakes_are_told(oxigraph: str, query, message):
    with pytest.raises(QueryError, match=message):
        Endpoint(oxigraph).sparql(query)


class _Odd(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        if self.path == "/slow":
            time.sleep(3)
        kind = "text/html" if self.path == "/page" else "application/sparql-results+json"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # the client has gone
            self.wfile.write(b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": 1}]}}')

    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "message"), [("/page", "answered text/html"), ("/json", "no SPARQL result in JSON")])
def test_what_is_no_answer_is_told(odd: str, path, message):
    with pytest.raises(QueryError, match=message):
        Endpoint(odd + path).ask("ASK {}")


def test_a_slow_endpoint_is_left(odd: str):
    start = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"longer than 0\.3 s"):
        Endpoint(odd + "/slow").ask("ASK {}", timeout=0.3)
    assert time.monotonic() - start < 2.5


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "localhost:7878", "http://"])
def test_only_web_addresses_are_endpoints(url):
    with pytest.raises(QueryError, match="is no address"):
        Endpoint(url)


def test_nobody_there():
    with pytest.raises(QueryError, match="can't be reached"):
        Endpoint("http://127.0.0.1:9/sparql").ask("ASK {}")


def test_results_survive_the_way_through_json(graph: Graph):
    ours = graph.sparql('SELECT ?s ?p ?o ?none ("x"@en AS ?l) { ?s ?p ?o }', limit=200)
    again = from_json(ours.json())
    assert again.terms == ours.terms
    assert again.rows == ours.rows
