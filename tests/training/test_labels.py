"""What the trainers learn from: labels of persons and of a teacher, and marked sentences as the teacher reads them."""

import numpy as np
import pytest

from kg.extract.classifier import classifier
from kg.training.__main__ import anchored, fold, labels
from kg.training.dataset import Example, from_examples, write_examples
from kg.training.teacher import encode

INDEX = {"NONE": 0, "AID": 1, "ASSAULT": 2}


def example(label, **extra):
    return Example("@ Iran @ met # Iraq #.", ["bias"], label, "a1", extra=extra)


def test_labels_of_persons_are_class_numbers():
    assert labels([example("AID"), example("NONE")], INDEX, 0.06).tolist() == [1, 0]


def test_beside_a_teachers_answers_the_labels_of_persons_are_smoothed():
    rows = labels([example("AID"), example("ASSAULT", soft=[0.7, 0.1, 0.2])], INDEX, 0.06)
    assert rows == pytest.approx(np.array([[0.02, 0.96, 0.02], [0.7, 0.1, 0.2]]))


def test_examples_are_kept_with_the_teachers_answer(tmp_path):
    one = example("ASSAULT", soft=[0.7, 0.1, 0.2])
    write_examples([one], tmp_path / "soft.jsonl")
    assert list(from_examples(tmp_path / "soft.jsonl")) == [one]


def test_an_article_is_always_in_the_same_part_and_parts_are_about_equal():
    parts = [fold(f"article {n}", 5) for n in range(1000)]
    assert parts == [fold(f"article {n}", 5) for n in range(1000)]
    assert all(150 < parts.count(part) < 250 for part in range(5))


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        ("@ Iran @ met # Iraq #.", "@ iran @", "# iraq #"),
        ("# Iran # was met by @ Iraq @.", "@ iraq @", "# iran #"),
        ("word " * 200 + "@ Iran @ met # Iraq # on Monday.", "@ iran @", "# iraq #"),
    ],
)
def test_the_teacher_sees_both_phrases_with_their_marks(text, source, target):
    tokenizer = classifier().transformer.tokenizer
    (marked,) = encode([text], tokenizer)
    assert len(marked.ids) <= 112
    assert tokenizer.decode(marked.ids[slice(*marked.source)]) == source
    assert tokenizer.decode(marked.ids[slice(*marked.target)]) == target


def test_a_missing_target_is_the_first_token():
    (marked,) = encode(["@ Iran @ met Iraq."], classifier().transformer.tokenizer)
    assert marked.target == (0, 1)


def test_anchored_labels_are_part_the_label_and_part_the_answer_before():
    answers = np.array([[0.8, 0.2], [0.1, 0.9]], np.float32)
    numbers, rows = np.array([1, 1]), np.array([[0.0, 1.0], [0.5, 0.5]], np.float32)
    assert np.allclose(anchored(numbers, answers, 0.5, 0.0), [[0.4, 0.6], [0.05, 0.95]])
    assert np.allclose(anchored(numbers, answers, 0.0, 0.1), [[0.05, 0.95], [0.05, 0.95]])
    assert np.allclose(anchored(rows, answers, 0.25, 0.1), [[0.2, 0.8], [0.4, 0.6]])
