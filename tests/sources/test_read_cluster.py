"""The Google News cluster page: each list item is an article; what repeats the list is no text."""

import datetime as dt
from pathlib import Path

from kg.sources import ReadReport, read

SEEDS = Path(__file__).parents[2] / "data" / "articles" / "seeds"
HEADLINES = [
    ("dw.com", "Japan, South Korea vow stronger ties amid China challenge"),
    ("BBC", "K-pop drum duet caps off Japan and South Korea's diplomatic meeting"),
    ("CBS News", "Japanese and South Korean leaders bang out surprise K-pop drum duet"),
    ("CNN", "Drumstick diplomacy for Japan and South Korea as leaders bang out K-pop hits"),
    ("Bloomberg.com", "Japan’s Takaichi Courts South Korea With China Rift Deepening"),
]
LIST = (
    '<ol><li><a href="https://news.google.com/rss/articles/A?oc=5" target="_blank">Leaders meet &amp; talk</a>'
    "&nbsp;&nbsp;"
    '<font color="#6f6f6f">BBC</font></li><li><a href="https://news.google.com/rss/articles/B?oc=5">Second - CNN</a>'
    '&nbsp;&nbsp;<font color="#6f6f6f">CNN</font></li></ol>'
)
PAGE = (
    f"---\ntitle: T\ndate: 2026-01-14\nlink: https://news.google.com/rss/articles/A?oc=5\ndescription: D\n---\n{LIST}\n"
)


def test_the_two_seeds_are_exactly_six_articles():
    report = ReadReport()
    articles = list(read([SEEDS], report=report))
    assert (len(articles), report.problems) == (6, [])
    headlines, (article,) = articles[:5], articles[5:]
    assert [(a.publisher, a.title) for a in headlines] == HEADLINES
    assert {(a.text, a.published, a.language) for a in headlines} == {("", dt.date(2026, 1, 14), "en")}
    assert len({a.cluster for a in headlines}) == 1 and article.cluster is None
    assert len({a.url for a in headlines}) == len({a.id for a in headlines}) == 5
    assert all(a.url.startswith("https://news.google.com/rss/articles/CBMi") for a in headlines)


def test_the_text_seed_begins_after_its_date_and_keeps_its_paragraphs():
    *_, article = read([SEEDS])
    assert (article.published, article.title, article.publisher) == (dt.date(2023, 3, 16), "", None)
    assert article.text.startswith("Leaders of Japan and South Korea have met at a summit")
    assert article.text.endswith("lasting for at least ten days.")
    assert article.text.count("\n\n") == 9


def test_a_page_by_content_whatever_its_name(reading):
    for name in ("a.txt", "a.md", "a"):
        outcome = reading(name, PAGE)
        assert [(a.publisher, a.title) for a in outcome.articles] == [("BBC", "Leaders meet & talk"), ("CNN", "Second")]
        assert [a.origin.line for a in outcome.articles] == [1, 2]
        assert outcome.report.formats == {"google_news": 2}


def test_the_same_list_in_a_feed_gives_the_same_articles_and_cluster(reading):
    feed = (
        "<rss version='2.0'><channel><title>Google News</title><item><title>Leaders meet - BBC</title>"
        "<link>https://news.google.com/rss/articles/A?oc=5</link><guid isPermaLink='false'>A</guid>"
        "<pubDate>Wed, 14 Jan 2026 08:00:00 GMT</pubDate>"
        f"<description>{LIST.replace('&', '&amp;').replace('<', '&lt;')}</description>"
        "<source url='https://www.bbc.com'>BBC</source></item></channel></rss>"
    )
    of_feed, of_page = reading("a.xml", feed).articles, reading("a.md", PAGE).articles
    assert [(a.id, a.title, a.publisher, a.url, a.cluster, a.text) for a in of_feed] == [
        (a.id, a.title, a.publisher, a.url, a.cluster, a.text) for a in of_page
    ]
    assert of_feed[0].published_at == dt.datetime(2026, 1, 14, 8, tzinfo=dt.UTC)


def test_the_single_entry_of_a_search_feed_is_one_headline(reading):
    feed = (
        "<rss version='2.0'><channel><title>\"Japan\" - Google News</title><item><title>Leaders meet - BBC</title>"
        "<link>https://news.google.com/rss/articles/A?oc=5</link><pubDate>Wed, 14 Jan 2026 08:00:00 GMT</pubDate>"
        '<description>&lt;a href="https://news.google.com/rss/articles/A?oc=5"&gt;Leaders meet&lt;/a&gt;'
        "&amp;nbsp;&amp;nbsp;"
        '&lt;font color="#6f6f6f"&gt;BBC&lt;/font&gt;</description></item></channel></rss>'
    )
    article = reading("a.xml", feed).only
    assert (article.title, article.publisher, article.text) == ("Leaders meet", "BBC", "")


def test_a_page_without_date_is_a_problem(reading):
    assert reading("a.md", LIST).problems == ["a.md:1: no publication date; add `date: YYYY-MM-DD` to the front matter"]
