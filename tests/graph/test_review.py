"""Corrections by persons: what they change, that they last, and that they can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from graph_desk import lookup

import kg.graph
from kg.errors import QueryError
from kg.formats import export, import_
from kg.graph.graph import Graph
from kg.model import Precision, Status

Build = Callable[..., Graph]


def only(graph: Graph):
    (event,) = graph.events()
    return event


@pytest.fixture
def accused(desk, build: Build) -> Graph:
    """Japan accuses North Korea on 16 March 2023, as one article says."""
    return build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", mode="allege")])


CHANGES = [
    ({"source": "Japan"}, "source", "JPN"),
    ({"target": "none"}, "target", None),
    ({"category": "reject"}, "category", "REJECT"),
    ({"category": "REJECT"}, "mode", None),
    ({"category": "CONSULT", "mode": "visit"}, "mode", "visit"),
    ({"mode": "none"}, "mode", None),
    ({"status": "future"}, "status", Status.FUTURE),
    ({"date": "2023-03"}, "end", dt.date(2023, 3, 31)),
    ({"date": "2023-03"}, "precision", Precision.MONTH),
    ({"date": "2023"}, "precision", Precision.YEAR),
    ({"date": "2023-Q1"}, "precision", Precision.QUARTER),
    ({"date": "2023-03-14/2023-03-15"}, "precision", Precision.DAYS),
    ({"date": "2023-03-14/.."}, "end", None),
    ({"date": "none"}, "begin", None),
    ({"confirmed": True}, "confidence", 1.0),
    ({"category": "REJECT"}, "confidence", 1.0),
    ({"category": "REJECT"}, "corrections", 1),
    ({"confirmed": True}, "corrections", 0),
]


def test_a_correction_changes_the_event(desk, build: Build):
    """Every change on an event of its own, years apart, all recorded at once."""
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", f"{2000 + n}-03-16", mode="allege") for n in range(len(CHANGES))])
    wanted, given = {}, []
    for event, (change, field, value) in zip(graph.events(), CHANGES, strict=True):
        year = str(event.begin.year)
        (mention,) = graph.evidence(event.id).to_dicts()
        given += graph.plan_correction(
            event.id, **{k: v.replace("2023", year) if k == "date" else v for k, v in change.items()}
        )
        if isinstance(value, dt.date):
            value = value.replace(year=event.begin.year)
        wanted[mention["mention"]] = (change, field, value)
    assert len(graph.apply_corrections(given).recorded) == len(CHANGES)
    found = {graph.evidence(e.id).to_dicts()[0]["mention"]: e for e in graph.events()}
    assert {m: (c, f, getattr(found[m], f)) for m, (c, f, _) in wanted.items()} == wanted
    assert graph.check() == []


def test_what_is_no_event_goes_and_comes_back(accused: Graph):
    before = list(accused.events())
    (correction,) = accused.correct(before[0].id, no_event=True).recorded
    assert (len(accused.events()), accused.info()["mentions"], accused.check()) == (0, 1, [])
    accused.withdraw(correction)
    assert list(accused.events()) == before


def test_the_same_event_is_one_with_both_reports(desk, build: Build):
    graph = build([desk.tell("JPN", "CONSULT", "KOR", d, mutual=True) for d in ("2023-03-16", "2023-05-07")])
    wrong, right = (e.id for e in graph.events())
    graph.correct(wrong, same_as=right)
    event = only(graph)
    assert (event.id, event.mentions, event.begin) == (right, 2, dt.date(2023, 5, 7))
    assert graph.event(wrong).id == right


@pytest.mark.parametrize("when", [None, (None, None), ("2023-03-01", "2023-03-31"), ("2023-03-01", None)])
def test_the_same_event_however_vague_its_date(desk, build: Build, when):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", when), desk.tell("CHN", "REJECT", "USA", "2020-01-01")])
    right, wrong = (next(e.id for e in graph.events() if e.source == s) for s in ("JPN", "CHN"))
    graph.correct(wrong, same_as=right)
    assert (only(graph).id, only(graph).mentions, graph.check()) == (right, 2, [])


def test_events_that_are_said_to_be_each_other_are_one(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-16", "2023-05-07")])
    first, second = graph.events()
    mention = graph.evidence(second.id).to_dicts()[0]["mention"]
    graph.correct(first.id, same_as=second.id)
    graph.correct(mention=mention, same_as=graph.evidence(first.id).to_dicts()[0]["mention"])
    assert (only(graph).mentions, graph.check()) == (2, [])


def test_a_person_follows_the_mention_that_it_is_the_same_as(desk, build: Build):
    graph = build(
        [
            desk.tell("person.kishida", "ACCUSE", "PRK", "2023-03-16"),
            desk.tell("CHN", "ACCUSE", "PRK", "2023-03-16"),
        ]
    )
    right, wrong = (next(e.id for e in graph.events() if e.source == s) for s in ("person.kishida", "CHN"))
    graph.correct(wrong, same_as=right)
    graph.ingest([desk.role("Fumio Kishida", "prime minister", "JPN", "2023-01-10")], lambda ids: (), "test")
    assert (only(graph).source, only(graph).mentions, graph.check()) == ("JPN", 2, [])


def test_a_corrected_person_is_not_resolved_anew(desk, build: Build):
    graph = build([desk.tell("person.kishida", "ACCUSE", "PRK", "2023-03-16")])
    graph.correct(only(graph).id, source="PRK", target="none")
    graph.ingest([desk.role("Fumio Kishida", "prime minister", "JPN", "2023-01-10")], lambda ids: (), "test")
    assert (only(graph).source, only(graph).target) == ("PRK", None)


def test_the_later_of_two_corrections_holds_until_it_is_taken_back(accused: Graph):
    accused.correct(only(accused).id, category="REJECT")
    (later,) = accused.correct(only(accused).id, category="THREATEN").recorded
    assert only(accused).category == "THREATEN"
    accused.withdraw(later)
    assert only(accused).category == "REJECT"


def test_giving_a_correction_twice_changes_nothing(accused: Graph):
    event = only(accused).id
    accused.correct(event, category="REJECT")
    again = accused.correct(event, category="REJECT")
    assert (again.recorded, again.seq, len(accused.corrections())) == ([], None, 1)


def test_a_correction_survives_adding_and_coding_anew(desk, build: Build):
    item = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")
    graph = build([item])
    graph.correct(only(graph).id, category="REJECT")
    graph.remove(article="a1")
    assert len(graph.corrections(unmatched=True)) == 1
    graph.ingest([item], lambda ids: (), "test-2")
    assert (only(graph).category, len(graph.corrections(unmatched=True))) == ("REJECT", 0)


@pytest.mark.parametrize(
    ("change", "source", "category", "found"),
    [
        ({"date": "2023-03-10"}, "JPN", "REJECT", 0),  # the coder changed the category: the date still holds
        ({"no_event": True}, "JPN", "REJECT", 1),  # what was no ACCUSE may well be a REJECT
        ({"category": "THREATEN"}, "KOR", "ACCUSE", 1),  # other actors: nobody has looked at that
    ],
)
def test_what_a_new_coder_reads_otherwise(desk, build: Build, change, source, category, found):
    article = desk.article("Seoul and Tokyo spoke up", id="x")
    graph = build([(article, [desk.mention(article, "JPN", "ACCUSE", "PRK", "2023-03-16")], [])])
    graph.correct(only(graph).id, **change)
    coded = [desk.mention(article, source, category, "PRK", "2023-03-16")]
    graph.ingest([(article, coded, [])], lambda ids: (), "test-2")
    assert len(graph.corrections(unmatched=True)) == found
    assert only(graph).category == category


def test_one_of_two_readings_of_a_sentence_is_meant_by_its_category(desk, build: Build):
    article = desk.article("Tokyo accused and rejected Pyongyang")
    told = [desk.mention(article, "JPN", c, "PRK", "2023-03-16") for c in ("ACCUSE", "REJECT")]
    graph = build([(article, told, [])])
    graph.correct(next(e.id for e in graph.events() if e.category == "ACCUSE"), no_event=True)
    assert only(graph).category == "REJECT"


def test_only_the_given_mention_is_corrected(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16") for _ in range(2)])
    mention = graph.evidence(only(graph).id).to_dicts()[1]["mention"]
    graph.correct(only(graph).id, mention=mention, date="2023-03-10")
    assert [(e.begin.day, e.mentions) for e in graph.events()] == [(10, 1), (16, 1)]


def test_corrections_are_kept_in_record_time(accused: Graph, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")  # 2100-01-01
    accused.correct(only(accused).id, category="REJECT", reviewer="anna", note="read it again")
    assert [e.category for e in accused.events(as_of="2099")] == ["ACCUSE"]
    assert (len(accused.corrections(as_of="2099")), len(accused.corrections())) == (0, 1)
    (row,) = accused.corrections(only(accused).id).to_dicts()
    assert (row["correction"], row["category"], row["reviewer"]) == ("category REJECT", "ACCUSE", "anna")
    assert [r[2] for r in accused.history(only(accused).id)] == ["recorded", "renamed"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "nothing to correct"),
        ({"category": "REJCT"}, "REJECT"),
        ({"category": "CONSULT", "mode": "allege"}, "mode 'allege' is unknown"),
        ({"mode": "visit"}, "mode 'visit' is unknown for ACCUSE; use one of .*allege"),
        ({"date": "31 February"}, "not a date"),
        ({"date": "2023-05/2023-04"}, "ends before"),
        ({"source": "Japn"}, "JPN|Japan"),
        ({"no_event": True, "category": "REJECT"}, "no other correction"),
        ({"same_as": "feedbeef"}, "feedbeef"),
        ({"mention": "feedbeef", "category": "REJECT"}, "feedbeef"),
    ],
)
def test_a_wrong_correction_is_refused_in_one_line(accused: Graph, change, message):
    with pytest.raises(QueryError, match=message) as caught:
        accused.correct(only(accused).id, **change)
    assert "\n" not in str(caught.value)
    assert len(accused.corrections()) == 0


def test_a_mode_is_one_of_the_category_as_corrected(accused: Graph):
    accused.correct(only(accused).id, category="CONSULT")
    with pytest.raises(QueryError, match="mode 'allege' is unknown for CONSULT"):
        accused.correct(only(accused).id, mode="allege")
    accused.correct(only(accused).id, mode="visit")
    assert (only(accused).category, only(accused).mode) == ("CONSULT", "visit")


def test_an_event_is_not_the_same_as_itself(accused: Graph):
    with pytest.raises(QueryError, match="itself"):
        accused.correct(only(accused).id, same_as=only(accused).id)


# -- what to look at --------------------------------------------------------------------------------------------------


def why(graph: Graph) -> dict[str, list[str]]:
    return {f"{row['source']} {row['category']}": row["why"] for row in graph.doubtful().to_dicts()}


def test_weak_events_are_doubtful_and_sure_ones_are_not(desk, build: Build):
    graph = build(
        [
            desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", confidence=0.3),
            desk.tell("KOR", "ACCUSE", "PRK", "2023-03-16", confidence=0.5),
            desk.tell("CHN", "ACCUSE", "PRK", "2023-03-16", confidence=0.9),
            desk.tell("person.doe", "ACCUSE", "PRK", "2023-03-16", confidence=0.9),
        ]
    )
    assert why(graph) == {
        "JPN ACCUSE": ["unsure", "single-weak"],
        "KOR ACCUSE": ["single-weak"],
        "person.doe ACCUSE": ["unknown-person"],
    }


def test_contradictions_are_doubtful(desk, build: Build):
    article = desk.article("Moscow struck Kyiv, or the other way round")
    both = [
        desk.mention(article, a, "ASSAULT", b, "2023-04-01", confidence=0.9)
        for a, b in (("RUS", "UKR"), ("UKR", "RUS"))
    ]
    mixed = desk.article("Tokyo met and sanctioned Beijing")
    told = [desk.mention(mixed, "JPN", c, "CHN", "2023-04-01", confidence=0.9) for c in ("CONSULT", "SANCTION")]
    graph = build(
        [
            (article, both, []),
            (mixed, told, []),
            desk.tell("USA", "THREATEN", "IRN", "2023-03-16", confidence=0.9),
            desk.tell("USA", "THREATEN", "IRN", "2023-03-16", status="negated", confidence=0.9),
        ]
    )
    assert why(graph) == {
        "RUS ASSAULT": ["both-directions"],
        "UKR ASSAULT": ["both-directions"],
        "JPN CONSULT": ["cooperation-and-conflict"],
        "JPN SANCTION": ["cooperation-and-conflict"],
        "USA THREATEN": ["denied"],
    }


def test_what_was_looked_at_is_not_listed_again(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", confidence=0.1)])
    graph.correct(only(graph).id, confirmed=True)
    assert len(graph.doubtful(below=1)) == 0


# -- taken elsewhere --------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(desk, build: Build) -> Graph:
    """Three articles: one corrected in its category, one that is no event, one that tells of the same as the first."""
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-16", "2023-05-07", "2023-06-01")])
    first, second, third = (e.id for e in graph.events())
    graph.correct(first, category="REJECT", reviewer='an "Anna"', note="line\nbreak")
    graph.correct(second, no_event=True)
    graph.correct(third, same_as=first)
    return graph


def test_corrections_go_through_plover_jsonl(corrected: Graph, tmp_path):
    export(corrected, tmp_path / "g.jsonl")
    other = kg.graph.open(tmp_path / "other", create=True)
    import_(other, tmp_path / "g.jsonl", lookup)
    assert list(other.events()) == list(corrected.events())
    assert {c.id for c in other.correction_records()} == {c.id for c in corrected.correction_records()}
    assert other.check() == []


def test_corrections_are_in_the_rdf(corrected: Graph):
    rows = corrected.sparql(
        """SELECT ?category ?reviewer ?source WHERE {
             GRAPH ?g { ?c a kg:Correction ; kg:corrects ?m ; kg:correctedCategory ?category ; kg:reviewer ?reviewer }
             ?e kg:mention ?m ; kg:corrections 2 ; kg:source ?source }"""
    ).to_dicts()
    assert [(r["category"], r["reviewer"]) for r in rows] == [("plover:REJECT", 'an "Anna"')]
    assert corrected.sparql("ASK { ?c kg:noEvent true ; kg:corrects ?m FILTER NOT EXISTS { ?e kg:mention ?m } }")
    assert corrected.check() == []


def test_the_projection_follows_corrections_that_come_and_go(corrected: Graph):
    corrected.sync()
    (last, *_) = [row["id"] for row in corrected.corrections().to_dicts()]
    corrected.withdraw(last)
    assert corrected.check() == []
