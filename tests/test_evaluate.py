"""Samples for hand coding, precision and agreement, roles: expected figures worked out by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kg.errors import QueryError, SourceError
from kg.evaluate import agreement, kappa, precision, read_sheet, wilson
from kg.evaluate_roles import Seen, read_gold, read_roles, score_roles


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals(right, n, low, high):
    assert wilson(right, n) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "b"), ("b", "a")], -1.0),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),
        ([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15, 0.4),
        ([("a", "a")] * 3, 1.0),
    ],
)
def test_kappa(pairs, value):
    assert kappa(pairs)[0] == pytest.approx(value)


def test_kappa_of_nothing_in_common():
    with pytest.raises(QueryError, match="no coded item in common"):
        kappa([])


KEY = [  # two strata: 3 drawn of 30 meetings, 2 drawn of 10 accusations
    ("i1", "CONSULT", 30, "CONSULT", "both", "actual", "2023-01-01"),
    ("i2", "CONSULT", 30, "CONSULT", "both", "actual", "2023-01-02"),
    ("i3", "CONSULT", 30, "CONSULT", "both", "future", "2023-01-03"),
    ("i4", "ACCUSE", 10, "ACCUSE", "1>2", "actual", "2023-01-04"),
    ("i5", "ACCUSE", 10, "ACCUSE", "2>1", "actual", "2023-01-05"),
]
CODED = [
    ("i1", "consult", "", "actual", "2023-01-01"),
    ("i2", "Consult", "1>2", "", "2023-01-09"),  # meetings have no direction
    ("i3", "none", "", "", ""),
    ("i4", "ACCUSE", "1>2", "actual", ""),
    ("i5", "ACCUSE", "1>2", "actual", ""),  # the wrong way round
]


def write(path: Path, columns: str, rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([columns.split(), *rows])
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    key = [(i, "e" + i, "m" + i, stratum, size, c, d, s, b, b) for i, stratum, size, c, d, s, b in KEY]
    write(tmp_path / "sheet.key.csv", "item event mention stratum size category direction status begin end", key)
    return write(tmp_path / "sheet.csv", "item category direction status begin", CODED)


def test_precision_by_category_and_over_all(sheet):
    rows = {row[0]: row[1:4] for row in precision(read_sheet(sheet), sheet.with_name("sheet.key.csv"))}
    assert rows["CONSULT"] == (3, 2, 0.667)
    assert rows["ACCUSE"] == (2, 1, 0.5)
    # 30 of 40 events are meetings: 3/4 * 2/3 + 1/4 * 1/2 of the edges are right
    assert rows["all: edge"] == (5, 3, 0.625)
    assert rows["all: category"] == (5, 4, 0.75)
    assert rows["all: event"] == (5, 4, 0.75)
    assert rows["all: status"] == (3, 3, 1.0)
    assert rows["all: begin"] == (2, 1, 0.5)


def test_a_direction_that_was_left_out_is_not_judged(sheet):
    coded = read_sheet(sheet)
    coded["i4"]["direction"] = ""
    rows = {row[0]: row[1:3] for row in precision(coded, sheet.with_name("sheet.key.csv"))}
    assert (rows["ACCUSE"], rows["all: category"]) == ((1, 0), (5, 4))


def test_agreement_of_two_coders(sheet, tmp_path):
    other = write(tmp_path / "b.csv", "item category direction status begin", [*CODED[:4], ("i5", "none", "", "", "")])
    (category, direction, _) = agreement(read_sheet(sheet), read_sheet(other))
    # both say CONSULT twice; NONE 1 and 2; ACCUSE 2 and 1: chance (2*2 + 1*2 + 2*1) / 25 = 0.32
    assert category[:3] == ("category", 5, 0.8)
    assert category[3] == pytest.approx((0.8 - 0.32) / 0.68, abs=0.001)
    assert direction[:4] == ("direction", 2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("i1", "MEETING", "", "", ""), "category 'MEETING' is unknown"),
        (("i1", "CONSULT", "up", "", ""), "direction 'up' is unknown"),
        (("i4", "ACCUSE", "1>2", "", ""), "i4 comes twice"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, row, message):
    path = write(tmp_path / "s.csv", "item category direction status begin", [CODED[3], row])
    with pytest.raises(SourceError, match=rf"s\.csv:3.*{message}"):
        read_sheet(path)


def test_a_file_that_is_no_sheet(tmp_path):
    with pytest.raises(SourceError, match="no column 'item'"):
        read_sheet(write(tmp_path / "s.csv", "id text", []))


GOLD = [
    Seen("a", "Fumio Kishida", "prime minister", "JPN"),
    Seen("a", "Yoon Suk Yeol", "president", "KOR"),
    Seen("b", "Jens Stoltenberg", "secretary general", "NATO"),
]


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (("a", "Kishida", "JPN"), 1),
        (("a", "fumio KISHIDA", "JPN:GOV"), 1),
        (("a", "Fumio", "JPN"), 0),  # no last name
        (("a", "Yuko Kishida", "JPN"), 0),  # another person of that name
        (("a", "Kishida", "KOR"), 0),
        (("b", "Kishida", "JPN"), 0),
        (("b", "Stoltenberg", "nato"), 1),
    ],
)
def test_roles_match_by_article_country_and_name(found, right):
    article, person, country = found
    score = score_roles(GOLD, [Seen(article, person, "whatever", country)])
    assert (score.gold, score.found, score.right) == (3, 1, right)


def test_roles_match_once_and_the_full_name_first():
    found = [Seen("a", "Kishida", "PM", "JPN"), Seen("a", "Fumio Kishida", "PM", "JPN"), Seen("z", "X Y", "PM", "JPN")]
    score = score_roles(GOLD, found, articles={"a", "b"})
    assert (score.right, score.found, [one.person for one in score.spurious]) == (1, 2, ["Kishida"])
    assert (score.precision, score.recall, score.f1) == (0.5, pytest.approx(1 / 3), pytest.approx(0.4))


def test_roles_are_read_from_lines(tmp_path):
    gold, roles = tmp_path / "gold.jsonl", tmp_path / "roles.jsonl"
    gold.write_text(
        '{"doc": "a", "roles": [{"person": "A B", "office": "king", "country": "THA"}]}\n{"doc": "b", "roles": []}\n'
    )
    roles.write_text(json.dumps({"article": "a", "person": "A B", "office": "king", "code": "THA"}) + "\n\n")
    assert read_gold(gold) == (read_roles(roles), {"a", "b"})
    roles.write_text('{"article": "a"}\n')
    with pytest.raises(SourceError, match=r"roles\.jsonl:1.*person"):
        read_roles(roles)
