"""What the time tagger answers, as a table (test_time_cases.txt), and what holds for any input."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.extract.time import Timex, dates_jsonl, tag
from kg.extract.time.grammar import grammar
from kg.extract.time.registry import RESOLVERS
from kg.model import Precision

DCT = dt.date(2023, 3, 16)

# TIMEX3 values: dates with unknown digits, weeks, seasons, quarters, halves, parts of the day, times, durations
VALUE = re.compile(
    r"(?:[0-9X]{2,4}|FY[0-9]{4}|BC[0-9]{2,4}|[0-9X]{4}-(?:SP|SU|FA|WI|Q[1-4]|H[12])"
    r"|[0-9X]{4}-[0-9X]{2}(?:-[0-9X]{2}(?:T(?:MO|AF|EV|NI|[0-2][0-9]:[0-5][0-9]))?)?"
    r"|[0-9X]{4}-W[0-9X]{2}(?:-WE|-[1-7](?:T(?:MO|AF|EV|NI))?)?"
    r"|P(?=[0-9XT])(?:(?:[0-9.]+|X)(?:WE|[YMWD]))*(?:T(?:(?:[0-9.]+|X)[HMS])+)?"
    r"|PAST_REF|PRESENT_REF|FUTURE_REF)"
)


def bounds(timex: Timex) -> str:
    if timex.begin is None:
        return "-"
    if timex.until is None:
        return f"{timex.begin}.."
    return f"{timex.begin}" if timex.begin == timex.until else f"{timex.begin}..{timex.until}"


def read_cases() -> list[tuple[dt.date, str, list[tuple[str, ...]]]]:
    cases, dct = [], DCT
    for line in Path(__file__).with_name("test_time_cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            dct = dt.date.fromisoformat(line[2:])
        elif "=>" in line and not line.startswith("#"):
            text, answer = line.split(" => ")
            timexes = [] if answer == "nothing" else answer.split(" ; ")
            cases.append((dct, text, [tuple(part.strip() for part in timex.split(" | ")) for timex in timexes]))
    return cases


CASES = read_cases()


def test_table_is_whole() -> None:
    assert len(CASES) >= 320


@pytest.mark.parametrize(("dct", "text", "expected"), CASES, ids=[text for _, text, _ in CASES])
def test_case(dct: dt.date, text: str, expected: list[tuple[str, ...]]) -> None:
    assert [(t.text, t.type, t.value, bounds(t)) for t in tag(text, dct)] == expected


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("on 12 June 2018", Precision.DAY),
        ("over the weekend", Precision.DAYS),
        ("from 3 to 5 May 2018", Precision.DAYS),
        ("last week", Precision.WEEK),
        ("in June 1998", Precision.MONTH),
        ("Q3 2021", Precision.QUARTER),
        ("in summer 2019", Precision.SEASON),
        ("H2 2020", Precision.HALF),
        ("in early 1998", Precision.YEAR),
        ("in the 1990s", Precision.DECADE),
        ("in the 20th century", Precision.CENTURY),
        ("in fiscal year 1998", Precision.ABOUT),
        ("nearly 20 years ago", Precision.ABOUT),
        ("they met recently", Precision.UNKNOWN),
        ("for ten days", Precision.UNKNOWN),
    ],
)
def test_precision(text: str, precision: Precision) -> None:
    assert tag(text, DCT)[0].precision == precision


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1998, 4, 12), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2049, 4, 18)]
)
def test_easter_is_computed(year: int, month: int, day: int) -> None:
    assert tag(f"He spoke on Easter Sunday {year}.", DCT)[0].begin == dt.date(year, month, day)


WORDS = (
    "the a on in last next this past two 12 31 1998 0800 '98 May May. Sept. October Monday Friday's Sunday morning "
    "night ago later earlier week weeks year years month decade century quarter first second 20th mid - -- / : . , ( ) "
    "to from between and of since until early late 3:30 p.m. GMT noon midnight Q3 FY 9/11 1,998 2018-06-12 30/02/2018 "
    "Easter Christmas 0 00 99999999999999999999 half every each daily now soon recently will was said before after "
    "summer winter fiscal 500 BC AD 9999 0001 one three-day day day's weekend hours 1/2 the same that following"
)
PIECES = st.sampled_from(WORDS.split(" "))
MIXED = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=30).map("".join)
)
DAYS = st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date(9999, 12, 31))


def test_every_rule_names_a_function() -> None:
    assert {rule.do for rule in grammar().rules} == set(RESOLVERS)


@settings(max_examples=400, deadline=None)
@given(text=MIXED, dct=DAYS)
def test_any_input_gives_sound_timexes(text: str, dct: dt.date) -> None:
    reached = 0
    for timex in tag(text, dct):
        assert reached <= timex.start < timex.end
        assert text[timex.start : timex.end] == timex.text
        assert timex.type in ("DATE", "TIME", "DURATION", "SET")
        assert VALUE.fullmatch(timex.value), timex.value
        assert timex.until is None or (timex.begin is not None and timex.begin <= timex.until)
        assert (timex.begin is None) == (timex.precision == Precision.UNKNOWN)
        reached = timex.end


@settings(max_examples=200, deadline=None)
@given(date=st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)), dct=DAYS)
def test_a_full_date_means_itself_whenever_it_is_read(date: dt.date, dct: dt.date) -> None:
    written = (f"{date:%B} {date.day}, {date.year}", f"{date.day} {date:%B} {date.year}", date.isoformat())
    for text in written:
        assert [(t.text, t.begin, t.until, t.value) for t in tag(f"It was on {text}.", dct)] == [
            (text, date, date, date.isoformat())
        ]


@settings(max_examples=100, deadline=None)
@given(
    dct=st.dates(min_value=dt.date(1990, 1, 8), max_value=dt.date(2090, 1, 1)),
    name=st.sampled_from(["Monday", "Thursday", "Sunday"]),
)
def test_weekdays_lie_within_a_week_on_the_side_of_the_tense(dct: dt.date, name: str) -> None:
    (said,) = tag(f"They met on {name}.", dct)
    (planned,) = tag(f"They will meet on {name}.", dct)
    assert said.begin and planned.begin
    assert 0 <= (dct - said.begin).days <= 6 and 0 <= (planned.begin - dct).days <= 6
    assert f"{said.begin:%A}" == f"{planned.begin:%A}" == name


def test_jsonl_gives_offsets_values_and_iso_dates() -> None:
    records = [{"id": "a", "dct": "2023-03-16", "text": "He has ruled since 1994, and rules now."}]
    assert list(dates_jsonl(records)) == [
        {
            "id": "a",
            "timexes": [
                {"start": 19, "end": 23, "type": "DATE", "value": "1994", "begin_date": "1994-01-01", "end_date": None},
                {"start": 35, "end": 38, "type": "DATE", "value": "PRESENT_REF", "begin_date": None, "end_date": None},
            ],
        }
    ]


def test_jsonl_takes_a_time_after_the_date() -> None:
    (answer,) = dates_jsonl([{"id": 7, "dct": "2023-03-16T10:00:00+09:00", "text": "today"}])
    assert (answer["id"], answer["timexes"][0]["value"]) == (7, "2023-03-16")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (["a"], "record 1: not a JSON object; each line needs id, dct and text"),
        ({"dct": "2023-03-16", "text": "x"}, 'record 1: no "id"; each line needs id, dct and text'),
        ({"id": "a", "dct": "2023-03-16"}, 'record 1 (id a): "text" is not a string; give the text to tag'),
        ({"id": "a", "text": "x"}, 'record 1 (id a): "dct" is None; give the publication date as YYYY-MM-DD'),
        (
            {"id": "a", "dct": "16.3.23", "text": "x"},
            "record 1 (id a): \"dct\" is '16.3.23'; give the publication date as YYYY-MM-DD",
        ),
    ],
)
def test_jsonl_names_the_record_that_is_wrong(record: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError) as error:
        list(dates_jsonl([record]))
    assert str(error.value) == message
