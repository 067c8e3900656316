"""Persons whom one article left open, resolved on Spark from all observed offices, as :mod:`kg.graph.resolve` does.

Names are taken apart and compared, and who a person acted for is decided, by the same Python functions as in a graph;
Spark brings together what they have to look at: one person's days and the observations that fit the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.graph.resolve import Observation, decide, name_tokens, same_person

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

__all__ = ["resolution"]

_DECIDED = "person string, day date, actor string, sector string"
_SIDES = "explode(array(struct('source' AS side, source AS person), struct('target' AS side, target AS person)))"


def resolution(mentions: DataFrame, articles: DataFrame, roles: DataFrame) -> DataFrame:
    """The table ``resolution``: mention, side, actor and sector of each person who could be placed.

    The arguments are the current mentions, articles and roles.
    """
    from pyspark.sql import functions as f

    sides = f.expr(_SIDES)
    parties = (
        mentions.select(f.col("id").alias("mention"), "article", sides.alias("party"))
        .select("mention", "article", "party.*")
        .where("person LIKE 'person.%'")
        .join(articles.select(f.col("id").alias("article"), f.col("published").alias("day")), "article")
    )
    asked = parties.select("person", "day").distinct()
    seen = roles.where("actor NOT LIKE 'person.%'").selectExpr("person AS called", "actor", "code", "observed")
    seen = seen.distinct()
    words = "person string, words array<string>"
    bare = asked.select("person").distinct().mapInArrow(_tokens, words)
    full = seen.selectExpr("called AS person").distinct().mapInArrow(_tokens, words)
    ends = f.expr("explode(array_distinct(array(element_at(words, 1), element_at(words, -1))))")
    fitting = (
        bare.where("size(words) > 0")
        .select("person", "words", ends.alias("word"))
        .join(
            full.selectExpr("person AS called", "words AS name", "explode(array_distinct(words)) AS word"),
            "word",
        )
        .select("person", "words", "called", "name")
        .distinct()
        .mapInArrow(_same, "person string, called string, name array<string>")
    )
    evidence = fitting.join(seen, "called").select("person", "name", "actor", "code", "observed").distinct()
    decided = asked.groupBy("person").cogroup(evidence.groupBy("person")).applyInArrow(_decided, _DECIDED)
    return parties.join(decided, ["person", "day"]).select("mention", "side", "actor", "sector")


def _tokens(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        persons = batch.column("person").to_pylist()
        words = [list(name_tokens(person)) for person in persons]
        yield pa.RecordBatch.from_arrays(
            [pa.array(persons, pa.string()), pa.array(words, pa.list_(pa.string()))], names=["person", "words"]
        )


def _same(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = pa.schema([("person", pa.string()), ("called", pa.string()), ("name", pa.list_(pa.string()))])
    for batch in batches:
        rows = [row for row in batch.to_pylist() if same_person(row["words"], row["name"])]
        values = [{name: row[name] for name in schema.names} for row in rows]
        yield pa.RecordBatch.from_pylist(values, schema)


def _decided(asked: pa.Table, evidence: pa.Table) -> pa.Table:
    """Whom one person acted for, on each day that is asked for and can be told."""
    import pyarrow as pa

    seen = {
        Observation(row["observed"], tuple(row["name"]), row["actor"], _sector(row["code"]))
        for row in evidence.to_pylist()
    }
    out: list[dict[str, Any]] = []
    for row in asked.to_pylist():
        answer = decide(row["day"], seen)
        if answer is not None:
            out.append({**row, "actor": answer.actor, "sector": answer.sector})
    schema = pa.schema([("person", pa.string()), ("day", pa.date32()), ("actor", pa.string()), ("sector", pa.string())])
    return pa.Table.from_pylist(out, schema)


def _sector(code: str | None) -> str | None:
    return code.split(":", 1)[1] if code and ":" in code else None
