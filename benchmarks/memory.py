"""Peak memory of parent and workers of ``kg extract`` over inputs of different length; a plot.

    python benchmarks/memory.py                       1,000 and 20,000 short articles, two workers
    python benchmarks/memory.py --sizes 1000 --full   with the classifier's second stage
    python benchmarks/memory.py --plot                draws docs/images/memory.svg too

Articles are first sentences of real ones, each with a number of its own, written to a file that is read as a stream.
Memory is the resident set of each process, looked at ten times a second; pages that workers share with the parent count
in each of them. Prints JSON; the exit status is 1 if a worker passes 900 MB, or the parent takes over a tenth more for
the longest input than for the shortest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil

from kg.sources import ReadReport, read

WORKER_BOUND = 900
GROWTH_BOUND = 1.1
PLOT = Path(__file__).parent.parent / "docs" / "images" / "memory.svg"


def write(path: Path, inputs: list[str], count: int) -> None:
    real = [a for a in islice(read(inputs, report=ReadReport()), 2000) if a.language == "en" and a.text]
    with path.open("w", encoding="utf-8") as out:
        for number, article in enumerate(islice(cycle(real), count)):
            text = f"{article.text.split('. ')[0][:300]}. Report {number}."
            out.write(json.dumps({"id": str(number), "date": article.published.isoformat(), "text": text}) + "\n")


def watch(words: list[str]) -> list[tuple[float, float, float]]:
    """Seconds, megabytes of the parent, and of its largest worker, as long as a program runs."""
    child = subprocess.Popen(words)
    begun, parent = time.monotonic(), psutil.Process(child.pid)
    seen = []
    while child.poll() is None:
        try:
            own = parent.memory_info().rss / 1e6
            workers = [worker.memory_info().rss / 1e6 for worker in parent.children()]
            seen.append((time.monotonic() - begun, own, max(workers, default=0.0)))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.1)
    if child.returncode:
        sys.exit(child.returncode)
    return seen


def peaks(seen: list[tuple[float, float, float]]) -> dict[str, int]:
    return {
        "parent": round(max(own for _, own, _ in seen)),
        "worker": round(max(worker for _, _, worker in seen)),
        "seconds": round(seen[-1][0]),
    }


def draw(runs: dict[int, list[tuple[float, float, float]]], path: Path) -> None:
    """Memory over the part of the run that is done, a pair of lines for each input, as a small SVG."""
    width, height, left, top = 640, 300, 56, 20
    most = max(WORKER_BOUND, max(max(own, worker) for seen in runs.values() for _, own, worker in seen)) * 1.05
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 50}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for level in range(0, int(most) + 1, 200):
        y = top + height * (1 - level / most)
        parts.append(f'<line x1="{left}" y1="{y:.0f}" x2="{width - 10}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{level}</text>')
    y = top + height * (1 - WORKER_BOUND / most)
    parts.append(
        f'<line x1="{left}" y1="{y:.0f}" x2="{width - 10}" y2="{y:.0f}" stroke="#b00" stroke-dasharray="4 3"/>'
    )
    for (count, seen), colours in zip(runs.items(), (("#7fb3d5", "#f5b041"), ("#1f618d", "#b9770e")), strict=False):
        end = seen[-1][0]
        for column, colour, name in ((1, colours[0], "parent"), (2, colours[1], "worker")):
            points = " ".join(
                f"{left + (width - left - 10) * s[0] / end:.1f},{top + height * (1 - s[column] / most):.1f}"
                for s in seen[:: max(1, len(seen) // 400)]
            )
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2">'
                f"<title>{name}, {count:,} articles</title></polyline>"
            )
    x = left
    for (count, _), colours in zip(runs.items(), (("#7fb3d5", "#f5b041"), ("#1f618d", "#b9770e")), strict=False):
        for name, colour in (("parent", colours[0]), ("worker", colours[1])):
            parts.append(f'<rect x="{x}" y="{height + 32}" width="10" height="10" fill="{colour}"/>')
            parts.append(f'<text x="{x + 14}" y="{height + 41}">{name}, {count:,}</text>')
            x += 145
    parts.append(f'<text x="4" y="{top - 6}">MB over the length of the run</text></svg>')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", default=["data/articles"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--plot", action="store_true")
    options = parser.parse_args()
    runs: dict[int, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in sorted(options.sizes):
            lines = Path(name) / "articles.jsonl"
            write(lines, options.inputs, size)
            more = ["-j", str(options.processes), *([] if options.full else ["--fast"])]
            kg = [sys.executable, "-m", "kg.cli", "extract", str(lines), "-o", f"{name}/out.jsonl", *more]
            runs[size] = watch(kg)
    if options.plot:
        draw(runs, PLOT)
    found: dict[str, Any] = {f"{size:,} articles": peaks(seen) for size, seen in runs.items()}
    parents = [peaks(seen)["parent"] for seen in runs.values()]
    found["growth of the parent"] = round(parents[-1] / parents[0], 2)
    found["within"] = (
        all(peaks(seen)["worker"] <= WORKER_BOUND for seen in runs.values())
        and parents[-1] <= GROWTH_BOUND * parents[0]
    )
    print(json.dumps(found, indent=1))
    sys.exit(not found["within"])


if __name__ == "__main__":
    main()
