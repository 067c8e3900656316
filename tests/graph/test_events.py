"""Reading events: filters, windows, evidence, and what a result can do."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from graph_desk import Desk, build_at, lookup

import kg.graph
from kg.errors import QueryError
from kg.graph.graph import Graph

Build = Callable[..., Graph]


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    return build_at(
        tmp_path_factory.mktemp("graph") / "g",
        [
            desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mutual=True, confidence=0.9),
            desk.tell("PRK", "MOBILIZE", None, "2023-03-16", mode="weapons", contexts=("military",)),
            desk.tell("JPN", "ACCUSE", "PRK", ("2023-03-01", "2023-03-31"), confidence=0.4),
            desk.tell("USA", "COOPERATE", "KOR", ("2023-03-13", "2023-03-23"), publisher="BBC"),
            desk.tell("USA", "SANCTION", "PRK", ("2022-12-01", None)),
            desk.tell("CHN", "AGREE", "RUS", "2023-04-05", status="future"),
            desk.tell("IRN", "COERCE", "IRN:CVL", (None, None)),
        ],
    )


def pairs(events) -> list[str]:
    return [f"{e.source}>{e.target or ''}" for e in events]


@pytest.mark.parametrize("few", [0, 100])
def test_events_carry_the_codes_and_labels_of_their_actors(graph: Graph, monkeypatch, few):
    monkeypatch.setattr("kg.graph.events._FEW", few)  # looked up one by one, or all read at once
    rows = graph.events(category=["SANCTION", "MOBILIZE"]).to_arrow().to_pylist()
    known = [(row["source"], row["source_code"], row["target"], row["target_code"]) for row in rows]
    assert known == [("USA", "USA", "PRK", "PRK"), ("PRK", "PRK", None, None)]
    assert [row["target_label"] for row in rows] == ["North Korea", None]
    assert rows == graph.events(category=["SANCTION", "MOBILIZE"], actor=["PRK"]).to_arrow().to_pylist()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"source": "JPN"}, ["JPN>PRK", "JPN>KOR"]),
        ({"target": "JPN"}, ["JPN>KOR"]),  # mutual: found in either order
        ({"source": "KOR", "target": "JPN"}, ["JPN>KOR"]),
        ({"source": "JPN", "target": "KOR"}, ["JPN>KOR"]),
        ({"source": "KOR", "target": "USA"}, []),  # not mutual
        ({"between": ("KOR", "USA")}, ["USA>KOR"]),
        ({"actor": "PRK"}, ["USA>PRK", "JPN>PRK", "PRK>"]),
        ({"actor": ["CHN", "IRN"]}, ["CHN>RUS", "IRN>IRN:CVL"]),
        ({"source": "Tokyo"}, ["JPN>PRK", "JPN>KOR"]),
        ({"source": "rok", "target": "japan"}, ["JPN>KOR"]),
        ({"category": "mobilize"}, ["PRK>"]),
        ({"category": ["SANCTION", "ACCUSE"]}, ["USA>PRK", "JPN>PRK"]),
        ({"mode": "weapons"}, ["PRK>"]),
        ({"quad": 2}, ["USA>KOR"]),
        ({"quad": (1, 3)}, ["JPN>PRK", "JPN>KOR", "CHN>RUS"]),
        ({"status": "future"}, ["CHN>RUS"]),
        ({"context": "military"}, ["PRK>"]),
        ({"min_confidence": 0.9}, ["JPN>KOR"]),
        ({"targetless": True}, ["PRK>"]),
        ({"limit": 2}, ["USA>PRK", "JPN>PRK"]),
        ({"order": "-begin", "limit": 1}, ["CHN>RUS"]),
        ({"order": "confidence", "limit": 1}, ["JPN>KOR"]),
        ({"order": "score", "limit": 1}, ["IRN>IRN:CVL"]),
    ],
    ids=str,
)
def test_filters(graph: Graph, filters, expected):
    assert pairs(graph.events(**filters)) == expected


@pytest.mark.parametrize(
    ("since", "until", "within", "expected"),
    [
        ("2023-03-16", "2023-03-16", False, ["USA>PRK", "JPN>PRK", "USA>KOR", "JPN>KOR", "PRK>"]),
        ("2023-03-16", "2023-03-16", True, ["JPN>KOR", "PRK>"]),
        ("2023-03", "2023-03", True, ["JPN>PRK", "USA>KOR", "JPN>KOR", "PRK>"]),
        ("2023-03-31", None, False, ["USA>PRK", "JPN>PRK", "CHN>RUS"]),
        (None, "2023-03-01", False, ["USA>PRK", "JPN>PRK"]),
        ("2023-04", "2023-04", False, ["USA>PRK", "CHN>RUS"]),  # the sanctions go on
        ("2022-11-30", "2022-11-30", False, []),
        ("2022", "2023", True, ["JPN>PRK", "USA>KOR", "JPN>KOR", "PRK>", "CHN>RUS"]),
    ],
)
def test_windows(graph: Graph, since, until, within, expected):
    assert pairs(graph.events(since=since, until=until, within=within)) == expected


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"source": "Japn"}, "no actor 'Japn' in this graph; did you mean Japan"),
        ({"category": "CONSULTS"}, "category 'CONSULTS' is unknown; did you mean CONSULT"),
        ({"status": "planned"}, "status 'planned' is unknown"),
        ({"quad": 5}, "quad class 5 is unknown"),
        ({"order": "date"}, "order 'date' is unknown"),
        ({"since": "soon"}, "'soon' is not a date"),
        ({"source": []}, "empty list of actors"),
        ({"limit": -1}, "negative"),
    ],
)
def test_mistakes_are_told(graph: Graph, filters, message):
    with pytest.raises(QueryError, match=message):
        graph.events(**filters)


def test_hostile_names_are_only_names(graph: Graph):
    with pytest.raises(QueryError, match="no actor"):
        graph.events(source="JPN' OR 1=1 --")
    assert len(graph.events()) == 7


def test_a_resolver_can_stand_for_groups(graph: Graph):
    graph = kg.graph.open(graph.directory)
    graph.resolver = lambda name: ["JPN", "KOR"] if name == "allies" else "PRK"
    assert pairs(graph.events(source="allies")) == ["JPN>PRK", "JPN>KOR"]
    assert graph.events(target="whatever", category="ACCUSE")[0].target == "PRK"


def test_an_event_list_shows_itself(graph: Graph):
    events = graph.events(source="JPN", target="KOR")
    assert events.to_dicts()[0] | {"id": ""} == {
        "id": "", "source": "JPN", "target": "KOR", "category": "CONSULT", "mode": None, "begin": "2023-03-16",
        "end": "2023-03-16", "precision": "day", "status": "actual", "score": 2.5, "mentions": 1, "articles": 1,
        "publishers": 1, "confidence": 0.9, "mutual": True, "contexts": [], "source_label": "Japan",
        "target_label": "South Korea", "corrections": 0,
    }  # fmt: skip
    assert events.to_arrow().num_rows == len(events.to_pandas()) == 1
    assert events.to_pandas()["begin"][0].year == 2023
    assert "CONSULT" in repr(events)
    assert "<td>CONSULT</td>" in events._repr_html_()
    assert json.loads(events.as_table().json())[0]["source"] == "JPN"
    assert events[0] == next(iter(events)) == events[-1] == events[:1][0]
    with pytest.raises(IndexError):
        events[1]


NARROW = ("source", "target", "begin")


def test_only_some_columns_of_events(graph: Graph):
    events = graph.events(source="JPN", target="KOR", columns=["begin", "source_label", "publishers"])
    assert events.to_dicts() == [{"begin": "2023-03-16", "source_label": "Japan", "publishers": 1}]
    assert events.to_arrow().column_names == ["begin_day", "source_label", "publishers"]
    assert list(events.to_pandas().columns) == events.as_table().columns == ["begin", "source_label", "publishers"]
    assert "Japan" in repr(events)
    assert "<td>Japan</td>" in events._repr_html_()
    with pytest.raises(QueryError, match="only begin, source_label, publishers was asked for"):
        events[0]
    assert graph.events(level="country", actor="IRN", columns="target").to_dicts() == [{"target": "IRN"}]
    with pytest.raises(QueryError, match="'begun' is unknown; did you mean begin"):
        graph.events(columns=["begun"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["USA>PRK", "JPN>PRK", "USA>KOR", "JPN>KOR", "PRK>None", "CHN>RUS", "IRN>IRN:CVL"]),
        ({"source": "JPN"}, ["JPN>PRK", "JPN>KOR"]),
        ({"target": "JPN"}, ["JPN>KOR"]),
        ({"source": "KOR", "target": "JPN"}, ["JPN>KOR"]),
        ({"source": "PRK", "target": "JPN"}, []),
        ({"actor": ["CHN", "IRN"]}, ["CHN>RUS", "IRN>IRN:CVL"]),
        ({"between": ("PRK", ["JPN", "USA"])}, ["USA>PRK", "JPN>PRK"]),
        ({"actor": "Tokyo"}, ["JPN>PRK", "JPN>KOR"]),
        ({"since": "2023-03-16", "until": "2023-03-16", "within": True}, ["JPN>KOR", "PRK>None"]),
        ({"since": "2023-03-31"}, ["USA>PRK", "JPN>PRK", "CHN>RUS"]),
        ({"until": "2023-03-01"}, ["USA>PRK", "JPN>PRK"]),
        ({"actor": "JPN", "limit": 1}, ["JPN>PRK"]),
    ],
    ids=str,
)
def test_narrow_questions_have_one_answer_however_often_asked(graph: Graph, filters, expected):
    for _ in range(3):
        found = graph.events(**filters, columns=NARROW).to_dicts()
        assert [f"{row['source']}>{row['target']}" for row in found] == expected


def test_narrow_questions_tell_the_same_mistakes(graph: Graph):
    for _ in range(3):
        with pytest.raises(QueryError, match="no actor 'Japn'"):
            graph.events(source="Japn", columns=NARROW)
        with pytest.raises(QueryError, match="empty list of actors"):
            graph.events(source=[], columns=NARROW)


def test_columns_in_memory_follow_what_others_write(desk, build: Build):
    first, second = (desk.tell("JPN", "CONSULT", "KOR", day) for day in ("2023-03-16", "2023-05-01"))
    graph = build([first])
    other = kg.graph.open(graph.directory)

    def begins(**when: str) -> list[str]:
        return [row["begin"] for row in graph.events(source="JPN", columns=NARROW, **when).to_dicts()]

    assert [begins(), begins()] == [["2023-03-16"], ["2023-03-16"]]
    other.ingest([second], lookup, "test", "test")
    assert [begins(), begins()] == [["2023-03-16", "2023-05-01"], ["2023-03-16", "2023-05-01"]]
    other.remove(first[0].id)
    assert [begins(), begins()] == [["2023-05-01"], ["2023-05-01"]]
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    assert begins(as_of=yesterday.isoformat()) == []


def test_evidence_is_the_words_of_the_article(graph: Graph):
    event = graph.events(category="MOBILIZE")[0]
    (row,) = graph.evidence(event.id).to_dicts()
    article = graph.article(row["article"])
    assert row["quote"] == article.text[row["start"] : row["end"]]
    assert (row["publisher"], row["url"], row["published"]) == ("Wire", "https://news.example/a2", dt.date(2023, 3, 16))


def test_html_of_hostile_words_is_escaped(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", text="<script>alert(1)</script>", publisher="=1+1")])
    table = graph.evidence(graph.events()[0].id)
    assert "<script>" not in table._repr_html_()
    assert "'=1+1" in table.csv()


def test_unknown_events_are_told(graph: Graph):
    with pytest.raises(QueryError, match="no event has ever had the id 'nonsense'"):
        graph.evidence("nonsense")


def test_roles(desk, build: Build):
    graph = build([desk.role("Fumio Kishida", "prime minister", "JPN", d) for d in ("2022-05-01", "2023-03-16")])
    (row,) = graph.roles("kishida").to_dicts()
    assert (row["actor"], row["first"].year, row["last"].year, row["articles"]) == ("Japan", 2022, 2023, 2)
    assert [len(graph.roles(on=d)) for d in ("2022-12", "2024", "2021")] == [1, 0, 0]
    assert len(graph.roles(actor="JPN")) == 1
