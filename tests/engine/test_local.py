"""Extraction in processes: the same as in one, in order; failures cost one article, and no process is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Iterator

import psutil
import pytest
from engine_desk import told

from kg.engine.local import extract
from kg.errors import ExtractError
from kg.extract.pipeline import Extraction, Extractor
from kg.model import Article

ARTICLES = told(70)


class Fails(Extractor):
    """An extractor that stumbles over one article."""

    def stream(self, articles: Iterable[Article], batch_size: int = 32) -> Iterator[Extraction]:
        for article in articles:
            if article.id == "en40":
                raise ValueError("stumbled")
            if article.id == "en41" and os.environ.get("KG_TEST_DIE"):
                os.kill(os.getpid(), signal.SIGKILL)
            yield Extraction(article)


def test_processes_give_what_one_gives_in_the_same_order(fast):
    assert list(extract(ARTICLES, fast, processes=2)) == list(extract(ARTICLES, fast))


@pytest.mark.parametrize("processes", [1, 2])
def test_an_article_that_fails_is_skipped_with_the_reason(processes):
    found = list(extract(ARTICLES, Fails(), processes))
    assert [one.article.id for one in found] == [a.id for a in ARTICLES]
    assert {one.article.id: one.skipped for one in found if one.skipped} == {
        "en40": "extraction failed (ValueError); please report it"
    }


def test_an_error_that_spares_no_article_is_raised():
    with pytest.raises(ValueError, match="stumbled"):
        list(extract([ARTICLES[40]] * 3, Fails()))


def test_a_worker_that_is_ended_from_outside_is_an_error_of_one_line(monkeypatch):
    monkeypatch.setenv("KG_TEST_DIE", "1")
    with pytest.raises(ExtractError, match="ended from outside"):
        list(extract(ARTICLES, Fails(), 2))


def _endless(extractor: Extractor) -> None:
    for _ in extract((article for _ in iter(int, 1) for article in ARTICLES), extractor, 2):
        pass


def test_workers_end_with_a_parent_that_is_killed(fast):
    fast.warm()
    parent = multiprocessing.get_context("fork").Process(target=_endless, args=(fast,))
    parent.start()
    workers = _wait_for(lambda: (found := psutil.Process(parent.pid).children()) and len(found) == 2 and found)
    parent.kill()
    parent.join()
    assert _wait_for(lambda: not any(worker.is_running() for worker in workers))


def _wait_for(condition):
    deadline = time.monotonic() + 10
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found
