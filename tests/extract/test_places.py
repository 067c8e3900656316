"""Where an event happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from details_cases import dyad, parsed, phrase

from kg.extract.clauses import near
from kg.extract.details import Details
from kg.extract.places import dateline, find_places, place_of

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
]


@pytest.mark.parametrize(("text", "name", "state"), DATELINES)
def test_dateline(extractor, text, name, state):
    found = dateline(next(iter(parsed(text).sents)), extractor.gazetteer, DAY)
    assert (found.name, found.actor) == (name, state) if found else name is None


def test_dateline_places_a_meeting_but_no_attack_and_nobody_elses_statement(extractor):
    gaz, doc = extractor.gazetteer, parsed("SEOUL (AP) - Envoys met on Monday.")
    origin = dateline(doc[:], gaz, DAY)

    def place(category, source):
        one = dyad(doc, "met", category, source=phrase(doc, "Envoys", source))
        return place_of(one, [], near(one, [one]), gaz, DAY, origin)

    assert [place("CONSULT", "JPN"), place("ACCUSE", "KOR")] == ["Seoul", "Seoul"]
    assert [place("ASSAULT", "KOR"), place("ACCUSE", "PRK")] == [None, None]


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
