"""Corrections and erasures in any order, in the middle of a kill, and beside other processes."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph_desk import Desk, lookup
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_store import TOLD, _impatient, hold, same, written

import kg.graph
from kg.errors import StoreBusy
from kg.graph.files import FileLock
from kg.graph.graph import Graph

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


class Known(Graph):
    """A graph to which corrections may bring actors that no article has named yet."""

    resolver = staticmethod(lambda name: name)
    actor_records = staticmethod(lookup)


def planned(graph: Graph, wishes: list[tuple[int, dict[str, Any]]]) -> list[Any]:
    """Corrections of mentions by their number; those that name themselves are left out."""
    mentions = [m.id for m in graph.mentions()]
    out = []
    for number, change in wishes:
        mention = mentions[number % len(mentions)]
        if "same_as" in change:
            other = mentions[change["same_as"] % len(mentions)]
            if other == mention:
                continue
            change = {"same_as": other}
        out += graph.plan_correction(mention=mention, **change)
    return out


@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
)
@given(
    st.lists(TOLD, min_size=2, max_size=10),
    st.lists(st.tuples(st.integers(0, 30), CHANGE), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
    st.integers(1, 3),
)
def test_any_order_of_articles_and_corrections_gives_the_same_events(told, wishes, random, parts):
    items = written(told)
    with tempfile.TemporaryDirectory() as folder:
        one = Known(Path(folder, "one"), create=True)
        one.ingest(items, lookup, "test")
        corrections = planned(one, wishes)
        one.apply_corrections(corrections)
        other = Known(Path(folder, "other"), create=True)
        shuffled = items * 2
        random.shuffle(shuffled)
        when = random.randrange(parts + 1)
        for n in range(parts):
            if n == when:
                other.apply_corrections(corrections)
            other.ingest(shuffled[n::parts], lookup, "test")
        other.apply_corrections(corrections)
        assert same(one, other)
        removed = random.choice(items)[0].id
        one.remove(article=removed)
        other.remove(article=removed)
        without = Known(Path(folder, "without"), create=True)
        without.apply_corrections(corrections)
        without.ingest([i for i in items if i[0].id != removed], lookup, "test")
        assert same(one, other) and same(one, without)
        assert one.check() == []
        for correction in random.sample([c.id for c in one.correction_records()], len(one.correction_records())):
            one.withdraw(correction)
        plain = Known(Path(folder, "plain"), create=True)
        plain.ingest([i for i in items if i[0].id != removed], lookup, "test")
        assert same(one, plain)


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
