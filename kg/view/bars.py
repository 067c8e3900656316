"""Counts over time as a still drawing: cooperation above the line, conflict below, the mean score beneath.

It is SVG that stands inside a page and takes its colours from the page's style sheet, so that it follows the theme.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from kg.graph.analysis import QUADS, Timeline
from kg.graph.window import buckets
from kg.view.markup import Markup, tag
from kg.view.words import counted, signed

__all__ = ["bars_svg", "bucket_name", "unit_for"]

_MOST = {"day": 62, "week": 60, "month": 66, "quarter": 80}
"""So many bars of a unit at most; with more a coarser unit is easier to read."""

_LEFT, _RIGHT, _TOP = 44, 12, 26
_COUNTS, _GAP, _SCORE, _FOOT = 150, 40, 74, 24
_SERIES = ((2, 4), (1, 3), (4, 6), (3, 5))
"""Quad class and its column in a timeline's rows, material before verbal, from the line outward."""


def unit_for(first: dt.date, last: dt.date) -> str:
    """The finest bucket that cuts the days into a readable number of bars.

    >>> unit_for(dt.date(2023, 1, 1), dt.date(2023, 1, 31)), unit_for(dt.date(2018, 1, 1), dt.date(2025, 1, 1))
    ('day', 'quarter')
    """
    return next((unit for unit, most in _MOST.items() if len(buckets(first, last, unit)) <= most), "year")


def bucket_name(begin: dt.date, every: str) -> str:
    """A bucket as people write it: 2023-03-16, week of 2023-03-13, 2023-03, 2023-Q1, 2023."""
    match every:
        case "week":
            return f"week of {begin}"
        case "month":
            return f"{begin:%Y-%m}"
        case "quarter":
            return f"{begin.year}-Q{(begin.month + 2) // 3}"
        case "year":
            return str(begin.year)
    return begin.isoformat()


def bars_svg(timeline: Timeline, title: str, width: int = 900) -> Markup:
    """The drawing of a timeline; ``title`` is what a screen reader says. Empty where there are no buckets."""
    rows = timeline.rows
    if not rows:
        return Markup("")
    step = (width - _LEFT - _RIGHT) / len(rows)
    up = max(row[3] + row[4] for row in rows)
    down = max(row[5] + row[6] for row in rows)
    unit = _COUNTS / max(1, up + down)
    zero = _TOP + up * unit
    middle = _TOP + _COUNTS + _GAP + _SCORE / 2
    height = _TOP + _COUNTS + _GAP + _SCORE + _FOOT
    body = [_count_axis(up, down, zero, unit, width), *_score_axis(middle, width)]
    for place, row in enumerate(rows):
        body.append(_bar(row, timeline.every, _LEFT + place * step, step, zero, unit))
    body += _score_line(rows, step, middle)
    body += _ticks(rows, timeline.every, step, width, height)
    return tag(
        "svg",
        tag("title", title),
        body,
        viewBox=f"0 0 {width} {height}",
        role="img",
        class_="timeline",
        xmlns="http://www.w3.org/2000/svg",
    )


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_)


def _text(x: float, y: float, words: str, anchor: str = "end", class_: str = "tick") -> Markup:
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, class_=class_)


def _count_axis(up: int, down: int, zero: float, unit: float, width: int) -> list[Markup]:
    parts = [_line(_LEFT, zero, width - _RIGHT, zero, "axis"), _text(_LEFT - 6, zero + 4, "0")]
    for most, way in ((up, -1), (down, 1)):
        if most:
            y = zero + way * most * unit
            parts += [_line(_LEFT, y, width - _RIGHT, y, "rule"), _text(_LEFT - 6, y + 4, str(most))]
    parts.append(_text(0, _TOP - 14, "events", "start"))
    return parts


def _score_axis(middle: float, width: int) -> list[Markup]:
    parts = [_text(0, middle - _SCORE / 2 - 14, "mean score", "start")]
    for score in (10, 0, -10):
        y = middle - score * _SCORE / 20
        parts.append(_line(_LEFT, y, width - _RIGHT, y, "axis" if score == 0 else "rule"))
        parts.append(_text(_LEFT - 6, y + 4, signed(score).removesuffix(".0")))
    return parts


def _bar(row: tuple[Any, ...], every: str, x: float, step: float, zero: float, unit: float) -> Markup:
    """The four classes of one bucket, with a title that names the numbers."""
    if not row[1]:
        return Markup("")
    parts: list[Markup] = []
    above = below = zero
    for quad, column in _SERIES:
        tall = row[column] * unit
        if not tall:
            continue
        above, below = (above - tall, below) if quad <= 2 else (above, below + tall)
        y = above if quad <= 2 else below - tall
        wide = max(1.0, min(step * 0.8, 28))
        box = {"x": f"{x + (step - wide) / 2:.1f}", "y": f"{y:.1f}", "width": f"{wide:.1f}", "height": f"{tall:.1f}"}
        parts.append(tag("rect", class_=f"bar class-{quad - 1}", **box))
    classes = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in zip(QUADS, row[3:7], strict=True) if n)
    said = f"{bucket_name(row[0], every)}: {counted(row[1], 'event')}, mean score {signed(row[2])} ({classes})"
    return tag("g", tag("title", said), parts)


def _score_line(rows: Sequence[tuple[Any, ...]], step: float, middle: float) -> list[Markup]:
    """A dot for each bucket with events, and a line through those that follow each other without a gap."""
    spots = [
        (place, _LEFT + (place + 0.5) * step, middle - row[2] * _SCORE / 20)
        for place, row in enumerate(rows)
        if row[2] is not None
    ]
    lines = [_line(a[1], a[2], b[1], b[2], "score-line") for a, b in itertools.pairwise(spots) if b[0] == a[0] + 1]
    dots = [tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.6", class_="score-dot") for _, x, y in spots]
    return [*lines, *dots]


def _ticks(rows: Sequence[tuple[Any, ...]], every: str, step: float, width: int, height: float) -> list[Markup]:
    """Names under the buckets: years where buckets are shorter, else as many as there is room for."""
    named = [(place, row[0]) for place, row in enumerate(rows)]
    years = [(place, day) for place, day in named if place == 0 or day.year != rows[place - 1][0].year]
    by_year = every in ("month", "quarter", "year") and len(years) > 2
    chosen = [(p, str(day.year)) for p, day in years] if by_year else [(p, bucket_name(day, every)) for p, day in named]
    room = 40 if by_year else 96
    out: list[Markup] = []
    free = -1e9
    for place, name in chosen:
        x = _LEFT + (place + (0.5 if every == "year" else 0)) * step
        # A first year of which only the end is seen must not push the second aside.
        if by_year and place == 0 and len(years) > 1 and years[1][0] * step < room:
            continue
        if x < free:
            continue
        free = x + room
        anchor = "middle" if every == "year" else "end" if x + room > width else "start"
        out.append(_text(x, height - 6, name, anchor))
        out.append(_line(x, _TOP, x, height - _FOOT + 4, "year"))
    return out
