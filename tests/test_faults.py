"""A dozen of the faults that `benchmarks/faults.py` injects: nothing that was reported as done is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "faults.py"
NAMES = [
    "kill -9 before a SQL statement: import, statement 31",
    "kill -9 before a SQL statement: remove, statement 13",
    "kill -9 before a file operation: query, operation 8",
    "clock set back or wrong: SOURCE_DATE_EPOCH=0",
    "two writers at once: import, then import and query 50 ms later",
    "Ctrl-C: import, 100 ms",
    "corrupt database page: 64 bytes at 50 %",
    "truncated database: to 75 %",
    "foreign file: the database is text",
    "deleted file: the database",
    "torn or deleted projection: rdf/CURRENT.json deleted",
    "torn or deleted projection: rdf/state-*[!k]/*.sst overwritten",
    "killed while writing: .nq, 150 ms",
    "unreadable input: cut.jsonl",
    "broken pipe: events",
    "stale lock: a dead process",
]


def injected(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *args], capture_output=True, text=True, env=ENVIRONMENT)


ENVIRONMENT = {**os.environ, "KG_FAULTS": "-v"}


@pytest.fixture(scope="module")
def report() -> str:
    """One run for all, because loading the program takes longer than a fault."""
    return injected(*NAMES).stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="commands run in forked processes")
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost(report: str, name):
    assert f"{name}: ok" in report.splitlines(), report


def test_at_least_200_faults_of_12_kinds_can_be_injected():
    names = injected("--list").stdout.splitlines()
    assert len(names) == len(set(names)) >= 200
    assert len({name.split(": ")[0] for name in names}) >= 12
