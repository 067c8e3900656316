"""What can be named as an input: files, directories, globs, pipes, gzip, addresses; and what comes of each."""

import contextlib
import gzip
import http.server
import io
import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from kg.sources import FORMATS, ReadReport, read


def write(path, title, **changes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"date": "2023-03-16", "title": title, **changes}) + "\n")
    return path


def titles(outcome):
    return [a.title for a in outcome.articles]


def test_a_directory_is_read_recursively_and_sorted(tmp_path, reading_inputs):
    for name in ("b.jsonl", "a.jsonl", "sub/z.jsonl", "sub/deeper/y.jsonl", "c.jsonl"):
        write(tmp_path / name, name)
    for name in ("README.md", "readme.txt", "sub/README.md", ".hidden.jsonl", ".git/x.jsonl"):
        write(tmp_path / name, "left out")
    outcome = reading_inputs(tmp_path)
    assert titles(outcome) == ["a.jsonl", "b.jsonl", "c.jsonl", "sub/z.jsonl", "sub/deeper/y.jsonl"]
    assert (outcome.problems, outcome.report.files) == ([], 5)


def test_a_readme_that_is_named_is_read(tmp_path, reading_inputs):
    assert titles(reading_inputs(write(tmp_path / "README.md", "named"))) == ["named"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jsonl", ["a", "b"]),
        ("[a]*", ["a"]),
        ("**/*.jsonl", ["a", "b", "c", "d"]),
        ("sub/?.jsonl", ["c"]),
        ("s*", ["c", "d"]),
        ("*/deep/*", ["d"]),
    ],
)
def test_globs(tmp_path, reading_inputs, pattern, found):
    for name in ("a.jsonl", "b.jsonl", "sub/c.jsonl", "sub/deep/d.jsonl", "other.d/README.md", ".e.jsonl"):
        write(tmp_path / name, name[-7])
    assert titles(reading_inputs(str(tmp_path / pattern))) == found


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path, reading_inputs):
    assert titles(reading_inputs(write(tmp_path / "a[1]*.jsonl", "T"))) == ["T"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing.jsonl", "missing.jsonl: no such file or directory; check the path"),
        ("*.none", "*.none: no file matches; check the pattern"),
        ("**/[", "**/[: no file matches; check the pattern"),
        ("empty", "empty: holds no files to read; check the path"),
        ("dangling", "dangling: is a symbolic link to nothing; mend or remove it"),
        ("x" * 300, "x" * 300 + ": can't be read (file name too long); check the path"),
    ],
)
def test_inputs_that_are_not_there(tmp_path, reading_inputs, name, problem):
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert reading_inputs(str(tmp_path / name)).problems == [problem]


def test_paths_that_are_none(reading_inputs):
    what = "is no path; name a file, a directory, a glob, an address or -"
    assert reading_inputs("", "a\0b").problems == [f"'': {what}", f"a\\x00b: {what}"]


def test_symbolic_links_do_not_lead_in_circles_or_out(tmp_path, reading_inputs):
    write(tmp_path / "in/a.jsonl", "a")
    write(tmp_path / "secret.jsonl", "secret")
    for name, target in [
        ("loop", "."),
        ("up", ".."),
        ("self", "self"),
        ("again.jsonl", "a.jsonl"),
        ("out", "../secret.jsonl"),
    ]:
        (tmp_path / "in" / name).symlink_to(target)
    for given in (tmp_path / "in", str(tmp_path / "in/**/*")):
        outcome = reading_inputs(given)
        assert titles(outcome) == ["a"]
        assert sorted(outcome.problems) == [
            "in/out: is a symbolic link out of the directory; name its target as an input",
            "in/self: is a symbolic link to nothing or to itself; mend or remove it",
            "in/up: is a symbolic link out of the directory; name its target as an input",
        ]
    assert titles(reading_inputs(tmp_path / "in/out")) == ["secret"]


def test_pipes_in_a_directory_do_not_block(tmp_path, reading_inputs):
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "z.jsonl", "z")
    outcome = reading_inputs(tmp_path)
    assert titles(outcome) == ["z"]
    assert outcome.problems == ["pipe: is no regular file; give a file, or pipe its contents to -"]


