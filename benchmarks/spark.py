"""Spark against the local engine on the same short articles: the same mentions, and what each takes.

    python benchmarks/spark.py                          1,000 articles made of the first sentences of data/articles
    python benchmarks/spark.py news.jsonl --articles 1000 --cores 2

Prints JSON: seconds by the clock (Spark's include starting the JVM), articles an hour and core, and whether mentions
and roles are equal in every column. The exit status is 1 if they are not.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import duckdb

from kg.engine.local import extract
from kg.engine.spark import extract_on_spark, session
from kg.extract.pipeline import Extractor
from kg.graph.rows import mention_rows, role_row
from kg.sources import ReadReport, read


def short(inputs: list[str], count: int) -> Iterator[dict[str, Any]]:
    """Records of short articles: the first two paragraphs of real ones, numbered where the inputs begin again."""
    articles = [a for a in islice(read(inputs, report=ReadReport()), count) if a.language == "en" and a.text]
    for number, article in enumerate(islice(cycle(articles), count)):
        text = "\n\n".join(article.text.split("\n\n")[:2])[:600]
        yield {"id": f"{number}", "date": article.published.isoformat(), "title": article.title, "text": text}


def rows_of(columns: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    listed = [[tuple(v) if isinstance(v, list | tuple) else v for v in values] for values in columns.values()]
    return sorted(zip(*listed, strict=True), key=repr)


def written(folder: Path, name: str, columns: list[str]) -> list[tuple[Any, ...]]:
    found = duckdb.sql(f"SELECT {', '.join(columns)} FROM read_parquet('{folder / name}/**/*.parquet')").fetchall()
    return sorted((tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in found), key=repr)


def compare(inputs: list[str], count: int, cores: int, fast: bool) -> dict[str, Any]:
    extractor = Extractor(fast=fast)
    extractor.warm()
    with tempfile.TemporaryDirectory() as name:
        lines, out = Path(name) / "articles.jsonl", Path(name) / "out"
        lines.write_text("".join(json.dumps(record) + "\n" for record in short(inputs, count)), "utf-8")
        begun = time.perf_counter()
        done = list(extract(read(lines), extractor, cores))
        local = time.perf_counter() - begun
        begun = time.perf_counter()
        report = extract_on_spark([str(lines)], str(out), extractor, master=f"local[{cores}]")
        spark = time.perf_counter() - begun
        session().stop()
        mentions = mention_rows([m for one in done for m in one.mentions])
        roles = [role_row(role) for one in done for role in one.roles]
        role_columns = {name: [role[name] for role in roles] for name in (roles[0] if roles else ())}
        same = written(out, "mentions", list(mentions)) == rows_of(mentions)
        same_roles = not roles or written(out, "roles", list(role_columns)) == rows_of(role_columns)
    return {
        "articles": len(done),
        "mentions": report.mentions,
        "roles": report.roles,
        "errors": report.errors,
        "cores": cores,
        "seconds": {"local": round(local, 1), "spark": round(spark, 1)},
        "articles an hour and core": {
            "local": round(3600 * len(done) / local / cores),
            "spark": round(3600 * len(done) / spark / cores),
        },
        "spark to local": round(spark / local, 2),
        "equal": same and same_roles,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", default=["data/articles"])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    found = compare(options.inputs, options.articles, options.cores, options.fast)
    print(json.dumps(found, indent=1))
    sys.exit(not found["equal"])


if __name__ == "__main__":
    main()
