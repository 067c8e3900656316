"""A sentence in, its edges out: the tables in sentences.tsv and sentences-more.tsv."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

LINES = [
    line
    for name in ("sentences.tsv", "sentences-more.tsv")
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
KNOWN = dict(
    line.split("\t") for line in (Path(__file__).parent / "sentences-known.tsv").read_text("utf-8").splitlines() if line
)
"""Sentences that are known to fail, with the reason."""
EDGE = re.compile(r"(\S+?)([>=])(\S+) (\w+) (\w+)")


def cases() -> list[Any]:
    out = []
    for line in LINES:
        sentence, wanted, unwanted = [*line.split("\t"), "", ""][:3]
        pairs = [tuple(part[1:].split(">")) for part in unwanted.split()]
        marks = [pytest.mark.xfail(strict=False, reason=KNOWN[sentence])] if sentence in KNOWN else []
        edges = [m.groups() for m in EDGE.finditer(wanted)]
        out.append(pytest.param(sentence, edges, pairs, marks=marks, id=sentence[:60]))
    return out


def short(code: str) -> str:
    """A code as the tables write it, without blanks."""
    return code.replace(" ", "_")


@pytest.mark.parametrize(("sentence", "wanted", "unwanted"), cases())
def test_sentence(read, sentence, wanted, unwanted):
    mentions = read(sentence).mentions
    found = {
        (short(m.source.code), short(m.target.code) if m.target else "-", m.category, str(m.status)) for m in mentions
    }
    for source, way, target, category, status in wanted:
        either = {(source, target, category, status)}
        if way == "=":
            either.add((target, source, category, status))
        assert found & either, f"no {source}{way}{target} {category} {status} in {sorted(found)}"
    for source, target in unwanted:
        directed = {(f[0], f[1]) for f in found}
        assert (source, target) not in directed, f"{source}>{target} in {sorted(found)}"
