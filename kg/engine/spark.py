"""Extraction on many machines by Apache Spark: the same pure function of an article, and Parquet as the result.

Articles are lines of JSON or rows of Parquet at any path that Spark reads. What comes out is a folder of Parquet
tables: ``mentions``, ``roles`` and ``articles``, partitioned by month of publication, and ``errors`` with everything
that could not be read. Files and their order are Spark's; the rows are those of the local engine.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.engine.spark_paths import delete, exists, first_file, size
from kg.engine.spark_rows import CODED, READ, Recipe, coder_of, reader_of, spark_schema
from kg.errors import ExtractError, SourceError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from kg.extract.pipeline import Extractor

__all__ = ["TABLES", "SparkReport", "extract_on_spark", "reason", "session"]

TABLES = ("mentions", "roles", "articles", "errors")
"""Folders of the result."""

_BATCH = 256
"""Rows that go to a Python worker at a time."""

_PART_BYTES = 4 << 20
"""Input for one task: some thousand articles, minutes of work, so that a lost task costs little."""


@dataclass(frozen=True, slots=True)
class SparkReport:
    """Rows of each table. A table without any row has no files."""

    articles: int
    mentions: int
    roles: int
    errors: int

    def __str__(self) -> str:
        return f"{self.articles} articles, {self.mentions} mentions, {self.roles} roles, {self.errors} errors"


def session(master: str | None = None) -> SparkSession:
    """The running Spark session, or a new one: at ``master``, or where spark-submit says, or on all cores here.

    Raises:
        ExtractError: pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ExtractError("Spark is not installed; pip install 'kg[spark]', and Java 17 or later") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("kg extract").config("spark.ui.showConsoleProgress", sys.stderr.isatty())
    if master:
        builder = builder.master(master)
    elif "MASTER" not in os.environ and "SPARK_REMOTE" not in os.environ and SparkSession.getActiveSession() is None:
        builder = builder.config("spark.master", _configured_master() or "local[*]")
    try:
        spark: SparkSession = builder.getOrCreate()
    except Exception as error:  # pyspark raises its own kinds, and plain ones where there is no Java
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ExtractError(f"Spark can't be started ({reason}); it needs Java 17 or later") from error
    return spark


def extract_on_spark(
    inputs: Sequence[str],
    output: str,
    extractor: Extractor,
    *,
    format: str | None = None,
    mapping: dict[str, str] | None = None,
    master: str | None = None,
) -> SparkReport:
    """Extract articles at Spark paths and write the tables of :data:`TABLES` to the folder ``output``.

    ``format`` is ``jsonl`` or ``parquet``, told by the name of the files where it isn't given; ``mapping`` renames
    fields, ours to theirs. A line or article that can't be read is a row of ``errors``.

    Raises:
        SourceError: an input is missing, or ``output`` is there already.
        ExtractError: Spark can't be started, or a job failed for good.
    """
    recipe = Recipe.of(extractor, mapping or {})
    spark = session(master)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(_BATCH))
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    from pyspark.errors import PySparkException

    output = output.rstrip("/")
    if exists(spark, output):
        raise SourceError(output, "is there already; choose another output, or remove it")
    sizes = [size(spark, path) for path in inputs]
    parts = max(4 * spark.sparkContext.defaultParallelism, sum(sizes) // _PART_BYTES)
    try:
        read = _lines(spark, inputs, format).mapInArrow(reader_of(recipe), spark_schema(READ))
        coded = _marked(read, parts).mapInArrow(coder_of(recipe), spark_schema(CODED))
        coded.write.parquet(f"{output}/coded")
        # From here on nothing is extracted again, whatever is read how often.
        report = _tables(spark.read.parquet(f"{output}/coded"), output)
    except PySparkException as error:
        delete(spark, output)
        raise ExtractError(f"Spark could not finish ({reason(error)}); its log says more") from error
    delete(spark, f"{output}/coded")
    return report


def reason(error: Exception) -> str:
    """The last line of a Python traceback in Spark's message, else its first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return (raised or lines or [type(error).__name__])[-1 if raised else 0]


def _configured_master() -> str | None:
    from pyspark import SparkConf

    found: str | None = SparkConf().get("spark.master", None)
    return found


def _lines(spark: SparkSession, inputs: Sequence[str], format: str | None) -> DataFrame:
    """One row for each article: a line of JSON, and where it stands in the order of the inputs."""
    from pyspark.sql import functions as f

    parts = []
    for number, path in enumerate(inputs):
        name = first_file(spark, path)
        if format == "parquet" or (format is None and name.endswith(".parquet")):
            frame = spark.read.parquet(path)
            value = f.to_json(f.struct("*"))
        else:
            frame = spark.read.text(path, recursiveFileLookup=True)
            value = f.col("value")
        parts.append(
            frame.select(
                value.alias("value"),
                f.col("_metadata.file_path").alias("file"),
                f.lit(number).alias("input"),
                f.col("_metadata.file_block_start").alias("block"),
                f.monotonically_increasing_id().alias("row"),
            )
        )
    lines = parts[0]
    for part in parts[1:]:
        lines = lines.unionByName(part)
    return lines


def _marked(read: DataFrame, parts: int) -> DataFrame:
    """Without articles that come again, and with a problem where an id belongs to another url; as a local read does.

    ``parts`` is the number of tasks that extraction is cut into.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    order = ["input", "file", "block", "row"]
    read = read.repartition(parts, "id")
    good, bad = read.where("problem IS NULL"), read.where("problem IS NOT NULL")
    same_id = Window.partitionBy("id").orderBy(*order)
    first_url = f.first(f.coalesce("url", f.lit(""))).over(same_id)
    first_place = f.first("origin_file").over(same_id)
    text = f.concat(
        f.lit("has the id "), "id", f.lit(" of "), "before", f.lit(" but another url; give each article its own id")
    )
    noted = (
        good.withColumn("conflict", f.coalesce("url", f.lit("")) != first_url)
        .withColumn("before", first_place)
        .withColumn("problem", f.when(f.col("conflict"), text))
    )
    same_text = Window.partitionBy("id", "text_hash", "conflict").orderBy(*order)
    once = noted.withColumn("turn", f.row_number().over(same_text)).where("conflict OR turn = 1")
    return once.drop("conflict", "before", "turn").unionByName(bad).drop("input", "block", "row", "file")


def _tables(coded: DataFrame, output: str) -> SparkReport:
    from pyspark.sql import functions as f

    month = f.date_format("published", "yyyy-MM").alias("month")
    read = coded.where("problem IS NULL")
    for name in ("mentions", "roles"):
        rows = read.select(month, "text_hash", f.explode(name).alias("row")).select("row.*", "text_hash", "month")
        _write(rows.sortWithinPartitions("article"), f"{output}/{name}")
    _write(read.select("*", month).drop("mentions", "roles", "problem"), f"{output}/articles")
    errors = coded.where("problem IS NOT NULL").select("origin_file", "id", "published", "problem")
    errors.coalesce(1).write.parquet(f"{output}/errors")
    problem = f.col("problem").isNotNull()
    row = coded.select(
        f.count_if(~problem), f.sum(f.size("mentions")), f.sum(f.size("roles")), f.count_if(problem)
    ).first()
    return SparkReport(*(int(value or 0) for value in row or (0, 0, 0, 0)))


def _write(rows: DataFrame, path: str) -> None:
    # Months differ in size by orders of magnitude: Spark splits the large and joins the small ones.
    rows.hint("rebalance", "month").write.partitionBy("month").parquet(path)
