"""The shipped actors: complete, well-formed, without a name that two states claim."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import pytest

from kg.errors import ResourceError
from kg.extract.gazetteer import Gazetteer, gazetteer
from kg.model import ActorKind


@pytest.fixture(scope="module")
def gaz() -> Gazetteer:
    return gazetteer()


def test_there_are_states_organisations_groups_and_terms_enough(gaz):
    kinds = Counter(actor.kind for actor in gaz.actors.values())
    assert kinds[ActorKind.STATE] >= 193
    assert kinds[ActorKind.ORGANISATION] >= 200
    assert kinds[ActorKind.GROUP] >= 250
    assert sum(map(len, gaz.by_person.values())) >= 1200


def test_no_name_or_adjective_belongs_to_two_states(gaz):
    holders = defaultdict(set)
    for entries in gaz.names.values():
        for name, sense in entries:
            plain = (
                sense.part in ("name", "adjective") and not sense.careful and sense.begin is None and sense.end is None
            )
            if plain and gaz.actors[sense.actor].kind is ActorKind.STATE:
                holders[name].add(sense.actor)
    assert {name: found for name, found in holders.items() if len(found) > 1} == {}


def test_terms_belong_to_known_actors_and_end_after_they_begin(gaz):
    for terms in gaz.by_person.values():
        for term in terms:
            assert term.actor in gaz.actors, term
            assert term.end is None or term.begin <= term.end, term


def test_wikidata_ids_are_well_formed_and_unique(gaz):
    found = [actor.wikidata for actor in gaz.actors.values() if actor.wikidata]
    assert all(qid[0] == "Q" and qid[1:].isdigit() for qid in found)
    assert [qid for qid, count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize(
    ("actor", "office", "day", "label"),
    [
        ("USA", "HOS", "2016-06-01", "Barack Obama"),
        ("USA", "HOS", "2018-06-01", "Donald Trump"),
        ("JPN", "HOG", "2023-03-16", "Fumio Kishida"),
        ("DEU", "HOG", "1995-05-01", "Helmut Kohl"),
        ("UN", "SG", "2005-01-01", "Kofi Annan"),
    ],
)
def test_who_held_an_office_on_a_day(gaz, actor, office, day, label):
    term = gaz.holder(actor, office, dt.date.fromisoformat(day))
    assert term is not None and gaz.actors[term.person].label == label


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {id: X Y, kind: state, label: X}", "may hold letters"),
        ("- {id: X, kind: planet, label: X}", "is none of"),
        ("- {id: X, kind: state}", "'label' is missing"),
        ("- {id: X, kind: state, label: X, names: [1]}", "'names' is not a list of texts"),
        ("{id: X}", "a list of records"),
        ("- {id: X", "not valid YAML"),
    ],
)
def test_a_malformed_actors_file_is_named_with_its_problem(tmp_path, text, problem):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ResourceError, match=r"mine\.yaml") as caught:
        Gazetteer([file])
    assert problem in str(caught.value)


def test_overlapping_names_give_the_longest(gaz):
    assert [m.name for m in gaz.find("The Times of India said")] == ["Times of India"]
    assert [m.name for m in gaz.find("leaders of South Korea-Japan talks")] == ["South Korea", "Japan"]


def test_capitals_of_a_name_must_be_capitals_in_the_text(gaz):
    assert gaz.find("tell us and who is it") == []
