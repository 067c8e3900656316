"""Networks and counts: what is counted where, and what is said of the rest."""

from __future__ import annotations

import datetime as dt

import pytest
from graph_desk import Desk, build_at

from kg.errors import QueryError
from kg.graph.graph import Graph
from kg.graph.network import weigh
from kg.graph.statecodes import state_code, state_codes
from kg.graph.statistics import bursts_of
from kg.model import ActorKind, Precision


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    desk = Desk()
    return build_at(
        tmp_path_factory.mktemp("graph") / "g",
        [
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True),
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-17", mode="disapprove"),
            desk.tell("KOR", "ACCUSE", "PRK", "2023-03-17", mode="disapprove"),
            desk.tell("PRK", "THREATEN", "KOR", "2023-05-02"),
            desk.tell("PRK", "MOBILIZE", None, "2023-03-16", mode="weapons"),
            desk.tell("JPN", "AID", "KOR", ("2022-01-01", "2022-12-31"), precision=Precision.YEAR),
            desk.tell("JPN", "SANCTION", "KOR", "2022-07-01"),
            desk.tell("USA", "CONSULT", "KOR", "2023-04-26", mutual=True),
            desk.tell("IRN", "COERCE", "IRN:CVL", "2023-04-01"),
            desk.tell("CHN", "AGREE", "USA", "2023-11-15", status="future"),
            desk.tell("JPN", "CONSULT", "KOR", (None, None), mutual=True),
        ],
    )


def test_a_timeline_fills_gaps_and_reports_the_rest_apart(graph: Graph):
    line = graph.timeline("KOR", "JPN", every="quarter", until="2023-06")
    assert [(row["begin"].isoformat(), row["events"], row["score"]) for row in line.to_dicts()] == [
        ("2022-07-01", 1, -6.0), ("2022-10-01", 0, None), ("2023-01-01", 1, 2.5), ("2023-04-01", 0, None),
    ]  # fmt: skip
    assert (line.coarse, line.undated) == (1, 1)
    assert "1 events of a span vaguer than a quarter" in repr(line)


def test_a_year_is_not_too_vague_for_years(graph: Graph):
    line = graph.timeline("JPN", "KOR", every="year")
    assert [(row["events"], row["score"]) for row in line.to_dicts()] == [(2, 2.0), (1, 2.5)]
    assert line.coarse == 0


def test_a_timeline_of_one_actor_or_all(graph: Graph):
    assert sum(graph.timeline("PRK", every="month").to_pandas()["events"]) == 4
    (march,) = graph.timeline(every="month", since="2023-03", until="2023-03").to_dicts()
    assert (march["events"], march["verbal_cooperation"], march["verbal_conflict"], march["material_conflict"]) == (
        4,
        1,
        2,
        1,
    )
    (pair,) = graph.timeline("JPN", "KOR", since="2023-03", until="2023-03").to_dicts()
    assert pair["share"] == 0.25


def test_a_network_has_one_edge_for_each_event(graph: Graph):
    network = graph.to_networkx()
    assert (network.number_of_nodes(), network.number_of_edges()) == (6, 10)
    ((_, _, data),) = [e for e in network.edges(data=True) if e[0] == e[1] == "PRK"]
    assert (data["targetless"], data["category"], data["begin"]) == (True, "MOBILIZE", "2023-03-16")
    assert network.nodes["PRK"]["label"] == "North Korea"


def test_a_snapshot_counts_and_weighs(graph: Graph):
    network = graph.snapshot(("2022", "2023-03"))
    assert network["JPN"]["KOR"]["weight"] == 3
    assert network["JPN"]["KOR"]["score"] == pytest.approx((2.5 + 10 - 6) / 3, abs=1e-4)
    assert network["KOR"]["JPN"]["weight"] == 1  # the mutual one
    assert network["JPN"]["KOR"]["categories"] == {"AID": 1, "CONSULT": 1, "SANCTION": 1}
    assert network["PRK"]["PRK"]["targetless"] is True
    assert set(graph.snapshot("2023-05-02").edges) == {("PRK", "KOR")}


@pytest.mark.parametrize("level", ["actor", "country"])
def test_the_database_counts_what_python_counts(graph: Graph, level):
    weighted, counted = graph.to_networkx(level=level, weighted=True), weigh(graph.to_networkx(level=level))
    assert dict(weighted.nodes(data=True)) == dict(counted.nodes(data=True))
    assert {(a, b): data for a, b, data in weighted.edges(data=True)} == {
        (a, b): data for a, b, data in counted.edges(data=True)
    }


