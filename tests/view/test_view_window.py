"""The page's window and the program's own follow one table of cases."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from view_sample import day, event, sample

from kg.graph.window import window
from kg.model import Event
from kg.view import Report, network

TABLE = Path(__file__).with_name("window_cases.tsv").read_text("utf-8").splitlines()
CASES = list(csv.DictReader([line for line in TABLE if not line.startswith("#")], delimiter="\t"))


def state(case: dict[str, str]) -> str:
    bounds = window(case["since"].strip() or None, case["until"].strip() or None)
    return "&".join(f"{name}={day}" for name, day in (("from", bounds.since), ("to", bounds.until)) if day)


def spanned(number: int, case: dict[str, str]) -> Event:
    begin, end = day(case["begin"]), day(case["end"])
    return replace(event(f"e{number:02}", "JPN", "CONSULT", "KOR", None, 1.0), begin=begin, end=end)


@pytest.mark.browser
def test_events_are_in_the_page_s_window_as_the_table_says(show: Callable) -> None:
    events = [spanned(number, case) for number, case in enumerate(CASES)]
    words = {e.id: [Report("", "", e.first_reported)] for e in events}
    page = show(network(sample(events=events, reports=words)))
    found = []
    for number, case in enumerate(CASES):
        page.js("(hash) => { location.hash = hash; }", state(case))
        page.settle()
        inside = page.js(
            """(id) => { const { data, state } = kg.app;
                const row = [...data.events.begin.keys()].find((r) => data.evidence.id(r) === id);
                return kg.selection.inWindow(data, state, row); }""",
            f"e{number:02}",
        )
        found.append("yes" if inside else "no")
    assert found == [case["inside"] for case in CASES]
