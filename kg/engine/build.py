"""From inputs to a graph: read, leave out what is known, extract, store.

Every :data:`BATCH` articles are one transaction. What is extracted between two of them is kept in a journal beside the
tables, so that an interrupted build goes on where it was, and comes to the same transactions as one without
interruption.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from kg.engine import passed
from kg.engine.journal import Journal
from kg.engine.local import Told, extract, failed
from kg.errors import SourceError
from kg.graph.store import IngestReport
from kg.model import Article

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.graph import Graph

__all__ = ["BATCH", "JOURNAL", "BuildReport", "build", "store"]

BATCH = 500
"""Articles stored in one transaction."""

JOURNAL = "unfinished.jsonl"
"""Name of the journal in the graph's directory; there only while a build runs, or after it was interrupted."""

T = TypeVar("T")
Watch = Callable[[Iterable["Extraction"]], Iterable["Extraction"]]


@dataclass(slots=True, repr=False)
class BuildReport(Told):
    """What a build did: articles stored by kind (see :class:`IngestReport`), and articles not read, by reason."""

    stored: IngestReport = field(default_factory=IngestReport)
    problems: list[SourceError] = field(default_factory=list)

    def __repr__(self) -> str:
        more = [f"{count} skipped: {reason}" for reason, count in self.skipped.items()]
        more += [f"{count} articles {note}" for note, count in self.notes.items()]
        more += [f"not read: {problem}" for problem in self.problems[:5]]
        return "\n".join([str(self.stored), *more])


def build(
    graph: Graph,
    articles: Iterable[Article],
    extractor: Extractor,
    *,
    processes: int = 1,
    command: str = "",
    watch: Watch = lambda items: items,
) -> BuildReport:
    """Add articles to a graph and bring all projections up to date; articles already there unchanged aren't parsed
    again, nor those that the same coder passed over before.

    ``watch`` sees the extractions go by (for progress). Stopped at any moment and called again with the same articles,
    it goes on where it was.

    Raises:
        StoreBusy: another process is writing.
        GraphError: the graph is damaged or can't be written to.
        ExtractError: the language pipeline can't be loaded, or a worker was ended from outside.
    """
    report = BuildReport()
    counts = Counter[str]()
    unseen = _count(graph.unseen(_count(articles, counts, "read"), extractor.coder, report.problems), counts, "unseen")
    new = passed.leave_out(graph, unseen, passed.reader(extractor), report.skipped)
    store(graph, new, extractor, report, processes=processes, command=command, watch=watch)
    report.stored.unchanged += counts["read"] - counts["unseen"] - len(report.problems)
    return report


def store(
    graph: Graph,
    articles: Iterable[Article],
    extractor: Extractor,
    report: BuildReport,
    *,
    processes: int = 1,
    command: str = "",
    watch: Watch = lambda items: items,
) -> None:
    """Extract and store articles batch by batch, adding what was done to ``report``."""

    def run(rest: Iterable[Article]) -> Iterator[Extraction]:
        return extract(rest, extractor, processes)

    by = passed.reader(extractor)
    skipped: list[tuple[Article, str]] = []
    with contextlib.ExitStack() as stack:
        journal = _journal(graph, extractor.coder)
        if journal is not None:
            stack.enter_context(journal)
        found = journal.through(articles, run) if journal is not None else run(articles)
        batch: list[Extraction] = []
        for one in watch(found):
            report.count(one)
            if one.skipped:
                if not failed(one):
                    skipped.append((one.article, one.skipped))
                if len(skipped) >= BATCH:
                    passed.remember(graph, skipped, by)
                    skipped.clear()
                continue
            batch.append(one)
            if len(batch) == BATCH:
                _ingest(graph, batch, extractor, report, command)
                batch.clear()
                if journal is not None:
                    journal.clear()
        _ingest(graph, batch, extractor, report, command)
        passed.remember(graph, skipped, by)
        if journal is not None:
            journal.remove()
    graph.sync()
    report.stored.events = graph.info()["events"]


def _journal(graph: Graph, coder: str) -> Journal | None:
    """The graph's journal, unless another build is using it: then this one does without."""
    try:
        return Journal(graph.layout.root / JOURNAL, coder)
    except SourceError:
        return None


def _ingest(graph: Graph, batch: list[Extraction], extractor: Extractor, report: BuildReport, command: str) -> None:
    if batch:
        rows = ((one.article, list(one.mentions), list(one.roles)) for one in batch)
        report.stored += graph.ingest(rows, extractor.gazetteer.known, extractor.coder, command=command)


def _count(items: Iterable[T], counts: Counter[str], name: str) -> Iterator[T]:
    for item in items:
        counts[name] += 1
        yield item
