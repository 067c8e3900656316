"""Web pages: text by trafilatura; date, title, publisher and address from JSON-LD, meta and time elements.

The declared metadata comes first because it keeps time and zone; htmldate's search is asked where there is none. Its
wider search in running text is not used: it takes any number for a date.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from kg.sources import markup, text
from kg.sources.clean import clean_line, clean_text, clean_url
from kg.sources.dates import DateError, Published, latest, parse_published
from kg.sources.encoding import UndecodableError, decode
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

if TYPE_CHECKING:
    from kg.sources.markup import HtmlElement

__all__ = ["name", "read", "sniff", "suffixes"]

name = "html"
suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")

for _library in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # their warnings are no news for our users

_START = re.compile(
    rb"\s*(?:<\?xml[^<>]*\?>\s*|<!--(?:(?!-->).){0,5000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_CAREFUL_BELOW = 3_000
"""Elements up to which trafilatura compares several extractors; above, that takes time by their number squared."""

_DATE_LABEL = re.compile(
    r"(?:published|updated|posted|last updated|first published|date)(?: on| at)?\s?:?", re.IGNORECASE
)
_ARTICLE_TYPES = re.compile(r"Article|Posting|Report")
_META_DATES = ("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "pubdate",
               "publish-date", "publication_date", "publish_date", "dc.date.issued", "dcterms.issued", "dc.date",
               "dcterms.created", "date")  # fmt: skip
_META_TITLES = ("og:title", "twitter:title", "dc.title")
_META_PUBLISHERS = ("og:site_name", "dc.publisher", "dcterms.publisher", "application-name")
_LD_DEPTH = 6


def sniff(head: bytes) -> bool:
    """Whether the first element is that of a page."""
    return _START.match(head) is not None


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The one article that the page is."""
    data = source.whole()
    try:
        tree = markup.parse(decode(data, source.charset))
    except UndecodableError as error:
        raise source.problem(Kind.ENCODING, str(error)) from None
    except markup.MarkupError as error:
        raise source.problem(Kind.UNSAFE, str(error)) from None
    if tree is None:
        raise source.problem(Kind.EMPTY, "the page is empty; nothing to read")
    linked = _linked_data(tree)
    meta = _meta(tree)
    found = _library_metadata(tree, source.url)
    title = _first(linked.get("headline"), *(meta.get(key) for key in _META_TITLES), found.title, _title_element(tree))
    publisher = _first(linked.get("publisher"), *(meta.get(key) for key in _META_PUBLISHERS), found.sitename)
    headings = {title, *(clean_line(markup.tree_text(h)) for h in tree.iter("h1"))}
    body = _without_head(_body(tree), headings)
    published, wrong = _declared_date(tree, linked, meta, found.date)
    if published is None:
        published, body, wrong = _date_in_text(body, wrong)
    if published is None:
        raise source.problem(
            Kind.DATE, wrong or "no publication date in the page; give it as JSONL or Markdown with a date"
        )
    yield Record(
        sha256=hashed(data),
        date=published.at or published.date,
        title=title,
        text=body,
        url=_address(tree, meta, source.url) or found.url,
        publisher=publisher,
        language=tree.get("lang") or tree.get("xml:lang") or linked.get("inLanguage"),
        language_hint=True,
        extra={"author": found.author} if found.author else {},
    )


def _first(*values: Any) -> str:
    return next((clean_line(v) for v in values if isinstance(v, str) and v.strip()), "")


def _library_metadata(tree: HtmlElement, url: str | None) -> Any:
    """trafilatura's metadata, with the date by htmldate. The tree is not changed."""
    from copy import deepcopy

    from trafilatura.metadata import Document, extract_metadata

    dates = {
        "original_date": True,
        "extensive_search": False,
        "outputformat": "%Y-%m-%d",
        "max_date": latest().isoformat(),
    }
    try:
        return extract_metadata(deepcopy(tree), default_url=url, date_config=dates)
    except Exception:  # whatever a page does to the library, the rest of its metadata may still be read
        logging.getLogger(__name__).debug("metadata extraction failed", exc_info=True)
        return Document()


