"""Ten thousand bad files and a hundred good ones in one batch: the good ones are in the graph, the bad ones named once.

    python benchmarks/bad_batch.py [BAD] [GOOD]

Prints how long it took, the most memory it used, and exits with 1 if an article is missing or a file is named twice,
not at all, or wrongly.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import kg.api

BAD = [
    ("txt", b""), ("txt", b"no date at all"), ("txt", b"date 0000-00-00 It began."), ("txt",
    b"date 2023-02-31 It began."),
    ("txt", b"date 99999-01-01 It began."), ("txt", b"\xff\xfe\x00"), ("txt", b"\0" * 3000), ("txt", os.urandom(2000)),
    ("txt", b"date 2023-03-16"), ("md", b"---\n: :\n---\n"), ("md", b"---\ndate: [1\n---\ntext"), ("md",
    b"# T\n\nno date"),
    ("html", b"<html><body>no date</body></html>"), ("html", b"<div>" * 20_000), ("html", b"<html>"), ("jsonl", b"{"),
    ("jsonl", b'{"date": "2023-13-45", "text": "x"}\n'), ("jsonl", b"[1, 2]\n"), ("jsonl", b'{"date": "2023-03-16"}\n'),
    ("jsonl", b'{"a":' * 5000), ("csv", b"a,b\n1,2\n"), ("csv", b'date,title\n2023-03-16,"never closed\n'),
    ("xml", b"<rss></rss>"), ("xml", b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><item>&a;</item></channel></rss>'),
    ("xml", b"<a>" * 5000), ("jsonl.gz", b"\x1f\x8b"), ("jsonl.gz", gzip.compress(b"x" * 5000)[:-9]),
]  # fmt: skip
PAIRS = [("Japan", "North Korea"), ("China", "Taiwan"), ("Russia", "Ukraine"), ("Iran", "Israel")]


def write(folder: Path, bad: int, good: int) -> list[str]:
    """Make the batch; returns the names of the bad files."""
    rng = random.Random(1)
    names = []
    for number in range(bad):
        suffix, data = BAD[number % len(BAD)]
        name = f"{number // 500:03}/bad{number:05}.{suffix}"
        names.append(name)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    for number in range(good):
        one, other = rng.choice(PAIRS)
        text = (
            f"date 2023-03-{number % 28 + 1:02} {one} accused {other} on Tuesday of firing missile number {number}.\n"
        )
        (folder / f"{number % max(1, bad // 500):03}").mkdir(exist_ok=True)
        (folder / f"{number % max(1, bad // 500):03}" / f"good{number:03}.txt").write_text(text)
    return names


def main(bad: int = 10_000, good: int = 100) -> int:
    with tempfile.TemporaryDirectory(prefix="kg-bad-") as root:
        folder, graph = Path(root, "in"), Path(root, "graph")
        folder.mkdir()
        names = write(folder, bad, good)
        begun = time.monotonic()
        command = [sys.executable, "-m", "kg.cli", "build", str(folder), "--graph", str(graph)]
        done = subprocess.run(command, capture_output=True, text=True)
        took = time.monotonic() - begun
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        named = Counter(re.findall(r"^kg: skipped \S*?/in/(\d{3}/[^:\s]+)", done.stderr, re.MULTILINE))
        opened = kg.api.open(graph)
        stored = opened.info()["articles"]
        wrong = opened.check()
        missing, twice = set(names) - set(named), [name for name, count in named.items() if count > 1]
        others = set(named) - set(names)
        print(f"{bad} bad files and {good} good ones: {took:.0f} s, {most} MB, exit status {done.returncode}")
        print(f"{stored} articles in the graph, {len(named)} bad files named")
        print(f"{len(missing)} bad files not named, {len(twice)} named twice, {len(others)} others named")
        for name in [*sorted(missing)[:5], *twice[:5], *sorted(others)[:5]]:
            print(f"    {name}")
        if done.returncode or stored != good or missing or twice or others or wrong:
            print(done.stderr[-500:], wrong)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
