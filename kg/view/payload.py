"""What the page carries: the data as one JSON document, in columns, with every text stored once.

All events travel as small numbers, so that counts are right in every window and under every filter. The words that
prove them (titles, quotes, addresses) are many times larger and are carried for at most :data:`MAX_PROVEN` events,
fewer if the page would pass its size; the page says so where they are missing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from kg.errors import QueryError
from kg.model import Actor, ActorKind, Event, Precision, Status
from kg.ontology import QUAD_NAMES, ontology
from kg.view.agents import AGENT, agents_of
from kg.view.data import NetworkData, Report, plain_text
from kg.view.layout import Points, layout, satellites
from kg.view.span import usual

__all__ = ["MAX_BYTES", "MAX_PROVEN", "MAX_ROWS", "Payload", "script_json"]

MAX_PROVEN = 5_000
"""Events whose words are carried."""

MAX_ROWS = 100_000
"""Events that are carried at all; of more, those of the strongest links."""

MAX_BYTES = 4_200_000
"""Size of the JSON document; with the page's own parts the file stays below 5 MB."""

_REPORTS = 3
_STEPS = ((MAX_PROVEN, _REPORTS), (MAX_PROVEN, 1), (2_500, 1), (1_000, 1), (250, 1), (0, 0))
"""How many events with words, and reports of each; the first that fits is taken."""

_QUOTE = 420
_BLOCK = 10
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

T = TypeVar("T")


class _Index(Generic[T]):
    """Values in order of first use, each once; calling it gives the place of a value."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self.places: dict[T, int] = {value: place for place, value in enumerate(values)}

    def __call__(self, value: T | None) -> int:
        """The place of a value, -1 for None."""
        return -1 if value is None else self.places.setdefault(value, len(self.places))

    @property
    def values(self) -> list[T]:
        return list(self.places)


def script_json(value: object) -> str:
    """JSON that can stand inside a ``script`` element: it holds no ``<``, ``>``, ``&`` and no Unicode line separator.

    >>> script_json({"a": "</script>"})
    '{"a":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return plain_text(text.translate(_ESCAPES))


def _column(values: list[Any]) -> Any:
    """A column; one value instead of a list where all are equal."""
    first = values[0] if values else None
    return first if values and not isinstance(first, list) and values.count(first) == len(values) else values


def _steps(values: Sequence[int]) -> Any:
    """A column of differences, since rising numbers are long and their steps are short."""
    return _column([b - a for a, b in zip([0, *values], values, strict=False)])


