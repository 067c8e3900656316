"""Near-duplicate articles: syndicated copies, updated versions, one headline in several feeds.

Articles are sets of three-word shingles of title and text. MinHash (Broder 1997, by ``datasketch``) estimates the
Jaccard similarity of two sets; locality-sensitive hashing over bands of the signature finds the pairs worth comparing.
Two articles are copies if at least :data:`THRESHOLD` similar and published at most :data:`DAYS` days apart, and copies
of copies are of one group. The groups are a function of the set of current articles.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb

__all__ = ["DAYS", "THRESHOLD", "Sketcher", "groups", "update"]

THRESHOLD = 0.8
"""Estimated Jaccard similarity from which on two texts are copies."""

DAYS = 7
"""A text that comes again after more days than this is a new report, not a copy."""

_PERMUTATIONS = 64
_ROWS = 4
_BANDS = _PERMUTATIONS // _ROWS
_SHINGLE = 3
_WORD = re.compile(r"\w+")


class Sketcher:
    """Makes signatures; not to be shared between threads.

    >>> Sketcher()("Talks begin", "They met.") == Sketcher()("TALKS BEGIN", "they met")
    True
    """

    def __init__(self) -> None:
        from datasketch import MinHash

        # The scheme is named because signatures are stored and must compare with those of later releases.
        self._minhash = MinHash(num_perm=_PERMUTATIONS, hashfunc=int, scheme="affine32")

    def __call__(self, title: str, text: str) -> list[int]:
        """The MinHash signature of an article, 64 numbers of 32 bits; empty for an article without words.

        Words are compared without case and punctuation.
        """
        import numpy as np

        words = [
            zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in _WORD.findall(f"{title}\n{text}".lower())
        ]
        if not words:
            return []
        hashes = np.asarray(words, dtype=np.uint64)
        size = min(_SHINGLE, len(words))
        # A shingle's hash mixes the hashes of its words by their place in it.
        mixed = np.zeros(len(words) - size + 1, dtype=np.uint64)
        for place in range(size):
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + hashes[place : place + len(mixed)]
        shingles = (mixed ^ (mixed >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
        self._minhash.clear()
        self._minhash.update_batch(set(shingles.tolist()))
        values: list[int] = self._minhash.hashvalues.tolist()
        return values


Come = tuple[str, dt.date, list[int]]
"""Id, publication date and signature of an article."""


def update(connection: duckdb.DuckDBPyConnection, gone: Iterable[str], come: Sequence[Come]) -> set[str]:
    """Bring the copy groups up to date after articles went and came; returns the ids whose group changed.

    Groups that an article leaves are made anew as a whole: what held them together may have gone with it.
    """
    leaving = sorted(set(gone) | {article for article, _, _ in come})
    before = _neighbourhood(connection, leaving)
    connection.register("_affected", arrow({"id": sorted(before)}, {"id": "VARCHAR"}))
    connection.execute("DELETE FROM near WHERE a IN (SELECT id FROM _affected) OR b IN (SELECT id FROM _affected)")
    connection.execute("DELETE FROM band WHERE article IN (SELECT id FROM _affected)")
    rest = connection.execute(
        "SELECT id, published, sketch FROM article JOIN _affected USING (id) WHERE retracted IS NULL"
    ).fetchall()
    connection.unregister("_affected")
    new = {article for article, _, _ in come}
    _add(connection, [item for item in (*come, *(row for row in rest if row[0] not in new)) if item[2]])
    after = _neighbourhood(connection, sorted(before))
    return _relabel(connection, after)


def groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The smallest id of the connected component of each id that stands in a pair.

    >>> groups([("b", "c"), ("a", "b"), ("x", "y")]) == {"a": "a", "b": "a", "c": "a", "x": "x", "y": "x"}
    True
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {node: root(node) for node in parent}


def _add(connection: duckdb.DuckDBPyConnection, come: Sequence[Come]) -> None:
    """Index new signatures and store the pairs of copies that they are part of.

    Of articles with the same signature and day only one is indexed, the others are paired with it, so that a text that
    comes a thousand times costs a thousand pairs and not half a million.
    """
    import numpy as np

    twins: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for article, day, signature in come:
        twins[day, *signature].append(article)
    firsts = [(min(same), key[0], list(key[1:])) for key, same in twins.items()]
    pairs = {(min(same), other) for same in twins.values() for other in same if other != min(same)}
    if not firsts:
        return
    signatures = {article: np.asarray(signature, dtype=np.uint64) for article, _, signature in firsts}
    hashes = _bands(np.asarray([signature for _, _, signature in firsts], dtype=np.uint64))
    rows = {
        "article": [article for article, _, _ in firsts for _ in range(_BANDS)],
        "band": list(range(_BANDS)) * len(firsts),
        "hash": hashes.reshape(-1).tolist(),
        "published": [day for _, day, _ in firsts for _ in range(_BANDS)],
    }
    connection.register("_bands", arrow(rows, _BAND))
    same_day = "n.band = 0 AND o.band = 0 AND n.hash = o.hash AND n.published = o.published"
    found = connection.execute(f"SELECT n.article, o.article FROM _bands n JOIN band o ON {same_day}").fetchall()
    signatures.update(_signatures(connection, {known for _, known in found}))
    indexed = {article: known for article, known in found if (signatures[article] == signatures[known]).all()}
    pairs |= set(indexed.items())
    connection.register("_indexed", arrow({"id": sorted(indexed)}, {"id": "VARCHAR"}))
    connection.execute("INSERT INTO band SELECT b.* FROM _bands b WHERE b.article NOT IN (SELECT id FROM _indexed)")
    candidates = connection.execute(
        """
        SELECT DISTINCT n.article, o.article
        FROM _bands n JOIN band o ON n.band = o.band AND n.hash = o.hash AND n.article <> o.article
             AND abs(datediff('day', n.published, o.published)) <= ?
        WHERE n.article NOT IN (SELECT id FROM _indexed)
        """,
        [DAYS],
    ).fetchall()
    connection.unregister("_bands")
    connection.unregister("_indexed")
    signatures.update(_signatures(connection, {article for pair in candidates for article in pair} - signatures.keys()))
    pairs |= {(a, b) for a, b in candidates if float((signatures[a] == signatures[b]).mean()) >= THRESHOLD}
    ordered = sorted({(min(pair), max(pair)) for pair in pairs})
    if ordered:
        connection.register("_pairs", arrow({"a": [a for a, _ in ordered], "b": [b for _, b in ordered]}, _PAIR))
        connection.execute("INSERT INTO near SELECT a, b FROM _pairs")
        connection.unregister("_pairs")


_BAND = {"article": "VARCHAR", "band": "UTINYINT", "hash": "UBIGINT", "published": "DATE"}
_PAIR = {"a": "VARCHAR", "b": "VARCHAR"}


def _bands(signatures: Any) -> Any:
    """One 64-bit number for each band of each signature."""
    import numpy as np

    parts = signatures.reshape(len(signatures), _BANDS, _ROWS)
    out = np.zeros(parts.shape[:2], dtype=np.uint64)
    for row in range(_ROWS):
        out = (out ^ parts[:, :, row]) * np.uint64(0x100000001B3) + np.uint64(0x9E3779B97F4A7C15)
        out ^= out >> np.uint64(29)
    return out


def _signatures(connection: duckdb.DuckDBPyConnection, ids: set[str]) -> dict[str, Any]:
    if not ids:
        return {}
    import numpy as np

    connection.register("_wanted", arrow({"id": sorted(ids)}, {"id": "VARCHAR"}))
    rows = connection.execute(
        "SELECT id, sketch FROM article JOIN _wanted USING (id) WHERE retracted IS NULL"
    ).fetchall()
    connection.unregister("_wanted")
    return {article: np.asarray(signature, dtype=np.uint64) for article, signature in rows}


def _neighbourhood(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> set[str]:
    """The given articles and all that are in a group with them, by the stored pairs."""
    seen = set(ids)
    frontier = list(ids)
    while frontier:
        connection.register("_frontier", arrow({"id": frontier}, {"id": "VARCHAR"}))
        rows = connection.execute(
            """
            SELECT b FROM near JOIN _frontier ON a = id UNION SELECT a FROM near JOIN _frontier ON b = id
            """
        ).fetchall()
        connection.unregister("_frontier")
        frontier = sorted({row[0] for row in rows} - seen)
        seen.update(frontier)
    return seen


def _relabel(connection: duckdb.DuckDBPyConnection, ids: set[str]) -> set[str]:
    connection.register("_ids", arrow({"id": sorted(ids)}, {"id": "VARCHAR"}))
    pairs = connection.execute("SELECT a, b FROM near JOIN _ids ON a = id").fetchall()
    old: dict[str, str] = dict(connection.execute("SELECT article, grp FROM copy JOIN _ids ON article = id").fetchall())
    new = groups(pairs)
    changed = {article for article in ids if old.get(article) != new.get(article)}
    connection.execute("DELETE FROM copy WHERE article IN (SELECT id FROM _ids)")
    connection.unregister("_ids")
    if new:
        rows = {"article": sorted(new), "grp": [new[article] for article in sorted(new)]}
        connection.register("_copy", arrow(rows, {"article": "VARCHAR", "grp": "VARCHAR"}))
        connection.execute("INSERT INTO copy SELECT article, grp FROM _copy")
        connection.unregister("_copy")
    return changed
