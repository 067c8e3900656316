"""Groups of near-duplicate articles on Spark: the same groups as :mod:`kg.graph.copies` makes in a graph.

Signatures are made by Python workers, one article at a time. Everything else is joins: pairs of articles of nearby days
that share a band of the signature, the similarity of each such pair, and what is connected by pairs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kg.graph.copies import DAYS, PERMUTATIONS, THRESHOLD, Sketcher, bands

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    Keep = Callable[[str, DataFrame], DataFrame]

__all__ = ["components", "copies"]


def copies(articles: DataFrame, keep: Keep) -> DataFrame:
    """The group of each article that is a copy, as ``article`` and ``grp``, the smallest id of the group.

    ``articles`` has ``id``, ``published``, ``title`` and ``text``; ``keep`` stores a table, so that it is made only
    once. The first article of a group has no row.
    """
    from pyspark.sql import functions as f

    texts = articles.select("id", "published", "title", "text")
    schema = "id string, published date, sketch array<int>, bands array<bigint>"
    sketches = keep("sketches", texts.mapInArrow(_sketched, schema))
    # A text that comes a thousand times a day gives a thousand pairs with the first of them, not half a million.
    same = f.min("id").alias("id"), f.first("bands").alias("bands")
    firsts = keep("firsts", sketches.groupBy("published", "sketch").agg(*same))
    first = firsts.select(f.col("id").alias("a"), "published", "sketch")
    twins = sketches.join(first, ["published", "sketch"]).where("id <> a").select("a", f.col("id").alias("b"))
    week = f.floor(f.unix_date("published") / DAYS)
    indexed = firsts.select("id", "published", week.alias("week"), f.posexplode("bands").alias("band", "hash"))
    # Days at most a week apart are in the same week or in one beside it.
    one = indexed.select(
        "band", "hash", f.col("id").alias("a"), f.col("published").alias("a_day"),
        f.explode(f.array(*(f.col("week") + n for n in (-1, 0, 1)))).alias("week"),
    )  # fmt: skip
    other = indexed.select("band", "hash", f.col("id").alias("b"), f.col("published").alias("b_day"), "week")
    close = f.expr(f"a < b AND abs(datediff(a_day, b_day)) <= {DAYS}")
    candidates = one.join(other, ["band", "hash", "week"]).where(close).select("a", "b").distinct()
    equal = f.expr("size(filter(zip_with(x, y, (p, q) -> p = q), same -> same))")
    pairs = (
        candidates.join(firsts.select(f.col("id").alias("a"), f.col("sketch").alias("x")), "a")
        .join(firsts.select(f.col("id").alias("b"), f.col("sketch").alias("y")), "b")
        .where(equal / f.lit(float(PERMUTATIONS)) >= THRESHOLD)
        .select("a", "b")
    )
    return components(pairs.union(twins), keep).select(f.col("node").alias("article"), f.col("least").alias("grp"))


def components(pairs: DataFrame, keep: Keep) -> DataFrame:
    """Of pairs ``a``, ``b`` the smallest node that each other node is connected with, as ``node`` and ``least``.

    Stars are made larger and smaller in turn until every node points to the centre of its own, which takes a number of
    rounds that grows with the logarithm of the number of nodes (Kiveris and others, *Connected Components in MapReduce
    and Beyond*, 2014).
    """
    from pyspark.sql import functions as f

    edges = pairs.select(f.greatest("a", "b").alias("node"), f.least("a", "b").alias("least")).where("node <> least")
    edges, turn = keep("edges0", edges.distinct()), 0
    while True:
        turn += 1
        both = edges.union(edges.select("least", "node")).toDF("u", "v")
        centre = both.groupBy("u").agg(f.least("u", f.min("v")).alias("m"))
        large = both.join(centre, "u").where("v > u AND v <> m").select("v", "m").distinct().toDF("u", "v")
        low = large.groupBy("u").agg(f.min("v").alias("m"))
        small = low.union(large.join(low, "u").select("v", "m")).where("u <> m").distinct().toDF("node", "least")
        new = keep(f"edges{turn}", small)
        if new.count() == edges.count() and new.subtract(edges).isEmpty():
            return new
        edges = new


def _sketched(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Signature and bands of each article that has words, as signed numbers of the same bits."""
    import numpy as np
    import pyarrow as pa

    sketcher = _sketcher()
    for batch in batches:
        rows = batch.to_pylist()
        made = sketcher.many([(row["title"] or "", row["text"] or "") for row in rows])
        kept = [(row, sketch) for row, sketch in zip(rows, made, strict=True) if len(sketch)]
        if not kept:
            continue
        signatures = np.stack([sketch for _, sketch in kept])
        columns = [
            pa.array([row["id"] for row, _ in kept], pa.string()),
            pa.array([row["published"] for row, _ in kept], pa.date32()),
            pa.array(list(signatures.view(np.int32)), pa.list_(pa.int32())),
            pa.array(list(bands(signatures.astype(np.uint64)).view(np.int64)), pa.list_(pa.int64())),
        ]
        yield pa.RecordBatch.from_arrays(columns, names=["id", "published", "sketch", "bands"])


@functools.lru_cache(maxsize=1)
def _sketcher() -> Sketcher:
    """Made once in each worker process."""
    return Sketcher()
