"""Mentions in a file: whole or not there, and an interruption costs nothing that was done."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from engine_desk import told

import kg.graph
from kg.engine.build import build
from kg.engine.output import journal_of, write_mentions
from kg.errors import KgError
from kg.extract.pipeline import Extractor
from kg.formats import import_
from kg.formats.plover_jsonl import read_mentions

ARTICLES = [*told(50), *told(3, "de")]


def stop(items):
    for number, item in enumerate(items):
        yield item
        if number == 40:
            raise KeyboardInterrupt


def test_a_file_holds_the_mentions_in_the_order_of_the_articles(tmp_path, fast):
    out = tmp_path / "out.jsonl"
    skipped = write_mentions(ARTICLES, fast, out, tmp_path / "roles.jsonl").skipped
    assert list(read_mentions(out)) == [m for a in ARTICLES for m in fast.extract(a).mentions]
    assert skipped == {"language 'de' has no pipeline": 3}
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["out.jsonl", "roles.jsonl"]


def test_interrupted_there_is_no_file_but_the_work_is_kept(tmp_path, fast, monkeypatch):
    out, same = tmp_path / "out.jsonl", tmp_path / "same.jsonl"
    write_mentions(ARTICLES, fast, same)
    with pytest.raises(KeyboardInterrupt):
        write_mentions(ARTICLES, fast, out, watch=stop)
    assert not out.exists() and journal_of(out).exists()
    asked: list[str] = []
    plain = Extractor.stream
    monkeypatch.setattr(
        Extractor, "stream", lambda self, a, batch_size: plain(self, [asked.append(x.id) or x for x in a], batch_size)
    )
    write_mentions(ARTICLES, fast, out)
    assert out.read_bytes() == same.read_bytes() and not journal_of(out).exists()
    assert asked == [a.id for a in ARTICLES[41:]]


def test_a_stream_gets_the_same_lines(tmp_path, fast):
    out, stream = tmp_path / "out.jsonl", io.StringIO()
    write_mentions(ARTICLES[:5], fast, out)
    write_mentions(ARTICLES[:5], fast, stream)
    assert stream.getvalue() == out.read_text("utf-8")


def test_a_missing_folder_is_an_error_of_one_line(tmp_path: Path, fast):
    with pytest.raises(KgError, match="nowhere"):
        write_mentions(ARTICLES[:1], fast, tmp_path / "nowhere" / "out.jsonl")


def test_what_was_extracted_is_imported_as_the_graph_that_a_build_makes(tmp_path, fast):
    write_mentions(ARTICLES[:9], fast, tmp_path / "out.jsonl", carry=True)
    built, imported = (kg.graph.open(tmp_path / name, create=True) for name in ("built", "imported"))
    build(built, ARTICLES[:9], fast)
    import_(imported, tmp_path / "out.jsonl", fast.gazetteer.known)
    assert list(imported.events()) == list(built.events())
    assert imported.mentions() == built.mentions()
    assert [a.text for a in imported.articles()] == [a.text for a in built.articles()]
    assert build(built, ARTICLES[:9], fast).stored.unchanged == 9
