"""The journal keeps what is done, gives it back for the same articles, and counts only whole lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from engine_desk import told

from kg.engine.journal import Journal
from kg.errors import SourceError
from kg.extract.pipeline import Extraction, Extractor
from kg.model import Article

ARTICLES = told(6)


class Run:
    """Extracts, and remembers what it was asked for."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor
        self.asked: list[str] = []

    def __call__(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        for article in articles:
            self.asked.append(article.id)
            yield self.extractor.extract(article)


@pytest.fixture
def journal(tmp_path: Path, fast: Extractor) -> Path:
    """A journal in which three of the six articles are done."""
    path = tmp_path / "journal"
    with Journal(path, "coder") as journal:
        found = journal.through(ARTICLES, Run(fast))
        for _ in range(3):
            next(found)
    return path


def again(
    path: Path, fast: Extractor, articles: list[Article], coder: str = "coder"
) -> tuple[list[Extraction], list[str]]:
    run = Run(fast)
    with Journal(path, coder) as journal:
        return list(journal.through(articles, run)), run.asked


def test_what_is_done_is_not_done_again(journal, fast):
    found, asked = again(journal, fast, ARTICLES)
    assert asked == ["en3", "en4", "en5"]
    assert found == [fast.extract(a) for a in ARTICLES]
    assert all(one.mentions for one in found)


def test_a_torn_line_is_done_again(journal, fast):
    journal.write_bytes(journal.read_bytes()[:-20])
    found, asked = again(journal, fast, ARTICLES)
    assert asked == ["en2", "en3", "en4", "en5"]
    assert [one.article.id for one in found] == ["en0", "en1", "en2", "en3", "en4", "en5"]


def test_from_a_changed_article_on_everything_is_done_again(journal, fast):
    articles = [ARTICLES[0], dataclasses.replace(ARTICLES[1], text="India thanked Brazil."), *ARTICLES[2:]]
    found, asked = again(journal, fast, articles)
    assert asked == ["en1", "en2", "en3", "en4", "en5"]
    assert found[1].mentions[0].dyad == ("IND", "BRA")


def test_another_coder_begins_anew(journal, fast):
    assert again(journal, fast, ARTICLES, "later")[1] == [a.id for a in ARTICLES]


def test_fewer_articles_leave_nothing_behind(journal, fast):
    assert again(journal, fast, ARTICLES[:2])[1] == []
    with Journal(journal, "coder") as kept:
        assert len(list(kept.records())) == 2


def test_only_one_process_holds_it(journal):
    with Journal(journal, "coder"), pytest.raises(SourceError, match="another process is writing"):
        Journal(journal, "coder")