def test_a_pipe_that_is_named_is_read(tmp_path, reading_inputs):
    os.mkfifo(tmp_path / "pipe")
    line = json.dumps({"date": "2023-03-16", "title": "piped"})
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(line,))
    writer.start()
    assert titles(reading_inputs(tmp_path / "pipe")) == ["piped"]
    writer.join()


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (PermissionError(13, "Permission denied"), "permission denied; make it readable (chmod +r) or leave it out"),
        (OSError(5, "Input/output error"), "can't be read (input/output error); check the file and its disk"),
        (FileNotFoundError(2, "No such file"), "no such file; check the path"),
    ],
)
def test_files_that_can_not_be_opened_are_named(tmp_path, reading_inputs, monkeypatch, error, problem):
    write(tmp_path / "a.jsonl", "a")
    write(tmp_path / "b.jsonl", "b")
    opening = Path.open

    def faulty(path, *args, **options):
        if path.name == "a.jsonl":
            raise error
        return opening(path, *args, **options)

    monkeypatch.setattr(Path, "open", faulty)
    outcome = reading_inputs(tmp_path)
    assert (titles(outcome), outcome.problems) == (["b"], [f"a.jsonl: {problem}"])


def test_a_disk_that_fails_within_a_file_costs_the_rest_of_that_file(tmp_path, reading_inputs, monkeypatch):
    write(tmp_path / "b.jsonl", "b")
    path = tmp_path / "a.jsonl"
    path.write_text('{"date": "2023-03-16", "title": "T"}\n' * 20_000)

    class Failing(io.FileIO):
        def read(self, size=-1):
            if self.tell() > 300_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    monkeypatch.setattr("kg.sources.opening._open_file", lambda location: Failing(location.path))
    outcome = reading_inputs(tmp_path)
    assert titles(outcome) == ["T", "b"]
    assert outcome.problems == ["a.jsonl: can't be read (input/output error); check the file and its disk"]


def test_names_are_safe_to_print(tmp_path, reading_inputs):
    (tmp_path / os.fsdecode(b"\x1b[31m\xff.txt")).write_text("no date")
    assert reading_inputs(tmp_path).problems[0].startswith("\\x1b[31m\\xff.txt:1: no publication date")


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(monkeypatch, reading_inputs, packed):
    data = b'{"date": "2023-03-16", "title": "T"}\n{"title": "U"}\n'
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(data) if packed else data)))
    outcome = reading_inputs("-")
    assert titles(outcome) == ["T"]
    assert (outcome.articles[0].origin.file, outcome.articles[0].origin.line) == ("<stdin>", 1)
    assert outcome.problems == ["<stdin>:2: no publication date; give one as YYYY-MM-DD"]


CONTENTS = {
    "a.txt": "date 2023-03-16 Text.",
    "a.md": "---\ntitle: T\ndate: 2023-03-16\n---\nText.",
    "a.jsonl": '{"date": "2023-03-16", "title": "T"}',
    "a.csv": "date,title\n2023-03-16,T\n",
    "a.xml": "<rss version='2.0'><channel><item><title>T</title><pubDate>2023-03-16</pubDate></item></channel></rss>",
    "a.html": "<html><head><meta name='date' content='2023-03-16'><title>T</title></head>"
    "<body><p>Text.</p></body></html>",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_may_be_gzip_and_hashes_alike(reading, name):
    plain = reading(name, CONTENTS[name]).only
    packed = reading(f"{name}.gz", gzip.compress(CONTENTS[name].encode())).only
    assert packed.origin.sha256 == plain.origin.sha256
    assert (packed.id, packed.text_hash) == (plain.id, plain.text_hash)
    in_parts = b"".join(gzip.compress(bytes([b])) for b in CONTENTS[name].encode()) + b"\0" * 100
    assert reading("no-ending-at-all", in_parts).only.text_hash == plain.text_hash


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gzip.compress(b'{"date": "2023-03-16"}' * 9)[:-9], "the gzip file ends early; get a complete copy"),
        (b"\x1f\x8bnot gzip", "the gzip file is damaged; get another copy"),
        (gzip.compress(b"date 2023-03-16 x") + b"more", "the gzip file is damaged; get another copy"),
        (gzip.compress(b'{"a": "' + b"x" * (40 << 20)),
         "unpacks to over 200 times its size; unpack it yourself if you trust it"),
        (gzip.compress(gzip.compress(b"date 2023-03-16 x")),
         "not a format that can be read (warc, nexis, feed, factiva, html, google_news, jsonl, markdown, csv, text); "
         "convert it to one of them"),
    ],
    ids=["cut", "damaged", "trailing", "bomb", "twice"],
)  # fmt: skip
def test_gzip_that_can_not_be_read(reading, data, problem):
    assert reading("a.gz", data).problems == [f"a.gz: {problem}"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("https://example.org/a", "is an address; add --fetch to allow reading from the network"),
        ("file:///etc/passwd", "only http and https addresses can be fetched; name a local file by its path"),
        ("ftp://example.org/a", "only http and https addresses can be fetched; name a local file by its path"),
    ],
)
def test_addresses_need_fetch(reading_inputs, name, problem):
    assert reading_inputs(name).problems == [f"{name}: {problem}"]


