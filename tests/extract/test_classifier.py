"""The first stage, and how both stages are weighed."""

import math

import numpy as np
import pytest

from kg.extract.classifier import Linear, PairClassifier

LOG2 = math.log(2)


@pytest.fixture
def linear():
    """``aid`` doubles the odds of AID, ``none`` those of NONE."""
    table = np.array([[0, LOG2, 0], [0, 2 * LOG2, 0], [LOG2, 0, 0]], np.float32)
    return Linear(("NONE", "AID", "ASSAULT"), {"aid": 0, "much aid": 1, "none": 2}, table)


def test_features_add_up_and_unknown_or_repeated_ones_count_nothing(linear):
    rows = [["aid"], ["aid", "much aid"], [], ["aid", "aid", "unheard of"], ["none", "aid"]]
    expected = [
        [1 / 4, 2 / 4, 1 / 4],
        [1 / 10, 8 / 10, 1 / 10],
        [1 / 3] * 3,
        [1 / 4, 2 / 4, 1 / 4],
        [2 / 5, 2 / 5, 1 / 5],
    ]
    assert linear.predict(rows) == pytest.approx(np.array(expected), abs=1e-6)


def test_very_many_pairs_are_answered_each_for_itself(linear):
    rows = [["none"] if number % 3 else [] for number in range(5001)]
    answers = linear.predict(rows)[:, 0]
    assert answers == pytest.approx([1 / 2 if number % 3 else 1 / 3 for number in range(5001)], abs=1e-6)


def test_both_stages_are_weighed_and_events_count_less_by_a_constant(linear):
    mix = {"second": 1.0, "first": 1.0, "event": -LOG2}
    model = PairClassifier(linear, None, 0.95, 0.9, mix, 0.1, "test")
    first, second = np.array([[0.2, 0.4, 0.4]], np.float32), np.array([[0.5, 0.25, 0.25]], np.float32)
    # 0.2 x 0.5 = 0.1 stands against twice 0.4 x 0.25 / 2 = 0.05
    assert model.mixed(first, second) == pytest.approx(np.array([[0.5, 0.25, 0.25]]), abs=1e-4)


class Second:
    """Finds an event in everything it is asked, and keeps what it was."""

    def __init__(self):
        self.asked = []

    def predict(self, asked):
        self.asked += asked
        return np.array([[0.1, 0.8, 0.1]] * len(asked), np.float32)


def told(linear, rows, sentences, **more):
    """What is answered with ``sure`` 0.45 and ``quiet`` 0.3, and the pairs that the second stage was asked about."""
    second = Second()
    mix = {"second": 1.0, "first": 0.0, "event": 0.0}
    model = PairClassifier(linear, second, 0.45, 0.3, mix, 0.1, "test")
    return model.predict(rows, lambda number: (f"pair {number}", None, None), sentences, **more), [
        text for text, _, _ in second.asked
    ]


NOTHING, OPEN, LIKELY = ["none"], [], ["aid"]  # NONE has the probability 1/2, 1/3, 1/4


def test_where_the_first_stage_is_sure_the_second_is_not_asked(linear):
    answers, asked = told(linear, [NOTHING, LIKELY], [0, 0])
    assert asked == ["pair 1"]
    assert answers == pytest.approx(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]), abs=1e-4)


def test_a_sentence_without_a_likely_event_is_not_read_again(linear):
    _, asked = told(linear, [OPEN, NOTHING, LIKELY, OPEN], [0, 0, 1, 1])
    assert asked == ["pair 2", "pair 3"]


def test_a_hasty_or_fast_reading_asks_the_first_stage_only(linear):
    assert told(linear, [LIKELY, LIKELY], [0, 1], hasty={0})[1] == ["pair 1"]
    assert told(linear, [LIKELY, LIKELY], [0, 1], fast=True)[1] == []
