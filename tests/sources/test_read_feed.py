"""RSS 2.0 and Atom: items with their own dates, publishers and texts; no entities, no network."""

import datetime as dt
import socket

import pytest

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Herald - World</title><link>https://example.org/</link><language>en-us</language>
<item><title>Leaders meet &amp;amp; talk - BBC</title><link>https://example.org/1</link>
<guid isPermaLink="false">g1</guid>
<pubDate>Thu, 16 Mar 2023 23:30:00 +0900</pubDate><source url="https://bbc.com">BBC</source>
<description>Short.</description>
<content:encoded><![CDATA[<p>One <b>bold</b>.</p><script>x()</script><p>Two&nbsp;.</p>]]>
</content:encoded></item>
<item><title>Second</title><dc:date>2023-03-17T01:00:00Z</dc:date><guid isPermaLink="false">g2</guid>
<description>Plain text, 3 &lt; 4.</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Herald</title>
<entry><title type="html">Leaders &lt;b&gt;meet&lt;/b&gt;</title><link href="https://example.org/1"/><id>tag:example.org,2023:1</id>
<updated>2023-03-18T00:00:00Z</updated><published>2023-03-16T23:30:00-05:00</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry></feed>"""


def item(inside: str) -> str:
    return f"<rss version='2.0'><channel><title>Herald</title><item>{inside}</item></channel></rss>"


def test_rss(reading):
    outcome = reading("a.xml", RSS)
    first, second = outcome.articles
    assert (first.title, first.publisher, first.url) == ("Leaders meet & talk", "BBC", "https://example.org/1")
    assert first.text == "One bold.\n\nTwo ."
    assert first.published_at.isoformat() == "2023-03-16T23:30:00+09:00"
    assert (first.published, first.language, first.origin.line) == (dt.date(2023, 3, 16), "en", 1)
    assert (second.publisher, second.text, second.url) == ("Herald - World", "Plain text, 3 < 4.", None)
    assert (second.published, second.origin.line) == (dt.date(2023, 3, 17), 2)
    assert outcome.report.formats == {"feed": 2}


def test_atom(reading):
    article = reading("a.atom", ATOM).only
    assert (article.title, article.text, article.publisher) == ("Leaders meet", "One.\n\nTwo.", "Herald")
    assert article.published_at.isoformat() == "2023-03-16T23:30:00-05:00"


def test_a_guid_is_an_id_only_without_a_link_and_within_its_feed(reading):
    with_link, without = reading("a.xml", RSS).articles
    assert (
        with_link.id
        == reading("b.jsonl", '{"url": "https://example.org/1", "date": "2023-03-16", "title": "T"}').only.id
    )
    renamed = RSS.replace("Plain text", "Corrected text")
    assert reading("a.xml", renamed).articles[1].id == without.id
    other_feed = RSS.replace("Herald - World", "Tribune - World")
    assert reading("c.xml", other_feed).articles[1].id != without.id


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("<title>T</title><link>https://example.org/1</link>", "a.xml:1: no publication date; give one as YYYY-MM-DD"),
        ("<title>T</title><pubDate>soon</pubDate>", "a.xml:1: the date 'soon' can't be read; write it as YYYY-MM-DD"),
        ("<pubDate>Thu, 16 Mar 2023 00:00:00 GMT</pubDate>", "a.xml:1: neither title nor text; nothing to read"),
        (
            f"<title>T</title><description>{'&lt;div&gt;' * 300}x</description>",
            "a.xml:1: HTML tags nested more than 255 deep; give the text without the page around it",
        ),
    ],
)
def test_bad_items_are_named_by_their_place(reading, inside, problem):
    assert reading("a.xml", item(inside)).problems == [problem]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss version='2.0'><channel><item><title>&b;</title></item></channel></rss>"
)
FOREIGN = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize("content", [LAUGHS, FOREIGN, LAUGHS.encode("utf-16")], ids=["laughs", "external", "utf-16"])
def test_entity_declarations_are_refused_before_parsing(reading, content):
    assert reading("a.xml", content).problems == ["a.xml: declares XML entities; remove the DOCTYPE, feeds need none"]


def test_a_doctype_without_entities_is_harmless_and_fetches_nothing(reading, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">'
    assert len(reading("a.xml", RSS.replace("<rss", doctype + "<rss", 1)).articles) == 2


def test_undeclared_html_entities_are_understood(reading):
    inside = "<title>Caf&eacute; talks</title><pubDate>2023-03-16</pubDate><description>a&nbsp;b</description>"
    article = reading("a.xml", item(inside)).only
    assert (article.title, article.text) == ("Café talks", "a b")


def test_what_stands_before_a_break_is_read_and_the_break_named(reading):
    outcome = reading("a.xml", RSS[: RSS.index("<item><title>Second") + 20])
    assert outcome.articles[0].publisher == "BBC"
    assert "a.xml: is not well-formed XML" in outcome.problems[0]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_declared_encodings(reading, encoding):
    inside = "<title>Café</title><pubDate>2023-03-16</pubDate>"
    content = f'<?xml version="1.0" encoding="{encoding}"?>{item(inside)}'.encode(encoding)
    assert reading("a.xml", content).only.title == "Café"


def test_a_feed_of_a_million_tags_is_refused(reading):
    assert reading("a.xml", "<rss>" + "<item>" * 1_000_000).problems == [
        "a.xml: has more than 1,000,000 tags; split the feed"
    ]


def test_other_xml_is_no_feed(reading):
    assert reading("a.xml", "<?xml version='1.0'?><svg></svg>").problems == [
        "a.xml: XML, but neither RSS nor Atom; give a feed, or another --format"
    ]
