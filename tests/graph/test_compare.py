"""Two codings of the same week, made by hand, and how far they overlap."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner
from graph_desk import Desk, build_at, lookup

from kg.cli import main
from kg.errors import QueryError
from kg.graph.compare import Coding, Comparison, compare
from kg.graph.graph import Graph

OURS = [
    ("USA", "ACCUSE", "RUS", "2023-03-14"),
    ("USA", "SANCTION", "RUS", "2023-03-15"),
    ("JPN", "CONSULT", "KOR", "2023-03-16"),
    ("PRK", "MOBILIZE", None, "2023-03-16"),
    ("CHN", "AID", "PRK", ("2023-03-01", "2023-03-31")),
]
THEIRS = [
    ("USA", "ACCUSE", "RUS", "2023-03-14"),  # the same
    ("USA", "ACCUSE", "RUS", "2023-03-14"),  # told twice: one statement
    ("USA", "COERCE", "RUS", "2023-03-15"),  # another category of the same quad class
    ("KOR", "CONSULT", "JPN", "2023-03-16"),  # a meeting, the other way round
    ("RUS", "ACCUSE", "USA", "2023-03-28"),  # the same pair in the same month
    ("USA", "ACCUSE", "RUS", "2023-07-01"),
]


def coded(desk: Desk, rows: list, coder: str) -> list:
    items = [desk.tell(*row) for row in rows]
    return [(article, [dataclasses.replace(m, coder=coder) for m in found], []) for article, found, _ in items]


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    graph = build_at(tmp_path_factory.mktemp("graph") / "g", coded(desk, OURS, "kg-1+a"))
    graph.ingest(coded(desk, THEIRS, "GDELT 2.0"), lookup, "GDELT 2.0", "test")
    return graph


@pytest.fixture(scope="module")
def found(graph: Graph) -> Comparison:
    return compare(Coding(graph, "kg"), Coding(graph, "gdelt"))


def test_every_level(found: Comparison):
    assert found.rows == [
        ("day, dyad, category", 4, 5, 2, 0.5, 0.4, 0.2857),
        ("day, dyad, quad class", 4, 5, 3, 0.75, 0.6, 0.5),
        ("day, pair", 4, 5, 3, 0.75, 0.6, 0.5),
        ("week, dyad, category", 4, 5, 2, 0.5, 0.4, 0.2857),
        ("month, dyad, category", 5, 5, 2, 0.4, 0.4, 0.25),
        ("month, dyad, quad class", 5, 5, 3, 0.6, 0.6, 0.4286),
        ("month, pair", 4, 3, 2, 0.5, 0.6667, 0.4),
    ]


def test_by_category(found: Comparison):
    assert found.by_category().rows == [
        ("ACCUSE", 1, 3, 1, 1.0, 0.3333, 0.3333),
        ("COERCE", 0, 1, 0, None, 0.0, 0.0),
        ("CONSULT", 1, 1, 1, 1.0, 1.0, 1.0),
        ("MOBILIZE", 1, 0, 0, 0.0, None, 0.0),
        ("SANCTION", 1, 0, 0, 0.0, None, 0.0),
    ]


def test_what_only_one_says(found: Comparison):
    assert [row[1:] for row in found.statements("a")] == [
        ("USA", "SANCTION", "RUS"), ("PRK", "MOBILIZE", None),
    ]  # fmt: skip
    assert [str(row[0]) for row in found.statements("b")] == ["2023-03-15", "2023-03-28", "2023-07-01"]
    cut = found.statements("both", limit=1)
    assert (cut.rows[0][1:], cut.truncated) == (("USA", "ACCUSE", "RUS"), True)


@pytest.mark.parametrize(
    ("options", "row"),
    [
        ({"until": "2023-03-14"}, (1, 1, 1)),
        ({"since": "2023-07"}, (0, 1, 0)),
        ({"targetless": False}, (3, 5, 2)),
    ],
)
def test_in_a_window(graph: Graph, options, row):
    assert compare(Coding(graph, "kg"), Coding(graph, "gdelt"), **options).rows[0][1:4] == row


def test_two_graphs(graph: Graph, tmp_path):
    other = build_at(tmp_path / "other", coded(Desk(), THEIRS, "hand"))
    assert compare(Coding(other), Coding(graph, "gdelt")).rows[0][1:] == (5, 5, 5, 1.0, 1.0, 1.0)


def test_mistakes_are_told(graph: Graph):
    with pytest.raises(QueryError, match=r"no mention of the coder 'icews'; it has GDELT 2\.0, kg-1\+a"):
        compare(Coding(graph, "kg"), Coding(graph, "icews"))
    with pytest.raises(QueryError, match=r"ends .* before it begins"):
        compare(Coding(graph, "kg"), Coding(graph, "gdelt"), since="2023", until="2022")
    with pytest.raises(QueryError, match="did you mean actual"):
        compare(Coding(graph, "kg"), Coding(graph, "gdelt"), status="actuall")


def test_the_command(graph: Graph):
    run = CliRunner().invoke(main, ["compare", "kg", "gdelt", "--graph", str(graph.directory)])
    assert run.exit_code == 0, run.output
    assert run.output.splitlines()[0] == "A is kg, B is gdelt"
    assert run.output.splitlines()[4].split() == ["day,", "dyad,", "category", "4", "5", "2", "0.5", "0.4", "0.2857"]
    run = CliRunner().invoke(
        main, ["compare", "kg", "gdelt", "-g", str(graph.directory), "--show", "a", "--format", "csv"]
    )
    assert run.output.splitlines()[:2] == ["day,source,category,target", "2023-03-15,USA,SANCTION,RUS"]


@pytest.fixture(scope="module")
def past(tmp_path_factory) -> Graph:
    """In June two codings agree: an office places a person, a correction mends a category. In July both are gone, and
    so is an article of one coding."""
    desk = Desk()
    ours = [
        ("USA", "ACCUSE", "RUS", "2023-03-14"),
        ("person.kishida", "ACCUSE", "PRK", "2023-03-15"),
        ("CHN", "REJECT", "RUS", "2023-03-16"),
    ]
    theirs = [
        ("USA", "ACCUSE", "RUS", "2023-03-14"),
        ("JPN", "ACCUSE", "PRK", "2023-03-15"),
        ("CHN", "ACCUSE", "RUS", "2023-03-16"),
    ]
    first = coded(desk, ours, "kg-1+a")
    role = desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-10")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1685577600")  # 2023-06-01
        graph = build_at(tmp_path_factory.mktemp("past") / "g", [*first, role])
        graph.ingest(coded(desk, theirs, "GDELT 2.0"), lookup, "GDELT 2.0", "test")
        (wrong,) = graph.events(source="CHN", category="ACCUSE")
        graph.correct(wrong.id, category="REJECT")
        (correction,) = graph.corrections()
        patch.setenv("SOURCE_DATE_EPOCH", "1688169600")  # 2023-07-01
        graph.withdraw(correction[0])
        graph.remove(article=role[0].id)
        graph.remove(article=first[0][0].id)
    return graph


@pytest.mark.parametrize(("as_of", "row"), [("2023-06", (3, 3, 3)), ("2023-07-01", (2, 3, 0)), (None, (2, 3, 0))])
def test_both_codings_as_they_were(past: Graph, as_of, row):
    assert compare(Coding(past, "kg"), Coding(past, "gdelt"), as_of=as_of).rows[0][1:4] == row


def test_two_graphs_as_they_were(past: Graph, graph: Graph):
    with pytest.raises(QueryError, match="no mention of the coder"):
        compare(Coding(past), Coding(graph), as_of="2023-05-31")


def test_the_command_compares_an_earlier_day(past: Graph):
    arguments = ["compare", "kg", "gdelt", "--show", "a", "--format", "csv", "-g", str(past.directory)]
    run = CliRunner().invoke
    assert run(main, [*arguments, "--as-of", "2023-06-01"]).output.splitlines() == ["day,source,category,target"]
    assert run(main, arguments).output.splitlines()[1:] == [
        "2023-03-15,person.kishida,ACCUSE,PRK",
        "2023-03-16,CHN,REJECT,RUS",
    ]
