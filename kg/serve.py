"""A read-only SPARQL 1.1 endpoint over one graph, with limits on everything that a client could ask too much of.

Each query runs in a process of its own over a state of the RDF that nobody writes (:mod:`kg.graph.query`), so it can be
stopped, can't reach files or other servers, and `kg add` may go on meanwhile.
"""

from __future__ import annotations

import contextlib
import http.server
import ipaddress
import socket
import socketserver
import sys
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kg import serve_page
from kg.errors import GraphError, KgError, QueryError, QueryTimeout
from kg.graph.answers import TRIPLES, SparqlResult
from kg.graph.named import NamedQuery, named_queries
from kg.graph.query import QueryReader, allowed_graphs

__all__ = ["Limits", "Server", "serve"]

_CONNECTIONS = 32
"""Connections that are open at the same time; further ones wait in the system's queue, then are refused."""
_PATIENCE = 20.0
"""Seconds that a client may take to send its request, or to take a piece of the answer."""
_BUSY = 5.0
"""Seconds that a query waits for its turn."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds, rows, bytes of the request, characters of the answer, bytes of memory.

    ``queries`` is how many run at the same time.
    """

    timeout: float = 30.0
    rows: int = 10_000
    request: int = 100_000
    answer: int = 50_000_000
    memory: int = 2_000_000_000
    queries: int = 4


_Writer = Callable[[SparqlResult], str]
_ROWS: dict[str, _Writer] = {
    "application/sparql-results+json": SparqlResult.json,
    "application/sparql-results+xml": SparqlResult.xml,
    "text/csv": SparqlResult.plain_csv,
    "text/tab-separated-values": SparqlResult.tsv,
    "text/html": serve_page.table,
    "application/json": SparqlResult.json,
    "application/xml": SparqlResult.xml,
}
_GRAPHS: dict[str, _Writer] = {
    # N-Triples are Turtle too.
    "text/turtle": SparqlResult.ntriples,
    "application/n-triples": SparqlResult.ntriples,
    "text/html": serve_page.table,
    "application/sparql-results+json": SparqlResult.json,
}


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """The endpoint as a server that is bound, but not yet running; ``url`` is where it will answer.

    Raises:
        GraphError: the address can't be bound.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 16

    def __init__(self, graph: QueryReader, host: str = "127.0.0.1", port: int = 7878, limits: Limits | None = None):
        self.graph = graph
        self.limits = limits or Limits()
        self.turns = threading.BoundedSemaphore(self.limits.queries)
        self._connections = threading.BoundedSemaphore(_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise GraphError(f"{host}:{port} can't be served on ({reason}); choose another --host or --port") from error
        self.local = is_loopback(host)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind without asking the name service for our own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, unless too many are open."""
        if not self._connections.acquire(timeout=_BUSY):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours; anything else is told in a line."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            print(f"kg: a request failed ({type(error).__name__}: {error})", file=sys.stderr)


def serve(graph: QueryReader, host: str = "127.0.0.1", port: int = 7878, limits: Limits | None = None) -> None:
    """Answer SPARQL over HTTP until interrupted.

    Raises:
        GraphError: the address can't be bound, or the RDF projection can't be made.
    """
    with Server(graph, host, port, limits) as server:
        graph.sync()
        server.serve_forever()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


