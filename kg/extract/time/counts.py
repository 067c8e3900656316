"""Counts in words and figures: "two dozen", "3 1/2", "twenty-one", "several"."""

from __future__ import annotations

from collections.abc import Sequence

from kg.extract.time.lexicon import Lexicon
from kg.extract.time.periods import DURATION_CODE

__all__ = ["count_of", "duration_value"]

_MOST = 100_000
_LONGEST = 12
_SILENT = frozenset({"-", "of", "and", "the", "further"})
_HALVES = {"PY": "6M", "PTH": "30M", "PTM": "30S"}


def count_of(words: Sequence[str], lexicon: Lexicon) -> float | None:
    """The number that the words mean, None for an unknown one ("several", "a few") or one beyond any use.

    A couple is two; "a" is one.
    """
    cardinals, scales, articles = (lexicon.values[name] for name in ("CARDINAL", "SCALE", "ARTICLE"))
    parts = [word for word in words if word not in _SILENT and word not in articles]
    if not parts:
        return 1.0 if words else None
    total: float | None = None
    for at, word in enumerate(parts):
        if word == "/" or parts[at - 1 : at] == ["/"]:
            total = _fraction(parts, at, total or 0.0) if word == "/" else total
        elif word[0].isdigit():
            total = (total or 0.0) + (float(word.replace(",", "")) if len(word) < _LONGEST else _MOST + 1.0)
        elif word in cardinals:
            total = (total or 0.0) + cardinals[word]
        elif word in scales:
            total = (total or 1.0) * scales[word]
        elif word == "couple":
            total = 2.0
        elif word == "half":
            total = (total or 0.0) + 0.5
        else:
            return None
    return total if total is not None and 0 < total <= _MOST else None


def _fraction(parts: Sequence[str], at: int, total: float) -> float:
    """ "3 1 / 2": the last figure added was the numerator."""
    if at == 0 or at + 1 >= len(parts):
        return total
    numerator, denominator = float(parts[at - 1]), float(parts[at + 1])
    return total - numerator + (numerator / denominator if denominator else 0.0)


def duration_value(pairs: Sequence[tuple[float | None, str]]) -> str:
    """The ISO 8601 duration of counts and units: ``[(1, "year"), (6, "month")]`` is ``P1Y6M``.

    An unknown count is ``X``. Half years, hours and minutes go into the next smaller unit (``PT5H30M``), other
    fractions stay decimal.
    """
    dates: list[str] = []
    times: list[str] = []
    for count, unit in pairs:
        prefix, letter, each = DURATION_CODE[unit]
        amount = None if count is None else count * each
        kept = times if prefix == "PT" else dates
        whole = 0 if amount is None else int(amount)
        if amount is not None and amount - whole == 0.5 and prefix + letter in _HALVES:
            kept.extend([f"{whole}{letter}"] * (whole > 0) + [_HALVES[prefix + letter]])
        else:
            kept.append(("X" if amount is None else f"{amount:.10g}") + letter)
    return "P" + "".join(dates) + ("T" + "".join(times) if times else "")
