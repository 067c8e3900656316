"""The commands that draw: one pair, several, a heat map, what changed; the same numbers without a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pair_sample import graph

import kg
from kg.cli import main


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return graph(tmp_path_factory.mktemp("look"))


def run(g: kg.Graph, *words: str) -> str:
    done = CliRunner().invoke(main, [*words, "--graph", str(g.directory)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["timeline"], "All events"),
        (["timeline", "JPN"], "Japan"),
        (["timeline", "JPN", "KOR"], "Japan and South Korea"),
        (["timeline", "JPN", "KOR", "--pair", "JPN", "USA"], "Events between pairs of actors"),
        (["timeline", "--pair", "JPN", "USA"], "Events between pairs of actors"),
        (["timeline", "--top", "2", "--every", "year"], "Events between pairs of actors"),
        (["timeline", "--heat"], "Mean score of pairs by month"),
        (["timeline", "JPN", "KOR", "--heat", "--every", "quarter"], "Mean score of pairs by quarter"),
        (["diff", "2022-05", "2022-06..2022-12"], "2022-05 and 2022-06 – 2022-12 compared"),
    ],
)
def test_each_is_drawn_as_a_page(g: kg.Graph, tmp_path: Path, words: list[str], title: str) -> None:
    file = tmp_path / "out.html"
    assert run(g, *words, "--html", str(file)) == f"wrote {file}\n"
    assert f"<h1>{title}</h1>" in file.read_text("utf-8")


@pytest.mark.parametrize("words", [["diff", "2022-05", "2022"], ["timeline", "--top", "3"]])
def test_and_as_png_and_svg_in_the_dark(g: kg.Graph, tmp_path: Path, words: list[str]) -> None:
    png, svg = tmp_path / "out.png", tmp_path / "out.svg"
    run(g, *words, "--png", str(png), "--svg", str(svg), "--theme", "dark")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "#0f1419" in svg.read_text("utf-8")


def test_without_a_file_the_numbers_are_printed(g: kg.Graph) -> None:
    lines = run(g, "timeline", "JPN", "KOR", "--pair", "USA", "JPN", "--every", "year", "--format", "csv").splitlines()
    assert lines[0].startswith("pair,begin,events,score")
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["Japan – South Korea", "2022-01-01", "4", "0.875"],
        ["United States – Japan", "2022-01-01", "1", "2.5"],
    ]


def test_a_category_counts_alone(g: kg.Graph) -> None:
    said = run(g, "timeline", "JPN", "KOR", "--every", "year", "--category", "AID", "--format", "csv")
    assert said.splitlines()[1].startswith("2022-01-01,1,10,")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["timeline", "JPN", "KOR", "PRK"], "give one or two actors; more pairs with --pair A B"),
        (["timeline", "JPN", "--pair", "JPN", "KOR"], "one actor and --pair do not go together"),
        (["timeline", "JPN", "KOR", "--top", "3"], "--top takes the busiest pairs"),
        (["report", "JPN", "-o", "x.html"], "name two actors, or an article with --article ID"),
    ],
)
def test_what_contradicts_itself_is_refused(g: kg.Graph, words: list[str], message: str) -> None:
    done = CliRunner().invoke(main, [*words, "--graph", str(g.directory)])
    assert done.exit_code == 2
    assert message in done.output


def test_a_network_of_one_actor(g: kg.Graph, tmp_path: Path) -> None:
    file = tmp_path / "net.html"
    run(g, "view", "--actor", "PRK", "-o", str(file))
    assert "Seoul hit Tokyo" not in file.read_text("utf-8")
    assert "Pyongyang hit Tokyo" in file.read_text("utf-8")
