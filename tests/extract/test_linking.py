"""Hard cases of naming: which actors the words of a text denote.

The tables were fixed before the program read them. Columns: day, text, words that must denote an actor, words
that must not denote it. A case holds for every occurrence of its words. Known failures are named in linking-known.tsv
with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from kg.extract import parse
from kg.extract.actors import link
from kg.extract.pipeline import Extractor
from kg.model import Article

HERE = Path(__file__).parent
KNOWN = dict(
    line.split("\t", 1) for line in (HERE / "linking-known.tsv").read_text("utf-8").splitlines() if line.strip()
)


def cases():
    for table in ("linking", "linking-more", "linking-story"):
        for number, line in enumerate((HERE / f"{table}.tsv").read_text("utf-8").splitlines(), 1):
            marks = []
            if table == "linking" and (reason := KNOWN.get(str(number))):
                marks.append(pytest.mark.xfail(strict=True, reason=reason))
            yield pytest.param(*[*line.split("\t"), "", ""][:4], id=f"{table}-{number}", marks=marks)


def norm(code: str) -> str:
    return re.sub(r"[^A-Z0-9:]", "", code.upper())


def denoted(extractor: Extractor, day: str, text: str) -> tuple[str, list[tuple[int, int, str, set[str]]]]:
    """The text, and for every phrase its characters, role and codes."""
    name, words = ("title", text.removeprefix("TITLE: ")) if text.startswith("TITLE: ") else ("text", text)
    article = Article("t", dt.date.fromisoformat(day), **{name: words})
    source = extractor.headline(article) if name == "title" else words
    fields = {name: parse.load()(source)}
    linked = link(fields, article.published, extractor.gazetteer)
    return words, [(p.start, p.end, p.role, {norm(r.code) for r in p.refs}) for p in linked.phrases[name]]


@pytest.mark.parametrize(("day", "text", "wanted", "unwanted"), cases())
def test_names(extractor, day, text, wanted, unwanted):
    words, phrases = denoted(extractor, day, text)

    def at(expression: str, roles: set[str]) -> list[set[str]]:
        pattern = re.compile(rf"(?<!\w){re.escape(expression.replace('_', ' '))}(?!\w)")
        return [
            set().union(*(cs for s, e, role, cs in phrases if role in roles and s < m.end() and m.start() < e))
            for m in pattern.finditer(words)
        ]

    for item in wanted.split():
        expression, codes = item.rsplit("=", 1)
        for found in at(expression, {"actor", "modifier", "place"}):
            assert {norm(code) for code in codes.split("+")} <= found, f"{item}: found {found or 'nothing'}"
    for item in unwanted.split():
        expression, code = item.rsplit("=", 1)
        for found in at(expression, {"actor"}):
            assert not found if code == "*" else norm(code) not in found, f"unwanted {item}: found {found}"
