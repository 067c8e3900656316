"""The training sentences that ship with the project: well-formed, many, varied."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from kg.extract.classifier import OLDER
from kg.extract.marked import unmark
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


def test_no_two_sentences_share_70_percent_of_their_trigrams(sentences, marked):
    texts = [s.text for s in sentences] + [unmark(row["marked_sentence"])[0] for row in marked]
    bags = [trigrams(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, bag in enumerate(bags):
        shared = Counter(other for gram in bag for other in holders.get(gram, ()))
        for other, count in shared.items():
            assert count < 0.7 * min(len(bag), len(bags[other])), (texts[number], texts[other])
        for gram in bag:
            holders.setdefault(gram, []).append(number)


@pytest.fixture(scope="module")
def marked() -> list[dict[str, str]]:
    with (FOLDER / "marked.tsv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_marked_sentence_has_one_source_and_one_target(marked):
    for row in marked:
        plain, source, target = unmark(row["marked_sentence"])
        assert source and target, row["id"]
        assert source[1] <= target[0] or target[1] <= source[0], row["id"]
        assert not {"<", ">"} & set(plain), row["id"]


def test_marked_sentences_show_every_older_category_often(marked):
    told = Counter(row["category"] for row in marked)
    assert set(told) == set(OLDER) - {"NONE"}
    assert min(told.values()) >= 100
    assert max(told.values()) <= 0.15 * len(marked)
    assert len({row["id"] for row in marked}) == len(marked)


def test_a_mark_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="is no event of"):
        read_sentence({"text": "[a:Iran] spoke.", "events": ["a>b ACCUSE - actual speak"]})
