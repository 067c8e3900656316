"""kg review, sample, eval, remove --erase and --no-text as users meet them."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg.graph
from kg.cli import main
from kg.model import Actor, ActorKind

sys.path.insert(0, str(Path(__file__).parent / "graph"))
from graph_desk import Desk, build_at


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], catch_exceptions=False)


def listed(graph: Path, *args: object) -> list[dict]:
    return json.loads(run("events", "--graph", graph, "--format", "json", *args).output)


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A weak accusation on 16 March 2023, and four sure meetings a month apart."""
    desk = Desk()
    items = [desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", confidence=0.2, text="=Tokyo spoke up, and how")]
    items += [desk.tell("JPN", "CONSULT", "KOR", f"2023-{m:02d}-07", mutual=True, confidence=0.9) for m in range(4, 8)]
    return build_at(tmp_path / "g", items).directory


@pytest.fixture
def weak(graph: Path) -> str:
    (event,) = listed(graph, "--category", "ACCUSE")
    return event["id"]


def test_review_lists_doubtful_events_with_the_reason(graph):
    (row,) = json.loads(run("review", "--graph", graph, "--format", "json").output)
    assert (row["why"], row["category"], row["quote"]) == (
        ["unsure", "single-weak"],
        "ACCUSE",
        "=Tokyo spoke up, and how",
    )
    assert "unsure" in run("review", "--rules", "--graph", graph).output


def test_a_correction_shows_in_explain_and_is_taken_back(graph, weak):
    args = ("--category", "REJECT", "--date", "2023-03", "--reviewer", "anna", "--note", "seen twice")
    assert "1 corrections recorded" in run("review", weak, *args, "--graph", graph).output
    (event,) = listed(graph, "--category", "REJECT")
    text = run("explain", event["id"], "--graph", graph).output
    assert "rests on 1 corrections" in text
    assert "corrected by anna: category REJECT, date 2023-03-01 to 2023-03-31 (seen twice)" in text
    assert "the coder read JPN ACCUSE PRK" in text
    (correction,) = json.loads(run("review", "--corrections", "--graph", graph, "--format", "json").output)
    assert "1 withdrawn" in run("review", "--withdraw", correction["id"], "--graph", graph).output
    assert listed(graph, "--category", "ACCUSE")[0]["id"] == weak


def test_an_actor_that_the_graph_does_not_know_yet_comes_from_the_gazetteer(graph, weak):
    run("review", weak, "--source", "France", "--graph", graph)
    (event,) = listed(graph, "--category", "ACCUSE")
    assert (event["source"], event["source_label"]) == ("FRA", "France")
    result = run("review", event["id"], "--source", "Frnce", "--graph", graph)
    assert result.exit_code == 1 and "Frnce" in result.stderr


def test_the_list_is_filled_in_and_applied(graph, tmp_path):
    rows = list(
        csv.DictReader(run("review", "--below", "0.95", "--graph", graph, "--format", "csv").output.splitlines())
    )
    assert [row["event"] != "" for row in rows] == [True] * 5
    for row in rows:
        row["verdict"] = "no event" if row["category"] == "ACCUSE" else "right"
    rows[-1] |= {"verdict": "", "new_date": "2023-12-24", "new_target": "prk", "note": "another day"}
    with (tmp_path / "filled.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    applied = run("review", "--apply", tmp_path / "filled.csv", "--reviewer", "ben", "--graph", graph)
    assert "5 corrections recorded; 4 events" in applied.output
    assert [e["target"] for e in listed(graph, "--since", "2023-12")] == ["PRK"]
    assert "nothing doubtful" in run("review", "--below", "0.95", "--graph", graph).output


def test_corrections_go_from_one_graph_to_another_as_csv(graph, weak, tmp_path):
    run("review", weak, "--not-an-event", "--graph", graph)
    (tmp_path / "c.csv").write_text(run("review", "--corrections", "--format", "csv", "--graph", graph).output)
    again = run("review", "--apply", tmp_path / "c.csv", "--graph", graph)
    assert "0 corrections recorded" in again.output
    other = build_at(
        tmp_path / "other", [Desk().tell("JPN", "ACCUSE", "PRK", "2023-03-16", text="=Tokyo spoke up, and how")]
    )
    assert (
        "1 corrections recorded; 0 events"
        in run("review", "--apply", tmp_path / "c.csv", "--graph", other.directory).output
    )


def test_what_no_longer_matches_is_listed(graph, weak):
    run("review", weak, "--right", "--graph", graph)
    run("remove", "--article", "a1", "--graph", graph)
    (row,) = json.loads(run("review", "--unmatched", "--graph", graph, "--format", "json").output)
    assert (row["article"], row["correction"]) == ("a1", "right as it is")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"event": "feedbeef", "new_category": "REJECT"}, "c.csv:2.*feedbeef"),
        ({"mention": "x", "verdict": "perhaps"}, "c.csv:2.*verdict 'perhaps'"),
        ({"article": "a", "field": "text", "quote": "q", "source": "JPN", "target": "", "category": "ACCUSE",
          "change": '{"colour": "red"}'}, "c.csv:2.*colour"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_applied(graph, tmp_path, cells, message):
    import re

    with (tmp_path / "c.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, cells)
        writer.writeheader()
        writer.writerow(cells)
    result = run("review", "--apply", tmp_path / "c.csv", "--graph", graph)
    assert result.exit_code == 1 and re.search(message, result.stderr)
    assert "no corrections" in run("review", "--corrections", "--graph", graph).output


@pytest.mark.parametrize("alone", ["--right", "--not-an-event"])
def test_a_verdict_that_stands_alone_is_named_by_its_option(graph, weak, alone):
    result = run("review", weak, alone, "--category", "AID", "--graph", graph)
    assert result.exit_code == 2 and f"{alone} goes with no other correction" in result.stderr


def test_actors_go_by_their_codes_wherever_they_are_shown(tmp_path):
    group = Actor("red-sea-front", ActorKind.GROUP, "Red Sea Front", "RSF")
    desk = Desk()
    told = desk.tell("red-sea-front", "ASSAULT", "USA", ("1980-01-01", None), confidence=0.1)
    graph = kg.graph.open(tmp_path / "g", create=True)
    graph.ingest([told], lambda ids: [group], "test", "test")
    folder = graph.directory
    (event,) = listed(folder)
    assert event["source"] == "RSF"
    run("review", event["id"], "--target", "RSF", "--graph", folder)
    (changed,) = listed(folder)
    text = run("explain", changed["id"], "--graph", folder).output
    assert "RSF ASSAULT RSF\n  since 1980-01-01 (" in text
    assert "corrected: target RSF; the coder read RSF ASSAULT USA" in text
    history = json.loads(run("history", changed["id"], "--graph", folder, "--format", "json").output)
    assert {row["source"] for row in history} == {"RSF"}
    (correction,) = json.loads(run("review", "--corrections", "--graph", folder, "--format", "json").output)
    assert (correction["source"], correction["target"], correction["correction"]) == ("RSF", "USA", "target RSF")
    run("review", "--withdraw", correction["id"], "--graph", folder)
    (doubt,) = json.loads(run("review", "--graph", folder, "--format", "json").output)
    assert (doubt["source"], doubt["target"]) == ("RSF", "USA")


@pytest.mark.parametrize("args", [("--category", "REJECT"), ("feedbeef",), ("feedbeef", "--right", "--unmatched")])
def test_wrong_use_is_said(graph, args):
    assert run("review", *args, "--graph", graph).exit_code == 2


def test_a_sheet_is_blind_and_even_over_categories(graph, tmp_path):
    assert run("sample", "-n", "2", "--seed", "3", "--graph", graph, "-o", tmp_path / "s.csv").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "s.csv").open()))
    key = {row["item"]: row for row in csv.DictReader((tmp_path / "s.key.csv").open())}
    assert sorted(key[row["item"]]["category"] for row in rows) == ["ACCUSE", "CONSULT"]
    assert sorted(row["size"] for row in key.values()) == ["1", "4"]
    for row in rows:
        assert (row["category"], row["direction"], row["status"]) == ("", "", "")
        assert row["actor_1"] == "Japan" and row["quote"]
    assert not {"ACCUSE", "CONSULT", "actual"} & {value for row in rows for value in row.values()}


