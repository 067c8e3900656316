"""PLOVER JSONL: one line per mention, in the field names of the PLOVER data format with this project's additions.

Additions are the principals' ids, evidence offsets, what is known of the time, and the coder. A mention survives the
round trip unchanged.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.model import Article, Evidence, Mention, Party, Precision, Role, Span, Status, TimeOrigin, TimeSpan
from kg.ontology import ontology

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.graph.window import Day

__all__ = ["dumps", "mention_from_json", "mention_to_json", "read_mentions", "role_to_json"]


def mention_to_json(m: Mention) -> dict[str, Any]:
    """The PLOVER record of a mention as plain JSON values; see :func:`mention_from_json` for the way back.

    ``event_scale`` is the conflict-cooperation score, -10 to 10; ``quad_code`` the quad class, 1 to 4. Both follow from
    category and mode and are not read back.
    """
    evidence = m.evidence
    onto = ontology()
    return {
        "id": m.id,
        "article": m.article,
        "actor": [_party_to_json(m.source)],
        "recipient": [_party_to_json(m.target)] if m.target else [],
        "event": [m.category],
        "mode": [m.mode] if m.mode is not None else [],
        "context": list(m.contexts),
        "status": m.status.value,
        "mutual": m.mutual,
        "date": m.time.begin.isoformat() if m.time.begin else None,
        "enddate": m.time.end.isoformat() if m.time.end else None,
        "precision": m.time.precision.value,
        "time_info": {"text": m.time.expression, "value": m.time.value, "origin": m.time.origin.value},
        "event_scale": onto.score(m.category, m.mode),
        "quad_code": onto.quad(m.category),
        "attribution": m.attribution,
        "location": m.place,
        "dead": m.dead,
        "injured": m.injured,
        "arrested": m.arrested,
        "confidence": m.confidence,
        "group": m.group,
        "coder": m.coder,
        "text": evidence.quote,
        "text_info": {
            "field": evidence.field,
            "start": evidence.start,
            "end": evidence.end,
            "trigger": [evidence.trigger.start, evidence.trigger.end],
            "time": [evidence.time.start, evidence.time.end] if evidence.time else None,
        },
    }


def role_to_json(role: Role) -> dict[str, Any]:
    """An observed role as plain JSON values; ``date`` is the publication date of the article that states it."""
    return {
        "article": role.article,
        "person": role.person,
        "office": role.office,
        "code": role.code,
        "date": role.observed.isoformat(),
        "text": role.text,
        "text_info": {"field": role.field, "start": role.start, "end": role.end},
        "actor": role.actor,
        "person_id": role.person_id,
    }


def mention_from_json(d: dict[str, Any]) -> Mention:
    """The mention that :func:`mention_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError, IndexError: the record lacks a field or a value is of the wrong kind.
    """
    info, when = d["text_info"], d["time_info"]
    recipient, mode = d["recipient"], d["mode"]
    return Mention(
        id=d["id"],
        article=d["article"],
        source=_party_from_json(d["actor"][0]),
        target=_party_from_json(recipient[0]) if recipient else None,
        category=d["event"][0],
        mode=mode[0] if mode else None,
        status=Status(d["status"]),
        time=TimeSpan(
            begin=_date(d["date"]),
            end=_date(d["enddate"]),
            precision=Precision(d["precision"]),
            expression=when["text"],
            value=when["value"],
            origin=TimeOrigin(when["origin"]),
        ),
        evidence=Evidence(
            field=info["field"],
            quote=d["text"],
            start=info["start"],
            end=info["end"],
            trigger=Span(*info["trigger"]),
            time=Span(*info["time"]) if info["time"] else None,
        ),
        mutual=d["mutual"],
        contexts=tuple(d["context"]),
        attribution=d["attribution"],
        place=d["location"],
        dead=d["dead"],
        injured=d["injured"],
        arrested=d["arrested"],
        confidence=d["confidence"],
        coder=d["coder"],
        group=d["group"],
    )


def dumps(m: Mention) -> str:
    """One line of PLOVER JSONL, without the line break."""
    return to_line(mention_to_json(m))


def to_line(record: dict[str, Any]) -> str:
    """JSON in one line. Characters that some programs take for the end of a line are escaped too."""
    text = json.dumps(record, ensure_ascii=False)
    return text.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def read_mentions(path: str | Path) -> Iterator[Mention]:
    """The mentions of a PLOVER JSONL file, in its order; blank lines are skipped.

    Raises:
        SourceError: a line is no JSON or no such record; names file and line.
    """
    with Path(path).open(encoding="utf-8") as lines:
        yield from _mentions(lines, str(path))


def write_graph(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write the mentions of a graph, in order of article and id; the first of an article carries the article.

    ``article_info`` holds what the article says of itself, its text, and its roles. Articles without mentions are left
    out. With ``history`` every line has the time of ``recorded``.
    """
    mentions = graph.mentions(as_of=as_of)
    articles = {article.id: article for article in graph.articles(as_of=as_of)}
    roles: dict[str, list[Role]] = defaultdict(list)
    for role in graph.stated_roles(as_of=as_of):
        roles[role.article].append(role)
    times = dict(_record_times(graph, as_of)) if history else {}
    last = None
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for m in mentions:
            record = mention_to_json(m)
            if m.article != last:
                record["article_info"] = _article_to_json(articles[m.article], roles[m.article])
                last = m.article
            if history:
                record["recorded"] = times[m.id].isoformat()
            out.write(to_line(record) + "\n")


def read_graph(path: Path) -> Iterator[tuple[Article, list[Mention], list[Role]]]:
    """Articles with their mentions and roles, as :func:`write_graph` wrote them.

    Lines without ``article_info``, as `kg extract` writes them, need an article that a line before gave.

    Raises:
        SourceError: a line is no such record, or its article is unknown; names file and line.
    """
    found: dict[str, tuple[Article, list[Mention], list[Role]]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                mention = mention_from_json(record)
                if info := record.get("article_info"):
                    found[mention.article] = _article_from_json(info, mention.article)
                found[mention.article][1].append(mention)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                problem = f"no PLOVER record of a graph ({type(error).__name__}: {error}); export one with `kg export`"
                raise SourceError(f"{path}:{number}", problem) from error
    yield from found.values()


def _record_times(graph: Graph, as_of: Day | None) -> Iterator[tuple[str, dt.datetime]]:
    for key, _, moment in graph.record_times("mention", graph.latest(as_of)):
        yield key, moment


def _article_to_json(article: Article, roles: list[Role]) -> dict[str, Any]:
    info = {
        "published": article.published.isoformat(),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "language": article.language,
        "cluster": article.cluster,
        "text": article.text,
        "extra": article.extra,
    }
    stated = [{**dataclasses.asdict(role), "observed": role.observed.isoformat()} for role in roles]
    return {**info, "roles": stated}


def _article_from_json(info: dict[str, Any], key: str) -> tuple[Article, list[Mention], list[Role]]:
    roles = [Role(**{**role, "observed": dt.date.fromisoformat(role["observed"])}) for role in info["roles"]]
    article = Article(
        id=key,
        published=dt.date.fromisoformat(info["published"]),
        title=info["title"],
        text=info["text"],
        url=info["url"],
        publisher=info["publisher"],
        published_at=dt.datetime.fromisoformat(info["published_at"]) if info["published_at"] else None,
        language=info["language"],
        cluster=info["cluster"],
        extra=info["extra"],
    )
    return article, [], roles


def _mentions(lines: Iterable[str], name: str) -> Iterator[Mention]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield mention_from_json(json.loads(line))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            problem = f"no PLOVER record as `kg extract` writes it ({type(error).__name__}: {error})"
            raise SourceError(f"{name}:{number}", problem) from error


def _party_to_json(p: Party) -> dict[str, Any]:
    return {
        "code": p.code,
        "id": p.id,
        "label": p.label,
        "sector": p.sector,
        "agent": p.agent,
        "agent_id": p.agent_id,
        "entity_text": p.text,
        "start": p.span.start,
        "end": p.span.end,
    }


def _party_from_json(d: dict[str, Any]) -> Party:
    return Party(
        id=d["id"],
        code=d["code"],
        label=d["label"],
        text=d["entity_text"],
        span=Span(d["start"], d["end"]),
        sector=d["sector"],
        agent=d["agent"],
        agent_id=d["agent_id"],
    )


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
