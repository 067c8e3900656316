"""Markdown: front matter says who, when and where; the body becomes paragraphs without marks."""

import datetime as dt

import pytest

from kg.sources.markdown import to_text

PAGE = """---
title: "Leaders meet: a new start"
date: 2023-03-16
publisher: The Herald
url: https://example.org/1
language: en
tags: [diplomacy, asia]
draft: false
---
# Leaders meet: a new start

The leaders **met** in
[Tokyo](https://example.org/tokyo).

> "We agreed," he said.
"""


def test_front_matter_and_body(reading):
    article = reading("a.md", PAGE).only
    assert (article.title, article.published) == ("Leaders meet: a new start", dt.date(2023, 3, 16))
    assert (article.publisher, article.url) == ("The Herald", "https://example.org/1")
    assert article.text == 'The leaders met in Tokyo.\n\n"We agreed," he said.'
    assert article.extra == {"tags": ["diplomacy", "asia"], "draft": "false"}


@pytest.mark.parametrize(
    ("front", "publisher", "url"),
    [
        ("source: The Herald\nlink: https://example.org/1", "The Herald", "https://example.org/1"),
        ("author: Jane Doe", "Jane Doe", None),
        ("author: Jane Doe\nsource: The Herald", "The Herald", None),
        ("source: https://example.org/feed", None, "https://example.org/feed"),
        ("link: https://example.org/1\nsource: https://example.org/feed", None, "https://example.org/1"),
        ("author: [Jane Doe, John Roe]", "Jane Doe", None),
    ],
)
def test_publisher_and_link(reading, front, publisher, url):
    article = reading("a.md", f"---\ntitle: T\ndate: 2023-03-16\n{front}\n---\nBody.").only
    assert (article.publisher, article.url) == (publisher, url)


def test_dates_keep_their_time_and_zone(reading):
    article = reading("a.md", "---\nDate: 2023-03-16T23:30:00+09:00\n---\n# T\n\nBody.").only
    assert article.published == dt.date(2023, 3, 16)
    assert article.published_at.isoformat() == "2023-03-16T23:30:00+09:00"


def test_without_a_date_in_front_a_date_line_below_the_heading_counts(reading):
    article = reading("a.md", "# Leaders meet\n\n*16 March 2023*\n\nThey met.").only
    assert (article.title, article.published, article.text) == ("Leaders meet", dt.date(2023, 3, 16), "They met.")


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("One\ntwo\n\nthree", "One two\n\nthree"),
        ("## Heading ##\nText", "Heading\n\nText"),
        ("Heading\n=======\nText\n\n---\n\n* * *\nMore", "Heading\n\nText\n\nMore"),
        ("- one\n- two\n  goes on\n1. three", "one\n\ntwo goes on\n\nthree"),
        ("*a* _b_ **c** __d__ ***e*** ~~f~~ `g`", "a b c d e f g"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        (r"1\. not a list, \*stars\*", "1. not a list, *stars*"),
        ('![alt](a.png) [text](u "t") [ref][1] <https://x.org> note[^1]\n\n[1]: https://x.org', "text ref note"),
        ("[Kim (leader)](https://en.example.org/wiki/Kim_(leader)) said", "Kim (leader) said"),
        ("<p>One <b>two</b></p> <!-- hidden\n\nstill --> &amp; three", "One two & three"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n\n1 | 2"),
        ("> quoted\n> lines\n\n```\ncode\n```", "quoted lines\n\ncode"),
        ("{{< figure src=x >}} Text", "Text"),
    ],
)
def test_marks_go_words_stay(markdown, plain):
    assert to_text(markdown) == plain


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("---\ntitle: T\n---\nBody.", "a.md:1: no publication date; add `date: YYYY-MM-DD` to the front matter"),
        ("---\ndate: 2023-03-16\n---\n", "a.md: neither title nor text; nothing to read"),
        (
            "---\ntitle: T\ndate: 2023-02-31\n---\nB",
            "a.md: the date '2023-02-31' does not exist; write it as YYYY-MM-DD",
        ),
        (
            "---\ntitle: A: b\ndate: 2023-03-16\n---\nB",
            "a.md:2: the front matter is not YAML (mapping values are not allowed here); "
            "put values with colons or quotes into quotes",
        ),
        (
            "---\na: &a [x]\nb: [*a, *a]\n---\nB",
            "a.md:3: the front matter is not YAML (aliases (*name) are not allowed); "
            "put values with colons or quotes into quotes",
        ),
        ("---\nt: " + "[" * 5000 + "\n---\nB", "a.md:1: the front matter is not YAML; write `key: value` lines"),
        (
            "---\nt: " + "x" * 70_000 + "\n---\nB",
            "a.md:1: the front matter is longer than 64 KB; move text below it",
        ),
    ],
    ids=["no date", "empty", "impossible", "not yaml", "alias", "deep", "long"],
)
def test_problems_are_named(reading, content, problem):
    assert reading("a.md", content).problems == [problem]


def test_python_objects_in_yaml_stay_text(reading):
    article = reading("a.md", "---\ntitle: !!python/object/apply:os.system ['true']\ndate: 2023-03-16\n---\nBody.").only
    assert (article.title, article.text) == ("true", "Body.")
