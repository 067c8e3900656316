"""How many: the number that words before a noun state, or None where they state none."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from kg.extract.lexicon import yaml_resource

__all__ = ["number"]

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+\Z|\d+\Z")


@functools.cache
def _table() -> dict[str, Any]:
    raw: dict[str, Any] = yaml_resource("casualties.yaml")
    return raw


def number(words: Sequence[str]) -> int | None:
    """The whole number that the words state: digits, words up to the thousands, dozens.

    A range gives its lower end. Of "dozens" and "hundreds", of millions and shares, nothing exact is known: None. So it
    is of an upper bound ("up to 40", "as many as 40"); a lower one ("at least 40", "more than 40") gives the number.

    >>> number("at least twenty - five".split()), number("half a dozen".split()), number(["hundreds"])
    (25, 6, None)
    """
    table = _table()
    text = " ".join(words).lower()
    if any(f" {phrase} " in f" {text} " for phrase in table["upper"]):
        return None
    if set(words) & set(table["never"]):
        return None
    total: int | None = None
    half = False
    for word in text.replace("-", " - ").replace("–", " – ").split():
        value = _value(word, table)
        if word == "half":
            half = True
        elif total is not None and (word in ("to", "or", "–") or (word == "and" and "between" in words)):
            break
        elif word in table["multiples"]:
            total = (total or 1) * table["multiples"][word]
            if half:
                total //= 2
        elif value is not None:
            if total is not None and word in ("a", "an", "one", "another") and total >= 1:
                continue
            if total is not None and _DIGITS.match(word):
                return total if "-" in text or "–" in text else None
            total = (total or 0) + value
        elif any(c.isdigit() for c in word):
            return None
    return total


def _value(word: str, table: dict[str, Any]) -> int | None:
    if _DIGITS.match(word):
        return int(word.replace(",", ""))
    found = table["numbers"].get(word)
    return int(found) if found is not None else None
