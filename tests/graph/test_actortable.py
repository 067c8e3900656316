"""What actors are called: a function of the articles and corrections that are in force, whatever came before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from graph_desk import ACTORS, Item, lookup

from kg.graph.graph import Graph

Build = Callable[..., Graph]


def calls(item: Item, label: str) -> Item:
    """The same article, but with this name for the source."""
    article, (mention,), roles = item
    return article, [mention.replace(source=dataclasses.replace(mention.source, label=label))], roles


@pytest.fixture
def told(desk) -> list[Item]:
    """Two articles on one person without a record, who is called by a longer and by a shorter name."""
    days = (("2023-03-16", "J. Doe"), ("2023-05-01", "John Doe"))
    return [calls(desk.tell("person.doe", "ACCUSE", "PRK", day), name) for day, name in days]


def named(graph: Graph) -> list[str]:
    return graph.events().to_arrow().column("source_label").to_pylist()


def test_the_longest_name_of_any_article_holds_in_any_order(build: Build, told):
    assert [named(build(told)), named(build(told[:1], told[1:])), named(build(told[1:], told[:1]))] == [
        ["John Doe", "John Doe"]
    ] * 3


def test_a_name_goes_with_the_article_that_gave_it(build: Build, told):
    graph = build(told)
    graph.remove(article="a2")
    assert named(graph) == ["J. Doe"]
    assert graph.check() == []


def test_the_projection_follows_a_name_that_goes(build: Build, told):
    graph = build(told)
    graph.sync()
    graph.remove(article="a2")
    rows = graph.sparql("SELECT ?label { actor:person.doe skos:prefLabel ?label }").to_dicts()
    assert (rows, graph.check()) == ([{"label": "J. Doe"}], [])


def test_a_name_that_comes_back_holds_again(build: Build, told):
    graph = build(told)
    graph.remove(article="a2")
    graph.ingest(told[1:], lookup, "test")
    assert named(graph) == ["John Doe", "John Doe"]


def test_what_nothing_calls_any_more_keeps_its_name_for_the_past(build: Build, told, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680307200")  # 2023-04-01
    graph = build(told)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1682899200")  # 2023-05-01
    graph.remove(article="a1")
    graph.remove(article="a2")
    assert graph.events(as_of="2023-04-10").to_arrow().column("source_label").to_pylist() == ["John Doe"] * 2


def test_an_actor_that_only_a_correction_names_is_called_by_its_id(build: Build, desk, told, monkeypatch):
    """Before and after an article that called it otherwise came and went."""
    monkeypatch.setattr(Graph, "resolver", staticmethod(lambda name: name))
    accused = desk.tell("JPN", "ACCUSE", "PRK", "2023-01-10", id="x")
    graph = build([accused])
    graph.correct(graph.events()[0].id, source="person.doe")
    assert named(graph) == ["person.doe"]
    graph.ingest(told, lookup, "test")
    assert named(graph) == ["John Doe"] * 3
    for article in ("a1", "a2"):
        graph.remove(article=article)
    assert named(graph) == ["person.doe"]


def test_a_correction_brings_no_other_record_of_an_actor_that_has_one(desk, build: Build, monkeypatch):
    """One's own gazetteer may call a state otherwise than the shipped one does."""
    own = dataclasses.replace(ACTORS["KOR"], label="Republic of Korea")
    graph = build([])
    graph.ingest([desk.tell("KOR", "ACCUSE", "PRK", "2023-03-16")], lambda ids: [own] if "KOR" in ids else [], "test")
    monkeypatch.setattr(Graph, "actor_records", lambda self, ids: lookup(ids))
    graph.correct(graph.events()[0].id, source="KOR", category="REJECT")
    assert named(graph) == ["Republic of Korea"]


@pytest.mark.parametrize(("actor", "kind"), [("KEN:REB", "sector"), ("person.doe", "person"), ("blue-front", "group")])
def test_the_kind_of_an_actor_without_a_record_shows_in_its_id(desk, build: Build, monkeypatch, actor, kind):
    monkeypatch.setattr(Graph, "resolver", staticmethod(lambda name: name))
    said = build([desk.tell(actor, "ACCUSE", "PRK", "2023-03-16")])
    corrected = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    corrected.correct(corrected.events()[0].id, source=actor)
    for graph in (said, corrected):
        assert {row["id"]: row["kind"] for row in graph.actors().to_dicts()}[actor] == kind