def test_dyads(graph: Graph):
    assert graph.dyads(since="2023", limit=2).rows == [
        ("KOR", "PRK", 2, -2.75, dt.date(2023, 3, 17), dt.date(2023, 5, 2)),
        ("IRN", "IRN:CVL", 1, -7.0, dt.date(2023, 4, 1), dt.date(2023, 4, 1)),
    ]
    assert [row[:3] for row in graph.dyads(quad=4)] == [("IRN", "IRN:CVL", 1), ("JPN", "KOR", 1)]


def test_levels(graph: Graph):
    country = graph.to_networkx(level="country")
    assert "IRN:CVL" not in country
    assert country["IRN"]["IRN"][next(iter(country["IRN"]["IRN"]))]["targetless"] is False
    with pytest.raises(QueryError, match="level 'planet'"):
        graph.to_networkx(level="planet")


def test_agents_take_the_place_of_their_principal(tmp_path):
    import dataclasses

    desk = Desk()
    article, (mention,), roles = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")
    acted = dataclasses.replace(mention.source, agent="Fumio Kishida", agent_id="person.fumio-kishida")
    graph = build_at(tmp_path / "g", [(article, [mention.replace(source=acted)], roles)])
    network = graph.to_networkx(level="agent")
    assert list(network.edges()) == [("person.fumio-kishida", "PRK")]
    assert network.nodes["person.fumio-kishida"]["label"] == "Fumio Kishida"


def test_diff_tells_new_gone_better_and_worse(graph: Graph):
    rows = {(r["a"], r["b"]): r for r in graph.diff("2022", "2023").to_dicts()}
    assert (rows["KOR", "PRK"]["change"], rows["KOR", "PRK"]["events_after"]) == ("new", 2)
    assert (rows["JPN", "KOR"]["change"], rows["JPN", "KOR"]["score_before"], rows["JPN", "KOR"]["score_after"]) == (
        "better", 2.0, 2.5,
    )  # fmt: skip
    assert {r["change"] for r in graph.diff("2023", "2024").to_dicts()} == {"gone"}
    assert graph.diff("2022", "2023")[0][:3] == ("JPN", "KOR", "better")


def test_paths_are_chains_of_events(graph: Graph):
    rows = graph.path("USA", "PRK").to_dicts()
    assert [(r["chain"], r["step"], {r["source"], r["target"]}, r["events"]) for r in rows] == [
        (1, 1, {"USA", "KOR"}, 1),
        (1, 2, {"KOR", "PRK"}, 2),
    ]
    assert len(graph.path("USA", "CHN")) == 0
    assert len(graph.path("USA", "PRK", since="2023-04")) == 2


@pytest.mark.parametrize("call", ["path", "similar"])
def test_one_actor_is_wanted_and_a_group_is_told_by_its_name(graph: Graph, call):
    given = {"path": ("JPN", "group:AUKUS"), "similar": ("group:AUKUS",)}[call]
    with pytest.raises(QueryError, match="but group:AUKUS stands for 3 actors; choose one"):
        getattr(graph, call)(*given)


def test_neighbours(graph: Graph):
    rows = {r["actor"]: r for r in graph.neighbours("KOR").to_dicts()}
    assert (rows["JPN"]["events"], rows["JPN"]["received"], rows["JPN"]["mutual"]) == (4, 2, 2)
    assert (rows["PRK"]["given"], rows["PRK"]["received"], rows["PRK"]["score"]) == (1, 1, -2.75)
    assert (rows["PRK"]["first"], rows["PRK"]["last"]) == (dt.date(2023, 3, 17), dt.date(2023, 5, 2))


def test_rank_leaves_loops_out(graph: Graph):
    degree = {r["actor"]: r["degree"] for r in graph.rank().to_dicts()}
    assert degree == {"KOR": 7, "JPN": 5, "PRK": 3, "USA": 1, "IRN": 1, "IRN:CVL": 1}
    assert graph.rank(by="betweenness")[0][1] == "KOR"
    assert graph.rank(by="out-degree", limit=1).to_dicts() == [
        {"rank": 1, "actor": "JPN", "label": "Japan", "out-degree": 5}
    ]
    assert sum(r["pagerank"] for r in graph.rank(by="pagerank").to_dicts()) == pytest.approx(1, abs=1e-4)
    with pytest.raises(QueryError, match="'fame'"):
        graph.rank(by="fame")


