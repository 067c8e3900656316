"""The tables of ``events.duckdb``; :mod:`kg.graph.rows` says how records lie in them.

Every row that carries knowledge has ``recorded`` and ``retracted``, the numbers of the ingests that brought and
withdrew it; the table ``ingest`` gives each number its time. A row is current while ``retracted`` is null, and was
known as of ingest *n* if ``recorded <= n`` and ``retracted`` is null or greater than *n*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.model import Precision

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "ACTOR",
    "ALIAS",
    "AMENDED",
    "ARTICLE",
    "CORRECTION",
    "EVENT",
    "MENTION",
    "PRECISIONS",
    "ROLE",
    "SCHEMA_VERSION",
    "arrow",
    "create_statements",
    "create_table",
]

SCHEMA_VERSION = 2
"""See :mod:`kg.graph.migrate` for how graphs of former versions are brought up to date."""

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
    "quote_hash": "VARCHAR",
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
    "corrections": "INTEGER",
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

# Human corrections, anchored to the words and the coder's own reading, never to an event id. ``change`` is JSON,
# ``trigger_at`` the place of the trigger in the quote, ``number`` the order in which they take effect.
CORRECTION: dict[str, str] = {
    "id": "VARCHAR",
    "article": "VARCHAR",
    "field": "VARCHAR",
    "quote": "VARCHAR",
    "source": "VARCHAR",
    "target": "VARCHAR",
    "category": "VARCHAR",
    "trigger_at": "INTEGER",
    "change": "VARCHAR",
    "reviewer": "VARCHAR",
    "note": "VARCHAR",
    "number": "INTEGER",
    "recorded": "INTEGER",
    "retracted": "INTEGER",
}

# How mentions read that are corrected at present; ``stands_for`` is the mention whose persons and story count.
AMENDED: dict[str, str] = {
    "mention": "VARCHAR",
    "dropped": "BOOLEAN",
    "source": "VARCHAR",
    "source_sector": "VARCHAR",
    "source_fixed": "BOOLEAN",
    "target": "VARCHAR",
    "target_sector": "VARCHAR",
    "target_fixed": "BOOLEAN",
    "category": "VARCHAR",
    "mode": "VARCHAR",
    "status": "VARCHAR",
    "mutual": "BOOLEAN",
    "begin_day": "DATE",
    "end_day": "DATE",
    "precision": "VARCHAR",
    "expression": "VARCHAR",
    "time_origin": "VARCHAR",
    "stands_for": "VARCHAR",
    "story": "VARCHAR",
    "corrections": "VARCHAR[]",
}

ACTOR: dict[str, str] = {
    "id": "VARCHAR",
    "kind": "VARCHAR",
    "label": "VARCHAR",
    "code": "VARCHAR",
    "country": "VARCHAR",
    "sector": "VARCHAR",
    "wikidata": "VARCHAR",
    "region": "VARCHAR",
    "given": "BOOLEAN",
}

ALIAS: dict[str, str] = {"actor": "VARCHAR", "name": "VARCHAR", "begin_day": "DATE", "end_day": "DATE"}

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
    "actor": ACTOR,
    "alias": ALIAS,
    # Which mention tells of which event.
    "event_mention": {"event": "VARCHAR", "mention": "VARCHAR", "recorded": "INTEGER", "retracted": "INTEGER"},
    "event_alias": {"former": "VARCHAR", "event": "VARCHAR", "recorded": "INTEGER"},
    "correction": CORRECTION,
    # Which correction changes which mention, and the mention that this one is said to be the same as.
    "corrected": {
        "correction": "VARCHAR",
        "mention": "VARCHAR",
        "other": "VARCHAR",
        "recorded": "INTEGER",
        "retracted": "INTEGER",
    },
    # What follows from the current rows, kept so that an ingest needs to look at its own surroundings only.
    "near": {"a": "VARCHAR", "b": "VARCHAR"},
    "band": {"article": "VARCHAR", "band": "UTINYINT", "hash": "UBIGINT", "published": "DATE"},
    "copy": {"article": "VARCHAR", "grp": "VARCHAR"},
    "resolution": {"mention": "VARCHAR", "side": "VARCHAR", "actor": "VARCHAR", "sector": "VARCHAR"},
    "amended": AMENDED,
}

_TABLES: dict[str, dict[str, str]] = {"article": ARTICLE, "mention": MENTION, "event": EVENT, "role": ROLE, **_OTHER}


def create_statements() -> list[str]:
    """The SQL that makes an empty graph."""
    return [create_table(name) for name in _TABLES]


def create_table(name: str) -> str:
    """The SQL that makes one empty table."""
    return f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in _TABLES[name].items())})"


def arrow(rows: Mapping[str, Sequence[Any]], columns: Mapping[str, str]) -> pa.Table:
    """Columns of Python values as an Arrow table of the types that ``columns`` names."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "BIGINT": pa.int64(),
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
