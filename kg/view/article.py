"""A page on one article: its text with the quoted sentences marked, the events that they prove, actors and offices."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph.events import ORDERS, select_events
from kg.graph.quads import without_prefix
from kg.graph.rows import records, role_from_row
from kg.graph.store import alive
from kg.graph.window import Day
from kg.model import Actor, Article, Event, Mention, Party, Role, Status
from kg.ontology import QUAD_NAMES, ontology
from kg.view.data import NetworkData, plain_text
from kg.view.from_graph import actors_of
from kg.view.marked import marked_text
from kg.view.markup import Markup, link, tag
from kg.view.paper import ReportPage, class_legend, paper, section
from kg.view.picture import picture_svg
from kg.view.words import counted, signed, span_words

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["ArticleData", "article_page"]


@dataclass(frozen=True)
class ArticleData:
    """Everything on the page, as plain values; a test makes it by hand, a graph by :meth:`of`.

    ``mentions`` are in the order of the text, ``events`` are those of the graph by mention id, where there is one.
    """

    article: Article
    mentions: Sequence[Mention]
    events: Mapping[str, Event] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    roles: Sequence[Role] = ()

    @classmethod
    def of(cls, graph: Graph, article: str, *, as_of: Day | None = None) -> ArticleData:
        """What ``graph`` knows of an article, given by its id or its address.

        Raises:
            QueryError: there is no such article; says which ids are like it.
        """
        found = graph.article(_article_id(graph, article, as_of), as_of=as_of)
        mentions = sorted(
            graph.mentions(found.id, as_of=as_of),
            key=lambda m: (m.evidence.field != "title", m.evidence.start, m.evidence.trigger.start, m.id),
        )
        parties = {p.id for m in mentions for p in (m.source, m.target) if p is not None}
        named = {m.attribution for m in mentions if m.attribution}
        with graph.read() as connection:
            seq = graph.seq(connection, as_of)
            of_mention = dict(
                connection.execute(
                    f"""
                    SELECT l.mention, l.event FROM event_mention l JOIN mention m ON m.id = l.mention
                    WHERE m.article = ? AND {alive(seq, "m")} AND {alive(seq, "l")}
                    """,  # noqa: S608
                    [found.id],
                ).fetchall()
            )
            chosen = f"list_contains(?::VARCHAR[], e.id) AND {alive(seq, 'e')}"
            by_id = {
                event.id: event
                for event in select_events(connection, chosen, [list(of_mention.values())], ORDERS["begin"], None)
            }
            cursor = connection.execute(
                f"SELECT * FROM role WHERE article = ? AND {alive(seq)} ORDER BY field DESC, start_at, person",  # noqa: S608
                [found.id],
            )
            roles = [role_from_row(r) for r in records([d[0] for d in cursor.description or ()], cursor.fetchall())]
        return cls(
            found,
            mentions,
            {mention: by_id[event] for mention, event in of_mention.items() if event in by_id},
            actors_of(graph, parties | named | {role.actor for role in roles}),
            roles,
        )

    def label(self, actor: str) -> str:
        """What an actor is called; its id where nothing else is known."""
        return self.actors[actor].label if actor in self.actors else actor


def _article_id(graph: Graph, wanted: str, as_of: Day | None) -> str:
    with graph.read() as connection:
        rows = connection.execute(
            f"SELECT id, url FROM article WHERE {alive(graph.seq(connection, as_of))} ORDER BY id"  # noqa: S608
        ).fetchall()
    bare = without_prefix("article", wanted)
    if found := next((key for key, url in rows if wanted in (key, url) or key == bare), None):
        return str(found)
    like = difflib.get_close_matches(wanted, [key for key, _ in rows], 3, 0.5)
    said = f"; did you mean {', '.join(like)}?" if like else "; `kg query articles` lists all"
    raise QueryError(f"article {wanted!r} is not in the graph{said}")


def article_page(data: ArticleData, title: str | None = None, theme: str = "auto") -> ReportPage:
    """The page of an article."""
    name = plain_text(title or data.article.title or f"Article {data.article.id}")
    still = picture_svg(_network(data, name))
    styles = ("article.css",)
    return ReportPage(paper(name, theme, _body(data, name), styles), still, name)


def _network(data: ArticleData, title: str) -> NetworkData:
    events = {event.id: event for event in data.events.values()}
    return NetworkData.from_records(
        [actor for actor in data.actors.values() if _takes_part(data, actor.id)], events.values(), title=title
    )


def _takes_part(data: ArticleData, actor: str) -> bool:
    return any(actor in (event.source, event.target) for event in data.events.values())


def _body(data: ArticleData, title: str) -> Markup:
    cards = tag("ol", [_card(data, place, m) for place, m in enumerate(data.mentions, 1)], class_="cards")
    text = tag("div", _text(data), class_="text", lang=data.article.language)
    listed = cards if data.mentions else tag("p", "Nothing in this article was read as an event.", class_="lacking")
    return tag(
        "main",
        _header(data, title),
        tag(
            "div",
            tag(
                "div",
                section("The text", class_legend() if data.mentions else None, text),
                section("Actors", _actors(data)),
                section("Offices", _roles(data)),
            ),
            section(f"What it says ({len(data.mentions):,})", listed),
            class_="beside",
        ),
        _how_to_read(),
        class_="report article",
    )


def _header(data: ArticleData, title: str) -> Markup:
    article = data.article
    events = {event.id for event in data.events.values()}
    said: list[object] = [
        tag("b", article.publisher) if article.publisher else None,
        str(article.published),
        link(article.url, "read it there") if article.url else None,
        f"{len(article.text.split()):,} words",
        counted(len(data.mentions), "mention") + " of " + counted(len(events), "event"),
    ]
    parts = [part for one in said if one for part in (" · ", one)][1:]
    return tag(
        "header",
        tag("h1", title),
        tag("p", parts, class_="summary"),
        tag("p", "article ", tag("code", article.id), class_="small"),
    )


def _text(data: ArticleData) -> list[Markup]:
    """The title, if it proves something, and the text in paragraphs."""
    said: dict[str, list[tuple[int, Mention]]] = defaultdict(list)
    for place, mention in enumerate(data.mentions, 1):
        said[mention.evidence.field].append((place, mention))
    title = marked_text(data.article.title, said["title"], "h3") if said["title"] else []
    return [*title, *marked_text(data.article.text, said["text"], "p")]


def _card(data: ArticleData, place: int, mention: Mention) -> Markup:
    event = data.events.get(mention.id)
    quad = ontology().quad(mention.category)
    badge = None if mention.status is Status.ACTUAL else tag("span", mention.status.value, class_="badge")
    coding = mention.category.lower() + (f" · {mention.mode.replace('_', ' ')}" if mention.mode else "")
    head = tag(
        "div",
        tag("a", str(place), href=f"#w{place}", class_=f"number class-{quad - 1}", aria_label=f"words of {place}"),
        tag("time", span_words(mention.time), datetime=mention.time.begin),
        badge,
        tag(
            "span",
            signed(ontology().score(mention.category, mention.mode)),
            class_="score",
            title="score from −10 (conflict) to +10 (cooperation)",
        ),
        class_="card-head",
    )
    facts = [
        f"according to {data.label(mention.attribution)}" if mention.attribution else None,
        f"place: {mention.place}" if mention.place else None,
        *(f"{n:,} {what}" for what, n in _harm(mention) if n is not None),
        f"date from the words “{mention.time.expression}”" if mention.time.expression else None,
        *(name.replace("_", " ") for name in mention.contexts),
    ]
    told = [part for part in facts if part]
    sure = f"confidence {mention.confidence:.0%}"
    if event is None:
        foot: list[object] = [sure]
    else:
        told_by = f"{counted(event.publishers, 'publisher')} in {counted(event.articles, 'article')}"
        foot = [f"reported by {told_by} · {sure} · event ", tag("code", event.id)]
    return tag(
        "li",
        head,
        tag("p", _who(mention), class_="who"),
        tag("p", tag("b", coding), f" · {QUAD_NAMES[quad]}", class_="coding"),
        tag("p", " · ".join(told), class_="coding") if told else None,
        tag("p", foot, class_="small"),
        class_="card",
        id=f"m{place}",
    )


def _harm(mention: Mention) -> list[tuple[str, int | None]]:
    return [("dead", mention.dead), ("injured", mention.injured), ("arrested", mention.arrested)]


def _who(mention: Mention) -> str:
    def side(party: Party) -> str:
        return party.label + (f" ({party.agent})" if party.agent else "")

    if mention.target is None:
        return side(mention.source)
    return f"{side(mention.source)} {'↔' if mention.mutual else '→'} {side(mention.target)}"


def _table(heads: Sequence[tuple[str, str | None]], rows: Sequence[Sequence[object]]) -> Markup | None:
    if not rows:
        return None
    head = tag("tr", [tag("th", text, scope="col", class_=kind) for text, kind in heads])
    body = [
        tag(
            "tr",
            [
                tag("td", cell, class_=kind) if place else tag("th", cell, scope="row")
                for place, (cell, (_, kind)) in enumerate(zip(row, heads, strict=True))
            ],
        )
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="table")


def _actors(data: ArticleData) -> Markup | None:
    """Who takes part: how often on which side, as whom, and in which words."""
    given, received = Counter[str](), Counter[str]()
    words, agents = defaultdict[str, dict[str, None]](dict), defaultdict[str, dict[str, None]](dict)
    for mention in data.mentions:
        for party, sums in ((mention.source, given), (mention.target, received)):
            if party is not None:
                sums[party.id] += 1
                words[party.id][party.text] = None
                if party.agent:
                    agents[party.id][party.agent] = None
    total = given + received
    rows = [
        (
            [data.label(name), " ", tag("code", name)],
            data.actors[name].kind.value if name in data.actors else "",
            f"{given[name]:,}",
            f"{received[name]:,}",
            ", ".join(agents[name]),
            ", ".join(f"“{said}”" for said in words[name]),
        )
        for name in sorted(total, key=lambda name: (-total[name], name))
    ]
    heads = [
        ("actor", None), ("kind", None), ("acts", "numeric"), ("is acted upon", "numeric"), ("agents", "words"),
        ("in the words", "words"),
    ]  # fmt: skip
    return _table(heads, rows)


def _roles(data: ArticleData) -> Markup | None:
    """Offices that the article states of persons."""
    rows = dict.fromkeys((role.person, role.office, data.label(role.actor), role.text) for role in data.roles)
    heads = [("person", None), ("office", None), ("of", None), ("in the words", "words")]
    return _table(heads, [(*row[:3], f"“{row[3]}”") for row in rows])


def _how_to_read() -> Markup:
    return tag(
        "footer",
        tag("h2", "How to read this"),
        tag(
            "p",
            "Sentences that prove an event have a coloured ground; the word that decided is marked, actors are bold, "
            "words of time underlined. The number after a sentence leads to what was read from it. Events were "
            "extracted by a program and may be wrong: the sentence decides. The score runs from conflict (−10) to "
            "cooperation (+10); confidence is the estimated chance that actors, direction and category are all right.",
            class_="small",
        ),
    )
