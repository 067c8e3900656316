"""Every command that reads a graph answers from an earlier day: what has been removed since is there, and only then."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "graph"))
from graph_desk import Desk, build_at

from kg.cli import main

THEN = "2023-06-01"


@pytest.fixture(scope="module")
def past(tmp_path_factory) -> tuple[Path, str]:
    """A graph that lost articles: on Japan and North Korea, on an office, and one that was corrected; a lost event."""
    desk = Desk()
    role = desk.role("Fumio Kishida", "premier", "JPN", "2023-01-10")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1685577600")  # 2023-06-01
        graph = build_at(
            tmp_path_factory.mktemp("past") / "g",
            [
                desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", confidence=0.1, id="gone"),
                desk.tell("CHN", "ACCUSE", "RUS", "2023-03-16", confidence=0.1, id="corrected"),
                desk.tell("JPN", "CONSULT", "KOR", "2023-03-17", mutual=True, confidence=0.9),
                desk.tell("USA", "CONSULT", "KOR", "2023-03-18", mutual=True, confidence=0.9),
                role,
            ],
        )
        (lost,) = graph.events(source="JPN", category="ACCUSE")
        graph.correct(graph.events(source="CHN")[0].id, mode="allege")
        patch.setenv("SOURCE_DATE_EPOCH", "1688169600")  # 2023-07-01
        for article in ("gone", "corrected", role[0].id):
            graph.remove(article=article)
    return graph.directory, lost.id


READS = [
    (("events", "--category", "ACCUSE"), "PRK"),
    (("info", "--json"), '"articles": 5'),
    (("dyads",), "PRK"),
    (("neighbours", "JPN"), "PRK"),
    (("path", "JPN", "PRK"), "ACCUSE"),
    (("rank",), "PRK"),
    (("snapshot", "2023-03"), "PRK"),
    (("similar", "USA"), "0.7071"),  # of two partners one, as often
    (("timeline", "PRK", "--format", "csv"), "2023-03-01,1"),
    (("panel", "--unit", "dyad-year", "--undirected"), "PRK"),
    (("diff", "2022", "2023"), "PRK"),
    (("roles",), "Fumio Kishida"),
    (("review",), "unsure"),
    (("review", "--corrections", "--format", "json"), '"mentions": 1'),
    (("query", "SELECT ?e { ?e kg:category plover:ACCUSE }"), "event:"),
]


@pytest.mark.parametrize(("command", "shown"), READS, ids=[" ".join(c[:2]) for c, _ in READS])
def test_a_command_answers_from_an_earlier_day(past, command, shown):
    def output(*more: str) -> str:
        result = CliRunner().invoke(main, [*command, "--graph", str(past[0]), *more])
        assert not isinstance(result.exception, Exception), result.output
        return result.output

    assert shown in output("--as-of", THEN)
    assert shown not in output()


@pytest.mark.parametrize(
    ("day", "ingests", "updated"),
    [(None, 5, "2023-07-01 00:00:00"), (THEN, 2, "2023-06-01 00:00:00"), ("2000", 0, None)],
)
def test_info_counts_what_had_been_brought_in_by_then(past, day, ingests, updated):
    result = CliRunner().invoke(main, ["info", "--json", "--graph", str(past[0]), *(("--as-of", day) if day else ())])
    found = json.loads(result.output)
    assert (found["ingests"], found["updated"]) == (ingests, updated)


def test_a_lost_event_is_explained_from_an_earlier_day(past):
    run = CliRunner().invoke
    assert run(main, ["explain", past[1], "--graph", str(past[0])]).exit_code == 1
    assert "PRK" in run(main, ["explain", past[1], "--graph", str(past[0]), "--as-of", THEN]).output


def test_a_sample_is_drawn_from_an_earlier_day(past, tmp_path):
    sheet = tmp_path / "sheet.csv"
    arguments = ["sample", "--graph", str(past[0]), "--as-of", THEN, "-o", str(sheet)]
    assert "with 4 events" in CliRunner().invoke(main, arguments).output


def test_a_correction_is_made_now(past):
    arguments = ["review", past[1], "--category", "REJECT", "--as-of", THEN, "--graph", str(past[0])]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, "a correction is made now" in result.output) == (2, True)


WITHOUT = {
    "actors", "add", "build", "classify", "codebook", "consolidate", "dates", "eval", "extract",
    "history", "import", "load", "manifest", "recode", "reindex", "remove", "serve",
}  # fmt: skip
"""Commands that write, that read no graph, or that are about record time or the present state themselves."""


def test_every_other_command_takes_a_day_of_record_time():
    lacking = {
        name for name, one in main.commands.items() if not any("--as-of" in option.opts for option in one.params)
    }
    assert lacking == WITHOUT
