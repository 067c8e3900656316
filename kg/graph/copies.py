"""Near-duplicate articles: syndicated copies, updated versions, one headline in several feeds.

Articles are sets of three-word shingles of title and text. MinHash (Broder 1997) estimates the
Jaccard similarity of two sets; locality-sensitive hashing over bands of the signature finds the pairs worth comparing.
Two articles are copies if at least :data:`THRESHOLD` similar and published at most :data:`DAYS` days apart, and copies
of copies are of one group. The groups are a function of the set of current articles.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import datetime as dt
import itertools
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.graph.schema import arrow

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    Signature = npt.NDArray[np.uint32]

__all__ = ["DAYS", "PERMUTATIONS", "THRESHOLD", "Sketcher", "bands", "groups", "update"]

THRESHOLD = 0.8
"""Estimated Jaccard similarity from which on two texts are copies."""

DAYS = 7
"""A text that comes again after more days than this is a new report, not a copy."""

PERMUTATIONS = 64
"""Numbers in a signature."""

_ROWS = 4
_BANDS = PERMUTATIONS // _ROWS
_SHINGLE = 3
_WORD = re.compile(r"\w+")
_ASCII_SPACED = {code: " " for code in range(128) if not _WORD.match(chr(code))}


_AT_ONCE = 2_000
"""Articles whose words are hashed together: few enough to stay in a processor's cache and in memory."""


