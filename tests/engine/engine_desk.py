"""Fixtures of the tests of the engine: short articles, each with one event, and graphs compared by their export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import kg.api
from kg.extract.pipeline import Extractor
from kg.model import Article

VERBS = ("criticised", "thanked", "threatened", "sanctioned", "invited")
STATES = ("Japan", "China", "Russia", "Iran", "Turkey", "India", "Brazil")


def told(count: int, language: str = "en") -> list[Article]:
    """Articles that each say that one state did something to another."""
    out = []
    for n in range(count):
        source, target = STATES[n % 7], STATES[(n + 1 + n % 3) % 7]
        text = f"{source} {VERBS[n % 5]} {target} on Monday. Report {n} came from the capital."
        day = dt.date(2023, 3, 1) + dt.timedelta(days=n % 20)
        out.append(Article(f"{language}{n}", day, "", text, f"https://news.example/{n}", language=language))
    return out


def exported(folder: Path) -> bytes:
    """All that a graph knows, as N-Quads."""
    target = folder.with_suffix(".nq")
    kg.api.open(folder).export(target)
    return target.read_bytes()


@pytest.fixture(scope="session")
def fast() -> Extractor:
    return Extractor(fast=True)