def _body(tree: HtmlElement) -> str:
    """The article's paragraphs; where trafilatura finds none, all the words of the page."""
    from copy import deepcopy

    from trafilatura import extract

    elements = sum(1 for _ in tree.iter())
    try:
        found = extract(
            deepcopy(tree),
            include_comments=False,
            include_tables=False,
            include_formatting=False,
            fast=elements > _CAREFUL_BELOW,
            output_format="txt",
        )
    except Exception:
        logging.getLogger(__name__).debug("text extraction failed", exc_info=True)
        found = None
    if not found:
        return clean_text(markup.tree_text(tree))
    return "\n\n".join(line.strip() for line in clean_text(found).split("\n") if line.strip())


def _without_head(body: str, headings: set[str]) -> str:
    """The text without what pages repeat above it: the headline, and the label or line of the date."""
    for _ in range(3):
        first, _, rest = body.partition("\n\n")
        if not rest or not (clean_line(first) in headings or _DATE_LABEL.fullmatch(first)):
            break
        body = rest
    return body


def _declared_date(
    tree: HtmlElement, linked: dict[str, Any], meta: dict[str, str], otherwise: str | None
) -> tuple[Published | None, str]:
    """The first declared date that can be read, else what was wrong with the last one that could not."""
    times = [t.get("datetime") or markup.tree_text(t) for t in _publication_times(tree)]
    wrong = ""
    for value in (linked.get("datePublished"), *(meta.get(key) for key in _META_DATES), *times, otherwise):
        if not isinstance(value, str) or not value.strip():
            continue
        try:
            return parse_published(value), ""
        except DateError as error:
            wrong = str(error)
    return None, wrong


def _publication_times(tree: HtmlElement) -> list[HtmlElement]:
    """Time elements: those marked as publication dates, else the only one of the page."""
    times = list(tree.iter("time"))
    marked = [t for t in times if t.get("pubdate") is not None or (t.get("itemprop") or "").lower() == "datepublished"]
    return marked or (times if len(times) == 1 else [])


def _date_in_text(body: str, wrong: str) -> tuple[Published | None, str, str]:
    """A date line among the first lines of the text, which is then no longer part of it."""
    try:
        top = text.header(body)
    except DateError as error:
        return None, body, wrong or str(error)
    if top.published is None:
        return None, body, wrong
    return top.published, "\n\n".join(part for part in (top.title, top.body) if part), wrong


def _title_element(tree: HtmlElement) -> str:
    element = next(tree.iter("title"), None)
    return "" if element is None else clean_line(element.text or "")


def _address(tree: HtmlElement, meta: dict[str, str], url: str | None) -> str:
    """The canonical address, made absolute where the page was fetched; else the address fetched."""
    links = [link.get("href") or "" for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    for candidate in (*links, meta.get("og:url", "")):
        if candidate and (absolute := clean_url(urljoin(url, candidate) if url else candidate)):
            return absolute
    return url or ""


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Contents of meta elements by name, property or itemprop in lower case; the first of each counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = element.get("content") or ""
        for attribute in ("property", "name", "itemprop"):
            key = (element.get(attribute) or "").strip().lower()
            if key and content.strip():
                found.setdefault(key, content)
    return found


def _linked_data(tree: HtmlElement) -> dict[str, Any]:
    """headline, datePublished, publisher and inLanguage of the first article in the page's JSON-LD."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json" or not script.text:
            continue
        try:
            data = json.loads(script.text)
        except (ValueError, RecursionError):
            continue
        article = _article_in(data, 0)
        if article is not None:
            publisher = article.get("publisher")
            if isinstance(publisher, list) and publisher:
                publisher = publisher[0]
            return {**article, "publisher": publisher.get("name") if isinstance(publisher, dict) else publisher}
    return {}


def _article_in(data: Any, depth: int) -> dict[str, Any] | None:
    """The first object that is an article, in lists, ``@graph`` and ``mainEntity`` too."""
    if depth > _LD_DEPTH:
        return None
    if isinstance(data, list):
        return next((found for part in data if (found := _article_in(part, depth + 1))), None)
    if not isinstance(data, dict):
        return None
    if _ARTICLE_TYPES.search(str(data.get("@type"))) and (data.get("datePublished") or data.get("headline")):
        return data
    return _article_in(data.get("@graph"), depth + 1) or _article_in(data.get("mainEntity"), depth + 1)
