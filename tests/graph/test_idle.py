"""A database that stays open for a moment keeps nobody from writing and never answers from an old state."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.graph import idle
from kg.graph.files import FileLock

if sys.platform == "win32":
    pytest.skip("nothing is kept open there", allow_module_level=True)


def test_a_second_read_finds_the_database_open(desk, build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-10")])
    graph.info()
    assert graph.layout.database in idle._kept


def test_a_write_in_between_is_seen(desk, build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-10")])
    assert graph.info()["events"] == 1
    graph.ingest([desk.tell("JPN", "ACCUSE", "KOR", "2023-03-10")], lambda ids: [], "test")
    assert graph.info()["events"] == 2


def test_another_process_can_write_soon_after_a_read(desk, build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-10")])
    article = graph.articles().__next__().id
    code = f"import kg.graph; print(kg.graph.open({str(graph.directory)!r}).remove(article={article!r}).events)"
    graph.info()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
    assert graph.info()["events"] == 0


def test_it_is_closed_while_a_writer_holds_the_lock_and_after_a_while(desk, build, monkeypatch):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-10")])
    graph.info()
    with FileLock(graph.layout.lock, "test"):
        assert wait_until_closed(graph)
        assert graph.info()["events"] == 1  # read without being kept
        assert graph.layout.database not in idle._kept
    monkeypatch.setattr(idle, "KEEP", 0.1)
    graph.info()
    assert wait_until_closed(graph)


def wait_until_closed(graph) -> bool:
    deadline = time.monotonic() + 5
    while graph.layout.database in idle._kept and time.monotonic() < deadline:
        time.sleep(0.01)
    return graph.layout.database not in idle._kept


def test_the_end_waits_for_a_database_that_is_being_closed(monkeypatch, tmp_path: Path):
    closed: list[bool] = []

    class Slow:
        def __del__(self) -> None:
            time.sleep(0.5)
            closed.append(True)

    idle.release()
    monkeypatch.setattr(idle, "_ending", threading.Event())
    monkeypatch.setattr(idle, "KEEP", 0.0)
    idle._keep(tmp_path / "g", tmp_path / "lock", Slow())
    deadline = time.monotonic() + 5
    while idle._kept and time.monotonic() < deadline:
        time.sleep(0.01)
    idle._end()
    assert closed == [True]
