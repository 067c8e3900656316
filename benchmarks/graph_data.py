"""Made-up articles with their mentions, for benchmarks of the graph: same seed, same articles, on every machine.

Actors follow a heavy tail, as in real archives: the *k*-th of 1,000 takes part in proportion to 1 / (k + 2). Days are
even over ten years, one mention in five has no date of its own, one event in three is told twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from kg.model import (
    Actor,
    ActorKind,
    Article,
    Evidence,
    Mention,
    Party,
    Precision,
    Role,
    Span,
    Status,
    TimeSpan,
    digest,
)
from kg.ontology import SYMMETRIC, ontology

FIRST = dt.date(2014, 1, 1)
DAYS = 3652
ACTORS = 1000
PER_ARTICLE = 3
CODER = "made-up"

Item = tuple[Article, list[Mention], list[Role]]

_TEXT = """
    after talks on the border with officials who said that trade would resume next year while troops stayed near
    a bridge in the north and ministers from several parties asked for calm before votes in the capital about water
    grain gas ports roads schools aid budgets courts prisoners fishing rights an airport and old maps
"""
_WORDS = np.array(_TEXT.split())
_PUBLISHERS = [f"Paper {number}" for number in range(40)]


def actor_id(number: int) -> str:
    """Q000 is the busiest."""
    return f"Q{number:03d}"


def actors(ids: Iterable[str]) -> list[Actor]:
    return [Actor(key, ActorKind.STATE, f"Land {key}", key, country=key, region="Made-up") for key in ids]


def told(events: int, seed: int = 1) -> Iterator[tuple[int, int, int, int, bool]]:
    """Distinct (source, target, category, day, dated); every third comes twice, ten numbers or so apart."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(ACTORS) + 2.0)
    weights /= weights.sum()
    seen: set[int] = set()
    waiting: list[tuple[int, tuple[int, int, int, int, bool]]] = []
    while len(seen) < events:
        size = 50_000
        sources, targets = rng.choice(ACTORS, size, p=weights), rng.choice(ACTORS, size, p=weights)
        kinds, days, dated = rng.integers(0, 16, size), rng.integers(0, DAYS, size), rng.random(size) >= 0.2
        for row in zip(*(a.tolist() for a in (sources, targets, kinds, days, dated)), strict=True):
            source, target, kind, day, _ = row
            key = ((source * ACTORS + target) * 16 + kind) * DAYS + day
            if source == target or key in seen:
                continue
            seen.add(key)
            yield row
            if len(seen) % 3 == 0:
                waiting.append((len(seen) + 10, row))
            if waiting and waiting[0][0] <= len(seen):
                yield waiting.pop(0)[1]
            if len(seen) == events:
                return


def items(events: int, seed: int = 1, first: int = 0) -> Iterator[Item]:
    """Articles of about 80 words with :data:`PER_ARTICLE` mentions each, numbered from ``first``."""
    rng = np.random.default_rng(seed + 1)
    categories = list(ontology().categories)
    source = told(events, seed)
    number = first
    while part := list(islice(source, PER_ARTICLE)):
        words = _WORDS[rng.integers(0, len(_WORDS), 60)].tolist()
        yield _article(number, part, words, categories)
        number += 1


def _article(number: int, part: list[tuple[int, int, int, int, bool]], words: list[str], categories: list[str]) -> Item:
    key = f"made-up-{number}"
    published = FIRST + dt.timedelta(days=part[0][3] + 1)
    sentences, spans, at = [], [], 0
    for place, (source, target, kind, day, dated) in enumerate(part):
        when = f" on {FIRST + dt.timedelta(days=day)}" if dated else ""
        filler = " ".join(words[place * 15 : place * 15 + 15])
        sentence = f"Land {actor_id(source)} {categories[kind].lower()} Land {actor_id(target)}{when} {filler}."
        sentences.append(sentence)
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    text = " ".join([*sentences, " ".join(words[45:])])
    article = Article(
        id=key,
        published=published,
        title=f"Report {number} from {words[0]} {words[1]}",
        text=text,
        publisher=_PUBLISHERS[number * 7 % 40],
        url=f"https://paper{number * 7 % 40}.example/{number}",
    )
    mentions = [
        _mention(article, row, span, sentence, categories)
        for row, span, sentence in zip(part, spans, sentences, strict=True)
    ]
    return article, mentions, []


def _mention(
    article: Article, row: tuple[int, int, int, int, bool], span: tuple[int, int], quote: str, categories: list[str]
) -> Mention:
    source, target, kind, day, dated = row
    category, begin = categories[kind], span[0]
    when = FIRST + dt.timedelta(days=day)
    iso = when.isoformat()
    time = TimeSpan(when, when, Precision.DAY, iso, iso) if dated else TimeSpan.published(article.published)
    verb = begin + 10
    key = digest(article.id, *row)
    return Mention(
        id=key,
        article=article.id,
        source=_party(source, begin),
        target=_party(target, verb + len(category) + 1),
        category=category,
        mode=None,
        status=Status.ACTUAL,
        time=time,
        evidence=Evidence("text", quote, begin, span[1], Span(verb, verb + len(category))),
        mutual=category in SYMMETRIC,
        confidence=0.5,
        coder=CODER,
        group=key,
    )


def _party(number: int, start: int) -> Party:
    key = actor_id(number)
    return Party(key, key, f"Land {key}", f"Land {key}", Span(start, start + 9))
