"""The tables of ``events.duckdb`` and how the records of :mod:`kg.model` lie in them.

Every row that carries knowledge has ``recorded`` and ``retracted``, the numbers of the ingests that brought and
withdrew it; the table ``ingest`` gives each number its time. A row is current while ``retracted`` is null, and was
known as of ingest *n* if ``recorded <= n`` and ``retracted`` is null or greater than *n*.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

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
)
from kg.model import digest as digest

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "ARTICLE",
    "EVENT",
    "MENTION",
    "PRECISIONS",
    "ROLE",
    "SCHEMA_VERSION",
    "arrow",
    "article_from_row",
    "article_row",
    "create_statements",
    "event_from_row",
    "mention_from_row",
    "mention_rows",
    "meta_hash",
    "role_row",
    "version_stamp",
]

SCHEMA_VERSION = 1

PRECISIONS = tuple(Precision)
"""From finest to vaguest, the order that decides which mention is canonical."""

ARTICLE: dict[str, str] = {
    "id": "VARCHAR",
    "url": "VARCHAR",
    "publisher": "VARCHAR",
    "title": "VARCHAR",
    "published": "DATE",
    "published_at": "VARCHAR",
    "language": "VARCHAR",
    "text": "VARCHAR",
    "cluster": "VARCHAR",
    "origin_file": "VARCHAR",
    "origin_line": "INTEGER",
    "origin_sha256": "VARCHAR",
    "retrieved": "VARCHAR",
    "extra": "VARCHAR",
    "text_hash": "VARCHAR",
    "meta_hash": "VARCHAR",
    "stamp": "TIMESTAMP",
    "coder": "VARCHAR",
    "sketch": "UINTEGER[]",
    "recorded": "INTEGER",
    "retracted": "INTEGER",
}

_PARTY = {
    "": "VARCHAR",
    "_code": "VARCHAR",
    "_label": "VARCHAR",
    "_text": "VARCHAR",
    "_start": "INTEGER",
    "_end": "INTEGER",
    "_sector": "VARCHAR",
    "_agent": "VARCHAR",
    "_agent_id": "VARCHAR",
}

MENTION: dict[str, str] = {
    "id": "VARCHAR",
    "article": "VARCHAR",
    **{"source" + suffix: kind for suffix, kind in _PARTY.items()},
    **{"target" + suffix: kind for suffix, kind in _PARTY.items()},
    "category": "VARCHAR",
    "mode": "VARCHAR",
    "status": "VARCHAR",
    "mutual": "BOOLEAN",
    "contexts": "VARCHAR[]",
    "begin_day": "DATE",
    "end_day": "DATE",
    "precision": "VARCHAR",
    "expression": "VARCHAR",
    "time_value": "VARCHAR",
    "time_origin": "VARCHAR",
    "attribution": "VARCHAR",
    "place": "VARCHAR",
    "dead": "INTEGER",
    "injured": "INTEGER",
    "arrested": "INTEGER",
    "confidence": "DOUBLE",
    "coder": "VARCHAR",
    "grp": "VARCHAR",
    "field": "VARCHAR",
    "quote": "VARCHAR",
    "quote_start": "INTEGER",
    "quote_end": "INTEGER",
    "trigger_start": "INTEGER",
    "trigger_end": "INTEGER",
    "time_start": "INTEGER",
    "time_end": "INTEGER",
    "recorded": "INTEGER",
    "retracted": "INTEGER",
}

EVENT: dict[str, str] = {
    "id": "VARCHAR",
    "source": "VARCHAR",
    "target": "VARCHAR",
    "source_sector": "VARCHAR",
    "target_sector": "VARCHAR",
    "mutual": "BOOLEAN",
    "category": "VARCHAR",
    "mode": "VARCHAR",
    "contexts": "VARCHAR[]",
    "begin_day": "DATE",
    "end_day": "DATE",
    "precision": "VARCHAR",
    "time_origin": "VARCHAR",
    "status": "VARCHAR",
    "score": "DOUBLE",
    "mentions": "INTEGER",
    "articles": "INTEGER",
    "publishers": "INTEGER",
    "first_reported": "DATE",
    "last_reported": "DATE",
    "confidence": "DOUBLE",
    "grp": "VARCHAR",
    "fulfils": "VARCHAR",
    "cancels": "VARCHAR",
    "recorded": "INTEGER",
    "retracted": "INTEGER",
}

ROLE: dict[str, str] = {
    "article": "VARCHAR",
    "person": "VARCHAR",
    "person_id": "VARCHAR",
    "office": "VARCHAR",
    "actor": "VARCHAR",
    "code": "VARCHAR",
    "observed": "DATE",
    "text": "VARCHAR",
    "field": "VARCHAR",
    "start_at": "INTEGER",
    "end_at": "INTEGER",
    "recorded": "INTEGER",
    "retracted": "INTEGER",
}

_OTHER: dict[str, dict[str, str]] = {
    "meta": {"key": "VARCHAR PRIMARY KEY", "value": "VARCHAR"},
    "ingest": {
        "seq": "INTEGER PRIMARY KEY",
        "moment": "TIMESTAMP",
        "command": "VARCHAR",
        "coder": "VARCHAR",
        "version": "VARCHAR",
        "report": "VARCHAR",
    },
    "actor": {
        "id": "VARCHAR",
        "kind": "VARCHAR",
        "label": "VARCHAR",
        "code": "VARCHAR",
        "country": "VARCHAR",
        "sector": "VARCHAR",
        "wikidata": "VARCHAR",
        "region": "VARCHAR",
        "given": "BOOLEAN",
    },
    "alias": {"actor": "VARCHAR", "name": "VARCHAR", "begin_day": "DATE", "end_day": "DATE"},
    # Which mention tells of which event.
    "event_mention": {"event": "VARCHAR", "mention": "VARCHAR", "recorded": "INTEGER", "retracted": "INTEGER"},
    "event_alias": {"former": "VARCHAR", "event": "VARCHAR", "recorded": "INTEGER"},
    # Human corrections, anchored to the words and the coder's own reading, never to an event id.
    "correction": {
        "id": "VARCHAR",
        "article": "VARCHAR",
        "field": "VARCHAR",
        "quote": "VARCHAR",
        "source": "VARCHAR",
        "target": "VARCHAR",
        "category": "VARCHAR",
        "change": "VARCHAR",
        "reviewer": "VARCHAR",
        "note": "VARCHAR",
        "recorded": "INTEGER",
        "retracted": "INTEGER",
    },
    # What follows from the current rows, kept so that an ingest needs to look at its own surroundings only.
    "near": {"a": "VARCHAR", "b": "VARCHAR"},
    "band": {"article": "VARCHAR", "band": "UTINYINT", "hash": "UBIGINT", "published": "DATE"},
    "copy": {"article": "VARCHAR", "grp": "VARCHAR"},
    "resolution": {"mention": "VARCHAR", "side": "VARCHAR", "actor": "VARCHAR", "sector": "VARCHAR"},
}


def create_statements() -> list[str]:
    """The SQL that makes an empty graph."""
    tables = {"article": ARTICLE, "mention": MENTION, "event": EVENT, "role": ROLE, **_OTHER}
    return [
        f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"
        for name, columns in tables.items()
    ]


def arrow(rows: Mapping[str, Sequence[Any]], columns: Mapping[str, str]) -> pa.Table:
    """Columns of Python values as an Arrow table of the types that ``columns`` names."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "INTEGER": pa.int32(),
        "BOOLEAN": pa.bool_(),
        "DOUBLE": pa.float64(),
        "VARCHAR[]": pa.list_(pa.string()),
        "UINTEGER[]": pa.list_(pa.uint32()),
        "UBIGINT": pa.uint64(),
        "UTINYINT": pa.uint8(),
    }
    return pa.table(
        [pa.array(rows[name], types[columns[name]]) for name in rows],
        schema=pa.schema([(name, types[columns[name]]) for name in rows]),
    )


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
    """The columns of an article that follow from the article itself."""
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
        "text_hash": article.text_hash,
        "meta_hash": meta_hash(article),
        "stamp": version_stamp(article),
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
        text=row["text"],
        url=row["url"],
        publisher=row["publisher"],
        published_at=dt.datetime.fromisoformat(row["published_at"]) if row["published_at"] else None,
        language=row["language"],
        cluster=row["cluster"],
        origin=origin,
        extra=json.loads(row["extra"]) if row["extra"] else {},
    )


