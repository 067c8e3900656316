"""How the records of :mod:`kg.model` lie in the tables, there and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from kg.model import (
    Article,
    Event,
    Evidence,
    Mention,
    Origin,
    Party,
    Precision,
    Role,
    Span,
    Status,
    TimeOrigin,
    TimeSpan,
    digest,
)

__all__ = [
    "article_from_row",
    "article_row",
    "event_from_row",
    "mention_from_row",
    "mention_rows",
    "meta_hash",
    "records",
    "role_from_row",
    "role_row",
    "version_stamp",
]


def meta_hash(article: Article) -> str:
    """Hash of what an article says of itself besides its text."""
    return digest(article.url, article.publisher, article.language, article.cluster)


def version_stamp(article: Article) -> dt.datetime:
    """When this version of an article was published or modified, whichever is later; in UTC where a zone is known.

    ``extra["modified"]`` holds the time of modification as ISO text, date or datetime.
    """
    stamps = [dt.datetime.combine(article.published, dt.time())]
    if article.published_at is not None:
        stamps.append(_naive(article.published_at))
    modified = article.extra.get("modified")
    if isinstance(modified, str):
        try:
            modified = dt.datetime.fromisoformat(modified)
        except ValueError:
            modified = None
    if isinstance(modified, dt.datetime):
        stamps.append(_naive(modified))
    elif isinstance(modified, dt.date):
        stamps.append(dt.datetime.combine(modified, dt.time()))
    return max(stamps)


def article_row(article: Article) -> dict[str, Any]:
    """The columns of an article, without those of its version."""
    origin = article.origin
    return {
        "id": article.id,
        "url": article.url,
        "publisher": article.publisher,
        "title": article.title,
        "published": article.published,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "language": article.language,
        "text": article.text,
        "cluster": article.cluster,
        "origin_file": origin.file if origin else None,
        "origin_line": origin.line if origin else None,
        "origin_sha256": origin.sha256 if origin else None,
        "retrieved": origin.retrieved.isoformat() if origin and origin.retrieved else None,
        "extra": json.dumps(article.extra, ensure_ascii=False, sort_keys=True, default=str) if article.extra else None,
    }


def article_from_row(row: Mapping[str, Any]) -> Article:
    """The article that :func:`article_row` laid down."""
    origin = None
    if row["origin_file"] is not None:
        retrieved = dt.datetime.fromisoformat(row["retrieved"]) if row["retrieved"] else None
        origin = Origin(row["origin_file"], row["origin_line"], row["origin_sha256"] or "", retrieved)
    return Article(
        id=row["id"],
        published=row["published"],
        title=row["title"],
        text=row["text"] or "",
        url=row["url"],
        publisher=row["publisher"],
        published_at=dt.datetime.fromisoformat(row["published_at"]) if row["published_at"] else None,
        language=row["language"],
        cluster=row["cluster"],
        origin=origin,
        extra=json.loads(row["extra"]) if row["extra"] else {},
    )


_PARTY_VALUES = {
    "": "id",
    "_code": "code",
    "_label": "label",
    "_text": "text",
    "_sector": "sector",
    "_agent": "agent",
    "_agent_id": "agent_id",
}
_MENTION_VALUES = {
    "id": "id",
    "article": "article",
    "category": "category",
    "mode": "mode",
    "status": "status",
    "mutual": "mutual",
    "contexts": "contexts",
    "attribution": "attribution",
    "place": "place",
    "dead": "dead",
    "injured": "injured",
    "arrested": "arrested",
    "confidence": "confidence",
    "coder": "coder",
    "grp": "group",
}
_TIME_VALUES = {
    "begin_day": "begin",
    "end_day": "end",
    "precision": "precision",
    "expression": "expression",
    "time_value": "value",
    "time_origin": "origin",
}
_EVIDENCE_VALUES = {"field": "field", "quote": "quote", "quote_start": "start", "quote_end": "end"}
_NOWHERE = SimpleNamespace(start=None, end=None)
_NOBODY = SimpleNamespace(
    **dict.fromkeys(("id", "code", "label", "text", "sector", "agent", "agent_id")), span=_NOWHERE
)


def mention_rows(mentions: Sequence[Mention]) -> dict[str, list[Any]]:
    """Mentions as columns."""
    rows = _columns(mentions, _MENTION_VALUES) | _columns([m.time for m in mentions], _TIME_VALUES)
    evidence = [m.evidence for m in mentions]
    rows |= _columns(evidence, _EVIDENCE_VALUES)
    rows |= _offsets("trigger", [e.trigger for e in evidence])
    rows |= _offsets("time", [e.time or _NOWHERE for e in evidence])
    for side in ("source", "target"):
        parties = [getattr(m, side) or _NOBODY for m in mentions]
        rows |= _columns(parties, {side + suffix: name for suffix, name in _PARTY_VALUES.items()})
        rows |= _offsets(side, [party.span for party in parties])
    return rows


def _columns(records: Sequence[Any], names: Mapping[str, str]) -> dict[str, list[Any]]:
    # attrgetter walks a column without a Python call for each value: this is the inner loop of every ingest.
    return {column: list(map(attrgetter(name), records)) for column, name in names.items()}


def _offsets(name: str, spans: Sequence[Any]) -> dict[str, list[Any]]:
    return _columns(spans, {f"{name}_start": "start", f"{name}_end": "end"})


def mention_from_row(row: Mapping[str, Any]) -> Mention:
    """The mention that :func:`mention_rows` laid down."""
    time = Span(row["time_start"], row["time_end"]) if row["time_start"] is not None else None
    return Mention(
        id=row["id"],
        article=row["article"],
        source=_party(row, "source"),
        target=_party(row, "target") if row["target"] is not None else None,
        category=row["category"],
        mode=row["mode"],
        status=Status(row["status"]),
        time=TimeSpan(
            row["begin_day"],
            row["end_day"],
            Precision(row["precision"]),
            row["expression"],
            row["time_value"],
            TimeOrigin(row["time_origin"]),
        ),
        evidence=Evidence(
            field=row["field"],
            quote=row["quote"],
            start=row["quote_start"],
            end=row["quote_end"],
            trigger=Span(row["trigger_start"], row["trigger_end"]),
            time=time,
        ),
        mutual=row["mutual"],
        contexts=tuple(row["contexts"] or ()),
        attribution=row["attribution"],
        place=row["place"],
        dead=row["dead"],
        injured=row["injured"],
        arrested=row["arrested"],
        confidence=row["confidence"],
        coder=row["coder"],
        group=row["grp"],
    )


def role_row(role: Role) -> dict[str, Any]:
    """A role as columns."""
    return {
        "article": role.article,
        "person": role.person,
        "person_id": role.person_id,
        "office": role.office,
        "actor": role.actor,
        "code": role.code,
        "observed": role.observed,
        "text": role.text,
        "field": role.field,
        "start_at": role.start,
        "end_at": role.end,
    }


def role_from_row(row: Mapping[str, Any]) -> Role:
    """The role that :func:`role_row` laid down."""
    return Role(
        article=row["article"],
        person=row["person"],
        person_id=row["person_id"],
        office=row["office"],
        actor=row["actor"],
        code=row["code"],
        observed=row["observed"],
        text=row["text"],
        field=row["field"],
        start=row["start_at"],
        end=row["end_at"],
    )


def event_from_row(row: Mapping[str, Any]) -> Event:
    """The event of a row of the table ``event``."""
    return Event(
        id=row["id"],
        source=row["source"],
        target=row["target"],
        source_sector=row["source_sector"],
        target_sector=row["target_sector"],
        mutual=row["mutual"],
        category=row["category"],
        mode=row["mode"],
        contexts=tuple(row["contexts"] or ()),
        begin=row["begin_day"],
        end=row["end_day"],
        precision=Precision(row["precision"]),
        time_origin=TimeOrigin(row["time_origin"]),
        status=Status(row["status"]),
        score=row["score"],
        mentions=row["mentions"],
        articles=row["articles"],
        publishers=row["publishers"],
        first_reported=row["first_reported"],
        last_reported=row["last_reported"],
        confidence=row["confidence"],
        group=row["grp"],
        fulfils=row["fulfils"],
        cancels=row["cancels"],
        corrections=row["corrections"],
    )


def records(columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows of a cursor as dictionaries."""
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _party(row: Mapping[str, Any], side: str) -> Party:
    return Party(
        id=row[side],
        code=row[side + "_code"],
        label=row[side + "_label"],
        text=row[side + "_text"],
        span=Span(row[side + "_start"], row[side + "_end"]),
        sector=row[side + "_sector"],
        agent=row[side + "_agent"],
        agent_id=row[side + "_agent_id"],
    )


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