def test_similar_actors_treat_the_same_others_alike(graph: Graph):
    # Both accuse North Korea; Japan also meets, helps and sanctions South Korea, the United States only meet it.
    assert [(r["actor"], r["common_partners"]) for r in graph.similar("JPN").to_dicts()] == [("USA", 1), ("KOR", 1)]
    assert all(0 < r["similarity"] < 1 for r in graph.similar("JPN").to_dicts())


def test_a_panel_is_balanced(graph: Graph):
    panel = graph.panel("dyad-year", since="2022", until="2023")
    assert len(panel) == len({r[:2] for r in panel}) * 2
    row = next(r for r in panel.to_dicts() if (r["source"], r["target"], r["year"].year) == ("KOR", "JPN", 2022))
    assert (row["events"], row["score_sum"], row["score_mean"]) == (0, 0, None)
    assert not any("IRN" in r for r in panel)  # civilians are no state
    undirected = graph.panel("dyad-year", directed=False, actors=["JPN", "KOR"]).to_dicts()
    assert [(r["a"], r["b"], r["events"]) for r in undirected] == [("JPN", "KOR", 2), ("JPN", "KOR", 1)]
    assert {r[0] for r in graph.panel("actor-year")} == {"JPN", "KOR", "PRK", "USA"}
    with pytest.raises(QueryError, match="dyad-decade"):
        graph.panel("dyad-decade")


@pytest.mark.parametrize("actors", [None, ["JPN"], ["JPN", "KOR"], ["JPN", "USA"], "group:G7"])
def test_what_an_actor_does_counts_whoever_else_is_in_the_panel(desk: Desk, build, actors):
    graph = build(
        [
            desk.tell("JPN", "ACCUSE", "KOR", "2023-01-01"),
            desk.tell("JPN", "SANCTION", "PRK", "2023-02-01"),
            desk.tell("JPN", "MOBILIZE", None, "2023-03-01"),
            desk.tell("USA", "CONSULT", "JPN", "2023-04-01", mutual=True),
            desk.tell("KOR", "ACCUSE", "JPN", "2023-05-01"),  # done to Japan, not by it
            desk.tell("JPN", "ACCUSE", "IRN:CVL", "2023-06-01"),  # no state
        ]
    )
    rows = graph.panel("actor-year", actors=actors).to_dicts()
    assert [row["events"] for row in rows if row["actor"] == "JPN"] == [4]
    wanted = {"JPN", "KOR", "USA"} if actors is None else graph.resolve(actors)
    assert {row["actor"] for row in rows} == set(wanted)
    everybody = graph.panel("actor-year", actors=actors, states=False).to_dicts()
    assert [row["events"] for row in everybody if row["actor"] == "JPN"] == [5]


@pytest.mark.parametrize(
    ("unit", "actors", "message"),
    [
        ("dyad-year", "JPN", "a dyad has two actors, and only JPN was given; give others too, or ask for actor units"),
        ("dyad-year", ["JPN", "IRN:CVL"], "IRN:CVL: not a state; panels hold states only, unless asked for all actors"),
        ("actor-year", "IRN:CVL", "IRN:CVL: not a state"),
    ],
)
def test_a_panel_without_rows_is_refused(graph: Graph, unit, actors, message):
    with pytest.raises(QueryError, match=message):
        graph.panel(unit, actors=actors)


def test_a_panel_has_scores_by_quad_class_and_numbers_of_states(graph: Graph):
    panel = graph.panel("dyad-year", since="2022", until="2022", actors=["JPN", "KOR", "PRK"]).to_dicts()
    assert len(panel) == 6  # all dyads of the three, also those without any event
    row = next(r for r in panel if (r["source"], r["target"]) == ("JPN", "KOR"))
    assert (row["source_cow"], row["target_cow"], row["source_gw"], row["target_gw"]) == (740, 732, 740, 732)
    assert (row["events"], row["score_material_cooperation"], row["score_material_conflict"]) == (2, 10, -6)
    assert (row["score_sum"], row["score_mean"], row["score_verbal_conflict"]) == (4, 2, 0)


