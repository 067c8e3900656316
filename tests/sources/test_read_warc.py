"""Web archives made here: records of all kinds, packed and not, whole and torn."""

from __future__ import annotations

import gzip
import io
import random

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

TEXT = "The leaders of Japan and South Korea met in Tokyo on Thursday and agreed to resume their regular visits."
DATED = '<meta property="article:published_time" content="2023-03-16T23:30:00+09:00">'


def page(title: str, head: str = DATED, text: str = TEXT) -> bytes:
    site = '<meta property="og:site_name" content="The Herald">'
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{site}{head}</head><body><article><h1>{title}</h1>"
        f"<p>{text}</p><p>They will meet again in the summer, and so will their ministers.</p></article></body></html>"
    ).encode()


def archive(*records: tuple[str, str, str, bytes], packed: bool = False) -> bytes:
    """Records of type, status line, content type and body."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for number, (kind, status, content, body) in enumerate(records, 1):
        head = StatusAndHeaders(status, [("Content-Type", content)], protocol="HTTP/1.1") if status else None
        url = f"https://www.example.org/news/{number}"
        writer.write_record(
            writer.create_warc_record(
                url, kind, payload=io.BytesIO(body), http_headers=head, warc_content_type=None if status else content,
                warc_headers_dict={"WARC-Date": "2023-03-20T10:00:00Z"},
            )
        )  # fmt: skip
    return out.getvalue()


RECORDS = [
    ("response", "200 OK", "text/html; charset=utf-8", page("Leaders meet")),
    ("response", "200 OK", "image/png", b"\x89PNG"),
    ("response", "404 Not Found", "text/html", page("Not found")),
    ("request", "GET / HTTP/1.1", "text/html", b""),
    ("response", "200 OK", "text/html", page("Another day", text=TEXT + " The rest is silence for today.")),
]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "crawl"])
def test_pages_of_an_archive(reading, name):
    first, second = reading(name, archive(*RECORDS, packed=name.endswith("gz"))).articles
    assert (first.title, first.publisher, first.url) == (
        "Leaders meet", "The Herald", "https://www.example.org/news/1",
    )  # fmt: skip
    assert first.published_at.isoformat() == "2023-03-16T23:30:00+09:00"
    assert first.text.startswith(TEXT)
    assert (first.origin.line, first.extra["retrieved"], second.title) == (
        2, "2023-03-20T10:00:00+00:00", "Another day",
    )  # fmt: skip


def test_bodies_in_parts_and_packed(reading):
    body = gzip.compress(page("Leaders meet"))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    fields = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record("https://example.org/", "response", payload=io.BytesIO(chunked), http_headers=head)
    )
    assert reading("a.warc", out.getvalue()).only.title == "Leaders meet"


def test_a_bad_page_costs_itself_only(reading):
    records = [("response", "200 OK", "text/html", page("No date", head="")), RECORDS[0],
               ("response", "200 OK", "text/html", b"")]  # fmt: skip
    outcome = reading("a.warc", archive(*records))
    assert [article.title for article in outcome.articles] == ["Leaders meet"]
    assert [problem.partition(": ")[0] for problem in outcome.problems] == ["a.warc:2", "a.warc:4"]
    assert "no publication date in the page" in outcome.problems[0]


def test_a_torn_archive_gives_what_is_whole(reading):
    outcome = reading("a.warc", archive(*RECORDS)[:-300])
    assert [article.title for article in outcome.articles] == ["Leaders meet"]
    assert outcome.problems == ["a.warc:6: the record is damaged (the file ends within it)"]


def test_a_torn_packed_archive_gives_what_came_before(reading):
    noise = random.Random(1)
    pages = [
        ("response", "200 OK", "text/html", page(f"No {n}", text=TEXT + noise.randbytes(20_000).hex()))
        for n in range(40)
    ]
    outcome = reading("a.warc.gz", archive(*pages, packed=True)[:-200])
    assert 10 < len(outcome.articles) < 40
    assert "the gzip file ends early" in outcome.problems[-1]


def test_what_is_no_record_ends_the_reading(reading):
    outcome = reading("a.warc", archive(RECORDS[0]) + b"garbage\r\n" * 50)
    assert [article.title for article in outcome.articles] == ["Leaders meet"]
    assert "the archive can't be read further" in outcome.problems[-1]


def test_an_archive_without_pages_is_told(reading):
    assert reading("a.warc", archive(RECORDS[1])).problems == [
        "a.warc: holds no articles; check the file, or give --format"
    ]
