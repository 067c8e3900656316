"""Markdown with YAML front matter: title, date, source (publisher, author), url (link); the body as paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from kg.sources import front_matter, text
from kg.sources.clean import clean_title, clean_url
from kg.sources.dates import DateError
from kg.sources.encoding import UndecodableError, decode
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

__all__ = ["document", "name", "read", "sniff", "suffixes", "to_text"]

name = "markdown"
suffixes: tuple[str, ...] = (".md", ".markdown", ".mdown")

DATES = ("date", "published", "pub_date", "pubdate", "publication_date", "published_at")
PUBLISHERS = ("publisher", "source", "outlet", "author")
LINKS = ("url", "link", "original_url")
_OURS = {*DATES, *PUBLISHERS, *LINKS, "title", "headline", "language", "lang", "id", "cluster"}

_RULE = re.compile(r"[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]+|$)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,2}[.)])[ \t]+")
_QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)+")
_TABLE_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t:-]*")
_DEFINITION = re.compile(r"[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\](?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\])")
_LINK = re.compile(r"\[([^\[\]\n]*)\](?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\])")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\n]{1,50}\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<https?://[^<>\s]*>")
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]*[%>]\}\}")
_EMPHASIS = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=[^\s\\])[*_]{1,3}(?!\w)|`+|~~")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def sniff(head: bytes) -> bool:
    """Whether the file begins with front matter."""
    return front_matter.begins_with_front_matter(head)


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The one article that the file is."""
    data, meta, body = document(source)
    title = first(meta, ("title", "headline"))
    published: Any = first(meta, DATES)
    heading, below = _take_heading(body)
    if heading and (not title or clean_title(heading) == clean_title(title)):
        title, body = title or heading, below
    plain = to_text(body)
    if not title and not plain:
        raise source.problem(Kind.EMPTY, "neither title nor text; nothing to read")
    if not published:
        published, title, plain = _dated_in_text(source, title, plain)
    publisher, url = publisher_and_link(meta)
    extra = {key: value for key, value in meta.items() if key not in _OURS and plain_value(value)}
    if author := first(meta, ("author",)):
        extra["author"] = author
    yield Record(
        sha256=hashed(data),
        date=published,
        title=title,
        text=plain,
        url=url or source.url,
        publisher=publisher,
        id=first(meta, ("id",)),
        language=first(meta, ("language", "lang")),
        cluster=first(meta, ("cluster",)),
        extra=extra,
    )


def document(source: Source) -> tuple[bytes, dict[str, Any], str]:
    """Bytes, front matter and body of a file. Raises :class:`Problem`."""
    data = source.whole()
    try:
        meta, body = front_matter.split(decode(data, source.charset))
    except UndecodableError as error:
        raise source.problem(Kind.ENCODING, str(error)) from None
    except front_matter.FrontMatterError as error:
        raise source.problem(Kind.FORMAT, str(error), error.line) from None
    return data, meta, body


def first(meta: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of the named entries that is a text with something in it; of a list its first text."""
    for key in names:
        value = meta.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def publisher_and_link(meta: dict[str, Any]) -> tuple[str, str]:
    """Who published it and where. A ``source`` that is an address is where it was collected, and names nobody."""
    publisher = next((p for p in (first(meta, (key,)) for key in PUBLISHERS) if p and not clean_url(p)), "")
    link = first(meta, LINKS)
    if not link and clean_url(first(meta, ("source",))):
        link = first(meta, ("source",))
    return publisher, link


def plain_value(value: Any) -> bool:
    """Whether a front matter value is a text or a list of texts, and not empty."""
    return bool(value) and (
        isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    )


def _dated_in_text(source: Source, title: str, plain: str) -> tuple[Any, str, str]:
    """For want of a date in the front matter: a date line among the first lines of the text."""
    try:
        top = text.header(plain)
    except DateError as error:
        raise source.problem(Kind.DATE, str(error)) from None
    if top.published is None:
        raise source.problem(Kind.DATE, "no publication date; add `date: YYYY-MM-DD` to the front matter", 1)
    if title and top.title:
        return top.published.at or top.published.date, title, f"{top.title}\n\n{top.body}"
    return top.published.at or top.published.date, title or top.title, top.body


def _take_heading(body: str) -> tuple[str, str]:
    """A first-level heading at the very start, as plain text, and the rest."""
    line, _, rest = body.lstrip().partition("\n")
    return (to_text(line), rest) if re.match(r"#[ \t]+\S", line) else ("", body)


def to_text(markdown: str) -> str:
    """Markdown as plain text: paragraphs, headings and list items divided by blank lines, without marks and links.

    >>> to_text("# Talks\\n\\nThe *two* leaders [met](http://x.org)\\nin Tokyo.\\n\\n- one\\n- two")
    'Talks\\n\\nThe two leaders met in Tokyo.\\n\\none\\n\\ntwo'
    """
    paragraphs: list[str] = []
    lines: list[str] = []

    def end_paragraph() -> None:
        if lines:
            paragraphs.append(_inline(" ".join(lines)))
            lines.clear()

    for raw in _without_comments(markdown).split("\n"):
        quote = _QUOTE.match(raw)
        line = raw[quote.end() if quote else 0 :].rstrip(" \t\r\\")
        if not line.strip() or _RULE.fullmatch(line) or _FENCE.match(line) or _TABLE_RULE.fullmatch(line):
            end_paragraph()
        elif _DEFINITION.fullmatch(line):
            continue
        elif heading := _HEADING.match(line):
            end_paragraph()
            lines.append(line[heading.end() :].rstrip("# "))
            end_paragraph()
        else:
            if item := _ITEM.match(line):
                end_paragraph()
                line = line[item.end() :]
            elif line.lstrip().startswith("|"):
                end_paragraph()
                line = line.strip(" |")
            lines.append(line.strip())
    end_paragraph()
    return "\n\n".join(p for p in paragraphs if p)


def _without_comments(markdown: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := markdown.find("<!--", position)) >= 0:
        end = markdown.find("-->", start + 4)
        if end < 0:
            break
        parts.append(markdown[position:start])
        position = end + 3
    return "".join([*parts, markdown[position:]])


def _inline(line: str) -> str:
    """One paragraph without inline marks. Links keep their words; images, footnote marks and tags go."""
    for pattern in (_SHORTCODE, _IMAGE, _FOOTNOTE):
        line = pattern.sub("", line)
    line = _LINK.sub(r"\1", line)
    line = _EMPHASIS.sub("", _TAG.sub("", line))
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", line)).split())