@pytest.mark.parametrize(
    ("actor", "day", "cow", "gw"),
    [
        ("FRA", "2020-01-01", 220, 220),
        ("DEU", "1990-10-02", 260, 260),
        ("DEU", "1990-10-03", 255, 260),
        ("DDR", "1989-01-01", 265, 265),
        ("YEM", "1989-01-01", 678, 678),
        ("YEM", "1990-05-22", 679, 678),
        ("SRB", "2006-06-05", 345, 340),
        ("SUN", "1985-01-01", 365, 365),
        ("TZA", "2000-01-01", 510, 510),
        ("CSK", "1992-12-31", 315, 315),
        ("CZE", "1993-01-01", 316, 316),
        ("SVK", "1993-01-01", 317, 317),
        ("VNM", "1990-01-01", 816, 816),
        ("SDN", "2012-01-01", 625, 625),
        ("SSD", "2012-01-01", 626, 626),
        ("XKX", "2010-01-01", 347, 347),
        ("MNE", "2010-01-01", 341, 341),
        ("YMD", "1980-01-01", 680, 680),
        ("RUS", "2000-01-01", 365, 365),
        ("KIR", "2010-01-01", 946, 970),
        ("NRU", "2010-01-01", 970, 971),
        ("PSE", "2020-01-01", None, None),
        ("hezbollah", "2020-01-01", None, None),
    ],
)
def test_the_two_lists_of_states(actor, day, cow, gw):
    code = state_code(actor, dt.date.fromisoformat(day))
    assert (code.cow, code.gw) == (cow, gw)


def test_no_two_states_have_one_number_on_one_day():
    day = dt.date(2015, 1, 1)
    gone = {"SUN", "YUG", "SCG", "CSK", "DDR", "YMD"}
    for system in ("cow", "gw"):
        numbers = [n for actor in state_codes() if actor not in gone if (n := getattr(state_code(actor, day), system))]
        assert len(numbers) == len(set(numbers)) > 190


def test_every_state_of_the_gazetteer_is_in_the_table():
    from kg.extract.gazetteer import gazetteer

    states = {actor.id for actor in gazetteer().actors.values() if actor.kind is ActorKind.STATE}
    assert states <= state_codes().keys()


CONTINENTS = {
    "America": (2, 165), "Caribbean": (2, 165), "Europe": (200, 395), "Africa": (402, 651), "Western Asia": (352, 698),
    "Asia": (630, 860), "Australia": (900, 920), "nesia": (900, 990),
}  # fmt: skip
"""Between which numbers both lists have the states of a region; Cyprus and the Caucasus are among those of Europe."""


def test_numbers_lie_in_the_hundreds_of_their_continent():
    from kg.extract.gazetteer import gazetteer

    for actor, codes in state_codes().items():
        numbers = [number for code in codes for number in (code.cow, code.gw) if number is not None]
        region = gazetteer().actors[actor].region or ""
        low, high = next((span for name, span in CONTINENTS.items() if name in region), (0, 0))
        assert all(low <= number <= high for number in numbers), (actor, region, numbers)


def test_a_burst_is_found_where_it_is():
    ((first, last, weight),) = bursts_of([1, 0, 1, 8, 9, 1, 0, 1], [30] * 8)
    assert (first, last) == (3, 4)
    assert weight > 0


@pytest.mark.parametrize("counts", [[2] * 12, [0] * 5, []])
def test_there_is_no_burst_in_an_even_series(counts):
    assert bursts_of(counts, [30] * len(counts)) == []


def test_bursts_name_pair_and_time(tmp_path):
    desk = Desk()
    told = [
        desk.tell("JPN", "ACCUSE", "KOR", f"2019-{month:02d}-{day:02d}")
        for month in range(1, 13)
        for day in ((5, 10, 15, 20, 25) if month in (7, 8) else (5,) if month % 3 == 0 else ())
    ]
    told += [
        desk.tell("USA", "ACCUSE", "CHN", f"2019-{month:02d}-{day:02d}")
        for month in range(1, 13)
        for day in (3, 13, 23, 27)
    ]
    (row,) = [r for r in build_at(tmp_path / "g", told).bursts().to_dicts() if r["a"] == "JPN"]
    assert (row["b"], row["begin"], row["last"], row["events"]) == ("KOR", dt.date(2019, 7, 1), dt.date(2019, 8, 1), 10)
