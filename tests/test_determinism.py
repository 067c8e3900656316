"""The same articles give the same graph, in whatever order they come and however many processes read them."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg.api
from kg.engine.build import build
from kg.extract.pipeline import Extractor
from kg.formats import export
from kg.sources import read as read_articles

DATA = Path(__file__).parent.parent / "data" / "articles"


def built(path: Path, extractor: Extractor, turn: int = 1, processes: int = 1, parts: int = 1) -> bytes:
    """The N-Quads of a graph of a third of the sample articles."""
    articles = list(read_articles(DATA))[::3][::turn]
    graph = kg.api.open(path / "graph", create=True)
    for part in range(parts):
        build(graph, articles[part::parts], extractor, processes=processes)
    assert graph.check() == []
    return export(graph, path / "out.nq").read_bytes()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, extractor: Extractor) -> bytes:
    return built(tmp_path_factory.mktemp("first"), extractor)


def test_there_is_something_to_compare(expected: bytes):
    assert expected.count(b"\n") > 100


@pytest.mark.parametrize(("turn", "processes", "parts"), [(-1, 2, 1), (-1, 1, 3)])
def test_order_processes_and_parts_change_nothing(tmp_path: Path, extractor, expected: bytes, turn, processes, parts):
    assert built(tmp_path, extractor, turn, processes, parts) == expected
