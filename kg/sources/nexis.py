"""Nexis exports in DOCX (Nexis Uni, Lexis Advance): one or many articles, each from its headline to "End of Document".

Above the text stand, a paragraph each, the headline, the publication, the date and, with labels, section, length and
byline; the text is between the paragraphs "Body" and "Classification" (or "Load-Date"). The layout is that of the
provider's own exports with full text, as its help on downloading describes it; a cover page before it is passed over.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from kg.sources.clean import clean_line
from kg.sources.dates import DateError, parse_published
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

__all__ = ["name", "read", "sniff", "suffixes"]

name = "nexis"
suffixes: tuple[str, ...] = (".docx",)

_PACKED, _UNPACKED, _RATIO = 200_000_000, 400_000_000, 200
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_END = "end of document"
_AFTER_BODY = re.compile(
    r"(?:classification|notes|graphic|correction|correction-date|load-date\s*:.*)\Z", re.IGNORECASE
)
_LABEL = re.compile(r"(section|length|byline|dateline|highlight|language|load-date|publication-type)\s*:\s*(.*)", re.I)
_KEPT = {"section": "section", "byline": "author", "dateline": "dateline", "publication-type": "publication_type"}


def sniff(head: bytes) -> bool:
    """Whether it is a zip file whose first entries are those of a Word document."""
    return head.startswith(b"PK\x03\x04") and (b"word/" in head or b"[Content_Types].xml" in head)


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The articles, numbered from 1 as they stand in the document."""
    data = source.whole(_PACKED)
    found = 0
    for position, lines in enumerate(_articles(_paragraphs(data, source)), 1):
        found = position
        record = _record(lines)
        if record is None:
            yield source.problem(
                Kind.FORMAT, "an article without a date line above its body; export it with full text", position
            )
            continue
        record.sha256, record.item = hashed("\n".join(lines).encode("utf-8", "surrogatepass")), position
        yield record
    if not found:
        raise source.problem(Kind.FORMAT, "no Nexis export (nowhere 'End of Document'); save its text as .txt instead")


def _articles(paragraphs: Iterator[str]) -> Iterator[list[str]]:
    """Paragraphs of each article; what comes after the last "End of Document" is none."""
    lines: list[str] = []
    for line in paragraphs:
        if line.lower() == _END:
            yield lines
            lines = []
        elif line:
            lines.append(line)


def _record(lines: list[str]) -> Record | None:
    body = next((at for at, line in enumerate(lines) if line.lower() == "body"), None)
    if body is None:
        return None
    above = lines[:body]
    # The cover page has dates too: the last line above the body that is nothing but a date counts.
    when = next((at for at in range(len(above) - 1, 0, -1) if _date(above[at])), None)
    if when is None:
        return None
    labels: dict[str, str] = {}
    for line in (*above[when + 1 :], *lines[body + 1 :]):
        if match := _LABEL.fullmatch(line):
            labels.setdefault(match[1].lower(), match[2])
    end = next((at for at in range(body + 1, len(lines)) if _AFTER_BODY.match(lines[at])), len(lines))
    return Record(
        sha256="",
        date=_date(above[when]),
        title=above[when - 2] if when > 1 else "",
        text="\n\n".join(lines[body + 1 : end]),
        publisher=above[when - 1],
        language="en" if labels.get("language", "").lower().startswith("english") else None,
        extra={ours: labels[label] for label, ours in _KEPT.items() if labels.get(label)},
    )


_WEEKDAY = re.compile(r"\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", re.IGNORECASE)


def _date(line: str) -> str | None:
    """The date of a line such as ``March 16, 2023 Thursday 4:17 PM GMT``, without the weekday; None for others."""
    if not re.search(r"\b(?:1[89]|20)\d\d\b", line) or len(line) > 80 or ":" in line.split(" ")[0]:
        return None
    text = _WEEKDAY.sub("", line)
    for candidate in (text, re.split(r"(?<=\d{4})\s", text, maxsplit=1)[0]):
        try:
            parse_published(candidate)
        except DateError:
            continue
        return candidate
    return None


def _paragraphs(data: bytes, source: Source) -> Iterator[str]:
    """The paragraphs of the main text, cleaned; tables and text boxes too, as they stand."""
    from lxml import etree

    xml = _document(data, source)
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml:
        raise source.problem(Kind.UNSAFE, "its XML declares entities; Word documents have none")
    try:
        parsed = etree.iterparse(
            io.BytesIO(xml), tag=f"{_WORD}p", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
        )
        for _, paragraph in parsed:
            # Text boxes hold paragraphs within a paragraph: the inner ones have been given.
            words = [
                "\n" if one.tag in (f"{_WORD}br", f"{_WORD}cr") else " " if one.tag == f"{_WORD}tab" else one.text or ""
                for one in paragraph.iter(f"{_WORD}t", f"{_WORD}br", f"{_WORD}cr", f"{_WORD}tab")
            ]
            for line in "".join(words).split("\n"):
                yield clean_line(line)
            paragraph.clear()
    except etree.XMLSyntaxError as error:
        raise source.problem(Kind.FORMAT, f"its text is no XML ({str(error)[:80]}); save the document anew") from None


def _document(data: bytes, source: Source) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo("word/document.xml")
            if entry.file_size > _UNPACKED or entry.file_size > _RATIO * max(entry.compress_size, 10_000):
                raise source.problem(Kind.UNSAFE, "unpacks to an absurd size; save the document anew")
            with archive.open(entry) as stream:
                return stream.read(_UNPACKED)
    except KeyError:
        raise source.problem(Kind.FORMAT, "a zip file without a Word document in it; unpack it first") from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise source.problem(Kind.UNREADABLE, f"can't be unpacked ({error}); get another copy") from None
