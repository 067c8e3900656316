"""What goes to the terminal beside results: messages free of control characters from the data, and progress."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["clean", "progress"]

T = TypeVar("T")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(value: object) -> str:
    """A value as one line of text that can't steer a terminal: control and direction characters are removed."""
    return _CONTROL.sub("", str("" if value is None else value).replace("\n", " "))


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Pass items through and, on a terminal and after two seconds, show how many went by, how fast, and how long to
    go."""
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
