"""Reading one made-up file, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg.model import Article
from kg.sources import ReadReport, read


@dataclass
class Outcome:
    articles: list[Article]
    report: ReadReport
    folder: str = ""

    @property
    def only(self) -> Article:
        assert [str(p) for p in self.report.problems] == []
        (article,) = self.articles
        return article

    @property
    def problems(self) -> list[str]:
        """Messages without the directory of the test."""
        return [str(problem).replace(self.folder, "") for problem in self.report.problems]


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., Outcome]:
    """Writes a file, reads it."""

    def go(name: str, content: str | bytes, **options: Any) -> Outcome:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = ReadReport()
        return Outcome(list(read([path], report=report, **options)), report, f"{tmp_path}/")

    return go


@pytest.fixture
def reading_inputs(tmp_path: Path) -> Callable[..., Outcome]:
    """Reads what is there."""

    def go(*inputs: Any, **options: Any) -> Outcome:
        report = ReadReport()
        return Outcome(list(read(inputs, report=report, **options)), report, f"{tmp_path}/")

    return go
