"""From events to links, to a document of columns, to places on the picture."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from view_sample import ACTORS, EVENTS, REPORTS, event, sample

from kg.errors import QueryError
from kg.model import Actor, ActorKind
from kg.view import Link, NetworkData, Report
from kg.view.layout import layout, region_anchors
from kg.view.payload import Payload, script_json
from kg.view.picture import picture_svg
from kg.view.synthetic import synthetic


def document(data: NetworkData, **limits: int) -> dict:
    return Payload(data, {"title": data.title}).document(**limits)


def test_links_are_ordered_pairs_with_count_and_mean_score() -> None:
    assert sample().links()[:2] == [Link("JPN", "KOR", 3, 1.5), Link("JPN", "USA", 1, 2.5)]
    assert len(sample().links()) == 7  # with the planned aid


def test_links_of_countries_take_sectors_in() -> None:
    pairs = {(link.source, link.target) for link in sample().links("country")}
    assert ("PRK", "PRK") in pairs
    assert not any("PRK:CVL" in pair for pair in pairs)


def test_actors_that_only_events_name_stand_in_under_their_ids() -> None:
    data = NetworkData.from_records([], [event("e", "IRN:CVL", "PROTEST", "hezbollah", "2024-01-01", -6.5)])
    assert (data.actors["IRN:CVL"].kind, data.actors["IRN:CVL"].country) == (ActorKind.SECTOR, "IRN")
    assert data.actors["hezbollah"].label == "hezbollah"


@pytest.mark.parametrize(
    ("actors", "events", "message"),
    [
        ([*ACTORS, ACTORS[0]], EVENTS, "actor 'JPN' is given twice"),
        (ACTORS, [*EVENTS, EVENTS[0]], "two events share an id"),
    ],
)
def test_records_must_be_given_once(actors: list, events: list, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        NetworkData.from_records(actors, events)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("</script>", r'"\u003c/script\u003e"'),
        ("<!--", r'"\u003c!--"'),
        ("a & b", r'"a \u0026 b"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ("é 中 😀", '"é 中 😀"'),
        ("\ud800\u202e", '"  "'),
        ({"a": [1, None, 0.5]}, '{"a":[1,null,0.5]}'),
    ],
)
def test_json_can_stand_in_a_script_element(value: object, text: str) -> None:
    assert script_json(value) == text


def test_unknown_categories_are_named() -> None:
    with pytest.raises(QueryError, match="event e: category 'FIGHT' is not one of AGREE, CONSULT"):
        document(sample(events=[event("e", "JPN", "FIGHT", "KOR", "2023-01-01", -10.0)]))


def test_events_travel_in_order_of_their_day_and_undated_ones_last() -> None:
    columns = document(sample())["events"]
    assert columns["dated"] == 10
    assert columns["begin"] == [0, 37, 6, 0, 16, 12, 24, 25, 31, 61]  # steps from 2023-02-01 on
    assert columns["length"] == [0, 0, 0, 0, 29, 0, 0, 0, 0, 0, None]


def test_columns_of_one_value_are_one_value() -> None:
    columns = document(sample(events=[EVENTS[3], EVENTS[4]]))["events"]
    assert columns["target"] == -1
    assert columns["publishers"] == [2, 1]


def test_evidence_names_title_publisher_address_and_trigger() -> None:
    evidence = document(sample())["evidence"]
    assert evidence["id"] == ["e01", "e10"]
    assert evidence["articles"]["title"] == ["Kishida hosts Yoon in Tokyo", "A thaw", "Trade dispute"]
    assert evidence["sites"] == ["https://news.example", "https://ledger.example"]
    assert evidence["articles"]["path"] == ["/summit", "/a", ""]
    assert evidence["reports"]["from"] == [6, -1, 6]
    assert evidence["reports"]["length"] == [8, 0, 7]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a/b", "//a/b", " https://a", ""])
def test_addresses_that_are_not_of_the_web_stay_out(url: str) -> None:
    reports = {"e01": [Report("t", "q", dt.date(2023, 1, 1), "p", url)]}
    assert document(sample(reports=reports))["evidence"]["sites"] == []


@pytest.mark.parametrize(
    ("quote", "trigger", "words", "place"),
    [
        ("Japan met Korea.", (6, 9), "Japan met Korea.", (6, 3)),
        ("Japan met Korea.", None, "Japan met Korea.", (-1, 0)),
        ("Japan met Korea.", (10, 99), "Japan met Korea.", (-1, 0)),
        ("😀 met", (2, 5), "😀 met", (3, 3)),  # offsets count UTF-16 units, as JavaScript does
        ("x" * 500 + " met " + "y" * 500, (501, 504), "…" + "x" * 209 + " met " + "y" * 206 + "…", (211, 3)),
    ],
)
def test_long_quotes_are_cut_around_the_trigger(quote: str, trigger: tuple, words: str, place: tuple) -> None:
    evidence = document(sample(reports={"e01": [Report("t", quote, dt.date(2023, 1, 1), trigger=trigger)]}))["evidence"]
    assert evidence["quotes"] == [words]
    assert (evidence["reports"]["from"], evidence["reports"]["length"]) == place


def test_of_many_reports_those_of_different_publishers_are_carried() -> None:
    reports = [Report(title, "q", dt.date(2023, 1, 1), publisher) for title, publisher in
               [("a", "P"), ("b", "P"), ("c", "Q"), ("d", "R")]]  # fmt: skip
    evidence = document(sample(reports={"e01": reports}))["evidence"]
    assert evidence["articles"]["title"] == ["a", "c", "d"]


def test_every_strong_link_gets_evidence_before_any_gets_much() -> None:
    data = synthetic(20, 600)
    carried = document(data, proven=100)["evidence"]["id"]
    links = {(e.source, e.target) for e in data.events if e.id in set(carried)}
    assert {(link.source, link.target) for link in data.links()[:5]} <= links
    assert len(links) >= 10


def test_evidence_is_left_out_where_the_page_would_be_too_large() -> None:
    built = Payload(synthetic(20, 2000), {})
    whole, small = json.loads(built.encode()), json.loads(built.encode(budget=260_000))
    assert (whole["meta"]["proven"], small["meta"]["proven"]) == (2000, 1000)
    assert small["events"] == whole["events"]
    assert len(built.encode(budget=260_000).encode()) <= 260_000


def test_countries_that_no_event_names_are_added_for_their_sectors() -> None:
    actors = document(NetworkData.from_records([], [event("e", "IRN:CVL", "PROTEST", "IRQ:GOV", "2024-01-01", -6.5)]))[
        "actors"
    ]
    assert list(zip(actors["id"], actors["added"], strict=True)) == [
        ("IRN:CVL", 0),
        ("IRQ:GOV", 0),
        ("IRN", 1),
        ("IRQ", 1),
    ]
    assert actors["country"] == [2, 3, 2, 3]


def test_one_stray_year_does_not_stretch_the_time_axis() -> None:
    events = [event(f"e{i}", "JPN", "CONSULT", "KOR", f"2023-{1 + i % 12:02}-11", 1.0) for i in range(120)]
    far = event("far", "JPN", "ASSAULT", "KOR", "1592-05-23", -10.0)
    shown = document(sample(events=[*events, far]))
    origin = dt.date.fromisoformat(shown["meta"]["origin"])
    first, last = (origin + dt.timedelta(days=d) for d in shown["meta"]["domain"])
    assert (origin, first.year, last.year) == (dt.date(1592, 5, 23), 2023, 2023)


def test_the_same_data_stand_in_the_same_places() -> None:
    data = synthetic(60, 500)
    assert layout(data.actors, data.links()) == layout(dict(reversed(data.actors.items())), data.links())


def test_actors_keep_apart() -> None:
    data = synthetic(60, 3000)
    points = list(layout(data.actors, data.links()).values())
    least = min(abs(a - c) + abs(b - d) for i, (a, b) in enumerate(points) for c, d in points[:i])
    assert least >= 36


def test_regions_stand_as_on_a_map() -> None:
    points = layout({a.id: a for a in ACTORS}, sample().links())
    assert points["USA"][0] < min(points[name][0] for name in ("JPN", "KOR", "PRK"))
    assert region_anchors()["Northern Europe"][1] < region_anchors()["Southern Africa"][1]


def test_thousands_of_actors_are_placed_around_the_most_active() -> None:
    data = synthetic(3000, 6000)
    points = layout(data.actors, data.links())
    assert len(points) == 3000
    assert len(set(points.values())) > 2900


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_layout_of_next_to_nothing(count: int) -> None:
    actors = {a.id: a for a in ACTORS[:count]}
    assert len(layout(actors, [])) == count


def test_the_still_picture_shows_the_strongest_links_and_says_so() -> None:
    svg = picture_svg(sample(title="A & B"), max_links=2)
    assert svg.count("<path ") == 2
    assert "A &amp; B: 2 of 7 links" in svg
    assert ">Japan</text>" in svg


def test_a_long_name_is_cut_in_the_still_picture() -> None:
    long = Actor("JPN", ActorKind.STATE, "The Country with the Longest Name of All", "JPN", "JPN")
    assert ">The Country with the Longes…</text>" in picture_svg(sample(actors=[long, *ACTORS[1:]]))


def test_synthetic_data_repeat_and_hold_what_was_asked_for() -> None:
    assert synthetic(10, 50).events == synthetic(10, 50).events
    big = synthetic(200, 900, links=300)
    assert len({(e.source, e.target) for e in big.events}) <= 300
    assert len(REPORTS) == 2 and len(big.events) == 900
