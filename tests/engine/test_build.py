"""Builds: stopped at any moment and run again they come to the same graph, and nothing known is read again."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from engine_desk import exported, told

import kg.api
from kg.engine import build as engine
from kg.engine.build import BuildReport, build
from kg.extract.pipeline import Extractor
from kg.model import Article

ARTICLES = told(60)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 25)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, fast) -> bytes:
    """The graph of an uninterrupted build."""
    return run(tmp_path_factory.mktemp("whole") / "graph", fast)[1]


def run(folder: Path, fast: Extractor, articles: list[Article] = ARTICLES, **options) -> tuple[BuildReport, bytes]:
    report = build(kg.api.open(folder, create=True), articles, fast, **options)
    return report, exported(folder)


def stop_after(count: int):
    """Ctrl-C when so many articles have gone by."""

    def watch(items):
        for number, item in enumerate(items, 1):
            yield item
            if number == count:
                raise KeyboardInterrupt

    return watch


@pytest.mark.parametrize("stops", [[1], [24, 1], [25], [26, 20, 13]])
def test_interrupted_and_resumed_it_is_the_same_graph(tmp_path, fast, whole, stops):
    for count in stops:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "graph", fast, watch=stop_after(count))
    assert run(tmp_path / "graph", fast)[1] == whole
    assert not (tmp_path / "graph" / engine.JOURNAL).exists()


def test_what_was_extracted_before_an_interruption_is_kept(tmp_path, fast, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "graph", fast, watch=stop_after(40))
    asked: list[str] = []
    plain = Extractor.stream
    monkeypatch.setattr(
        Extractor, "stream", lambda self, a, batch_size: plain(self, [asked.append(x.id) or x for x in a], batch_size)
    )
    report, _ = run(tmp_path / "graph", fast)
    assert asked == [f"en{n}" for n in range(40, 60)]
    assert (report.stored.new, report.stored.unchanged) == (35, 25)


def test_killed_at_random_moments_it_is_the_same_graph(tmp_path, fast, whole):
    fast.warm()
    fork = multiprocessing.get_context("fork")
    for moment in random.Random(7).sample(range(100), 4):
        child = fork.Process(target=run, args=(tmp_path / "graph", fast))
        child.start()
        time.sleep(0.1 + moment / 100)
        child.kill()
        child.join()
    assert run(tmp_path / "graph", fast)[1] == whole


def test_languages_without_a_pipeline_are_looked_at_once(tmp_path, fast, monkeypatch):
    mixed = [*told(3), *told(2, "de")]
    told_of = {"language 'de' has no pipeline": 2}
    assert run(tmp_path / "graph", fast, mixed)[0].skipped == told_of
    monkeypatch.setattr(Extractor, "stream", lambda *_: pytest.fail("extracted again"))
    report, _ = run(tmp_path / "graph", fast, mixed)
    assert report.skipped == told_of
    assert (report.stored.new, report.stored.unchanged) == (0, 3)


def test_another_coder_looks_at_them_again(tmp_path, fast):
    run(tmp_path / "graph", fast, told(2, "de"))
    german = Extractor(fast=True, languages=frozenset({"en", "de"}))
    assert run(tmp_path / "graph", german, told(2, "de"))[0].stored.new == 2


def test_two_builds_at_once_both_arrive(tmp_path, fast, whole):
    def other(items):
        for number, item in enumerate(items):
            if number == 30:
                run(tmp_path / "graph", fast, ARTICLES[:50])
            yield item

    report, graph = run(tmp_path / "graph", fast, watch=other)
    assert graph == whole
    assert report.stored.unchanged == 25
