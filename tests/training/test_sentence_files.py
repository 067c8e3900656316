"""The training sentences that ship with the project: well-formed, many, varied."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from kg.model import Status
from kg.ontology import ontology
from kg.training.dataset import Sentence, read_sentence

FOLDER = Path(__file__).parents[2] / "data" / "training"


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    lines = [line for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [read_sentence(json.loads(line)) for line in lines]


def test_there_are_at_least_1500_sentences_of_all_kinds(sentences):
    assert len(sentences) >= 1500
    told = Counter(event[2] for s in sentences for event in s.events)
    assert set(told) == set(ontology().categories)
    assert sum(not s.events for s in sentences) >= 200
    assert max(told.values()) <= 0.15 * sum(told.values())


def test_modes_and_statuses_are_those_of_the_ontology(sentences):
    for s in sentences:
        for source, target, category, mode, status, _ in s.events:
            assert source in s.spans and (target is None or target in s.spans)
            assert mode is None or mode in ontology().categories[category].modes, s.text
            assert status in set(Status), s.text


def test_triggers_are_varied(sentences):
    assert len({event[5] for s in sentences for event in s.events}) >= 250


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    masked = re.sub(r"\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*|\d[\d.,]*", "X", text)
    words = re.findall(r"\w+", masked.lower())
    return frozenset((a, b, c) for (a, b), (_, c) in pairwise(pairwise(words)))


def test_no_two_sentences_share_70_percent_of_their_trigrams(sentences):
    bags = [trigrams(s.text) for s in sentences]
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, bag in enumerate(bags):
        shared = Counter(other for gram in bag for other in holders.get(gram, ()))
        for other, count in shared.items():
            assert count < 0.7 * min(len(bag), len(bags[other])), (sentences[number].text, sentences[other].text)
        for gram in bag:
            holders.setdefault(gram, []).append(number)


def test_a_mark_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="is no event of"):
        read_sentence({"text": "[a:Iran] spoke.", "events": ["a>b ACCUSE - actual speak"]})
