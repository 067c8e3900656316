"""Articles that are kept without their text: quotes, offsets and links stay, and a hash proves each quote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.files import one

if TYPE_CHECKING:
    import duckdb

__all__ = ["forbid", "hash_quotes", "keeps_text", "quote_hash", "strip"]

_KEPT_EXTRA = ("modified",)
"""What of ``extra`` stays: the rest may hold any part of the text."""


def keeps_text(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the graph keeps the texts of the articles that come."""
    return one(connection, "SELECT 1 FROM meta WHERE key = 'text' AND value = 'none'") is None


def forbid(connection: duckdb.DuckDBPyConnection) -> None:
    """From now on the graph keeps no text."""
    if keeps_text(connection):
        connection.execute("INSERT INTO meta VALUES ('text', 'none')")


def strip(columns: dict[str, Sequence[Any]], keep: bool, quoted: Container[str]) -> None:
    """Take the text out of rows of ``article``: of all if the graph keeps none, else of those that came without it.

    ``quoted`` are the ids of articles that some mention quotes the text of: an empty text there is one that was left
    out.
    """
    gone = [not keep or (not text and key in quoted) for key, text in zip(columns["id"], columns["text"], strict=True)]
    columns["text"] = [None if out else text for out, text in zip(gone, columns["text"], strict=True)]
    columns["extra"] = [_extra(extra) if out else extra for out, extra in zip(gone, columns["extra"], strict=True)]


def _extra(extra: str | None) -> str | None:
    kept = {name: value for name, value in json.loads(extra or "{}").items() if name in _KEPT_EXTRA}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else None


def hash_quotes(connection: duckdb.DuckDBPyConnection, seq: int) -> None:
    """Note the hashes of the quotes that ingest ``seq`` brought from articles without a text."""
    connection.execute(
        """
        UPDATE mention SET quote_hash = sha256(quote)[:32] WHERE recorded = ? AND field = 'text'
        AND article IN (SELECT id FROM article WHERE recorded = ? AND text IS NULL)
        """,
        [seq, seq],
    )


def quote_hash(quote: str) -> str:
    """What :func:`hash_quotes` notes: the first 128 bits of SHA-256, in hexadecimal."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:32]
