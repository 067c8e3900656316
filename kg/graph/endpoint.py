"""Any SPARQL 1.1 endpoint, asked like a graph: the same named queries, parameters and results."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from kg.errors import QueryError, QueryTimeout
from kg.graph.answers import TRIPLES, SparqlResult, from_json
from kg.graph.named import NamedQuery, find
from kg.graph.parameters import Lookup, terms
from kg.graph.quads import iri, prefixes
from kg.graph.sparql import bind, guard, literal, tokens

__all__ = ["Endpoint"]

_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
_MOST = 500_000_000
"""Bytes of the longest answer that is read."""
_FROM_ENDPOINT = 100_000
"""Rows that are taken at most, unless told otherwise."""


class Endpoint:
    """A SPARQL endpoint that holds a graph of this project, on this machine or elsewhere.

    Its default graph must be the union of all graphs, or hold all statements (``oxigraph serve --union-default-graph``,
    ``tdb2:unionDefaultGraph``; Virtuoso, GraphDB and QLever do so by themselves).
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise QueryError(f"endpoint {url!r} is no address; give one like http://localhost:7878/query")
        self.url = url

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r})"

    def sparql(
        self,
        query: str | NamedQuery,
        params: Mapping[str, Any] | None = None,
        timeout: float = 60.0,
        limit: int | None = _FROM_ENDPOINT,
        actor: Lookup | None = None,
    ) -> SparqlResult:
        """Answer a query as :meth:`kg.graph.Graph.sparql` does; names of actors are looked up at the endpoint.

        Raises:
            QueryError: the query or a parameter is wrong, or the endpoint can't be reached, refuses, answers something
                else, or takes longer than ``timeout`` seconds.
        """
        named = query if isinstance(query, NamedQuery) else find(query)
        guard(named.text)
        bound = terms(named, params or {}, actor or self.resolve, lambda key: key)
        return self.ask(bind(named.text, bound), timeout, limit)

    def resolve(self, name: str) -> list[str]:
        """Ids of the actors that have a name, code or id at the endpoint; without case.

        Raises:
            QueryError: there is none.
        """
        wanted = name.strip()
        found = self.ask(
            f"""SELECT DISTINCT ?actor WHERE {{
              {{ ?actor kg:code ?name }} UNION {{ ?actor skos:prefLabel ?name }} UNION {{ ?actor skos:altLabel ?name }}
              UNION {{ BIND(<{iri("actor", wanted)}> AS ?actor) ?actor kg:kind ?kind BIND({literal(wanted)} AS ?name) }}
              FILTER(LCASE(STR(?name)) = {literal(wanted.lower())}) }}"""
        )
        start = prefixes()["actor"]
        ids = sorted({urllib.parse.unquote(str(row[0][1]).removeprefix(start)) for row in found.terms if row[0]})
        if not ids:
            raise QueryError(f"no actor {name!r} at {self.url}; give its code or id as the graph has it")
        return [wanted] if wanted in ids else ids

    def ask(self, text: str, timeout: float = 60.0, limit: int | None = _FROM_ENDPOINT) -> SparqlResult:
        """Send a query as it stands, with the project's prefixes declared in front of it.

        Raises:
            QueryError: as for :meth:`sparql`.
        """
        body = urllib.parse.urlencode({"query": _declared(text)}).encode()
        head = {
            "Accept": _ACCEPT,
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "User-Agent": "kg",
        }
        request = urllib.request.Request(self.url, body, head)  # noqa: S310 - http and https only, see above
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                kind = answer.headers.get_content_type()
                data = self._whole(answer, time.monotonic() + timeout, timeout)
        except urllib.error.HTTPError as error:
            raise QueryError(f"endpoint {self.url}: {error.code} {error.reason}{_said(error)}") from None
        except TimeoutError:
            raise self._slow(timeout) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self._slow(timeout) from None
            raise QueryError(f"endpoint {self.url}: can't be reached ({reason}); check the address") from None
        if kind in ("application/n-triples", "text/turtle"):
            return _triples(data, kind, limit)
        if kind not in ("application/sparql-results+json", "application/json"):
            raise QueryError(f"endpoint {self.url}: answered {kind}, no SPARQL result; check the address")
        try:
            return from_json(data, limit)
        except QueryError as error:
            raise QueryError(f"endpoint {self.url}: {error}") from error

    def _whole(self, answer: http.client.HTTPResponse, deadline: float, timeout: float) -> bytes:
        parts, size = [], 0
        while part := answer.read1(1 << 20):
            parts.append(part)
            size += len(part)
            if size > _MOST:
                raise QueryError(
                    f"endpoint {self.url}: the answer is larger than {_MOST // 1_000_000} MB; ask for less"
                )
            if time.monotonic() > deadline:
                raise self._slow(timeout)
        return b"".join(parts)

    def _slow(self, timeout: float) -> QueryError:
        return QueryTimeout(
            f"endpoint {self.url}: took longer than {timeout:g} s; narrow the query or give it more time"
        )


def _declared(text: str) -> str:
    """The query with a declaration of each prefix of the project that it uses and does not declare itself."""
    used: set[str] = set()
    own: set[str] = set()
    after = ""
    for kind, part in tokens(text):
        if kind == "name":
            (own if after == "PREFIX" else used).add(part.partition(":")[0])
        if kind not in ("space", "comment"):
            after = part.upper()
    return "".join(f"PREFIX {name}: <{prefixes()[name]}>\n" for name in prefixes() if name in used - own) + text


def _triples(data: bytes, kind: str, limit: int | None) -> SparqlResult:
    import pyoxigraph as ox

    from kg.graph._worker import term

    form = ox.RdfFormat.N_TRIPLES if kind == "application/n-triples" else ox.RdfFormat.TURTLE
    try:
        quads = list(ox.parse(data, form))
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the answer is no {kind} ({error})") from error
    rows = [[term(quad.subject), term(quad.predicate), term(quad.object)] for quad in quads[:limit]]
    return SparqlResult(["subject", "predicate", "object"], rows, len(rows) < len(quads), TRIPLES)


def _said(error: urllib.error.HTTPError) -> str:
    try:
        text = error.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    shown = "".join(c for c in line if c.isprintable())[:300]
    return f" ({shown})" if shown else ""
