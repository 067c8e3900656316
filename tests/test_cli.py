"""The command line as users meet it: what is printed, what is written, which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main

ARTICLES = [
    {
        "id": "a1",
        "date": "2023-05-08",
        "title": "Leaders meet in Seoul",
        "text": "Japanese Prime Minister Fumio Kishida met South Korean President Yoon Suk Yeol in Seoul on Sunday.",
        "url": "https://example.org/a1",
        "source": "Example Wire",
    },
    {
        "id": "a2",
        "date": "2023-05-31",
        "title": "Launch fails",
        "text": "North Korea launched a rocket with a satellite on Wednesday. Japan condemned the North Korean launch.",
        "url": "https://example.org/a2",
        "source": "Example Wire",
    },
]


def run(*args: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin, catch_exceptions=False)


def write_jsonl(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    assert run("build", write_jsonl(folder / "in.jsonl", ARTICLES), "--graph", folder / "g").exit_code == 0
    return folder / "g"


def test_help_is_a_tour():
    text = run("--help").output
    for heading in ("Make a graph", "Ask it", "Look at it", "Take it elsewhere"):
        assert heading in text


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example(name):
    command = main.commands[name]
    for one in getattr(command, "commands", {"": command}).values():
        text = one.get_help(one.make_context(name, ["--help"], resilient_parsing=True))
        assert "Example:" in text or "see 'kg" in text.lower(), f"kg {name} {one.name}"


def test_info_counts_articles_and_gives_the_span(built):
    found = json.loads(run("info", "--graph", built, "--json").output)
    assert found["articles"] == 2
    assert found["events"] >= 3
    assert (found["first"], found["last"]) == ("2023-05-07", "2023-05-31")


def test_events_by_actor_names_and_partial_dates(built):
    args = ("--source", "Japan", "--target", "South Korea", "--since", "2023-05", "--until", "2023-05")
    (event,) = json.loads(run("events", "--graph", built, *args, "--format", "json").output)
    assert (event["category"], event["begin"], event["precision"]) == ("CONSULT", "2023-05-07", "day")
    assert {event["source"], event["target"]} == {"JPN", "KOR"}


def test_building_again_changes_nothing(built, tmp_path):
    before = run("events", "--graph", built, "--format", "json").output
    result = run("build", write_jsonl(tmp_path / "again.jsonl", ARTICLES), "--graph", built)
    assert "0 new" in result.output
    assert run("events", "--graph", built, "--format", "json").output == before


def test_a_miss_suggests_the_actor_that_was_meant(built):
    result = run("events", "--graph", built, "--source", "Japn")
    assert result.exit_code == 1
    assert "Japn" in result.stderr and "Japan" in result.stderr


def test_a_miss_names_commands_that_list_what_there_is(built):
    nobody = run("events", "--graph", built, "--source", "Wakanda").stderr
    assert nobody == "kg: no actor 'Wakanda' in this graph; `kg actors list` tells who is\n"
    listed = json.loads(run("actors", "list", "--graph", built, "--format", "json").output)
    assert {row["id"] for row in listed} == {"JPN", "KOR", "PRK"}
    for call in (("report", "--article", "nope", "-o", built / "x.html"), ("remove", "--article", "nope")):
        assert run(*call, "--graph", built).stderr.endswith("is not in the graph; `kg query articles` lists all\n")
    rows = json.loads(run("query", "articles", "--graph", built, "--format", "json").output)
    assert [row["article"] for row in rows] == ["article:a1", "article:a2"]


def test_articles_are_taken_out_by_the_id_that_a_query_shows(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", ARTICLES)
    assert run("build", source, "--graph", tmp_path / "g").exit_code == 0
    assert run("remove", "--article", "article:a1", "--graph", tmp_path / "g").exit_code == 0
    rows = json.loads(run("query", "articles", "--graph", tmp_path / "g", "--format", "json").output)
    assert [row["article"] for row in rows] == ["article:a2"]


def test_query_by_name_with_typed_parameters(built):
    args = ("-p", "who=JPN", "-p", "whom=KOR", "-p", "since=2023-05")
    rows = json.loads(run("query", "between", "--graph", built, *args, "--format", "json").output)
    assert [row["category"] for row in rows] == ["CONSULT"]


def test_the_list_of_queries_says_what_each_answers_and_needs():
    text = run("query", "--list").output
    assert (
        "between              Events between two actors\n"
        "                     What happened between two actors, in either direction, in a window?\n"
        "                       -p who=ACTOR      one of the two (required)\n"
        "                       -p whom=ACTOR     the other (required)\n"
        "                       -p since=DATE     first day of the window (default 0001)\n"
    ) in text
    (found,) = (one for one in json.loads(run("query", "--list", "--format", "json").output) if one["name"] == "recent")
    assert found == {
        "name": "recent",
        "title": "What is new",
        "answers": "Which events were first reported since a day, the latest first?",
        "parameters": [
            {"name": "since", "type": "date", "required": True, "default": None, "help": "first day of the report"}
        ],
    }
    lines = run("query", "--list", "--format", "csv").output.splitlines()
    assert lines[0] == "name,title,answers,parameters"
    assert any(line.endswith(",who (actor); since (date = 0001); until (date = 9999)") for line in lines)


def test_query_from_standard_input(built):
    text = "SELECT (count(DISTINCT ?e) AS ?n) { ?e a sem:Event }"
    (row,) = json.loads(run("query", "-", "--graph", built, "--format", "json", stdin=text).output)
    assert int(row["n"]) == json.loads(run("info", "--graph", built, "--json").output)["events"]


def test_explain_shows_the_sentence(built):
    (event,) = json.loads(run("events", "--graph", built, "--target", "KOR", "--format", "json").output)
    text = run("explain", event["id"], "--graph", built).output
    assert "met South Korean President Yoon Suk Yeol" in text and "https://example.org/a1" in text


def test_extract_writes_one_dyad_a_line(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", ARTICLES)
    result = run("extract", source, "-o", tmp_path / "m.jsonl", "--roles", tmp_path / "r.jsonl")
    assert result.exit_code == 0
    mentions = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    roles = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    wanted = {"id", "article", "actor", "recipient", "event", "mode", "context", "status", "mutual", "date", "enddate"}
    wanted |= {"precision", "event_scale", "quad_code", "attribution", "confidence", "group", "text", "text_info"}
    assert all(wanted <= set(m) and len(m["actor"]) == 1 and len(m["recipient"]) <= 1 for m in mentions)
    pairs = [{m["actor"][0]["code"], m["recipient"][0]["code"]} for m in mentions if m["recipient"]]
    assert {"JPN", "KOR"} in pairs
    assert {(r["person"], r["code"]) for r in roles} == {("Fumio Kishida", "JPN"), ("Yoon Suk Yeol", "KOR")}


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", ARTICLES[:1])
    with source.open("a") as handle:
        handle.write("{broken\n" + json.dumps(ARTICLES[1] | {"date": "2023-02-31"}) + "\n")
    result = run("build", source, "--graph", tmp_path / "g")
    assert result.exit_code == 0
    assert "in.jsonl:2" in result.stderr and "in.jsonl:3" in result.stderr and "2 inputs skipped" in result.stderr
    assert run("build", source, "--graph", tmp_path / "g2", "--strict").exit_code == 1


def test_nothing_readable_is_a_failure(tmp_path):
    result = run("build", tmp_path / "missing.jsonl", "--graph", tmp_path / "g")
    assert result.exit_code == 1
    assert "missing.jsonl" in result.stderr


def test_same_id_with_another_url_names_both_files(built, tmp_path):
    other = write_jsonl(tmp_path / "other.jsonl", [ARTICLES[0] | {"url": "https://example.org/else"}])
    result = run("build", other, "--graph", built)
    assert "other.jsonl" in result.stderr and "in.jsonl" in result.stderr


def test_another_article_with_the_same_id_names_both_files(tmp_path):
    one = write_jsonl(
        tmp_path / "one.jsonl", [{"id": 5, "date": "2024-01-08", "text": "North Korea fired at the South."}]
    )
    (tmp_path / "two.csv").write_text('id,date,text\n5,2023-07-22,"Pakistan fired rockets at Indian posts."\n')
    result = run("build", one, tmp_path / "two.csv", "--graph", tmp_path / "g", "--strict")
    assert result.exit_code == 1
    assert result.stderr == (
        f"kg: {tmp_path / 'two.csv'}:2: has other words for article '5' than {one}:1; kept are those of {one}:1, "
        "the later ones; if these are two articles, give each an id of its own\n"
    )


def test_a_correction_of_the_same_date_asks_for_a_later_one(tmp_path):
    article = {"id": "r", "date": "2023-01-02", "text": "Japan sanctioned Russia on Monday."}
    other = article | {"text": "CORRECTION: Japan did not sanction Russia. France sanctioned Russia on Monday."}
    said = []
    for number, record in enumerate((article, other)):
        source = write_jsonl(tmp_path / f"r{number}.jsonl", [record])
        said.append(run("build", source, "--graph", tmp_path / "g"))
    assert "chosen by their hash, for both have the same date" in said[1].stderr
    assert "give the right version a later date as 'modified'" in said[1].stderr
    assert "older" not in said[1].output
    source = write_jsonl(tmp_path / "r2.jsonl", [other | {"modified": "2023-01-03"}])
    again = run("add", source, "--graph", tmp_path / "g")
    assert ("1 changed" in again.output, again.stderr) == (True, "")
    rows = json.loads(run("events", "--graph", tmp_path / "g", "--format", "json").output)
    assert ("FRA", "RUS", "actual") in {(row["source"], row["target"], row["status"]) for row in rows}
    assert ("JPN", "RUS", "actual") not in {(row["source"], row["target"], row["status"]) for row in rows}


def test_building_without_the_actors_of_before_is_told(tmp_path):
    mine = tmp_path / "mine.yaml"
    assert run("actors", "add", mine, "--kind", "group", "--label", "Blue Front", "--country", "KEN").exit_code == 0
    source = write_jsonl(
        tmp_path / "in.jsonl", [{"id": "b", "date": "2023-05-08", "text": "Kenya attacked the Blue Front."}]
    )
    first = run("build", source, "--actors", mine, "--graph", tmp_path / "g")
    assert "coded anew" not in first.output
    result = run("build", source, "--graph", tmp_path / "g")
    assert "1 coded anew" in result.stdout
    assert "kg: 1 articles that kg-" in result.stderr and "had coded are coded anew: --actors" in result.stderr
    assert f"--actors {mine}" in run("manifest", "--graph", tmp_path / "g").output


def test_removed_articles_are_counted_as_such_and_may_come_again(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", ARTICLES)
    run("build", source, "--graph", tmp_path / "g")
    removed = run("remove", "--source", "Example Wire", "--graph", tmp_path / "g")
    assert removed.stdout == "articles: 2 removed; 0 events\n"
    assert "2 new" in run("build", source, "--graph", tmp_path / "g").stdout


def test_what_was_extracted_can_be_imported(built, tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", ARTICLES)
    assert run("extract", "--articles", source, "-o", tmp_path / "m.jsonl").exit_code == 0
    result = run("import", tmp_path / "m.jsonl", "--graph", tmp_path / "g")
    assert (result.exit_code, "2 new" in result.stdout) == (0, True)
    shown = [run("events", "--graph", graph, "--format", "json").output for graph in (built, tmp_path / "g")]
    assert shown[0] == shown[1]


def test_rows_that_cannot_be_imported_are_named(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("source,target,category,date\nJapan,KOR,CONSULT,2023-01-01\nJPN,KOR,FOO,2023-01-01\n")
    result = run("import", table, "--graph", tmp_path / "g")
    assert (result.exit_code, "1 new" in result.stdout) == (0, True)
    assert result.stderr.splitlines() == [
        f"kg: skipped {table}:3: no event: category 'FOO' is not of PLOVER; 'kg codebook' lists those that are",
        "kg: 1 lines skipped, 1 articles read",
    ]
    table.write_text("source,target,category,date\nJPN,KOR,FOO,2023-01-01\n")
    assert run("import", table, "--graph", tmp_path / "g2").exit_code == 1


def test_dates_gives_timex3(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", [{"id": "x", "dct": "2023-03-16", "text": "It rained last October."}])
    assert run("dates", source, "-o", tmp_path / "out.jsonl").exit_code == 0
    (record,) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert [(t["type"], t["value"]) for t in record["timexes"]] == [("DATE", "2022-10")]
    assert (record["timexes"][0]["begin_date"], record["timexes"][0]["end_date"]) == ("2022-10-01", "2022-10-31")


def test_classify_gives_a_category_and_the_chance_of_nothing(tmp_path):
    source = tmp_path / "in.tsv"
    source.write_text(
        "id\tsentence\tsource\ttarget\tmarked_sentence\n"
        "1\tIran condemned Iraq.\tIran\tIraq\t<s>Iran</s> condemned <t>Iraq</t>.\n"
        "2\tIran condemned Iraq.\tIraq\tIran\t<t>Iran</t> condemned <s>Iraq</s>.\n"
    )
    assert run("classify", source, "-o", tmp_path / "out.tsv").exit_code == 0
    header, first, second = (line.split("\t") for line in (tmp_path / "out.tsv").read_text().splitlines())
    assert header == ["id", "category", "mode", "confidence", "none"]
    assert first[1] == "ACCUSE" and float(first[4]) < 0.5 < float(second[4])


def test_classify_names_the_rows_that_it_leaves_out(tmp_path):
    source = tmp_path / "in.tsv"
    source.write_bytes(
        b"id\tsentence\tsource\ttarget\n"
        b"1\tIran condemned Iraq.\tIran\tIraq\n"
        b"2\tIran condemned Iraq.\tKuwait\tQatar\n"
        b"3\tIran condemned \xff.\tIran\tIraq\n"
        b"4\n"
        b"\n"
        b"5\tIran attacked Iraq.\tIran\tIraq\n"
    )
    result = run("classify", source, "-o", tmp_path / "out.tsv")
    assert result.exit_code == 0
    assert [line.split("\t")[:2] for line in (tmp_path / "out.tsv").read_text().splitlines()[1:]] == [
        ["1", "ACCUSE"],
        ["5", "ASSAULT"],
    ]
    assert result.stderr.splitlines() == [
        f"kg: skipped {source}:4: not UTF-8 (byte 18 of the line)",
        f"kg: skipped {source}:3: neither source nor target is marked or found in the sentence",
        f"kg: skipped {source}:5: neither source nor target is marked or found in the sentence",
        "kg: 3 rows skipped, 2 rows read",
    ]
    assert run("classify", source, "-o", tmp_path / "out.tsv", "--strict").exit_code == 1


@pytest.mark.parametrize("table", ["", "id\ttext\n1\tIran condemned Iraq.\n", "1\tIran condemned Iraq.\n"])
def test_classify_says_which_columns_it_needs(tmp_path, table):
    source = tmp_path / "in.tsv"
    source.write_text(table)
    result = run("classify", source, "-o", tmp_path / "out.tsv")
    assert result.exit_code == 1 and not (tmp_path / "out.tsv").exists()
    needs = "needs a header line with the columns id, sentence, source and target, tab separated"
    assert result.stderr == f"kg: {source}: {needs}\n"


def test_dates_names_the_lines_that_it_leaves_out(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(
        b'\xef\xbb\xbf{"id": "a", "dct": "2023-03-16", "text": "today"}\n'
        b'{"id": "b", "dct": "2023-03-16"\n'
        b"\n"
        b'{"id": "c", "dct": "16.3.23", "text": "today"}\n'
        b'{"id": "d", "dct": "2023-03-16", "text": "\xff"}\n'
        b'{"id": "e", "dct": "2023-03-17", "text": "today"}\n'
    )
    result = run("dates", source, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(r["id"], r["timexes"][0]["value"]) for r in records] == [("a", "2023-03-16"), ("e", "2023-03-17")]
    first, second, third, last = result.stderr.splitlines()
    assert first.startswith(f"kg: skipped {source}:2: not JSON (")
    assert second == f"kg: skipped {source}:4 (id c): \"dct\" is '16.3.23'; give the publication date as YYYY-MM-DD"
    assert third == f"kg: skipped {source}:5: not UTF-8 (byte 43 of the line)"
    assert last == "kg: 3 lines skipped, 2 texts read"


def test_dates_of_nothing_readable_is_an_error(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("[1]\n")
    result = run("dates", source)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"kg: skipped {source}:1: not a JSON object; each line needs id, dct and text",
        "kg: 1 lines skipped, 0 texts read",
    ]


def test_actors_find_depends_on_the_day():
    assert "COD" in run("actors", "find", "Zaire", "--on", "1995-06-01").output
    assert "not on 2020-01-01" in run("actors", "find", "Zaire", "--on", "2020-01-01").output


@pytest.mark.parametrize(
    ("about", "message"),
    [
        (("--label", "Blue Front", "--country", "KENYA"), "--country KENYA: no state has this code; did you mean KEN?"),
        (("--label", "Blue Front", "--country", "ken"), "did you mean KEN?"),
        (("--label", "Blue Front", "--country", "ZZZZ9"), "write its ISO 3166-1 alpha-3 code, such as KEN"),
        (("--label", "蓝色阵线"), "no id can be made from '蓝色阵线'; give one with --id"),
    ],
)
def test_a_wrong_actor_of_ones_own_is_refused(tmp_path, about, message):
    result = run("actors", "add", tmp_path / "mine.yaml", "--kind", "group", *about)
    assert (result.exit_code, (tmp_path / "mine.yaml").exists()) == (2, False)
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("about", "code"), [((), "Wakanda"), (("--id", "WAK"), "WAK"), (("--id", "WAK", "--code", "WKD"), "WKD")]
)
def test_the_code_of_a_state_of_ones_own(tmp_path, about, code):
    from kg.extract.gazetteer import gazetteer

    mine = tmp_path / "mine.yaml"
    assert run("actors", "add", mine, "--kind", "state", "--label", "Wakanda", *about).exit_code == 0
    assert gazetteer((mine,)).actor(about[1] if about else "wakanda").code == code
    if about:
        assert run("actors", "add", mine, "--kind", "group", "--label", "M", "--country", "WAK").exit_code == 0


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("JPN", "JPN -> JPN (Japan): code of the actor"),
        ("kor", "kor -> KOR (South Korea): code of the actor"),
        ("IRN:CVL", "IRN:CVL -> IRN:CVL (Iran: civilians): code of the actor"),
    ],
)
def test_actors_find_takes_codes(name, line):
    assert run("actors", "find", name).output.splitlines() == [line]


def test_actors_find_says_when_a_surname_was_that_of_a_leader():
    late = run("actors", "find", "Kishida", "--on", "2026-01-01").output
    assert late.startswith("Kishida -> person.fumio-kishida (Fumio Kishida): surname, not in office on 2026-01-01; ")
    assert "Prime Minister of JPN from 2021-10-04 until 2024-10-01, see --on" in late
    assert "not in office" not in run("actors", "find", "Kishida", "--on", "2023-01-01").output
    assert run("actors", "find", "Zzyzx").exit_code == run("actors", "find", "IRN:ZZY").exit_code == 1


def test_own_actors_are_used(tmp_path):
    mine = tmp_path / "mine.yaml"
    about = ("--id", "blue-front", "--kind", "group", "--label", "Blue Front", "--country", "KEN")
    assert run("actors", "add", mine, *about).exit_code == 0
    words = "Kenyan troops attacked the Blue Front on Sunday."
    text = ARTICLES[0] | {"id": "b", "url": "https://example.org/b", "title": "", "text": words}
    source = write_jsonl(tmp_path / "in.jsonl", [text])
    assert run("extract", source, "-o", tmp_path / "m.jsonl", "--actors", mine).exit_code == 0
    (mention,) = (json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines())
    assert mention["recipient"][0]["code"] == "Blue Front"
