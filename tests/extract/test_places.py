"""Where an event happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from details_cases import dyad, parsed, phrase

from kg.extract.clauses import near
from kg.extract.dateline import find_dateline
from kg.extract.details import Details
from kg.extract.places import find_places, place_of

LINES = (Path(__file__).parent / "places.tsv").read_text("utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if line and not line.startswith("#")]
DAY = dt.date(2023, 3, 16)


@pytest.mark.parametrize(("word", "category", "place", "others", "sentence"), CASES)
def test_place(extractor, word, category, place, others, sentence):
    gaz, doc = extractor.gazetteer, parsed(sentence)
    one = dyad(doc, word, category)
    around = near(one, [one, *(dyad(doc, other, "ASSAULT") for other in others.split() if other != "-")])
    found = place_of(one, find_places(one.sentence, gaz, DAY), around, gaz, DAY)
    assert found == (None if place == "-" else place)


DATELINES = [
    ("KABUL, Afghanistan (AP) - Envoys of both sides met on Monday.", "Kabul", "AFG"),
    ("GENEVA, March 3 (Reuters) - Envoys of both sides met on Monday.", "Geneva", "CHE"),
    ("SEOUL -- Envoys of both sides met on Monday.", "Seoul", "KOR"),
    ("Envoys of both sides met on Monday - and on Tuesday.", None, None),
    ("Nairobi - Envoys of both sides met on Monday.", None, None),
    ("NEW YORK, Nov. 22 (Xinhua) -- Envoys of both sides met.", "New York", "USA"),
    ("BOGOTA, Colombia (AP) -- Envoys of both sides met.", "Bogota", "COL"),
    ("Jerusalem (AFP) \u2014 Envoys of both sides met.", "Jerusalem", "ISR"),
    ("SEOUL/TOKYO, 3 March 2023 (Reuters) - Envoys met.", "Seoul/Tokyo", "KOR"),
    ("\n\nWASHINGTON _ Envoys of both sides met.", "Washington", "USA"),
    ("(Reuters) - Envoys of both sides met.", "", None),
    ("President Obama - the first to visit - met envoys.", None, None),
    ("NATO -- the alliance of 31 states -- met envoys.", None, None),
    ("Turkey (a member of NATO) - and Greece met.", None, None),
]


@pytest.mark.parametrize(("text", "name", "state"), DATELINES)
def test_dateline(extractor, text, name, state):
    found = find_dateline(text, extractor.gazetteer, DAY)
    assert (found.city, found.state) == (name, state) if found else name is None


def test_dateline_places_a_meeting_but_no_attack_and_nobody_elses_statement(extractor):
    gaz, doc = extractor.gazetteer, parsed("SEOUL (AP) - Envoys met on Monday.")
    origin = find_dateline(doc.text, gaz, DAY)

    def place(category, source):
        one = dyad(doc, "met", category, source=phrase(doc, "Envoys", source))
        return place_of(one, [], near(one, [one]), gaz, DAY, origin)

    assert [place("CONSULT", "JPN"), place("ACCUSE", "KOR")] == ["Seoul", "Seoul"]
    assert [place("ASSAULT", "KOR"), place("ACCUSE", "PRK")] == [None, None]


@pytest.mark.parametrize(
    "dateline", ["LONDON (AP) -- ", "PARIS, Feb 7 (AFP) - ", "BOGOTA, Colombia (AP) \u2014 ", "(Reuters) - "]
)
def test_nobody_acts_in_a_dateline(read, dateline):
    (told,) = read(f"{dateline}Iran accused the United States of lying.").mentions
    assert (told.source.code, told.target.code, told.category) == ("IRN", "USA", "ACCUSE")
    assert told.source.text == "Iran" and told.source.span.start == len(dateline)


def test_a_dateline_says_whose_police_it_is(read):
    (told,) = read("MANILA, March 7 (AFP) - Police arrested three protesters on Monday.").mentions
    assert (told.source.code, told.category) == ("PHL", "COERCE")


def test_mentions_carry_the_place_but_their_id_does_not(read, monkeypatch):
    text = "The presidents of Serbia and Kosovo met in Brussels on Wednesday."
    (told,) = read(text).mentions
    monkeypatch.setattr("kg.extract.pipeline.details", lambda _, dyads, *args, **more: [Details()] * len(dyads))
    (bare,) = read(text).mentions
    assert (told.place, bare.place) == ("Brussels", None)
    assert told.id == bare.id


def test_place_of_a_headline(read):
    (mention,) = read(title="Serbian And Kosovo Leaders Meet In Brussels").mentions
    assert mention.place == "Brussels"
