"""Which time expression dates an event: the sentence, its trigger, and the days that the event gets."""

from __future__ import annotations

import datetime as dt

import pytest
from details_cases import parsed

from kg.extract.attach import attach
from kg.extract.clauses import home
from kg.extract.time import tag
from kg.model import Precision, Status, TimeOrigin

DAY = dt.date(2023, 3, 16)  # a Thursday
ABOUT, DAYS, MONTH, YEAR, UNKNOWN = (Precision(p) for p in ("about", "days", "month", "year", "unknown"))
ACTUAL, FUTURE = Status.ACTUAL, Status.FUTURE
ALL_2003 = "2003-01-01..2003-12-31"
PUBLISHED = "2023-03-16..2023-03-16"


def dated(text, trigger, status):
    """Bounds, precision and origin of the event that a word triggers."""
    doc = parsed(text)
    token = next(t for t in doc if t.text == trigger)
    verb = token if token.pos_ == "VERB" else home(token)
    span, _ = attach(doc, token.sent, token, verb, status, tag(text, DAY), DAY)
    return f"{span.begin}..{span.end}" if span.begin else "-", span.precision, span.origin is TimeOrigin.TEXT


@pytest.mark.parametrize(
    ("text", "trigger", "status", "bounds", "precision", "stated"),
    [
        ("Iran attacked Iraq on Monday.", "attacked", ACTUAL, "2023-03-13..2023-03-13", Precision.DAY, True),
        ("Iran attacked Iraq.", "attacked", ACTUAL, PUBLISHED, ABOUT, False),
        # the date of another clause or noun
        ("Iran met Iraq, which France had attacked in 1998.", "met", ACTUAL, PUBLISHED, ABOUT, False),
        ("Iran denied Iraq's expected announcement this week that it won.", "denied", ACTUAL, PUBLISHED, ABOUT, False),
        ("Iran denounced the 2003 accord.", "denounced", ACTUAL, PUBLISHED, ABOUT, False),
        ("He spoke of the 2003 invasion of Iraq, backed by Britain.", "backed", ACTUAL, ALL_2003, YEAR, True),
        # a chronology: the date stands on a line of its own
        ("-- March 1997\n\nA warship visited Oslo.", "visited", ACTUAL, "1997-03-01..1997-03-31", MONTH, True),
        # background: nothing is known, or that it was about when it was told
        ("Iran had attacked Iraq.", "attacked", ACTUAL, "-", UNKNOWN, True),
        ("Iraq said Tuesday that Iran had attacked it.", "attacked", ACTUAL, "2023-03-14..2023-03-14", ABOUT, True),
        # a century around publication tells no date
        ("Iran promised Iraq peace in the 21st century.", "promised", ACTUAL, PUBLISHED, ABOUT, False),
        # plans
        ("Italy will send troops to Albania within ten days.", "send", FUTURE, "2023-03-16..2023-03-26", DAYS, True),
        ("Italy will send troops to Albania in June.", "send", FUTURE, "2023-06-01..2023-06-30", MONTH, True),
        # the newsroom's day is one ahead of the file's
        ("Iran accused Iraq on Friday.", "accused", ACTUAL, "2023-03-10..2023-03-10", Precision.DAY, True),
        ("Iran said Friday that Iraq was at fault.", "said", ACTUAL, PUBLISHED, ABOUT, False),
    ],
)  # fmt: skip
def test_the_date_of_a_trigger(text, trigger, status, bounds, precision, stated):
    assert dated(text, trigger, status) == (bounds, precision, stated)


def days(extraction, field):
    return {str(m.time.begin) for m in extraction.mentions if m.evidence.field == field and m.category == "ASSAULT"}


def test_a_headline_takes_the_one_day_that_the_text_states(read):
    told = read("Iran attacked Iraq on March 8, killing ten soldiers.", title="Iran attacks Iraq")
    assert days(told, "title") == days(told, "text") == {"2023-03-08"}


def test_an_undated_sentence_takes_a_day_of_this_week_but_no_farther_one(read):
    near = read("Iran attacked Iraq. Iran attacked Iraq on Wednesday, killing ten soldiers.")
    far = read("Iran attacked Iraq. Iran attacked Iraq on March 8, killing ten soldiers.")
    assert days(near, "text") == {"2023-03-15"}
    assert days(far, "text") == {"2023-03-16", "2023-03-08"}
