"""RSS and Atom feeds, through feedparser, which is given bytes and so has nothing to fetch.

A feed is parsed whole. Before that, entity declarations are refused: a few lines of them expand to gigabytes, or
read files. Google News feeds list the headlines of a story in each item's description; every one is an article.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from kg.model import digest
from kg.sources import google_news, markup
from kg.sources.encoding import UndecodableError, decode
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

__all__ = ["name", "read", "sniff", "suffixes"]

name = "feed"
suffixes: tuple[str, ...] = (".rss", ".atom", ".xml", ".rdf")

_MAX_TAGS = 1_000_000
"""Most tags of one feed: some 100,000 items, which take the parser half a minute."""

_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF|atom:feed)[\s>]", re.IGNORECASE)
_PROLOG = re.compile(rb"\s*(?:<\?xml\b|<!--|<!DOCTYPE\s+rss\b|<rss\b|<feed\b|<rdf:RDF\b|<atom:feed\b)", re.IGNORECASE)
_DECLARATION = re.compile(r"<!ENTITY\b|<!DOCTYPE[^<>]*\[", re.IGNORECASE)
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,300}|[0-9]{1,300});?")
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^<>]{0,200}\?>")


def sniff(head: bytes) -> bool:
    """Whether the first element is that of a feed."""
    if not _PROLOG.match(head):
        return False
    html, root = re.search(rb"<html\b", head, re.IGNORECASE), _ROOT.search(head)
    return root is not None and (html is None or root.start() < html.start())


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The items, numbered from 1 as they stand in the feed."""
    import feedparser

    data = source.whole()
    try:
        text = decode(data, source.charset)
    except UndecodableError as error:
        raise source.problem(Kind.ENCODING, str(error)) from None
    if _DECLARATION.search(text):
        raise source.problem(Kind.UNSAFE, "declares XML entities; remove the DOCTYPE, feeds need none")
    if text.count("<") > _MAX_TAGS:
        raise source.problem(Kind.SIZE, f"has more than {_MAX_TAGS:,} tags; split the feed")
    # without its own declaration the text is what was decoded, whatever encoding the feed names
    body = _REFERENCE.sub(_possible, _XML_DECLARATION.sub("", text, count=1)).encode("utf-8", "replace")
    try:
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=True)
    except Exception as error:
        what = (
            f"damaged beyond what the feed parser takes ({type(error).__name__}); mend it, or give its items as JSONL"
        )
        raise source.problem(Kind.FORMAT, what) from None
    if not parsed.get("version") and not parsed.entries:
        raise source.problem(Kind.FORMAT, "XML, but neither RSS nor Atom; give a feed, or another --format")
    if parsed.bozo and isinstance(parsed.get("bozo_exception"), Exception) and _is_cut(parsed.bozo_exception):
        yield source.problem(
            Kind.FORMAT, f"is not well-formed XML ({_reason(parsed.bozo_exception)}); items may be missing"
        )
    sha256 = hashed(data)
    for position, entry in enumerate(parsed.entries, start=1):
        try:
            yield from _records(entry, parsed.feed, sha256, position)
        except markup.MarkupError as error:
            yield source.problem(Kind.UNSAFE, str(error), position)


def _possible(reference: re.Match[str]) -> str:
    """A character reference, or nothing in place of one to no character: the parser does not survive surrogates."""
    digits = reference[1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    is_character = 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF or number in (9, 10, 13)
    return reference[0] if is_character else ""


def _is_cut(error: Exception) -> bool:
    return "no element found" in str(error) or "unclosed" in str(error)


def _reason(error: Exception) -> str:
    return str(error).replace("<unknown>:", "line ")[:100]


def _records(entry: Any, channel: Any, sha256: str, position: int) -> Iterator[Record]:
    """The article of one item, or the articles of the cluster in its description.

    A guid names an item of its feed, and need not be the only one of that name elsewhere: it is an id only together
    with the feed's name, and only where there is no link.
    """
    published = entry.get("published") or entry.get("created") or entry.get("updated")
    link, guid = entry.get("link") or "", entry.get("id") or ""
    description = _longest(entry)
    language = _language(entry) or channel.get("language")
    if google_news.is_cluster(description):
        for item in google_news.items(description):
            yield Record(
                sha256=sha256,
                date=published,
                title=item.title,
                url=item.url,
                publisher=item.publisher or _publisher(entry, channel),
                cluster=link or guid,
                language=language,
                item=position,
                language_hint=True,
            )
        return
    yield Record(
        sha256=sha256,
        date=published,
        title=_title(entry),
        text=description,
        url=link,
        publisher=_publisher(entry, channel),
        id=digest(_publisher(entry, channel), guid) if guid and not link else None,
        language=language,
        item=position,
        language_hint=True,
        extra={
            key: value for key, value in (("guid", guid), ("author", entry.get("author"))) if value and value != link
        },
    )


def _title(entry: Any) -> str:
    title = str(entry.get("title") or "")
    # titles are plain text in RSS and may be HTML in Atom: tags are taken out of both, a lone < is kept
    return markup.to_text(title) if markup.is_markup(title) else title


def _longest(entry: Any) -> str:
    """The longest of contents and summary; those that are HTML as plain text, unless they are a Google News list."""
    texts = [""]
    for part in [*(entry.get("content") or []), entry.get("summary_detail") or {}]:
        value = str(part.get("value") or "")
        plain = part.get("type") == "text/plain" and not markup.is_markup(value)
        texts.append(value if plain or google_news.is_cluster(value) else markup.to_text(value))
    return max(texts, key=len)


def _publisher(entry: Any, channel: Any) -> str:
    """Whom the item names as its source (``source``, ``dc:publisher``), else the feed."""
    origin = entry.get("source") or {}
    return str(origin.get("title") or entry.get("publisher") or channel.get("title") or "")


def _language(entry: Any) -> str | None:
    return (entry.get("title_detail") or {}).get("language") or None
