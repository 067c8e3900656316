"""The panels that charts are made of, as Altair objects in the colours of the light theme.

Days are drawn in UTC, so that they stay the same day wherever the reader is. No text of the data is ever taken for an
expression or a field name.
"""

from __future__ import annotations

from typing import Any

from kg.ontology import QUAD_NAMES
from kg.view.chart import WIDTH, altair
from kg.view.page import palette

__all__ = ["FULL", "count_panel", "heat_panel", "highest", "pair_panel", "ranked_panel", "score_panel"]

FULL = 6
"""Mean scores beyond this have the full colour, as on the network page."""

Rows = list[dict[str, Any]]
Span = tuple[str, str]
"""First day of a time axis and the day after its last, as ISO text."""


def _classes(alt: Any) -> Any:
    """Colours of the four classes; a legend beneath."""
    colour = palette("light")
    scale = alt.Scale(domain=list(QUAD_NAMES.values()), range=[colour[f"class-{i}"] for i in range(4)])
    return alt.Color("class:N", scale=scale, legend=alt.Legend(title=None, symbolType="square", symbolOpacity=1))


def _scores(alt: Any, field: str, legend: bool = True) -> Any:
    """Colours from conflict through none to cooperation."""
    colour = palette("light")
    ends = [colour["score-low"], colour["score-mid"], colour["score-high"]]
    scale = alt.Scale(domain=[-FULL, 0, FULL], range=ends, clamp=True, interpolate="rgb")
    shown = alt.Legend(title="mean score", gradientLength=160) if legend else None
    return alt.Color(f"{field}:Q", scale=scale, legend=shown)


def _days(alt: Any, field: str = "begin") -> Any:
    axis = alt.Axis(title=None, grid=False, tickCount=8, labelOverlap="greedy", labelSeparation=10)
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc", nice=False), axis=axis)


def _ends(alt: Any, span: Span) -> Any:
    """Two unseen marks that make a time axis as long as the span, whatever there is on it.

    Vega-Lite 6 warns about every layer if each is given the same domain instead.
    """
    return alt.Chart(alt.Data(values=[{"begin": day} for day in span])).mark_point(opacity=0).encode(x=_days(alt))


def _tips(alt: Any, **fields: str) -> list[Any]:
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]


def score_panel(events: Rows, means: Rows, span: Span) -> Any:
    """Every event at its day and score, its span as a line; over them the mean of each bucket."""
    alt = altair()
    colour = palette("light")
    axis = alt.Axis(title="score: conflict − to cooperation +", values=[-10, -5, 0, 5, 10])
    y, at = (alt.Y(f"{field}:Q", scale=alt.Scale(domain=[-10.5, 10.5]), axis=axis) for field in ("score", "at"))
    said = _tips(
        alt, when="when", who="who", what="what", score="score", said="quote", by="told by",
        publishers="publishers", event="event",
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=events))
    spans = (
        base.transform_filter("datum.end > datum.begin")
        .mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round")
        .encode(x=_days(alt), x2="end:T", y=at, color=_classes(alt), tooltip=said)
    )
    size = alt.Size("publishers:Q", scale=alt.Scale(domain=[1, 6], range=[55, 210], clamp=True), legend=None)
    dots = base.mark_circle(opacity=0.8, stroke=colour["paper"], strokeWidth=0.8).encode(
        x=_days(alt), y=at, color=_classes(alt), size=size, tooltip=said
    )
    zero = alt.Chart(alt.Data(values=[{"score": 0}])).mark_rule(color=colour["muted"]).encode(y=y)
    mean = _mean(alt, means, y)
    return alt.layer(_ends(alt, span), zero, spans, *mean, dots).properties(width=WIDTH, height=230)


def _mean(alt: Any, means: Rows, y: Any, ink: str = "muted") -> list[Any]:
    """The mean score of each bucket: a line through those that follow each other, a small ring for each."""
    colour = palette("light")[ink]
    base = alt.Chart(alt.Data(values=means))
    line = base.mark_line(color=colour, strokeWidth=1.4, opacity=0.8).encode(
        x=_days(alt, "middle"), y=y, detail="run:N"
    )
    said = _tips(alt, bucket="time", events="events", mean="mean score", share="share of all")
    rings = base.mark_point(shape="diamond", size=34, color=colour, filled=True).encode(
        x=_days(alt, "middle"), y=y, tooltip=said
    )
    return [line, rings]


