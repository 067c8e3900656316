"""Whom a bare name stands for, from the offices that persons were seen in."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.graph.resolve import Observation, decide, name_tokens, same_person


def seen(*rows: tuple[str, str, str]) -> list[Observation]:
    return [Observation(dt.date.fromisoformat(day), name_tokens(name), actor, None) for day, name, actor in rows]


@pytest.mark.parametrize(
    ("bare", "full", "same"),
    [
        ("Kishida", "Fumio Kishida", True),
        ("Yoon", "Yoon Suk Yeol", True),
        ("Fumio Kishida", "Fumio Kishida", True),
        ("Erdogan", "Recep Tayyip Erdoğan", True),
        ("person.kishida", "Fumio Kishida", True),
        ("Tayyip", "Recep Tayyip Erdoğan", False),
        ("Jean Kishida", "Fumio Kishida", False),
        ("", "Fumio Kishida", False),
    ],
)
def test_names_fit(bare, full, same):
    assert same_person(name_tokens(bare), name_tokens(full)) is same


@pytest.mark.parametrize(
    ("rows", "actor"),
    [
        ([("2023-01-01", "Fumio Kishida", "JPN")], "JPN"),
        ([("2021-03-17", "Fumio Kishida", "JPN")], "JPN"),  # 729 days before
        ([("2021-03-15", "Fumio Kishida", "JPN")], None),  # 731 days before
        ([("2024-01-01", "Fumio Kishida", "JPN")], "JPN"),  # seen later
        ([("2022-01-01", "Ban Ki-moon", "KOR"), ("2023-01-01", "Ban Ki-moon", "UN")], "UN"),
        ([("2023-01-01", "Ban Ki-moon", "KOR"), ("2023-04-01", "Ban Ki-moon", "UN")], None),  # changed in between
        ([("2023-03-16", "A B", "KOR"), ("2023-03-16", "A B", "UN")], None),
        ([("2023-03-01", "Kim Jong Un", "PRK"), ("2022-01-01", "Kim Dae Jung", "KOR")], None),  # two persons
        ([("2023-03-01", "Kim Jong Un", "PRK"), ("2020-01-01", "Kim Dae Jung", "KOR")], "PRK"),
        ([], None),
    ],
)
def test_nearest_observation_decides_unless_contradicted(rows, actor):
    answer = decide(dt.date(2023, 3, 16), seen(*rows))
    assert (answer.actor if answer else None) == actor
    assert decide(dt.date(2023, 3, 16), seen(*reversed(rows))) == answer
