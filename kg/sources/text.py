"""Plain text: a leading ``date YYYY-MM-DD``, or a date line of its own near the top; a title line if there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.sources.dates import DateError, Published, leading_date, parse_published
from kg.sources.encoding import UndecodableError, decode
from kg.sources.record import HEAD, Kind, Options, Problem, Record, Source, hashed

__all__ = ["Header", "header", "name", "read", "sniff", "suffixes"]

name = "text"
suffixes: tuple[str, ...] = (".txt", ".text")

_FIRST_LINES = 6
_LEAD = re.compile(r"\s*date\b[ \t:]{1,5}(?=[\dA-Z])", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:(?:date|dated|published|posted|publication date|date published)\b(?: on\b)?\s?:?\s{0,5})?", re.IGNORECASE
)
_FIELD = re.compile(
    r"(title|headline|source|publisher|url|link|language|lang|id|cluster)[ \t]*:[ \t]*(\S.*)", re.IGNORECASE
)
_OUR_NAMES = {"headline": "title", "publisher": "source", "link": "url", "lang": "language"}
_TITLE_LENGTH = 200
_DATE_LIKE = re.compile(r"\d{1,5}[-/.]\d{1,2}[-/.]\d{1,5}|\d{4}")


@dataclass(frozen=True, slots=True)
class Header:
    """What the first lines of a text say of it, and the text below. ``fields`` are those written as ``source: …``."""

    published: Published | None
    title: str
    body: str
    fields: dict[str, str]


def sniff(head: bytes) -> bool:
    """Whether the bytes look like text at all: everything else has been tried before."""
    # the head may end within a character
    whole = head if len(head) < HEAD else head[: head.rfind(b"\n") + 1] or head[:-4]
    try:
        decode(whole)
    except UndecodableError:
        return False
    return head.count(b"\0") <= len(head) // 1000


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The one article that the file is."""
    data = source.whole()
    try:
        top = header(decode(data, source.charset))
    except UndecodableError as error:
        raise source.problem(Kind.ENCODING, str(error)) from None
    except DateError as error:
        raise source.problem(Kind.DATE, str(error), 1) from None
    fields = top.fields
    if not top.body.strip() and not top.title:
        raise source.problem(Kind.EMPTY, "neither title nor text; nothing to read")
    if top.published is None:
        raise source.problem(Kind.DATE, "no publication date; begin the file with a line like `date 2023-03-16`", 1)
    yield Record(
        sha256=hashed(data),
        date=top.published.at or top.published.date,
        title=fields.get("title", top.title),
        text=top.body,
        url=fields.get("url") or source.url,
        publisher=fields.get("source"),
        id=fields.get("id"),
        language=fields.get("language"),
        cluster=fields.get("cluster"),
    )


def header(text: str) -> Header:
    """Reads the first lines of a text. Raises :class:`kg.sources.dates.DateError` for a date that is impossible.

    >>> header("Leaders meet\\n12 June 2018\\n\\nThey met.").title
    'Leaders meet'
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lead = _LEAD.match(text)
    expression = _expression(text[lead.end() :]) if lead else None
    if lead is None or expression is None:
        return _with_date_line(text)
    published, below = parse_published(expression), text[lead.end() + len(expression) :]
    if below.partition("\n")[0].strip(" .:,-–—|"):  # the article goes on behind the date
        return Header(published, "", below.lstrip(" \t.:,-–—|"), {})
    return _below_date(published, "", [], below, {})


def _expression(text: str) -> str | None:
    """The date that ``text`` begins with; also what only looks like one, whose problem is then reported."""
    return leading_date(text) or (text.split(maxsplit=1)[0] if _DATE_LIKE.match(text) else None)


def _with_date_line(text: str) -> Header:
    """Finds the date line among the first lines; a title and fields may stand before it."""
    fields: dict[str, str] = {}
    above: list[str] = []
    position = seen = 0
    while seen < _FIRST_LINES and position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line, position = text[position:end].strip(), end + 1
        if not line:
            continue
        seen += 1
        if field := _FIELD.fullmatch(line):
            key = field[1].lower()
            fields[_OUR_NAMES.get(key, key)] = field[2]
        elif published := _date_line(line):
            title = above.pop(0) if above and _is_title(above[0]) else ""
            return _below_date(published, title, above, text[position:], fields)
        else:
            above.append(line)
    return Header(None, "", text, fields)


def _date_line(line: str) -> Published | None:
    if len(line) > 100:
        return None
    label = _LABEL.match(line)
    labelled = label.end() if label else 0
    rest = line[labelled:].strip(" .*_()")
    expression = leading_date(rest)
    if expression and not rest[len(expression) :].strip(" .,"):
        return parse_published(expression)
    if labelled and _expression(rest):
        return parse_published(rest)  # it says that it is a date: if it can't be read, that is a problem
    return None


def _is_title(line: str) -> bool:
    return len(line) <= _TITLE_LENGTH and not line.endswith((".", ":", ";", ","))


def _below_date(published: Published, title: str, above: list[str], below: str, fields: dict[str, str]) -> Header:
    """The text under a date line; its first line is the title if it stands alone and reads like one."""
    lines = below.lstrip("\n").split("\n", 1)
    while (field := _FIELD.fullmatch(lines[0].strip())) and len(lines) > 1:
        key = field[1].lower()
        fields[_OUR_NAMES.get(key, key)] = field[2]
        lines = lines[1].lstrip("\n").split("\n", 1)
    first, rest = lines[0].strip(), lines[1] if len(lines) > 1 else ""
    stands_alone = rest.strip() and not rest.partition("\n")[0].strip()
    if not title and "title" not in fields and first and stands_alone and _is_title(first):
        title, body = first, rest
    else:
        body = "\n".join(lines)
    return Header(published, title, "\n\n".join([*above, body]), fields)
