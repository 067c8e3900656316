"""SPARQL over the graph: named queries, typed parameters, results, and a process that can be stopped."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import GraphError, QueryError
from kg.graph.events import EventReader
from kg.graph.filters import choices
from kg.graph.quads import compact, iri, prefixes
from kg.graph.rdf import RdfStore
from kg.graph.results import Table
from kg.graph.sparql import bind, guard, literal
from kg.graph.window import Day, expand
from kg.model import Actor
from kg.ontology import ontology

__all__ = ["NamedQuery", "Parameter", "QueryReader", "SparqlResult", "find", "load", "named_queries"]

TYPES = ("actor", "category", "date", "event", "integer", "text")
"""Types of parameters. A date named ``until`` or ``..._until`` is the last day of a partial date, others the first."""

ROWS = 100_000
"""Rows that a query gives at most, unless told otherwise."""

_PARAM = re.compile(r"#\s*param\s+(\w+)\s+\((\w+)(?:\s*=\s*([^)]*))?\)\s*:?\s*(.*)")
_HEADER = re.compile(r"#\s*(title|answers)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a query that its caller fills in; without ``default`` it must be given."""

    name: str
    type: str
    default: str | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query file: what it is called, what it answers, what it wants to know, and its SPARQL."""

    name: str
    title: str
    answers: str
    params: tuple[Parameter, ...]
    text: str

    @classmethod
    def parse(cls, name: str, text: str) -> NamedQuery:
        """Read the header comments of a query.

        Raises:
            QueryError: a parameter has an unknown type.
        """
        head: dict[str, str] = {}
        parameters = []
        for line in text.splitlines():
            if match := _PARAM.match(line):
                label, kind, default, about = match.groups()
                if kind not in TYPES:
                    raise QueryError(
                        f"query {name}: parameter {label} has type {kind!r}; use one of {', '.join(TYPES)}"
                    )
                parameters.append(Parameter(label, kind, default.strip() if default is not None else None, about))
            elif match := _HEADER.match(line):
                head[match.group(1)] = match.group(2).strip()
        return cls(name, head.get("title", name), head.get("answers", ""), tuple(parameters), text)


def _folders() -> list[Path]:
    package = Path(__file__).resolve().parent.parent
    return [package / "queries", package.parent / "queries"]


def named_queries() -> list[NamedQuery]:
    """All shipped queries by name."""
    found = {path.stem: path for folder in reversed(_folders()) if folder.is_dir() for path in folder.glob("*.rq")}
    return [NamedQuery.parse(name, path.read_text("utf-8")) for name, path in sorted(found.items())]


def load(name: str) -> NamedQuery:
    """A shipped query by name, or one from a file by its path.

    Raises:
        QueryError: there is none; suggests what was meant.
    """
    path = Path(name)
    if path.suffix == ".rq":
        try:
            return NamedQuery.parse(path.stem, path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"query file {name}: can't be read ({error})") from error
    known = {query.name: query for query in named_queries()}
    return known[choices([name], known, "query")[0]]


def find(text: str) -> NamedQuery:
    """The query that a text stands for: the name of a shipped one, a path that ends in ``.rq``, or SPARQL itself.

    Raises:
        QueryError: it looks like a name or path, and there is none such.
    """
    word = text.strip()
    if (word.endswith(".rq") and "\n" not in word) or re.fullmatch(r"[\w-]+", word):
        return load(word)
    return NamedQuery.parse("query", text)


class SparqlResult(Table):
    """Rows of a SELECT, the triples of a CONSTRUCT or DESCRIBE, or the answer of an ASK.

    In ``rows`` IRIs are prefixed names where a prefix fits; numbers, dates and booleans are Python values.
    """

    def __init__(self, variables: list[str], terms: list[list[Any]], truncated: bool) -> None:
        super().__init__(variables, [tuple(_value(term) for term in row) for row in terms], truncated)
        self.terms = terms

    def __bool__(self) -> bool:
        """The answer of an ASK; else whether there are rows."""
        if self.columns == ["answer"] and len(self.rows) == 1:
            return bool(self.rows[0][0])
        return bool(self.rows)

    def json(self) -> str:
        """The W3C format: SPARQL 1.1 Query Results JSON."""
        bindings = [
            {name: _json_term(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.terms
        ]
        return json.dumps(
            {"head": {"vars": self.columns}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1
        )


class QueryReader(EventReader, RdfStore):
    """The part of a graph that answers SPARQL."""

    def sparql(
        self,
        query: str | NamedQuery,
        params: Mapping[str, Any] | None = None,
        timeout: float = 60.0,
        limit: int | None = ROWS,
        as_of: Day | None = None,
        actor: Callable[[str], str | Iterable[str]] | None = None,
    ) -> SparqlResult:
        """Answer a SPARQL 1.1 query over the union of all graphs; the prefixes of the project need no declaration.

        ``query`` may also be the name of a shipped query, or a path that ends in ``.rq``.

        ``params`` fills in variables. Those that the header of a query declares are read by their type (an actor may
        be a code or name, a date partial); others by the type of the value, a string being text. ``actor`` turns names
        into ids instead of the graph's own lookup. ``limit`` caps the rows; ``truncated`` of the result tells whether
        it did.

        Raises:
            QueryError: the query is malformed, wants to leave the graph, takes longer than ``timeout`` seconds, or a
                parameter is missing, unknown, or not of its type.
            StoreBusy: another process is writing.
        """
        named = query if isinstance(query, NamedQuery) else find(query)
        guard(named.text)
        terms = self._terms(named, dict(params or {}), actor)
        text = bind(named.text, terms)
        for attempt in (1, 2):
            with self.rdf(as_of) as path:
                answer = _ask(path, text, timeout, limit)
            if answer.get("kind") != "store":
                break
            if attempt == 1:
                self.projection.distrust()
        if "error" in answer:
            if answer["kind"] == "store":
                raise GraphError(
                    f"{self.directory}: the RDF projection can't be read ({answer['error']}); try `kg reindex`"
                )
            raise QueryError(f"query {named.name}: {answer['error']}")
        return SparqlResult(answer["vars"], answer["rows"], answer["truncated"])

    def _terms(
        self, query: NamedQuery, given: dict[str, Any], actor: Callable[[str], str | Iterable[str]] | None
    ) -> dict[str, str]:
        out = {}
        for parameter in query.params:
            value = given.pop(parameter.name, parameter.default)
            if value is None:
                wanted = ", ".join(f"{p.name} ({p.type})" for p in query.params if p.default is None)
                raise QueryError(f"query {query.name} needs {parameter.name} ({parameter.type}); give {wanted}")
            out[parameter.name] = self._term(parameter, value, actor)
        if given and query.params:
            choices(list(given), [p.name for p in query.params], f"parameter of query {query.name}:")
        out.update((name, _plain_term(name, value)) for name, value in given.items())
        return out

    def _term(self, parameter: Parameter, value: Any, actor: Callable[[str], str | Iterable[str]] | None) -> str:
        what = f"parameter {parameter.name}"
        match parameter.type:
            case "actor":
                return f"<{iri('actor', self._one_actor(what, value, actor))}>"
            case "date":
                last = parameter.name == "until" or parameter.name.endswith("_until")
                return literal(expand(value)[1 if last else 0].isoformat(), "date")
            case "integer":
                try:
                    return str(int(value))
                except (TypeError, ValueError):
                    raise QueryError(f"{what}: {value!r} is not a whole number") from None
            case "category":
                name = choices([str(value).upper()], ontology().categories, what)[0]
                return f"<{prefixes()['plover']}{name}>"
            case "event":
                return f"<{iri('event', self.event(str(value).removeprefix('event:')).id)}>"
        return literal(str(value))

    def _one_actor(self, what: str, value: Any, actor: Callable[[str], str | Iterable[str]] | None) -> str:
        if isinstance(value, Actor):
            return value.id
        if actor is None:
            ids = self.resolve(str(value))
        else:
            found = actor(str(value))
            ids = [found] if isinstance(found, str) else list(found)
        if len(ids) != 1:
            raise QueryError(f"{what}: {value!r} stands for {len(ids)} actors, and the query takes one")
        return ids[0]


def _plain_term(name: str, value: Any) -> str:
    if isinstance(value, Actor):
        return f"<{iri('actor', value.id)}>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return literal(repr(value), "double")
    if isinstance(value, dt.datetime):
        return literal(value.isoformat(), "dateTime")
    if isinstance(value, dt.date):
        return literal(value.isoformat(), "date")
    if isinstance(value, str):
        return literal(value)
    raise QueryError(
        f"parameter {name}: a {type(value).__name__} can't be bound; give text, a number, a date or an Actor"
    )


def _ask(store: Path, query: str, timeout: float, limit: int | None) -> dict[str, Any]:
    """Run the worker; it dies with the timeout, whatever the query is doing."""
    request = json.dumps({"store": str(store), "query": query, "prefixes": prefixes(), "limit": limit})
    worker = Path(__file__).with_name("_worker.py")
    try:
        done = subprocess.run(
            [sys.executable, str(worker)], input=request, capture_output=True, text=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise QueryError(f"the query took longer than {timeout:g} s; narrow it or give it more time") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise QueryError(f"the query could not be run ({last})")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


_XSD = "http://www.w3.org/2001/XMLSchema#"


def _value(term: list[Any] | None) -> Any:
    if term is None:
        return None
    kind, value, datatype, _ = term
    if kind == "uri":
        return compact(value)
    if kind != "literal":
        return value
    try:
        match datatype.removeprefix(_XSD):
            case "integer" | "int" | "long":
                return int(value)
            case "decimal":
                return float(decimal.Decimal(value))
            case "double" | "float":
                return float(value)
            case "boolean":
                return value in ("true", "1")
            case "date":
                return dt.date.fromisoformat(value[:10])
            case "dateTime":
                return dt.datetime.fromisoformat(value)
    except (ValueError, ArithmeticError):
        pass
    return value


def _json_term(term: list[Any]) -> dict[str, str]:
    kind, value, datatype, language = term
    out = {"type": "literal" if kind == "triple" else kind, "value": value}
    if language:
        out["xml:lang"] = language
    elif kind == "literal" and datatype != _XSD + "string":
        out["datatype"] = datatype
    return out
