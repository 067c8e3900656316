"""Every invariant of a graph, broken on purpose, is named by `check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from graph_desk import Desk, build_at, lookup

import kg.graph
from kg.graph import idle
from kg.graph.graph import Graph


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two events, one of them a plan that the other fulfils, and a role."""
    desk = Desk()
    plan = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", status="future", published="2023-03-10", mode="visit")
    done = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", published="2023-03-17", mode="visit")
    other = desk.tell("PRK", "ACCUSE", "USA", "2023-03-18", published="2023-03-19")
    role = desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-05")
    graph = build_at(tmp_path_factory.mktemp("made") / "graph", [plan, done], [other], [role])
    graph.sync()
    return graph.directory


@pytest.fixture
def graph(made: Path, tmp_path: Path) -> Graph:
    """A copy to do harm to."""
    return kg.graph.open(shutil.copytree(made, tmp_path / "graph"))


def test_a_sound_graph_has_no_problems(graph: Graph):
    assert graph.check() == []


BREAKS = [
    ("UPDATE mention SET quote = 'x' || quote WHERE article = 'a1'", "quote is not at its offsets"),
    ("UPDATE mention SET quote_start = quote_start + 1 WHERE article = 'a2'", "quote is not at its offsets"),
    ("UPDATE article SET text = 'other words' WHERE id = 'a1'", "quote is not at its offsets"),
    ("UPDATE mention SET trigger_end = 100000 WHERE article = 'a1'", "its trigger is outside the text"),
    ("UPDATE mention SET source_start = -1 WHERE article = 'a1'", "its source is outside the text"),
    ("UPDATE mention SET target_end = 100000 WHERE article = 'a1'", "its target is outside the text"),
    ("UPDATE mention SET time_start = 5, time_end = 99999 WHERE article = 'a1'", "its time is outside the text"),
    ("UPDATE role SET start_at = start_at + 1", "role of Fumio Kishida in article a4 is not in the words"),
    ("UPDATE event SET id = 'made-up' WHERE source = 'PRK'", "event made-up is not what its mentions give"),
    ("UPDATE event SET score = 3 WHERE source = 'PRK'", "is not what its mentions give"),
    ("UPDATE event SET score = 11 WHERE source = 'PRK'", "score 11.0, outside"),
    ("UPDATE event SET confidence = 1.5 WHERE source = 'PRK'", "has confidence 1.5"),
    ("UPDATE event SET end_day = DATE '2020-01-01' WHERE source = 'PRK'", "ends (2020-01-01) before it begins"),
    ("UPDATE event SET last_reported = DATE '1999-01-01' WHERE source = 'PRK'", "was last reported (1999-01-01)"),
    ("UPDATE event SET fulfils = 'nothing' WHERE source = 'PRK'", "is linked to nothing, which is not in the graph"),
    ("UPDATE mention SET end_day = DATE '2020-01-01' WHERE article = 'a3'", "ends (2020-01-01) before it begins"),
    ("UPDATE mention SET category = 'GOSSIP' WHERE article = 'a3'", "is coded GOSSIP, which the ontology"),
    ("UPDATE mention SET recorded = 77 WHERE article = 'a3'", "a row of ingest 77, which is not on record"),
    ("UPDATE article SET published = DATE '0099-01-01' WHERE id = 'a3'", "is dated 0099-01-01, which can be no day"),
    ("UPDATE ingest SET moment = moment - INTERVAL 1 YEAR WHERE seq = 3", "before the one that came before it"),
    ("DELETE FROM article WHERE id = 'a3'", "article a3, which is not in the graph"),
    ("DELETE FROM article WHERE id = 'a4'", "role of Fumio Kishida is of article a4, which is not"),
    ("DELETE FROM mention WHERE article = 'a3'", "that is not in the graph"),
    ("DELETE FROM event_mention", "has no mention"),
    ("DELETE FROM event WHERE source = 'PRK'", "which its mentions give, is not in the graph"),
    ("DELETE FROM actor WHERE id = 'PRK'", "actor PRK of event"),
    ("INSERT INTO event SELECT * FROM event WHERE source = 'PRK'", "is in the graph 2 times"),
    ("INSERT INTO article SELECT * FROM article WHERE id = 'a3'", "article a3 is in the graph 2 times"),
    ("UPDATE event SET category = 'AGREE' WHERE source = 'PRK'", "the RDF projection"),
]


@pytest.mark.parametrize(("statement", "named"), BREAKS, ids=[b[0][:60] for b in BREAKS])
def test_a_broken_invariant_is_named(graph: Graph, statement, named):
    with duckdb.connect(str(graph.layout.database)) as connection:
        connection.execute(statement)
    assert any(named in problem for problem in graph.check()), graph.check()


