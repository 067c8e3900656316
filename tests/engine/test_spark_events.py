"""Events made by Spark are those of a graph, made of the same mentions by the same SQL."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from engine_extracted import items, write

import kg.graph
from kg.cli import main
from kg.engine.load import load
from kg.errors import SourceError
from kg.graph.copies import groups

pytestmark = pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java 17 or later")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("in") / "extracted", items(400))


@pytest.fixture(scope="module")
def made(extracted: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tables of both engines."""
    pytest.importorskip("pyspark", reason="needs the extra kg[spark]")
    out = tmp_path_factory.mktemp("out")
    for engine, more in (("local", []), ("spark", ["--master", "local[1]"])):
        words = ["consolidate", "--engine", engine, *more, str(extracted), "-o", str(out / engine)]
        answer = CliRunner().invoke(main, words, catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
    return {"local": out / "local", "spark": out / "spark"}


def rows(folder: Path, table: str) -> tuple[list[tuple], list[tuple]]:
    found = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/{table}/*.parquet') ORDER BY ALL")
    return [(c, str(t)) for c, t in zip(found.columns, found.types, strict=True)], found.fetchall()


def events_where(folder: Path, condition: str) -> int:
    ((count,),) = duckdb.sql(f"SELECT count(*) FROM '{folder}/events/*.parquet' WHERE {condition}").fetchall()
    return count


@pytest.mark.parametrize("table", ["events", "event_mentions"])
def test_rows_names_and_types_are_those_of_the_local_engine(made, table):
    assert rows(made["spark"], table) == rows(made["local"], table)


def test_the_local_engine_writes_the_events_of_a_graph(made, extracted, tmp_path):
    graph = kg.graph.open(tmp_path / "graph", create=True)
    load(graph, extracted, lambda ids: ())
    assert sorted(row[0] for row in rows(made["local"], "events")[1]) == sorted(e.id for e in graph.events())


@pytest.mark.parametrize(
    "condition",
    [
        "fulfils IS NOT NULL",
        "cancels IS NOT NULL",
        "target IS NULL",
        "mutual",
        "begin_day IS NULL",
        "end_day IS NULL AND begin_day IS NOT NULL",
        "time_origin = 'published' AND mentions > 1",
        "precision = 'day' AND mentions > 2",
        "source = 'person.nobody'",
        "len(contexts) = 2",
    ],
)
def test_every_rule_had_work(made, condition):
    assert events_where(made["spark"], condition) > 0


def test_persons_are_placed(made):
    assert events_where(made["spark"], "'person.kishida' IN (source, target)") == 0


def test_groups_of_copies_are_connected_components(tmp_path):
    pytest.importorskip("pyspark", reason="needs the extra kg[spark]")
    from kg.engine.spark import session
    from kg.engine.spark_copies import components

    draw = random.Random(1)
    chain = [(f"n{n:02d}", f"n{n + 1:02d}") for n in range(12)]
    pairs = [*chain, *((f"m{draw.randrange(20)}", f"m{draw.randrange(20)}") for _ in range(14))]
    spark = session("local[1]")

    def keep(name, frame):
        frame.write.parquet(f"{tmp_path}/{name}")
        return spark.read.parquet(f"{tmp_path}/{name}")

    found = components(spark.createDataFrame(pairs, "a string, b string").coalesce(1), keep).collect()
    assert dict(found) == {node: least for node, least in groups(pairs).items() if node != least}


def test_an_output_that_is_there_is_left_alone(made, extracted):
    from kg.engine.spark_events import consolidate_on_spark

    with pytest.raises(SourceError, match="is there already"):
        consolidate_on_spark(str(extracted), str(made["spark"]), master="local[1]")


def test_a_folder_of_something_else_is_told(tmp_path):
    pytest.importorskip("pyspark", reason="needs the extra kg[spark]")
    for engine in ("local", "spark"):
        words = ["consolidate", "--engine", engine, "--master", "local[1]", str(tmp_path), "-o", str(tmp_path / "out")]
        answer = CliRunner().invoke(main, words)
        assert answer.exit_code == 1 and "no result of `kg extract --engine spark`" in answer.stderr
