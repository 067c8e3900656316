"""Who takes part: groups in the days of their membership, countries with all that is theirs, agents by name."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest
from graph_desk import Desk

import kg.graph
from kg.errors import QueryError
from kg.graph.graph import Graph
from kg.graph.groups import groups, members, members_in
from kg.graph.window import window
from kg.model import Actor, ActorKind


def state(key: str) -> Actor:
    return Actor(key, ActorKind.STATE, f"State of {key}", key, key)


def by(item, **agents: tuple[str, str | None]):
    """The same article, but with a named agent for a side."""
    article, (mention,), roles = item
    named = {s: dataclasses.replace(getattr(mention, s), agent=n, agent_id=key) for s, (n, key) in agents.items()}
    return article, [mention.replace(**named)], roles


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    told = [
        desk.tell("GBR", "ACCUSE", "RUS", "2019-05-01"),
        desk.tell("GBR", "ACCUSE", "RUS", "2021-05-01"),  # a member of the Union no more
        desk.tell("DEU", "SANCTION", "RUS", "2022-03-01"),
        desk.tell("RUS", "THREATEN", "FRA", "2022-04-01"),
        desk.tell("FRA", "CONSULT", "DEU", "2022-05-01", mutual=True),
        desk.tell("IRN:CVL", "PROTEST", "IRN", "2022-10-01"),
        desk.tell("IRN", "COERCE", "IRN:CVL", "2022-10-02"),
        desk.tell("IRN:OPP", "ACCUSE", "USA", "2022-10-03"),
        by(desk.tell("RUS", "ACCUSE", "USA", "2023-01-01"), source=("Foreign Ministry", None)),
        by(
            desk.tell("USA", "ACCUSE", "RUS", "2023-02-01"),
            source=("Ann Doe", "person.ann-doe"),
            target=("Foreign Ministry", None),
        ),
        by(desk.tell("USA", "CONSULT", "JPN", "2023-02-02", mutual=True), source=("Ann Doe", "person.ann-doe")),
        desk.tell("person.ivan-roe", "ACCUSE", "USA", "2023-03-01"),
        desk.tell("PRK", "MOBILIZE", None, "2023-03-02"),
    ]
    article, _, (role,) = desk.role("Ivan Roe", "envoy", "RUS", "2015-01-01")  # too long ago to speak for the state
    told.append((article, [], [dataclasses.replace(role, person_id="person.ivan-roe")]))
    graph = kg.graph.open(tmp_path_factory.mktemp("graph") / "g", create=True)
    graph.ingest(told, lambda ids: [state(key) for key in ids if len(key) == 3], "test")
    return graph


def days(graph: Graph, **select) -> list[str]:
    return [event["begin"] for event in graph.events(**select).to_dicts()]


GROUPS = [
    ({"source": "group:EU"}, ["2019-05-01", "2022-03-01", "2022-05-01"]),
    ({"source": "EU members"}, ["2019-05-01", "2022-03-01", "2022-05-01"]),
    ({"source": "eu-members"}, ["2019-05-01", "2022-03-01", "2022-05-01"]),
    ({"source": "group:European Union"}, ["2019-05-01", "2022-03-01", "2022-05-01"]),
    ({"target": "group:EU"}, ["2022-04-01", "2022-05-01"]),
    ({"source": "group:EU", "target": "group:EU"}, ["2022-05-01"]),
    ({"source": "group:EU", "target": "RUS"}, ["2019-05-01", "2022-03-01"]),
    ({"between": ("RUS", "group:EU")}, ["2019-05-01", "2022-03-01", "2022-04-01"]),
    ({"actor": ["group:EU", "JPN"]}, ["2019-05-01", "2022-03-01", "2022-04-01", "2022-05-01", "2023-02-02"]),
    ({"source": ["RUS", "DEU"], "target": ["FRA", "RUS"]}, ["2022-03-01", "2022-04-01", "2022-05-01"]),
    ({"among": ["PRK", "JPN", "USA"]}, ["2023-02-02", "2023-03-02"]),
    ({"among": "group:EU"}, ["2022-05-01"]),
]


@pytest.mark.parametrize(("select", "expected"), GROUPS)
def test_groups_are_their_members_on_the_day(graph: Graph, select, expected):
    assert days(graph, **select) == expected


COUNTRY = [
    ({"source": "IRN"}, ["2022-10-01", "2022-10-02", "2022-10-03"]),
    ({"source": "IRN:OPP"}, ["2022-10-01", "2022-10-02", "2022-10-03"]),
    ({"source": "RUS"}, ["2022-04-01", "2023-01-01", "2023-03-01"]),
    ({"between": ("USA", "IRN")}, ["2022-10-03"]),
    ({"source": "group:EU", "target": "RUS"}, ["2019-05-01", "2022-03-01"]),
]


@pytest.mark.parametrize(("select", "expected"), COUNTRY)
def test_all_that_is_of_a_country_is_the_country(graph: Graph, select, expected):
    assert days(graph, level="country", **select) == expected


def test_the_countries_are_shown(graph: Graph):
    found = graph.events(since="2022-10-02", until="2022-10-03", level="country").to_dicts()
    assert [(e["source"], e["target"]) for e in found] == [("IRN", "IRN"), ("IRN", "USA")]
    assert found[0]["source_label"] == "State of IRN"


AGENTS = [
    ({"source": "Foreign Ministry"}, ["2023-01-01"]),
    ({"actor": "foreign ministry"}, ["2023-01-01", "2023-02-01"]),
    ({"source": "Ann Doe"}, ["2023-02-01", "2023-02-02"]),
    ({"source": "person.ann-doe", "target": "RUS"}, ["2023-02-01"]),
    ({"source": "JPN", "target": "Ann Doe"}, ["2023-02-02"]),
    ({"source": "RUS"}, ["2022-04-01", "2023-01-01"]),
]


@pytest.mark.parametrize(("select", "expected"), AGENTS)
def test_agents_are_found_by_name(graph: Graph, select, expected):
    assert days(graph, level="agent", **select) == expected


@pytest.mark.parametrize(
    ("name", "as_given"),
    [
        ("the Kremlin", "RUS"),  # a seat of government
        ("tokyo", "JPN"),
        ("Britons", "GBR"),  # a people
        ("actor:IRN:CVL", "IRN:CVL"),  # as SPARQL shows it
        ("Roe", "person.ivan-roe"),  # a surname
    ],
)
def test_a_name_means_what_the_gazetteer_and_the_persons_of_the_graph_say(graph: Graph, name, as_given):
    assert days(graph, actor=name) == days(graph, actor=as_given) != []
    assert graph.resolve(name) == [as_given]


def test_a_surname_finds_the_agent(graph: Graph):
    assert days(graph, source="Doe", level="agent") == ["2023-02-01", "2023-02-02"]


def test_a_name_of_somebody_of_whom_nothing_is_told(graph: Graph):
    with pytest.raises(QueryError, match="'Nairobi' stands for KEN, of whom nothing is in this graph"):
        graph.events(actor="Nairobi")


@pytest.mark.parametrize("name", ["Ann Doe", "person.ann-doe", "Doe"])
def test_a_person_who_is_no_side_is_told_apart_from_one_without_events(graph: Graph, name):
    message = r"Ann Doe is a person and is no side of any event; ask with level agent \(--level agent\) for Ann Doe"
    for ask in (
        lambda: graph.events(actor=name),
        lambda: graph.events(source=name, columns=["source"]),
        lambda: graph.events(source="JPN", target=["RUS", name]),
        lambda: graph.events(between=(name, "group:EU")),
        lambda: graph.timeline(name, "JPN"),
        lambda: graph.dyads(actor=name, level="country"),
        lambda: graph.neighbours(name),
        lambda: graph.path(name, "JPN"),
        lambda: graph.similar(name),
    ):
        with pytest.raises(QueryError, match=message):
            ask()


def test_a_person_who_is_no_side_takes_part_for_the_state_of_the_office(desk: Desk, build):
    article, _, (role,) = desk.role("Ann Doe", "envoy", "USA", "2023-02-01")
    role = dataclasses.replace(role, person_id="person.ann-doe")
    graph = build([desk.tell("USA", "ACCUSE", "RUS", "2023-02-01"), (article, [], [role])])
    with pytest.raises(QueryError, match="is a person and takes part for USA; ask for USA, or with level agent"):
        graph.events(actor="Ann Doe")
    assert days(graph, actor="Ann Doe", level="country") == ["2023-02-01"]


def test_the_agents_are_shown_where_one_is_named(graph: Graph):
    found = graph.events(since="2023-01", until="2023-02", level="agent").to_dicts()
    assert [(e["source"], e["target"]) for e in found] == [
        ("Foreign Ministry (RUS)", "USA"), ("Ann Doe", "Foreign Ministry (RUS)"), ("JPN", "Ann Doe"),
    ]  # fmt: skip


def test_ministries_of_two_states_are_two(graph: Graph):
    network = graph.to_networkx("2023", level="agent")
    assert {"agent.RUS/Foreign Ministry", "person.ann-doe"} <= set(network)


@pytest.mark.parametrize("call", ["events", "timeline", "dyads", "to_networkx", "neighbours", "panel", "path"])
def test_a_level_that_there_is_not_is_refused(graph: Graph, call):
    given = {"neighbours": ("JPN",), "path": ("JPN", "USA")}.get(call, ())
    with pytest.raises(QueryError, match="level 'planet' is unknown"):
        getattr(graph, call)(*given, level="planet")


def test_an_unknown_group_or_agent_is_refused_with_a_hint(graph: Graph):
    with pytest.raises(QueryError, match=r"no group 'NATOO' is known; did you mean NATO"):
        graph.events(source="group:NATOO")
    with pytest.raises(QueryError, match="no actor 'Nobody'"):
        graph.events(source="Nobody", level="agent")


def test_a_timeline_of_groups_countries_and_agents(graph: Graph):
    def counts(*actors: str, **select):
        return [row["events"] for row in graph.timeline(*actors, every="year", **select).to_dicts()]

    assert counts("group:EU", "RUS") == [1, 0, 0, 2]
    assert counts("IRN", level="country") == [3]
    assert counts("Foreign Ministry", level="agent") == [2]


def test_dyads_of_groups_and_countries(graph: Graph):
    assert [row[:3] for row in graph.dyads(actor="group:EU", since="2022").rows] == [
        ("DEU", "FRA", 1), ("DEU", "RUS", 1), ("FRA", "RUS", 1),
    ]  # fmt: skip
    assert [row[:3] for row in graph.dyads(among="group:EU").rows] == [("DEU", "FRA", 1)]
    assert ("IRN", "USA", 1) in [row[:3] for row in graph.dyads(level="country").rows]
    assert {frozenset(row[:2]) for row in graph.dyads(level="agent", actor="Foreign Ministry").rows} == {
        frozenset({"Ann Doe", "Foreign Ministry (RUS)"}), frozenset({"USA", "Foreign Ministry (RUS)"}),
    }  # fmt: skip


def test_a_snapshot_among_a_group(graph: Graph):
    assert set(graph.snapshot(("2019", "2023"), among="group:EU").edges) == {("FRA", "DEU"), ("DEU", "FRA")}
    assert set(graph.snapshot("2023-03", level="country").edges) == {("RUS", "USA"), ("PRK", "PRK")}


def test_neighbours_of_a_country(graph: Graph):
    assert [row[0] for row in graph.neighbours("IRN", level="country").rows] == ["USA"]
    assert [row[0] for row in graph.neighbours("group:EU").rows] == ["RUS"]


def test_a_panel_of_a_group_has_who_was_a_member_in_the_window(graph: Graph):
    rows = graph.panel("actor-year", "2019", "2019", actors="group:G7").to_dicts()
    assert [(row["actor"], row["events"]) for row in rows] == [
        ("CAN", 0), ("DEU", 0), ("FRA", 0), ("GBR", 1), ("ITA", 0), ("JPN", 0), ("USA", 0),
    ]  # fmt: skip
    assert {row["actor"] for row in graph.panel("actor-year", "2019", "2019", actors="group:BRICS").to_dicts()} == {
        "BRA", "CHN", "IND", "RUS", "ZAF",
    }  # fmt: skip


def test_a_panel_of_countries_counts_their_sectors(graph: Graph):
    rows = graph.panel("actor-year", "2022", "2022", level="country").to_dicts()
    assert {row["actor"]: row["events"] for row in rows}["IRN"] == 3


MEMBERSHIP = [
    ("EU", "1957-12-31", 0), ("EU", "1958-01-01", 6), ("EU", "1973-01-01", 9), ("EU", "2004-05-01", 25),
    ("EU", "2013-07-01", 28), ("EU", "2020-01-31", 28), ("EU", "2020-02-01", 27),
    ("NATO", "1949-04-04", 12), ("NATO", "1982-05-30", 16), ("NATO", "2004-03-29", 26), ("NATO", "2024-03-07", 32),
    ("ASEAN", "1999-04-30", 10), ("G8", "2014-03-24", 8), ("G8", "2014-03-25", 0), ("BRICS", "2024-01-01", 9),
    ("P5", "1991-12-23", 5), ("P5", "1991-12-24", 5), ("WARSAWPACT", "1960-01-01", 8), ("OPEC", "2024-01-01", 12),
]  # fmt: skip


@pytest.mark.parametrize(("group", "day", "count"), MEMBERSHIP)
def test_how_many_belonged_to_a_group(group, day, count):
    assert len(members_in(group, window(day, day))) == count


def test_who_belongs_to_a_group_today_is_what_the_gazetteer_says():
    from kg.extract.gazetteer import gazetteer

    today = window(dt.date(2026, 1, 1), dt.date(2026, 1, 1))
    listed = {key: sorted(found) for key, found in gazetteer().members.items() if found and key != "G8"}
    assert {key: members_in(key, today) for key in listed} == listed


def test_members_are_actors_and_spans_of_one_member_do_not_overlap():
    from kg.extract.gazetteer import gazetteer

    assert {m.actor for _, found in groups().values() for m in found} <= gazetteer().actors.keys()
    for key in groups():
        spans = sorted((m.actor, m.begin or dt.date.min, m.end or dt.date.max) for m in members(key))
        assert all(begin <= end for _, begin, end in spans)
        assert all(a != b or end < begin for (a, _, end), (b, begin, _) in itertools.pairwise(spans))
