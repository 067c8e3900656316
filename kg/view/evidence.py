"""Events as a list for reading: when, what, who, the words that say so, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from kg.model import Event, Status
from kg.ontology import ontology
from kg.view.data import Report
from kg.view.dyad import DyadData, Source
from kg.view.markup import Markup, link, tag
from kg.view.words import coding, counted, quad_name, signed, when

__all__ = ["event_items", "source_items"]

_QUOTE = 600
"""Characters of a quote at most; the page of the article has the rest."""

_OTHERS = 4
"""Reports named beside the one that is quoted."""


def event_items(data: DyadData) -> list[Markup]:
    """The events under the years in which they begin, those without a date last."""
    dated = sorted(data.events, key=lambda event: (event.begin is None, event.begin or event.first_reported, event.id))
    out: list[Markup] = []
    for year, events in groupby(dated, key=lambda event: str(event.begin.year) if event.begin else "Without a date"):
        out += [tag("h3", year), tag("ol", [_card(data, event) for event in events], class_="cards")]
    return out


def _card(data: DyadData, event: Event) -> Markup:
    reports = data.reports.get(event.id, ())
    first = reports[0] if reports else None
    badge = None if event.status is Status.ACTUAL else tag("span", event.status.value, class_="badge")
    head = tag(
        "div",
        tag("span", "", class_=f"swatch class-{ontology().quad(event.category) - 1}", aria_hidden="true"),
        tag("time", when(event), datetime=event.begin),
        badge,
        tag("span", signed(event.score), class_="score", title="score from −10 (conflict) to +10 (cooperation)"),
        class_="card-head",
    )
    contexts = "".join(f" · {name.replace('_', ' ')}" for name in event.contexts)
    reported = f"reported by {counted(event.publishers, 'publisher')} · confidence {event.confidence:.0%}{contexts}"
    return tag(
        "li",
        head,
        tag("p", tag("b", coding(event)), f" · {quad_name(event)} · {_who(data, event, first)}", class_="coding"),
        _told(first) if first else tag("p", "The words of this event are not on this page.", class_="lacking"),
        _others(reports[1:]),
        tag("p", reported, " · event ", tag("code", event.id), class_="small"),
        class_="card",
    )


def _who(data: DyadData, event: Event, report: Report | None) -> str:
    def side(actor: str, agent: str | None) -> str:
        return data.labels.get(actor, actor) + (f" ({agent})" if agent else "")

    source = side(event.source, report.source_agent if report else None)
    if event.target is None:
        return source
    return f"{source} {'↔' if event.mutual else '→'} {side(event.target, report.target_agent if report else None)}"


def _told(report: Report) -> list[Markup]:
    """The sentence with its trigger marked, who says so, and the article."""
    said = tag("p", f"according to {report.attribution}", class_="coding") if report.attribution else None
    parts = [tag("blockquote", "“", _quote(report), "”"), said, tag("p", _origin(report), class_="source")]
    return [part for part in parts if part is not None]


def _quote(report: Report) -> list[object]:
    text, (start, end) = report.quote, report.trigger or (0, 0)
    if not 0 <= start < end <= len(text):
        return [text[:_QUOTE], "…" if len(text) > _QUOTE else None]
    left = max(0, min(start - _QUOTE // 2, len(text) - _QUOTE))
    right = min(len(text), max(left + _QUOTE, end))
    return [
        "…" if left else None, text[left:start], tag("mark", text[start:end]), text[end:right],
        "…" if right < len(text) else None,
    ]  # fmt: skip


def _origin(report: Report) -> list[object]:
    publisher = [tag("b", report.publisher), " · "] if report.publisher else []
    return [*publisher, link(report.url, report.title or "article"), f" · {report.published}"]


def _others(reports: Sequence[Report]) -> Markup | None:
    if not reports:
        return None
    more = f" and {len(reports) - _OTHERS} more" if len(reports) > _OTHERS else None
    named = [part for report in reports[:_OTHERS] for part in ("; ", *_origin(report))][1:]
    return tag("p", "also: ", named, more, class_="source")


def source_items(sources: Sequence[Source]) -> Markup | None:
    """The articles, publisher by publisher, with the number of events that each tells of."""
    if not sources:
        return None
    ordered = sorted(sources, key=lambda source: ((source.publisher or "~").casefold(), source.published, source.title))
    groups = groupby(ordered, key=lambda source: source.publisher or "Without a publisher")
    return tag(
        "dl",
        [
            [
                tag("dt", publisher),
                [
                    tag("dd", f"{s.published} ", link(s.url, s.title or "article"), f" ({counted(s.events, 'event')})")
                    for s in articles
                ],
            ]
            for publisher, articles in groups
        ],
        class_="sources",
    )
