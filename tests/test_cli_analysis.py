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


@pytest.mark.parametrize("name", ["dyads", "neighbours", "snapshot", "similar", "bursts", "panel", "manifest"])
def test_help_has_an_example(name):
    assert f"kg {name}" in CliRunner().invoke(main, [name, "--help"]).output.split("Example:")[1]
