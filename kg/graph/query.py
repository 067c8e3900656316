"""SPARQL over the graph: named queries, typed parameters, results, and a process that can be stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.errors import GraphError, QueryError, QueryTimeout
from kg.graph.answers import SparqlResult
from kg.graph.events import EventReader
from kg.graph.mistakes import mistake
from kg.graph.named import NamedQuery, Parameter, find, load, named_queries
from kg.graph.parameters import Lookup, terms
from kg.graph.quads import prefixes
from kg.graph.rdf import RdfStore
from kg.graph.sparql import bind, guard
from kg.graph.window import Day

__all__ = ["NamedQuery", "Parameter", "QueryReader", "SparqlResult", "find", "load", "named_queries"]

ROWS = 100_000
"""Rows that a query gives at most, unless told otherwise."""


class QueryReader(EventReader, RdfStore):
    """The part of a graph that answers SPARQL."""

    def sparql(
        self,
        query: str | NamedQuery,
        params: Mapping[str, Any] | None = None,
        timeout: float = 60.0,
        limit: int | None = ROWS,
        as_of: Day | None = None,
        actor: Lookup | None = None,
        endpoint: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        memory: int | None = None,
        size: int | None = None,
    ) -> SparqlResult:
        """Answer a SPARQL 1.1 query over the union of all graphs; the prefixes of the project need no declaration.

        ``query`` may also be the name of a shipped query, or a path that ends in ``.rq``.

        ``params`` fills in variables. Those that the header of a query declares are read by their type (an actor may
        be a code or name, a date partial); others by the type of the value, a string being text. ``actor`` turns names
        into ids instead of the graph's own lookup. ``limit`` caps the rows; ``truncated`` of the result tells whether
        it did.

        ``endpoint`` is the address of a SPARQL endpoint that is to answer instead, with names of actors looked up in
        this graph; see :class:`kg.graph.endpoint.Endpoint` to ask one without a graph.

        ``default_graphs`` and ``named_graphs`` are IRIs of articles' graphs to look at instead of all. ``memory`` is
        the most that the query may take, in bytes (where the system can limit it), ``size`` the most characters of
        the answer.

        Raises:
            QueryError: the query is malformed, wants to leave the graph, takes longer than ``timeout`` seconds or more
                room than allowed, or a parameter is missing, unknown, or not of its type; the endpoint fails.
            StoreBusy: another process is writing.
        """
        named = query if isinstance(query, NamedQuery) else find(query)
        guard(named.text)
        bound = terms(named, params or {}, actor or self.resolve, lambda key: self.event(key).id)
        text = bind(named.text, bound)
        if endpoint is not None:
            from kg.graph.endpoint import Endpoint

            if as_of is not None or default_graphs or named_graphs:
                raise QueryError(
                    "an endpoint knows only its present state; leave out as_of and graphs, or the endpoint"
                )
            return Endpoint(endpoint).ask(text, timeout, limit)
        request = {
            "query": text,
            "prefixes": prefixes(),
            "limit": limit,
            "size": size,
            "memory": memory,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
        }
        for attempt in (1, 2):
            with self.rdf(as_of) as path:
                answer = _ask(path, request, timeout)
            if answer.get("kind") != "store":
                break
            if attempt == 1:
                self.projection.distrust()
        if "error" in answer:
            if answer["kind"] == "store":
                raise GraphError(
                    f"{self.directory}: the RDF projection can't be read ({answer['error']}); try `kg reindex`"
                )
            raise QueryError(f"{named.called}: {mistake(text, answer['error'])}")
        return SparqlResult(answer["vars"], answer["rows"], answer["truncated"], answer["form"])


def _ask(store: Path, request: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """Run the worker; it dies with the timeout, whatever the query is doing."""
    worker = Path(__file__).with_name("_worker.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(worker)],
            input=json.dumps({"store": str(store), "timeout": timeout, **request}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        raise QueryTimeout(f"the query took longer than {timeout:g} s; narrow it or give it more time") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        if request["memory"] is not None and (done.returncode < 0 or any("memory" in line.lower() for line in lines)):
            raise QueryError(f"the query took more than {request['memory'] // 1_000_000} MB of memory; narrow it")
        raise QueryError(f"the query could not be run ({(lines or [f'status {done.returncode}'])[-1]})")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def allowed_graphs(names: Iterable[str]) -> list[str]:
    """The IRIs of graphs as given.

    Raises:
        QueryError: one is not the graph of an article.
    """
    start = prefixes()["article"]
    found = list(names)
    for name in found:
        if not name.startswith(start) or any(c in name for c in '<>"{}|^`\\ '):
            raise QueryError(f"graph {name!r}: only the graphs of articles can be read, {start}…")
    return found
