"""The commands that count and compare say what the calls of the same names say."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "graph"))
from graph_desk import Desk, build_at

from kg.cli import main
from kg.model import Precision


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    desk = Desk()
    graph = build_at(
        tmp_path_factory.mktemp("analysis") / "g",
        [
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True),
            desk.tell("JPN", "SANCTION", "PRK", "2023-03-17"),
            desk.tell("KOR", "SANCTION", "PRK", "2023-03-20"),
            desk.tell("PRK", "THREATEN", "KOR", "2023-05-02"),
        ],
    )
    return graph.directory


def run(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--graph", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "column", "values"),
    [
        (("dyads", "--since", "2023"), "events", [2, 1, 1]),
        (("dyads", "--quad", "1"), "a", ["JPN"]),
        (("neighbours", "KOR"), "actor", ["PRK", "JPN"]),
        (("similar", "JPN"), "actor", ["KOR"]),
        (("snapshot", "2023-03"), "source", ["JPN", "JPN", "KOR", "KOR"]),
        (("snapshot", "2023-05", "--until", "2023-06"), "categories", [["THREATEN 1"]]),
        (("bursts",), "a", []),
    ],
)
def test_tables(folder, arguments, column, values):
    found = [row[column] for row in json.loads(run(folder, *arguments, "--format", "json"))]
    assert sorted(found, key=str) == sorted(values, key=str)


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    desk = Desk()
    told = [desk.tell("JPN", "SANCTION", "PRK", f"2023-01-{day:02}") for day in range(1, 31, 2)]
    told += [desk.tell("KOR", "SANCTION", "PRK", f"2023-01-{day:02}") for day in range(1, 31, 2)]
    return build_at(tmp_path_factory.mktemp("many") / "g", told).directory


@pytest.mark.parametrize(
    ("options", "rows", "last"),
    [
        ((), 20, "… 10 more; --limit 30 shows all, as --format csv or json does"),
        (("--limit", "25"), 25, None),
        (("--limit", "100"), 30, None),
        (("--limit", "3"), 3, None),
    ],
)
def test_a_table_of_events_has_as_many_rows_as_are_asked_for(many, options, rows, last):
    lines = run(many, "events", *options).splitlines()
    assert sum("SANCTION" in line for line in lines) == rows
    assert (lines[-1] if "SANCTION" not in lines[-1] else None) == last


def test_csv_of_events_has_all_unless_limited(many):
    assert len(run(many, "events", "--format", "csv").splitlines()) == 1 + 30
    assert len(run(many, "events", "--format", "csv", "--limit", "25").splitlines()) == 1 + 25


def test_a_panel_for_r(folder, tmp_path):
    run(
        folder,
        "panel",
        "--unit",
        "dyad-month",
        "--since",
        "2023-03",
        "--until",
        "2023-05",
        "-o",
        str(tmp_path / "p.csv"),
    )
    rows = list(csv.DictReader(io.StringIO((tmp_path / "p.csv").read_text("utf-8"))))
    assert len(rows) == 5 * 3  # JPN-KOR both ways, JPN-PRK, KOR-PRK, PRK-KOR; March to May
    (may,) = [r for r in rows if (r["source"], r["target"], r["month"]) == ("PRK", "KOR", "2023-05-01")]
    assert (may["events"], may["source_cow"], may["target_gw"], may["verbal_conflict"]) == ("1", "731", "732", "1")


def test_an_undirected_panel(folder):
    rows = list(csv.DictReader(io.StringIO(run(folder, "panel", "--unit", "dyad-year", "--undirected"))))
    assert [(r["a"], r["b"], r["events"]) for r in rows] == [
        ("JPN", "KOR", "1"),
        ("JPN", "PRK", "1"),
        ("KOR", "PRK", "2"),
    ]


def test_the_manifest_names_coder_and_version(folder):
    (ingest,) = json.loads(run(folder, "manifest"))
    assert (ingest["coder"], ingest["report"]["new"], ingest["seq"]) == ("test", 4, 1)


def test_every_command_that_prints_records_takes_a_format(folder):
    assert json.loads(run(folder, "info", "--format", "json")) == json.loads(run(folder, "info", "--json"))
    assert "events,4\n" in run(folder, "info", "--format", "csv")
    (ingest,) = csv.DictReader(io.StringIO(run(folder, "manifest", "--format", "csv")))
    assert (ingest["seq"], ingest["coder"]) == ("1", "test") and "new 4" in ingest["report"]
    panel = ("panel", "--unit", "dyad-year", "--undirected")
    assert [row["events"] for row in json.loads(run(folder, *panel, "--format", "json"))] == [1, 1, 2]
    assert run(folder, *panel, "--format", "table").splitlines()[0].split()[:2] == ["a", "b"]
    text = CliRunner().invoke(main, ["codebook", "--format", "json"]).output
    kinds = [row["kind"] for row in json.loads(text)]
    assert kinds.count("category") == 16 and {"mode", "context", "sector"} < set(kinds)


@pytest.mark.parametrize("name", ["dyads", "neighbours", "snapshot", "similar", "bursts", "panel", "manifest"])
def test_help_has_an_example(name):
    assert f"kg {name}" in CliRunner().invoke(main, [name, "--help"]).output.split("Example:")[1]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("words", [("KOR", "JPN"), ("--pair", "JPN", "KOR"), ()])
def test_what_a_timeline_leaves_out_is_told_beside_it(tmp_path, form, words):
    desk = Desk()
    year = desk.tell("JPN", "AID", "KOR", ("2022-01-01", "2022-12-31"), precision=Precision.YEAR)
    items = [year, desk.tell("JPN", "ACCUSE", "KOR", (None, None)), desk.tell("JPN", "CONSULT", "KOR", "2022-05-02")]
    graph = build_at(tmp_path / "g", items).directory
    runner = CliRunner()
    result = runner.invoke(main, ["timeline", *words, "--graph", str(graph), "--format", form])
    assert result.stderr.splitlines() == [
        "kg: 1 events of a span vaguer than a month are not counted",
        "kg: 1 events without dates are not counted",
    ]
    yearly = runner.invoke(main, ["timeline", *words, "--graph", str(graph), "--format", form, "--every", "year"])
    assert yearly.stderr.splitlines() == ["kg: 1 events without dates are not counted"]
