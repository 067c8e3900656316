"""Web pages: the article without the page around it; the declared date with its zone; nothing executed or fetched."""

import datetime as dt
import socket

import pytest

PARAGRAPHS = [
    "SEOUL — The leaders of Japan and South Korea met in Tokyo on Thursday and agreed to resume regular visits.",
    "They said that the talks had been held in a good spirit, and that their ministers would meet again in the summer.",
    "North Korea fired a missile shortly before the South Korean president left for the Japanese capital.",
]
LINKED = (
    '<script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", '
    '"headline": "Leaders meet", "datePublished": "2023-03-16T23:30:00+09:00", '
    '"publisher": {"name": "The Herald"}}]}</script>'
)


def page(head: str = "", top: str = "", title: str = "Leaders meet") -> str:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title>{head}</head><body>'
        '<nav><ul><li><a href="/asia">Asia</a></li><li><a href="/world">World</a></li></ul></nav>'
        f"<article><h1>{title}</h1>{top}{body}</article><footer><p>All rights reserved.</p></footer>"
        "<script>document.write('injected')</script></body></html>"
    )


def test_the_text_is_the_article_s_paragraphs(reading):
    head = '<meta property="og:site_name" content="The Herald"><link rel="canonical" href="https://example.org/1">'
    article = reading("a.html", page(LINKED + head)).only
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert (article.title, article.publisher, article.url) == ("Leaders meet", "The Herald", "https://example.org/1")
    assert article.published_at.isoformat() == "2023-03-16T23:30:00+09:00"


@pytest.mark.parametrize(
    ("head", "top", "when"),
    [
        ('<meta property="article:published_time" content="2023-03-16T08:00:00Z">', "", "2023-03-16T08:00:00+00:00"),
        ('<meta name="date" content="16 March 2023">', "", "2023-03-16"),
        ("", '<time datetime="2023-03-16T23:30+09:00">16 March</time>', "2023-03-16T23:30:00+09:00"),
        (
            "",
            '<p>By X <time itemprop="datePublished">March 16, 2023</time> <time datetime="2023-05-01">now</time></p>',
            "2023-03-16",
        ),
        ('<link rel="canonical" href="https://example.org/2023/03/16/leaders-meet">', "", "2023-03-16"),
        ("", "<p>16 March 2023</p>", "2023-03-16"),
        ('<meta name="date" content="0000-00-00">', '<time datetime="2023-03-16">x</time>', "2023-03-16"),
    ],
    ids=["meta", "meta words", "time", "marked time", "address", "line", "impossible first"],
)
def test_dates(reading, head, top, when):
    article = reading("a.html", page(head, top)).only
    assert (article.published_at or article.published).isoformat() == when
    assert "2023" not in article.text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (page(), "a.html: no publication date in the page; give it as JSONL or Markdown with a date"),
        (
            page('<meta name="date" content="31 February 2018">'),
            "a.html: the date '31 February 2018' does not exist; write it as YYYY-MM-DD",
        ),
        (
            "<html><body>" + "<div>" * 50_000 + "deep",
            "a.html: HTML tags nested more than 255 deep; give the text without the page around it",
        ),
        (
            "<html><body>" + "<p>x" * 200_001,
            "a.html: more than 200,000 HTML tags; give the text without the page around it",
        ),
        (
            "<html><body><p>" + "word " * 2_100_000,
            "a.html: HTML with a text of over 10 MB; give the text without the page around it",
        ),
        ("<html></html>", "a.html: no publication date in the page; give it as JSONL or Markdown with a date"),
        ("<!-- -->", "a.html: the page is empty; nothing to read"),
    ],
    ids=["no date", "impossible", "nested", "many", "long", "nothing", "comment"],
)
def test_problems_are_named(reading, content, problem):
    assert reading("a.html", content).problems == [problem]


def test_an_address_in_place_of_a_page_is_not_fetched(reading, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    outcome = reading("a.html", "https://example.org/article.html")
    assert outcome.articles == [] and len(outcome.problems) == 1


def test_the_language_of_a_template_is_only_a_hint(reading):
    assert reading("a.html", page(LINKED).replace('lang="en"', 'lang="ko"')).only.language == "en"


def test_a_page_under_another_ending_is_a_page(reading):
    assert reading("a.txt", page(LINKED)).report.formats == {"html": 1}
    assert reading("b", "<!-- saved -->\n" + page(LINKED)).report.formats == {"html": 1}


def test_declared_encodings(reading):
    content = page(LINKED + '<meta charset="euc-kr">', title="정상회담 Leaders meet").replace("—", "-").encode("euc-kr")
    article = reading("a.html", content).only
    assert (article.published, article.text[:7]) == (dt.date(2023, 3, 16), "SEOUL -")


def test_dates_that_stand_in_running_text_or_numbers_are_no_publication_date(reading):
    content = page().replace("in the summer", "on 12 June 2023, order 20230612")
    assert reading("a.html", content).articles == []
