"""Consolidation on many machines: the steps of :mod:`kg.graph.steps` as Spark SQL over what Spark extracted.

What comes out are the tables ``events`` and ``event_mentions`` as Parquet, with the rows of a graph that the same
mentions are loaded into. Near-duplicates and open persons go before, see :mod:`kg.engine.spark_copies` and
:mod:`kg.engine.spark_persons`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.engine.spark import reason, session
from kg.engine.spark_copies import copies
from kg.engine.spark_paths import delete, exists, size
from kg.engine.spark_persons import resolution
from kg.engine.spark_rows import spark_schema
from kg.errors import ExtractError, SourceError
from kg.graph.consolidate import EVENT_COLUMNS
from kg.graph.schema import AMENDED, ARTICLE, EVENT, MENTION, ROLE
from kg.graph.steps import SPARK, STEPS, scores

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["EventReport", "consolidate_on_spark"]

_PART_BYTES = 32 << 20
"""Compressed mentions for one task."""

_UNUSED = ("recorded", "retracted", "sketch")
_TABLES = {"articles": ARTICLE, "mentions": MENTION, "roles": ROLE}


@dataclass(frozen=True, slots=True)
class EventReport:
    """Rows of the tables ``events`` and ``event_mentions``."""

    events: int
    mentions: int

    def __str__(self) -> str:
        return f"{self.events} events from {self.mentions} mentions"


def consolidate_on_spark(folder: str, output: str, *, master: str | None = None) -> EventReport:
    """Make events of what :func:`kg.engine.spark.extract_on_spark` wrote to ``folder``.

    Writes the Parquet tables ``events`` (columns of the table ``event`` of a graph) and ``event_mentions`` (ids of
    event and mention) to the folder ``output``.

    Raises:
        SourceError: ``folder`` is no such result or of several coders, or ``output`` is there already.
        ExtractError: Spark can't be started, or a job failed for good.
    """
    # Views and functions of our own: the caller's session keeps its names.
    spark = session(master).newSession()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", "true")
    from pyspark.errors import PySparkException

    folder, output = folder.rstrip("/"), output.rstrip("/")
    if exists(spark, output):
        raise SourceError(output, "is there already; choose another output, or remove it")
    if not exists(spark, f"{folder}/articles"):
        raise SourceError(folder, "no result of `kg extract --engine spark` (no folder 'articles' in it)")
    parts = max(spark.sparkContext.defaultParallelism, size(spark, f"{folder}/mentions") // _PART_BYTES)
    spark.conf.set("spark.sql.shuffle.partitions", str(parts))
    try:
        _inputs(spark, folder, f"{output}/unfinished")
        _run(spark, f"{output}/unfinished")
        report = _write(spark, output)
    except PySparkException as error:
        delete(spark, output)
        raise ExtractError(f"Spark could not finish ({reason(error)}); its log says more") from error
    except SourceError:
        delete(spark, output)
        raise
    delete(spark, f"{output}/unfinished")
    return report


def _inputs(spark: SparkSession, folder: str, work: str) -> None:
    """The tables that the steps read, as views: current rows only."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    found = _rows(spark, folder, "articles")
    coders = sorted(row[0] for row in found.select("coder").distinct().collect())
    if len(coders) > 1:
        raise SourceError(folder, f"holds results of several coders ({', '.join(coders)})")
    # Of versions the one that a graph takes, see kg.graph.versions.
    latest = Window.partitionBy("id").orderBy(f.desc("stamp"), f.desc("text_hash"), f.desc("meta_hash"))
    versions = found.select("id", "text_hash", "meta_hash", "stamp", "published", "url", "publisher", "cluster")
    chosen = versions.withColumn("turn", f.row_number().over(latest)).where("turn = 1").drop("turn", "stamp")
    current = _keep(spark, work, "current", chosen)
    keys = current.select(f.col("id").alias("article"), "text_hash")
    mentions = _rows(spark, folder, "mentions").join(keys, ["article", "text_hash"], "left_semi")
    roles = _rows(spark, folder, "roles").join(keys, ["article", "text_hash"], "left_semi")
    texts = found.join(current.select("id", "text_hash", "meta_hash"), ["id", "text_hash", "meta_hash"], "left_semi")
    never = f.lit(None).cast("int").alias("retracted")
    told = mentions.dropDuplicates(["id"])
    views = {
        "article": current.select("*", never),
        "mention": told.select("*", never),
        "copy": copies(texts, lambda name, frame: _keep(spark, work, name, frame)),
        "resolution": _keep(spark, work, "resolution", resolution(told, current, roles)),
        "amended": spark.createDataFrame([], spark_schema(AMENDED)),
        "touched": told.select(f.col("id").alias("mention")),
        "score": spark.sql(scores()),
    }
    for name, frame in views.items():
        frame.createOrReplaceTempView(name)


def _rows(spark: SparkSession, folder: str, name: str) -> DataFrame:
    """A table of the extraction; one without rows may have no files."""
    kinds = {column: kind for column, kind in _TABLES[name].items() if column not in _UNUSED} | {"text_hash": "VARCHAR"}
    if not exists(spark, f"{folder}/{name}"):
        return spark.createDataFrame([], spark_schema(kinds))
    return spark.read.schema(spark_schema(kinds)).parquet(f"{folder}/{name}")


def _run(spark: SparkSession, work: str) -> None:
    for function in SPARK:
        spark.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {function}")
    text = " ".join(STEPS.values())
    for name, query in STEPS.items():
        frame = spark.sql(query)
        # What several steps read is stored: otherwise each of them would begin from the mentions again.
        if len(re.findall(rf"\b(?:FROM|JOIN) {name}\b", text)) > 1:
            frame = _keep(spark, work, name, frame)
        frame.createOrReplaceTempView(name)


def _write(spark: SparkSession, output: str) -> EventReport:
    kinds = spark_schema({name: EVENT[name] for name in EVENT_COLUMNS})
    types = dict(part.split(" ", 1) for part in kinds.split(", "))
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in types.items())
    events = spark.sql(f"SELECT {columns} FROM new_event")  # noqa: S608 (names of our own)
    # Events of a pair lie together, so that a question about one reads few files.
    events.orderBy("source", "target", "begin_day", "id").write.parquet(f"{output}/events")
    spark.sql("SELECT event, mention FROM new_mention").orderBy("event", "mention").write.parquet(
        f"{output}/event_mentions"
    )
    return EventReport(*(spark.read.parquet(f"{output}/{name}").count() for name in ("events", "event_mentions")))


def _keep(spark: SparkSession, work: str, name: str, frame: DataFrame) -> DataFrame:
    """Store a table, so that it is not made again whatever reads it and whatever machine is lost."""
    frame.write.parquet(f"{work}/{name}")
    return spark.read.schema(frame.schema).parquet(f"{work}/{name}")
