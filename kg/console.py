"""What goes to the terminal: tables, progress and messages, free of control characters from the data."""

from __future__ import annotations

import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

__all__ = ["clean", "progress", "table"]

T = TypeVar("T")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(value: object) -> str:
    """A value as one line of text that can't steer a terminal: control and direction characters are removed."""
    return _CONTROL.sub("", str("" if value is None else value).replace("\n", " "))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], width: int | None = None) -> str:
    """Rows as aligned columns under a header; the widest columns are cut so that a line fits the terminal."""
    cells = [[clean(value) for value in row] for row in rows]
    if not cells:
        return "(nothing found)"
    limit = width or shutil.get_terminal_size((120, 24)).columns
    widths = [max(_width(line[n]) for line in [list(header), *cells]) for n in range(len(header))]
    while sum(widths) + 2 * len(widths) > limit and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    numeric = [all(re.fullmatch(r"[-+]?[\d.,]*%?", row[n]) for row in cells) for n in range(len(header))]

    def line(values: Sequence[str]) -> str:
        out = []
        for value, size, right in zip(values, widths, numeric, strict=True):
            cut = _cut(value, size)
            pad = " " * (size - _width(cut))
            out.append(pad + cut if right else cut + pad)
        return "  ".join(out).rstrip()

    return "\n".join([line(list(header)), line(["─" * size for size in widths]), *(line(row) for row in cells)])


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Pass items through and, on a terminal and after two seconds, show how many went by, how fast, and how long to go."""
    if not sys.stderr.isatty():
        yield from items
        return
    begun = shown = time.monotonic()
    count = 0
    try:
        for item in items:
            yield item
            count += 1
            now = time.monotonic()
            if now - begun > 2 and now - shown > 0.25:
                shown = now
                rate = count / (now - begun)
                left = f", {(total - count) / rate:.0f} s to go" if total and rate else ""
                sys.stderr.write(f"\r\x1b[K{count} {what}, {rate:.1f}/s{left}")
                sys.stderr.flush()
    finally:
        if shown > begun:
            sys.stderr.write("\r\x1b[K")
