"""Versions of articles: which one wins, and what an ingest is to write and to retract."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import SourceError
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
    line: int | None = None
    dated: bool = False
    """Whether it says when it was modified."""

    @classmethod
    def of(cls, article: Article, coder: str) -> Version:
        """The version that an article is, as ``coder`` read it."""
        file, line = (article.origin.file, article.origin.line) if article.origin else (None, None)
        dated = article.extra.get("modified") is not None
        stamp, text, meta = version_stamp(article), article.text_hash, meta_hash(article)
        return cls(stamp, text, meta, coder, article.url, file, line, dated)

    @property
    def order(self) -> tuple[dt.datetime, str, str]:
        """What versions are compared by."""
        return self.stamp, self.text_hash, self.meta_hash

    @property
    def place(self) -> str:
        """Where it was read, for messages."""
        if self.file is None:
            return "an article without a file"
        return self.file if self.line is None else f"{self.file}:{self.line}"


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
        SELECT id, stamp, text_hash, meta_hash, coder, url, origin_file, origin_line,
               json_extract_string(extra, '$.modified') IS NOT NULL, retracted IS NULL
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
    losers: list[tuple[str, Version, int]] = []
    for place, ((article, _, _), mine) in enumerate(zip(items, own, strict=True)):
        for version, _ in versions.get(article.id, ()):
            same_url(article, (version.url, version.file))
        rival = best.get(article.id)
        if rival is not None:
            same_url(article, (rival[0].url, rival[0].file))
            if mine.order == rival[0].order:
                plan.report.unchanged += 1
                continue
            plan.report.clashes += clash(article.id, mine, rival[0])
            if mine.order < rival[0].order:
                losers.append((article.id, mine, place))
                continue
            losers.append((article.id, *rival))
        best[article.id] = (mine, place)
    kept: dict[str, Version] = {}
    for key, (mine, place) in sorted(best.items()):
        current = next((version for version, is_current in versions.get(key, ()) if is_current), None)
        kept[key] = mine if current is None else max(mine, current, key=lambda version: version.order)
        if current is None:
            plan.report.new += 1
        elif mine.order == current.order and mine.coder == current.coder:
            plan.report.unchanged += 1
            continue
        elif mine.order == current.order:
            plan.report.recoded += 1
            plan.retract.append(key)
        elif mine.order > current.order:
            plan.report.clashes += clash(key, mine, current)
            plan.report.changed += 1
            plan.retract.append(key)
        else:
            if not _seen(mine, versions.get(key, ())):
                plan.report.clashes += clash(key, mine, current)
            losers.append((key, mine, place))
            continue
        plan.articles.append((place, True))
        plan.roles += dict.fromkeys(items[place][2])
    remembered = set()
    for key, mine, place in sorted(losers, key=lambda loser: (loser[0], loser[1].order)):
        if mine.stamp == kept[key].stamp:
            plan.report.tied += 1
        else:
            plan.report.older += 1
        if (key, mine.order) not in remembered and not _seen(mine, versions.get(key, ())):
            remembered.add((key, mine.order))
            plan.articles.append((place, False))
    return plan


def _seen(mine: Version, versions: Sequence[tuple[Version, bool]]) -> bool:
    return any(version.order == mine.order and version.coder == mine.coder for version, _ in versions)


def clash(article: str, mine: Version, other: Version) -> list[SourceError]:
    """What to tell of two versions of an article with different words, if it looks like a mistake; else nothing.

    It does if they have the same date, so that their hashes decide, or if they come from two files without a common url
    and the one that is kept does not say that it was modified: then they may be two articles with one id.
    """
    kept = max(mine, other, key=lambda version: version.order)
    tied = mine.stamp == other.stamp
    apart = mine.file != other.file and None not in (mine.file, other.file) and not (mine.url and other.url)
    if mine.text_hash == other.text_hash or not (tied or (apart and not kept.dated)):
        return []
    why = "chosen by their hash, for both have the same date" if tied else "the later ones"
    advice = ["if these are two articles, give each an id of its own"] if apart else []
    advice += ["give the right version a later date as 'modified'"] if tied else []
    what = f"has other words for article {article!r} than {other.place}; kept are those of {kept.place}, {why}"
    return [SourceError(mine.place, f"{what}; {', else '.join(advice)}")]
