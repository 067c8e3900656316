"""CPU seconds of extraction against those of bare spaCy, in one run: how much the graph costs beside the parse.

    python benchmarks/cpu.py                                       the articles of data/articles
    python benchmarks/cpu.py news.jsonl --articles 300             the first articles of a file
    python benchmarks/cpu.py --profile                             where the time goes, by module
    python benchmarks/cpu.py --processes                           what a second process gains

User and system time of the process and its children, one thread. *Bare* is ``nlp.pipe`` of the pipeline that extraction
uses, with all of its components, over the same texts; articles are read beforehand in both cases. Rounds alternate and
the least of each counts, because other programs only ever add time. Prints JSON; the exit status is 1 if a bound is
passed: twice the bare pipeline at full accuracy, 1.33 times with ``--fast``.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import cProfile
import importlib
import json
import pstats
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from kg.engine.local import CHUNK, extract
from kg.extract.parse import DEFAULT_MODEL
from kg.extract.pipeline import Extractor
from kg.model import Article
from kg.sources import read

BOUNDS = {"full": 2.0, "fast": 1.33}
PROCESSES_BOUND = 0.9


def cpu() -> float:
    """User and system seconds of this process and its children so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def least(tasks: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float]) -> dict[str, float]:
    """Seconds that each task takes at least, over so many rounds of all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            begun = clock()
            task()
            seconds[name].append(clock() - begun)
    return {name: min(times) for name, times in seconds.items()}


def bare(texts: list[str], **options: Any) -> None:
    for _ in pipeline().pipe(texts, batch_size=CHUNK, **options):
        pass


_LOADED: list[Any] = []


def pipeline() -> Any:
    """The default pipeline as its package gives it, untouched by extraction."""
    if not _LOADED:
        _LOADED.append(importlib.import_module(DEFAULT_MODEL).load())
    return _LOADED[0]


def drain(articles: list[Article], extractor: Extractor, processes: int = 1) -> None:
    for _ in extract(articles, extractor, processes):
        pass


def costs(articles: list[Article], rounds: int) -> dict[str, Any]:
    """CPU seconds for each thousand articles, and ratios to bare spaCy."""
    texts = [text for article in articles for text in (article.text, article.title) if text]
    full, fast = Extractor(), Extractor(fast=True)
    tasks: dict[str, Callable[[], object]] = {
        "bare": lambda: bare(texts),
        "without ner": lambda: bare(texts, disable=["ner"]),
        "full": lambda: drain(articles, full),
        "fast": lambda: drain(articles, fast),
    }
    warm = articles[:CHUNK]
    bare([article.text for article in warm])
    drain(warm, full)
    drain(warm, fast)
    seconds = least(tasks, rounds, cpu)
    return {
        "articles": len(articles),
        "words": round(statistics.mean(len(article.text.split()) for article in articles)),
        "cpu seconds for 1,000 articles": {name: round(1000 * s / len(articles), 1) for name, s in seconds.items()},
        "ratio to bare": {name: round(seconds[name] / seconds["bare"], 2) for name in BOUNDS},
        "ratio to bare without ner": {name: round(seconds[name] / seconds["without ner"], 2) for name in BOUNDS},
        "bounds": BOUNDS,
        "within": all(seconds[name] <= bound * seconds["bare"] for name, bound in BOUNDS.items()),
    }


def gains(articles: list[Article], rounds: int) -> dict[str, Any]:
    """How much faster two processes are than one, by the clock: bare spaCy and extraction."""
    texts = [text for article in articles for text in (article.text, article.title) if text]
    extractor = Extractor()
    bare(texts[:CHUNK])
    drain(articles[:CHUNK], extractor)
    tasks: dict[str, Callable[[], object]] = {
        "bare 1": lambda: bare(texts),
        "bare 2": lambda: bare(texts, n_process=2),
        "full 1": lambda: drain(articles, extractor),
        "full 2": lambda: drain(articles, extractor, 2),
    }
    seconds = least(tasks, rounds, time.perf_counter)
    gain = {name: seconds[f"{name} 1"] / seconds[f"{name} 2"] for name in ("bare", "full")}
    return {
        "articles": len(articles),
        "seconds": {name: round(s, 1) for name, s in seconds.items()},
        "gain of 2 processes": {name: round(value, 2) for name, value in gain.items()},
        "part of the gain of bare spaCy": round(gain["full"] / gain["bare"], 2),
        "bound": PROCESSES_BOUND,
        "within": gain["full"] >= PROCESSES_BOUND * gain["bare"],
    }


def profile(articles: list[Article]) -> dict[str, Any]:
    """Own time by module in percent, and the functions that take most; the profiler slows Python code down."""
    extractor = Extractor()
    drain(articles[:CHUNK], extractor)
    profiler = cProfile.Profile()
    profiler.runcall(drain, articles, extractor)
    stats: Any = pstats.Stats(profiler)
    own = Counter[str]()
    functions = Counter[str]()
    for (file, line, name), (_, _, seconds, _, _) in stats.stats.items():
        module = (
            Path(file).stem if "/kg/" in file else next((p for p in ("spacy", "thinc", "onnx") if p in file + name), "")
        )
        own[module or "python"] += seconds
        functions[f"{Path(file).name}:{line} {name}"] += seconds
    total = sum(own.values())
    return {
        "modules": {name: round(100 * s / total, 1) for name, s in own.most_common(15)},
        "functions": {name: round(100 * s / total, 1) for name, s in functions.most_common(25)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", default=["data/articles"])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--processes", action="store_true")
    options = parser.parse_args()
    articles = [a for a in islice(read(options.inputs), options.articles) if a.language == "en"]
    if options.profile:
        print(json.dumps(profile(articles), indent=1))
        return
    found = (gains if options.processes else costs)(articles, options.rounds)
    print(json.dumps(found, indent=1))
    sys.exit(not found["within"])


if __name__ == "__main__":
    main()