def test_the_command_ends_with_status_1(graph: Graph):
    from click.testing import CliRunner

    from kg.cli import main

    with duckdb.connect(str(graph.layout.database)) as connection:
        connection.execute(BREAKS[0][0])
    done = CliRunner().invoke(main, ["check", "-g", str(graph.directory)])
    assert done.exit_code == 1 and BREAKS[0][1] in done.output


JUNE, JULY, AUGUST, SEPTEMBER = "1685577600", "1688169600", "1690848000", "1693526400"
"""The first days of these months of 2023, as SOURCE_DATE_EPOCH."""


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """In June all that follows from several articles: copies, an open person, a correction, a plan and its act. In July
    it is undone."""
    desk = Desk()
    words = "Officials in Pyongyang accused Washington of planning an invasion, according to the state agency there"
    copy, other = (
        desk.tell("PRK", "ACCUSE", "USA", when, text=words, published="2023-03-19", publisher=publisher)
        for when, publisher in (("2023-03-18", "Wire"), ("2023-03-19", "Post"))
    )
    plan = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", status="future", published="2023-03-10", mode="visit")
    done = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", published="2023-03-17", mode="visit")
    person = desk.tell("person.kishida", "ACCUSE", "RUS", "2023-03-20")
    wrong = desk.tell("CHN", "ACCUSE", "RUS", "2023-03-21")
    role = desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-05")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE)
    graph = build_at(tmp_path / "past", [copy, plan, person], [other, done, wrong], [role])
    graph.correct(graph.events(source="CHN")[0].id, category="REJECT")
    assert [(e.source, e.begin.day, e.mentions) for e in graph.events(category="ACCUSE")] == [
        ("PRK", 18, 2), ("JPN", 20, 1),
    ]  # fmt: skip
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JULY)
    for article, _, _ in (copy, plan, wrong, role):
        graph.remove(article=article.id)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", AUGUST)
    return graph


@pytest.mark.parametrize("as_of", ["2023-05", "2023-06", "2023-07", None])
def test_a_sound_history_has_no_problems(past: Graph, as_of):
    assert past.check(as_of) == []


PAST_BREAKS = [
    ("UPDATE event SET score = 3 WHERE retracted IS NOT NULL", "is not what its mentions give"),
    ("UPDATE event SET score = 11 WHERE retracted IS NOT NULL", "score 11.0, outside"),
    ("DELETE FROM event WHERE category = 'REJECT'", "which its mentions give, is not in the graph"),
    ("UPDATE mention SET quote = 'x' || quote WHERE retracted IS NOT NULL", "quote is not at its offsets"),
    ("UPDATE article SET retracted = 1 WHERE retracted IS NOT NULL", "which is not in the graph"),
    ("UPDATE role SET start_at = start_at + 1", "role of Fumio Kishida in article a7 is not in the words"),
    ("DELETE FROM corrected", "is not on record as the tables say for mention"),
]


@pytest.mark.parametrize(("statement", "named"), PAST_BREAKS, ids=[b[0][:60] for b in PAST_BREAKS])
def test_a_broken_invariant_of_the_past_is_named_there(past: Graph, statement, named):
    with duckdb.connect(str(past.layout.database)) as connection:
        connection.execute(statement)
    assert any(named in problem for problem in past.check("2023-06-30")), past.check("2023-06-30")
    assert past.check() == []


def test_what_was_erased_is_not_asked_for(past: Graph, monkeypatch):
    """Erasing takes the versions of an event that counted what is erased, also where others told of it."""
    desk = Desk()
    desk.count = 20
    later = [desk.tell("PRK", "ACCUSE", "USA", "2023-03-19", published=day) for day in ("2023-03-20", "2023-03-21")]
    past.ingest(later[:1], lookup, "test", "test")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", SEPTEMBER)
    past.ingest(later[1:], lookup, "test", "test")
    past.remove(article="a21", erase=True)
    assert len(past.events(source="PRK", as_of="2023-07")) == 1
    assert len(past.events(source="PRK", as_of="2023-08")) == 0
    assert [past.check(as_of) for as_of in ("2023-07", "2023-08", None)] == [[], [], []]
    idle.release(past.layout.database)
    with duckdb.connect(str(past.layout.database)) as connection:
        connection.execute("UPDATE mention SET quote = 'x' || quote WHERE article = 'a2'")
    assert any("quote is not at its offsets" in problem for problem in past.check("2023-07"))


def test_the_command_verifies_an_earlier_day(past: Graph):
    from click.testing import CliRunner

    from kg.cli import main

    with duckdb.connect(str(past.layout.database)) as connection:
        connection.execute(PAST_BREAKS[0][0])
    arguments = ["check", "-g", str(past.directory)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    done = CliRunner().invoke(main, [*arguments, "--as-of", "2023-06-30"])
    assert done.exit_code == 1 and PAST_BREAKS[0][1] in done.output
