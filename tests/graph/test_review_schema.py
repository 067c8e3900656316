"""Graphs of former schema versions: readable as they are, brought up to date by the next write, in one piece."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from graph_desk import Desk, lookup

import kg.graph
from kg.errors import GraphError
from kg.graph import idle, migrate
from kg.graph.graph import Graph
from kg.graph.schema import SCHEMA_VERSION, create_statements

Build = Callable[..., Graph]
FORMER = Path(__file__).with_name("schema-1.sql").read_text()


def version(graph: Graph) -> str:
    import duckdb

    idle.release()
    with duckdb.connect(str(graph.layout.database), read_only=True) as connection:
        return connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall()[0][0]


def columns(graph: Graph) -> set[tuple[str, str, str]]:
    with graph.read() as connection:
        rows = connection.execute("SELECT table_name, column_name, data_type FROM duckdb_columns()").fetchall()
    return set(rows)


@pytest.fixture
def former(desk: Desk, build: Build, tmp_path: Path) -> Graph:
    """A graph of schema version 1 with two accusations, made from the former tables."""
    import duckdb

    graph = build([desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-16", "2023-05-07")])
    idle.release()
    with duckdb.connect(str(tmp_path / "former.duckdb")) as connection:
        connection.execute(FORMER)
        connection.execute(f"ATTACH '{graph.layout.database}' AS now (READ_ONLY)")
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'former'").fetchall()
        for (table,) in tables:
            names = [
                row[0] for row in connection.execute(f"SELECT name FROM pragma_table_info('former.{table}')").fetchall()
            ]
            names = [n for n in names if n != "number"]
            connection.execute(f"INSERT INTO {table} SELECT {', '.join(names)} FROM now.{table}")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.execute("DETACH now")
    (tmp_path / "former.duckdb").replace(graph.layout.database)
    return kg.graph.open(graph.directory)


def test_a_former_graph_is_read_as_it_is(former: Graph):
    (first, second) = former.events()
    assert (first.category, first.corrections, second.begin.month) == ("ACCUSE", 0, 5)

    assert former.evidence(first.id).to_dicts()[0]["corrections"] == []
    assert (former.info()["events"], len(former.corrections()), former.check()) == (2, 0, [])
    assert version(former) == "1"


def test_a_former_graph_is_verified_as_it_was(former: Graph):
    assert former.check(as_of="2020") == former.check(as_of="9999") == []


def test_the_next_write_brings_it_up_to_date(former: Graph):
    before = list(former.events())
    former.ingest([Desk().tell("KOR", "ACCUSE", "PRK", "2023-03-16", id="new")], lookup, "test")
    assert version(former) == str(SCHEMA_VERSION)
    assert [e for e in former.events() if e.source == "JPN"] == before
    former.correct(before[0].id, category="REJECT")
    assert (former.events()[0].category, former.check()) == ("REJECT", [])


def test_what_was_brought_up_to_date_has_the_tables_of_a_new_graph(former: Graph, tmp_path: Path):
    former.keep_no_text()
    new = kg.graph.open(tmp_path / "new", create=True)
    assert columns(former) == columns(new)


@pytest.mark.parametrize(
    "write",
    [
        lambda g: g.remove(article="a1"),
        lambda g: g.remove(article="a1", erase=True),
        lambda g: g.correct(g.events()[0].id, no_event=True),
    ],
    ids=["remove", "erase", "correct"],
)
def test_every_kind_of_write_does(former: Graph, write):
    write(former)
    assert (version(former), len(former.events()), former.check()) == (str(SCHEMA_VERSION), 1, [])


def test_an_update_that_fails_leaves_the_former_graph(former: Graph, monkeypatch):
    step = migrate.STEPS[1]
    monkeypatch.setitem(
        migrate.STEPS, 1, migrate.Step((*step.write, "SELECT * FROM nowhere"), step.columns, step.tables)
    )
    with pytest.raises(Exception, match="nowhere"):
        former.remove(article="a1")
    monkeypatch.undo()
    assert (version(former), len(former.events())) == ("1", 2)


@pytest.mark.parametrize("call", [lambda g: g.info(), lambda g: g.remove(article="a1"), lambda g: g.keep_no_text()])
def test_a_newer_graph_is_refused(build: Build, desk: Desk, call):
    import duckdb

    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    idle.release()
    with duckdb.connect(str(graph.layout.database)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(GraphError, match=r"schema version 99 is newer than this program.*update the program"):
        call(kg.graph.open(graph.directory))


def test_every_former_version_has_a_way_to_the_present_one():
    assert sorted(migrate.STEPS) == list(range(1, SCHEMA_VERSION))
    assert len(create_statements()) == 17
