"""Dates: partial ones expand, both ends are inclusive, buckets follow the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.errors import QueryError
from kg.graph.window import bucket_start, buckets, expand, window


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-06", "2023-06-01", "2023-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2023-06-30", "2023-06-30", "2023-06-30"),
        ("2023-Q1", "2023-01-01", "2023-03-31"),
        ("2023-q4", "2023-10-01", "2023-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        (" 2023-06 ", "2023-06-01", "2023-06-30"),
    ],
)
def test_partial_dates_expand(text, first, last):
    assert tuple(d.isoformat() for d in expand(text)) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-02-30", "2023-6", "June", "2023-Q5", "0000", "2023-06-30T1", "-1"]
)
def test_what_is_no_date_is_an_error(text):
    with pytest.raises(QueryError, match="not a date"):
        expand(text)


def test_windows_run_from_first_to_last_day():
    assert (window("2023", "2023-06").since, window("2023", "2023-06").until) == (
        dt.date(2023, 1, 1),
        dt.date(2023, 6, 30),
    )
    with pytest.raises(QueryError, match="before it begins"):
        window("2023-07", "2023-06")


@pytest.mark.parametrize(
    ("every", "start"),
    [
        ("day", "2023-05-17"),
        ("week", "2023-05-15"),
        ("month", "2023-05-01"),
        ("quarter", "2023-04-01"),
        ("year", "2023-01-01"),
    ],
)
def test_buckets_begin_on_their_first_day(every, start):
    assert bucket_start(dt.date(2023, 5, 17), every).isoformat() == start


@pytest.mark.parametrize(
    ("every", "count"), [("day", 60), ("week", 9), ("month", 3), ("quarter", 1), ("year", 1)]
)  # 2023-01-31 is a Tuesday
def test_buckets_have_no_gaps(every, count):
    assert len(buckets(dt.date(2023, 1, 31), dt.date(2023, 3, 31), every)) == count


def test_the_calendar_ends():
    assert buckets(dt.date(9999, 12, 1), dt.date(9999, 12, 31), "month") == [dt.date(9999, 12, 1)]
    assert bucket_start(dt.date(1, 1, 3), "week") == dt.date(1, 1, 1)
