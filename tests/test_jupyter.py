"""SPARQL cells in a notebook: variables are bound as values, answers are tables, mistakes are one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import kg
from kg.errors import QueryError
from kg.jupyter import sparql_cell
from kg.model import Actor, ActorKind, Article, Evidence, Mention, Party, Precision, Span, Status, TimeSpan

LABELS = {"JPN": "Japan", "KOR": "South Korea", "PRK": "North Korea"}
EVENTS = [("JPN", "CONSULT", "KOR", "2023-03-16"), ("PRK", "THREATEN", "JPN", "2023-03-10")]
BOTH = "SELECT ?day { ?event a sem:Event ; sem:hasBeginTimeStamp ?day"


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    """A graph of two events."""
    made = kg.open(tmp_path_factory.mktemp("jupyter") / "graph", create=True)
    items = []
    for number, (source, category, target, when) in enumerate(EVENTS):
        day = dt.date.fromisoformat(when)
        article = Article(f"a{number}", day, "", f"Story {number} of one event.", None, "Wire")
        sides = [Party(i, i, LABELS[i], "Story", Span(0, 5)) for i in (source, target)]
        span = TimeSpan(day, day, Precision.DAY, when, when)
        evidence = Evidence("text", article.text, 0, len(article.text), Span(0, 5))
        mention = Mention(f"m{number}", article.id, *sides, category, None, Status.ACTUAL, span, evidence, group="x")
        items.append((article, [mention], []))
    known = [Actor(i, ActorKind.STATE, label, i, i) for i, label in LABELS.items()]
    made.ingest(items, lambda ids: [actor for actor in known if actor.id in set(ids)], "test", "test")
    return made


@pytest.fixture
def ask(g: kg.Graph) -> Callable[..., list[tuple[Any, ...]]]:
    """The rows that a cell gives, with some variables in the notebook."""

    def run(cell: str, line: str = "g", **variables: Any) -> list[tuple[Any, ...]]:
        return list(sparql_cell(line, cell, {"g": g, **variables})[1].itertuples(index=False, name=None))

    return run


def test_a_cell_gives_a_table(g: kg.Graph) -> None:
    name, table = sparql_cell("g -o days", BOTH + " } ORDER BY ?day", {"g": g})
    assert name == "days"
    assert isinstance(table, pd.DataFrame)
    assert table["day"].tolist() == [dt.date(2023, 3, 10), dt.date(2023, 3, 16)]


@pytest.mark.parametrize(
    "since", [dt.date(2023, 3, 12), dt.datetime(2023, 3, 12), pd.Timestamp("2023-03-12")], ids=["date", "time", "stamp"]
)
def test_a_day_of_the_notebook_is_a_day_of_the_query(ask: Callable[..., Any], since: Any) -> None:
    assert ask(BOTH + " FILTER (?day >= $since) }", since=since) == [(dt.date(2023, 3, 16),)]


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ("Japan", [("Japan",)]),
        (np.str_("Japan"), [("Japan",)]),
        ('Japan" . } #', []),
        ("x') || true || ('", []),
        ("Japan\\", []),
        ("Japan\nUNION", []),
    ],
)
def test_text_stays_text_whatever_it_says(ask: Callable[..., Any], value: str, rows: list[Any]) -> None:
    assert (
        ask("SELECT ?label { ?event kg:source ?a . ?a skos:prefLabel ?label FILTER (str(?label) = $who) }", who=value)
        == rows
    )


@pytest.mark.parametrize("least", [-2, np.int64(-2), -2.0, np.float64(-2)])
def test_numbers_stay_numbers(ask: Callable[..., Any], least: Any) -> None:
    assert ask("SELECT ?score { ?e kg:score ?score FILTER (?score > $least) }", least=least) == [(2.5,)]


def test_an_actor_is_bound_as_itself(ask: Callable[..., Any]) -> None:
    korea = Actor("KOR", ActorKind.STATE, "South Korea", "KOR")
    assert ask("SELECT ?c { ?e kg:target $who ; kg:category ?c }", who=korea) == [("plover:CONSULT",)]


def test_what_only_has_a_question_mark_is_of_the_query(ask: Callable[..., Any]) -> None:
    assert len(ask(BOTH + " }", day=dt.date(1999, 1, 1))) == 2


def test_a_dollar_in_a_comment_or_a_text_is_none(ask: Callable[..., Any]) -> None:
    assert ask('SELECT ("$price" AS ?said) { } # costs $price') == [("$price",)]


@pytest.mark.parametrize("line", ["g -p who=JPN -p whom='South Korea'", "g -p who=$home -p whom=KOR"])
def test_a_shipped_query_is_asked_by_name(ask: Callable[..., Any], line: str) -> None:
    assert [row[2:5] for row in ask("between", line, home="Japan")] == [("JPN", "CONSULT", "KOR")]


@pytest.mark.parametrize(
    ("line", "cell", "message"),
    [
        ("", BOTH + " }", "the following arguments are required: graph"),
        ("h", BOTH + " }", "no variable 'h'"),
        ("n", BOTH + " }", "n is a int; give a graph"),
        ("g -o 2x", BOTH + " }", "'2x' can't name a variable"),
        ("g -p who", BOTH + " }", "write NAME=VALUE"),
        ("g 'x", BOTH + " }", "No closing quotation"),
        ("g", BOTH + " FILTER (?day > $then) }", "no variable 'then'; define it, or write [?]then"),
        ("g", BOTH + " FILTER (?day > $many) }", "a list can't be bound"),
        ("g", "SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", "SERVICE asks another server"),
    ],
)
def test_mistakes_are_one_line(g: kg.Graph, line: str, cell: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        sparql_cell(line, cell, {"g": g, "n": 1, "many": [1, 2]})
    assert "\n" not in str(caught.value)


def test_in_ipython(g: kg.Graph, capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "kg")
    shell.push({"g": g, "since": dt.date(2023, 3, 12), "who": "JPN -o g"})
    done = shell.run_cell(f"%%sparql g -o found\n{BOTH} FILTER (?day >= $since) }}")
    assert done.result["day"].tolist() == [dt.date(2023, 3, 16)]
    assert shell.user_ns["found"] is done.result
    shell.run_cell("%%sparql g -p who=$who -p whom=KOR\nbetween")
    assert shell.user_ns["g"] is g
    shell.run_cell("%%sparql nothing\nASK { }")
    said = capsys.readouterr()
    assert "UsageError: %%sparql: the notebook has no variable 'nothing'; define it" in said.out + said.err
    shell.run_cell("%%sparql g\nSELECT ?x {")
    said = capsys.readouterr()
    assert [line[:32] for line in (said.out + said.err).splitlines()] == ["UsageError: the query: error at "]
    shell.run_cell(f"%%sparql g --limit 1\n{BOTH} }}")
    assert "only the first 1 rows; --limit gives more" in capsys.readouterr().out
