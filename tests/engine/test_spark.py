"""Spark gives what the local engine gives; a bad article is a row in the table of errors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from engine_desk import exported, told

import kg.api
from kg.cli import main
from kg.engine.build import build
from kg.engine.spark_rows import Recipe, coder_of, reader_of
from kg.errors import SourceError
from kg.extract.pipeline import Extractor
from kg.graph.rows import mention_rows
from kg.sources import ReadReport, read

GOOD = [
    {"id": a.id, "date": a.published.isoformat(), "title": "", "text": a.text, "url": a.url, "source": "Wire"}
    for a in told(30)
]
GOOD[0]["text"] = "Japanese Prime Minister Fumio Kishida met Iran's foreign minister in Tokyo on Monday."
BAD = [
    '{"id": "torn", "date": "2023-0',
    json.dumps({"id": "no-date", "text": "Japan thanked China."}),
    json.dumps({**GOOD[3]}),
    json.dumps({**GOOD[4], "url": "https://other.example/"}),
    json.dumps({"id": "fr", "date": "2023-03-01", "language": "fr", "text": "Le Japon a remercié la Chine."}),
    "",
]
ERRORS = {
    "language 'fr' has no pipeline",
    "not JSON (unterminated string starting at); write one object a line",
}

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java 17 or later")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "news.jsonl"
    path.write_text("".join(f"{line}\n" for line in [*map(json.dumps, GOOD), *BAD]), "utf-8")
    return path


@pytest.fixture(scope="module")
def result(lines: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyspark", reason="needs the extra kg[spark]")
    out = tmp_path_factory.mktemp("out") / "spark"
    words = ["extract", "--engine", "spark", "--master", "local[1]", "--fast", str(lines), "-o", str(out)]
    answer = CliRunner().invoke(main, words, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return out


def table(folder: Path, columns: str, name: str) -> list[tuple]:
    return duckdb.sql(f"SELECT {columns} FROM read_parquet('{folder}/{name}/**/*.parquet') ORDER BY ALL").fetchall()


@needs_java
def test_mentions_are_those_of_the_local_engine(result, lines, fast):
    columns = ["id", "article", "source", "target", "category", "confidence", "begin_day", "quote", "coder"]
    mentions = [m for article in read(lines, report=ReadReport()) for m in fast.extract(article).mentions]
    rows = mention_rows(mentions)
    assert table(result, ", ".join(columns), "mentions") == sorted(zip(*(rows[c] for c in columns), strict=True))


@needs_java
def test_mentions_are_partitioned_by_month_of_publication(result):
    assert [p.name for p in sorted((result / "mentions").glob("month=*"))] == ["month=2023-03"]


@needs_java
def test_what_could_not_be_read_is_in_the_table_of_errors(result):
    problems = [row[0] for row in table(result, "problem", "errors")]
    assert set(problems) > ERRORS
    assert len(problems) == 4 and any("another url" in problem for problem in problems)


@needs_java
def test_loaded_it_is_the_graph_that_a_build_makes(result, lines, fast, tmp_path):
    build(kg.api.open(tmp_path / "built", create=True), read(lines, report=ReadReport()), fast)
    for again in ("30 new", "30 unchanged"):
        answer = CliRunner().invoke(main, ["load", str(result), "--graph", str(tmp_path / "loaded")])
        assert again in answer.output and answer.exit_code == 0
    assert exported(tmp_path / "loaded") == exported(tmp_path / "built")


@needs_java
def test_parquet_is_read_and_queried_like_lines(result, tmp_path):
    from kg.engine.spark import extract_on_spark, session

    pq.write_table(pa.Table.from_pylist(GOOD[:5]), tmp_path / "news.parquet")
    out = tmp_path / "out"
    report = extract_on_spark([str(tmp_path / "news.parquet")], str(out), Extractor(fast=True), master="local[1]")
    assert (report.articles, report.errors) == (5, 0)
    session().read.parquet(f"{out}/mentions").createOrReplaceTempView("mention")
    (row,) = session().sql("SELECT count(*) AS n FROM mention WHERE month = '2023-03'").collect()
    assert row.n == report.mentions > 0


@needs_java
def test_an_output_that_is_there_is_left_alone(result, lines, fast):
    from kg.engine.spark import extract_on_spark

    with pytest.raises(SourceError, match="is there already"):
        extract_on_spark([str(lines)], str(result), fast, master="local[1]")


def test_an_article_that_fails_is_a_row_with_the_reason(monkeypatch, fast):
    def stream(self, articles, batch_size=32):
        for article in articles:
            if article.id == "en1":
                raise ValueError("stumbled")
            yield from Extractor.__dict__["_batch"](self, [article])

    monkeypatch.setattr(Extractor, "stream", stream)
    places = {"file": "in.jsonl", "input": 0, "block": 0}
    batch = pa.RecordBatch.from_pylist([{"value": json.dumps(r), **places, "row": n} for n, r in enumerate(GOOD[:3])])
    recipe = Recipe.of(fast, {})
    (coded,) = coder_of(recipe)(reader_of(recipe)(iter([batch])))
    rows = {row["id"]: row for row in coded.to_pylist()}
    assert rows["en1"]["problem"] == "extraction failed (ValueError); please report it"
    assert rows["en1"]["mentions"] == [] and rows["en2"]["mentions"] and rows["en2"]["problem"] is None


def test_user_actors_go_with_the_recipe(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "- {id: acme, kind: organisation, label: Acme League, code: ACM, aliases: [Acme League]}\n", "utf-8"
    )
    here = Extractor(actors=(mine,), fast=True)
    article = {"id": "x", "date": "2023-03-01", "text": "The Acme League criticised Japan on Monday."}
    batch = pa.RecordBatch.from_pylist([{"value": json.dumps(article), "file": "f", "input": 0, "block": 0, "row": 0}])
    recipe = Recipe.of(here, {})
    (coded,) = coder_of(recipe)(reader_of(recipe)(iter([batch])))
    (row,) = coded.to_pylist()
    assert row["coder"] == here.coder
    assert [(m["source"], m["target"]) for m in row["mentions"]] == [("acme", "JPN")]
