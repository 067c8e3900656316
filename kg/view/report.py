"""A page on two actors that can be sent to a colleague: numbers, timeline, surroundings, events with quotes, sources.

It holds no script and asks for nothing: its policy allows its own style sheet alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from kg.errors import QueryError
from kg.graph.events import Actors
from kg.graph.window import Day
from kg.view.article import ArticleData, article_page
from kg.view.bars import bars_svg
from kg.view.data import plain_text
from kg.view.dyad import DyadData
from kg.view.evidence import event_items, source_items
from kg.view.markup import Markup, tag
from kg.view.page import check_theme
from kg.view.paper import ReportPage, class_legend, paper, section
from kg.view.picture import picture_svg
from kg.view.words import counted, signed

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.model import Event

__all__ = ["ReportPage", "report"]


def report(
    source: Graph | DyadData | ArticleData,
    a: Actors | None = None,
    b: Actors | None = None,
    *,
    article: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    every: str | None = None,
    as_of: Day | None = None,
    title: str | None = None,
    theme: Literal["auto", "light", "dark"] | str = "auto",
) -> ReportPage:
    """One page to send: what happened between two actors in a window, or what one article says.

    ``source`` is a graph, asked for ``a`` and ``b`` or for the ``article`` of an id, or data gathered before. ``every``
    is the unit of the timeline, by default the finest that is easy to read; ``theme`` is ``light``, ``dark`` or
    ``auto`` (as the reader's system).

    Raises:
        QueryError: an unknown actor, article, unit or theme, a malformed date, or no event between the two.
    """
    check_theme(theme)
    if isinstance(source, ArticleData):
        return article_page(source, title, theme)
    if isinstance(source, DyadData):
        data = source
    elif article is not None:
        if any(value is not None for value in (a, b, since, until, every)):
            raise QueryError("a report is on two actors in a window or on one article; leave out one of the two")
        return article_page(ArticleData.of(source, article, as_of=as_of), title, theme)
    elif a is None or b is None:
        raise QueryError("a report needs two actors, or the id of an article")
    else:
        data = DyadData.of(source, a, b, since=since, until=until, every=every, as_of=as_of)
    name = plain_text(title or f"{data.names[0]} and {data.names[1]}")
    still = picture_svg(data.around, width=900, height=480)
    return ReportPage(paper(name, theme, _body(data, name, Markup(still))), still, name)


def _body(data: DyadData, title: str, still: Markup) -> Markup:
    listed = event_items(data)
    return tag(
        "main",
        _header(data, title),
        _numbers(data),
        section("Over time", _over_time(data)),
        section("Around the pair", tag("div", still, class_="still") if data.around.events else None),
        section(f"Events ({len(data.events):,})", listed),
        section(f"Sources ({len(data.sources):,})", source_items(data.sources)),
        _how_to_read(data),
        class_="report",
    )


def _header(data: DyadData, title: str) -> Markup:
    days = [event.begin for event in data.events if event.begin]
    since, until = data.window[0] or min(days, default=None), data.window[1] or max(days, default=None)
    publishers = {source.publisher for source in data.sources if source.publisher}
    said = [
        f"{since} to {until}" if since or until else "undated",
        counted(len(data.sources), "article"),
        counted(len(publishers), "publisher"),
        f"graph of {data.updated:%Y-%m-%d}" if data.updated else None,
    ]
    return tag("header", tag("h1", title), tag("p", " · ".join(part for part in said if part), class_="summary"))


def _numbers(data: DyadData) -> Markup:
    """The figures that answer first: how much, how good or bad, who acts."""
    actual = data.actual
    cooperation = sum(1 for event in actual if event.score > 0)
    conflict = sum(1 for event in actual if event.score < 0)
    neutral = len(actual) - cooperation - conflict
    figures = [
        (f"{len(actual):,}", "events that took place"),
        (signed(_mean(actual)), "mean score, −10 to +10"),
        (f"{cooperation:,}", "cooperative"),
        (f"{conflict:,}", "conflictual" + (f" ({neutral:,} neutral)" if neutral else "")),
    ]
    boxes = [tag("div", tag("dd", value), tag("dt", what)) for value, what in figures]
    return tag("section", tag("dl", boxes, class_="figures"), _directions(data, actual), aria_label="Summary")


def _mean(events: Sequence[Event]) -> float | None:
    return sum(event.score for event in events) / len(events) if events else None


def _directions(data: DyadData, actual: Sequence[Event]) -> Markup:
    """Who acts on whom: events, mean score and the most frequent categories each way."""
    (a, b), first = data.names, set(data.a)
    ways = {
        f"{a} → {b}": [event for event in actual if not event.mutual and event.source in first],
        f"{b} → {a}": [event for event in actual if not event.mutual and event.source not in first],
        f"{a} ↔ {b} (mutual)": [event for event in actual if event.mutual],
    }
    rows = [
        tag(
            "tr",
            tag("th", way, scope="row"),
            tag("td", f"{len(events):,}", class_="numeric"),
            tag("td", signed(_mean(events)), class_="numeric"),
            tag("td", _frequent(events)),
        )
        for way, events in ways.items()
        if events
    ]
    heads = [("who acts", None), ("events", "numeric"), ("mean score", "numeric"), ("most often", None)]
    head = tag("tr", [tag("th", text, scope="col", class_=class_) for text, class_ in heads])
    return tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table") if rows else Markup("")


def _frequent(events: Sequence[Event], most: int = 3) -> str:
    counts: dict[str, int] = {}
    for event in events:
        counts[event.category] = counts.get(event.category, 0) + 1
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return ", ".join(f"{name.lower()} {counts[name]}" for name in ranked[:most])


def _over_time(data: DyadData) -> Markup | None:
    timeline = data.timeline
    drawing = bars_svg(timeline, f"Events between {data.names[0]} and {data.names[1]} by {timeline.every}")
    if not drawing:
        return None
    beside = [data.beyond.removesuffix(" not drawn")] if data.beyond else []
    if timeline.coarse:
        beside.append(f"{counted(timeline.coarse, 'event')} of a span longer than a {timeline.every}")
    if timeline.undated:
        beside.append(f"{counted(timeline.undated, 'event')} without a date")
    note = f"Each bar is a {timeline.every}; an event counts once, where it begins."
    if beside:
        note += f" Not drawn: {', '.join(beside[:-1])}{' and ' if beside[1:] else ''}{beside[-1]}."
    return tag("figure", class_legend(), drawing, tag("figcaption", note, class_="small"))


def _how_to_read(data: DyadData) -> Markup:
    return tag(
        "footer",
        tag("h2", "How to read this"),
        tag(
            "p",
            "Events were extracted from the articles by a program and may be wrong: the quoted sentence decides. "
            "The category is one of the sixteen of PLOVER, the score its place between conflict (−10) and cooperation "
            "(+10). Confidence is the estimated chance that actors, direction and category are all right; copies of an "
            "article count once. Planned, hypothetical and negated events are listed and marked, not counted above.",
            class_="small",
        ),
        tag(
            "p",
            f"The picture shows {len(data.around.actors)} actors: the pair and those that it dealt with most.",
            class_="small",
        )
        if data.around.events
        else None,
    )