def _bars(alt: Any, rows: Rows, y: Any) -> Any:
    said = _tips(
        alt, bucket="time", **{"class": "class"}, count="of class", events="events", mean="mean score",
        share="share of all",
    )  # fmt: skip
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(stroke=palette("light")["paper"], strokeWidth=0.5)
        .encode(x=_days(alt), x2="end:T", y=y, y2="high:Q", color=_classes(alt), tooltip=said)
    )


def highest(rows: Rows) -> int:
    """The longest bar, up or down."""
    return max((max(row["high"], -row["low"]) for row in rows), default=1)


def count_panel(rows: Rows, span: Span) -> Any:
    """Counts of each bucket, cooperation above the line and conflict below."""
    alt = altair()
    axis = alt.Axis(title="events", labelExpr="abs(datum.value)", tickMinStep=1, tickCount=5, format="d")
    y = alt.Y("low:Q", axis=axis, scale=alt.Scale(nice=False))
    zero = alt.Chart(alt.Data(values=[{"low": 0}])).mark_rule(color=palette("light")["muted"]).encode(y=y)
    return alt.layer(_ends(alt, span), _bars(alt, rows, y), zero).properties(width=WIDTH, height=130)


def pair_panel(name: str, bars: Rows, means: Rows, span: Span, most: int) -> Any:
    """One pair of several: its counts as bars and its mean score as a line, with one zero for both."""
    alt = altair()
    counts = alt.Axis(title="events", labelExpr="abs(datum.value)", tickMinStep=1, tickCount=4, format="d", grid=False)
    left = alt.Y("low:Q", axis=counts, scale=alt.Scale(domain=[-most, most], nice=False))
    right = alt.Y(
        "score:Q",
        scale=alt.Scale(domain=[-10, 10]),
        axis=alt.Axis(title="mean score", values=[-10, 0, 10], orient="right"),
    )
    title = alt.TitleParams(name, fontSize=12, anchor="start", offset=4)
    zero = alt.Chart(alt.Data(values=[{"low": 0}])).mark_rule(color=palette("light")["muted"]).encode(y=left)
    layers = alt.layer(
        alt.layer(_ends(alt, span), _bars(alt, bars, left), zero), alt.layer(*_mean(alt, means, right, "ink"))
    )
    return layers.resolve_scale(y="independent").properties(width=WIDTH, height=92, title=title)


def heat_panel(rows: Rows, names: list[str], span: Span) -> Any:
    """Pairs by buckets, coloured by mean score; a blank is a bucket without events."""
    alt = altair()
    said = _tips(alt, pair="pair", bucket="time", events="events", mean="mean score")
    y = alt.Y("pair:N", sort=names, axis=alt.Axis(title=None, domain=False, ticks=False))
    cells = (
        alt.Chart(alt.Data(values=rows))
        .mark_rect(stroke=palette("light")["paper"], strokeWidth=0.5)
        .encode(x=_days(alt), x2="end:T", y=y, color=_scores(alt, "score"), tooltip=said)
    )
    return alt.layer(_ends(alt, span), cells).properties(width=WIDTH, height=alt.Step(24))


def ranked_panel(rows: Rows, before: str, after: str) -> Any:
    """How far each pair moved between two windows, the farthest on top."""
    alt = altair()
    colour = palette("light")
    names = [row["pair"] for row in rows]
    said = _tips(alt, pair="pair", moved_said="change of mean", before_said=f"in {before}", after_said=f"in {after}")
    y = alt.Y("pair:N", sort=names, axis=alt.Axis(title=None, domain=False, ticks=False))
    reach = max((abs(row["moved"]) for row in rows), default=1) * 1.7
    x = alt.X(
        "moved:Q", scale=alt.Scale(domain=[-reach, reach]), axis=alt.Axis(title="change of mean score", tickCount=7)
    )
    base = alt.Chart(alt.Data(values=rows))
    way = alt.condition("datum.moved < 0", alt.value(colour["score-low"]), alt.value(colour["score-high"]))
    bars = base.mark_bar(height=14).encode(x=x, y=y, color=way, tooltip=said)
    words: dict[str, Any] = {"fontSize": 11, "color": colour["ink"]}
    worse = base.transform_filter("datum.moved < 0").mark_text(align="right", dx=-4, **words)
    better = base.transform_filter("datum.moved >= 0").mark_text(align="left", dx=4, **words)
    texts = [text.encode(x=x, y=y, text="way:N", tooltip=said) for text in (worse, better)]
    return alt.layer(bars, *texts).properties(width=WIDTH, height=alt.Step(22))
