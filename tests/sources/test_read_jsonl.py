"""JSON Lines: one article a line, other names understood or mapped, each bad line named and nothing else lost."""

import datetime as dt
import hashlib
import json

import pytest

from kg.errors import KgError
from kg.sources import read

LINK = "https://e.org/1"
GOOD = {"id": "a1", "date": "2023-03-16", "title": "Leaders meet", "text": "They met.", "url": "https://example.org/1"}


def line(**changes) -> str:
    return json.dumps({**GOOD, **changes})


def test_all_fields(reading):
    row = line(source="The Herald", language="en-GB", cluster="c1", section="world", tags=["a", "b"], views=3)
    article = reading("a.jsonl", "\n" + row + "\n").only
    assert (article.id, article.published, article.title, article.text) == (
        "a1",
        dt.date(2023, 3, 16),
        "Leaders meet",
        "They met.",
    )
    assert (article.url, article.publisher, article.language, article.cluster) == (
        "https://example.org/1", "The Herald", "en", "c1",
    )  # fmt: skip
    assert article.extra == {"section": "world", "tags": ["a", "b"], "views": 3}
    assert article.origin.line == 2
    assert article.origin.sha256 == hashlib.sha256((row + "\n").encode()).hexdigest()


@pytest.mark.parametrize(
    "row",
    [
        {"headline": "Leaders meet", "body": "They met.", "pub_date": "2023-03-16", "outlet": "Herald", "link": LINK},
        {"Title": "Leaders meet", "CONTENT": "They met.", "Publication Date": "16 March 2023", "Publisher": "Herald",
         "URL": LINK},
        {"title": "Leaders meet", "text": ["They", "met."], "published": 1678964400, "source": {"name": "Herald"},
         "web_url": LINK},
    ],
)  # fmt: skip
def test_usual_other_names_and_shapes(reading, row):
    article = reading("a.jsonl", json.dumps(row)).only
    assert (article.title, article.publisher, article.published) == ("Leaders meet", "Herald", dt.date(2023, 3, 16))
    assert article.text.split() == ["They", "met."]
    assert (article.url, article.extra) == (LINK, {})


def test_a_mapping_decides(reading):
    row = json.dumps({"body": "Short.", "article": "They met.", "day": "2023-03-16", "date": "2020-01-01"})
    article = reading("a.jsonl", row, mapping={"text": "article", "date": "day"}).only
    assert (article.text, article.published) == ("They met.", dt.date(2023, 3, 16))
    assert article.extra == {"body": "Short.", "date": "2020-01-01"}


def test_a_mapping_meant_for_other_files_does_no_harm_and_one_for_none_is_named(tmp_path, reading_inputs):
    (tmp_path / "a.jsonl").write_text(line())
    (tmp_path / "b.csv").write_text("date,title,prose\n2023-03-16,T,By the map.\n")
    outcome = reading_inputs(tmp_path, mapping={"text": "prose", "title": "tilte"})
    assert [a.text for a in outcome.articles] == ["They met.", "By the map."]
    assert outcome.problems == [
        "--map title=tilte: no input has a field of that name; check its spelling (ours=theirs)"
    ]


def test_a_mapping_of_an_unknown_field_is_refused_at_once():
    with pytest.raises(KgError, match=r"--map txt=body: there is no field txt; did you mean text\?"):
        read([], mapping={"txt": "body"})
    with pytest.raises(KgError, match=r"jsonlines: there is no such format; known are .*jsonl"):
        read([], format="jsonlines")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "not JSON (expecting property name enclosed in double quotes); write one object a line"),
        ("[1]", "not a JSON object; write one object a line"),
        ('{"a": ' + "[" * 100_000, "nested too deeply; flatten the record"),
        (line(date=None), "no publication date; give one as YYYY-MM-DD"),
        (line(date="0000-00-00"), "the date '0000-00-00' does not exist; write it as YYYY-MM-DD"),
        (line(date=True), "the date 'True' is no date; write it as YYYY-MM-DD"),
        (line(title="", text="\u200b "), "neither title nor text; nothing to read"),
        (line(text={"a": 1}), "the text is a dict; it must be text"),
        (line(id=[1]), "the id is a list; it must be text"),
        (line(id="x" * 1001), "the id has 1,001 characters; use a shorter one"),
        (line(title="x" * 5001), "the title has 5,001 characters, more than 5,000; split or shorten it"),
        (json.dumps({"date": "2023-03-16", "body": "a", "content": "b"}),
         "body and content could each be the text; choose with --map text=body"),
        ('{"n": ' + "9" * 5000 + "}",
         "not JSON (exceeds the limit (4300 digits) for integer string conversion); write one object a line"),
    ],
)  # fmt: skip
def test_a_bad_line_costs_that_line_only(reading, row, problem):
    outcome = reading("a.jsonl", f"{line(id='first')}\n{row}\n{line(id='last')}")
    assert [a.id for a in outcome.articles] == ["first", "last"]
    assert outcome.problems == [f"a.jsonl:2: {problem}"]


def test_undecodable_lines_are_named_and_other_encodings_read_line_by_line(reading):
    rows = [line(id="1", title="Café").encode(), line(id="2").encode()[:-1] + b', "x": "\xe9 \xe2\x80\x9c"}',
            json.dumps({**GOOD, "id": "3", "title": "Café"}, ensure_ascii=False).encode("cp1252")]  # fmt: skip
    outcome = reading("a.jsonl", b"\n".join(rows))
    assert [(a.id, a.title) for a in outcome.articles] == [("1", "Café"), ("3", "Café")]
    assert outcome.problems[0].startswith("a.jsonl:2: neither UTF-8 nor one other encoding")


def test_lone_surrogates_nul_and_bidi_are_taken_out(reading):
    article = reading(
        "a.jsonl", '{"date": "2023-03-16", "title": "a\\ud800\\u0000b\\u202e", "text": "\\ud83d\\ude00 ok"}'
    ).only
    assert (article.title, article.text) == ("ab", "😀 ok")


def test_html_in_a_text_becomes_paragraphs(reading):
    assert (
        reading("a.jsonl", line(text="<p>One <b>x</b>.</p><p>Two &amp; three.</p>")).only.text
        == "One x.\n\nTwo & three."
    )
    assert reading("b.jsonl", line(text="if a < b and b > c &amp; d")).only.text == "if a < b and b > c &amp; d"


def test_ids(reading):
    assert reading("a.jsonl", line(id=17)).only.id == "17"
    by_url = {reading("a.jsonl", line(id=None, title=t)).only.id for t in ("one", "two")}
    assert len(by_url) == 1
    by_text = {reading("a.jsonl", line(id=None, url=None, text=t)).only.id for t in ("one", "two")}
    assert len(by_text) == 2


def test_a_url_that_is_no_link_is_kept_beside_the_article(reading):
    article = reading("a.jsonl", line(url="javascript:alert(1)")).only
    assert (article.url, article.extra) == (None, {"url": "javascript:alert(1)"})


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('[{"date": "2023-03-16"}]', "a.json:1: is a JSON array; write one object a line (jq -c '.[]' does it)"),
        (
            '{\n  "date": "2023-03-16"\n}',
            "a.json:1: has objects over several lines; write one object a line (jq -c . does it)",
        ),
    ],
)
def test_other_json_is_named_once(reading, content, problem):
    assert reading("a.json", content).problems == [problem]


def test_utf_16_and_byte_order_marks(reading):
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le"):
        assert reading("a.jsonl", line(title="Café").encode(encoding)).only.title == "Café"
