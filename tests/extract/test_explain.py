"""Why a mention is there: trigger, way through the parse, the classifier's guesses, status and date."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from kg.engine.build import build
from kg.errors import ExtractError
from kg.extract.explain import explain, known
from kg.formats.plover_jsonl import mention_from_json, mention_to_json
from kg.model import Article

ARTICLE = Article(
    "a1",
    dt.date(2023, 3, 16),
    "",
    "Turkish President Recep Tayyip Erdogan visited Azerbaijan on Monday. Japan will impose sanctions on Russia. "
    "Israeli troops killed 12 Palestinians in the West Bank.",
)


@pytest.fixture(scope="module")
def mentions(extractor):
    return {m.source.id: m for m in extractor.extract(ARTICLE).mentions}


@pytest.fixture(scope="module")
def graph(extractor, tmp_path_factory):
    made = kg.open(tmp_path_factory.mktemp("explain") / "g", create=True)
    build(made, [ARTICLE], extractor)
    return made


def test_a_visit(extractor, mentions):
    found = explain(ARTICLE, mentions["TUR"].id, extractor)
    assert found.trigger == "“visited”, a word for CONSULT"
    assert found.source_path == "Erdogan —subject of→ visited"
    assert found.target_path == "Azerbaijan —object of→ visited"
    assert found.guesses[0][0] == "CONSULT" and len(found.guesses) == 3
    assert found.status == "actual: told as a fact"
    assert found.date == "2023-03-13 (day), from the words “Monday”"


def test_what_is_to_come_names_the_word_that_says_so(extractor, mentions):
    found = explain(ARTICLE, mentions["JPN"].id, extractor)
    assert found.status.startswith("future") and "“will”" in found.status
    assert found.date == "2023-03-16 (about), the day of publication"


def test_it_prints_and_shows_itself(extractor, mentions):
    found = explain(ARTICLE, mentions["ISR"].id, extractor)
    assert "losses         12 dead" in str(found) and "place          West Bank" in str(found)
    assert found._repr_html_().startswith("<table><tr><th>mention</th>")


def test_html_is_escaped(mentions):
    assert "<b>" not in known(mentions["TUR"], "<b>")._repr_html_()


def test_a_mention_that_is_not_there(extractor):
    with pytest.raises(ExtractError, match="article a1 has no mention 0000"):
        explain(ARTICLE, "0000", extractor)


def test_the_rest_of_the_record_goes_to_jsonl_and_back(mentions):
    record = mention_to_json(mentions["ISR"])
    assert (record["location"], record["dead"], record["injured"], record["arrested"]) == ("West Bank", 12, None, None)
    assert record["context"] == ["military"]
    assert mention_from_json(record) == mentions["ISR"]


def test_graph_keeps_the_rest_of_the_record(graph, mentions):
    assert graph.mention(mentions["ISR"].id) == mentions["ISR"]
    (event,) = graph.events(source="ISR", context="military")
    assert event.contexts == ("military",)
    rows = graph.sparql("SELECT ?p ?d { ?m kg:dead ?d ; kg:place ?p }").rows
    assert [tuple(map(str, row)) for row in rows] == [("West Bank", "12")]


def test_graph_explains_an_event_and_a_mention(graph, extractor, mentions):
    (event,) = graph.events(source="TUR")
    assert str(graph.explain(event.id, extractor=extractor)) == str(explain(ARTICLE, mentions["TUR"].id, extractor))
    (one,) = graph.explain(mentions["TUR"].id, extractor=extractor)
    assert one.mention == mentions["TUR"]


def test_without_the_text_it_says_so_and_tells_the_rest(extractor, tmp_path):
    bare = kg.open(tmp_path / "g", create=True)
    bare.keep_no_text()
    build(bare, [ARTICLE], extractor)
    (event,) = bare.events(source="TUR")
    text = str(bare.explain(event.id))
    assert "not read again the graph keeps no text of the article" in text and "trigger        “visited”" in text


def test_command(graph, mentions):
    out = CliRunner().invoke(main, ["explain", mentions["TUR"].id, "-g", str(graph.directory)]).output
    assert "source         Erdogan —subject of→ visited" in out and "CONSULT 0." in out
