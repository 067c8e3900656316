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
DAY_ = Precision.DAY
IN_1990, IN_1999, IN_2006 = (f"{year}-01-01..{year}-12-31" for year in (1990, 1999, 2006))
JUNE_2004, MARCH_3, APRIL_27 = "2004-06-01..2004-06-30", "2023-03-03..2023-03-03", "2023-04-27..2023-04-27"
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
        # so long ago, counted from the news or from the day that the sentence names
        ("Iran waits three years after Iraq invaded it.", "invaded", ACTUAL, "2020-03-16..2020-03-16", ABOUT, True),
        ("Italy sent aid two weeks after Albania attacked it.", "sent", ACTUAL, PUBLISHED, ABOUT, False),
        ("Oslo marks 500 days since the attack by Iran.", "attack", ACTUAL, "2021-11-01..2021-11-01", ABOUT, True),
        ("In 1990, two years after Iran invaded Iraq, Oslo sent aid.", "sent", ACTUAL, IN_1990, YEAR, True),
        (
            "In 1990, two years after Iran invaded Iraq, Oslo sent aid.",
            "invaded",
            ACTUAL,
            "1988-01-01..1988-12-31",
            ABOUT,
            True,
        ),
        ("Iran waits 999 years after Iraq invaded it.", "invaded", ACTUAL, "1024-03-16..1024-03-16", ABOUT, True),
        # plans
        ("Italy will send troops to Albania within ten days.", "send", FUTURE, "2023-03-16..2023-03-26", DAYS, True),
        ("Italy will withdraw from Albania by March 30.", "withdraw", FUTURE, "2023-03-16..2023-03-30", DAYS, True),
        ("Italy will send troops to Albania in June.", "send", FUTURE, "2023-06-01..2023-06-30", MONTH, True),
        # the day of a saying is none of the plan, and what is over neither
        ("Iran said Tuesday that it will invite Iraq.", "invite", FUTURE, PUBLISHED, ABOUT, False),
        ("Italy will discuss what was agreed at the summit in October.", "discuss", FUTURE, PUBLISHED, ABOUT, False),
        ("The G7 invited Ukraine to the summit in May.", "summit", FUTURE, "2023-05-01..2023-05-31", MONTH, True),
        ("Iran will sign an accord settling it in Oslo on April 27.", "accord", FUTURE, APRIL_27, DAY_, True),
        # an owned day belongs to its owner
        ("Iran condemned Monday's raid by Iraq.", "condemned", ACTUAL, PUBLISHED, ABOUT, False),
        ("Iran condemned Monday's raid by Iraq.", "raid", ACTUAL, "2023-03-13..2023-03-13", DAY_, True),
        ("The sanctions imposed last year hurt Iran.", "sanctions", ACTUAL, "2022-01-01..2022-12-31", YEAR, True),
        # since: still going on, unless "since" only names what else happened then
        ("Iran has helped Iraq since it stormed Kuwait in 1990.", "helped", ACTUAL, "1990-01-01..None", YEAR, True),
        ("Iran has helped Iraq since it stormed Kuwait in 1990.", "stormed", ACTUAL, IN_1990, YEAR, True),
        ("Iran has helped Iraq since the 1990 invasion.", "invasion", ACTUAL, IN_1990, YEAR, True),
        ("Iran has ruled Iraq since 1999, when NATO ended the war.", "ended", ACTUAL, IN_1999, YEAR, True),
        # the date of a clause that tells when
        ("France froze aid to Iraq when Iran took power in 2006.", "froze", ACTUAL, IN_2006, YEAR, True),
        ("France froze aid to Iraq after Iran took power in 2006.", "froze", ACTUAL, IN_2006, ABOUT, True),
        ("France froze aid to Iraq after Iran met it on Monday.", "froze", ACTUAL, PUBLISHED, ABOUT, False),
        ("They met in June 2004 in Oslo, where Iran offered help.", "offered", ACTUAL, JUNE_2004, MONTH, True),
        # the newsroom's day is one ahead of the file's
        ("Iran accused Iraq on Friday.", "accused", ACTUAL, "2023-03-10..2023-03-10", Precision.DAY, True),
        ("Iran said Friday that Iraq was at fault.", "said", ACTUAL, PUBLISHED, ABOUT, False),
    ],
)  # fmt: skip
def test_the_date_of_a_trigger(text, trigger, status, bounds, precision, stated):
    assert dated(text, trigger, status) == (bounds, precision, stated)


@pytest.mark.parametrize(
    ("text", "trigger", "status", "bounds", "stated"),
    [
        # a plan goes on with the day to come that was said last
        ("Wang will visit Oslo on March 30. He will meet the king.", "meet", FUTURE, "2023-03-30..2023-03-30", True),
        ("Wang arrived on Monday. He will meet the king.", "meet", FUTURE, PUBLISHED, False),
        ("Polls open in 2025. He will meet the king.", "meet", FUTURE, PUBLISHED, False),
        ("Wang will visit Oslo on March 30. On Monday he agreed to help.", "help", FUTURE, PUBLISHED, False),
        # a story goes on with the date of the sentence before
        ("The rebels met the army on March 3. They agreed on a truce.", "agreed", ACTUAL, MARCH_3, True),
        ("The rebels raided Bo on March 3. The army then shelled Kono.", "shelled", ACTUAL, MARCH_3, True),
        ("Rebels raided Bo in 1999. In response, the army shelled Kono.", "shelled", ACTUAL, IN_1999, True),
        # but not where nothing takes it up, where the perfect tells of now, or where the date was that of a saying
        ("The rebels raided Bo on March 3. Ghana condemned the raid.", "condemned", ACTUAL, PUBLISHED, False),
        ("Rebels raided Bo in 1999. They said Ghana shelled Kono.", "shelled", ACTUAL, PUBLISHED, False),
        ("The rebels raided Bo on March 3. They have freed ten men.", "freed", ACTUAL, PUBLISHED, False),
        ("The army said on Monday that Bo was safe. They freed ten men.", "freed", ACTUAL, PUBLISHED, False),
        ("The rebels raided Bo on March 3. They had shelled it.", "shelled", ACTUAL, "-", True),
    ],
)  # fmt: skip
def test_the_running_date(text, trigger, status, bounds, stated):
    found, _, from_text = dated(text, trigger, status)
    assert (found, from_text) == (bounds, stated)


def days(extraction, field):
    return {str(m.time.begin) for m in extraction.mentions if m.evidence.field == field and m.category == "ASSAULT"}


def test_a_headline_takes_the_one_day_that_the_text_states(read):
    told = read("Iran attacked Iraq on March 8, killing ten soldiers.", title="Iran attacks Iraq")
    assert days(told, "title") == days(told, "text") == {"2023-03-08"}


def test_an_undated_sentence_takes_the_day_that_another_states_of_the_same_event(read):
    near = read("Iran attacked Iraq. Iran attacked Iraq on Wednesday, killing ten soldiers.")
    far = read("Iran attacked Iraq. Iran attacked Iraq on March 8, killing ten soldiers.")
    assert days(near, "text") == {"2023-03-15"}
    assert days(far, "text") == {"2023-03-08"}
