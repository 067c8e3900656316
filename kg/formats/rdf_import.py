"""RDF back into a graph: the N-Quads, TriG, Turtle or JSON-LD that an export wrote.

RDF holds what is consolidated, and of the articles only what they are called and the sentences that prove something. So
an imported article's text is made of its quotes, one a paragraph, and its mentions read as the event that they tell of.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from kg.errors import SourceError
from kg.graph.quads import prefixes
from kg.model import Article, Evidence, Mention, Origin, Party, Precision, Role, Span, Status, TimeOrigin, TimeSpan

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["read_rdf"]

Item = tuple[Article, list[Mention], list[Role]]
_NOWHERE = Span(0, 0)


def read_rdf(path: Path) -> Iterator[Item]:
    """Articles with their mentions and roles, in order of id.

    Raises:
        SourceError: the file can't be parsed, or a statement that is needed is missing; names the node.
    """
    import pyoxigraph as ox

    form = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".ttl": ox.RdfFormat.TURTLE,
            ".jsonld": ox.RdfFormat.JSON_LD}[path.suffix.lower()]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="kg-rdf-") as folder:
        store = ox.Store(folder)
        try:
            with path.open("rb") as data:
                store.bulk_load(data, format=form)
        except (SyntaxError, ValueError, OSError) as error:
            raise SourceError(str(path), f"can't be read as RDF ({error})") from error
        yield from _Reader(store, path).items()
        del store


class _Node:
    """What is said of one IRI, in whatever graph; properties by prefixed name."""

    def __init__(self, store: ox.Store, name: Any) -> None:
        self.iri = str(name.value)
        self._said: dict[str, list[Any]] = {}
        for quad in store.quads_for_pattern(name, None, None):
            values = self._said.setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)

    def all(self, term: str) -> list[str]:
        prefix, _, local = term.partition(":")
        return sorted(value.value for value in self._said.get(prefixes()[prefix] + local, ()))

    def get(self, term: str) -> str | None:
        return next(iter(self.all(term)), None)

    def need(self, term: str) -> str:
        value = self.get(term)
        if value is None:
            raise KeyError(f"no {term}")
        return value

    def number(self, term: str) -> int | None:
        value = self.get(term)
        return int(value) if value is not None else None

    def day(self, term: str) -> dt.date | None:
        value = self.get(term)
        return dt.date.fromisoformat(value) if value is not None else None


class _Reader:
    def __init__(self, store: ox.Store, path: Path) -> None:
        self.store = store
        self.path = path
        self._actors: dict[str, tuple[str, str]] = {}

    def items(self) -> Iterator[Item]:
        found = False
        for node in self._of("rdf:type", f"{prefixes()['schema']}NewsArticle"):
            found = True
            try:
                yield self._item(node)
            except (KeyError, ValueError, TypeError) as error:
                reason = error.args[0] if error.args else error
                raise SourceError(str(self.path), f"{node.iri} is no article of an export ({reason})") from error
        if not found:
            raise SourceError(str(self.path), "holds no article; import what `kg export` wrote")

    def _of(self, term: str, value: str) -> list[_Node]:
        """The nodes with a property of that value, in order."""
        import pyoxigraph as ox

        prefix, _, local = term.partition(":")
        quads = self.store.quads_for_pattern(None, ox.NamedNode(prefixes()[prefix] + local), ox.NamedNode(value))
        names = {quad.subject.value: quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        return [_Node(self.store, names[key]) for key in sorted(names)]

    def _item(self, node: _Node) -> Item:
        derived = self._of("prov:wasDerivedFrom", node.iri)
        mentions = [one for one in derived if f"{prefixes()['kg']}Mention" in one.all("rdf:type")]
        roles = [one for one in derived if f"{prefixes()['kg']}Role" in one.all("rdf:type")]
        title = node.get("schema:headline") or ""
        quotes = {
            (one.number("kg:start") or 0, one.need("kg:quote")) for one in (*mentions, *roles)
            if _place(one, title) is None
        }  # fmt: skip
        places: dict[str, int] = {}
        text = ""
        for _, quote in sorted(quotes):
            if quote not in places:
                text += "\n\n" if text else ""
                places[quote] = len(text)
                text += quote
        published = node.day("schema:datePublished")
        if published is None:
            raise KeyError("no schema:datePublished")
        article = Article(
            id=_local(node.iri, "article"),
            published=published,
            title=title,
            text=text,
            url=node.get("schema:url"),
            publisher=node.get("schema:publisher"),
            language=node.get("schema:inLanguage") or "und",
            cluster=node.get("kg:cluster"),
            origin=Origin(self.path.name),
            extra={"imported_from": "RDF", "text": "quotes only"},
        )
        told = [self._mention(one, article, places) for one in mentions]
        return article, [m for m in told if m is not None], [self._role(one, article, places) for one in roles]

    def _mention(self, node: _Node, article: Article, places: dict[str, int]) -> Mention | None:
        event = next(iter(self._of("kg:mention", node.iri)), None)
        if event is None:  # a person took it out
            return None
        field, start = _where(node, article.title, places)
        quote = node.need("kg:quote")
        shift = start - (node.number("kg:start") or 0)
        trigger = Span((node.number("kg:triggerStart") or 0) + shift, (node.number("kg:triggerEnd") or 0) + shift)
        if not start <= trigger.start <= trigger.end <= start + len(quote):
            trigger = Span(start, start)
        mode = event.get("kg:mode")
        target = event.get("kg:target")
        return Mention(
            id=_local(node.iri, "mention"),
            article=article.id,
            source=self._party(event.need("kg:source"), node, "source", event),
            target=self._party(target, node, "target", event) if target is not None else None,
            category=_local(event.need("kg:category"), "plover"),
            mode=_local(mode, "plover").partition("-")[2] if mode is not None else None,
            status=Status(event.need("kg:status")),
            time=TimeSpan(
                event.day("sem:hasBeginTimeStamp"),
                event.day("sem:hasEndTimeStamp"),
                Precision(event.need("kg:precision")),
                node.get("kg:timeExpression") or "",
                "",
                TimeOrigin(event.need("kg:timeOrigin")),
            ),
            evidence=Evidence(field, quote, start, start + len(quote), trigger),
            mutual=event.get("kg:mutual") == "true",
            contexts=tuple(_local(one, "plover").removeprefix("context-") for one in event.all("kg:context")),
            attribution=node.get("kg:attribution"),
            place=node.get("kg:place"),
            dead=node.number("kg:dead"),
            injured=node.number("kg:injured"),
            arrested=node.number("kg:arrested"),
            confidence=float(node.get("kg:mentionConfidence") or 0.5),
            coder=node.get("kg:coder") or "",
            group=event.get("kg:group") or "",
        )

    def _party(self, iri: str, node: _Node, side: str, event: _Node) -> Party:
        key = _local(iri, "actor")
        code, label = self._actor(iri)
        said = node.get(f"kg:mention{side.capitalize()}")
        person = _local(said, "actor") if said is not None else ""
        agent = node.get(f"kg:{side}Agent")
        if agent is None and person.startswith("person.") and person != key and said is not None:
            agent = self._actor(said)[1]
        known = person if person.startswith("person.") and agent is not None else None
        return Party(key, code, label, agent or label, _NOWHERE, event.get(f"kg:{side}Sector"), agent, known)

    def _actor(self, iri: str) -> tuple[str, str]:
        if iri not in self._actors:
            import pyoxigraph as ox

            node, key = _Node(self.store, ox.NamedNode(iri)), _local(iri, "actor")
            code = node.get("kg:code") or key
            self._actors[iri] = (code, node.get("skos:prefLabel") or code)
        return self._actors[iri]

    def _role(self, node: _Node, article: Article, places: dict[str, int]) -> Role:
        field, start = _where(node, article.title, places)
        person, actor = node.get("kg:person"), node.need("kg:officeOf")
        quote = node.need("kg:quote")
        return Role(
            article=article.id,
            person=node.need("kg:personName"),
            office=node.need("kg:office"),
            actor=_local(actor, "actor"),
            code=self._actor(actor)[0],
            observed=dt.date.fromisoformat(node.need("kg:observed")),
            text=quote,
            field=field,
            start=start,
            end=start + len(quote),
            person_id=_local(person, "actor") if person is not None else None,
        )


def _place(node: _Node, title: str) -> int | None:
    """Where a quote stands in the title; None if it is of the text."""
    start, quote = node.number("kg:start") or 0, node.need("kg:quote")
    return start if node.get("kg:field") == "title" and title[start : start + len(quote)] == quote else None


def _where(node: _Node, title: str, places: dict[str, int]) -> tuple[str, int]:
    start = _place(node, title)
    return ("title", start) if start is not None else ("text", places[node.need("kg:quote")])


def _local(iri: str, prefix: str) -> str:
    start = prefixes()[prefix]
    if not iri.startswith(start):
        raise ValueError(f"{iri} does not begin with {start}")
    return unquote(iri[len(start) :])
