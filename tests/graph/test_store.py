"""What the store keeps: versions, history, all or nothing, any order."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph_desk import ACTORS, Desk, lookup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg.graph
from kg.errors import GraphError, QueryError, SourceError, StoreBusy
from kg.graph.files import FileLock, Layout
from kg.graph.graph import Graph
from kg.model import Article, Origin

Build = Callable[..., Graph]


def same(a: Graph, b: Graph) -> bool:
    return a.events().to_dicts() == b.events().to_dicts() and list(a.events()) == list(b.events())


def test_ingesting_again_changes_nothing(desk, build: Build):
    items = [desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True)]
    graph = build(items)
    before = graph.info()
    report = graph.ingest(items, lookup, "test")
    assert (report.unchanged, report.new, report.seq) == (1, 0, None)
    assert graph.info() == before


def test_info_counts(desk, build: Build):
    graph = build(
        [
            desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True),
            desk.tell("PRK", "MOBILIZE", None, "2022-10-04", publisher="BBC"),
            desk.tell("PRK", "MOBILIZE", None, (None, None), status="negated"),
        ]
    )
    info = graph.info()
    assert {k: info[k] for k in ("articles", "mentions", "events", "actors", "undated", "publishers", "coder")} == {
        "articles": 3, "mentions": 3, "events": 3, "actors": 3, "undated": 1, "publishers": 2, "coder": "test",
    }  # fmt: skip
    assert (info["first"], info["last"]) == (dt.date(2022, 10, 4), dt.date(2023, 3, 16))


def test_a_changed_article_replaces_its_mentions_and_keeps_history(desk, build: Build):
    old = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", id="x")
    new = desk.tell("JPN", "REJECT", "KOR", "2023-03-16", id="x", extra={"modified": "2023-03-18T10:00:00"})
    graph = build([old], [new])
    assert [e.category for e in graph.events()] == ["REJECT"]
    with graph.read() as connection:
        rows = connection.execute("SELECT category, recorded, retracted FROM mention ORDER BY recorded").fetchall()
    assert rows == [("CONSULT", 1, 2), ("REJECT", 2, None)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_the_later_version_wins_in_any_order(build: Build, order):
    desk = Desk()
    versions = [
        desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", id="x", text="first"),
        desk.tell("JPN", "REJECT", "KOR", "2023-03-16", id="x", text="second", published="2023-03-17"),
        desk.tell("JPN", "ACCUSE", "KOR", "2023-03-16", id="x", text="third", extra={"modified": "2023-03-16T23:00"}),
    ]
    graph = build(*[[versions[n]] for n in order])
    assert [e.category for e in graph.events()] == ["REJECT"]
    assert list(graph.unseen([v[0] for v in versions], "test")) == []


def told_as_x(desk: Desk, text: str, category: str = "ACCUSE", **about: Any) -> Any:
    file, line = about.pop("origin", ("one.csv", 1))
    article, mentions, roles = desk.tell("JPN", category, "PRK", "2023-03-16", id="x", text=text, **about)
    return dataclasses.replace(article, origin=Origin(file, line)), mentions, roles


def test_a_version_that_says_it_is_later_wins_though_its_words_were_refused(build: Build):
    desk = Desk()
    first, second = sorted(
        (told_as_x(desk, text, category) for text, category in (("one", "ACCUSE"), ("two", "REJECT"))),
        key=lambda item: item[0].text_hash,
    )
    graph = build([second], [first])  # of one date the larger hash is kept
    assert [e.category for e in graph.events()] == [second[1][0].category]
    later = (dataclasses.replace(first[0], extra={"modified": "2023-03-18"}), first[1], first[2])
    assert [a.id for a in graph.unseen([later[0]], "test")] == ["x"]
    assert graph.ingest([later], lookup, "test").changed == 1
    assert [e.category for e in graph.events()] == [first[1][0].category]
    assert list(graph.unseen([first[0], second[0], later[0]], "test")) == []


@pytest.mark.parametrize("together", [True, False])
def test_other_words_of_the_same_date_are_named(build: Build, together):
    desk = Desk()
    kept, lost = sorted((told_as_x(desk, text) for text in ("one", "two")), key=lambda i: i[0].text_hash, reverse=True)
    graph = build() if together else build([kept])
    report = graph.ingest([kept, lost] if together else [lost], lookup, "test")
    assert (report.tied, report.older) == (1, 0)
    assert "1 not kept beside another version of the same date" in str(report)
    (clash,) = report.clashes
    assert "has other words for article 'x' than one.csv:1" in str(clash)
    assert "give the right version a later date as 'modified'" in str(clash)
    assert graph.ingest([lost], lookup, "test").clashes == []  # told once
    assert graph.manifest()[-1]["report"]["tied"] == 1


CLASHES = [
    ({"published": "2023-03-17", "url": None}, ("two.csv", 7), True),  # two articles with one id?
    ({"published": "2023-03-17", "url": None}, ("one.csv", 7), False),  # a new version of the file
    ({"published": "2023-03-17"}, ("two.csv", 7), False),  # the same url
    ({"url": None, "extra": {"modified": "2023-03-18"}}, ("two.csv", 7), False),  # says so
]


@pytest.mark.parametrize(("about", "origin", "told"), CLASHES)
def test_one_id_in_two_files_is_named_unless_it_is_a_version(build: Build, about, origin, told):
    desk = Desk()
    common = {"url": None} if "url" in about else {}
    graph = build([told_as_x(desk, "North Korea fires at an island", **common)])
    report = graph.ingest([told_as_x(desk, "Rockets at posts", origin=origin, **about)], lookup, "test")
    assert report.changed == 1
    assert [str(clash) for clash in report.clashes] == [
        "two.csv:7: has other words for article 'x' than one.csv:1; kept are those of two.csv:7, the later ones; "
        "if these are two articles, give each an id of its own"
    ] * told


def test_one_id_with_two_urls_is_an_error_that_names_both_files(desk, build: Build):
    article = desk.article("text", id="x", url="https://a.example/1", origin=Origin("one.txt"))
    other = desk.article("text", id="x", url="https://b.example/2", origin=Origin("two.txt"))
    graph = build([(article, [], [])])
    for call in (lambda: graph.ingest([(other, [], [])], lookup, "test"), lambda: list(graph.unseen([other], "test"))):
        with pytest.raises(SourceError, match=r"two\.txt.*one\.txt"):
            call()
    assert graph.info()["articles"] == 1


def test_a_new_coder_codes_anew(desk, build: Build):
    item = desk.tell("JPN", "CONSULT", "KOR", "2023-03-16")
    graph = build([item])
    assert [a.id for a in graph.unseen([item[0]], "test-2")] == ["a1"]
    assert graph.ingest([item], lookup, "test-2").recoded == 1
    assert graph.info()["mentions"] == 1


def test_remove_by_article_and_by_source(desk, build: Build):
    graph = build(
        [desk.tell("JPN", "ACCUSE", "PRK", d, publisher=p) for d, p in (("2023-03-16", "BBC"), ("2023-05-01", "AP"))]
    )
    report = graph.remove(article="a1")
    assert (report.removed, report.changed, str(report)) == (1, 0, "articles: 1 removed; 1 events")
    assert [e.begin.month for e in graph.events()] == [5]
    graph.remove(source="AP")
    assert graph.info()["events"] == graph.info()["articles"] == 0
    with pytest.raises(GraphError, match="'AP' is not in the graph"):
        graph.remove(source="AP")


def test_a_removed_article_can_come_back(desk, build: Build):
    item = desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")
    graph = build([item])
    before = list(graph.events())
    graph.remove(article="a1")
    assert [a.id for a in graph.unseen([item[0]], "test")] == ["a1"]
    graph.ingest([item], lookup, "test")
    assert list(graph.events()) == before


def test_as_of_answers_from_what_was_known_then(desk, build: Build, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1678924800")  # 2023-03-16
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680307200")  # 2023-04-01
    graph.remove(article="a1")
    assert [len(graph.events(as_of=d)) for d in ("2023-03-15", "2023-03-16", "2023-03", "2023-04-01")] == [0, 1, 1, 0]
    assert graph.info(as_of="2023-03-20")["articles"] == 1
    (event,) = graph.events(as_of="2023-03-20")
    assert len(graph.evidence(event.id, as_of="2023-03-20")) == 1
    assert [r[2] for r in graph.history(event.id)] == ["recorded", "withdrawn"]
    with pytest.raises(QueryError, match="not in the graph now"):
        graph.evidence(event.id)


def test_record_time_never_runs_backwards(desk, build: Build, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680307200")
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1678924800")
    graph.remove(article="a1")
    assert [m["at"].date().isoformat() for m in graph.manifest()] == ["2023-04-01", "2023-04-01"]


def test_an_error_keeps_nothing_of_the_batch(desk, build: Build, monkeypatch):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    before = graph.info()

    def fail(ids):
        raise RuntimeError("lookup failed")

    with pytest.raises(RuntimeError):
        graph.ingest([desk.tell("KOR", "ACCUSE", "PRK", "2023-03-16")], fail, "test")
    assert graph.info() == before


def test_roles_resolve_a_bare_name_in_any_order(build: Build):
    outcomes = []
    for turn in (1, -1):
        desk = Desk()
        told = [
            desk.tell("person.kishida", "ACCUSE", "PRK", "2023-03-16"),
            desk.role("Fumio Kishida", "prime minister", "JPN", "2023-01-10"),
        ]
        graph = build(*[[item] for item in told[::turn]])
        outcomes.append([(e.source, e.target) for e in graph.events()])
    assert outcomes == [[("JPN", "PRK")]] * 2


def test_a_withdrawn_role_resolves_no_longer(desk, build: Build):
    graph = build(
        [
            desk.tell("person.kishida", "ACCUSE", "PRK", "2023-03-16"),
            desk.role("Fumio Kishida", "PM", "JPN", "2023-01-10"),
        ]
    )
    graph.remove(article="a2")
    assert [e.source for e in graph.events()] == ["person.kishida"]


def test_actors_are_those_of_the_gazetteer_or_of_the_text(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "person.john-doe", "2023-03-16")])
    rows = {row["id"]: row for row in graph.actors().to_dicts()}
    assert (rows["JPN"]["label"], rows["JPN"]["wikidata"]) == ("Japan", "Q17")
    assert rows["person.john-doe"]["kind"] == "person"


# -- order and repetition ---------------------------------------------------------------------------------------------

ACTOR_IDS = st.sampled_from(["JPN", "KOR", "PRK", "person.kishida"])
WHEN = st.one_of(
    st.none(),
    st.integers(1, 8).map(lambda d: f"2023-03-{d:02d}"),
    st.sampled_from(
        [("2023-03-01", "2023-03-31"), ("2023-03-02", "2023-03-04"), ("2023-01-01", "2023-12-31"), (None, None)]
    ),
)
TOLD = st.tuples(
    ACTOR_IDS,
    st.sampled_from(["CONSULT", "AGREE", "REJECT"]),
    st.one_of(st.none(), ACTOR_IDS),
    WHEN,
    st.sampled_from(["actual", "future"]),
    st.integers(1, 12),  # day of publication
    st.sampled_from([None, "story"]),
    st.sampled_from([None, "GOV", "MIL"]),
    st.sampled_from([None, "visit", "meet"]),
    st.booleans(),
    st.sampled_from(["Wire", "Herald"]),
    st.sampled_from([None, "One text that several papers print word for word as it came from the agency that day"]),
)


def written(told) -> list:
    desk = Desk()
    out = []
    for source, category, target, when, status, day, cluster, sector, mode, mutual, publisher, text in told:
        out.append(
            desk.tell(
                source, category, target, when, status=status, published=f"2023-03-{day:02d}", cluster=cluster,
                sectors=(sector, None), mode=mode, mutual=mutual and target is not None, publisher=publisher, text=text,
                confidence=0.3 + day / 30,
            )
        )  # fmt: skip
    out.append(desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-05"))
    return out


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TOLD, min_size=2, max_size=14), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_repetition_gives_the_same_events(told, random, parts):
    items = written(told)
    with tempfile.TemporaryDirectory() as folder:
        one = kg.graph.open(Path(folder, "one"), create=True)
        one.ingest(items, lookup, "test")
        other = kg.graph.open(Path(folder, "other"), create=True)
        shuffled = items * 2
        random.shuffle(shuffled)
        for n in range(parts):
            other.ingest(shuffled[n::parts], lookup, "test")
        removed = random.choice(items)[0].id
        assert same(one, other)
        one.remove(article=removed)
        without = kg.graph.open(Path(folder, "without"), create=True)
        without.ingest([i for i in items if i[0].id != removed], lookup, "test")
        assert same(one, without)


# -- other processes --------------------------------------------------------------------------------------------------


def hold(path: str, seconds: float) -> None:
    with FileLock(Layout(Path(path)).lock, "kg add"):
        time.sleep(seconds)


def test_a_second_writer_is_told_who_writes(desk, build: Build, monkeypatch):
    graph = build([])
    monkeypatch.setattr("kg.graph.files.FileLock.__init__", _impatient(FileLock.__init__))
    child = multiprocessing.get_context("fork").Process(target=hold, args=(str(graph.directory), 3))
    child.start()
    try:
        while not graph.layout.lock.read_text():
            time.sleep(0.01)
        with pytest.raises(StoreBusy, match=rf"kg add \(process {child.pid} "):
            graph.ingest([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")], lookup, "test")
    finally:
        child.kill()
        child.join()


def _impatient(original):
    def init(self, path, command="", patience=0.2):
        original(self, path, command, patience)

    return init


SCRIPT = """
import sys; sys.path.insert(0, {tests!r})
from graph_desk import Desk, lookup
import kg.graph, os
g = kg.graph.open({path!r})
desk = Desk()
for n in range(40):
    items = [desk.tell("JPN", "ACCUSE", "PRK", published="2023-03-16", id=f"b{{n}}-{{i}}") for i in range(5)]
    g.ingest(items, lookup, "test")
    print(n, flush=True)