class _Refused(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, status: int, text: str, **headers: str) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "kg"
    sys_version = ""
    timeout = _PATIENCE

    def do_GET(self) -> None:
        """Answer a query in the address, or show a page."""
        self._guarded(self._get)

    do_HEAD = do_GET  # noqa: N815 - so named by http.server

    def do_POST(self) -> None:
        """Answer a query in the body."""
        self._guarded(self._post)

    def _guarded(self, act: Callable[[], None]) -> None:
        self.close_connection = True
        try:
            self._check_host()
            act()
        except _Refused as refused:
            self._send(refused.status, "text/plain", f"{refused}\n", refused.headers)
        except QueryError as error:
            self._send(504 if isinstance(error, QueryTimeout) else 400, "text/plain", f"{error}\n")
        except KgError as error:
            print(f"kg: {error}", file=sys.stderr)
            self._send(503, "text/plain", "the graph can't be read now; try again later\n", {"Retry-After": "10"})

    def _check_host(self) -> None:
        """Another site's name for a loopback address is an attempt to read it through the browser (DNS rebinding)."""
        if not self.server.local:
            return
        name = urllib.parse.urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if not is_loopback(name):
            raise _Refused(421, "this server answers to the name localhost only")

    def _get(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        given = self._fields(parts.query)
        if parts.path == "/":
            self._page(serve_page.start(self.server.limits.timeout, self.server.limits.rows))
        elif parts.path in ("/sparql", "/query"):
            if not given:
                self._send(200, "text/turtle", serve_page.description(f"{self.server.url}sparql"))
            else:
                self._answer(given)
        elif parts.path.startswith("/named/"):
            self._named(parts.path.removeprefix("/named/"), given)
        else:
            raise _Refused(404, "nothing here; the endpoint is /sparql, and / shows examples")

    def _post(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        if parts.path not in ("/sparql", "/query"):
            raise _Refused(404, "nothing to post to here; the endpoint is /sparql")
        kind = self.headers.get_content_type()
        if kind not in ("application/x-www-form-urlencoded", "application/sparql-query"):
            raise _Refused(415, "send a query as application/sparql-query or application/x-www-form-urlencoded")
        try:
            body = self._body().decode("utf-8")
        except UnicodeDecodeError:
            raise _Refused(400, "the query is not UTF-8") from None
        if kind == "application/sparql-query":
            self._answer({**self._fields(parts.query), "query": [body]})
        else:
            self._answer(self._fields(body))

    def _body(self) -> bytes:
        size = self.headers.get("Content-Length")
        if size is None or not (size.isascii() and size.isdigit()):
            raise _Refused(411, "say how long the request is (Content-Length)")
        if int(size) > self.server.limits.request:
            raise _Refused(413, f"the request is longer than {self.server.limits.request} bytes")
        return self.rfile.read(int(size))

    def _fields(self, text: str) -> dict[str, list[str]]:
        try:
            return urllib.parse.parse_qs(text, keep_blank_values=True, max_num_fields=100, errors="strict")
        except ValueError as error:
            raise _Refused(400, f"the parameters can't be read ({error})") from None

    def _answer(self, given: Mapping[str, list[str]]) -> None:
        if "update" in given or "using-graph-uri" in given:
            raise _Refused(403, "this endpoint is read-only")
        if len(given.get("query", ())) != 1:
            raise _Refused(400, "give one query, in the parameter 'query'")
        self._run(
            NamedQuery("sent", "sent", "", (), given["query"][0]),
            {},
            default_graphs=allowed_graphs(given.get("default-graph-uri", ())),
            named_graphs=allowed_graphs(given.get("named-graph-uri", ())),
        )

    def _named(self, name: str, given: Mapping[str, list[str]]) -> None:
        query = {query.name: query for query in named_queries()}.get(name)
        if query is None:
            raise _Refused(404, "there is no query of that name; / lists them")
        self._run(query, {name: values[-1] for name, values in given.items() if values[-1].strip()})

    def _run(self, query: NamedQuery, params: Mapping[str, str], **graphs: list[str]) -> None:
        limits = self.server.limits
        if not self.server.turns.acquire(timeout=_BUSY):
            raise _Refused(503, "too many queries at once; try again later", **{"Retry-After": "5"})
        try:
            found = self.server.graph.sparql(
                query,
                params,
                timeout=limits.timeout,
                limit=limits.rows,
                size=limits.answer,
                memory=limits.memory,
                **graphs,  # type: ignore[arg-type]
            )
        finally:
            self.server.turns.release()
        kind, write = self._writer(_GRAPHS if found.form == TRIPLES else _ROWS)
        cut = {"X-SPARQL-MaxRows": str(limits.rows)} if found.truncated else {}
        if kind == "text/html":
            self._page(write(found), cut)
        else:
            self._send(200, kind, write(found), cut)

    def _writer(self, choice: Mapping[str, _Writer]) -> tuple[str, _Writer]:
        """The best of our formats by the client's Accept; its first where the client has no wish that we can fill."""
        wishes: list[tuple[float, str]] = []
        for part in ",".join(self.headers.get_all("Accept") or ["*/*"]).split(","):
            name, *options = (piece.strip().lower() for piece in part.split(";"))
            weight = next((option[2:] for option in options if option.startswith("q=")), "1")
            with contextlib.suppress(ValueError):
                wishes.append((-float(weight), name))
        for _, name in sorted((w for w in wishes if w[0] < 0), key=lambda wish: wish[0]):
            for kind, write in choice.items():
                if name in (kind, "*/*", f"{kind.partition('/')[0]}/*"):
                    return kind, write
        return next(iter(choice.items()))

    def _page(self, text: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(200, "text/html", text, {"Content-Security-Policy": serve_page.policy(), **(headers or {})})

    def _send(self, status: int, kind: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Vary", "Accept")
        self.send_header("Connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent: what people ask is their own affair."""
