"""The graph with everything on it that its users want in one place: adding articles, viewing, exporting.

:class:`Graph` extends the graph stage by the stages above it (engine, view, formats), so that the stages themselves
depend in one direction only.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg.graph
from kg.errors import ExtractError, QueryError
from kg.model import Actor

if TYPE_CHECKING:
    import duckdb

    from kg.engine.build import BuildReport
    from kg.extract.explain import Explanations
    from kg.extract.pipeline import Extractor
    from kg.graph.compare import Comparison
    from kg.graph.events import Actors
    from kg.graph.results import EventList, Table
    from kg.graph.window import Day
    from kg.view import NetworkPage, ReportPage
    from kg.view.timeline import ChartedTimeline

__all__ = ["Graph", "open"]

Inputs = Iterable[str | PathLike[str]] | str | PathLike[str]


class Graph(kg.graph.Graph):
    """A temporal graph of political events in a directory; see :class:`kg.graph.Graph` for all that can be asked of
    it."""

    def _repr_html_(self) -> str:
        """What the graph holds, for Jupyter."""
        from kg.graph.results import html_table

        return html_table(["graph", str(self.directory)], list(self.info().items()))

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

    @functools.wraps(kg.graph.Graph.events)
    def events(self, *args: Any, **select: Any) -> EventList:  # type: ignore[override]
        """As :meth:`kg.graph.Graph.events`; the list shows itself in Jupyter with the words of the articles."""
        from kg.view.listed import ListedEvents

        found = super().events(*args, **select)
        return found if select.get("columns") is not None else ListedEvents(found.to_arrow(), self, select.get("as_of"))

    def evidence(self, event_id: str, as_of: Day | None = None) -> Table:
        """As :meth:`kg.graph.Graph.evidence`; in Jupyter the table shows the words, marked, and links.

        Raises:
            QueryError: there is no such event.
        """
        from kg.view.listed import ListedEvidence

        found = super().evidence(event_id, as_of)
        return ListedEvidence(found.columns, found.rows, found.truncated)

    def explain(self, id: str, as_of: Day | None = None, extractor: Extractor | None = None) -> Explanations:
        """Why a mention, or each mention of an event, is there; its sentence is read again where the text is kept.

        ``extractor`` is the one that built the graph, if it was not the default one. The result is a list that prints
        and, in Jupyter, shows itself; see :class:`kg.extract.explain.Explanation`.

        Raises:
            QueryError: there is no such event or mention.
        """
        from kg.extract.explain import Explanations, explain, known

        try:
            mentions = [self.mention(id, as_of)]
        except QueryError:
            mentions = [self.mention(row["mention"], as_of) for row in self.evidence(id, as_of).to_dicts()]
        found = Explanations()
        for mention in mentions:
            article = self.article(mention.article, as_of)
            if not getattr(article, mention.evidence.field):
                found.append(known(mention, "the graph keeps no text of the article"))
                continue
            try:
                found.append(explain(article, mention.id, extractor))
            except ExtractError as error:
                found.append(known(mention, str(error)))
        return found

    def view(self, *, since: str | None = None, until: str | None = None, **options: Any) -> NetworkPage:
        """The network as an interactive page that shows itself in Jupyter; ``.save(path)`` writes it as one HTML file.

        Options are those of :func:`kg.view.network`: title, renderer, max_links, theme.
        """
        from kg.view import network
        from kg.view.data import NetworkData

        return network(NetworkData.of(self, since=since, until=until), **options)

    def timeline(  # type: ignore[override]
        self, a: Actors | None = None, b: Actors | None = None, every: str = "month", **select: Any
    ) -> ChartedTimeline:
        """Events over time as :meth:`kg.graph.Graph.timeline` counts them; ``.chart()`` draws them with each event.

        ``select`` takes its other filters: since, until, category, status, min_confidence, as_of, level.

        Raises:
            QueryError: an unknown actor, level, category, status or unit, or a malformed date.
        """
        from kg.view.timeline import charted

        select = {"status": "actual", **select}
        return charted(self, super().timeline(a, b, every, **select), a, b, **select)

    def report(
        self,
        a: Actors | None = None,
        b: Actors | None = None,
        *,
        article: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        **options: Any,
    ) -> ReportPage:
        """What happened between two actors, or what one article says, as one page to send; ``.save(path)`` writes it.

        ``article`` is an id or address. Options are those of :func:`kg.view.report`: every, as_of, title, theme.

        Raises:
            QueryError: an unknown actor, article or option value, a malformed date, or no event between the two.
        """
        from kg.view import report

        return report(self, a, b, article=article, since=since, until=until, **options)

    def actor_records(self, ids: Iterable[str]) -> Iterable[Actor]:
        """The records that the gazetteer has of actors that a correction brings in."""
        from kg.extract.gazetteer import gazetteer

        return gazetteer().known(ids)

    def corrected_actor(self, connection: duckdb.DuckDBPyConnection, name: str) -> str:
        """The actor that a correction means by ``name``: one of the graph, else one that the gazetteer knows by it.

        Raises:
            QueryError: nobody knows such an actor, or it may be several.
        """
        from kg.extract.gazetteer import gazetteer

        try:
            return super().corrected_actor(connection, name)
        except QueryError:
            known = gazetteer()
            found = {actor.id for actor in known.known([name])}
            found = found or {known.principal(s) for match in known.find(name) for s in match.senses if not s.careful}
            if len(found) != 1:
                raise
            return found.pop()

    def compare(self, first: str, second: str | kg.graph.Graph, **options: Any) -> Comparison:
        """How far two codings overlap: coders of this graph by (the beginning of) their names, ``"kg"`` your own.

        ``second`` may also be another graph, which is then compared as a whole. Options are those of
        :func:`kg.graph.compare.compare`: since, until, status, targetless, as_of.

        Raises:
            QueryError: there is no such coder, or a status or date is wrong.
        """
        from kg.graph.compare import Coding, compare

        other = Coding(self, second) if isinstance(second, str) else Coding(second)
        return compare(Coding(self, first), other, **options)

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
