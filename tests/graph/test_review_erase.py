"""What a graph forgets: erased articles leave no byte, texts that are not kept never enter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from graph_desk import lookup

import kg.graph
from kg.errors import GraphError
from kg.formats import export, import_
from kg.graph.files import write_connection
from kg.graph.graph import Graph

Build = Callable[..., Graph]

SECRET = "Tokyo accused Pyongyang of 4711 breaches, as Zacharias Quimby let slip to this reporter in confidence"
OTHER = "Tokyo again accused Pyongyang of breaches, another paper says in quite different words on the same day"
TELLTALE = ("Zacharias Quimby", "person.quimby", "secret-article", "https://hush.example/1", "Hush Gazette")


def holding(graph: Graph, words: str) -> list[str]:
    """Files of the graph directory that hold the words, as they are or in UTF-16."""
    files = [p for p in graph.directory.rglob("*") if p.is_file()]
    return sorted(
        str(p) for p in files if words.encode() in p.read_bytes() or words.encode("utf-16-le") in p.read_bytes()
    )


@pytest.fixture
def graph(desk, build: Build) -> Graph:
    """The secret article, told in two versions, corrected and projected; and another one of the same event."""
    secret = desk.article(SECRET, id="secret-article", url="https://hush.example/1", publisher="Hush Gazette")
    told = [
        desk.mention(secret, "JPN", "ACCUSE", "PRK", "2023-03-16"),
        desk.mention(secret, "person.quimby", "CONSULT", "JPN", "2023-03-16"),
    ]
    other = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16", text=OTHER, publisher="Herald", id="other")
    third = desk.tell("CHN", "CONSULT", "USA", "2023-06-01", publisher="Herald", id="third")
    graph = build([(secret, told, [])], [other], [third])
    graph.correct(next(e.id for e in graph.events() if e.source == "person.quimby"), status="future", note="heard so")
    meeting = next(e.id for e in graph.events() if e.source == "CHN")
    graph.correct(meeting, same_as=next(e.id for e in graph.events() if e.source == "person.quimby"))
    graph.sync()
    (graph.directory / "unfinished.jsonl").write_text(SECRET)  # as an interrupted build leaves it
    return graph


def test_what_is_erased_leaves_no_byte_in_any_file(graph: Graph):
    assert all(holding(graph, words) for words in (SECRET, *TELLTALE))
    graph.remove(article="secret-article", erase=True)
    assert {words: holding(graph, words) for words in (SECRET, *TELLTALE)} == {
        words: [] for words in (SECRET, *TELLTALE)
    }
    assert holding(graph, OTHER)
    assert sorted(p.name for p in graph.directory.iterdir()) == [
        "events.duckdb", "rdf", "rdf.lock", "read.lock", "write.lock",
    ]  # fmt: skip


def test_what_is_erased_is_gone_from_all_clocks_and_the_rest_is_whole(graph: Graph):
    graph.remove(source="Hush Gazette", erase=True)
    assert graph.check() == []
    assert [(e.source, e.category, e.mentions) for e in graph.events()] == [("JPN", "ACCUSE", 1), ("CHN", "CONSULT", 1)]
    with graph.read() as connection:
        for table, column in (("article", "id"), ("mention", "article"), ("correction", "article")):
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = 'secret-article'").fetchall() == [
                (0,)
            ]
        assert connection.execute("SELECT count(*) FROM actor WHERE id = 'person.quimby'").fetchall() == [(0,)]
        # The event that the other article tells too was known since then.
        recorded = connection.execute("SELECT recorded FROM event WHERE category = 'ACCUSE'").fetchall()
    assert recorded == [(2,)]
    assert len(graph.corrections()) == 0


def test_a_removed_article_can_still_be_erased(graph: Graph):
    graph.remove(article="secret-article")
    assert holding(graph, SECRET)
    graph.remove(article="secret-article", erase=True)
    assert (holding(graph, SECRET), graph.check()) == ([], [])
    with pytest.raises(GraphError, match="nor was it ever"):
        graph.remove(article="secret-article", erase=True)


def test_an_erased_article_may_come_again(graph: Graph, desk):
    graph.remove(article="secret-article", erase=True)
    article = desk.article(SECRET, id="secret-article", url="https://hush.example/1", publisher="Hush Gazette")
    report = graph.ingest(
        [(article, [desk.mention(article, "JPN", "ACCUSE", "PRK", "2023-03-16")], [])], lookup, "test"
    )
    assert (report.new, graph.check()) == (1, [])


@pytest.mark.parametrize("broken", ["shutil.copyfile", "kg.graph.erase.delete_articles", "pathlib.Path.replace"])
def test_an_erasure_that_fails_leaves_the_graph_as_it_was(graph: Graph, monkeypatch, broken):
    before = graph.events().to_dicts()

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(broken, fail)
        with pytest.raises(GraphError, match=r"nothing was erased.*No space left"):
            graph.remove(article="secret-article", erase=True)
    assert (graph.events().to_dicts(), graph.check()) == (before, [])
    assert not list(graph.directory.glob("events.[!d]*"))


# -- no text ----------------------------------------------------------------------------------------------------------

AROUND = "Nobody must keep this sentence, which stands around the one that is quoted."


@pytest.fixture
def textless(desk, build: Build) -> Graph:
    graph = build([])
    graph.keep_no_text()
    graph.ingest(quoting(desk), lookup, "test")
    graph.sync()
    return graph


def quoting(desk):
    article = desk.article(f"{AROUND} {OTHER} {AROUND}", id="x", extra={"summary": AROUND, "modified": "2023-03-17"})
    whole = desk.mention(article, "JPN", "ACCUSE", "PRK", "2023-03-16")
    start = article.text.index(OTHER)
    evidence = type(whole.evidence)("text", OTHER, start, start + len(OTHER), whole.evidence.trigger)
    return [(article, [whole.replace(evidence=evidence)], [])]


def test_without_text_only_the_quote_is_kept(textless: Graph):
    assert holding(textless, OTHER) and holding(textless, AROUND) == []
    assert (textless.without_text(), textless.article("x").text) == (1, "")
    assert textless.article("x").url == "https://news.example/x"
    assert textless.article("x").extra == {"modified": "2023-03-17"}
    assert textless.check() == []


def test_check_finds_a_quote_that_was_changed(textless: Graph):
    with write_connection(textless.layout) as connection:
        connection.execute("UPDATE mention SET quote = replace(quote, 'accused', 'praised')")
    assert any("is not the one that its hash" in problem for problem in textless.check())


def test_the_same_article_is_known_without_its_text(textless: Graph, desk):
    assert textless.ingest(quoting(desk), lookup, "test").unchanged == 1


def test_without_text_goes_through_plover_jsonl(textless: Graph, tmp_path: Path):
    export(textless, tmp_path / "g.jsonl")
    assert AROUND not in (tmp_path / "g.jsonl").read_text()
    other = kg.graph.open(tmp_path / "other", create=True)
    import_(other, tmp_path / "g.jsonl", lookup)
    assert (list(other.events()), other.without_text(), other.check()) == (list(textless.events()), 1, [])
