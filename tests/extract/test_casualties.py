"""How many people were killed, injured or arrested, as the sentence states it."""

from __future__ import annotations

from pathlib import Path

import pytest
from details_cases import dyad, parsed

from kg.extract.casualties import Losses, casualties_of, find_casualties
from kg.extract.numerals import number
from kg.model import Status

LINES = (Path(__file__).parent / "casualties.tsv").read_text("utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if line and not line.startswith("#")]


def losses(one, *others):
    return casualties_of(one, find_casualties(one.sentence), [one, *others])


@pytest.mark.parametrize(("word", "category", "dead", "injured", "arrested", "others", "sentence"), CASES)
def test_losses(word, category, dead, injured, arrested, others, sentence):
    doc = parsed(sentence)
    wanted = Losses(*(None if cell == "-" else int(cell) for cell in (dead, injured, arrested)))
    harmful = [dyad(doc, other, "ASSAULT") for other in others.split() if other != "-"]
    assert losses(dyad(doc, word, category), *harmful) == wanted


def test_there_are_enough_sentences():
    assert len(CASES) >= 40


NUMBERS = [
    *(("17", 17), ("1,200", 1200), ("at least 17", 17), ("twenty - five", 25), ("ninety-nine", 99), ("a hundred", 100)),
    *(("two hundred", 200), ("half a dozen", 6), ("two dozen", 24), ("10 to 15", 10), ("between 20 and 30", 20)),
    *(("dozens", None), ("hundreds", None), ("5.3 million", None), ("two million", None), ("up to 40", None)),
    *(("fewer than ten", None), ("several", None), ("40 percent", None), ("three thousand", 3000)),
]


@pytest.mark.parametrize(("words", "value"), NUMBERS)
def test_numbers(words, value):
    assert number(words.split()) == value


@pytest.mark.parametrize("status", [Status.NEGATED, Status.HYPOTHETICAL, Status.FUTURE])
def test_what_did_not_happen_has_no_losses(status):
    doc = parsed("Rebels shelled the town, killing 17 people.")
    assert losses(dyad(doc, "shelled", "ASSAULT", status=status)) == Losses()


def test_mentions_carry_losses(read):
    (mention,) = read("Turkish police arrested 14 Kurdish activists in Istanbul on Monday.").mentions
    assert (mention.dead, mention.injured, mention.arrested) == (None, None, 14)
