"""Which mentions are one event: the rules of the design, one by one."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import pytest

from kg.graph.graph import Graph
from kg.model import Precision

Build = Callable[..., Graph]
MONTH = ("2023-03-01", "2023-03-31")
YEAR = ("2023-01-01", "2023-12-31")


def spans(graph: Graph) -> list[tuple[str | None, int]]:
    """Begin and number of mentions of every event."""
    return [(e.begin.isoformat() if e.begin else None, e.mentions) for e in graph.events()]


def test_same_stated_span_is_one_event(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16"), desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    assert spans(graph) == [("2023-03-16", 2)]


@pytest.mark.parametrize(
    "other",
    [
        {"source": "KOR"},
        {"target": "CHN"},
        {"category": "REJECT"},
        {"status": "future"},
        {"sectors": ("LEG", None)},
        {"when": "2023-03-18"},
    ],
    ids=lambda o: next(iter(o)),
)
def test_another_key_or_day_is_another_event(desk, build: Build, other):
    fields = {"source": "JPN", "category": "ACCUSE", "target": "PRK", "when": "2023-03-16", "sectors": ("GOV", None)}
    graph = build([desk.tell(**fields), desk.tell(**{**fields, **other})])
    assert len(graph.events()) == 2


def test_a_side_without_sector_takes_the_only_one(desk, build: Build):
    graph = build(
        [
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", sectors=("GOV", None)),
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", sectors=(None, "MIL")),
        ]
    )
    (event,) = graph.events()
    assert (event.source_sector, event.target_sector, event.mentions) == ("GOV", "MIL", 2)


def test_vaguer_span_joins_the_only_finer_one_inside(desk, build: Build):
    graph = build([desk.tell("PRK", "MOBILIZE", None, "2023-03-16"), desk.tell("PRK", "MOBILIZE", None, MONTH)])
    (event,) = graph.events()
    assert (event.begin, event.end, event.precision) == (dt.date(2023, 3, 16), dt.date(2023, 3, 16), Precision.DAY)


def test_vaguer_span_stays_apart_if_several_fit(desk, build: Build):
    days = [desk.tell("PRK", "MOBILIZE", None, d) for d in ("2023-03-09", "2023-03-16")]
    graph = build([*days, desk.tell("PRK", "MOBILIZE", None, MONTH)])
    assert spans(graph) == [("2023-03-01", 1), ("2023-03-09", 1), ("2023-03-16", 1)]


def test_year_month_and_day_are_one_event(desk, build: Build):
    told = [
        desk.tell("PRK", "MOBILIZE", None, when, precision=p) for when, p in ((YEAR, Precision.YEAR), (MONTH, None))
    ]
    graph = build([*told, desk.tell("PRK", "MOBILIZE", None, "2023-03-16")])
    assert spans(graph) == [("2023-03-16", 3)]


def test_thirty_days_of_daily_strikes_are_thirty_events(desk, build: Build):
    days = [(dt.date(2024, 3, 1) + dt.timedelta(days=n)).isoformat() for n in range(30)]
    text = "Russian forces shelled Ukraine's second largest city with artillery on {}, the regional governor said"
    told = [
        desk.tell("RUS", "ASSAULT", "UKR", d, published=d, text=text.format(d), expression=f"on {d}", publisher=p)
        for d in days
        for p in ("Wire", "Herald")
    ]
    assert spans(build(told)) == [(d, 2) for d in days]


def test_one_summit_in_forty_articles_over_three_days_is_one_event(desk, build: Build):
    days = ("2023-03-16", "2023-03-17", "2023-03-18")
    told = [
        desk.tell("JPN", "CONSULT", "KOR", d, published=d, mutual=True, cluster="summit", publisher=f"p{n}")
        for n, d in zip(range(40), itertools.cycle(days), strict=False)
    ]
    (event,) = build(told).events()
    assert (event.begin, event.mentions, event.publishers) == (dt.date(2023, 3, 16), 40, 40)


def test_a_run_of_days_in_one_cluster_does_not_chain(desk, build: Build):
    days = [f"2023-03-{n:02d}" for n in range(10, 16)]
    told = [desk.tell("JPN", "CONSULT", "KOR", d, mutual=True, cluster="talks") for d in days]
    assert spans(build(told)) == [("2023-03-10", 3), ("2023-03-13", 3)]


def test_adjacent_days_without_a_common_story_stay_apart(desk, build: Build):
    told = [desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-16", "2023-03-17")]
    assert len(build(told).events()) == 2


def test_copies_with_the_same_words_for_the_time_join_adjacent_days(desk, build: Build):
    text = (
        "Japan strongly condemned North Korea for the launch of a ballistic missile that flew over Hokkaido yesterday"
    )
    told = [
        desk.tell("JPN", "ACCUSE", "PRK", d, published=p, text=text, expression="yesterday", publisher=p)
        for d, p in (("2023-03-16", "2023-03-17"), ("2023-03-17", "2023-03-18"))
    ]
    (event,) = build(told).events()
    assert (event.begin, event.publishers) == (dt.date(2023, 3, 16), 2)


def test_publication_date_joins_the_latest_event_of_three_days_before(desk, build: Build):
    stated = [desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-13", "2023-03-15")]
    graph = build([*stated, desk.tell("JPN", "ACCUSE", "PRK", published="2023-03-16")])
    assert spans(graph) == [("2023-03-13", 1), ("2023-03-15", 2)]


def test_publication_date_does_not_join_four_days_later(desk, build: Build):
    graph = build(
        [desk.tell("JPN", "ACCUSE", "PRK", "2023-03-12"), desk.tell("JPN", "ACCUSE", "PRK", published="2023-03-16")]
    )
    assert [(e.begin.day, e.precision) for e in graph.events()] == [(12, Precision.DAY), (16, Precision.ABOUT)]


def test_publication_date_does_not_join_a_later_event(desk, build: Build):
    graph = build(
        [desk.tell("JPN", "ACCUSE", "PRK", "2023-03-17"), desk.tell("JPN", "ACCUSE", "PRK", published="2023-03-16")]
    )
    assert len(graph.events()) == 2


def test_publication_dates_do_not_chain(desk, build: Build):
    days = [10, 13, 15, 18, 22]
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", published=f"2023-03-{d}") for d in days])
    assert spans(graph) == [("2023-03-10", 2), ("2023-03-15", 2), ("2023-03-22", 1)]


def test_events_without_dates_are_one_for_each_story(desk, build: Build):
    told = [desk.tell("JPN", "ACCUSE", "PRK", (None, None), cluster=c) for c in ("x", "x", "y")]
    assert sorted(spans(build(told))) == [(None, 1), (None, 2)]


def test_mutual_events_are_sorted(desk, build: Build):
    told = [desk.tell(a, "CONSULT", b, "2023-03-16", mutual=True) for a, b in (("KOR", "JPN"), ("JPN", "KOR"))]
    (event,) = build(told).events()
    assert (event.source, event.target, event.mutual) == ("JPN", "KOR", True)


def test_a_visit_gives_a_mutual_meeting_its_direction(desk, build: Build):
    graph = build(
        [
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True, sectors=("GOV", None)),
            desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mode="visit"),
        ]
    )
    (event,) = graph.events()
    assert (event.source, event.target, event.mutual, event.mode, event.score) == ("KOR", "JPN", False, "visit", 4.0)
    assert (event.source_sector, event.target_sector) == (None, "GOV")


def test_visits_in_both_directions_leave_a_meeting_mutual(desk, build: Build):
    visits = [desk.tell(a, "CONSULT", b, "2023-03-16", mode="visit") for a, b in (("KOR", "JPN"), ("JPN", "KOR"))]
    graph = build([*visits, desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True)])
    assert len(graph.events()) == 3


def test_the_act_fulfils_the_plan(desk, build: Build):
    graph = build(
        [
            desk.tell("KOR", "AGREE", "JPN", "2023-03-16", status="future", published="2023-03-10"),
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-17", mutual=True, published="2023-03-17"),
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-25", mutual=True, published="2023-03-25"),
        ]
    )
    plan = graph.events(category="AGREE")[0].id
    assert [(e.begin.day, e.fulfils) for e in graph.events(category="CONSULT")] == [(17, plan), (25, None)]


def test_a_refusal_to_meet_cancels_the_plan(desk, build: Build):
    graph = build(
        [
            desk.tell("USA", "AGREE", "PRK", "2018-06-12", status="future", published="2018-05-10"),
            desk.tell("USA", "REJECT", "PRK", "2018-05-24", mode="meet", published="2018-05-24"),
            desk.tell("USA", "REJECT", "PRK", "2018-05-26", mode="yield", published="2018-05-26"),
        ]
    )
    plan = graph.events(category="AGREE")[0].id
    assert [(e.mode, e.cancels) for e in graph.events(category="REJECT")] == [("meet", plan), ("yield", None)]


def test_copies_count_once_for_each_publisher(desk, build: Build):
    text = "Japan condemned the launch of a ballistic missile by North Korea on Thursday as an outrageous act"
    told = [
        desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", text=text, publisher=p, confidence=c)
        for p, c in (("Wire", 0.5), ("Wire", 0.4), ("Herald", 0.5))
    ]
    told.append(desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", publisher="Wire", confidence=0.2))
    (event,) = build(told).events()
    assert (event.mentions, event.articles, event.publishers, event.confidence) == (3, 3, 2, 0.75)
    assert sorted(build(told).evidence(event.id).to_pandas()["copy"]) == [False, False, False, True]


def test_score_and_mode_come_from_most_articles(desk, build: Build):
    told = [desk.tell("PRK", "MOBILIZE", None, "2023-03-16", mode=m) for m in ("weapons", "troops", "weapons", None)]
    (event,) = build(told).events()
    assert (event.mode, event.score, event.target) == ("weapons", -6.5, None)


def test_reports_and_contexts_are_gathered(desk, build: Build):
    told = [
        desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", published="2023-03-20", contexts=("military",)),
        desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", published="2023-03-17", contexts=("cbrn", "military")),
    ]
    (event,) = build(told).events()
    assert (event.first_reported, event.last_reported) == (dt.date(2023, 3, 17), dt.date(2023, 3, 20))
    assert event.contexts == ("cbrn", "military")


def test_former_ids_lead_to_the_event(desk, build: Build):
    graph = build([desk.tell("PRK", "MOBILIZE", None, MONTH)], [desk.tell("PRK", "MOBILIZE", None, "2023-03-16")])
    (event,) = graph.events()
    former = graph.history(event.id)[0][3]
    assert former != event.id
    assert graph.event(former) == event
    assert [row[2] for row in graph.history(former)] == ["recorded", "renamed"]


def test_what_names_nobody_fulfils_no_plan_that_names_somebody(desk, build):
    plan = desk.tell("PRK", "AGREE", "PRK", "2023-03-02", status="future")
    act = desk.tell("PRK", "CONSULT", None, "2023-03-03")
    graph = build([plan, act])
    assert [e.fulfils for e in graph.events(category="CONSULT")] == [None]
