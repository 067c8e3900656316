"""A sentence in, its edges out: the table in sentences.tsv."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LINES = [
    line
    for line in (Path(__file__).parent / "sentences.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
EDGE = re.compile(r"(\S+?)([>=])(\S+) (\w+) (\w+)")


def cases() -> list[tuple[str, list[tuple[str, ...]], list[tuple[str, str]]]]:
    out = []
    for line in LINES:
        sentence, wanted, unwanted = [*line.split("\t"), "", ""][:3]
        pairs = [tuple(part[1:].split(">")) for part in unwanted.split()]
        out.append((sentence, [m.groups() for m in EDGE.finditer(wanted)], pairs))
    return out


@pytest.mark.parametrize(("sentence", "wanted", "unwanted"), cases())
def test_sentence(read, sentence, wanted, unwanted):
    mentions = read(sentence).mentions
    found = {(m.source.code, m.target.code if m.target else "-", m.category, str(m.status)) for m in mentions}
    for source, way, target, category, status in wanted:
        either = {(source, target, category, status)}
        if way == "=":
            either.add((target, source, category, status))
        assert found & either, f"no {source}{way}{target} {category} {status} in {sorted(found)}"
    for source, target in unwanted:
        directed = {(f[0], f[1]) for f in found}
        assert (source, target) not in directed, f"{source}>{target} in {sorted(found)}"
