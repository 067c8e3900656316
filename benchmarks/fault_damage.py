"""Damage to the files of a graph, and outputs and inputs that fail: the second half of the faults.

The tables hold what is known, so damage to them can only be noticed: the next command must say so in one line and name
the file, or give the true answer where the damage does not touch it. The projection (`rdf/`) can always be made anew:
damage to it must mend itself without a word of the user.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fault_kinds import Fault, Wrong, adding, plain
from fault_tools import Bench, Outcome, examined, losses, run

DATABASE = "events.duckdb"
ASK = ["query", "SELECT (count(*) AS ?n) { ?e a kg:Event }", "--format", "csv"]


def _told_or_true(bench: Bench, graph: Path, part: str) -> Wrong:
    """Every command either answers as before the damage or says in one line which file is damaged."""
    wrong: Wrong = []
    for args in (["info"], ["events", "--format", "csv"], ASK, ["import", str(bench.more)]):
        quiet, done = _quiet(bench, tuple(args)), run([*args, "-g", str(graph)])
        wrong += [f"{args[0]}: {w}" for w in plain(done, 0, 1)]
        if done.code == 1 and part not in done.message:
            wrong.append(f"{args[0]}: does not name {part}: {done.message}")
        if done.code == 0 and args[0] != "import" and _stable(done) != _stable(quiet):
            wrong.append(f"{args[0]}: another answer, without a word: {done.out[:200]!r}")
    have, judgement = examined(graph)
    if have and have not in (bench.before, bench.after) and not judgement:
        wrong.append("another graph, and check finds nothing")
    return wrong


@functools.cache
def _quiet(bench: Bench, args: tuple[str, ...]) -> Outcome:
    with bench.graph() as graph:
        return run([*args, "-g", str(graph)])


def _stable(outcome: Outcome) -> str:
    return "\n".join(line for line in outcome.out.splitlines() if not line.startswith("updated"))


def _damage(kind: str, point: str, harm: Callable[[Path], object], part: str = DATABASE) -> Fault:
    def strike(bench: Bench) -> Wrong:
        with bench.graph() as graph:
            harm(graph)
            return _told_or_true(bench, graph, part)

    return Fault(kind, point, strike)


def corrupt_page() -> Iterator[Fault]:
    def flip(graph: Path, share: float, size: int) -> None:
        with (graph / DATABASE).open("r+b") as file:
            at = int(share * (file.seek(0, os.SEEK_END) - size))
            file.seek(at)
            old = file.read(size)
            file.seek(at)
            file.write(bytes(b ^ 0xFF for b in old))

    for percent in range(0, 101, 5):
        harm = functools.partial(flip, share=percent / 100, size=64)
        yield _damage("corrupt database page", f"64 bytes at {percent} %", harm)
    for offset in (0, 4096, 8192, 12288):
        harm = functools.partial(_overwrite, name=DATABASE, offset=offset, data=b"\xff" * 512)
        yield _damage("corrupt database page", f"512 bytes at {offset}", harm)


def _overwrite(graph: Path, name: str, offset: int, data: bytes) -> None:
    with (graph / name).open("r+b") as file:
        file.seek(offset)
        file.write(data)


def truncated() -> Iterator[Fault]:
    def cut(graph: Path, share: float) -> None:
        path = graph / DATABASE
        os.truncate(path, int(path.stat().st_size * share))

    for percent in (0, 1, 10, 25, 50, 75, 90, 99):
        yield _damage("truncated database", f"to {percent} %", functools.partial(cut, share=percent / 100))


def foreign() -> Iterator[Fault]:
    """What does not belong there stands in the place of our files, or beside them."""

    def text(graph: Path) -> None:
        (graph / DATABASE).write_text("shopping list\n" * 1000)

    def folder(graph: Path) -> None:
        (graph / DATABASE).unlink()
        (graph / DATABASE).mkdir()

    def sqlite(graph: Path) -> None:
        (graph / DATABASE).unlink()
        with sqlite3.connect(graph / DATABASE) as connection:
            connection.execute("CREATE TABLE meta (key, value)")

    def other(graph: Path) -> None:
        (graph / DATABASE).unlink()
        code = f"import duckdb; duckdb.connect({str(graph / DATABASE)!r}).execute('CREATE TABLE x (y INTEGER)')"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    def missing(graph: Path) -> None:
        (graph / DATABASE).unlink()

    for harm in (text, folder, sqlite, other):
        yield _damage("foreign file", f"the database is {harm.__name__}", harm)

    def deleted(bench: Bench) -> Wrong:
        with bench.graph() as graph:
            missing(graph)
            done = run(["info", "-g", str(graph)])
            return plain(done, 1) + ([] if "no graph here" in done.message else [done.message])

    yield Fault("deleted file", "the database", deleted)
    beside = {
        "notes.txt": b"mine", "events.duckdb.wal": b"junk" * 100, "events.duckdb.new": b"junk",
        "events.duckdb.bak": b"x",
        "rdf/notes.txt": b"mine", "rdf/state-99-abc/CURRENT": b"x", "rdf/CURRENT.new": b"{", ".DS_Store": b"\0",
    }  # fmt: skip
    for name, data in beside.items():

        def strike(bench: Bench, name: str = name, data: bytes = data) -> Wrong:
            with bench.graph() as graph:
                (graph / name).parent.mkdir(exist_ok=True)
                (graph / name).write_bytes(data)
                if name.endswith(".wal"):  # the database's own log: it may be refused, but in words
                    return _told_or_true(bench, graph, DATABASE)
                return losses(bench, graph, False)

        yield Fault("foreign file", f"beside ours: {name}", strike)


def torn_projection() -> Iterator[Fault]:
    """All that can be made anew from the tables is, whatever became of it."""

    def gone(graph: Path, name: str) -> None:
        path = next(iter(sorted(graph.glob(name))))
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def cut(graph: Path, name: str) -> None:
        for path in graph.glob(name):
            if path.is_file():
                os.truncate(path, path.stat().st_size // 2)

    def scribble(graph: Path, name: str) -> None:
        for path in graph.glob(name):
            if path.is_file():
                path.write_bytes(os.urandom(max(16, path.stat().st_size)))

    def current(graph: Path, value: str) -> None:
        (graph / "rdf" / "CURRENT.json").write_text(value)

    def a_file(graph: Path) -> None:
        shutil.rmtree(graph / "rdf")
        (graph / "rdf").write_text("not a folder")

    harms: dict[str, Callable[[Path], None]] = {}
    for name in ("rdf", "rdf/CURRENT.json", "rdf/state-*[!k]", "rdf/work", "rdf.lock", "write.lock"):
        harms[f"{name} deleted"] = functools.partial(gone, name=name)
    for where in ("rdf/state-*[!k]/", "rdf/work/"):
        for name in ("*.sst", "MANIFEST-*", "CURRENT", "OPTIONS-*", "*.log"):
            harms[f"{where}{name} cut"] = functools.partial(cut, name=where + name)
            harms[f"{where}{name} overwritten"] = functools.partial(scribble, name=where + name)
        harms[f"{where}* deleted"] = functools.partial(gone, name=where + "CURRENT")
    state = {"version": 1, "seq": 1}
    for value in (
        "", "{", "[]", "null", '"x"', json.dumps({**state, "snapshot": "../../etc"}), '{"seq": -1}', "\0" * 50,
        json.dumps({"version": 10**9, "seq": 10**9, "snapshot": "state-1"}),
    ):  # fmt: skip
        harms[f"CURRENT.json is {value[:40]!r}"] = functools.partial(current, value=value)
    harms["rdf is a file"] = a_file

    def strike(bench: Bench, harm: Callable[[Path], None], point: str) -> Wrong:
        with bench.graph() as graph:
            harm(graph)
            done = run([*ASK, "-g", str(graph)])
            if point == "rdf is a file":
                wrong = plain(done, 1) + ([] if str(graph / "rdf") in done.message else [done.message])
                (graph / "rdf").unlink()
                return wrong + losses(bench, graph, False)
            wrong = plain(done, 0)
            if _stable(done) != _stable(_quiet(bench, tuple(ASK))):
                wrong.append(f"another answer: {done.out!r}")
            return wrong + losses(bench, graph, False)

    for point, harm in harms.items():
        yield Fault("torn or deleted projection", point, functools.partial(strike, harm=harm, point=point))


def half_written() -> Iterator[Fault]:
    """A command killed while it writes: under the name of the output is the former file, whole, or the new one."""

    def strike(bench: Bench, suffix: str, seconds: float) -> Wrong:
        with bench.graph() as graph:
            out = graph.parent / f"out{suffix}"
            out.write_text("former")
            command = "view" if suffix == ".html" else "export"
            done = run([command, "-o", str(out), "-g", str(graph)], after=seconds)
            wrong = [] if done.code in (0, -9) else [f"{done.code} {done.message}"]
            if done.code != 0 and out.read_text("utf-8", "replace") != "former":
                again = graph.parent / f"again{suffix}"
                run([command, "-o", str(again), "-g", str(graph)])
                wrong += [] if again.read_bytes() == out.read_bytes() else ["a half-written output"]
            return wrong + losses(bench, graph, False, again=False)

    for suffix in (".nq", ".csv", ".gexf", ".jsonl", ".parquet", ".html"):
        for seconds in (0.05, 0.15, 0.3):
            point = f"{suffix}, {seconds * 1000:.0f} ms"
            yield Fault("killed while writing", point, functools.partial(strike, suffix=suffix, seconds=seconds))


def unreadable() -> Iterator[Fault]:
    """Inputs of `kg import` that can't be read cost one line and nothing else."""
    bad = {
        "empty": b"", "binary": os.urandom(5000), "NUL": b"\0" * 5000, "cut": None, "an array": b"[]\n",
        "a number": b"7\n",
        "deep": b"[" * 100_000, "UTF-16": '{"id": 1}\n'.encode("utf-16"), "an object": b"{}\n",
        "Latin-1": b'{"id": "\xe9"}',
        "no article": b'{"article_info": null}\n', "surrogate": b'{"id": "\\ud800"}\n', "huge number": b"9" * 5000,
    }  # fmt: skip

    def strike(bench: Bench, name: str, suffix: str) -> Wrong:
        with bench.graph() as graph:
            path = graph.parent / f"bad{suffix}"
            data = bad[name]
            path.write_bytes(bench.more.read_bytes()[:-150] if data is None else data)
            done = run(["import", str(path), "-g", str(graph)])
            wrong = plain(done, 0, 1) if name == "empty" else plain(done, 1)
            if done.code and str(path) not in done.message:
                wrong.append(f"does not name the file: {done.message}")
            return wrong + losses(bench, graph, False, again=False)

    for name in bad:
        for suffix in (".jsonl", ".csv", ".parquet"):
            if not (suffix == ".parquet" and name not in ("empty", "binary", "cut")):
                yield Fault("unreadable input", f"{name}{suffix}", functools.partial(strike, name=name, suffix=suffix))


