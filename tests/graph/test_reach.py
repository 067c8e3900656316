"""Whatever comes in whatever portions, looking only at what a change can touch gives what looking at all gives."""

from __future__ import annotations

import random

import pytest
from graph_desk import Desk, build_at

from kg.graph import reach
from kg.model import Precision

DAYS = [f"2023-03-{day:02d}" for day in range(1, 29)]
SPANS = [("2023-03-01", "2023-03-31"), ("2023-01-01", "2023-12-31"), ("2023-03-06", "2023-03-12")]


def some_items(seed: int, count: int) -> list:
    """Mentions of one pair that crowd on a few weeks: days, vague spans, no dates, plans, refusals, clusters."""
    chance, desk, out = random.Random(seed), Desk(), []
    for _ in range(count):
        category = chance.choice(["CONSULT", "AGREE", "REJECT", "AID", "ACCUSE", "ASSAULT"])
        when = chance.choice([*DAYS, *DAYS, *SPANS, None, None, (None, None)])
        options = {"mode": "meet"} if category == "REJECT" else {}
        if isinstance(when, tuple) and when[0]:
            options["precision"] = Precision.MONTH
        out.append(
            desk.tell(
                *chance.sample(["JPN", "KOR"], 2)[:1], category, "PRK", when,
                status="future" if category == "AGREE" else "actual",
                published=chance.choice(DAYS), cluster=chance.choice([None, "a", "b"]), **options,
            )
        )  # fmt: skip
    return out


@pytest.mark.parametrize("seed", [1, 2])
def test_portions_give_what_all_at_once_gives(tmp_path, seed):
    items = some_items(seed, 120)
    whole = build_at(tmp_path / "whole", items)
    parts = build_at(tmp_path / "parts", items[:90], items[90:110], items[110:])
    assert list(whole.events()) == list(parts.events())


def test_what_goes_leaves_no_trace(tmp_path):
    items = some_items(4, 80)
    graph = build_at(tmp_path / "g", items)
    for article, _, _ in items[77:]:
        graph.remove(article=article.id)
    assert list(graph.events()) == list(build_at(tmp_path / "h", items[:77]).events())


def touched(graph, marked: str) -> set[str]:
    with graph.read() as connection:
        reach.mark(connection, articles=[marked])
        reach.spread(connection)
        return {row[0] for row in connection.execute("SELECT mention FROM touched").fetchall()}


def test_only_what_is_near_is_touched(tmp_path):
    desk = Desk()
    first = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-10")
    near = [
        desk.tell("JPN", "ACCUSE", "PRK", "2023-03-13"),  # three days later
        desk.tell("PRK", "ACCUSE", "JPN", "2023-03-08"),  # the pair in the other direction
        desk.tell("JPN", "ACCUSE", "PRK", "2023-03-15"),  # near to what is near
        desk.tell("JPN", "ACCUSE", "PRK", ("2023-02-01", "2023-03-31"), precision=Precision.MONTH),
    ]
    far = [
        desk.tell("JPN", "ACCUSE", "PRK", "2023-04-04"),
        desk.tell("KOR", "ACCUSE", "PRK", "2023-03-10"),
        desk.tell("JPN", "THREATEN", "PRK", "2023-03-10"),
        desk.tell("JPN", "ACCUSE", "PRK", (None, None)),
    ]
    graph = build_at(tmp_path / "g", [first, *near, *far])
    assert touched(graph, first[0].id) == {item[1][0].id for item in (first, *near)}
    assert touched(graph, far[-1][0].id) == {far[-1][1][0].id}


def test_what_has_the_same_days_is_touched_together_or_not_at_all(tmp_path):
    desk = Desk()
    first = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-01")
    crowds = [[desk.tell("JPN", "ACCUSE", "PRK", f"2023-0{month}-10") for _ in range(9)] for month in (4, 5, 6)]
    graph = build_at(tmp_path / "g", [first, *(item for crowd in crowds for item in crowd)])
    assert touched(graph, first[0].id) == {first[1][0].id}
    for crowd in crowds:
        assert touched(graph, crowd[4][0].id) == {item[1][0].id for item in crowd}


def test_a_refusal_to_meet_reaches_for_the_plans_of_a_year(tmp_path):
    desk = Desk()
    refusal = desk.tell("JPN", "REJECT", "KOR", "2023-01-10", mode="meet")
    plan = desk.tell("KOR", "AGREE", "JPN", "2023-11-20", status="future", published="2023-01-05")
    graph = build_at(tmp_path / "g", [refusal], [plan])
    assert graph.events(category="REJECT")[0].cancels == graph.events(category="AGREE")[0].id
    assert len(touched(graph, plan[0].id)) == 2
