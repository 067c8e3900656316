"""Runs one SPARQL query in a process of its own, so that it can be stopped; imports nothing but pyoxigraph.

Standard input holds one JSON object: ``store`` (a directory that nobody writes), ``query``, ``prefixes``, ``limit``
(rows), ``size`` (characters of the answer), ``timeout`` (seconds), ``memory`` (bytes), ``default_graphs`` and
``named_graphs``. Standard output gets one: ``form`` (select, ask, triples), ``vars``, ``rows`` of terms, ``truncated``;
or ``error`` and ``kind``. A term is ``[type, value, datatype, language]``, null where a variable is unbound.
"""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"


def main() -> None:
    """Answer the query on standard input."""
    request = json.load(sys.stdin)
    try:
        found = run(request)
    except SyntaxError as error:
        found = {"error": str(error), "kind": "syntax"}
    except OSError as error:
        found = {"error": str(error), "kind": "store"}
    except (ValueError, RuntimeError) as error:
        found = {"error": str(error), "kind": "query"}
    json.dump(found, sys.stdout)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request; at most ``limit`` rows."""
    bound(request["timeout"], request["memory"])
    try:
        store = ox.Store.read_only(request["store"])
    except (ValueError, RuntimeError) as error:  # damaged files
        raise OSError(str(error)) from error
    chosen = [ox.NamedNode(name) for name in request["default_graphs"]]
    named = [ox.NamedNode(name) for name in request["named_graphs"]]
    dataset: dict[str, Any] = {"default_graph": chosen, "named_graphs": named} if chosen or named else {}
    result = store.query(
        request["query"],
        prefixes=request["prefixes"],
        use_default_graph_as_union=not dataset,
        custom_functions=functions(request["prefixes"]["kg"]),
        **dataset,
    )
    if isinstance(result, ox.QueryBoolean):
        return answer("ask", ["answer"], iter([[ox.Literal(bool(result))]]), request)
    if isinstance(result, ox.QueryTriples):
        triples = ((triple.subject, triple.predicate, triple.object) for triple in result)
        return answer("triples", ["subject", "predicate", "object"], triples, request)
    return answer("select", [variable.value for variable in result.variables], result, request)


def answer(form: str, names: list[str], found: Iterable[Any], request: dict[str, Any]) -> dict[str, Any]:
    """The rows as JSON values, as far as the limits go."""
    limit, size = request["limit"], request["size"]
    rows: list[list[Any]] = []
    written = 0
    truncated = False
    for solution in found:
        if truncated := limit is not None and len(rows) >= limit:
            break
        rows.append([term(value) for value in solution])
        if size is not None:
            written += sum(len(value[1]) for value in rows[-1] if value)
            if written > size:
                raise ValueError(f"the answer is longer than {size} characters; ask for less")
    return {"form": form, "vars": names, "rows": rows, "truncated": truncated}


def bound(timeout: float, memory: int | None) -> None:
    """Let this process live no longer than that, and have no more bytes of its own, where the system can see to it.

    Who asked ends it in time; the alarm is for when that process itself was ended first.
    """
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(timeout) + 2)
    try:
        import resource
    except ImportError:  # Windows
        return
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def term(value: Any) -> list[Any] | None:
    """A term as JSON values."""
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        return ["uri", value.value, None, None]
    if isinstance(value, ox.BlankNode):
        return ["bnode", value.value, None, None]
    if isinstance(value, ox.Literal):
        return ["literal", value.value, value.datatype.value, value.language]
    return ["triple", str(value), None, None]


def functions(namespace: str) -> dict[ox.NamedNode, Any]:
    """Time functions for one's own queries: ``kg:overlaps``, ``kg:within``, ``kg:monthOf``, ``kg:days``.

    They are not SPARQL 1.1 and work in this program only. A wrong argument is an error in the sense of SPARQL: unbound.
    """

    def overlaps(begin: Any, end: Any, since: Any, until: Any) -> Any:
        a, b, c, d = day(begin), day(end), day(since), day(until)
        return None if None in (a, b, c, d) else ox.Literal(a <= d and b >= c)

    def within(begin: Any, end: Any, since: Any, until: Any) -> Any:
        a, b, c, d = day(begin), day(end), day(since), day(until)
        return None if None in (a, b, c, d) else ox.Literal(a >= c and b <= d)

    def month_of(begin: Any) -> Any:
        a = day(begin)
        return None if a is None else ox.Literal(a.isoformat()[:7])

    def days(first: Any, last: Any) -> Any:
        a, b = day(first), day(last)
        return None if a is None or b is None else ox.Literal((b - a).days)

    named = {"overlaps": overlaps, "within": within, "monthOf": month_of, "days": days}
    return {ox.NamedNode(namespace + name): function for name, function in named.items()}


def day(value: Any) -> Any:
    """The date of an xsd:date or xsd:dateTime literal, else None."""
    if not isinstance(value, ox.Literal) or value.datatype.value not in (XSD + "date", XSD + "dateTime"):
        return None
    try:
        return dt.date.fromisoformat(value.value[:10])
    except ValueError:
        return None


if __name__ == "__main__":
    main()