def broken_pipe() -> Iterator[Fault]:
    """The reader of our output goes away: no traceback, no complaint."""

    def strike(bench: Bench, command: str) -> Wrong:
        with bench.graph() as graph:
            script = f"{sys.executable} -m kg.cli {command} -g '{graph}' | true; exit ${{PIPESTATUS[0]}}"
            done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
            wrong = [] if done.returncode in (0, 141) else [f"exit status {done.returncode}"]
            return wrong + ([f"says {done.stderr.strip()[-300:]!r}"] if done.stderr.strip() else [])

    for command in ("info", "events", "roles", "rank", "query --list", "events --format csv", "events --format json"):
        yield Fault("broken pipe", command, functools.partial(strike, command=command))


def stale_lock() -> Iterator[Fault]:
    """Lock files that a dead process left, or that hold nonsense, stop nobody."""

    def strike(bench: Bench, data: bytes) -> Wrong:
        with bench.graph() as graph:
            for name in ("write.lock", "rdf.lock", "read.lock"):
                (graph / name).write_bytes(data)
            done = adding(bench, graph)
            return plain(done, 0) + losses(bench, graph, True)

    for name, data in {
        "a dead process": b'{"pid": 1, "host": "x", "command": "kg add", "since": "2020"}', "empty": b"",
        "binary": b"\xff\0", "long": b"x" * 10_000_000,
    }.items():  # fmt: skip
        yield Fault("stale lock", name, functools.partial(strike, data=data))


KINDS = (corrupt_page, truncated, foreign, torn_projection, half_written, unreadable, broken_pipe, stale_lock)
