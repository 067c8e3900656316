"""Interrupts builds and extractions at random moments, resumes them, and compares with one that was left alone.

    python benchmarks/interrupt.py                    20 times each, half by Ctrl-C and half by SIGKILL
    python benchmarks/interrupt.py --times 4 --articles 40

Each round begins with nothing, is stopped once or twice at moments drawn evenly from the time that a whole run takes,
and runs again until it ends by itself. Graphs are compared by their N-Quads, files byte for byte. The exit status is 1
if any round differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from kg.sources import read

# Small transactions, so that a moment drawn at random falls before, into and after one.
PROGRAM = "import kg.engine.build as b; b.BATCH = {batch}; from kg.cli import main; main()"


def command(batch: int, *words: object) -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(batch=batch), *map(str, words)]


def run(words: list[str], stop: tuple[float, signal.Signals] | None = None) -> float:
    """Run to the end, or for so many seconds and then send the signal; returns the seconds that it ran."""
    begun = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if stop is not None:
        try:
            child.wait(stop[0])
        except subprocess.TimeoutExpired:
            child.send_signal(stop[1])
    _, errors = child.communicate()
    if stop is None and child.returncode:
        sys.exit(errors.decode())
    return time.monotonic() - begun


def sample(folder: Path, inputs: list[str], count: int) -> Path:
    """The first articles as JSONL, without those of the same id."""
    target = folder / "articles.jsonl"
    with target.open("w", encoding="utf-8") as out:
        for article in islice(read(inputs), count):
            record = {"id": article.id, "date": article.published.isoformat(), "title": article.title}
            out.write(json.dumps({**record, "text": article.text, "url": article.url}) + "\n")
    return target


def result(kind: str, place: Path) -> bytes:
    if kind == "extract":
        return (place / "out.jsonl").read_bytes()
    run(command(1, "export", "--graph", place / "graph", "-o", place / "graph.nq"))
    return (place / "graph.nq").read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", default=["data/articles"])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--batch", type=int, default=30, help="articles in a transaction")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="with the classifier's second stage")
    options = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    draw = random.Random(options.seed)
    more = ["-j", options.processes, *([] if options.full else ["--fast"])]
    different = 0
    with tempfile.TemporaryDirectory() as name:
        articles = sample(Path(name), options.inputs, options.articles)
        for kind in ("build", "extract"):

            def words(place: Path, kind: str = kind) -> list[str]:
                target = ["--graph", place / "graph"] if kind == "build" else ["-o", place / "out.jsonl"]
                return command(options.batch, kind, articles, *target, *more)

            whole = Path(name) / kind
            whole.mkdir()
            seconds = run(words(whole))
            expected = result(kind, whole)
            same = 0
            for number in range(options.times):
                place = Path(name) / f"{kind}{number}"
                place.mkdir()
                how = (signal.SIGINT, signal.SIGKILL)[number % 2]
                moments = [draw.uniform(0, seconds) for _ in range(1 + number % 3 // 2)]
                for moment in moments:
                    run(words(place), (moment, how))
                rest = run(words(place))
                equal = result(kind, place) == expected
                same += equal
                told = ", ".join(f"{moment:.1f}" for moment in moments)
                verdict = "same" if equal else "DIFFERENT"
                print(f"{kind} {how.name} after {told} of {seconds:.1f} s, {rest:.1f} s more: {verdict}", flush=True)
                shutil.rmtree(place)
            print(
                f"{kind}: {same} of {options.times} the same as without interruption, {len(expected):,} bytes",
                flush=True,
            )
            different += options.times - same
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
