"""In which contexts an event stands: words near the trigger, who takes part, what is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from details_cases import dyad, parsed, phrase

from kg.extract.clauses import near
from kg.extract.contexts import MOST, contexts_of, find_contexts
from kg.extract.pipeline import _RESOURCES
from kg.model import ActorKind
from kg.ontology import ontology

LINES = (Path(__file__).parent / "contexts.tsv").read_text("utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if line and not line.startswith("#")]


def names(cell):
    return set() if cell == "-" else set(cell.split())


def contexts(doc, one, *others):
    return contexts_of(one, find_contexts(one.sentence), near(one, [one, *others]))


@pytest.mark.parametrize(("word", "category", "wanted", "unwanted", "others", "sentence"), CASES)
def test_words_near_the_trigger(word, category, wanted, unwanted, others, sentence):
    doc = parsed(sentence)
    found = contexts(doc, dyad(doc, word, category), *(dyad(doc, other, "SUPPORT") for other in names(others)))
    assert names(wanted) <= set(found)
    assert not names(unwanted) & set(found)
    assert len(found) <= MOST


def test_every_context_of_the_ontology_has_a_sentence():
    assert {name for case in CASES for name in names(case[2])} == set(ontology().contexts)
    assert len(CASES) >= 60


PARTIES = [("MIL", "military"), ("SPY", "intelligence"), ("LEG", "legislative"), ("JUD", "legal"), ("REF", "migration")]


@pytest.mark.parametrize(("sector", "context"), PARTIES)
def test_the_sector_of_a_party_gives_a_context(sector, context):
    doc = parsed("Japan thanked Korea on Monday.")
    assert contexts(doc, dyad(doc, "thanked", "SUPPORT", source=phrase(doc, "Japan", "JPN", sector))) == (context,)


ACTS = [
    *(("COERCE", "cyber", "cyber"), ("COERCE", "curfew", "repression"), ("SANCTION", "convict", "legal")),
    *(
        ("ASSAULT", "aerial", "military"),
        ("ASSAULT", "suicide-attack", "terrorism"),
        ("COERCE", "censor", "rights_freedoms"),
    ),
]


@pytest.mark.parametrize(("category", "mode", "context"), ACTS)
def test_what_is_done_gives_a_context(category, mode, context):
    doc = parsed("Japan thanked Korea on Monday.")
    assert contexts(doc, dyad(doc, "thanked", category, mode)) == (context,)


def test_a_meeting_of_states_is_diplomatic_but_not_one_of_citizens():
    doc = parsed("Japan met Korea on Monday.")
    japan, korea = phrase(doc, "Japan", "JPN"), phrase(doc, "Korea", "KOR")
    citizens = phrase(doc, "Korea", "KOR:CVL", "CVL", ActorKind.SECTOR)
    assert contexts(doc, dyad(doc, "met", "CONSULT", source=japan, target=korea)) == ("diplomatic",)
    assert contexts(doc, dyad(doc, "met", "CONSULT", source=japan, target=citizens)) == ()


def test_a_president_who_acts_puts_executive_last():
    doc = parsed("The president visited Korea to discuss tariffs.")
    one = dyad(doc, "visited", "CONSULT", source=phrase(doc, "president", "JPN"), target=phrase(doc, "Korea", "KOR"))
    assert contexts(doc, one) == ("economic", "diplomatic", "executive")


def test_the_nearest_word_comes_first():
    doc = parsed("Officials who study cholera said that warships shelled the port.")
    one = dyad(doc, "shelled", "ASSAULT")
    assert contexts(doc, one) == ("military", "health")


def test_lists_are_part_of_the_coder_version():
    assert {"contexts.yaml", "casualties.yaml", "places.yaml"} <= set(_RESOURCES)


def test_mentions_carry_contexts(read):
    (mention,) = read("The European Union imposed tariffs on steel from China on Friday.").mentions
    assert mention.contexts[0] == "economic"
