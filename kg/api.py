"""The graph with everything on it that its users want in one place: adding articles, viewing, exporting.

:class:`Graph` extends the graph stage by the stages above it (engine, view, formats), so that the stages themselves
depend in one direction only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg.graph

if TYPE_CHECKING:
    from kg.engine.build import BuildReport
    from kg.extract.pipeline import Extractor
    from kg.graph.events import Actors
    from kg.graph.window import Day
    from kg.view import NetworkPage, ReportPage
    from kg.view.timeline import ChartedTimeline

__all__ = ["Graph", "open"]

Inputs = Iterable[str | PathLike[str]] | str | PathLike[str]


class Graph(kg.graph.Graph):
    """A temporal graph of political events in a directory; see :class:`kg.graph.Graph` for all that can be asked of
    it."""

    def add(
        self,
        inputs: Inputs,
        *,
        format: str | None = None,
        mapping: Mapping[str, str] | None = None,
        fetch: bool = False,
        processes: int = 1,
        extractor: Extractor | None = None,
    ) -> BuildReport:
        """Read articles into the graph, like ``kg build``; what could not be read is in the report's ``problems``.

        ``inputs`` are files, directories or globs, ``mapping`` renames the fields of JSONL and CSV ({"text": "body"}).

        Raises:
            KgError: the options are wrong, or another process is writing.
        """
        from kg.engine.build import build
        from kg.extract.pipeline import Extractor
        from kg.sources import ReadReport, read

        problems = ReadReport()
        articles = read(inputs, format=format, mapping=mapping, fetch=fetch, report=problems)
        report = build(self, articles, extractor or Extractor(), processes=processes, command="Graph.add")
        report.problems += problems.problems
        return report

    def view(self, *, since: str | None = None, until: str | None = None, **options: Any) -> NetworkPage:
        """The network as an interactive page that shows itself in Jupyter; ``.save(path)`` writes it as one HTML file.

        Options are those of :func:`kg.view.network`: title, renderer, max_links, theme.
        """
        from kg.view import network
        from kg.view.data import NetworkData

        return network(NetworkData.of(self, since=since, until=until), **options)

    def timeline(
        self,
        a: Actors | None = None,
        b: Actors | None = None,
        every: str = "month",
        since: Day | None = None,
        until: Day | None = None,
        category: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = "actual",
        min_confidence: float | None = None,
        as_of: Day | None = None,
    ) -> ChartedTimeline:
        """Events over time as :meth:`kg.graph.Graph.timeline` counts them; ``.chart()`` draws them with each event.

        Raises:
            QueryError: an unknown actor, category, status or unit, or a malformed date.
        """
        from kg.view.timeline import charted

        select: dict[str, Any] = {
            "since": since,
            "until": until,
            "category": category,
            "status": status,
            "min_confidence": min_confidence,
            "as_of": as_of,
        }
        return charted(self, super().timeline(a, b, every=every, **select), a, b, **select)

    def report(
        self, a: Actors, b: Actors, *, since: Day | None = None, until: Day | None = None, **options: Any
    ) -> ReportPage:
        """What happened between two actors as one page to send; ``.save(path)`` writes it as one HTML file.

        Options are those of :func:`kg.view.report`: every, as_of, title, theme.

        Raises:
            QueryError: an unknown actor or option value, a malformed date, or no event between the two.
        """
        from kg.view import report

        return report(self, a, b, since=since, until=until, **options)

    def export(self, path: str | PathLike[str], *, history: bool = False) -> None:
        """Write the graph to ``path`` in the format that its suffix names; with ``history`` record time is written too.

        Raises:
            KgError: the suffix names no format, or the file can't be written.
        """
        from kg.formats import export

        export(self, Path(path), history=history)


def open(path: str | PathLike[str], create: bool = False) -> Graph:
    """The graph in the directory ``path``; with ``create`` an empty one is made where there is none.

    Raises:
        GraphError: there is no graph at ``path``, it is damaged, of another version, or can't be made.
    """
    return Graph(Path(path), create=create)
