"""From inputs to a graph: read, skip what is known, extract, store; in batches, so that an interrupted build goes
on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from kg.engine.local import extract
from kg.errors import SourceError
from kg.graph.store import IngestReport
from kg.model import Article

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.graph import Graph

__all__ = ["BATCH", "BuildReport", "build"]

BATCH = 500
"""Articles stored in one transaction: what an interruption can cost at most."""

T = TypeVar("T")


@dataclass(slots=True, repr=False)
class BuildReport:
    """What a build did: articles stored by kind (see :class:`IngestReport`), and articles not read, by reason."""

    stored: IngestReport = field(default_factory=IngestReport)
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[SourceError] = field(default_factory=list)

    def __repr__(self) -> str:
        more = [f"{count} skipped: {reason}" for reason, count in self.skipped.items()]
        more += [f"not read: {problem}" for problem in self.problems[:5]]
        return "\n".join([str(self.stored), *more])


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def build(
    graph: Graph,
    articles: Iterable[Article],
    extractor: Extractor,
    *,
    processes: int = 1,
    command: str = "",
    watch: Callable[[Iterable[Extraction]], Iterable[Extraction]] = lambda items: items,
) -> BuildReport:
    """Add articles to a graph and bring all projections up to date; articles already there unchanged aren't parsed
    again.

    Every batch of :data:`BATCH` articles is one transaction. ``watch`` sees the extractions go by (for progress).
    """
    report = BuildReport()
    counts = Counter[str]()
    new = _count(graph.unseen(_count(articles, counts, "read"), extractor.coder, report.problems), counts, "new")

    for batch in _batches(watch(extract(new, extractor, processes)), BATCH):
        for one in batch:
            if one.skipped:
                report.skipped[one.skipped] = report.skipped.get(one.skipped, 0) + 1
        rows = ((one.article, list(one.mentions), list(one.roles)) for one in batch if not one.skipped)
        report.stored += graph.ingest(rows, extractor.gazetteer.known, extractor.coder, command=command)
    graph.sync()
    report.stored.unchanged += counts["read"] - counts["new"] - len(report.problems)
    report.stored.events = graph.info()["events"]
    return report


def _count(items: Iterable[T], counts: Counter[str], name: str) -> Iterator[T]:
    for item in items:
        counts[name] += 1
        yield item
