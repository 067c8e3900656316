"""The shipped actors: complete, well-formed, without a name that two states claim."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import pytest

from kg.errors import ResourceError
from kg.extract.gazetteer import Gazetteer, gazetteer
from kg.extract.lookup import lookup
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


DEPENDENT = (
    "AC AI AQ AS AW AX BL BM BQ BV CC CK CP CQ CW CX DG EA EU EZ FK FO GF GG GI GL GP GS GU HM IC IM IO JE KY MF MP MQ "
    "MS NC NF NU PF PM PN PR QO RE SH SJ SX TA TC TF TK UM UN VG VI WF XA XB YT ZZ"
)
"""Codes of CLDR that are no states: dependent territories, regions, codes for tests."""


def test_every_state_of_the_common_locale_data_is_known_by_its_english_name(gaz):
    from babel import Locale

    unknown = []
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in DEPENDENT:
            plain = (
                name.removesuffix(" SAR China").replace("St. Vincent &", "Saint Vincent and the").replace("&", "and")
            )
            names = {plain, name, name.split(" (")[0], name.split(" - ")[0]}
            found = {s.actor for n in names for m in gaz.find(n) if m.name == n for s in m.senses if s.part == "name"}
            if not any(gaz.actors[actor].kind is ActorKind.STATE for actor in found):
                unknown.append(f"{code} {name}")
    assert unknown == []


@pytest.mark.parametrize(
    ("actor", "office", "label"),
    [
        ("USA", "HOS", "Donald Trump"),
        ("GBR", "HOG", "Keir Starmer"),
        ("GBR", "HOS", "Charles III"),
        ("DEU", "HOG", "Friedrich Merz"),
        ("FRA", "HOS", "Emmanuel Macron"),
        ("ITA", "HOG", "Giorgia Meloni"),
        ("GRC", "HOG", "Kyriakos Mitsotakis"),
        ("UKR", "HOS", "Volodymyr Zelensky"),
        ("RUS", "FM", "Sergei Lavrov"),
        ("CHN", "HOS", "Xi Jinping"),
        ("JPN", "HOG", "Sanae Takaichi"),
        ("KOR", "HOS", "Lee Jae-myung"),
        ("IND", "HOG", "Narendra Modi"),
        ("CAN", "HOG", "Mark Carney"),
        ("TUR", "HOS", "Recep Tayyip Erdogan"),
        ("IRN", "FM", "Abbas Araghchi"),
        ("NATO", "SG", "Mark Rutte"),
    ],
)
def test_who_was_in_office_at_the_end_of_2025(gaz, actor, office, label):
    found = [t for t in gaz.terms[actor] if t.covers(dt.date(2025, 12, 1)) and gaz.actors[t.person].label == label]
    assert any(t.office in (office, "LEADER") for t in found)


def test_an_opposition_leader_may_come_to_office(gaz):
    (suu_kyi,) = {s.actor for m in gaz.find("Aung San Suu Kyi") for s in m.senses}
    assert gaz.term_of(suu_kyi, dt.date(2003, 6, 1)).office == "OPP"
    assert gaz.term_of(suu_kyi, dt.date(2018, 6, 1)).office == "HOG"


def test_a_mission_acts_for_its_organisation(gaz):
    (match,) = gaz.find("UNIFIL")
    assert {gaz.principal(sense) for sense in match.senses} == {"UN"}


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Zaire", "1995-06-01", "COD (Democratic Republic of the Congo): name; valid 1971-10-27 to 1997-05-17"),
        ("Kishida", "2023-01-01", "Prime Minister of JPN"),
        ("Tikhanovskaya", "2023-01-01", None),
    ],
)
def test_lookup_says_what_a_name_means_and_why(name, day, expected):
    lines = lookup(name, dt.date.fromisoformat(day))
    assert (expected is None and not lines) or any(expected in line for line in lines)
