"""Every format: what it holds, that equal graphs give equal files, and what comes back."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from graph_desk import Desk, build_at, lookup

from kg.errors import GraphError, SourceError
from kg.formats import SUFFIXES, export, import_
from kg.graph.graph import Graph

HOSTILE = "<script>&\"' =1+1 \x08 \u2028 end"


def story() -> list:
    desk = Desk()
    return [
        desk.tell("KOR", "AGREE", "JPN", "2023-03-16", status="future", published="2023-03-10"),
        desk.tell("KOR", "CONSULT", "JPN", "2023-03-16", mode="visit", contexts=("diplomatic", "economic")),
        desk.tell("PRK", "MOBILIZE", None, ("2022-10-01", "2022-10-31"), mode="weapons"),
        desk.tell("USA", "COOPERATE", "KOR", ("2023-03-13", None), mutual=True, publisher="=cmd()"),
        desk.tell("IRN", "COERCE", "IRN:CVL", (None, None), text=HOSTILE),
        desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-16"),
        desk.tell("person.kishida", "ACCUSE", "PRK", "2023-03-20", confidence=0.7),
    ]


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Graph:
    return build_at(tmp_path_factory.mktemp("graph") / "g", story())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_graphs_give_equal_files(graph: Graph, tmp_path: Path, suffix):
    items = story()
    random.Random(3).shuffle(items)
    other = build_at(tmp_path / "other", items[:3], items[2:] + items[:1])
    texts = [export(g, tmp_path / f"{n}{suffix}").read_bytes() for n, g in enumerate((graph, other))]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 500


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".ttl", ".jsonld"])
def test_rdf_holds_all_statements(graph: Graph, tmp_path: Path, suffix):
    import pyoxigraph as ox

    path = export(graph, tmp_path / f"g{suffix}")
    found = list(ox.parse(path=str(path)))
    with graph.projection.opened() as store:
        expected = set(store)
    if suffix == ".ttl":
        assert {q.triple for q in expected} == {q.triple for q in found}
    else:
        assert set(found) == expected
    assert len(found) == len(set(found))


def test_prefixes_are_used(graph: Graph, tmp_path: Path):
    assert "kg:source actor:PRK" in export(graph, tmp_path / "g.ttl").read_text("utf-8")
    assert b"\n" not in export(graph, tmp_path / "g.nq").read_bytes().splitlines()[0]


def test_plover_jsonl_comes_back_as_the_same_graph(graph: Graph, tmp_path: Path):
    path = export(graph, tmp_path / "g.jsonl")
    other = build_at(tmp_path / "other")
    import_(other, path, lookup)
    assert [a.id for a in other.articles()] == [f"a{n}" for n in range(1, 8)]  # a6 only says who somebody is
    assert [r.person for r in other.stated_roles()] == ["Fumio Kishida"]
    assert list(other.events()) == list(graph.events())
    assert other.mentions() == graph.mentions()
    assert other.check() == []
    assert export(other, tmp_path / "again.jsonl").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".graphml", ".gexf", ".zip"])
def test_tables_come_back_as_the_same_events(graph: Graph, tmp_path: Path, suffix):
    other = build_at(tmp_path / "other")
    import_(other, export(graph, tmp_path / f"g{suffix}"), lookup)
    same = (
        "source",
        "target",
        "category",
        "mode",
        "begin",
        "end",
        "precision",
        "status",
        "score",
        "contexts",
        "confidence",
        "mutual",
    )
    rows = [[{k: d[k] for k in same} for d in g.events().to_dicts()] for g in (graph, other)]
    assert rows[0] == rows[1]
    assert other.check() == []


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".ttl", ".jsonld"])
def test_rdf_comes_back_as_the_same_events(graph: Graph, tmp_path: Path, suffix):
    other = build_at(tmp_path / "other")
    import_(other, export(graph, tmp_path / f"g{suffix}"), lookup)
    rows = [[{**d, "group": ""} for d in g.events().to_dicts()] for g in (graph, other)]
    assert rows[0] == rows[1]  # ids, counts and links too
    told = [{(m.id, m.evidence.quote, m.coder) for m in g.mentions()} for g in (graph, other)]
    assert told[0] == told[1]
    assert [r.person for r in other.stated_roles()] == [r.person for r in graph.stated_roles()]
    assert other.check() == []


def test_rdf_of_others_is_refused(tmp_path: Path):
    graph = build_at(tmp_path / "g")
    for name, text, message in (
        ("a.ttl", "<urn:a> <urn:b> <urn:c> .", "holds no article"),
        ("b.ttl", "<urn:a> <urn:b", "can't be read as RDF"),
        ("c.ttl", "<urn:a> a <https://schema.org/NewsArticle> .", "urn:a is no article of an export"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(SourceError, match=message):
            import_(graph, tmp_path / name)


def test_networks_with_entities_are_refused(tmp_path: Path):
    (tmp_path / "bomb.graphml").write_text('<!DOCTYPE g [<!ENTITY a "aaaa">]><graphml>&a;</graphml>')
    with pytest.raises(SourceError, match="has a DOCTYPE"):
        import_(build_at(tmp_path / "g"), tmp_path / "bomb.graphml")


def test_files_for_graph_databases(graph: Graph, tmp_path: Path):
    with zipfile.ZipFile(export(graph, tmp_path / "g.zip")) as archive:
        nodes, edges = (list(csv.DictReader(io.TextIOWrapper(archive.open(n), "utf-8"))) for n in archive.namelist())
    assert [(n["id:ID"], n["name"], n["kind"], n[":LABEL"]) for n in nodes if n["id:ID"] == "JPN"] == [
        ("JPN", "Japan", "state", "Actor")
    ]
    visit = next(edge for edge in edges if edge["mode"] == "visit")
    assert (visit[":START_ID"], visit[":TYPE"], visit[":END_ID"], visit["begin:date"], visit["contexts:string[]"]) == (
        "KOR", "CONSULT", "JPN", "2023-03-16", "diplomatic;economic",
    )  # fmt: skip
    test = next(edge for edge in edges if edge[":TYPE"] == "MOBILIZE")
    assert (test[":START_ID"], test[":END_ID"], test["targetless:boolean"]) == ("PRK", "PRK", "true")
    assert {edge[end] for edge in edges for end in (":START_ID", ":END_ID")} <= {node["id:ID"] for node in nodes}


def test_csv_has_codes_and_no_formulas(graph: Graph, tmp_path: Path):
    rows = list(csv.DictReader(io.StringIO(export(graph, tmp_path / "g.csv").read_text("utf-8"))))
    visit = next(row for row in rows if row["mode"] == "visit")
    assert (visit["source_code"], visit["quad"], visit["contexts"]) == ("KOR", "1", "diplomatic; economic")
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    assert next(row for row in rows if row["category"] == "MOBILIZE")["score"] == "-6.5"


def test_gexf_is_dynamic_with_iso_dates(graph: Graph, tmp_path: Path):
    root = Xml.parse(export(graph, tmp_path / "g.gexf")).getroot()
    space = {"g": "http://gexf.net/1.3"}
    held = root.find("g:graph", space)
    assert (held.get("mode"), held.get("timeformat"), held.get("defaultedgetype")) == ("dynamic", "date", "directed")
    edges = {edge.get("kind"): edge for edge in held.iterfind("g:edges/g:edge", space)}
    assert (edges["MOBILIZE"].get("start"), edges["MOBILIZE"].get("end")) == ("2022-10-01", "2022-10-31")
    assert (edges["COOPERATE"].get("start"), edges["COOPERATE"].get("end")) == ("2023-03-13", None)
    assert (edges["MOBILIZE"].get("source"), edges["MOBILIZE"].get("target")) == ("PRK", "PRK")
    nodes = {node.get("id") for node in held.iterfind("g:nodes/g:node", space)}
    assert nodes == {"JPN", "KOR", "PRK", "USA", "IRN", "IRN:CVL"}


def test_networkx_reads_graphml(graph: Graph, tmp_path: Path):
    import networkx as nx

    network = nx.read_graphml(export(graph, tmp_path / "g.graphml"), force_multigraph=True)
    assert network.number_of_edges() == len(graph.events())
    data = next(d for _, _, d in network.edges(data=True) if d["category"] == "MOBILIZE")
    assert (data["targetless"], data["score"], data["begin"]) == (True, -6.5, "2022-10-01")
    assert network.nodes["JPN"]["label"] == "Japan"


def test_networkx_reads_gexf(graph: Graph, tmp_path: Path):
    import networkx as nx

    text = export(graph, tmp_path / "g.gexf").read_text("utf-8").replace("gexf.net/1.3", "www.gexf.net/1.2draft")
    network = nx.read_gexf(io.BytesIO(text.replace('version="1.3"', 'version="1.2"').encode()))
    assert network.number_of_nodes() == 6


def test_record_time_only_on_request(graph: Graph, tmp_path: Path):
    for suffix, mark in ((".nq", "generatedAtTime"), (".jsonl", '"recorded"'), (".csv", "recorded")):
        assert mark not in export(graph, tmp_path / f"a{suffix}").read_text("utf-8")
        assert mark in export(graph, tmp_path / f"b{suffix}", history=True).read_text("utf-8")


def test_history_holds_withdrawn_versions(tmp_path: Path):
    graph = build_at(tmp_path / "g", story())
    graph.remove(article="a2")
    rows = list(csv.DictReader(io.StringIO(export(graph, tmp_path / "h.csv", history=True).read_text("utf-8"))))
    assert [bool(row["retracted"]) for row in rows if row["mode"] == "visit"] == [True]


def test_an_earlier_day_can_be_exported(graph: Graph, tmp_path: Path):
    assert export(graph, tmp_path / "g.nq", as_of="2000").read_bytes() == b""


def test_a_failed_export_leaves_nothing(graph: Graph, tmp_path: Path, monkeypatch):
    target = tmp_path / "g.csv"
    target.write_text("before")
    monkeypatch.setattr("kg.formats.tables.csv_safe", lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(graph, target)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["g.csv"]  # noqa: PTH208


def test_mistakes_are_told(graph: Graph, tmp_path: Path):
    with pytest.raises(GraphError, match=r"format \.xlsx is unknown; use one of \.nq"):
        export(graph, tmp_path / "g.xlsx")
    with pytest.raises(GraphError, match="can't be written"):
        export(graph, tmp_path / "none" / "g.nq")
    with pytest.raises(SourceError, match="no such file"):
        import_(graph, tmp_path / "none.jsonl")
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": 1}\n')
    with pytest.raises(SourceError, match=r"bad\.jsonl:1"):
        import_(graph, bad)
    table = tmp_path / "bad.csv"
    table.write_text("source,category,begin\nJPN,SMILE,2023-01-01\n")
    with pytest.raises(SourceError, match=r"bad\.csv:2.*SMILE"):
        import_(graph, table)


def test_a_table_of_others_needs_few_columns(tmp_path: Path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "source,target,category,begin,end\nJPN,KOR,CONSULT,2023-03-16,2023-03-16\nPRK,,MOBILIZE,2023-03-17,\n"
    )
    graph = build_at(tmp_path / "g")
    import_(graph, table, lookup)
    assert [(d["source"], d["target"], d["begin"]) for d in graph.events().to_dicts()] == [
        ("JPN", "KOR", "2023-03-16"), ("PRK", None, "2023-03-17"),
    ]  # fmt: skip


@pytest.mark.parametrize("silent", [0, 1, 2], ids=["first", "amid", "last"])
def test_an_article_without_mentions_stands_beside_the_next_one(tmp_path: Path, silent):
    desk = Desk()
    told = [desk.tell("JPN", "ACCUSE", "PRK", d, id=f"m{n}") for n, d in ((1, "2023-03-16"), (2, "2023-05-01"))]
    quiet = (desk.article("Nothing happens.", id=("a", "m1x", "z")[silent]), [], [])
    graph = build_at(tmp_path / "g", [*told, quiet])
    lines = [json.loads(line) for line in export(graph, tmp_path / "g.jsonl").read_text("utf-8").splitlines()]
    assert [line["article"] for line in lines] == ["m1", "m2"]
    found = [[a["article"] for a in line.get("further_articles", ())] for line in lines]
    assert found == [[["a"], []], [[], ["m1x"]], [[], ["z"]]][silent]
    other = build_at(tmp_path / "other")
    import_(other, tmp_path / "g.jsonl", lookup)
    assert other.article(quiet[0].id).text == "Nothing happens."


TABLES = [
    ("begin", "2020-01-03", ("2020-01-03", "2020-01-03", "day")),
    ("date", "2020-01-03", ("2020-01-03", "2020-01-03", "day")),
    ("begin", "2020-02", ("2020-02-01", "2020-02-29", "month")),
    ("begin,end", "2020-01-03,2020-01-05", ("2020-01-03", "2020-01-05", "days")),
    ("begin,end", "2020-01-03,", ("2020-01-03", None, "day")),
    ("first_reported", "2020-01-03", (None, None, "unknown")),
]


@pytest.mark.parametrize(("columns", "cells", "expected"), TABLES)
def test_the_dates_of_a_table_of_others(tmp_path: Path, columns, cells, expected):
    (tmp_path / "t.csv").write_text(f"source,target,category,{columns}\nUSA,IRN,ASSAULT,{cells}\n")
    graph = build_at(tmp_path / "g")
    import_(graph, tmp_path / "t.csv", lookup)
    (row,) = graph.events().to_dicts()
    assert (row["begin"], row["end"], row["precision"]) == expected


def test_a_network_without_ends_lasts_a_day_but_where_it_has_that_attribute(tmp_path: Path):
    text = """<graphml><key id="c" for="edge" attr.name="category"/><key id="b" for="edge" attr.name="begin"/>{more}
      <graph><node id="JPN"/><node id="KOR"/><edge source="JPN" target="KOR">
      <data key="c">CONSULT</data><data key="b">2023-03-16</data></edge></graph></graphml>"""
    for name, more, end in (("a", "", "2023-03-16"), ("b", '<key id="e" for="edge" attr.name="end"/>', None)):
        (tmp_path / f"{name}.graphml").write_text(text.format(more=more))
        graph = build_at(tmp_path / name)
        import_(graph, tmp_path / f"{name}.graphml", lookup)
        assert [row["end"] for row in graph.events().to_dicts()] == [end]


def test_actors_of_a_table_go_by_their_names(tmp_path: Path):
    rows = ["Japan,the United States", "KOR,Hezbollah", "IRN:CVL,Wakanda", "Blue Front,JPN"]
    lines = "".join(f"{row},ACCUSE,2023-03-{n:02}\n" for n, row in enumerate(rows, 1))
    (tmp_path / "t.csv").write_text("source,target,category,begin\n" + lines)
    graph = build_at(tmp_path / "g")
    import_(graph, tmp_path / "t.csv", lookup)
    assert [(e.source, e.target) for e in graph.events()] == [
        ("JPN", "USA"), ("KOR", "hezbollah"), ("IRN:CVL", "Wakanda"), ("blue-front", "JPN"),
    ]  # fmt: skip
    assert {row["id"]: row["label"] for row in graph.actors().to_dicts()}["blue-front"] == "Blue Front"


def test_bad_rows_are_named_and_the_rest_goes_on(tmp_path: Path):
    (tmp_path / "t.csv").write_text(
        "source,target,category,begin,status,confidence\n"
        "JPN,KOR,SMILE,2023-01-01,,\n"
        ",KOR,CONSULT,2023-01-01,,\n"
        "JPN,KOR,CONSULT,,,\n"
        "JPN,KOR,CONSULT,3 May,,\n"
        "JPN,KOR,CONSULT,2023-01-01,perhaps,\n"
        "JPN,KOR,CONSULT,2023-01-01,,high\n"
        "JPN,KOR,CONSULT,2023-01-01,,0.7\n"
    )
    graph, problems = build_at(tmp_path / "g"), list[SourceError]()
    import_(graph, tmp_path / "t.csv", lookup, problems=problems)
    assert [d["confidence"] for d in graph.events().to_dicts()] == [0.7]
    wanted = [
        "SMILE",
        "it has no source",
        "it has no date; call it begin",
        "'3 May' is not a date",
        "perhaps",
        "'high'",
    ]
    assert [p.where.rpartition(":")[2] for p in problems] == ["2", "3", "4", "5", "6", "7"]
    assert [word for word, problem in zip(wanted, problems, strict=True) if word not in problem.problem] == []
    assert not any("Error" in problem.problem for problem in problems)


def test_a_table_without_a_date_says_what_to_call_it(tmp_path: Path):
    (tmp_path / "t.csv").write_text("source,target,category,day\nJPN,KOR,CONSULT,2023-01-01\n")
    with pytest.raises(SourceError, match=r"has no column with the date; call it begin \(or date\)"):
        import_(build_at(tmp_path / "g"), tmp_path / "t.csv")


def test_bad_lines_of_json_are_named_and_the_rest_goes_on(graph: Graph, tmp_path: Path):
    first, *rest = export(graph, tmp_path / "g.jsonl").read_text("utf-8").splitlines()
    orphan = json.loads(rest[0]) | {"article": "nowhere"}
    del orphan["article_info"]
    wrong = json.loads(rest[1]) | {
        "further_articles": [json.loads(first)["article_info"] | {"article": "y", "text": 5}]
    }
    lines = ["{}", first, json.dumps(orphan), json.dumps(wrong)]
    (tmp_path / "m.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    other, problems = build_at(tmp_path / "other"), list[SourceError]()
    assert import_(other, tmp_path / "m.jsonl", lookup, problems=problems).new == 1
    assert [problem.where.rpartition(":")[2] for problem in problems] == ["1", "3", "4"]
    assert "no line before has the article_info of 'nowhere'" in problems[1].problem
    assert "5 where there should be text" in problems[2].problem


@pytest.mark.parametrize("suffix", [".graphml", ".gexf"])
def test_networks_keep_the_groups_of_events(graph: Graph, tmp_path: Path, suffix):
    other = build_at(tmp_path / "other")
    import_(other, export(graph, tmp_path / f"g{suffix}"), lookup)
    assert [e.group for e in other.events()] == [e.group for e in graph.events()]


def test_json_lines_are_what_extraction_writes(graph: Graph, tmp_path: Path):
    lines = [json.loads(line) for line in export(graph, tmp_path / "g.jsonl").read_text("utf-8").splitlines()]
    visit = next(line for line in lines if line["mode"] == ["visit"])
    assert (visit["actor"][0]["code"], visit["recipient"][0]["code"], visit["event"]) == ("KOR", "JPN", ["CONSULT"])
    assert (visit["date"], visit["enddate"], visit["event_scale"], visit["quad_code"]) == (
        "2023-03-16",
        "2023-03-16",
        4.0,
        1,
    )
