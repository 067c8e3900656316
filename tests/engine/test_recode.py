"""Recoding: from the stored text, only what another coder coded, and on after an interruption."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from engine_desk import exported, told

import kg.api
from kg.cli import main
from kg.engine.build import build
from kg.engine.recode import recode, stale
from kg.errors import GraphError
from kg.extract.pipeline import Extractor
from kg.graph.files import write_connection

ARTICLES = told(30)
BOLD = Extractor(fast=True, threshold=0.02)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, fast) -> Path:
    folder = tmp_path_factory.mktemp("built") / "graph"
    build(kg.api.open(folder, create=True), ARTICLES, fast)
    return folder


@pytest.fixture
def folder(tmp_path: Path, built: Path) -> Path:
    return shutil.copytree(built, tmp_path / "graph")


def test_a_recoded_graph_is_one_built_with_the_new_coder(folder, tmp_path):
    build(kg.api.open(tmp_path / "new", create=True), ARTICLES, BOLD)
    report = recode(kg.api.open(folder), BOLD)
    assert report.stored.recoded == 30
    assert exported(folder) == exported(tmp_path / "new")


def test_what_is_up_to_date_is_left_alone(folder, fast, monkeypatch):
    monkeypatch.setattr(Extractor, "stream", lambda *_: pytest.fail("extracted again"))
    assert recode(kg.api.open(folder), fast).stored.recoded == 0


def test_it_goes_on_where_it_was_stopped(folder, monkeypatch):
    monkeypatch.setattr("kg.engine.build.BATCH", 10)

    def stop(items):
        for number, item in enumerate(items):
            yield item
            if number == 14:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recode(kg.api.open(folder), BOLD, watch=stop)
    assert stale(kg.api.open(folder), BOLD.coder) == 20
    assert recode(kg.api.open(folder), BOLD).stored.recoded == 20
    assert stale(kg.api.open(folder), BOLD.coder) == 0


def test_imported_codings_stay(folder):
    with write_connection(kg.api.open(folder).layout) as connection:
        connection.execute("UPDATE article SET coder = 'import table.csv' WHERE id = 'en3'")
    assert recode(kg.api.open(folder), BOLD).stored.recoded == 29


def test_without_text_it_says_that_it_cannot(folder):
    with write_connection(kg.api.open(folder).layout) as connection:
        connection.execute("UPDATE article SET text = NULL")
    with pytest.raises(GraphError, match="30 of 30 articles were stored without their text"):
        recode(kg.api.open(folder), BOLD)


def test_the_command_tells_what_it_did(folder):
    result = CliRunner().invoke(main, ["recode", "--graph", str(folder), "--fast", "--threshold", "0.02"])
    assert "30 coded anew" in result.output and result.exit_code == 0
    result = CliRunner().invoke(main, ["recode", "--graph", str(folder), "--fast", "--threshold", "0.02"])
    assert "already" in result.output