@pytest.fixture
def site():
    """A web server on the loopback interface."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/a.html":
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=cp1252")
                self.end_headers()
                self.wfile.write(CONTENTS["a.html"].replace("Text.", "A café in the news.").encode("cp1252"))
            elif self.path in {"/moved", "/away", "/circle"}:
                self.send_response(302)
                self.send_header(
                    "Location", {"/moved": "/a.html", "/away": "file:///etc/passwd"}.get(self.path, "/circle")
                )
                self.end_headers()
            elif self.path == "/endless":
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(b"x" * 1_000_000)
            else:
                self.send_error(404)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/a.html", "/moved"])
def test_a_fetched_page(site, reading_inputs, path):
    article = reading_inputs(site + path, fetch=True).only
    assert (article.text, article.url) == ("A café in the news.", f"{site}/a.html")
    assert article.origin.file == site + path
    assert article.origin.retrieved.tzinfo is not None


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/none", "the server answered 404; check the address"),
        ("/away", "redirects in a circle or to no web page; check the address"),
        ("/circle", "redirects in a circle or to no web page; check the address"),
        ("/endless", "answers with more than 20 MB; save and split it"),
    ],
)
def test_what_can_not_be_fetched(site, reading_inputs, path, problem):
    (message,) = reading_inputs(site + path, fetch=True).problems
    assert message.startswith(f"{site}{path}: {problem}")


def test_no_redirection_from_a_public_address_into_a_private_network():
    from urllib.error import URLError
    from urllib.request import Request

    from kg.sources.fetch import _Redirects

    with pytest.raises(URLError, match="private network"):
        _Redirects().redirect_request(Request("http://8.8.8.8/"), None, 302, "", None, "http://127.0.0.1/secret")


def test_content_tells_the_format_where_the_ending_misleads(reading):
    for ours, content in CONTENTS.items():
        for other in CONTENTS:
            if ours != "a.txt":  # anything is plain text
                outcome = reading(other, content)
                assert outcome.report.formats == reading(ours, content).report.formats, (ours, other)


def test_a_format_that_is_asked_for_is_used(reading):
    assert reading("a.md", CONTENTS["a.md"], format="text").only.text == "---\nText."
    assert reading("a.dat", CONTENTS["a.csv"], format="csv").only.title == "T"


def test_every_format_has_a_name_and_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    for name, module in FORMATS.items():
        assert module.name == name
        assert f"`{name}`" in page
        assert all(f"`{suffix}`" in page for suffix in module.suffixes)


def test_binary_files_are_named(reading):
    formats = "warc, nexis, feed, factiva, html, google_news, jsonl, markdown, csv, text"
    problem = f"not a format that can be read ({formats}); convert it to one of them"
    assert reading("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))).problems == [
        f"a.png: {problem}"
    ]


def test_without_a_report_problems_are_logged(tmp_path, caplog):
    assert list(read(tmp_path / "missing")) == []
    assert "no such file or directory; check the path" in caplog.text


def test_the_report_counts(tmp_path, reading_inputs):
    write(tmp_path / "a.jsonl", "T")
    write(tmp_path / "b.jsonl", "U", date="0000-00-00")
    (tmp_path / "c.txt").write_text("date 2023-03-16 " + "Президент России встретился с премьер-министром. ")
    report = reading_inputs(tmp_path).report
    assert (report.read, report.files, report.duplicates) == (2, 3, 0)
    assert (report.formats, report.languages) == ({"jsonl": 1, "text": 1}, {"en": 1, "und": 1})
    assert report.kinds == {"date": 1}


def test_problems_keep_nothing_of_the_files_alive(reading):
    report = reading("a.jsonl", "{\n" * 3 + "[1]\n").report
    assert all(p.__traceback__ is None and p.__context__ is None for p in report.problems)


def test_reading_is_lazy(tmp_path):
    rows = "".join(json.dumps({"date": "2023-03-16", "title": f"T{i}"}) + "\n" for i in range(10_000))
    (tmp_path / "a.jsonl").write_text(rows)
    report = ReadReport()
    assert next(read(tmp_path, report=report)).title == "T0"
    assert report.read == 1
