"""The page as a file: self-contained, safe to write, and made from graphs as well as from records."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from pathlib import Path

import pytest
from view_sample import sample

import kg.graph
from kg.errors import KgError, QueryError
from kg.model import Actor, ActorKind, Article, Evidence, Mention, Party, Precision, Span, Status, TimeSpan
from kg.view import NetworkData, network
from kg.view.synthetic import synthetic


def elements(html: str, name: str) -> list[tuple[str, str]]:
    """Attributes and contents of the elements of a name."""
    return re.findall(rf"<{name}([^>]*)>(.*?)</{name}>", html, re.DOTALL)


@pytest.mark.parametrize("renderer", ["vis", "canvas"])
def test_the_file_loads_nothing(renderer: str) -> None:
    html = network(sample(), renderer=renderer).html
    assert re.findall(r"<(?:link|img|iframe|base|object)\b", html) == []
    assert all("src" not in attributes for attributes, _ in elements(html, "script"))
    style = elements(html, "style")[0][1]
    assert "url(" not in style and "@import" not in style


@pytest.mark.parametrize("renderer", ["vis", "canvas"])
def test_the_policy_names_exactly_the_scripts_and_styles_of_the_page(renderer: str) -> None:
    html = network(sample(), renderer=renderer).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]

    def hashes(texts: list[str]) -> set[str]:
        return {f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in texts}

    directives = {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}
    assert directives == {
        "default-src": {"'none'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "script-src": hashes([text for attributes, text in elements(html, "script") if "json" not in attributes]),
        "style-src": hashes([text for _, text in elements(html, "style")]),
    }


@pytest.mark.parametrize(
    ("options", "renderer"),
    [
        ({}, "vis"),
        ({"max_links": 2000}, "vis"),
        ({"max_links": 2001}, "canvas"),
        ({"renderer": "canvas"}, "canvas"),
    ],
)
def test_the_renderer_follows_the_number_of_links(options: dict, renderer: str) -> None:
    html = network(sample(), **options).html
    assert json.loads(elements(html, "script")[0][1])["meta"]["renderer"] == renderer
    assert ("visjs.github.io" in html) == (renderer == "vis")


def test_many_actors_are_drawn_on_the_plain_canvas() -> None:
    assert "visjs.github.io" not in network(synthetic(4000, 8000, links=8000)).html


def test_pyvis_writes_nodes_and_edges_with_ids_of_our_own() -> None:
    given = json.loads(elements(network(sample(), max_links=3).html, "script")[1][1])
    assert {node["label"] for node in given["nodes"]} == {a.label for a in sample().actors.values()}
    assert len(given["edges"]) == 3
    assert all(edge["id"] == f"{edge['from']}>{edge['to']}" for edge in given["edges"])
    assert given["options"]["physics"]["enabled"] is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"renderer": "webgl"}, "renderer 'webgl' is unknown; use one of auto, vis, canvas"),
        ({"theme": "blue"}, "theme 'blue' is unknown"),
        ({"max_links": 0}, "max_links is 0; give 1 or more"),
        ({"renderer": "vis", "max_links": 5000}, "5000 links are too many for vis-network"),
        ({"since": "2023"}, "'since' selects from a graph"),
    ],
)
def test_wrong_options_are_named(options: dict, message: str) -> None:
    with pytest.raises(QueryError, match=re.escape(message)):
        network(sample(), **options)


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(QueryError, match="there are no events to draw"):
        network(sample(events=[]))


def test_save_writes_utf8_whole_or_not_at_all(tmp_path: Path) -> None:
    page = network(sample(title="Ünï 中 😀"))
    path = page.save(tmp_path / "page.html")
    assert path.read_text("utf-8") == page.html
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(KgError, match=r"missing/page.html can't be written"):
        page.save(tmp_path / "missing" / "page.html")


@pytest.mark.parametrize("events", [3000, 30_000])
def test_files_stay_small(events: int) -> None:
    size = len(network(synthetic(60, events)).html.encode())
    assert size <= {3000: 1_100_000, 30_000: 5_000_000}[events]


TEXT = "Japan's Kishida met President Yoon in Tokyo. Iran launched a rocket."
STATES = {
    "JPN": Actor("JPN", ActorKind.STATE, "Japan", "JPN", "JPN", region="Eastern Asia"),
    "KOR": Actor("KOR", ActorKind.STATE, "South Korea", "KOR", "KOR", region="Eastern Asia"),
    "IRN": Actor("IRN", ActorKind.STATE, "Iran", "IRN", "IRN", region="Southern Asia"),
}


def told(article: Article, source: str, category: str, target: str | None, quote: str, trigger: str) -> Mention:
    start = TEXT.index(quote)
    at = TEXT.index(trigger)

    def party(name: str) -> Party:
        return Party(
            name,
            name,
            STATES[name].label,
            STATES[name].label,
            Span(start, start + 4),
            agent="Kishida" if name == "JPN" else None,
        )

    return Mention(
        f"{article.id}-{source}", article.id, party(source), party(target) if target else None, category, None,
        Status.ACTUAL, TimeSpan(dt.date(2023, 3, 16), dt.date(2023, 3, 16), Precision.DAY),
        Evidence("text", quote, start, start + len(quote), Span(at, at + len(trigger))), confidence=0.8,
        group=f"{article.id}-{source}",
    )  # fmt: skip


@pytest.fixture
def graph(tmp_path: Path) -> kg.graph.Graph:
    out = kg.graph.open(tmp_path / "graph", create=True)
    items = []
    for key, publisher in (("a", "Wire"), ("b", "Post")):
        article = Article(key, dt.date(2023, 3, 17), f"Summit {key}", TEXT, f"https://news.example/{key}", publisher)
        met = told(article, "JPN", "CONSULT", "KOR", "Japan's Kishida met President Yoon in Tokyo.", "met")
        shot = told(article, "IRN", "MOBILIZE", None, "Iran launched a rocket.", "launched")
        items.append((article, [met, shot], []))
    out.ingest(items, lambda ids: [STATES[i] for i in ids if i in STATES], "test", "test")
    return out


def test_a_graph_gives_events_actors_and_reports(graph: kg.graph.Graph) -> None:
    data = NetworkData.of(graph)
    assert sorted((e.source, e.target, e.publishers) for e in data.events) == [("IRN", None, 2), ("JPN", "KOR", 2)]
    assert data.actors["KOR"].region == "Eastern Asia"
    met = next(e for e in data.events if e.target)
    reports = data.reports[met.id]
    assert {(r.publisher, r.title, r.url) for r in reports} == {
        ("Wire", "Summit a", "https://news.example/a"),
        ("Post", "Summit b", "https://news.example/b"),
    }
    assert {r.quote[r.trigger[0] : r.trigger[1]] for r in reports} == {"met"}
    assert {r.source_agent for r in reports} == {"Kishida"}


def test_agents_stand_with_their_side_however_a_mutual_event_is_told(tmp_path: Path) -> None:
    out = kg.graph.open(tmp_path / "graph", create=True)
    article = Article("a", dt.date(2023, 3, 17), "", TEXT, None, "Wire")
    told_by_japan = told(article, "JPN", "CONSULT", "KOR", "Japan's Kishida met President Yoon in Tokyo.", "met")
    other = told_by_japan.replace(source=told_by_japan.target, target=told_by_japan.source, mutual=True)
    out.ingest([(article, [other], [])], lambda ids: [STATES[i] for i in ids], "test", "test")
    data = NetworkData.of(out)
    report = data.reports[data.events[0].id][0]
    assert (data.events[0].source, report.source_agent, report.target_agent) == ("JPN", "Kishida", None)


def test_filters_choose_from_the_graph_and_are_noted(graph: kg.graph.Graph) -> None:
    data = NetworkData.of(graph, source="Japan", since="2023-03")
    assert [e.source for e in data.events] == ["JPN"]
    assert set(data.actors) == {"JPN", "KOR"}
    assert "source = Japan" in data.note
    with pytest.raises(QueryError, match="no actor 'Atlantis'"):
        NetworkData.of(graph, source="Atlantis")


def test_a_graph_is_drawn_in_one_call(graph: kg.graph.Graph) -> None:
    html = network(graph, title="Both").html
    assert "<title>Both</title>" in html
    assert "Summit a" in html
