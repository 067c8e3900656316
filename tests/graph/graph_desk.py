"""Small articles and mentions made by hand, and graphs of them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import kg.graph
from kg.graph import Graph
from kg.model import (
    Actor,
    ActorKind,
    Alias,
    Article,
    Evidence,
    Mention,
    Origin,
    Party,
    Precision,
    Role,
    Span,
    Status,
    TimeOrigin,
    TimeSpan,
    digest,
)

Item = tuple[Article, list[Mention], list[Role]]

ACTORS = {
    "JPN": Actor(
        "JPN",
        ActorKind.STATE,
        "Japan",
        "JPN",
        "JPN",
        None,
        "Q17",
        "Asia",
        (Alias("Japan"), Alias("Tokyo"), Alias("Japanese")),
    ),
    "KOR": Actor(
        "KOR", ActorKind.STATE, "South Korea", "KOR", "KOR", None, "Q884", "Asia", (Alias("Seoul"), Alias("ROK"))
    ),
    "PRK": Actor(
        "PRK", ActorKind.STATE, "North Korea", "PRK", "PRK", None, "Q423", "Asia", (Alias("Pyongyang"), Alias("DPRK"))
    ),
    "USA": Actor(
        "USA", ActorKind.STATE, "United States", "USA", "USA", None, "Q30", "Americas", (Alias("Washington"),)
    ),
    "CHN": Actor("CHN", ActorKind.STATE, "China", "CHN", "CHN", None, "Q148", "Asia", (Alias("Beijing"),)),
    "RUS": Actor("RUS", ActorKind.STATE, "Russia", "RUS", "RUS", None, "Q159", "Europe", (Alias("Moscow"),)),
    "UKR": Actor("UKR", ActorKind.STATE, "Ukraine", "UKR", "UKR", None, "Q212", "Europe", (Alias("Kyiv"),)),
    "IRN:CVL": Actor("IRN:CVL", ActorKind.SECTOR, "Iranian civilians", "IRN:CVL", "IRN", "CVL"),
    "IRN": Actor("IRN", ActorKind.STATE, "Iran", "IRN", "IRN", None, "Q794", "Asia", (Alias("Tehran"),)),
    "UN": Actor("UN", ActorKind.ORGANISATION, "United Nations", "UN", None, None, "Q1065"),
}


def lookup(ids: Iterable[str]) -> list[Actor]:
    return [ACTORS[i] for i in ids if i in ACTORS]


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def party(actor: str, text: str, start: int, sector: str | None = None) -> Party:
    known = ACTORS.get(actor)
    return Party(
        actor,
        known.code if known else actor,
        known.label if known else text,
        text,
        Span(start, start + len(text)),
        sector,
    )


class Desk:
    """Writes articles that say exactly one thing each, with true offsets."""

    def __init__(self) -> None:
        self.count = 0

    def article(self, text: str, published: str = "2023-03-16", **fields: Any) -> Article:
        self.count += 1
        key = fields.pop("id", f"a{self.count}")
        defaults: dict[str, Any] = {
            "url": f"https://news.example/{key}",
            "publisher": "Wire",
            "title": "",
            "origin": Origin("in.jsonl", self.count, digest(text)),
        }
        return Article(id=key, published=dt.date.fromisoformat(published), text=text, **{**defaults, **fields})

    def mention(
        self,
        article: Article,
        source: str,
        category: str,
        target: str | None = None,
        when: str | tuple[str | None, str | None] | None = None,
        *,
        precision: Precision | None = None,
        expression: str = "",
        status: str = "actual",
        sectors: tuple[str | None, str | None] = (None, None),
        **fields: Any,
    ) -> Mention:
        """``when`` is a day, a span, or None for the publication date."""
        field = "text" if article.text else "title"
        quote = getattr(article, field)
        if when is None:
            time = TimeSpan.published(article.published)
        else:
            begin, end = when if isinstance(when, tuple) else (when, when)
            kind = precision or (
                Precision.DAY if begin == end and begin else Precision.MONTH if begin else Precision.UNKNOWN
            )
            time = TimeSpan(day(begin), day(end), kind, expression, f"{begin}/{end}", TimeOrigin.TEXT)
        key = digest(
            article.id, article.text_hash, source, target, category, when, status, sectors, sorted(fields.items())
        )
        fields.setdefault("confidence", 0.5)
        return Mention(
            id=key,
            article=article.id,
            source=party(source, quote[:4], 0, sectors[0]),
            target=party(target, quote[:4], 0, sectors[1]) if target else None,
            category=category,
            mode=fields.pop("mode", None),
            status=Status(status),
            time=time,
            evidence=Evidence(field, quote, 0, len(quote), Span(0, 4)),
            group=fields.pop("group", key),
            coder="test",
            **fields,
        )

    def tell(self, source: str, category: str, target: str | None = None, when: Any = None, **options: Any) -> Item:
        """One article that tells of one event."""
        text = options.pop("text", None)
        about = {k: options.pop(k) for k in ("id", "published", "publisher", "cluster", "url", "extra") if k in options}
        words = text or f"Report {self.count} says that {source} {category.lower()} {target} at {when} {options}"
        article = self.article(words, **about)
        return article, [self.mention(article, source, category, target, when, **options)], []

    def role(self, person: str, office: str, actor: str, published: str) -> Item:
        """One article that says who somebody is."""
        text = f"{person}, {office} of {actor}"
        article = self.article(text, published)
        role = Role(article.id, person, office, actor, actor, article.published, text, "text", 0, len(text))
        return article, [], [role]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def build_at(path: Path, *batches: Iterable[Item]) -> Graph:
    """A graph of the given items, in one ingest each list."""
    graph = kg.graph.open(path, create=True)
    for batch in batches:
        graph.ingest(batch, lookup, "test", "test")
    return graph


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Graph]:
    """A function that makes a graph of the given items, in one batch each list."""
    numbers = itertools.count(1)
    return lambda *batches: build_at(tmp_path / f"graph{next(numbers)}", *batches)
