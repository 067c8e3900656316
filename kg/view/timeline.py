"""Charts of events over time: one pair with its events, several pairs above each other, a heat map, what changed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.analysis import QUADS, Timeline
from kg.graph.events import Actors
from kg.graph.groups import group_name
from kg.graph.network import Span
from kg.graph.results import Table
from kg.graph.window import BUCKETS, Day, bucket_start, window
from kg.model import Event
from kg.ontology import QUAD_NAMES, ontology
from kg.view import panels
from kg.view.bars import bucket_name
from kg.view.chart import Chart, altair
from kg.view.data import NetworkData
from kg.view.dyad import best
from kg.view.from_graph import actors_of, reports_of
from kg.view.page import check_theme
from kg.view.span import left_off, trimmed, usual
from kg.view.words import coding, counted, signed, when

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["PAIRS", "ChartedTimeline", "changes", "charted", "heatmap", "pair_table", "timelines"]

DRAWN = 2_000
"""Events drawn one by one at most; of more, the best reported."""

PAIRS = 12
"""Pairs on one picture where none are named: those with the most events."""

_QUOTE = 220

_APART = 0.5
"""Points of score between events of the same day and score, so that each can be pointed at."""

Load = Callable[[], NetworkData]


class ChartedTimeline(Timeline):
    """A timeline that can draw itself; ``load`` fetches the events behind it when a chart is asked for."""

    def __init__(self, timeline: Timeline, load: Load, whole: bool = False) -> None:
        super().__init__(timeline.columns, timeline.rows, timeline.every, timeline.coarse, timeline.undated)
        self._load = load
        self._whole = whole

    def chart(self, theme: str = "auto") -> Chart:
        """Counts and mean score for each bucket, and every event with its words where one points at it.

        Raises:
            ResourceError: Altair or vl-convert is not installed.
            QueryError: there is nothing to draw, or the theme is unknown.
        """
        check_theme(theme)
        if not self.rows:
            raise QueryError("there are no dated events to draw; widen the window or add articles")
        alt = altair()
        data = self._load()
        shown, beyond = (self, "") if self._whole else trimmed(self)
        first, last = shown.rows[0][0].isoformat(), _bounds(shown)[-1][1]
        inside = [event for event in data.events if event.begin and first <= event.begin.isoformat() < last]
        drawn = best(inside, DRAWN)
        days = [event.begin.isoformat() for event in drawn if event.begin]
        span = _axis([shown], days)
        score = panels.score_panel(_event_rows(data, drawn), _mean_rows(shown), span)
        counts = panels.count_panel(_bar_rows(shown), span)
        chart = alt.vconcat(score, counts, spacing=22).resolve_scale(color="shared", x="shared")
        note = _note(self, len(drawn) < len(inside) and len(drawn), sum(row[1] for row in self.rows), beyond)
        return Chart(chart, data.title, note, self, theme)


def charted(graph: Graph, timeline: Timeline, a: Actors | None, b: Actors | None, **select: Any) -> ChartedTimeline:
    """``timeline``, made from ``a``, ``b`` and ``select`` by :meth:`kg.graph.Graph.timeline`, able to draw itself."""

    def load() -> NetworkData:
        sides = {"between": (a, b)} if a is not None and b is not None else {"actor": a if a is not None else b}
        span = window(select.get("since"), select.get("until"))
        found = [
            event
            for event in graph.events(**sides, **select)
            if event.begin and (span.since or event.begin) <= event.begin <= (span.until or event.begin)
        ]
        as_of = select.get("as_of")
        names = {name for event in found for name in (event.source, event.target) if name is not None}
        reports = reports_of(graph, best(found, DRAWN), as_of)
        return NetworkData(actors_of(graph, names), found, reports, _title(graph, a, b))

    return ChartedTimeline(timeline, load, whole=select.get("since") is not None or select.get("until") is not None)


def _title(graph: Graph, *sides: Actors | None) -> str:
    named = [_name(graph, side) for side in sides if side is not None]
    return " and ".join(named) or "All events"


def _name(graph: Graph, side: Actors) -> str:
    """The label of an actor, or of the first of several; a group or an agent by the name that was given."""
    if isinstance(side, str) and (group := group_name(side)) is not None:
        return f"{group} members"
    try:
        ids = graph.resolve(side)
    except QueryError:
        return str(side)
    actors = actors_of(graph, ids)
    labels = [actors[name].label for name in ids]
    return labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more"


def _note(timeline: Timeline, drawn: int, total: int, beyond: str = "") -> str:
    parts = [f"{counted(total, 'event')}; diamonds are the means by {timeline.every}"]
    if drawn:
        parts.append(f"{drawn:,} of them drawn one by one")
    return " · ".join([*parts, *_beside([timeline], beyond)])


def _beside(lines: Sequence[Timeline], beyond: str) -> list[str]:
    """What a chart does not show, in words."""
    coarse, undated = sum(line.coarse for line in lines), sum(line.undated for line in lines)
    parts = [beyond] if beyond else []
    if coarse:
        parts.append(f"{coarse:,} of a span longer than a {lines[0].every} not counted")
    if undated:
        parts.append(f"{undated:,} without a date not counted")
    return parts


def _bounds(timeline: Timeline) -> list[tuple[str, str]]:
    """First day and the day after the last of every bucket, as ISO text."""
    begins = [row[0] for row in timeline.rows]
    after = bucket_start(begins[-1] + dt.timedelta(days=_LONGEST[timeline.every]), timeline.every)
    return [(a.isoformat(), b.isoformat()) for a, b in itertools.pairwise([*begins, after])]


def _axis(lines: Sequence[Timeline], days: Sequence[str] = ()) -> tuple[str, str]:
    """First day and the day after the last of all buckets and days together."""
    edges = [bounds for line in lines for bounds in _bounds(line)]
    return min([a for a, _ in edges] + list(days)), max([b for _, b in edges] + list(days))


_LONGEST = dict(zip(BUCKETS, (1, 7, 31, 92, 366), strict=True))
"""So many days lead from the first day of a bucket into the next one, and not beyond it."""


def _event_rows(data: NetworkData, events: Sequence[Event]) -> list[dict[str, Any]]:
    """One row for each event, with what is said where one points at it."""
    rows = []
    same: Counter[tuple[dt.date | None, float]] = Counter()
    for event in events:
        beside = same[event.begin, event.score]
        same[event.begin, event.score] += 1
        reports = data.reports.get(event.id, ())
        arrow = " ↔ " if event.mutual else " → "
        sides = [data.actors[name].label for name in (event.source, event.target) if name is not None]
        quote = reports[0].quote if reports else ""
        rows.append(
            {
                "begin": event.begin.isoformat() if event.begin else None,
                "end": (event.end or event.begin).isoformat() if event.begin else None,
                "score": event.score,
                # Events of one day and score would hide each other: the second goes above, the third below, and so on.
                "at": event.score + _APART * ((beside + 1) // 2) * (1 if beside % 2 else -1),
                "class": QUAD_NAMES[ontology().quad(event.category)],
                "publishers": event.publishers,
                "when": when(event),
                "who": arrow.join(sides),
                "what": coding(event),
                "said": f"“{quote[:_QUOTE]}{'…' if len(quote) > _QUOTE else ''}”" if quote else "",
                "by": " · ".join(part for part in (reports[0].publisher, reports[0].title) if part) if reports else "",
                "event": event.id,
            }
        )
    return rows


def _mean_rows(timeline: Timeline) -> list[dict[str, Any]]:
    """The mean score of every bucket at its middle; ``run`` numbers stretches without a gap."""
    out: list[dict[str, Any]] = []
    run = 0
    for row, (begin, end) in zip(timeline.rows, _bounds(timeline), strict=True):
        if row[2] is None:
            run += 1
            continue
        first, last = dt.date.fromisoformat(begin), dt.date.fromisoformat(end)
        middle = dt.datetime.combine(first, dt.time()) + (last - first) / 2
        out.append({"middle": middle.isoformat() + "Z", "score": row[2], "run": run, **_said(row, timeline.every)})
    return out


def _said(row: tuple[Any, ...], every: str) -> dict[str, Any]:
    share = f"{row[7]:.1%}" if row[7] is not None else ""
    return {"bucket": bucket_name(row[0], every), "events": row[1], "mean": signed(row[2]), "share": share}


def _bar_rows(timeline: Timeline) -> list[dict[str, Any]]:
    """Bars of every bucket: cooperation up, conflict down, material next to the line."""
    out = []
    for row, (begin, end) in zip(timeline.rows, _bounds(timeline), strict=True):
        above = below = 0
        for quad in (2, 1, 4, 3):
            number = row[2 + quad]
            if not number:
                continue
            low, high = (above, above + number) if quad <= 2 else (below - number, below)
            above, below = (high, below) if quad <= 2 else (above, low)
            name = QUADS[quad - 1].replace("_", " ")
            out.append(
                {"begin": begin, "end": end, "low": low, "high": high, "class": name, "count": number,
                 **_said(row, timeline.every)}
            )  # fmt: skip
    return out


Pair = tuple[Actors, Actors]
Named = Sequence[tuple[str, Timeline]]


def timelines(
    graph: Graph,
    pairs: Sequence[Pair] | None = None,
    *,
    every: str = "month",
    since: Day | None = None,
    until: Day | None = None,
    top: int = PAIRS,
    theme: str = "auto",
    **select: Any,
) -> Chart:
    """Several pairs above each other on one time axis: counts as bars, mean score as a line.

    Without ``pairs`` the ``top`` ones with the most events. ``select`` takes the other filters of
    :meth:`kg.graph.Graph.timeline`: category, status, min_confidence, as_of, level.

    Raises:
        QueryError: an unknown actor, unit or filter, a malformed date, or nothing to draw.
        ResourceError: Altair or vl-convert is not installed.
    """
    check_theme(theme)
    found, shown, beyond = _drawn(graph, pairs, every, since, until, top, select)
    alt = altair()
    rows = [(name, _bar_rows(line), _mean_rows(line)) for name, line in shown]
    span = _axis([line for _, line in shown])
    most = max(panels.highest(bars) for _, bars, _ in rows)
    parts = [panels.pair_panel(name, bars, means, span, most) for name, bars, means in rows]
    chart = alt.vconcat(*parts, spacing=14).resolve_scale(x="shared", color="shared")
    return Chart(chart, "Events between pairs of actors", _many(found, every, beyond), _long(found), theme, margin=150)


def heatmap(
    graph: Graph,
    pairs: Sequence[Pair] | None = None,
    *,
    every: str = "month",
    since: Day | None = None,
    until: Day | None = None,
    top: int = PAIRS,
    theme: str = "auto",
    **select: Any,
) -> Chart:
    """Pairs by months or other buckets, coloured by mean score; as :func:`timelines` takes them.

    Raises:
        QueryError: an unknown actor, unit or filter, a malformed date, or nothing to draw.
        ResourceError: Altair or vl-convert is not installed.
    """
    check_theme(theme)
    found, shown, beyond = _drawn(graph, pairs, every, since, until, top, select)
    rows = [
        {"pair": name, "begin": begin, "end": end, "score": row[2], **_said(row, line.every)}
        for name, line in shown
        for row, (begin, end) in zip(line.rows, _bounds(line), strict=True)
        if row[1]
    ]
    chart = panels.heat_panel(rows, [name for name, _ in shown], _axis([line for _, line in shown]))
    return Chart(chart, f"Mean score of pairs by {every}", _many(found, every, beyond), _long(found), theme, margin=250)


def pair_table(
    graph: Graph,
    pairs: Sequence[Pair] | None = None,
    *,
    every: str = "month",
    since: Day | None = None,
    until: Day | None = None,
    top: int = PAIRS,
    **select: Any,
) -> Timeline:
    """The numbers that :func:`timelines` draws, one row for each pair and bucket with events.

    Raises:
        QueryError: an unknown actor, unit or filter, a malformed date, or no events.
    """
    found = _timelines(graph, pairs, every, since, until, top, select)
    table, lines = _long(found), [line for _, line in found]
    coarse, undated = sum(line.coarse for line in lines), sum(line.undated for line in lines)
    return Timeline(table.columns, table.rows, every, coarse, undated)


def _drawn(
    graph: Graph,
    pairs: Sequence[Pair] | None,
    every: str,
    since: Day | None,
    until: Day | None,
    top: int,
    select: dict[str, Any],
) -> tuple[Named, Named, str]:
    """All timelines, the same on the axis that suits them together, and what is left off it."""
    found = _timelines(graph, pairs, every, since, until, top, select)
    return found, *_together(found, since is not None or until is not None)


def _together(found: Named, whole: bool) -> tuple[Named, str]:
    """All timelines on the axis that suits them together, and what is left off it."""
    starts = [row[0] for _, line in found for row in line.rows for _ in range(row[1])]
    span = usual(starts)
    if whole or span is None:
        return found, ""
    shown = [(name, trimmed(line, span)[0]) for name, line in found]
    return [(name, line) for name, line in shown if any(row[1] for row in line.rows)], left_off(starts, span)


def _timelines(
    graph: Graph,
    pairs: Sequence[Pair] | None,
    every: str,
    since: Day | None,
    until: Day | None,
    top: int,
    select: dict[str, Any],
) -> Named:
    """A timeline for each pair that has events, with its name, all over the same span."""
    if pairs is None:
        level = select.get("level") or "actor"
        if level == "agent":
            raise QueryError("the pairs with the most events are of actors or countries; at level agent name the pairs")
        busy = graph.dyads(since=since, until=until, limit=top, as_of=select.get("as_of"), level=level)
        pairs = [(row[0], row[1]) for row in busy]
    found = []
    for a, b in pairs:
        line = graph.timeline(a, b, every=every, since=since, until=until, **select)
        if any(row[1] for row in line.rows):
            found.append((f"{_name(graph, a)} – {_name(graph, b)}", line))
    if not found:
        raise QueryError("there are no dated events between these actors to draw; widen the window or add articles")
    return found


def _many(found: Named, every: str, beyond: str) -> str:
    lines = [line for _, line in found]
    total = sum(row[1] for line in lines for row in line.rows)
    parts = [f"{counted(total, 'event')} of {counted(len(found), 'pair')} by {every}", *_beside(lines, beyond)]
    return " · ".join(parts)


def _long(found: Named) -> Table:
    """All timelines as one table, without the empty buckets."""
    rows = [(name, *row) for name, line in found for row in line.rows if row[1]]
    return Table(["pair", *found[0][1].columns], rows)


def changes(
    graph: Graph, before: Span, after: Span, *, limit: int = 25, theme: str = "auto", as_of: Day | None = None
) -> Chart:
    """What changed between two windows: the pairs whose mean score moved most, for better or worse.

    ``before`` and ``after`` are partial dates (``"2022"``) or pairs of dates, as for :meth:`kg.graph.Graph.diff`.

    Raises:
        QueryError: a malformed date, or no pair moved.
        ResourceError: Altair or vl-convert is not installed.
    """
    check_theme(theme)
    table = graph.diff(before, after, as_of=as_of)
    moved = [row for row in table.to_dicts() if row["moved"]]
    if not moved:
        raise QueryError(f"no pair of actors has a mean score that differs between {_span(before)} and {_span(after)}")
    labels = {row["code"]: row["label"] for row in graph.actors().to_dicts()}
    rows = [
        {
            "pair": f"{labels.get(row['a'], row['a'])} – {labels.get(row['b'], row['b'])}",
            "moved": row["moved"],
            "moved_said": signed(row["moved"]),
            "way": f"{signed(row['moved'])}   ({signed(row['score_before'])} → {signed(row['score_after'])})",
            "before_said": f"{signed(row['score_before'])} ({counted(row['events_before'], 'event')})",
            "after_said": f"{signed(row['score_after'])} ({counted(row['events_after'], 'event')})",
        }
        for row in moved[:limit]
    ]
    kinds = [row["change"] for row in table.to_dicts()]
    note = (
        f"{len(rows):,} of {len(moved):,} pairs that moved · not drawn: {kinds.count('same'):,} the same, "
        f"{kinds.count('new'):,} new, {kinds.count('gone'):,} gone"
    )
    panel = panels.ranked_panel(rows, _span(before), _span(after))
    return Chart(panel, f"{_span(before)} and {_span(after)} compared", note, table, theme, margin=210)


def _span(span: Span) -> str:
    if isinstance(span, tuple):
        return f"{span[0] or '…'} – {span[1] or '…'}"
    return str(span)
