"""What the fault runs share: small graphs, commands in forked processes, and the test that nothing was lost.

A command runs as a user would run it, in a process of its own that inherits the loaded program, so that a hundred of
them take seconds. Its exit status, signal and output are kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kg.graph
from kg.extract.gazetteer import gazetteer
from kg.formats import export
from kg.model import Article, Evidence, Mention, Party, Span, Status, TimeSpan, digest
from kg.ontology import ontology

STATES = {"JPN": "Japan", "KOR": "South Korea", "PRK": "North Korea", "CHN": "China", "USA": "United States"}
CATEGORIES = ("CONSULT", "ACCUSE", "AGREE", "REJECT", "THREATEN")
CODER = "fault-run"
BASE, MORE = 12, 8
"""Articles in the graph before a fault, and in the file that is added when it strikes."""


@dataclass
class Outcome:
    """How a command ended: ``code`` is its exit status, negative for a signal, None if it had to be stopped."""

    code: int | None
    out: str
    err: str

    @property
    def clean(self) -> bool:
        """Whether it ended on its own, without a traceback, with at most a few lines on stderr when it failed."""
        crashed = "Traceback" in self.err or "Traceback" in self.out
        return self.code is not None and self.code >= 0 and not crashed

    @property
    def message(self) -> str:
        """The last line on stderr."""
        return (self.err.strip().splitlines() or [""])[-1]


def article(number: int) -> tuple[Article, list[Mention], list[Any]]:
    """Article ``number``, which tells one thing of two states."""
    names = list(STATES)
    source, target = names[number % 5], names[(number // 5 + number + 1) % 5]
    if source == target:
        target = names[(number + 2) % 5]
    category = CATEGORIES[number % 3 + number % 2]
    day = dt.date(2023, 3, 1) + dt.timedelta(days=number)
    text = f"{STATES[source]} and {STATES[target]}: report {number}, {category.lower()} on {day}."
    begin = text.index(STATES[target])
    one = Article(
        f"art-{number}", day, f"Report {number}", text, f"https://news.example/{number}", f"Paper {number % 3}"
    )
    first, second = Span(0, len(STATES[source])), Span(begin, begin + len(STATES[target]))
    mention = Mention(
        id=digest(one.id, category),
        article=one.id,
        source=Party(source, source, STATES[source], STATES[source], first),
        target=Party(target, target, STATES[target], STATES[target], second),
        category=category,
        mode=None,
        status=Status.ACTUAL,
        time=TimeSpan.published(day),
        evidence=Evidence("text", text, 0, len(text), first),
        confidence=0.5,
        coder=CODER,
        group=digest(one.id, 0),
    )
    return one, [mention], []


def warm() -> None:
    """Load what commands need, once for all processes; no database is opened, so that forking stays safe."""
    for name in ("duckdb", "networkx", "pyarrow.parquet", "pyoxigraph", "kg.cli", "kg.api", "kg.formats",
                 "kg.formats.plover_jsonl", "kg.formats.rdf", "kg.formats.tables", "kg.formats.network",
                 "kg.graph.graph",
                 "kg.view.data", "kg.graph.copies"):  # fmt: skip
        importlib.import_module(name)
    gazetteer()
    ontology()


class Bench:
    """A folder with a good graph, a file of further articles, and what the graph of both looks like."""

    def __init__(self, root: Path) -> None:
        warm()
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.good, self.more = root / "good", root / "more.jsonl"
        self.scratch = root / "scratch"
        self._build("base", range(BASE), self.good)
        self._build("rest", range(BASE, BASE + MORE), root / "rest")
        run(["export", "-g", str(root / "rest"), "-o", str(self.more)])
        assert run(["info", "-g", str(self.good)]).code == 0
        assert run(["query", "SELECT * { ?a ?b ?c } LIMIT 1", "-g", str(self.good)]).code == 0
        self.before = statements(self.good)
        whole = root / "whole"
        shutil.copytree(self.good, whole)
        assert run(["import", str(self.more), "-g", str(whole)]).code == 0
        self.after = statements(whole)

    def _build(self, name: str, numbers: range, at: Path) -> None:
        lines = self.root / f"{name}.jsonl"
        draft = self.root / f"{name}.draft"

        def make() -> None:
            kg.graph.open(draft, create=True).ingest([article(n) for n in numbers], lambda ids: (), CODER)

        assert run(make).code == 0
        assert run(["export", "-g", str(draft), "-o", str(lines)]).code == 0
        assert run(["import", str(lines), "-g", str(at)]).code == 0

    @contextlib.contextmanager
    def graph(self, folder: Path | None = None) -> Iterator[Path]:
        """A copy of the good graph to do harm to."""
        at = Path(tempfile.mkdtemp(prefix="graph-", dir=folder or self.root)) / "graph"
        shutil.copytree(self.good, at)
        try:
            yield at
        finally:
            shutil.rmtree(at.parent, ignore_errors=True)


def statements(graph: Path) -> bytes:
    """The N-Quads of a graph, straight from its tables; equal graphs give equal bytes."""
    return examined(graph, check=False)[0]


def examined(graph: Path, check: bool = True) -> tuple[bytes, str]:
    """The N-Quads of a graph, and what is wrong with it in its own judgement or in its way of failing."""
    with tempfile.TemporaryDirectory() as folder:
        file, found = Path(folder, "out.nq"), Path(folder, "wrong")

        def look() -> None:
            opened = kg.graph.open(graph)
            if check:
                found.write_text("; ".join(opened.check()[:3]), "utf-8")
            export(opened, file)

        done = run(look)
        if done.code != 0:
            return b"", f"can't be examined: {done.code} {done.message}"
        return file.read_bytes(), found.read_text("utf-8") if check else ""


def run(
    args: list[str] | Callable[[], object],
    before: Callable[[], object] | None = None,
    *,
    after: float | None = None,
    send: signal.Signals = signal.SIGKILL,
    patience: float = 300.0,
) -> Outcome:
    """Run `kg` with ``args``, or a function, in a forked process; ``before`` is called in it first.

    With ``after`` the process is sent a signal when that many seconds have passed.
    """
    return finish(start(args, before), after=after, send=send, patience=patience)


@dataclass
class Child:
    """A command under way."""

    pid: int
    out: Path
    err: Path


def start(args: list[str] | Callable[[], object], before: Callable[[], object] | None = None) -> Child:
    """Begin a command; :func:`finish` waits for it."""
    folder = Path(tempfile.mkdtemp(prefix="run-"))
    child = Child(0, folder / "out", folder / "err")
    sys.stdout.flush()
    child.pid = os.fork()
    if child.pid:
        return child
    code = 70
    try:
        for number, path in ((1, child.out), (2, child.err)):
            fd = os.open(path, os.O_WRONLY | os.O_CREAT)
            os.dup2(fd, number)
            os.close(fd)
        sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _main(args, before)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _main(args: list[str] | Callable[[], object], before: Callable[[], object] | None) -> int:
    from kg.cli import main

    try:
        if before is not None:
            before()
        if callable(args):
            args()
            return 0
        main.main(args=args, prog_name="kg")
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    return 0


def finish(
    child: Child, *, after: float | None = None, send: signal.Signals = signal.SIGKILL, patience: float = 300.0
) -> Outcome:
    """Wait for a command, with a signal on the way if asked for."""
    begun, sent, status = time.monotonic(), False, None
    while True:
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if pid:
            break
        passed = time.monotonic() - begun
        if after is not None and not sent and passed >= after:
            os.kill(child.pid, send)
            sent = True
        if passed > patience:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            status = None
            break
        time.sleep(0.002)
    out, err = (p.read_text("utf-8", "replace") if p.exists() else "" for p in (child.out, child.err))
    shutil.rmtree(child.out.parent, ignore_errors=True)
    return Outcome(None if status is None else os.waitstatus_to_exitcode(status), out, err)


def losses(bench: Bench, graph: Path, reported: bool, *, again: bool = True) -> list[str]:
    """What is wrong with a graph after a fault struck while ``bench.more`` was added; empty if nothing is.

    The graph must examine itself without complaint and hold either what it held before or all of what was added, the
    latter if the command had ``reported`` success; adding again must give the graph that a quiet run gives.
    """
    have, judgement = examined(graph)
    wrong = [f"check: {judgement}"] if judgement else []
    if have not in (bench.before, bench.after):
        wrong.append("the graph is neither that before nor that after")
    if reported and have != bench.after:
        wrong.append("reported as done, but not there")
    if again:
        more = run(["import", str(bench.more), "-g", str(graph)])
        if more.code != 0:
            wrong.append(f"adding again: {more.code} {more.message}")
        elif statements(graph) != bench.after:
            wrong.append("adding again gives another graph")
    return wrong
