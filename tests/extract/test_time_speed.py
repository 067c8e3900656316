"""The time tagger's work grows with the length of the text and no faster, whatever the text."""

from __future__ import annotations

import datetime as dt
import sys
import time

import pytest

from kg.extract.time import tag

DCT = dt.date(2023, 3, 16)
LENGTH = 100_000
PATTERNS = {
    "digits": "1",
    "spaces": " ",
    "newlines": "\n",
    "lines of spaces": "\n        x",
    "the": "the ",
    "hyphens": "1-",
    "dots": "1.",
    "commas": "1,111,",
    "colons": "12:30:",
    "slashes": "1/2/",
    "apostrophes": "'98",
    "months": "May ",
    "days of months": "May 5 to ",
    "weekdays": "Monday, ",
    "years": "1998 ",
    "counts": "two hundred and ",
    "more than": "more than about ",
    "units": "two years ",
    "later": "two days later ",
    "last": "the last ",
    "hyphened words": "three-",
    "times": "3:30 p.m. ",
    "one long sentence": "they met on Friday and ",
    "one long word": "a",
}


@pytest.fixture(autouse=True)
def warm() -> None:
    tag("on Monday", DCT)


def calls(text: str) -> int:
    """How many functions one pass calls."""
    count = 0

    def counter(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counter)
    try:
        tag(text, DCT)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_twice_the_text_is_twice_the_work(pattern: str) -> None:
    once, twice = calls(pattern * (4_000 // len(pattern))), calls(pattern * (8_000 // len(pattern)))
    assert twice <= 2.2 * once + 500


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_no_pattern_makes_matching_run_away(pattern: str) -> None:
    """Steps inside the regular expressions are no calls; quadratic ones would take minutes on this."""
    begun = time.process_time()
    tag(pattern * (LENGTH // len(pattern)), DCT)
    assert time.process_time() - begun < 8
