"""Offsets count in the cleaned text, so cleaning is exact: what goes, what changes, what stays."""

import time

import pytest

from kg.sources.clean import clean_line, clean_text, clean_title, clean_url, clean_value


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("one\u2029two", "one\n\ntwo"),
        ("one\n\n\n \n\ntwo", "one\n\ntwo"),
        ("one\x00\x07two\x7f\x9b", "onetwo"),
        ("Sout\u200bh Ko\u00adrea\ufeff", "South Korea"),
        ("\u202eKorea\u202c \u2066x\u2069", "Korea x"),
        ("a\ud800b\udfffc", "abc"),
        ("a\u00a0b\u2009c\td\u3000e", "a b c d e"),
        ("Cafe\u0301 Pyo\u0306ngyang", "Café Pyŏngyang"),
        ("\uac00\u1112\u1161\u11ab", "\uac00\ud55c"),
        ("plain text - “quotes” — stay…", "plain text - “quotes” — stay…"),
        ("한국어 русский 日本語", "한국어 русский 日本語"),
        ("  \n ", ""),
    ],
)
def test_texts(raw, clean):
    assert clean_text(raw) == clean
    assert clean_text(clean) == clean


def test_normalisation_of_endless_combining_marks_takes_no_endless_time():
    start = time.perf_counter()
    marks = "\u0301\u0316" * 500_000
    assert len(clean_text("a" + marks)) <= 31
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("raw", "publisher", "title"),
    [
        ("Leaders meet - BBC", "BBC", "Leaders meet"),
        ("Leaders meet – bbc", "BBC", "Leaders meet"),
        ("Leaders meet | The Korea Herald", "The Korea Herald", "Leaders meet"),
        ("Leaders meet - BBC", "CNN", "Leaders meet - BBC"),
        ("Leaders meet - BBC", None, "Leaders meet - BBC"),
        ("US-South Korea", "South Korea", "US-South Korea"),
        ("BBC", "BBC", "BBC"),
        ("A &amp; B&nbsp;&#8217;s", None, "A & B ’s"),
        ("A&amp;nbsp;B", None, "A B"),
        (" two\nlines  here ", None, "two lines here"),
    ],
)
def test_titles(raw, publisher, title):
    assert clean_title(raw, publisher) == title


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("  HTTP://Example.org/a|b ", "HTTP://Example.org/a%7Cb"),
        ("https://example.org/\x00\u202ea", "https://example.org/a"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt://example.org/%0aalert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("/news/1", None),
        ("https://", None),
        ("http://[broken", None),
        ("https://example.org/" + "a" * 5000, None),
    ],
)
def test_only_web_addresses_are_links(raw, url):
    assert clean_url(raw) == url


def test_names_are_one_line():
    assert clean_line(" Yon\u200bhap\n News ") == "Yonhap News"


def test_unknown_columns_hold_only_what_json_can():
    assert clean_value({"a\x00": ["x\ud800", float("nan"), 1.5, None, True]}) == {"a": ["x", None, 1.5, None, True]}
