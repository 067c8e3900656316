"""Corrections and erasures in any order, in the middle of a kill, and beside other processes."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from graph_desk import Desk, lookup
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_store import TOLD, _impatient, hold, same, written

import kg.graph
import kg.graph.ingest
import kg.graph.review
from kg.errors import StoreBusy
from kg.graph.corrections import Anchor, Correction, make_change
from kg.graph.files import FileLock
from kg.graph.graph import Graph
from kg.graph.schema import SCHEMA_VERSION, create_statements
from kg.model import Mention

Build = Callable[..., Graph]

CHANGE = st.one_of(
    st.sampled_from(["CONSULT", "AGREE", "REJECT", "ACCUSE"]).map(lambda c: {"category": c}),
    st.sampled_from(["JPN", "KOR", "person.kishida"]).map(lambda a: {"source": a}),
    st.sampled_from(["PRK", "none"]).map(lambda a: {"target": a}),
    st.sampled_from(["2023-03-04", "2023-03", "2023-03-02/2023-03-03", "none"]).map(lambda d: {"date": d}),
    st.sampled_from(["future", "actual"]).map(lambda s: {"status": s}),
    st.just({"no_event": True}),
    st.just({"confirmed": True}),
    st.integers(0, 30).map(lambda n: {"same_as": n}),
)


class InMemory(Graph):
    """A graph without files, so that many can be made. Corrections may bring actors that no article has named yet."""

    resolver = staticmethod(lambda name: name)
    actor_records = staticmethod(lookup)

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("SET TimeZone = 'UTC'")
        for statement in create_statements():
            self.connection.execute(statement)
        self.connection.execute("INSERT INTO meta VALUES ('schema', ?)", [str(SCHEMA_VERSION)])
        self.layout = self
        self._checked = True

    @contextlib.contextmanager
    def read(self):
        yield self.connection

    @contextlib.contextmanager
    def written(self, command: str = ""):
        self.connection.execute("BEGIN")
        yield self.connection
        self.connection.execute("COMMIT")


@pytest.fixture
def without_files(monkeypatch):
    for module in (kg.graph.ingest, kg.graph.review):
        monkeypatch.setattr(module, "write_connection", InMemory.written)


def anchor(mention: Mention) -> Anchor:
    said = mention.evidence
    target = mention.target.id if mention.target else None
    words = (mention.article, said.field, said.quote, mention.source.id, target)
    return Anchor(*words, mention.category, said.trigger.start - said.start)


def corrections_of(mentions: list[Mention], wishes: list[tuple[int, dict[str, Any]]]) -> list[Correction]:
    """Corrections of mentions by their number; those that call a mention the same as itself are left out."""
    out = []
    for number, change in wishes:
        mention = mentions[number % len(mentions)]
        if "same_as" in change:
            other = mentions[change["same_as"] % len(mentions)]
            if other is mention:
                continue
            change = {"same_as": dataclasses.asdict(anchor(other))}
        elif not change.keys() & {"source", "target", "no_event", "confirmed"}:
            change = make_change(**change)
        out.append(Correction(anchor(mention), {k: None if v == "none" else v for k, v in change.items()}))
    return out


STEP = st.one_of(
    st.tuples(st.just("add"), st.lists(st.integers(0, 30), min_size=1, max_size=10)),
    st.tuples(st.just("correct"), st.integers(0, 8)),
    st.tuples(st.just("remove"), st.integers(0, 30)),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
)
@given(
    st.lists(TOLD, min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(0, 30), CHANGE), min_size=1, max_size=8),
    st.lists(STEP, min_size=1, max_size=4),
    st.booleans(),
)
def test_events_follow_from_the_articles_and_corrections_that_are_left(without_files, told, wishes, steps, first):
    """A graph in which articles and corrections came, changed and went is one that was made of what is left."""
    items = written(told)
    corrections = corrections_of([m for _, mentions, _ in items for m in mentions], wishes)
    graph, there = InMemory(), {}
    graph.ingest(items[1:], lookup, "test")
    there |= {item[0].id: item for item in items[1:]}
    graph.apply_corrections(corrections)
    for step, value in steps:
        if step == "add":
            batch = [items[number % len(items)] for number in value]
            graph.ingest(batch, lookup, "test")
            there |= {item[0].id: item for item in batch}
        elif step == "correct":
            graph.apply_corrections(corrections[value:])
        elif step == "remove" and there:
            key = sorted(there)[value % len(there)]
            graph.remove(article=key)
            del there[key]
        elif step == "withdraw" and (left := graph.correction_records()):
            graph.withdraw(left[value % len(left)].id)
    anew = InMemory()
    calls = [
        lambda: anew.ingest(list(there.values()), lookup, "test"),
        lambda: anew.apply_corrections(graph.correction_records()),
    ]
    for call in reversed(calls) if first else calls:
        call()
    assert same(graph, anew)


SCRIPT = """
import sys; sys.path.insert(0, {tests!r})
from graph_desk import Desk, lookup
import kg.graph
g = kg.graph.open({path!r})
for n in range(200):
    g.ingest([Desk().tell("JPN", "ACCUSE", "PRK", "2023-03-16", id=f"x{{i}}") for i in range(2)], lookup, "test")
    event = g.events()[0].id
    g.correct(event, category="REJECT")
    g.remove(article="x1", erase=True)
    for row in g.corrections().to_dicts():
        g.withdraw(row["id"])
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [0.05, 0.3])
def test_a_kill_leaves_whole_articles_and_whole_corrections(build: Build, after):
    graph = build([Desk().tell("CHN", "CONSULT", "USA", "2023-03-16", id="kept")])
    code = SCRIPT.format(tests=str(Path(__file__).parent), path=str(graph.directory))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(after)
    child.kill()
    child.wait()
    graph = kg.graph.open(graph.directory)
    assert graph.check() == []
    assert [e.source for e in graph.events() if e.category == "CONSULT"] == ["CHN"]
    graph.remove(article="x0", erase=True)  # also takes away what the kill left lying about
    assert not list(graph.directory.glob("events.[!d]*"))
    assert graph.info()["articles"] <= 2


@pytest.mark.parametrize(
    "write",
    [
        lambda g: g.correct(g.events()[0].id, category="REJECT"),
        lambda g: g.remove(article="a1", erase=True),
        lambda g: g.keep_no_text(),
    ],
    ids=["correct", "erase", "no text"],
)
def test_a_second_writer_is_told_who_writes(desk, build: Build, monkeypatch, write):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    monkeypatch.setattr("kg.graph.files.FileLock.__init__", _impatient(FileLock.__init__))
    child = multiprocessing.get_context("fork").Process(target=hold, args=(str(graph.directory), 30))
    child.start()
    try:
        while not graph.layout.lock.read_text():
            time.sleep(0.01)
        with pytest.raises(StoreBusy, match=rf"kg add \(process {child.pid} "):
            write(graph)
    finally:
        child.kill()
        child.join()
    assert len(graph.events()) == 1


def test_readers_go_on_while_another_process_corrects_and_erases(build: Build):
    graph = build([Desk().tell("CHN", "CONSULT", "USA", "2023-03-16", id="kept")])
    code = SCRIPT.format(tests=str(Path(__file__).parent), path=str(graph.directory)).replace("range(200)", "range(3)")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    child = subprocess.Popen([sys.executable, "-c", code], env=env)
    seen = set()
    while child.poll() is None:
        seen.add(len(graph.events(category="CONSULT")))
    assert (child.returncode, seen) == (0, {1})
    assert graph.check() == []
