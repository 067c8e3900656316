"""Factiva exports in HTML: each article is a ``div`` of the class ``article``, in one of two layouts.

In the layout with field codes an article is a table whose rows have a code (HD headline, SN source, PD date, LP and TD
text, AN number ...) and a value; in the plain layout headline, word count, date and source stand in lines of their own
above the paragraphs, and ``Document`` with the number below them. Factiva's help on display formats describes both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.sources import markup
from kg.sources.clean import clean_line, clean_text
from kg.sources.dates import DateError, parse_published
from kg.sources.encoding import UndecodableError, decode
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

if TYPE_CHECKING:
    from kg.sources.markup import HtmlElement

__all__ = ["name", "read", "sniff", "suffixes"]

name = "factiva"
suffixes: tuple[str, ...] = ()
"""None of its own: the files end in .html and are told by their content."""

_MARK = re.compile(rb"""<div[^<>]{0,200}class=["']?article\s+[a-z]{2}article\b""", re.IGNORECASE)
_LIMIT = 200_000_000
_NUMBER = re.compile(r"(?:Document|Dokument|Documento)\s+([A-Z0-9]{10,40})")
_WORDS = re.compile(r"[\d.,\s]+(?:words|Wörter|mots|palabras)", re.IGNORECASE)
_KEPT = {"BY": "author", "SC": "source_code", "ED": "edition", "PG": "page", "NS": "subjects", "RE": "regions"}


def sniff(head: bytes) -> bool:
    """Whether a ``div`` of Factiva's article class is among the first elements."""
    return _MARK.search(head) is not None


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The articles, numbered from 1 as they stand in the file."""
    data = source.whole(_LIMIT)
    try:
        text = decode(data, source.charset)
    except UndecodableError as error:
        raise source.problem(Kind.ENCODING, str(error)) from None
    starts = [match.start() for match in re.finditer(_MARK.pattern.decode(), text, re.IGNORECASE)]
    if not starts:
        raise source.problem(Kind.FORMAT, "holds no article of a Factiva export; give --format html for a web page")
    for position, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), 1):
        part = text[start:end]
        try:
            tree = markup.parse(part)
            found = None if tree is None else (_coded(tree) or _plain(tree))
        except markup.MarkupError as error:
            yield source.problem(Kind.UNSAFE, str(error), position)
            continue
        if found is None:
            yield source.problem(Kind.FORMAT, "an article without headline, date or text; export it anew", position)
            continue
        found.sha256 = hashed(part.encode("utf-8", "surrogatepass"))
        found.item = position
        yield found


def _coded(tree: HtmlElement) -> Record | None:
    fields: dict[str, str] = {}
    for row in tree.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        code = clean_line(markup.tree_text(cells[0])) if cells else ""
        if len(cells) > 1 and re.fullmatch(r"[A-Z]{2,4}", code):
            fields.setdefault(code, clean_text(markup.tree_text(cells[1])))
    if not ({"HD", "LP", "TD"} & fields.keys() and "PD" in fields):
        return None
    return Record(
        sha256="",
        date=_when(fields["PD"], fields.get("ET")),
        title=clean_line(fields.get("HD", "")),
        text="\n\n".join(fields[code] for code in ("LP", "TD") if fields.get(code)),
        publisher=clean_line(fields.get("SN", "")),
        id=_id(fields.get("AN", "")),
        language=_language(fields.get("LA", "")),
        extra={ours: clean_line(fields[code]) for code, ours in _KEPT.items() if fields.get(code)},
    )


def _when(day: str, time: str | None) -> str:
    """The date, with the time of day where both together can be read."""
    day = clean_line(day)
    if time:
        both = f"{day} {clean_line(time)}"
        try:
            parse_published(both)
        except DateError:
            return day
        return both
    return day


def _plain(tree: HtmlElement) -> Record | None:
    title = ""
    lines: list[str] = []
    paragraphs: list[str] = []
    number = ""
    for element in tree.iter("div", "p", "span"):
        kinds = (element.get("class") or "").lower()
        content = clean_text(markup.tree_text(element))
        if "headline" in kinds or element.get("id") == "hd":
            title = title or clean_line(content)
        elif found := _NUMBER.fullmatch(clean_line(content)):
            number = number or found[1]
        elif element.tag == "p" and ("paragraph" in kinds or paragraphs):
            paragraphs.append(content)
        elif element.tag == "div" and not paragraphs and len(element) == 0 and content:
            lines.append(clean_line(content))
    place = next((at for at, line in enumerate(lines) if _is_date(line)), None)
    if place is None or not (title or paragraphs):
        return None
    above = [line for line in lines[:place] if not _WORDS.fullmatch(line)]
    below = [line for line in lines[place + 1 :] if not re.fullmatch(r"\d{1,2}:\d{2}(?::\d{2})?", line)]
    times = [line for line in lines[place + 1 : place + 2] if line not in below]
    return Record(
        sha256="",
        date=_when(lines[place], times[0] if times else None),
        title=title,
        text="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        publisher=below[0] if below else "",
        id=_id(number),
        language=_language(next((line for line in below[1:] if _language(line)), "")),
        extra={"author": above[-1]} if above else {},
    )


def _is_date(line: str) -> bool:
    if not re.search(r"\d{4}", line):
        return False
    try:
        parse_published(line)
    except DateError:
        return False
    return True


def _id(number: str) -> str | None:
    found = re.search(r"[A-Z0-9]{10,40}", number, re.IGNORECASE)
    return f"factiva.{found[0]}" if found else None


_LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "russian": "ru", "chinese": "zh",
              "arabic": "ar", "japanese": "ja", "portuguese": "pt", "italian": "it", "dutch": "nl"}  # fmt: skip


def _language(text: str) -> str | None:
    return _LANGUAGES.get(clean_line(text).lower())
