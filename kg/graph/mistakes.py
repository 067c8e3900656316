"""What is wrong with a SPARQL query, in a sentence: the parser lists what its grammar might have taken instead."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence

from kg.graph.quads import compact, prefixes
from kg.graph.sparql import tokens

__all__ = ["mistake"]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_CLOSES = {"}": "{", ")": "(", "]": "["}
_SAID = {
    "The SELECT contains a variable that is unbound": (
        "a variable after SELECT stands in no pattern, or beside an aggregate without being in GROUP BY"
    ),
    "SELECT * is not authorized with GROUP BY": "SELECT * does not go with GROUP BY; name the variables",
    "IRI parsing failed": "what stands between < and > is no IRI",
}
"""Sentences that the parser hides among what it expected, and what they mean."""
_FUNCTIONS = ("days", "monthOf", "overlaps", "within")
_WIDTH = 40

Token = tuple[str, str, int]
"""Kind, text, and where it begins."""


def mistake(query: str, message: str) -> str:
    """What the parser's ``message`` means for a query.

    >>> mistake("SELEC ?s { ?s ?p ?o }", "error at 1:10: expected CONSTRUCT")
    'error at 1:1: a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not with SELEC; did you mean SELECT?'
    """
    if function := re.search(r"The custom function <(.+)> is not supported", message):
        known = ", ".join(f"kg:{name}" for name in _FUNCTIONS)
        return f"function {compact(function[1])} is unknown; beside those of SPARQL 1.1 there are {known}"
    place = re.match(r"error at (\d+):(\d+)", message)
    if place is None:
        return message[:200]
    found = list(_placed(query))
    if not found:
        return "it is empty"
    if seen := _form(found) or _prefix(found) or _quote(found) or _bracket(found):
        text, offset = seen
        return f"error at {_at(query, offset)}: {text}"
    offset = _offset(query, int(place[1]), int(place[2]))
    said = next((meaning for sentence, meaning in _SAID.items() if sentence in message), None)
    end = next((start + len(text) for _, text, start in found if start + len(text) > offset), offset)
    before = " ".join(query[:end].split())
    shown = f"…{before[-_WIDTH:]}" if len(before) > _WIDTH else before
    return f"error at {_at(query, offset)} or before it, in `{shown}`: {said or 'this is not SPARQL 1.1'}"


def _placed(query: str) -> Iterator[Token]:
    offset = 0
    for kind, text in tokens(query):
        if kind not in ("space", "comment"):
            yield kind, text, offset
        offset += len(text)


def _form(found: Sequence[Token]) -> tuple[str, int] | None:
    """Whether something else than SELECT and the like comes after the prologue."""
    place = 0
    while place < len(found) and found[place][1].upper() in ("PREFIX", "BASE"):
        place += 3 if found[place][1].upper() == "PREFIX" else 2
    if place >= len(found):
        return "after the prefixes a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE", found[-1][2]
    _, text, offset = found[place]
    if text.upper() in _FORMS:
        return None
    close = difflib.get_close_matches(text.upper(), _FORMS, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"a query begins with {', '.join(_FORMS[:-1])} or {_FORMS[-1]}, not with {text}{hint}", offset


def _prefix(found: Sequence[Token]) -> tuple[str, int] | None:
    """Whether a prefix is neither one of the project nor declared."""
    own = {name[1].partition(":")[0] for word, name in itertools.pairwise(found) if word[1].upper() == "PREFIX"}
    for kind, text, offset in found:
        name = text.partition(":")[0]
        if kind == "name" and name not in own and name != "_" and name not in prefixes():
            known = ", ".join(f"{one}:" for one in sorted(prefixes()))
            others = f"others go before the query as PREFIX {name}: <…>"
            return f"prefix {name}: is unknown; known are {known}, {others}", offset
    return None


def _quote(found: Sequence[Token]) -> tuple[str, int] | None:
    for kind, text, offset in found:
        if kind == "other" and text in "\"'":
            return "the text that begins here has no closing quotation mark", offset
    return None


def _bracket(found: Sequence[Token]) -> tuple[str, int] | None:
    """Whether a bracket is left open, or closes none."""
    opened: list[tuple[str, int]] = []
    for kind, text, offset in found:
        if kind != "other":
            continue
        if text in _CLOSES.values():
            opened.append((text, offset))
        elif text in _CLOSES:
            if not opened:
                return f"{text} closes no {_CLOSES[text]}", offset
            if opened[-1][0] != _CLOSES[text]:
                return f"{text} comes before the {opened[-1][0]} is closed", offset
            opened.pop()
    return (f"{opened[-1][0]} is never closed", opened[-1][1]) if opened else None


def _offset(query: str, line: int, column: int) -> int:
    lines = query.splitlines(keepends=True)
    return min(len(query), sum(map(len, lines[: line - 1])) + column - 1)


def _at(query: str, offset: int) -> str:
    before = query[:offset]
    return f"{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"
