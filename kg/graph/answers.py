"""What SPARQL answers: rows as Python values, and in the formats of the W3C."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kg.errors import QueryError
from kg.graph.quads import compact
from kg.graph.results import Table

__all__ = ["ASK", "SELECT", "TRIPLES", "SparqlResult", "Term", "from_json"]

Term = list[Any] | None
"""Type (uri, bnode, literal, triple), value, datatype and language; None where a variable is unbound."""

SELECT, ASK, TRIPLES = "select", "ask", "triples"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_XML_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], "\ufffd")


class SparqlResult(Table):
    """Rows of a SELECT, the triples of a CONSTRUCT or DESCRIBE, or the answer of an ASK; ``form`` says which.

    In ``rows`` IRIs are prefixed names where a prefix fits; numbers, dates and booleans are Python values. ``terms``
    are the same as they came.
    """

    def __init__(self, variables: list[str], terms: list[list[Term]], truncated: bool = False, form: str = SELECT):
        super().__init__(variables, [tuple(_value(term) for term in row) for row in terms], truncated)
        self.terms = terms
        self.form = form

    def __bool__(self) -> bool:
        """The answer of an ASK; else whether there are rows."""
        return bool(self.rows[0][0]) if self.form == ASK else bool(self.rows)

    def json(self) -> str:
        """SPARQL 1.1 Query Results JSON; triples come as bindings of subject, predicate and object."""
        if self.form == ASK:
            return json.dumps({"head": {}, "boolean": bool(self)})
        bindings = [
            {name: _json_term(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.terms
        ]
        return json.dumps(
            {"head": {"vars": self.columns}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1
        )

    def xml(self) -> str:
        """SPARQL 1.1 Query Results XML; what XML can't hold is replaced by U+FFFD."""
        start = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
        if self.form == ASK:
            return f"{start}<head/>\n<boolean>{'true' if self else 'false'}</boolean>\n</sparql>\n"
        head = "".join(f"<variable name={quoteattr(name)}/>" for name in self.columns)
        rows = [
            "<result>"
            + "".join(
                f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
                for name, term in zip(self.columns, row, strict=True)
                if term is not None
            )
            + "</result>\n"
            for row in self.terms
        ]
        return f"{start}<head>{head}</head>\n<results>\n{''.join(rows)}</results>\n</sparql>\n"

    def plain_csv(self) -> str:
        """SPARQL 1.1 Query Results CSV: plain values with whole IRIs, for programs; :meth:`csv` is for spreadsheets."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(["" if term is None else _bare(term) for term in row] for row in self.terms)
        return out.getvalue()

    def tsv(self) -> str:
        """SPARQL 1.1 Query Results TSV: terms as SPARQL writes them."""
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join("" if term is None else _written(term) for term in row) for row in self.terms]
        return "\n".join(lines) + "\n"

    def ntriples(self) -> str:
        """The triples of a CONSTRUCT or DESCRIBE as N-Triples."""
        return "".join(f"{' '.join(_written(term) for term in row if term is not None)} .\n" for row in self.terms)


def from_json(text: str | bytes, limit: int | None = None) -> SparqlResult:
    """The result that a SPARQL 1.1 Query Results JSON document holds; at most ``limit`` rows.

    Raises:
        QueryError: it is no such document.
    """
    try:
        found = json.loads(text)
        if "boolean" in found:
            answer = "true" if found["boolean"] is True else "false"
            return SparqlResult(["answer"], [[["literal", answer, _XSD + "boolean", None]]], form=ASK)
        names = [str(name) for name in found["head"]["vars"]]
        bindings = found["results"]["bindings"]
        cut = limit is not None and len(bindings) > limit
        rows = [[_from_json_term(one.get(name)) for name in names] for one in bindings[:limit]]
        return SparqlResult(names, rows, cut)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QueryError(f"the answer is no SPARQL result in JSON ({type(error).__name__}: {error})") from error


def _from_json_term(term: dict[str, Any] | None) -> Term:
    if term is None:
        return None
    kind, value, language = term["type"], term["value"], term.get("xml:lang")
    if kind == "triple":
        return ["triple", json.dumps(value, ensure_ascii=False), None, None]
    if not isinstance(value, str):
        raise ValueError(f"a term's value is {value!r}")
    if kind in ("uri", "bnode"):
        return [kind, value, None, None]
    otherwise = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString" if language else _XSD + "string"
    return ["literal", value, term.get("datatype") or otherwise, language]


def _value(term: Term) -> Any:
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


def _xml_term(term: list[Any]) -> str:
    kind, value, datatype, language = term
    text = escape(value.translate(_XML_FORBIDDEN))
    if kind in ("uri", "bnode"):
        return f"<{kind}>{text}</{kind}>"
    about = f" xml:lang={quoteattr(language)}" if language else ""
    if kind == "literal" and not language and datatype != _XSD + "string":
        about = f" datatype={quoteattr(datatype)}"
    return f"<literal{about}>{text}</literal>"


def _bare(term: list[Any]) -> str:
    return f"_:{term[1]}" if term[0] == "bnode" else str(term[1])


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _written(term: list[Any]) -> str:
    kind, value, datatype, language = term
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value}"
    if kind == "triple":
        return str(value)
    text = '"' + "".join(_ESCAPES.get(c, c) for c in value) + '"'
    if language:
        return f"{text}@{language}"
    return text if datatype == _XSD + "string" else f"{text}^^<{datatype}>"