def test_a_sample_is_the_same_for_the_same_seed(graph, tmp_path):
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("sample", "-n", "4", "--by", "none", "--seed", seed, "--graph", graph, "-o", tmp_path / f"{name}.csv")
        texts.append((tmp_path / f"{name}.csv").read_text())
    assert texts[0] == texts[1] != texts[2]


def test_a_coded_sheet_is_scored_and_two_are_compared(graph, tmp_path):
    run("sample", "-n", "5", "--show", "--graph", graph, "-o", tmp_path / "s.csv")
    rows = list(csv.DictReader((tmp_path / "s.csv").open()))
    for row in rows:  # agrees with all but the accusation
        row["category"] = "none" if row["ours_category"] == "ACCUSE" else row["ours_category"]
    with (tmp_path / "s.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    found = json.loads(run("eval", "--sheet", tmp_path / "s.csv", "--format", "json").output)
    figures = {row["category"]: (row["n"], row["right"]) for row in found}
    assert figures["CONSULT"] == (4, 4) and figures["ACCUSE"] == (1, 0) and figures["all: edge"] == (5, 4)
    (tmp_path / "t.csv").write_text((tmp_path / "s.csv").read_text())
    text = run(
        "eval", "--sheet", tmp_path / "s.csv", "--sheet", tmp_path / "t.csv", "--key", tmp_path / "s.key.csv"
    ).output
    assert "kappa" in text


def test_roles_are_scored(tmp_path):
    gold, roles = tmp_path / "gold.jsonl", tmp_path / "roles.jsonl"
    gold.write_text('{"doc": "a", "roles": [{"person": "Fumio Kishida", "office": "PM", "country": "JPN"}]}\n')
    roles.write_text('{"article": "a", "person": "Kishida", "office": "PM", "code": "JPN"}\n')
    text = run("eval", "--roles", gold, roles).output
    assert "precision 1.000" in text and "recall 1.000" in text and "F1 1.000" in text


def test_erase_from_the_command_line(graph):
    assert b"Tokyo spoke up" in (graph / "events.duckdb").read_bytes()
    assert run("remove", "--article", "a1", "--erase", "--graph", graph).exit_code == 0
    assert not any(b"Tokyo spoke up" in p.read_bytes() for p in graph.rglob("*") if p.is_file())
    assert "no problems" in run("check", "--graph", graph).output


def test_build_without_text(tmp_path, monkeypatch):
    text = "Nobody keeps this first sentence. Japan condemned North Korea on Wednesday."
    record = {"id": "a1", "date": "2023-05-31", "title": "", "text": text, "url": "https://example.org/a1"}
    (tmp_path / "in.jsonl").write_text(json.dumps(record) + "\n")
    assert run("build", tmp_path / "in.jsonl", "--no-text", "--graph", tmp_path / "g").exit_code == 0
    assert not any(b"Nobody keeps" in p.read_bytes() for p in (tmp_path / "g").rglob("*") if p.is_file())
    assert [e["category"] for e in listed(tmp_path / "g")] == ["ACCUSE"]
    assert "no problems" in run("check", "--graph", tmp_path / "g").output
    # Another version of the coder would need the text.
    monkeypatch.setattr("kg.extract.pipeline.Extractor.coder", property(lambda self: "kg-999"))
    result = run("recode", "--graph", tmp_path / "g")
    assert result.exit_code == 1 and "without their text" in result.stderr
