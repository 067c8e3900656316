"""Plain text: a date in front or on a line of its own; a title line where there is one."""

import datetime as dt
import hashlib

import pytest

BODY = "Leaders of Japan and South Korea met. They talked."


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        (f"date 2023-03-16 {BODY}", "", BODY),
        (f" date 2023-03-16 {BODY}\n\nMore.", "", f"{BODY}\n\nMore."),
        (f"Date: 16 March 2023 — {BODY}", "", BODY),
        (f"date 2023-03-16\n\n{BODY}", "", BODY),
        (f"date 2023-03-16\nLeaders meet\n\n{BODY}", "Leaders meet", BODY),
        (f"\n\nLeaders meet\n16 March 2023\n\n{BODY}", "Leaders meet", BODY),
        (f"Leaders meet\n\nPublished: March 16, 2023\n{BODY}", "Leaders meet", BODY),
        (f"16 March 2023\n\nLeaders meet\n\n{BODY}", "Leaders meet", BODY),
        (f"Thursday, 16 March 2023\n{BODY}\n\nMore.", "", f"{BODY}\n\nMore."),
        (f"Leaders meet\nBy Jane Doe\n2023/03/16\n\n{BODY}", "Leaders meet", f"By Jane Doe\n\n{BODY}"),
        (f"A whole sentence comes first.\n16 March 2023\n{BODY}", "", f"A whole sentence comes first.\n\n{BODY}"),
        (f"Title: Leaders meet\nDate: 2023-03-16\n\n{BODY}", "Leaders meet", BODY),
        (f"date 2023-03-16\r\n\r\nLeaders meet\r\n\r\n{BODY}\r\n", "Leaders meet", BODY),
    ],
)
def test_date_title_and_text(reading, content, title, text):
    article = reading("a.txt", content).only
    assert (article.published, article.title, article.text) == (dt.date(2023, 3, 16), title, text)


def test_fields_above_the_text(reading):
    head = "Title: Leaders meet\nSource: The Herald\nURL: https://example.org/1\nLanguage: en\nDate: 2023-03-16"
    article = reading("a.txt", f"{head}\n\n{BODY}").only
    assert (article.publisher, article.url) == ("The Herald", "https://example.org/1")


def test_origin_and_id(reading, tmp_path):
    article = reading("a.txt", b"date 2023-03-16 They met.").only
    assert (article.origin.file, article.origin.line) == (str(tmp_path / "a.txt"), None)
    assert article.origin.sha256 == hashlib.sha256(b"date 2023-03-16 They met.").hexdigest()
    assert article.id == reading("copy.txt", b"date 2023-03-16 They met.\n").only.id
    assert article.id != reading("other.txt", b"date 2023-03-17 They met.").only.id


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (BODY, "a.txt:1: no publication date; begin the file with a line like `date 2023-03-16`"),
        ("Date palms grow in Iraq.", "a.txt:1: no publication date; begin the file with a line like `date 2023-03-16`"),
        (f"date 2023-02-31 {BODY}", "a.txt:1: the date '2023-02-31' does not exist; write it as YYYY-MM-DD"),
        (f"date 0000-00-00 {BODY}", "a.txt:1: the date '0000-00-00' does not exist; write it as YYYY-MM-DD"),
        (f"date 99999-01-01 {BODY}", "a.txt:1: the date '99999-01-01' can't be read; write it as YYYY-MM-DD"),
        (
            f"date 03/04/2023 {BODY}",
            "a.txt:1: the date '03/04/2023' is ambiguous (day or month first?); write it as YYYY-MM-DD",
        ),
        (f"Title\n31 April 2023\n{BODY}", "a.txt:1: the date '31 April 2023' does not exist; write it as YYYY-MM-DD"),
        ("date 2023-03-16", "a.txt: neither title nor text; nothing to read"),
        ("", "a.txt: the file is empty; nothing to read"),
        (" \n\n", "a.txt: the file is empty; nothing to read"),
        (
            b"date 2023-03-16 caf\xe9 \xe2\x80\x9cquote\xe2\x80\x9d",
            "a.txt: neither UTF-8 nor one other encoding (byte 0xE9 at 19); save it as UTF-8",
        ),
    ],
)
def test_problems_are_named(reading, content, problem):
    outcome = reading("a.txt", content)
    assert outcome.articles == []
    assert outcome.problems == [problem]


def test_a_date_inside_the_running_text_is_not_the_publication_date(reading):
    assert reading("a.txt", "On 16 March 2023 they met.\n\nMore.").articles == []


def test_a_text_over_5_mb_is_a_problem(reading):
    outcome = reading("a.txt", "date 2023-03-16 " + "word " * 1_000_001)
    assert outcome.problems == ["a.txt: the text has 5,000,004 characters, more than 5,000,000; split or shorten it"]
    assert reading("b.txt", "date 2023-03-16 " + "the word " * 555_555).only.language == "en"
