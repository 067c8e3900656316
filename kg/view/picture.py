"""A still picture of the strongest links as SVG: for places that show no scripts, and for print."""

from __future__ import annotations

import html
import math
from collections import Counter

from kg.view.data import Link, NetworkData, plain_text
from kg.view.layout import Points, layout

__all__ = ["picture_svg", "score_colour"]

_CONFLICT, _NEUTRAL, _COOPERATION = (168, 58, 6), (127, 134, 142), (8, 79, 140)
_LABEL = 28
_FONT = "'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"


def score_colour(score: float) -> str:
    """Colour of a mean score: orange-brown for conflict, grey about zero, blue for cooperation; full at ±6.

    >>> score_colour(10), score_colour(-6), score_colour(0)
    ('#084f8c', '#a83a06', '#7f868e')
    """
    end = _CONFLICT if score < 0 else _COOPERATION
    share = min(1.0, abs(score) / 6)
    return "#" + "".join(f"{round(n + (e - n) * share):02x}" for n, e in zip(_NEUTRAL, end, strict=True))


def picture_svg(
    data: NetworkData, points: Points | None = None, max_links: int = 120, width: int = 960, height: int = 600
) -> str:
    """An SVG document of at most ``max_links`` links, the most frequent ones; names that would overlap are left out."""
    links = [link for link in data.links() if link.source != link.target][:max_links]
    shown = sorted({name for link in links for name in (link.source, link.target)})
    degree: Counter[str] = Counter()
    for link in links:
        degree[link.source] += link.count
        degree[link.target] += link.count
    if points is None:
        points = layout({name: data.actors[name] for name in shown}, links)
    points = _fit({name: points[name] for name in shown}, width, height)
    most = max((link.count for link in links), default=1)
    ways = {(link.source, link.target) for link in links}
    parts = [_path(link, points, most, (link.target, link.source) in ways) for link in reversed(links)]
    busiest = max(degree.values(), default=1)
    radius = {name: 3.5 + 9 * math.sqrt(degree[name] / busiest) for name in shown}
    for name in shown:
        x, y = points[name]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius[name]:.1f}" fill="#3d454d" stroke="#fff"/>')
    taken: list[tuple[float, float, float, float]] = []
    for name in sorted(shown, key=lambda name: (-degree[name], name)):
        x, y = points[name]
        label = plain_text(data.actors[name].label)
        label = label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
        box = (x - 3.2 * len(label), y + radius[name], x + 3.2 * len(label), y + radius[name] + 15)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        parts.append(
            f'<text x="{x:.1f}" y="{box[3] - 3:.1f}" text-anchor="middle" paint-order="stroke" stroke="#fff"'
            f' stroke-width="3">{html.escape(label)}</text>'
        )
    total = len(data.links())
    note = f"{plain_text(data.title)}: {len(links):,} of {total:,} links; blue cooperation, orange conflict"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{_FONT}" font-size="12" fill="#1b1f24"><title>{html.escape(note)}</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}'
        f'<text x="12" y="{height - 12}" fill="#57606a">{html.escape(note)}</text></svg>'
    )


def _fit(points: Points, width: int, height: int) -> Points:
    reach = [max((abs(point[axis]) for point in points.values()), default=1.0) or 1.0 for axis in (0, 1)]
    room = (width / 2 - 60, height / 2 - 36)
    return {
        name: (width / 2 + x / reach[0] * room[0], (height - 24) / 2 + y / reach[1] * room[1])
        for name, (x, y) in points.items()
    }


def _path(link: Link, points: Points, most: int, curved: bool) -> str:
    (ax, ay), (bx, by) = points[link.source], points[link.target]
    bend = 0.14 if curved else 0.0
    cx, cy = (ax + bx) / 2 - (by - ay) * bend, (ay + by) / 2 + (bx - ax) * bend
    share = math.sqrt(link.count / most)
    return (
        f'<path d="M{ax:.1f},{ay:.1f}Q{cx:.1f},{cy:.1f} {bx:.1f},{by:.1f}" fill="none"'
        f' stroke="{score_colour(link.score)}" stroke-width="{0.7 + 4 * share:.1f}"'
        f' stroke-opacity="{0.35 + 0.5 * share:.2f}"/>'
    )
