"""SPARQL text: its tokens, what it may not do, and how values are put in place of its variables.

Values come in as terms, serialised by the rules of the grammar; nothing is ever pasted in as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.errors import QueryError
from kg.graph.quads import prefixes

__all__ = ["bind", "guard", "literal", "tokens"]

_STRINGS = r'''
    (?P<string> """(?:"{0,2}(?:[^"\\]|\\.))*""" | \'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\'
              | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
'''
_IRI = r"""| (?P<iri> <[^<>"{}|^`\\\x00-\x20]*> )"""
_REST = r"""
  | (?P<comment> \#[^\n\r]* )
  | (?P<var> [?$]\w+ )
  | (?P<name> (?:[^\W\d][\w.\-]*)?:[\w.\-:%~]* )
  | (?P<word> @?[^\W\d]\w* )
  | (?P<space> \s+ )
  | (?P<other> . )
"""
_TOKEN = re.compile(_STRINGS + _IRI + _REST, re.VERBOSE | re.DOTALL)
_READINGS = (
    _TOKEN,
    re.compile(_STRINGS + _REST, re.VERBOSE | re.DOTALL),
    re.compile(_STRINGS + r"| (?P<iri> <[^>\n\r]*> )" + _REST, re.VERBOSE | re.DOTALL),
)
"""Ways to read a ``<``: as the grammar says, never as the begin of an IRI, and of whatever ends with a ``>``."""

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"])


def tokens(text: str, pattern: re.Pattern[str] = _TOKEN) -> Iterator[tuple[str, str]]:
    """Kind and text of every token; joined they are the text again."""
    for match in pattern.finditer(text):
        yield match.lastgroup or "other", match.group()


def guard(query: str) -> None:
    """Refuse what a query could reach outside the graph with: SERVICE, files in FROM, updates.

    A ``<`` can open an IRI or be a comparison, and escapes can spell a keyword; the query must be harmless in every
    reading.

    Raises:
        QueryError: it is not.
    """
    readings = {query, _ESCAPE.sub(_unescape, query)}
    for text in readings:
        for pattern in _READINGS:
            _guard_reading([t for t in tokens(text, pattern) if t[0] not in ("space", "comment")])


def _guard_reading(found: list[tuple[str, str]]) -> None:
    article = prefixes()["article"]
    first = next((text.upper() for kind, text in _without_prologue(found) if kind == "word"), "")
    if first in _UPDATES or first == "WITH":
        raise QueryError(f"{first} would change the graph; queries only read (`kg add` and `kg remove` change it)")
    for place, (kind, text) in enumerate(found):
        if kind != "word":
            continue
        after = [*found[place + 1 : place + 3], ("end", ""), ("end", "")]
        if text.upper() == "SERVICE" and (after[0][0] in ("iri", "var", "name", "word") or after[0][1] == "<"):
            raise QueryError("SERVICE asks another server; queries here stay inside the graph, so leave it out")
        if text.upper() == "FROM":
            target = after[1] if after[0][1].upper() == "NAMED" else after[0]
            if target[0] == "iri" and not target[1].startswith(f"<{article}"):
                raise QueryError(f"FROM {target[1]}: only the graphs of articles can be read, {article}…")


def _without_prologue(found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    rest = iter(found)
    for kind, text in rest:
        if kind == "word" and text.upper() in ("PREFIX", "BASE"):
            continue
        yield kind, text


def _unescape(match: re.Match[str]) -> str:
    code = int(match.group(1) or match.group(2), 16)
    return chr(code) if code < 0x110000 else ""


def literal(value: str, datatype: str | None = None) -> str:
    """A SPARQL literal with everything escaped that would end it.

    >>> print(literal('say "hi"'))
    "say \\"hi\\""
    """
    escaped = "".join(_ESCAPES.get(c, c) for c in value)
    return f'"{escaped}"' + (f"^^<{prefixes()['xsd']}{datatype}>" if datatype else "")


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x00": "\ufffd"}


def bind(query: str, terms: Mapping[str, str]) -> str:
    """The query with serialised terms in place of variables.

    In the head of a SELECT a bound variable stays as a column; in GROUP BY and ORDER BY it becomes an expression.

    Raises:
        QueryError: a parameter is not in the query, or the query assigns to it.
    """
    out: list[str] = []
    used: set[str] = set()
    clause, depth, after_as = "", 0, False
    for kind, text in tokens(query):
        if kind == "word":
            clause = _clause(text.upper(), clause)
        elif text == "{":
            clause = ""
        elif text in "()" and kind == "other":
            depth += 1 if text == "(" else -1
        if kind == "var" and text[1:] in terms:
            if after_as:
                raise QueryError(f"{text} is a parameter and can't be assigned to; name the result otherwise")
            used.add(text[1:])
            term = terms[text[1:]]
            if depth == 0 and clause == "head":
                term = f"({term} AS {text})"
            elif depth == 0 and clause == "tail":
                term = f"({term})"
            out.append(term)
        else:
            out.append(text)
        if kind not in ("space", "comment"):
            after_as = kind == "word" and text.upper() == "AS"
    if unused := sorted(terms.keys() - used):
        raise QueryError(f"the query has no variable ?{unused[0]}; its parameters are its own variables, by name")
    return "".join(out)


def _clause(word: str, before: str) -> str:
    match word:
        case "SELECT":
            return "head"
        case "WHERE" | "FROM" | "LIMIT" | "OFFSET" | "VALUES":
            return ""
        case "GROUP" | "ORDER" | "HAVING":
            return "tail"
    return before