_MENTION_VALUES: dict[str, Callable[[Mention], Any]] = {
    "id": lambda m: m.id,
    "article": lambda m: m.article,
    "source": lambda m: m.source.id,
    "source_code": lambda m: m.source.code,
    "source_label": lambda m: m.source.label,
    "source_text": lambda m: m.source.text,
    "source_start": lambda m: m.source.span.start,
    "source_end": lambda m: m.source.span.end,
    "source_sector": lambda m: m.source.sector,
    "source_agent": lambda m: m.source.agent,
    "source_agent_id": lambda m: m.source.agent_id,
    "target": lambda m: m.target and m.target.id,
    "target_code": lambda m: m.target and m.target.code,
    "target_label": lambda m: m.target and m.target.label,
    "target_text": lambda m: m.target and m.target.text,
    "target_start": lambda m: m.target and m.target.span.start,
    "target_end": lambda m: m.target and m.target.span.end,
    "target_sector": lambda m: m.target and m.target.sector,
    "target_agent": lambda m: m.target and m.target.agent,
    "target_agent_id": lambda m: m.target and m.target.agent_id,
    "category": lambda m: m.category,
    "mode": lambda m: m.mode,
    "status": lambda m: m.status.value,
    "mutual": lambda m: m.mutual,
    "contexts": lambda m: m.contexts,
    "begin_day": lambda m: m.time.begin,
    "end_day": lambda m: m.time.end,
    "precision": lambda m: m.time.precision.value,
    "expression": lambda m: m.time.expression,
    "time_value": lambda m: m.time.value,
    "time_origin": lambda m: m.time.origin.value,
    "attribution": lambda m: m.attribution,
    "place": lambda m: m.place,
    "dead": lambda m: m.dead,
    "injured": lambda m: m.injured,
    "arrested": lambda m: m.arrested,
    "confidence": lambda m: m.confidence,
    "coder": lambda m: m.coder,
    "grp": lambda m: m.group,
    "field": lambda m: m.evidence.field,
    "quote": lambda m: m.evidence.quote,
    "quote_start": lambda m: m.evidence.start,
    "quote_end": lambda m: m.evidence.end,
    "trigger_start": lambda m: m.evidence.trigger.start,
    "trigger_end": lambda m: m.evidence.trigger.end,
    "time_start": lambda m: m.evidence.time and m.evidence.time.start,
    "time_end": lambda m: m.evidence.time and m.evidence.time.end,
}


def mention_rows(mentions: Sequence[Mention]) -> dict[str, list[Any]]:
    """Mentions as columns."""
    return {name: [value(m) for m in mentions] for name, value in _MENTION_VALUES.items()}


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
