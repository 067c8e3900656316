"""Versions of articles: which one wins, and what an ingest is to write and to retract."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.graph.rows import meta_hash, version_stamp
from kg.graph.schema import arrow
from kg.graph.store import IngestReport, same_url
from kg.model import Article, Mention, Role

if TYPE_CHECKING:
    import duckdb

__all__ = ["Batch", "Item", "Plan", "Version", "make_plan", "versions_of"]

Item = tuple[Article, list[Mention], list[Role]]
Batch = Iterable[Item]


@dataclass(slots=True)
class Version:
    """One version of an article, comparable: the later stamp wins, then the larger hashes."""

    stamp: dt.datetime
    text_hash: str
    meta_hash: str
    coder: str
    url: str | None
    file: str | None

    @classmethod
    def of(cls, article: Article, coder: str) -> Version:
        """The version that an article is, as ``coder`` read it."""
        file = article.origin.file if article.origin else None
        return cls(version_stamp(article), article.text_hash, meta_hash(article), coder, article.url, file)

    @property
    def order(self) -> tuple[dt.datetime, str, str]:
        """What versions are compared by."""
        return self.stamp, self.text_hash, self.meta_hash


@dataclass(slots=True)
class Plan:
    """What an ingest is about to write."""

    articles: list[tuple[int, bool]] = field(default_factory=list)
    """Places in the batch of articles to add, and whether each is current; the current ones with all they tell."""
    roles: list[Role] = field(default_factory=list)
    retract: list[str] = field(default_factory=list)
    report: IngestReport = field(default_factory=IngestReport)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.articles and not self.retract


def versions_of(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, list[tuple[Version, bool]]]:
    """Every version on record of the given articles, and whether it is the current one; removed articles have none."""
    connection.register("_wanted", arrow({"id": sorted(set(ids))}, {"id": "VARCHAR"}))
    rows = connection.execute(
        """
        SELECT id, stamp, text_hash, meta_hash, coder, url, origin_file, retracted IS NULL
        FROM article JOIN _wanted USING (id)
        QUALIFY bool_or(retracted IS NULL) OVER (PARTITION BY id)
        """
    ).fetchall()
    connection.unregister("_wanted")
    out: dict[str, list[tuple[Version, bool]]] = defaultdict(list)
    for article, *version, current in rows:
        out[article].append((Version(*version), current))
    return out


def make_plan(
    items: Sequence[Item],
    own: Sequence[Version],
    versions: Mapping[str, list[tuple[Version, bool]]],
) -> Plan:
    """Decide for each article of a batch whether it is new, unchanged, changed, coded anew, or older than known.

    ``own`` are the versions of the items, ``versions`` those that the graph knows.
    """
    plan = Plan()
    best: dict[str, tuple[Version, int]] = {}
    losers: dict[tuple[str, str, str], tuple[Version, int]] = {}
    for place, ((article, _, _), mine) in enumerate(zip(items, own, strict=True)):
        for version, _ in versions.get(article.id, ()):
            same_url(article, (version.url, version.file))
        rival = best.get(article.id)
        if rival is not None:
            same_url(article, (rival[0].url, rival[0].file))
            if mine.order == rival[0].order:
                plan.report.unchanged += 1
                continue
            if mine.order < rival[0].order:
                losers[article.id, mine.text_hash, mine.meta_hash] = (mine, place)
                continue
            losers[article.id, rival[0].text_hash, rival[0].meta_hash] = rival
        best[article.id] = (mine, place)
    for key, (mine, place) in sorted(best.items()):
        current = next((version for version, is_current in versions.get(key, ()) if is_current), None)
        if current is None:
            plan.report.new += 1
        elif mine.order == current.order and mine.coder == current.coder:
            plan.report.unchanged += 1
            continue
        elif mine.order == current.order:
            plan.report.recoded += 1
            plan.retract.append(key)
        elif mine.order > current.order:
            plan.report.changed += 1
            plan.retract.append(key)
        else:
            losers[key, mine.text_hash, mine.meta_hash] = (mine, place)
            continue
        plan.articles.append((place, True))
        plan.roles += dict.fromkeys(items[place][2])
    for (key, _, _), (mine, place) in sorted(losers.items(), key=lambda item: item[0]):
        plan.report.older += 1
        seen = [v for v, _ in versions.get(key, ())]
        if not any(v.order == mine.order and v.coder == mine.coder for v in seen):
            plan.articles.append((place, False))
    return plan
