"""Inputs made to crash, hang or fill the memory: each ends in articles or in named problems, and soon."""

import ast
import gzip
import json
import resource
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.sources import FORMATS, ReadReport, read
from kg.sources.clean import clean_line, clean_text, clean_url
from kg.sources.dates import DateError, parse_published
from kg.sources.encoding import UndecodableError, decode

HERE = Path(__file__).parent
SAMPLES = {path.stem: path.read_bytes() for path in sorted((HERE / "samples").iterdir())}
SUFFIX = {path.stem: path.suffix for path in (HERE / "samples").iterdir()}


def literals(name):
    lines = (HERE / name).read_text().splitlines()
    return [ast.literal_eval(line) for line in lines if not line.startswith("#")]


NASTY = [*literals("nasty.txt"), b"<div>" * 300, b"[" * 2000, b"\xcc\x81\xcc\x96" * 100, b"a" * 5000]


@st.composite
def damaged(draw, name):
    """A sample with pieces cut out, doubled, and replaced by nasty bytes."""
    data = SAMPLES[name]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 3, 10, 50])))
        piece = draw(
            st.one_of(
                st.sampled_from(NASTY), st.binary(max_size=8), st.just(data[start : start + 40] * 2), st.just(b"")
            )
        )
        data = data[:start] + piece + data[end:]
    return data


def outcome_of(data, ending, **options):
    report = ReadReport()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(data)
        return list(read(path, report=report, **options)), report


def check(data, ending, **options):
    """No crash, no unplanned error, and every article as the model promises it."""
    articles, report = outcome_of(data, ending, **options)
    assert articles or report.problems
    for problem in report.problems:
        assert "please report it" not in str(problem), str(problem)
        assert str(problem).isprintable(), str(problem)
        assert "; " in problem.problem  # what was wrong; what to do
    for article in articles:
        assert article.id and (article.title or article.text)
        assert article.text == clean_text(article.text) and article.title == clean_line(article.title)
        assert article.url is None or clean_url(article.url) == article.url
        assert 1800 <= article.published.year <= 2100
        assert article.published_at is None or article.published_at.date() == article.published
        json.dumps(
            [article.id, article.title, article.text, article.publisher, article.extra], allow_nan=False
        ).encode()
        (article.id + article.title + article.text + (article.cluster or "")).encode()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_themselves_are_good(name):
    articles, report = outcome_of(SAMPLES[name], SUFFIX[name])
    assert report.problems == [] and report.formats == {name: len(articles)}


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files(name, data):
    check(data.draw(damaged(name)), SUFFIX[name], format=name if data.draw(st.booleans()) else None)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300))
def test_random_bytes(name, data):
    check(data, SUFFIX[name], format=name)
    check(data, "")


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), cut=st.integers(0, 60), flip=st.integers(0, 60))
def test_damaged_gzip(data, cut, flip):
    packed = bytearray(gzip.compress(SAMPLES["jsonl"] + data))
    packed[flip] ^= 1
    check(bytes(packed[: len(packed) - cut]), ".jsonl.gz")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_cleaning_is_final(text):
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode()


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"[0-9]{1,5}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,5}[ T0-9:.+Z-]{0,20}"),
        st.integers(),
        st.floats(),
    )
)
def test_dates_are_read_or_refused(value):
    try:
        found = parse_published(value)
    except DateError as error:
        assert "; " in str(error)
    else:
        assert 1800 <= found.date.year <= 2100


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.sampled_from([None, "utf-16", "koi8-r", "shift_jis", "x", "utf-7"]))
def test_bytes_are_decoded_or_refused(data, declared):
    try:
        decode(data, declared)
    except UndecodableError as error:
        assert "save it as UTF-8" in str(error)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_repetition_takes_long(name):
    """100 KB of anything: time in proportion, never by the square."""
    head = SAMPLES[name][: SAMPLES[name].index(b"2023" if name != "google_news" else b"<ol>")]
    for pattern in literals("repeated.txt"):
        start = time.perf_counter()
        check(head + pattern * (100_000 // len(pattern)), SUFFIX[name], format=name)
        assert time.perf_counter() - start < 5, pattern


def test_a_line_of_100_mb_is_passed_over_within_bounded_memory(tmp_path):
    path = tmp_path / "a.jsonl"
    good = b'{"date": "2023-03-16", "title": "%s"}\n'
    with path.open("wb") as out:
        out.write(good % b"before")
        for _ in range(100):
            out.write(b"x" * 1_000_000)
        out.write(b"\n" + good % b"after")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = ReadReport()
    assert [a.title for a in read(path, report=report)] == ["before", "after"]
    assert [str(p) for p in report.problems] == [f"{path}:2: the line is longer than 50 MB; write one article a line"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KB


def test_a_csv_row_without_end_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as out:
        out.write(b'date,title,text\n2023-03-16,before,x\n2023-03-16,bad,"')
        for i in range(80_000):
            out.write(b"2023-03-16,row %d,%s\n" % (i, b"text that goes on " * 10))
    report = ReadReport()
    articles = list(read(path, report=report))
    assert (articles[0].title, len(articles)) == ("before", 80_000)
    assert len(report.problems) == 1


def test_one_sentence_of_100_000_words_is_an_article(reading):
    text = "and ".join(["the leaders of Japan met "] * 20_000)
    start = time.perf_counter()
    assert len(reading("a.jsonl", json.dumps({"date": "2023-03-16", "text": text})).only.text) == len(text.strip())
    assert time.perf_counter() - start < 2


def test_10_000_bad_files_and_100_good_ones(tmp_path):
    bad = [
        b"",
        b"no date",
        b"\xff\xfe\x00",
        b"date 0000-00-00 x",
        b"{",
        b"<rss></rss>",
        b"\x1f\x8b",
        b"---\n: :\n---\n",
        b"date 2023-03-16",
    ]
    for i in range(10_000):
        (tmp_path / f"{i:05}.txt").write_bytes(bad[i % len(bad)])
    for i in range(100):
        (tmp_path / f"good{i:03}.txt").write_text(f"date 2023-03-16 Text {i}.")
    report = ReadReport()
    assert len(list(read(tmp_path, report=report))) == 100
    named = [str(p).split(".txt")[0] for p in report.problems]
    assert len(named) == len(set(named)) == 10_000


def test_a_file_of_nothing_but_problems_is_given_up(reading, monkeypatch):
    monkeypatch.setattr("kg.sources._HOPELESS", 10)
    outcome = reading("a.jsonl", "{}\n[]\n" * 50)
    assert len(outcome.problems) == 12
    assert outcome.problems[-1] == "a.jsonl: no article in all this; the rest is not tried"


def test_a_fault_in_a_reader_costs_its_file_only(tmp_path, monkeypatch):
    def broken(source, options):
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(FORMATS["csv"], "read", broken)
    (tmp_path / "a.csv").write_bytes(SAMPLES["csv"])
    (tmp_path / "b.jsonl").write_bytes(SAMPLES["jsonl"])
    report = ReadReport()
    assert len(list(read(tmp_path, report=report))) == 2
    assert "a.csv: could not be read (ZeroDivisionError)" in str(report.problems[0])
