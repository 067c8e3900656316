"""What goes to the terminal beside results: messages free of control characters from the data, and progress."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["clean", "duration", "printable", "printable_json", "progress"]

T = TypeVar("T")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(value: object) -> str:
    """A value as one line of text that can't steer a terminal: control and direction characters are removed."""
    return _CONTROL.sub("", str("" if value is None else value).replace("\n", " "))


def printable(text: str) -> str:
    """A text of several lines for a terminal: as :func:`clean`, with line ends kept."""
    return _CONTROL.sub("", text)


def printable_json(text: str) -> str:
    """JSON for a terminal: control and direction characters, which stand in strings only, are escaped."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def duration(seconds: float) -> str:
    """A length of time to read at a glance.

    >>> duration(41.4), duration(605), duration(9000)
    ('41 s', '10 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def progress(
    items: Iterable[T], what: str, total: int | None = None, share: Callable[[], float | None] | None = None
) -> Iterator[T]:
    """Pass items through and, on a terminal and after two seconds, show how many went by, how fast, and how long to go.

    How long follows from ``total``, or from ``share``, which says how much of the work (0 to 1) is done by now.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    begun = shown = time.monotonic()
    count = 0

    def done() -> float:
        return count / total if total else (share() or 0.0) if share is not None else 0.0

    try:
        for item in items:
            yield item
            count += 1
            now = time.monotonic()
            if count == 1:  # what was passed over before the first item says nothing of the speed
                first, before = now, done()
            if now - begun > 2 and now - shown > 0.25:
                shown = now
                part = done()
                known = before < part < 1
                left = f", {duration((now - first) * (1 - part) / (part - before))} to go" if known else ""
                sys.stderr.write(f"\r\x1b[K{count} {what}, {count / (now - begun):.1f}/s{left}")
                sys.stderr.flush()
    finally:
        if shown > begun:
            sys.stderr.write("\r\x1b[K")
