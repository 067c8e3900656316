"""The faults that `faults.py` injects: a function a kind, which yields one fault for each point it strikes at.

A fault is a function from the bench to what went wrong, an empty list if nothing did.
"""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fault_tools import BASE, MORE, Bench, Child, Outcome, examined, finish, losses, run, start, statements

Wrong = list[str]


@dataclass(frozen=True)
class Fault:
    """One fault: what kind it is of, and where it strikes."""

    kind: str
    point: str
    strike: Callable[[Bench], Wrong]

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.point}"


def adding(bench: Bench, graph: Path, before: Callable[[], object] | None = None, **how: Any) -> Outcome:
    return run(["import", str(bench.more), "-g", str(graph)], before, **how)


def plain(outcome: Outcome, *codes: int) -> Wrong:
    """Nothing, if a command ended with one of the exit statuses, and with one line about it where that is not 0."""
    if outcome.code not in codes or not outcome.clean:
        return [f"exit status {outcome.code}, not one of {codes}: {(outcome.err or outcome.out).strip()[-300:]}"]
    if "internal error" in outcome.err:
        return [outcome.message]
    if outcome.code and not outcome.message.startswith(("kg: ", "Aborted!")):
        return [f"no message of ours: {outcome.err.strip()[-300:]!r}"]
    return []


# -- kill -9 ----------------------------------------------------------------------------------------------------------


def killer(what: str, number: int) -> Callable[[], None]:
    """Makes a process kill itself before its n-th SQL statement (``sql``) or file operation (``file``)."""
    left = [number]

    def tick() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def install() -> None:
        if what == "sql":
            import duckdb

            connect = duckdb.connect
            duckdb.connect = lambda *a, **k: Ticking(connect(*a, **k), tick)  # type: ignore[assignment]
        else:
            events = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"}
            sys.addaudithook(lambda event, _: tick() if event in events else None)

    return install


class Ticking:
    """A database connection that tells before each statement."""

    def __init__(self, inner: Any, tick: Callable[[], None]) -> None:
        self._inner, self._tick = inner, tick

    def execute(self, *args: Any) -> Any:
        self._tick()
        return self._inner.execute(*args)

    def close(self) -> None:
        self._tick()
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _killed(bench: Bench, what: str, number: int, command: str) -> Wrong:
    with bench.graph() as graph:
        args = {"import": ["import", str(bench.more)], "remove": ["remove", "--article", "art-3"],
        "reindex": ["reindex"],
                "query": ["query", "ASK { ?s ?p ?o }"]}[command]  # fmt: skip
        if command == "query":  # with the projection to be brought up to date on the way
            adding(bench, graph)
        done = run([*args, "-g", str(graph)], killer(what, number))
        if done.code not in (-signal.SIGKILL, 0):
            return [f"{done.code} {done.message}"]
        if command == "remove":
            return _removed(bench, graph, done.code == 0)
        return losses(bench, graph, done.code == 0 and command in ("import", "query"), again=command == "import")


def _removed(bench: Bench, graph: Path, reported: bool) -> Wrong:
    have, wrong = examined(graph)
    out = [wrong] if wrong else []
    if (have != bench.before) < reported:
        out.append("removed, and still there")
    if have == bench.before:
        done = run(["remove", "--article", "art-3", "-g", str(graph)])
        out += plain(done, 0)
        have = statements(graph)
    return out + ([] if b"art-3>" not in have else ["art-3 is still there"])


def killed_at_a_statement() -> Iterator[Fault]:
    for command, numbers in (("import", range(1, 75, 2)), ("remove", range(1, 45, 4)), ("query", range(1, 25, 3))):
        for number in numbers:
            strike = functools.partial(_killed, what="sql", number=number, command=command)
            yield Fault("kill -9 before a SQL statement", f"{command}, statement {number}", strike)


def killed_at_a_file() -> Iterator[Fault]:
    for command, numbers in (("import", range(1, 9)), ("query", range(2, 26, 2)), ("reindex", range(2, 26, 3))):
        for number in numbers:
            strike = functools.partial(_killed, what="file", number=number, command=command)
            yield Fault("kill -9 before a file operation", f"{command}, operation {number}", strike)


