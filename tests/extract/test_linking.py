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
from kg.extract.gazetteer import Gazetteer
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
    check(words, phrases, wanted, unwanted)


def check(words, phrases, wanted, unwanted):
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


def news():
    for table in ("linking-news", "linking-names"):
        for number, line in enumerate((HERE / f"{table}.tsv").read_text("utf-8").splitlines(), 1):
            yield pytest.param(*[*line.split("\t"), "", ""][:5], id=f"{table}-{number}")


@pytest.mark.parametrize(("day", "title", "text", "wanted", "unwanted"), news())
def test_names_in_short_news_with_a_headline(extractor, day, title, text, wanted, unwanted):
    article = Article("t", dt.date.fromisoformat(day), title=title, text=text)
    headline = extractor.headline(article)
    fields = {name: parse.load()(words) for name, words in (("text", text), ("title", headline)) if words}
    linked = link(fields, article.published, extractor.gazetteer)
    begun = {"title": 0, "text": len(title) + 1}
    phrases = [(n, p) for n in fields for p in linked.phrases[n]]
    check(
        f"{title}\n{text}",
        [(p.start + begun[n], p.end + begun[n], p.role, {norm(r.code) for r in p.refs}) for n, p in phrases],
        wanted,
        unwanted,
    )


def test_whom_a_surname_means_does_not_depend_on_the_article_read_before():
    early, late = dt.date(2024, 7, 1), dt.date(2024, 7, 31)
    first, second = Gazetteer(), Gazetteer()
    there = [first.leaders_by_surname(early), first.leaders_by_surname(late)]
    back = [second.leaders_by_surname(late), second.leaders_by_surname(early)]
    assert there[0] == back[1]
    assert there[1] == back[0]
    assert {term.person for term in there[0]["Starmer"]} == {"person.keir-starmer"}
    assert {term.person for term in there[1]["Sunak"]} == {"person.rishi-sunak"}


@pytest.mark.parametrize(
    ("surname", "day", "states"),
    [
        ("Trump", "2016-06-01", {"USA"}),  # a candidate, in office within a year
        ("Trump", "2015-06-01", set()),
        ("Thatcher", "2003-06-01", {"GBR"}),
        ("Thatcher", "2024-06-01", set()),  # more than thirty years after the office
    ],
)
def test_persons_are_remembered_for_a_time_after_office_and_known_a_year_before(surname, day, states):
    found = Gazetteer().remembered(surname, dt.date.fromisoformat(day))
    assert {term.actor for term in found} == states
