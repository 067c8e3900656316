"""Runs one SPARQL query in a process of its own, so that it can be stopped; imports nothing but pyoxigraph.

Standard input holds one JSON object: ``store`` (a directory that nobody writes), ``query``, ``prefixes``, ``limit``.
Standard output gets one: ``vars``, ``rows`` of terms, ``truncated``; or ``error`` and ``kind``. A term is ``[type,
value, datatype, language]``, null where a variable is unbound.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"


def main() -> None:
    """Answer the query on standard input."""
    request = json.load(sys.stdin)
    try:
        answer = run(request)
    except SyntaxError as error:
        answer = {"error": str(error), "kind": "syntax"}
    except OSError as error:
        answer = {"error": str(error), "kind": "store"}
    except (ValueError, RuntimeError) as error:
        answer = {"error": str(error), "kind": "query"}
    json.dump(answer, sys.stdout)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request; at most ``limit`` rows."""
    try:
        store = ox.Store.read_only(request["store"])
    except (ValueError, RuntimeError) as error:  # damaged files
        raise OSError(str(error)) from error
    result = store.query(
        request["query"],
        prefixes=request["prefixes"],
        use_default_graph_as_union=True,
        custom_functions=functions(request["prefixes"]["kg"]),
    )
    if isinstance(result, ox.QueryBoolean):
        return {"vars": ["answer"], "rows": [[term(ox.Literal(bool(result)))]], "truncated": False}
    limit = request["limit"]
    rows: list[list[Any]] = []
    truncated = False
    if isinstance(result, ox.QueryTriples):
        names = ["subject", "predicate", "object"]
        for triple in result:
            if truncated := limit is not None and len(rows) >= limit:
                break
            rows.append([term(triple.subject), term(triple.predicate), term(triple.object)])
    else:
        names = [variable.value for variable in result.variables]
        for solution in result:
            if truncated := limit is not None and len(rows) >= limit:
                break
            rows.append([term(value) for value in solution])
    return {"vars": names, "rows": rows, "truncated": truncated}


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
