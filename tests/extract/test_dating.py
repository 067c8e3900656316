"""Which of an article's dates an event gets where its own words give none; every expectation was written first."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from kg.errors import SourceError
from kg.extract.dating import weights
from kg.model import Article, Precision, TimeOrigin
from kg.training.dates import accuracy, choices, fit

DAY = dt.date(2023, 3, 16)  # a Thursday

STORIES = [
    # the day that the lead tells holds for what the report goes on to tell
    (
        "",
        "Gunmen attacked a convoy of the Sudanese army in Darfur on Tuesday. They killed four Sudanese soldiers.",
        "killed",
        "2023-03-14",
    ),
    (
        "",
        "Police in Kenya clashed with protesters in Nairobi on Monday. Demonstrators threw stones and police "
        "fired tear gas at the protesters.",
        "fired",
        "2023-03-13",
    ),
    (
        "",
        "Rebels shelled the town of Goma in Congo on Sunday, the army said. Congolese soldiers killed six rebels.",
        "killed",
        "2023-03-12",
    ),
    pytest.param(
        "",
        "Turkish jets bombed Kurdish rebels in northern Iraq on Tuesday. Kurdish rebels shot dead two Turkish soldiers "
        "near the border.",
        "shot",
        "2023-03-14",
        marks=pytest.mark.xfail(strict=True, reason="of another source's act the day of publication is likelier"),
    ),
    # a headline is about the day that the text gives
    (
        "Israeli troops shell Lebanon",
        "Israeli troops shelled a village in southern Lebanon late on Tuesday, the Lebanese army said on Thursday.",
        "shell",
        "2023-03-14",
    ),
    (
        "Japanese premier to visit India",
        "Japan's prime minister will visit India on March 27, the foreign ministry in Tokyo said on Thursday.",
        "visit",
        "2023-03-27",
    ),
    # the news of the day stays that of the day
    ("", "France condemned Iran for the attack. Iraq was attacked by Iran in 1980.", "condemned", "2023-03-16"),
    ("", "Germany praised Poland. Poland signed a treaty with Germany in 1990.", "praised", "2023-03-16"),
    # what happened does not lie in the future that another sentence tells of
    ("", "Syria freed two Turkish soldiers. Turkey will host talks with Syria on April 27.", "freed", "2023-03-16"),
    # its own words still count first
    (
        "",
        "Egypt condemned Sudan on Monday. Last week Egypt praised Jordan.",
        "praised",
        "2023-03-06",
    ),
]


@pytest.fixture(scope="module")
def told(extractor):
    def run(title, text, day=DAY):
        return extractor.extract(Article("a", day, title, text)).mentions

    return run


def of(mentions, trigger):
    """The mentions that a word tells."""
    found = [
        m
        for m in mentions
        if m.evidence.quote[m.evidence.trigger.start - m.evidence.start :][: len(trigger)].lower() == trigger
    ]
    assert found, [m.evidence.quote for m in mentions]
    return found


@pytest.mark.parametrize(("title", "text", "trigger", "begin"), STORIES)
def test_a_story_is_dated_by_what_it_says_elsewhere(told, title, text, trigger, begin):
    assert {str(m.time.begin) for m in of(told(title, text), trigger)} == {begin}


def test_words_of_another_field_are_no_evidence_in_this_one(told):
    title, text = (
        "Israeli troops shell Lebanon",
        "Israeli troops shelled a village in southern Lebanon late on Tuesday.",
    )
    for m in told(title, text):
        if m.evidence.time is not None:
            field = title if m.evidence.field == "title" else text
            assert field[m.evidence.time.start : m.evidence.time.end] == m.time.expression


@pytest.mark.parametrize(
    ("text", "day", "begin"),
    [
        ("Russia's invasion of Ukraine changed Europe.", DAY, "2022-02-24"),
        ("Russia invaded Ukraine nearly a year ago.", dt.date(2023, 2, 10), "2022-02-24"),
        ("Russia invaded Ukraine, officials in Kyiv said.", dt.date(2022, 2, 25), "2022-02-25"),  # the news of the day
        ("Iraq invaded Kuwait and the world looked on.", DAY, "1990-08-02"),
        ("The United States invaded Iraq in March 2003.", DAY, "2003-03-01"),  # the text says it
        ("Israel invaded Lebanon, the UN said.", dt.date(2024, 10, 3), "2024-10-03"),  # not the war of 1982
        ("Turkey invaded Syria, Damascus said.", DAY, "2023-03-16"),  # none of those that everybody knows
    ],
)
def test_events_that_everybody_knows(told, text, day, begin):
    found = [m for m in told("", text, day) if m.category == "ASSAULT"]
    assert {str(m.time.begin) for m in found} == {begin}


def test_a_well_known_event_has_its_word_for_evidence(told):
    text = "Since Russia's invasion of Ukraine, Germany has given Kyiv tanks."
    (m,) = [m for m in told("", text) if m.category == "ASSAULT"]
    assert (m.time.precision, m.time.origin) == (Precision.DAY, TimeOrigin.TEXT)
    assert text[m.evidence.time.start : m.evidence.time.end] == "invasion"


def test_all_pairs_of_one_event_have_one_date(told):
    text = "France, Germany and Poland met Ukraine's president in Paris on Monday. They promised Ukraine more tanks."
    days = {}
    for m in told("", text):
        days.setdefault((m.evidence.trigger.start, m.category), set()).add(m.time.begin)
    assert days and all(len(found) == 1 for found in days.values())


def test_weights_are_numbers_and_the_same_article_is_dated_alike(told):
    assert len(weights()) > 500 and np.isfinite(list(weights().values())).all()
    title, text = STORIES[2][0], STORIES[2][1]
    assert told(title, text) == told(title, text)


ANNOTATED = {
    "id": "a",
    "date": "2023-03-16",
    "title": "",
    "sentences": ["Iran attacked Iraq on Monday.", "Iraq condemned Iran."],
    "events": [
        {"sentence": 0, "source": "IRN", "target": "IRQ", "event": "ASSAULT", "trigger": "attacked"}
        | {"begin": "2023-03-13", "end": "2023-03-13"},
        {"sentence": 1, "source": "IRQ", "target": "IRN", "event": "ACCUSE", "trigger": "condemned"}
        | {"begin": "2023-03-16", "end": "2023-03-16", "undated": True},
    ],
}


def test_training_learns_the_dates_of_annotated_events(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(ANNOTATED | {"id": f"a{n}"}) + "\n" for n in range(4)), "utf-8")
    found = choices(file)
    assert len(found) == 8
    assert sum(one.dated for one in found) == 4
    assert accuracy(found, fit(found)) == (4, 4, 4)


def test_a_broken_line_of_annotation_is_named(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(ANNOTATED) + "\n" + '{"id": "b"}\n', "utf-8")
    with pytest.raises(SourceError, match=r"pairs\.jsonl:2: no annotated article"):
        choices(file)