def killed_in_time() -> Iterator[Fault]:
    def strike(bench: Bench, seconds: float) -> Wrong:
        with bench.graph() as graph:
            done = adding(bench, graph, after=seconds)
            return losses(bench, graph, done.code == 0)

    for milliseconds in range(10, 600, 45):
        yield Fault(
            "kill -9 at a time", f"import, {milliseconds} ms", functools.partial(strike, seconds=milliseconds / 1000)
        )


# -- disk -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(kilobytes: int) -> Iterator[Path | None]:
    """A file system of that size, or None where mounting is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    options = f"size={kilobytes}k"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    try:
        yield folder if done.returncode == 0 else None
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def _full(bench: Bench, spare: int, command: str) -> Wrong:
    with small_disk(_size(bench.good) // 1024 + 200 + spare) as disk:
        if disk is None:
            return ["no file system could be mounted: run it as root"]
        with bench.graph(disk) as graph:
            out = graph.parent / "out.nq"
            done = adding(bench, graph) if command == "import" else run(["export", "-g", str(graph), "-o", str(out)])
            wrong = plain(done, 0, 1)
            if command == "export" and (out.exists() and out.read_bytes()) != (
                bench.before if done.code == 0 else False
            ):
                wrong.append("a part of an export under its name")
            room = bench.root / "moved"
            shutil.rmtree(room, ignore_errors=True)
            shutil.copytree(graph, room)  # the user makes room
            return wrong + losses(bench, room, done.code == 0 and command == "import", again=command == "import")


def full_disk() -> Iterator[Fault]:
    for command, spares in (("import", (0, 20, 60, 150, 300, 500, 800, 1200, 2000, 4000)), ("export", (0, 4, 8, 16))):
        for spare in spares:
            yield Fault(
                "full disk", f"{command}, {spare} kB free", functools.partial(_full, spare=spare, command=command)
            )


def file_size_limit() -> Iterator[Fault]:
    def strike(bench: Bench, kilobytes: int) -> Wrong:
        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

        with bench.graph() as graph:
            done = adding(bench, graph, limit)
            return plain(done, 0, 1) + losses(bench, graph, done.code == 0)

    for kilobytes in (1, 16, 64, 256, 1024, 3000, 4000):
        yield Fault("writes fail at a size", f"import, {kilobytes} kB", functools.partial(strike, kilobytes=kilobytes))


def read_only() -> Iterator[Fault]:
    """A directory that may be read but not written to: questions are answered, everything else says what is wrong."""

    def strike(bench: Bench, args: list[str], code: int) -> Wrong:
        with small_disk(_size(bench.good) // 1024 + 4000) as disk, bench.graph(disk) as graph:
            if disk is None:
                return ["no file system could be mounted: run it as root"]
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            done = run([a.replace("MORE", str(bench.more)).replace("OUT", str(graph)) for a in args] + ["-g",
            str(graph)])  # fmt: skip
            wrong = plain(done, code)
            if code and str(graph) not in done.message:
                wrong.append(f"does not say which directory: {done.message}")
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            return wrong + losses(bench, graph, False)

    for args, code in (
        (["info"], 0), (["events"], 0), (["check"], 0), (["roles"], 0), (["query", "ASK { ?s ?p ?o }"], 0),
        (["import", "MORE"], 1), (["remove", "--article", "art-3"], 1), (["reindex"], 1),
        (["export", "-o", "OUT/out.nq"], 1), (["view", "-o", "OUT/out.html"], 1),
    ):  # fmt: skip
        yield Fault("read-only directory", args[0], functools.partial(strike, args=args, code=code))


def clock() -> Iterator[Fault]:
    """A clock that was set back, or forward, or says nonsense: what was recorded before stays before."""

    def strike(bench: Bench, epoch: str) -> Wrong:
        with bench.graph() as graph:
            done = adding(bench, graph, lambda: os.environ.update(SOURCE_DATE_EPOCH=epoch))
            wrong = plain(done, 0, 1)

            def moments() -> None:
                import kg.graph

                print([entry["at"] for entry in kg.graph.open(graph).manifest()])

            times = run(moments)
            listed = eval(times.out, {"datetime": __import__("datetime")})
            if listed != sorted(listed):
                wrong.append(f"record time runs backwards: {times.out}")
            return wrong + losses(bench, graph, done.code == 0)

    for epoch in ("0", "1", "-1", "-99999999999999", "86400", "946684800", "4102444800", "253402300799",
    "99999999999999",
                  "yesterday", "1e9", " 12"):  # fmt: skip
        yield Fault("clock set back or wrong", f"SOURCE_DATE_EPOCH={epoch}", functools.partial(strike, epoch=epoch))


# -- several at once --------------------------------------------------------------------------------------------------


def two_writers() -> Iterator[Fault]:
    def strike(bench: Bench, gap: float, first: str) -> Wrong:
        with bench.graph() as graph:
            one: Child
            if first == "import":
                one = start(["import", str(bench.more), "-g", str(graph)])
            else:
                one = start(["reindex", "-g", str(graph)])
            time.sleep(gap)
            two = start(["import", str(bench.more), "-g", str(graph)])
            three = start(["query", "ASK { ?s ?p ?o }", "-g", str(graph)])
            ends = [finish(child) for child in (one, two, three)]
            wrong = [w for end in ends for w in plain(end, 0, 1)]
            wrong += [f"unclear: {end.message}" for end in ends if end.code and "in use by" not in end.message]
            return wrong + losses(bench, graph, ends[1].code == 0)

    for gap in (0.0, 0.05, 0.1, 0.2, 0.3, 0.5):
        for first in ("import", "reindex"):
            name = f"{first}, then import and query {gap * 1000:.0f} ms later"
            yield Fault("two writers at once", name, functools.partial(strike, gap=gap, first=first))


def interrupted() -> Iterator[Fault]:
    """Ctrl-C in each command: one line, an exit status that is not 0 unless it had finished, and nothing half done."""

    def strike(bench: Bench, args: list[str], seconds: float) -> Wrong:
        with bench.graph() as graph:
            out = graph.parent / "out.html"
            given = [a.replace("MORE", str(bench.more)).replace("OUT", str(out)) for a in args]
            done = run([*given, "-g", str(graph)], after=seconds, send=signal.SIGINT)
            wrong = plain(done, 0, 1, 130)
            if out.exists() and done.code and out.stat().st_size == 0:
                wrong.append("an empty output")
            left = [f.name for f in graph.parent.iterdir() if f.name != "graph" and f != out]
            wrong += [f"left behind: {left}"] if left else []
            return wrong + losses(bench, graph, done.code == 0 and args[0] == "import", again=args[0] == "import")

    for args in (
        ["import", "MORE"], ["info"], ["events"], ["query", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"], ["check"],
        ["export", "-o", "OUT.nq"], ["view", "-o", "OUT"], ["timeline", "JPN", "KOR"], ["reindex"], ["rank"], ["roles"],
        ["path", "JPN", "USA"], ["diff", "2022", "2023"], ["report", "JPN", "KOR", "-o", "OUT"],
    ):  # fmt: skip
        for seconds in (0.02, 0.1, 0.25):
            yield Fault(
                "Ctrl-C", f"{args[0]}, {seconds * 1000:.0f} ms", functools.partial(strike, args=args, seconds=seconds)
            )


def memory() -> Iterator[Fault]:
    """Too little memory: an error in words, and the graph as it was."""

    def strike(bench: Bench, megabytes: int) -> Wrong:
        def limit() -> None:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20), resource.RLIM_INFINITY))

        with bench.graph() as graph:
            done = adding(bench, graph, limit)
            # Libraries and the dynamic loader (127) may end a process that gets no memory; what counts is that nothing
            # is lost.
            wrong = [] if done.code in (0, 1, 127) or (done.code or 0) < 0 else [f"exit status {done.code}"]
            return wrong + losses(bench, graph, done.code == 0)

    for megabytes in (1, 4, 16, 48, 96, 128):
        yield Fault("out of memory", f"import, {megabytes} MB", functools.partial(strike, megabytes=megabytes))


KINDS = (killed_at_a_statement, killed_at_a_file, killed_in_time, full_disk, file_size_limit, read_only, clock,
         two_writers, interrupted, memory)  # fmt: skip
assert BASE > 3 and MORE
