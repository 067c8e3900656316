"""Results in a notebook: events with their words and links, a graph with its figures; nothing in them runs."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pair_sample import KNOWN, STORIES, graph
from test_view_hostile import HOSTILE

import kg


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return graph(tmp_path_factory.mktemp("listed"))


class Elements(HTMLParser):
    """The names of all elements and attributes of a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def rows(markup: str) -> list[str]:
    """What a reader sees of each row of a table."""
    cut = [re.sub(r"<[^>]*>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", markup)]
    return [re.sub(r"\s+", " ", row).strip() for row in cut]


def test_events_show_when_who_what_and_the_words(g: kg.Graph) -> None:
    shown = g.events(between=("JPN", "KOR"))._repr_html_()
    assert rows(shown)[:3] == [
        "when who what score words told by",
        "2022-05-10 Japan ↔ South Korea consult +2.5 Tokyo met Seoul in May. Harbour Wire , 2022-05-11",
        "2022-05-20 Japan → South Korea accuse −3.0 Tokyo hit Seoul with words. Ledger , 2022-05-21",
    ]
    assert "Tokyo <mark>met</mark> Seoul in May." in shown
    assert "aid (future)" in " ".join(rows(shown)).replace(" (", " (")
    assert "6 events" in shown


def test_the_link_leads_to_the_article(g: kg.Graph) -> None:
    url = next(g.articles()).url
    assert url is not None
    assert f'<a href="{url}" rel="noopener noreferrer">' in g.events()._repr_html_()


def test_a_part_of_the_list_shows_itself_too(g: kg.Graph) -> None:
    assert len(rows(g.events()[1:3]._repr_html_())) == 3  # type: ignore[attr-defined]


def test_a_graph_shows_its_figures(g: kg.Graph) -> None:
    assert "events 8" in rows(g._repr_html_())


@pytest.mark.parametrize("text", HOSTILE[:6])
def test_hostile_text_is_shown_as_text(tmp_path: Path, text: str) -> None:
    article, mentions, roles = STORIES[0]
    told = replace(article, title=text, publisher=text, url="javascript:x")
    made = kg.open(tmp_path / "graph", create=True)
    made.ingest([(told, mentions, roles)], lambda ids: [KNOWN[i] for i in ids if i in KNOWN], "test", "test")
    shown = made.events()._repr_html_()
    found = Elements(shown)
    assert found.names == {"table", "thead", "tbody", "tr", "th", "td", "b", "mark", "p"}
    assert found.attributes == {"style", "title"}
