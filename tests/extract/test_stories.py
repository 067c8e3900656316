"""Short stories and headlines in, edges with their dates out: the table in stories.tsv."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kg.model import Mention

LINES = (Path(__file__).parent / "stories.tsv").read_text("utf-8").splitlines()
EDGE = re.compile(r"(\S+?)([>=])(\S+) ([A-Z]+)(?:/(\S+))? (\w+)(?: (\d{4}[\d-]*|none))?\Z")


def cases() -> list[Any]:
    return [
        pytest.param(*[*line.split("\t"), "", ""][:5], id=" ".join(line.split("\t")[1:3])[:70])
        for line in LINES
        if line and not line.startswith("#")
    ]


def short(code: str | None) -> str:
    """A code as the table writes it, without blanks; nobody is "-"."""
    return code.replace(" ", "_") if code else "-"


def told(m: Mention, edge: re.Match[str]) -> bool:
    source, way, target, category, mode, status, date = edge.groups()
    ends = [short(m.source.code), short(m.target.code if m.target else None)]
    sides = ends in ([source, target], [target, source]) if way == "=" else ends == [source, target]
    day = m.time.begin.isoformat() if m.time.begin else "none"
    fits = (m.category, str(m.status)) == (category, status) and mode in (None, str(m.mode))
    return sides and fits and date in (None, day)


@pytest.mark.parametrize(("day", "title", "text", "wanted", "unwanted"), cases())
def test_story(read, day, title, text, wanted, unwanted):
    mentions = read(text, title, day).mentions
    shown = [
        f"{short(m.source.code)}>{short(m.target and m.target.code)} {m.category}/{m.mode} {m.status} {m.time.begin}"
        for m in mentions
    ]
    for part in filter(None, (part.strip() for part in wanted.split(";"))):
        edge = EDGE.match(part)
        assert edge, f"the table can't be read: {part}"
        assert any(told(m, edge) for m in mentions), f"no {part} in {shown}"
    for part in unwanted.split():
        source, _, rest = part.removeprefix("!").partition(">")
        target, _, category = rest.partition("/")
        for m in mentions:
            same = (short(m.source.code), short(m.target.code if m.target else None)) == (source, target)
            assert not (same and category in ("", m.category)), f"{part} in {shown}"
