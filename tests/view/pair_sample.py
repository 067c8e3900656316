"""Two actors and what happened between them, made by hand: as a graph, and as plain records for pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from view_sample import ACTORS, EVENTS, REPORTS

import kg
from kg.graph.analysis import QUADS, Timeline
from kg.model import Actor, Article, Evidence, Mention, Party, Precision, Span, Status, TimeOrigin, TimeSpan
from kg.view import DyadData, NetworkData
from kg.view.dyad import Source

KNOWN = {actor.id: actor for actor in ACTORS}


def told(
    number: int, text: str, source: str, category: str, target: str, when: str | None, published: str, **fields: Any
) -> tuple[Article, list[Mention], list[Any]]:
    """One article that says one thing; ``when`` is a day, a month (2023-05), or None for no date at all."""
    publisher = fields.pop("publisher", "Harbour Wire")
    day = dt.date.fromisoformat(published)
    article = Article(f"a{number}", day, f"Story {number}", text, f"https://news.example/{number}", publisher)
    if when is None:
        time = TimeSpan(None, None, Precision.UNKNOWN, "once")
    elif len(when) == 7:
        first = dt.date.fromisoformat(when + "-01")
        time = TimeSpan(first, first.replace(day=28), Precision.MONTH, when, when, TimeOrigin.TEXT)
    else:
        first = dt.date.fromisoformat(when)
        time = TimeSpan(first, first, Precision.DAY, when, when, TimeOrigin.TEXT)
    parties = [Party(name, name, KNOWN[name].label, text[:4], Span(0, 4)) for name in (source, target)]
    mention = Mention(
        id=f"m{number}", article=article.id, source=parties[0], target=parties[1], category=category,
        mode=fields.pop("mode", None), status=Status(fields.pop("status", "actual")), time=time,
        evidence=Evidence("text", text, 0, len(text), Span(6, 9)), confidence=0.8, coder="test", group=f"m{number}",
        **fields,
    )  # fmt: skip
    return article, [mention], []


STORIES = [
    told(1, "Tokyo met Seoul in May.", "JPN", "CONSULT", "KOR", "2022-05-10", "2022-05-11", mutual=True),
    told(2, "Tokyo hit Seoul with words.", "JPN", "ACCUSE", "KOR", "2022-05-20", "2022-05-21", publisher="Ledger"),
    told(3, "Seoul hit Tokyo with tariffs.", "KOR", "SANCTION", "JPN", "2022-07-02", "2022-07-03"),
    told(4, "Seoul let Tokyo know of aid.", "KOR", "AID", "JPN", "2022-08", "2022-08-30"),
    told(5, "Tokyo may aid Seoul one day.", "JPN", "AID", "KOR", "2022-09-09", "2022-09-01", status="future"),
    told(6, "Seoul once met Tokyo in peace.", "KOR", "CONSULT", "JPN", None, "2022-09-01", mutual=True),
    told(7, "Uncle Sam met Tokyo on Monday.", "USA", "CONSULT", "JPN", "2022-05-30", "2022-05-31", mutual=True),
    told(8, "Pyongyang hit Tokyo with threats.", "PRK", "THREATEN", "JPN", "2022-06-01", "2022-06-02"),
]
"""Between Japan and South Korea: five actual events, one of them undated, and one that is only planned."""


def graph(folder: Path) -> kg.Graph:
    made = kg.open(folder / "graph", create=True)
    made.ingest(STORIES, lambda ids: [KNOWN[name] for name in ids if name in KNOWN], "test", "test")
    return made


COLUMNS = ["begin", "events", "score", *QUADS, "share"]
MONTHS = [
    (dt.date(2023, 3, 1), 1, 4.0, 1, 0, 0, 0, 0.5),
    (dt.date(2023, 4, 1), 0, None, 0, 0, 0, 0, None),
    (dt.date(2023, 5, 1), 1, 2.5, 1, 0, 0, 0, 1.0),
]
PAIR_EVENTS = [event for event in EVENTS if {event.source, event.target} == {"JPN", "KOR"}]
"""e01 visit, e02 agree (the other way), e10 accuse, e11 consult."""


def pair(**changes: Any) -> DyadData:
    fields: dict[str, Any] = {
        "a": ["JPN"],
        "b": ["KOR"],
        "names": ("Japan", "South Korea"),
        "labels": {"JPN": "Japan", "KOR": "South Korea"},
        "events": PAIR_EVENTS,
        "reports": REPORTS,
        "sources": [
            Source("Kishida hosts Yoon", dt.date(2023, 3, 17), "Harbour Wire", "https://news.example/summit", 2),
            Source("Trade dispute", dt.date(2023, 9, 2), None, None, 1),
        ],
        "timeline": Timeline(COLUMNS, MONTHS, "month", 2, 1),
        "around": NetworkData.from_records(ACTORS, EVENTS, title="Around them"),
        "updated": dt.datetime(2023, 10, 1, 12, 0),
    }
    return DyadData(**{**fields, **changes})


def renamed(actor: Actor, label: str) -> Actor:
    return Actor(actor.id, actor.kind, label, label, actor.country, actor.sector, region=actor.region)