class Payload:
    """The document of one network. Everything that does not depend on how much evidence it carries is computed once.

    Raises:
        QueryError: an event has a category that is not in the ontology.
    """

    def __init__(self, data: NetworkData, meta: Mapping[str, Any]) -> None:
        self.data = data
        self.meta = dict(meta)
        self.weight = {(link.source, link.target): link.count for link in data.links()}
        self.rows = self._rows()
        self.actors, self.added = self._actors()
        self.acting, self.agents = agents_of(self.rows, data)
        self.agents.update({name: self._at_home(agent) for name, agent in self.agents.items()})
        self.actors.update(self.agents)
        self.places = {name: place for place, name in enumerate(self.actors)}
        self.countries = {actor.country for actor in self.actors.values()}
        self.points = self._points()
        self.modes, self.contexts = _Index[str](), _Index[tuple[str, ...]]()
        days = [event.begin for event in self.rows if event.begin]
        self.origin = min(days, default=dt.date(2000, 1, 1))
        self.columns = self._columns()
        self.order = self._order()

    def _strength(self, event: Event) -> int:
        return self.weight.get((event.source, event.target or ""), 0)

    def _rows(self) -> list[Event]:
        """The events that are carried, in order of their begin; undated ones last."""
        rows = list(self.data.events)
        if len(rows) > MAX_ROWS:
            rows = sorted(rows, key=lambda event: (-self._strength(event), event.id))[:MAX_ROWS]
        return sorted(rows, key=lambda event: (event.begin or dt.date.max, event.id))

    def _actors(self) -> tuple[dict[str, Actor], set[str]]:
        """Actors that take part, most active first, and the countries that only the level of countries needs."""
        active: Counter[str] = Counter()
        for event in self.rows:
            active.update({event.source, event.target or event.source})
        taking = {name: self.data.actors[name] for name in sorted(active, key=lambda name: (-active[name], name))}
        added = {actor.country for actor in taking.values() if actor.country} - set(taking)
        for country in sorted(added):
            known = self.data.actors.get(country)
            taking[country] = known or Actor(country, ActorKind.STATE, country, country, country=country)
        return taking, added

    def _points(self) -> Points:
        hidden = self.added | self.agents.keys()
        taking = {name: actor for name, actor in self.actors.items() if name not in hidden}
        points = layout(taking, [link for link in self.data.links() if link.source in taking and link.target in taking])
        for country in self.added:
            members = [points[name] for name, actor in taking.items() if actor.country == country]
            points[country] = (
                round(sum(x for x, _ in members) / len(members), 1),
                round(sum(y for _, y in members) / len(members), 1),
            )
        places = satellites(points, {name: (self.acting.home[name], self.acting.count[name]) for name in self.agents})
        return {**points, **places}

    def _at_home(self, agent: Actor) -> Actor:
        """An agent with the country of the actor that it acts for, which may be that actor itself."""
        principal = self.actors[self.acting.home[agent.id]]
        return dataclasses.replace(agent, country=principal.country or principal.id)

    def _columns(self) -> dict[str, Any]:
        known = ontology().categories
        if odd := next((event for event in self.rows if event.category not in known), None):
            raise QueryError(f"event {odd.id}: category {odd.category!r} is not one of {', '.join(known)}")
        categories = _Index(known)
        statuses, precisions = _Index(Status), _Index(Precision)
        rows = self.rows
        columns: dict[str, list[Any]] = {
            # Length in days beyond the first; null while the event goes on.
            "length": [(event.end - event.begin).days if event.end and event.begin else None for event in rows],
            "precision": [precisions(event.precision) for event in rows],
            "source": [self.places[event.source] for event in rows],
            "target": [self.places[event.target] if event.target else -1 for event in rows],
            # Who acted by name, on either side; -1 where the words name nobody.
            "source_agent": [self._agent(event, 0) for event in rows],
            "target_agent": [self._agent(event, 1) for event in rows],
            "category": [categories(event.category) for event in rows],
            "mode": [self.modes(event.mode) for event in rows],
            "context": [self.contexts(event.contexts) for event in rows],
            "status": [statuses(event.status) for event in rows],
            "score": [_short(event.score) for event in rows],
            "confidence": [round(100 * event.confidence) for event in rows],
            "publishers": [event.publishers for event in rows],
            "mutual": [int(event.mutual) for event in rows],
            "dated_by_report": [int(event.time_origin.value == "published") for event in rows],
        }
        days = [(event.begin - self.origin).days for event in rows if event.begin]
        # The dated rows come first, in order.
        return {
            "dated": len(days),
            "begin": _steps(days),
            **{name: _column(values) for name, values in columns.items()},
        }

    def _agent(self, event: Event, side: int) -> int:
        name = self.acting.sides.get(event.id, (None, None))[side]
        return -1 if name is None else self.places[name]

    def _order(self) -> list[int]:
        """Rows with evidence, in the order in which they deserve room: some of every strong link first."""
        turn: Counter[tuple[str, str | None]] = Counter()
        ranked = []
        best = sorted(
            (place for place, event in enumerate(self.rows) if self.data.reports.get(event.id)),
            key=lambda place: (-self.rows[place].publishers, -self.rows[place].confidence, -place),
        )
        for place in best:
            event = self.rows[place]
            pair = (event.source, event.target)
            turn[pair] += 1
            ranked.append((turn[pair] // _BLOCK, -self._strength(event), turn[pair], place))
        return [place for *_, place in sorted(ranked)]

    def encode(self, budget: int = MAX_BYTES) -> str:
        """The document as :func:`script_json`, with as much evidence as fits into ``budget`` bytes."""
        text = ""
        for proven, reports in _STEPS:
            text = script_json(self.document(proven, reports))
            if len(text.encode()) <= budget:
                break
        return text

    def document(self, proven: int = MAX_PROVEN, reports: int = _REPORTS) -> dict[str, Any]:
        """The whole document with up to ``reports`` reports of each of ``proven`` events."""
        evidence = _Evidence(self, sorted(self.order[:proven]), reports)
        contexts = _Index[str]()
        sets = [[contexts(name) for name in names] for names in self.contexts.values]
        onto = ontology()
        return {
            "meta": {
                **self.meta,
                "origin": self.origin.isoformat(),
                "domain": self._domain(),
                "events": len(self.data.events),
                "carried": len(self.rows),
                "with_reports": sum(1 for event in self.rows if self.data.reports.get(event.id)),
                "proven": min(proven, len(self.order)),
            },
            "classes": [QUAD_NAMES[quad] for quad in sorted(QUAD_NAMES)],
            "categories": [[name, entry.quad - 1, entry.definition] for name, entry in onto.categories.items()],
            "modes": self.modes.values,
            "statuses": [status.value for status in Status],
            "precisions": [precision.value for precision in Precision],
            "contexts": [[name, onto.contexts.get(name, "")] for name in contexts.values],
            "context_sets": sets,
            "actors": self._actor_columns(),
            "events": self.columns,
            "evidence": evidence.columns(),
        }

    def _actor_columns(self) -> dict[str, Any]:
        names = list(self.actors)
        regions = _Index[str]()
        kinds = _Index[str]([*(kind.value for kind in ActorKind), AGENT])
        columns: dict[str, list[Any]] = {
            "id": names,
            "label": [plain_text(actor.label or name) for name, actor in self.actors.items()],
            "kind": [kinds(AGENT if name in self.agents else actor.kind.value) for name, actor in self.actors.items()],
            "country": [self.places[self._country(name)] for name in names],
            "region": [regions(self._region(name)) for name in names],
            "x": [_short(self.points[name][0]) for name in names],
            "y": [_short(self.points[name][1]) for name in names],
            # 0 stands by itself, 1 on the level of countries alone, 2 on the level of agents alone.
            "added": [1 if name in self.added else 2 if name in self.agents else 0 for name in names],
        }
        return {
            "kinds": kinds.values,
            "regions": regions.values,
            # Ids and labels name the actors one by one, so they always stay lists.
            **{name: values if name in ("id", "label") else _column(values) for name, values in columns.items()},
        }

    def _country(self, name: str) -> str:
        """The country that stands for an actor on the level of countries; a country stands for itself."""
        return name if name in self.countries else self.actors[name].country or name

    def _region(self, name: str) -> str | None:
        actor = self.actors[name]
        if name in self.agents:
            return None  # agents stand where there is room, so they bound no region
        return actor.region or self.actors[self._country(name)].region

    def _domain(self) -> list[int]:
        """First and last day of the time axis. A few stray years far from all others are left off it."""
        span = usual([event.begin for event in self.rows if event.begin])
        return [(day - self.origin).days for day in span] if span else [0, 0]


class _Evidence:
    """Reports of the chosen rows as columns; articles, quotes and publishers each once."""

    def __init__(self, document: Payload, chosen: Sequence[int], most: int) -> None:
        rows, reports = document.rows, document.data.reports
        self.ids = [rows[place].id for place in chosen]
        self.chosen = chosen
        self.origin = document.origin
        self.publishers, self.sites, self.agents = _Index[str](), _Index[str](), _Index[str]()
        self.quotes = _Index[str]()
        self.articles = _Index[tuple[str, int, int, str, int]]()
        self.rows: list[list[int]] = []
        for place in chosen:
            for report in _best(reports[rows[place].id], most):
                self.rows.append([place, *self._row(report)])

    def _row(self, report: Report) -> list[int]:
        site, path = _address(report.url)
        day = (report.published - self.origin).days
        article = (plain_text(report.title), self.publishers(_plain(report.publisher)), self.sites(site), path, day)
        quote, trigger = _cut(plain_text(report.quote), report.trigger)
        agents = (report.source_agent, report.target_agent, report.attribution)
        return [self.articles(article), self.quotes(quote), *trigger, *(self.agents(_plain(agent)) for agent in agents)]

    def columns(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "count": len(self.rows),
            "row": _steps(self.chosen),
            "id": self.ids,
            "publishers": self.publishers.values,
            "sites": self.sites.values,
            "quotes": self.quotes.values,
            "agents": self.agents.values,
            "articles": _table(_ARTICLE, self.articles.values),
            "reports": _table(_REPORT, self.rows),
        }


_ARTICLE: dict[str, Callable[[list[Any]], Any]] = {
    "title": list,
    "publisher": _column,
    "site": _column,
    "path": list,
    "published": _steps,
}
_REPORT: dict[str, Callable[[list[Any]], Any]] = {
    # Most reports bring an article and a quote of their own, one after the other.
    **dict.fromkeys(("row", "article", "quote"), _steps),
    **dict.fromkeys(("from", "length", "source_agent", "target_agent", "attribution"), _column),
}


def _table(forms: Mapping[str, Callable[[list[Any]], Any]], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Rows as columns, each in its form."""
    values = zip(*rows, strict=True) if rows else [()] * len(forms)
    return {name: form(list(column)) for (name, form), column in zip(forms.items(), values, strict=True)}


def _best(reports: Sequence[Report], most: int) -> list[Report]:
    """Up to ``most`` reports, each of another publisher as far as possible."""
    seen: set[str | None] = set()
    first: list[Report] = []
    later: list[Report] = []
    for report in reports:
        (later if report.publisher in seen else first).append(report)
        seen.add(report.publisher)
    return [*first, *later][:most]


def _cut(quote: str, trigger: tuple[int, int] | None) -> tuple[str, tuple[int, int]]:
    """A quote of bearable length around its trigger; where the trigger begins in it (-1: nowhere) and its length."""
    start, end = trigger if trigger and 0 <= trigger[0] < trigger[1] <= len(quote) else (-1, -1)
    if len(quote) > _QUOTE:
        left = max(0, min(start - _QUOTE // 2, len(quote) - _QUOTE)) if start >= 0 else 0
        right = min(len(quote), left + _QUOTE)
        head, tail = "…" * (left > 0), "…" * (right < len(quote))
        if start >= 0:
            start, end = start - left + len(head), min(end, right) - left + len(head)
        quote = head + quote[left:right] + tail
    if start < 0:
        return quote, (-1, 0)
    # The page counts UTF-16 units, as JavaScript does.
    return quote, (_units(quote[:start]), _units(quote[start:end]))


def _units(text: str) -> int:
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def _address(url: str | None) -> tuple[str | None, str]:
    """Site and path of an address that a reader may follow; many articles share a site."""
    address = plain_text(url or "")
    match = re.match(r"https?://[^/?#]*", address, re.IGNORECASE)
    return (match[0], address[match.end() :]) if match else (None, "")


def _plain(text: str | None) -> str | None:
    return plain_text(text) if text else None


def _short(value: float) -> float | int:
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
