"""Events and evidence that show themselves in Jupyter with the words of the articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from kg.graph.results import EventList, Table
from kg.graph.window import Day
from kg.model import Event, Status
from kg.view.data import Report
from kg.view.markup import Markup, link, tag
from kg.view.words import coding, counted, signed, when

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.graph import Graph

__all__ = ["ListedEvents", "ListedEvidence"]

_SHOWN = 20
"""Events that Jupyter shows of a longer list."""

_QUOTE = 200
"""Characters of a quote at most."""


class ListedEvents(EventList):
    """Events of a graph as :meth:`kg.graph.Graph.events` finds them; fetches their words when it is to be shown."""

    def __init__(self, table: pa.Table, graph: Graph, as_of: Day | None = None) -> None:
        super().__init__(table)
        self._graph = graph
        self._as_of = as_of

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        found = super().__getitem__(index)
        return ListedEvents(found.to_arrow(), self._graph, self._as_of) if isinstance(found, EventList) else found

    def _repr_html_(self) -> str:
        """A table: when, who, what, how it is told and by whom, with links."""
        from kg.view.from_graph import reports_of

        rows = self._table.slice(0, _SHOWN).to_pylist()
        labels = {row[side]: row[f"{side}_label"] for row in rows for side in ("source", "target")}
        shown = list(self[:_SHOWN])
        reports = reports_of(self._graph, shown, self._as_of)
        heads = [tag("th", name, style=_LEFT) for name in ("when", "who", "what", "score", "words", "told by")]
        body = [tag("tr", _cells(event, labels, reports.get(event.id, ()))) for event in shown]
        note = f"{len(shown)} of {len(self):,} events" if len(self) > _SHOWN else counted(len(self), "event")
        return tag("table", tag("thead", tag("tr", heads)), tag("tbody", body)) + tag("p", note)


_LEFT = "text-align:left;vertical-align:top"


def _cells(event: Event, labels: dict[str, str], reports: Sequence[Report]) -> list[Markup]:
    first = reports[0] if reports else None
    who = labels[event.source]
    if event.target is not None:
        who += f" {'↔' if event.mutual else '→'} {labels[event.target]}"
    status = "" if event.status is Status.ACTUAL else f" ({event.status.value})"
    told: list[object] = [counted(event.publishers, "publisher")]
    if first is not None:
        name = first.publisher or "article"
        told = [link(first.url, name) if first.url else name, f", {first.published}"]
        told += [f" and {event.publishers - 1} more"] if event.publishers > 1 else []
    cells: list[object] = [
        when(event), who, [tag("b", coding(event)), status], signed(event.score), _words(first), told
    ]  # fmt: skip
    titles = [
        f"event {event.id}",
        None,
        None,
        f"confidence {event.confidence:.0%}",
        None,
        first.title if first else None,
    ]
    return [tag("td", cell, style=_LEFT, title=title) for cell, title in zip(cells, titles, strict=True)]


def _words(report: Report | None) -> list[object]:
    """The quote with its trigger marked, cut around it."""
    if report is None:
        return []
    text, (start, end) = report.quote, report.trigger or (0, 0)
    if not 0 <= start < end <= len(text):
        return [text[:_QUOTE], "…" if len(text) > _QUOTE else ""]
    left = max(0, min(start - _QUOTE // 2, len(text) - _QUOTE))
    right = max(end, min(len(text), left + _QUOTE))
    return [
        "…" if left else "", text[left:start], tag("mark", text[start:end]), text[end:right],
        "…" if right < len(text) else "",
    ]  # fmt: skip


class ListedEvidence(Table):
    """What was said of an event; shows itself with the words marked and links, not with all its columns."""

    def _repr_html_(self) -> str:
        """A table: when it was published, by whom, the words, who they name, and how sure it is."""
        heads = ["published", "by", "words", "source", "target", "mode", "confidence"]
        rows = [tag("tr", [tag("td", cell, style=_LEFT) for cell in _said(row)]) for row in self.to_dicts()[:_SHOWN]]
        note = f"{_SHOWN} of {len(self):,} mentions" if len(self) > _SHOWN else counted(len(self), "mention")
        head = tag("tr", [tag("th", name, style=_LEFT) for name in heads])
        return tag("table", tag("thead", head), tag("tbody", rows)) + tag("p", note)


def _said(row: dict[str, Any]) -> list[object]:
    """The cells of a mention."""
    start, quote = row["start"], row["quote"] or ""
    cut = (row["trigger_start"] - start, row["trigger_end"] - start) if row["trigger_start"] is not None else None
    words = _words(Report(row["title"] or "", quote, row["published"], trigger=cut))
    by: list[object] = [link(row["url"], row["title"] or "article")]
    by = [tag("b", row["publisher"]), " · ", *by] if row["publisher"] else by
    status = "" if row["status"] == Status.ACTUAL else f" ({row['status']})"

    def side(name: str) -> str:
        agent = row[f"{name}_agent"]
        return f"“{row[f'{name}_text']}”" + (f" ({agent})" if agent else "") if row[f"{name}_text"] else ""

    return [
        row["published"], by, words, side("source"), side("target"), (row["mode"] or "") + status,
        f"{row['confidence']:.0%}" + (" (copy)" if row["copy"] else ""),
    ]  # fmt: skip