class Sketcher:
    """Makes signatures; not to be shared between threads.

    >>> list(Sketcher()("Talks begin", "They met.")) == list(Sketcher()("TALKS BEGIN", "they met"))
    True
    """

    def __init__(self) -> None:
        self._factors, self._shifts = _permutations()
        self._hash_of = _WordHashes()

    def __call__(self, title: str, text: str) -> Signature:
        """The MinHash signature of an article, 64 numbers of 32 bits; empty for an article without words.

        Words are compared without case and punctuation.
        """
        return self.many([(title, text)])[0]

    def many(self, articles: Sequence[tuple[str, str]]) -> list[Signature]:
        """The signatures of articles given as title and text; the same as one by one, but a lot faster."""
        return [
            signature
            for start in range(0, len(articles), _AT_ONCE)
            for signature in self._many(articles[start : start + _AT_ONCE])
        ]

    def _many(self, articles: Sequence[tuple[str, str]]) -> list[Signature]:
        import numpy as np

        self._hash_of.trim()
        hash_of = self._hash_of.__getitem__
        words = [list(map(hash_of, _words(f"{title}\n{text}".lower()))) for title, text in articles]
        # A shingle's hash mixes the hashes of its words by their place in it; a text of fewer words is one shingle.
        out: list[Signature] = [np.empty(0, dtype=np.uint32)] * len(articles)
        for size in range(1, _SHINGLE + 1):
            chosen = [i for i, own in enumerate(words) if (len(own) == size if size < _SHINGLE else len(own) >= size)]
            if not chosen:
                continue
            hashes = np.fromiter(itertools.chain.from_iterable(words[i] for i in chosen), dtype=np.uint64)
            mixed = np.zeros(len(hashes) - size + 1, dtype=np.uint64)
            for place in range(size):
                mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + hashes[place : place + len(mixed)]
            shingles = _finish(((mixed ^ (mixed >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.uint32))
            lengths = np.array([len(words[i]) for i in chosen])
            last = np.cumsum(lengths)[:-1, None] - np.arange(1, size)
            own = np.delete(shingles, last)  # without those that begin in one text and end in the next
            starts = np.concatenate(([0], np.cumsum(lengths - (size - 1))[:-1]))
            least = np.empty((len(chosen), PERMUTATIONS), dtype=np.uint32)
            for place, (factor, shift) in enumerate(zip(self._factors, self._shifts, strict=True)):
                least[:, place] = np.minimum.reduceat(own * factor + shift, starts)
            for i, signature in zip(chosen, least, strict=True):
                out[i] = signature
        return out


def _words(text: str) -> list[str]:
    """The runs of letters, digits and underscores.

    >>> _words("they met: 2 days, in_all"), _words("sie trafen sich für 2 tage")
    (['they', 'met', '2', 'days', 'in_all'], ['sie', 'trafen', 'sich', 'für', '2', 'tage'])
    """
    # The first way takes two thirds of the time.
    return text.translate(_ASCII_SPACED).split() if text.isascii() else _WORD.findall(text)


def _permutations() -> tuple[Signature, Signature]:
    """Factors, all odd, and shifts of the permutations h → factor · h + shift modulo 2³².

    They are those of the scheme ``affine32`` of ``datasketch`` with its seed, because signatures are stored and must
    compare with those of other releases; to import that package takes a second, most of it for other things.
    """
    import numpy as np

    random = np.random.RandomState(1)  # its numbers are the same in every release of NumPy
    factors = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    shifts = random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return factors, shifts


class _WordHashes(dict[str, int]):
    """CRC-32 of words, remembered."""

    def __missing__(self, word: str) -> int:
        value = self[word] = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return value

    def trim(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > 500_000:
            self.clear()


def _finish(values: Signature) -> Signature:
    """The finalizer of MurmurHash3 (Appleby 2016), applied before the permutations."""
    import numpy as np

    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    mixed: Signature = values ^ (values >> np.uint32(16))
    return mixed


Come = tuple[str, dt.date, "Signature"]
"""Id, publication date and signature of an article."""


def update(connection: duckdb.DuckDBPyConnection, gone: Iterable[str], come: Sequence[Come]) -> set[str]:
    """Bring the copy groups up to date after articles went and came; returns the ids whose group changed.

    Groups that an article leaves are made anew as a whole: what held them together may have gone with it.
    """
    # Only what was current has a place here that it can leave.
    before = _neighbourhood(connection, sorted(set(gone)))
    rest: list[Come] = []
    if before:
        connection.register("_affected", arrow({"id": sorted(before)}, {"id": "VARCHAR"}))
        connection.execute("DELETE FROM near WHERE a IN (SELECT id FROM _affected) OR b IN (SELECT id FROM _affected)")
        connection.execute("DELETE FROM band WHERE article IN (SELECT id FROM _affected)")
        rest = connection.execute(
            "SELECT id, published, sketch FROM article JOIN _affected USING (id) WHERE retracted IS NULL"
        ).fetchall()
        connection.unregister("_affected")
    new = {article for article, _, _ in come}
    _add(connection, [item for item in (*come, *(row for row in rest if row[0] not in new)) if len(item[2])])
    after = _neighbourhood(connection, sorted(before | new))
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
    import pyarrow as pa

    if not come:
        return
    twins: dict[tuple[dt.date, bytes], list[str]] = defaultdict(list)
    for article, day, signature in come:
        twins[day, np.asarray(signature, dtype=np.uint32).tobytes()].append(article)
    firsts = [min(same) for same in twins.values()]
    pairs = {(min(same), other) for same in twins.values() if len(same) > 1 for other in same if other != min(same)}
    indexed_as = np.frombuffer(b"".join(signature for _, signature in twins), dtype=np.uint32).reshape(-1, PERMUTATIONS)
    signatures: dict[str, Any] = dict(zip(firsts, indexed_as, strict=True))
    which = np.repeat(np.arange(len(firsts)), _BANDS)
    rows = {
        "article": pa.array(firsts, pa.string()).take(which),
        "band": np.tile(np.arange(_BANDS, dtype=np.uint8), len(firsts)),
        "hash": bands(indexed_as.astype(np.uint64)).reshape(-1),
        "published": pa.array([day for day, _ in twins], pa.date32()).take(which),
    }
    connection.register("_bands", pa.table(rows))
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


_PAIR = {"a": "VARCHAR", "b": "VARCHAR"}


def bands(signatures: Any) -> Any:
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
    return {article: np.asarray(signature, dtype=np.uint32) for article, signature in rows}


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
