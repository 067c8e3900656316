"""Every invariant of a graph, broken on purpose, is named by `check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from graph_desk import Desk, build_at

import kg.graph
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
