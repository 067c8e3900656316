"""Articles that are kept without their text: quotes, offsets and links stay, and a hash proves each quote."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from kg.graph.files import one

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

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


def strip(articles: pa.Table, mentions: pa.Table, keep: bool) -> pa.Table:
    """Rows of ``article`` without the text: of all if the graph keeps none, else of those that came without it.

    An empty text is one that was left out if some of ``mentions`` quotes it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = pc.equal(articles["text"], "")
    if keep and not pc.any(empty).as_py():
        return articles
    quoted = mentions["article"].filter(pc.equal(mentions["field"], "text"))
    gone = pc.and_(empty, pc.is_in(articles["id"], quoted)) if keep else pa.repeat(True, articles.num_rows)
    texts = pc.if_else(gone, None, articles["text"])
    extras = [
        _extra(extra) if out else extra
        for out, extra in zip(gone.to_pylist(), articles["extra"].to_pylist(), strict=True)
    ]
    for name, values in (("text", texts), ("extra", pa.array(extras, pa.string()))):
        articles = articles.set_column(articles.schema.get_field_index(name), name, values)
    return articles


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
