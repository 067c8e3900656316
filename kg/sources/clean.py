"""Cleaning of titles and texts. It happens here and only here, so that offsets always fit the ``Article`` as given.

What goes: NUL and other control characters, lone surrogates, zero-width, bidirectional and other invisible format
characters. What changes: line ends become ``\\n``, every kind of blank a space, the whole NFC (Unicode Annex 15).
"""

from __future__ import annotations

import functools
import html
import re
import sys
import unicodedata
from typing import Any
from urllib.parse import urlsplit

__all__ = ["clean_line", "clean_text", "clean_title", "clean_url", "clean_value", "visible"]

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028]")
_PARAGRAPH_END = "\u2029"
_BLANKS = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_ODD = re.compile("[^\n\x20-\x7e]")
_MAY_COMPOSE = re.compile("[\u0300-\u1fff\u2100-\uffff\U00010000-\U0010ffff]")
_BLANK_LINES = re.compile(r"\n[ \n]*\n")

_STREAM_SAFE = 30
"""Longest run of combining marks, as in Unicode's Stream-Safe Text Format; longer runs make normalisation quadratic."""
_URL_LENGTH = 4_000
_URL_ESCAPES = {ord(c): f"%{ord(c):02X}" for c in ' <>"`\\{}|^'}
_SEPARATORS = (" - ", " – ", " — ", " | ")


@functools.cache
def _long_mark_runs() -> re.Pattern[str]:
    """A pattern for runs of combining marks of over 30, with the first 30 in group 1. Built when first needed."""
    marks = [i for i in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(i))]
    ranges: list[list[int]] = []
    for mark in marks:
        if ranges and mark == ranges[-1][1] + 1:
            ranges[-1][1] = mark
        else:
            ranges.append([mark, mark])
    cls = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return re.compile(f"([{cls}]{{{_STREAM_SAFE}}})[{cls}]+")


def visible(text: str) -> str:
    """A text with what is invisible taken out and every blank and line end made the plain one; nothing else."""
    if not _ODD.search(text):
        return text
    text = _LINE_ENDS.sub("\n", text).replace(_PARAGRAPH_END, "\n\n")
    text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    if _MAY_COMPOSE.search(text):
        text = unicodedata.normalize("NFC", _long_mark_runs().sub(r"\1", text))
    return text


def clean_text(text: str) -> str:
    r"""A text with paragraphs kept, at most one blank line between two of them, and nothing invisible.

    >>> clean_text("One\u200b two\r\n\r\n\r\n\r\nthree\x00 ")
    'One two\n\nthree'
    """
    text = visible(text)
    if "\n\n\n" in text or "\n " in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def clean_line(text: str) -> str:
    """A name or id: cleaned, on one line, single spaces."""
    return " ".join(visible(text).split())


def clean_title(title: str, publisher: str | None = None) -> str:
    """A headline on one line, HTML entities resolved, without the publisher's name that aggregators append.

    >>> clean_title("Leaders meet &amp; talk&nbsp;- dw.com", "DW.com")
    'Leaders meet & talk'
    """
    for _ in range(2):  # feeds escape what was escaped already
        if "&" in title:
            title = html.unescape(title)
    title = clean_line(title)
    if publisher and len(title) > len(publisher):
        rest, end = title[: -len(publisher)], title[-len(publisher) :]
        if end.casefold() == publisher.casefold():
            for separator in _SEPARATORS:
                if rest.endswith(separator):
                    return rest.removesuffix(separator).strip() or title
    return title


def clean_url(url: str) -> str | None:
    """An absolute http or https address, or None: other schemes are never links (``javascript:``, ``file:``).

    >>> clean_url(" https://example.org/a b "), clean_url("javascript:alert(1)")
    ('https://example.org/a%20b', None)
    """
    url = clean_line(url).translate(_URL_ESCAPES)
    if len(url) > _URL_LENGTH:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and host else None


def clean_value(value: Any) -> Any:
    """A value of an unknown column, made of what JSON can hold; strings cleaned, numbers that are not finite None."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {clean_line(str(k)): clean_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean_value(v) for v in value]
    return clean_text(str(value))
