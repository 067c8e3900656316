"""The Google News cluster page: a list of headlines on one story, each with its own publisher and link.

Each list item is an article of its own, with a title and no text, all in one cluster. The same list stands in the
descriptions of Google News feeds, which ``kg.sources.feed`` hands to :func:`items`. The front matter's description and
summary repeat the list and are not text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.sources import markup
from kg.sources.markdown import DATES, document, first
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

__all__ = ["Item", "items", "name", "read", "sniff", "suffixes"]

name = "google_news"
suffixes: tuple[str, ...] = ()

_LIST = re.compile(r"<li>\s*<a\s[^<>]*href\s*=\s*[\"']?https?://news\.google\.[a-z.]+/", re.IGNORECASE)
_LIST_BYTES = re.compile(_LIST.pattern.encode("ascii"), re.IGNORECASE)
_ENTRY = re.compile(r"\s*(?:<ol>\s*<li>\s*)?<a\s[^<>]*>[^<>]{1,2000}</a>(?:&nbsp;|\s)*<font\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One headline of a cluster."""

    title: str
    url: str
    publisher: str


def sniff(head: bytes) -> bool:
    """Whether the file holds a list of links into Google News."""
    return _LIST_BYTES.search(head) is not None


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """One record for each item of the list. The page's own link names the cluster, else its slug, else the file."""
    data, meta, body = document(source)
    published = first(meta, DATES)
    if not published:
        raise source.problem(Kind.DATE, "no publication date; add `date: YYYY-MM-DD` to the front matter", 1)
    cluster = first(meta, ("link", "url")) or first(meta, ("slug", "title")) or source.name
    try:
        found = items(body)
    except markup.MarkupError as error:
        raise source.problem(Kind.UNSAFE, str(error)) from None
    sha256 = hashed(data)
    for position, item in enumerate(found, start=1):
        yield Record(
            sha256=sha256,
            date=published,
            title=item.title,
            url=item.url,
            publisher=item.publisher,
            cluster=cluster,
            language=first(meta, ("language", "lang")),
            item=position,
        )


def is_cluster(fragment: str) -> bool:
    """Whether an HTML fragment is such a list, or the single entry that Google's search feeds have."""
    return _LIST.search(fragment) is not None or _ENTRY.match(fragment) is not None


def items(fragment: str) -> list[Item]:
    """The headlines in an HTML list: in each item a link with the title, then the publisher.

    >>> items('<ol><li><a href="http://n.org/1">Leaders meet</a>&nbsp;&nbsp;<font color="#6f6f6f">BBC</font></li></ol>')
    [Item(title='Leaders meet', url='http://n.org/1', publisher='BBC')]

    Raises :class:`kg.sources.markup.MarkupError`.
    """
    tree = markup.parse(fragment)
    if tree is None:
        return []
    found = []
    for link in tree.iter("a"):
        title = markup.tree_text(link)
        publisher = next((s for s in link.itersiblings() if s.tag in {"font", "span"}), None)
        if title:
            name_of = "" if publisher is None else markup.tree_text(publisher)
            found.append(Item(title, link.get("href") or "", name_of))
    return found
