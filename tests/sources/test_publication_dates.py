"""What is printed as a date is read as that date, whatever the zone; what can't be one is refused with the reason."""

import datetime as dt

import pytest

from kg.sources.dates import DateError, parse_published

DAY = dt.date(2018, 6, 12)
KOREA = dt.timezone(dt.timedelta(hours=9))


@pytest.mark.parametrize(
    "written",
    [
        "2018-06-12",
        "2018-6-12",
        "2018/06/12",
        "2018.06.12",
        "20180612",
        "12 June 2018",
        "12 Jun 2018",
        "12-Jun-2018",
        "12th June 2018",
        "12th of June 2018",
        "12 June, 2018",
        "June 12, 2018",
        "june 12 2018",
        "Jun. 12, 2018",
        "June 12th, 2018",
        "Tuesday, 12 June 2018",
        "Tue 12 June 2018",
        "Tuesday, June 12, 2018",
        "  12 June 2018.  ",
    ],
)
def test_dates_without_time(written):
    assert parse_published(written).date == DAY
    assert parse_published(written).at is None


@pytest.mark.parametrize(
    ("written", "zone", "hour"),
    [
        ("2018-06-12T23:30:00+09:00", KOREA, 23),
        ("2018-06-12T23:30:00+0900", KOREA, 23),
        ("2018-06-12 23:30:00.123456+09", KOREA, 23),
        ("2018-06-12T00:30:00Z", dt.UTC, 0),
        ("2018-06-12T00:30", None, 0),
        ("2018-06-12 00:30:00 UTC", dt.UTC, 0),
        ("20180612003000", None, 0),
        ("20180612T003000Z", dt.UTC, 0),
        ("Tue, 12 Jun 2018 23:30:00 +0900", KOREA, 23),
        ("Tue, 12 Jun 2018 23:30:00 GMT", dt.UTC, 23),
        ("Tue, 12 Jun 18 23:30:00 GMT", dt.UTC, 23),
        ("12 Jun 2018 23:30 -0500 (EST)", dt.timezone(dt.timedelta(hours=-5)), 23),
        ("June 12, 2018 at 11:30 p.m. KST", KOREA, 23),
        ("June 12, 2018, 12:30 AM", None, 0),
        ("June 12, 2018 11:30 PM XYZ", None, 23),
        ("12 June 2018 | 23:30 GMT+9", KOREA, 23),
        (1528763400, dt.UTC, 0),
        ("1528763400000", dt.UTC, 0),
    ],
)
def test_time_and_zone_are_kept_and_the_day_never_shifted(written, zone, hour):
    found = parse_published(written)
    assert (found.date, found.at) == (DAY, dt.datetime(2018, 6, 12, hour, 30, tzinfo=zone))
    assert found.at.tzinfo == zone


def test_day_and_month_in_digits_are_read_only_where_there_is_one_reading():
    assert parse_published("25/12/2018").date == dt.date(2018, 12, 25)
    assert parse_published("12/25/2018").date == dt.date(2018, 12, 25)
    assert parse_published("06/06/2018").date == dt.date(2018, 6, 6)
    with pytest.raises(DateError, match=r"'03/04/2018' is ambiguous .* write it as YYYY-MM-DD"):
        parse_published("03/04/2018")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0000-00-00", "'0000-00-00' does not exist"),
        ("31 February 2018", "'31 February 2018' does not exist"),
        ("2018-02-29", "does not exist"),
        ("2018-13-01", "does not exist"),
        ("99999-01-01", "'99999-01-01' can't be read"),
        ("2018-06-12T25:61:00", "the time in '2018-06-12T25:61:00' does not exist"),
        ("June 12, 2018 13:30 pm", "the time in .* does not exist"),
        ("2018-06-12T10:00:00+25:00", "the time zone in .* does not exist"),
        ("1799-12-31", "before 1800"),
        ("9999-12-31", "far future"),
        ("2018-06", "can't be read"),
        ("2018", "can't be read"),
        ("yesterday", "'yesterday' can't be read; write it as YYYY-MM-DD"),
        ("", "no publication date"),
        (True, "is no date"),
        ([2018, 6, 12], "is no date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(written, reason):
    with pytest.raises(DateError, match=reason):
        parse_published(written)


def test_a_clock_that_is_set_back_makes_no_real_date_impossible(monkeypatch):
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr("kg.sources.dates.dt.datetime", Clock)
    assert parse_published("2026-05-01 ").date == dt.date(2026, 5, 1)


def test_leap_seconds_are_the_last_second_of_their_minute():
    assert parse_published("2016-12-31T23:59:60Z").at == dt.datetime(2016, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
