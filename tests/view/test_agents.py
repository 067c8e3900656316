"""Agents: the persons and offices that the words name as acting, as a level of the network page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from view_sample import EVENTS, sample

from kg.view import Report, network
from kg.view.agents import agents_of, is_name
from kg.view.layout import satellites

DAY = EVENTS[0].first_reported


def told(**agents: str | None) -> Report:
    return Report("Title", "The police and the leaders met.", DAY, **agents)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Yoon Suk Yeol", True),
        ("Foreign Ministry", True),
        ("Ministry of Defence", True),
        ("Blue House", True),
        ("the ministry", False),
        ("The leaders", False),
        ("A spokesman", False),
        ("three leaders", False),
        ("1,500 soldiers", False),
        ("Police", False),
        ("", False),
        (None, False),
    ],
)
def test_only_who_goes_by_a_name_is_an_agent(agent: str | None, named: bool) -> None:
    assert is_name(agent, {"police"}) is named


def test_each_side_of_an_event_has_the_agent_that_the_first_report_names() -> None:
    reports = {
        "e01": [told(source_agent="the ministry"), told(source_agent="Fumio Kishida", target_agent="Yoon Suk Yeol")],
        "e10": [told(source_agent="Fumio Kishida")],
        "e04": [told(source_agent="Police")],
    }
    acting, agents = agents_of(EVENTS, sample(reports=reports))
    assert acting.sides == {"e01": ("agent.JPN/Fumio Kishida", "agent.KOR/Yoon Suk Yeol"),
                            "e10": ("agent.JPN/Fumio Kishida", None)}  # fmt: skip
    assert acting.count == {"agent.JPN/Fumio Kishida": 2, "agent.KOR/Yoon Suk Yeol": 1}
    assert [agent.label for agent in agents.values()] == ["Fumio Kishida (JPN)", "Yoon Suk Yeol (KOR)"]


def test_the_same_name_under_two_actors_is_two_agents() -> None:
    reports = {"e01": [told(source_agent="Foreign Ministry", target_agent="Foreign Ministry")]}
    _, agents = agents_of(EVENTS, sample(reports=reports))
    assert sorted(agents) == ["agent.JPN/Foreign Ministry", "agent.KOR/Foreign Ministry"]


def test_the_page_carries_agents_beside_actors() -> None:
    html = network(sample()).html
    data = json.loads(re.search(r'id="kg-data">(.*?)</script>', html)[1])  # type: ignore[index]
    place = data["actors"]["id"].index("agent.KOR/Yoon Suk Yeol")
    assert data["actors"]["added"][place] == 2
    assert data["actors"]["kinds"][data["actors"]["kind"][place]] == "agent"
    assert data["actors"]["id"][data["actors"]["country"][place]] == "KOR"
    assert sorted(set(data["events"]["target_agent"])) == [-1, place]


def test_agents_stand_by_their_actor_and_clear_of_others() -> None:
    points = {"JPN": (0.0, 0.0), "KOR": (60.0, 0.0)}
    placed = satellites(points, {f"a{i}": ("JPN", 10 - i) for i in range(10)})
    everyone = [*points.values(), *placed.values()]
    apart = [abs((a - c) / 1.4) + abs(b - d) for i, (a, b) in enumerate(everyone) for c, d in everyone[:i]]
    assert min(apart) > 30
    assert max(abs(x) + abs(y) for x, y in placed.values()) < 400


@pytest.mark.browser
def test_on_the_level_of_agents_they_stand_in_for_their_actors(show: Callable) -> None:
    page = show(state="level=agents")
    rows = [row.inner_text().replace("\n", " ") for row in page.page.query_selector_all("#kg-side .link-list li")]
    assert "Japan → Yoon Suk Yeol (KOR) 1 +4.0" in rows
    assert "Japan → South Korea 2 +0.3" in rows
    page.page.mouse.click(*page.spot("agent.KOR/Yoon Suk Yeol"))
    assert page.text("#kg-side h2") == "Yoon Suk Yeol (KOR)"
    page.page.click("[data-level=actors]")
    page.settle()
    assert "Japan → South Korea 3 +1.5" in page.text("#kg-side .link-list")


@pytest.mark.browser
def test_without_names_there_is_no_such_level(show: Callable) -> None:
    page = show(network(sample(reports={})), state="level=agents")
    assert page.js("[...document.querySelectorAll('[data-level]')].map((b) => b.dataset.level)") == [
        "actors", "countries",
    ]  # fmt: skip
    assert page.js("kg.app.state.level") == "actors"