"""


def spawn(graph: Graph) -> subprocess.Popen[str]:
    code = SCRIPT.format(tests=str(Path(__file__).parent), path=str(graph.directory))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env)


@pytest.mark.parametrize("batches", [1, 3])
def test_a_killed_writer_leaves_whole_batches_only(build: Build, batches):
    graph = build([])
    child = spawn(graph)
    for _ in range(batches):
        child.stdout.readline()
    time.sleep(0.05)
    child.kill()
    child.wait()
    info = graph.info()
    assert info["articles"] == info["mentions"] >= 5 * batches
    assert info["articles"] % 5 == 0
    graph.ingest([Desk().tell("KOR", "ACCUSE", "PRK", "2023-03-16", id="after")], lookup, "test")
    assert graph.info()["articles"] == info["articles"] + 1


def test_readers_go_on_while_another_process_adds(build: Build):
    graph = build([])
    child = spawn(graph)
    counts = []
    while child.poll() is None:
        counts.append(graph.info()["articles"])
    assert child.returncode == 0
    assert counts == sorted(counts)
    assert graph.info()["articles"] == 200


def test_opening_what_is_no_graph(tmp_path: Path, build: Build):
    with pytest.raises(GraphError, match="no graph here"):
        kg.graph.open(tmp_path / "nothing")
    (tmp_path / "events.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(GraphError, match=r"events\.duckdb"):
        kg.graph.open(tmp_path).info()


def test_another_schema_version_is_refused(build: Build):
    import duckdb

    graph = build([])
    with duckdb.connect(str(graph.layout.database)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(GraphError, match="schema version 99"):
        kg.graph.open(graph.directory).info()


def test_importing_the_graph_loads_nothing_heavy():
    code = "import kg.graph, sys, json; print(json.dumps(sorted(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    loaded = {name.split(".")[0] for name in json.loads(out.stdout)}
    assert loaded.isdisjoint({"spacy", "rdflib", "pandas", "pyoxigraph", "duckdb", "pyarrow", "numpy", "networkx"})


def test_articles_and_mentions_come_back_as_they_went_in(desk, build: Build):
    article = desk.article(
        "Zwölf Boxkämpfer\n😀 said",
        published_at=dt.datetime(2023, 3, 16, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9))),
        extra={"a": [1, None]},
        cluster="c",
    )
    mention = desk.mention(
        article,
        "JPN",
        "ASSAULT",
        "KOR",
        ("2023-03-16", None),
        dead=3,
        place="Seoul",
        attribution="KOR",
        contexts=("military",),
    )
    graph = build([(article, [mention], [])])
    assert graph.mentions() == [mention]
    assert graph.article(article.id) == article


def test_fixture_actors_have_wellformed_ids():
    assert all(set(key) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ:") for key in ACTORS)
    assert isinstance(Desk().article("x"), Article)
