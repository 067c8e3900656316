"""The stretch of time that an axis shows: without the few days far from all others, which are counted beside it."""

from __future__ import annotations

import datetime as dt

import pytest
from pair_sample import COLUMNS

from kg.graph.analysis import Timeline
from kg.view.span import left_off, trimmed, usual

MONTH = [f"2023-01-{day:02}" for day in range(1, 29)]


def days(texts: list[str]) -> list[dt.date]:
    return [dt.date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        (MONTH, "2023-01-01", "2023-01-28"),
        (["1965-06-22", *MONTH], "2023-01-01", "2023-01-28"),
        ([*MONTH, "2050-01-01"], "2023-01-01", "2023-01-28"),
        (["1965-06-22", *MONTH, "2050-01-01"], "2023-01-01", "2023-01-28"),
        # A day that is not far from the others stays.
        (["2022-12-29", *MONTH], "2022-12-29", "2023-01-28"),
        # Two of thirty are too many to be left off.
        (["1965-06-22", "1965-06-23", *MONTH], "1965-06-22", "2023-01-28"),
        # Of a few days none is.
        (["1965-06-22", *MONTH[:10]], "1965-06-22", "2023-01-10"),
        (["2023-01-05"], "2023-01-05", "2023-01-05"),
    ],
)
def test_stray_days_are_left_off(given: list[str], first: str, last: str) -> None:
    assert usual(days(given)) == tuple(days([first, last]))


def test_no_days_have_no_span() -> None:
    assert usual([]) is None


def test_what_is_left_off_is_said() -> None:
    span = (dt.date(2023, 1, 1), dt.date(2023, 1, 28))
    assert left_off(days(["1965-06-22", "2023-01-05", "2050-01-01"]), span) == (
        "1 before 2023-01-01 and 1 after 2023-01-28 not drawn"
    )
    assert left_off(days(MONTH), span) == ""


def test_a_timeline_loses_its_stray_buckets() -> None:
    def row(year: int, events: int) -> tuple[object, ...]:
        return (dt.date(year, 1, 1), events, 2.5 if events else None, events, 0, 0, 0, 1.0)

    rows = [row(1965, 1), *(row(year, 0) for year in range(1966, 2018)), row(2018, 20), row(2019, 15)]
    shown, said = trimmed(Timeline(COLUMNS, rows, "year", 0, 0))
    assert [r[0].year for r in shown.rows] == [2018, 2019]
    assert said == "1 before 2018-01-01 not drawn"
