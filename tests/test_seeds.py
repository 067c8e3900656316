"""What the two documents given with the project must yield, and must not."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.extract.pipeline import Extraction, Extractor
from kg.sources import read

from .conftest import DATA

JAN_14 = dt.date(2026, 1, 14)
MAR_16 = dt.date(2023, 3, 16)


@pytest.fixture(scope="module")
def seeds(extractor: Extractor) -> list[Extraction]:
    return list(extractor.stream(read([DATA / "seeds"])))


@pytest.fixture(scope="module")
def edges(seeds: list[Extraction]) -> list[tuple]:
    out = []
    for one in seeds:
        for m in one.mentions:
            pair = (m.source.id, m.target.id if m.target else None)
            out.append((frozenset(pair) if m.mutual else pair, m.category, m.mode, m.time, m, one.article))
    return out


def has(edges: list[tuple], actors: set[str], category: str, **wanted: object) -> bool:
    def fits(edge: tuple) -> bool:
        _, _, mode, time, mention, article = edge
        here = {mention.source.id} | ({mention.target.id} if mention.target else set())
        facts = {"mode": mode, "begin": time.begin, "end": time.end, "precision": str(time.precision)}
        facts |= {"publisher": article.publisher}
        return here == actors and mention.category == category and all(facts[k] == v for k, v in wanted.items())

    return any(fits(edge) for edge in edges)


def test_the_two_documents_are_six_articles(seeds):
    assert len(seeds) == 6
    assert sorted(filter(None, (s.article.publisher for s in seeds))) == [
        "BBC",
        "Bloomberg.com",
        "CBS News",
        "CNN",
        "dw.com",
    ]
    assert len({s.article.cluster for s in seeds if s.article.published == JAN_14}) == 1
    assert len({s.article.url for s in seeds if s.article.url}) == 5


@pytest.mark.parametrize(
    ("actors", "category", "facts"),
    [
        ({"JPN", "KOR"}, "CONSULT", {"begin": MAR_16}),
        ({"PRK"}, "MOBILIZE", {"begin": MAR_16, "mode": "weapons", "precision": "day"}),
        ({"KOR", "JPN"}, "AGREE", {"begin": JAN_14, "publisher": "dw.com"}),
        ({"KOR", "JPN"}, "CONSULT", {"begin": JAN_14, "publisher": "BBC"}),
    ],
)
def test_stated_events_are_found(edges, actors, category, facts):
    assert has(edges, actors, category, **facts)


def test_missile_over_japan_is_dated_by_month(edges):
    october = {"begin": dt.date(2022, 10, 1), "end": dt.date(2022, 10, 31), "precision": "month"}
    assert has(edges, {"PRK"}, "MOBILIZE", **october) or has(edges, {"PRK", "JPN"}, "MOBILIZE", **october)


def test_joint_exercise_is_cooperation_of_march_2023(edges):
    assert any(
        {m.source.id, m.target and m.target.id} == {"USA", "KOR"}
        and m.category == "COOPERATE"
        and time.begin.strftime("%Y-%m") == "2023-03"
        for _, _, _, time, m, _ in edges
    )


def test_nothing_is_found_that_the_texts_do_not_state(edges):
    mentions = [edge[4] for edge in edges]
    parties = [{m.source.id.split(":")[0], m.target.id.split(":")[0] if m.target else ""} for m in mentions]
    assert not any("CHN" in p for p in parties)
    assert not any(
        p in ({"JPN", "PRK"}, {"KOR", "PRK"}) and m.category == "CONSULT"
        for p, m in zip(parties, mentions, strict=True)
    )
    assert not any(m.category == "ASSAULT" for m in mentions)
    assert all(m.time.begin is None or m.time.begin.year in (2022, 2023, 2026) for m in mentions)


def test_roles_are_read(seeds):
    roles = {(r.person, r.office.lower(), r.code) for s in seeds for r in s.roles}
    assert {
        ("Fumio Kishida", "prime minister", "JPN"),
        ("Yoon Suk Yeol", "president", "KOR"),
        ("Cho Hyundong", "vice foreign minister", "KOR"),
    } <= roles


def test_every_quote_stands_at_its_offsets(seeds):
    mentions = [(s.article, m) for s in seeds for m in s.mentions]
    assert mentions
    for article, m in mentions:
        text = getattr(article, m.evidence.field)
        assert text[m.evidence.start : m.evidence.end] == m.evidence.quote
        for party in filter(None, (m.source, m.target)):
            assert text[party.span.start : party.span.end] == party.text
