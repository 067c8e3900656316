"""How fast the graph loads, answers and projects, beside DuckDB's own SQL and rdflib; made-up events.

    python benchmarks/graph.py                       100,000 events, all steps, a few minutes
    python benchmarks/graph.py --events 1000000      a million; --steps load,ask,cold leaves the long ones out

Every step runs in a process of its own and prints one line of JSON with its figures, the bounds, and whether they are
kept; the exit status is 1 if one is not. Times of questions are processor time of all threads and child processes, and
ratios are of medians measured in turn in one process, so that a busy machine slows both sides. Nothing is made for the
benchmark: no table, no index, no cache that a user would not have.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

STEPS = ("load", "ask", "cold", "project", "sparql", "plain", "articles")
AT_ONCE = 3
"""Batches of articles that are made up before they are loaded, so that memory stays flat."""

BOUNDS: dict[str, dict[str, float]] = {
    "load": {"mentions_per_s": 20_000, "peak_gb": 4},
    "ask": {"ratio": 3, "peak_gb": 4},
    "cold": {"ratio_kg_events": 4},
    "project": {"events_per_s": 3_000, "peak_gb": 4},
    "sparql": {"times_faster": 5},
    "plain": {"times_faster": 60},
    "articles": {"add_100_s": 60, "peak_gb": 4},
}
AT_LEAST = ("mentions_per_s", "events_per_s", "times_faster")


def spent() -> float:
    """Seconds of processor time of this process, all its threads and the child processes that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def in_turn(calls: list[Callable[[], Any]], repeat: int) -> list[float]:
    """Median milliseconds of processor time of each call, one after the other again and again; the first round warms
    up."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(repeat + 1):
        for call, own in zip(calls, times, strict=True):
            begun = spent()
            call()
            if number:
                own.append(1000 * (spent() - begun))
    return [statistics.median(own) for own in times]


def load(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """Mentions a second into the tables, in batches as ``kg load`` makes them.

    Neither making them up is counted nor the import of what a first load needs, half a second.
    """
    from graph_data import CODER, actors, items

    import kg
    from kg.engine.load import BATCH

    with tempfile.TemporaryDirectory() as scratch:
        kg.open(Path(scratch), create=True).load([list(islice(items(100), 10))], actors, CODER, "benchmark")
    graph = kg.open(folder, create=True)
    source, seconds, cpu, mentions = items(events), 0.0, 0.0, 0
    while part := [batch for _ in range(AT_ONCE) if (batch := list(islice(source, BATCH)))]:
        begun, begun_cpu = time.perf_counter(), spent()
        mentions += graph.load(part, actors, CODER, "benchmark").mentions
        seconds += time.perf_counter() - begun
        cpu += spent() - begun_cpu
    found = graph.info()
    size = graph.layout.database.stat().st_size
    return {
        "articles": found["articles"], "mentions": mentions, "events": found["events"], "seconds": round(seconds, 1),
        "mentions_per_s": round(mentions / seconds), "mentions_per_cpu_s": round(mentions / cpu),
        "bytes_per_article": round(size / found["articles"]),
    }  # fmt: skip


def ask(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """The API beside DuckDB in the same process, everything warm; milliseconds."""
    import duckdb
    from graph_questions import QUESTIONS

    import kg

    graph = kg.open(folder)
    event = best_told(folder)
    out: dict[str, Any] = {}
    with duckdb.connect(str(graph.layout.database), read_only=True) as connection:
        for question in QUESTIONS:
            sql = question.sql.replace("EVENT", event)
            api, own = in_turn(
                [lambda q=question: q.ask(graph, event), lambda s=sql: connection.sql(s).to_arrow_table()], repeat
            )
            out[question.name] = {"api_ms": round(api, 1), "duckdb_ms": round(own, 1), "ratio": round(api / own, 2)}
    return out | {"ratio": max(figures["ratio"] for figures in out.values())}


def cold(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """New processes that ask one question each, and the command line; milliseconds of processor time to their exit."""
    from graph_questions import QUESTIONS, A, B

    event = best_told(folder)
    database = str(folder / "events.duckdb")
    out: dict[str, Any] = {}
    for question in QUESTIONS:
        own = f"import duckdb; duckdb.connect({database!r}, read_only=True).sql({question.sql!r}).to_arrow_table()"
        api = f"import kg; g = kg.open({str(folder)!r}); {question.code}"
        pair = [[sys.executable, "-c", text.replace("EVENT", event)] for text in (api, own)]
        api_ms, own_ms = in_turn([lambda c=command: run(c) for command in pair], max(3, repeat // 5))
        out[question.name] = {"api_ms": round(api_ms), "duckdb_ms": round(own_ms), "ratio": round(api_ms / own_ms, 2)}
    command = [sys.executable, "-m", "kg.cli", "events", "--graph", str(folder), "--source", A, "--target", B]
    imports = [sys.executable, "-c", "import duckdb, pyarrow"]
    kg_ms, import_ms = in_turn(
        [lambda: run([*command, "--since", "2018", "--until", "2018"]), lambda: run(imports)], max(5, repeat // 3)
    )
    return out | {
        "kg_events_ms": round(kg_ms), "imports_ms": round(import_ms), "ratio_kg_events": round(kg_ms / import_ms, 2),
    }  # fmt: skip


def project(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """Events a second from the tables into the RDF store."""
    import kg

    graph = kg.open(folder)
    begun, begun_cpu = time.perf_counter(), spent()
    graph.reindex()
    seconds, cpu = time.perf_counter() - begun, spent() - begun_cpu
    count = graph.info()["events"]
    size = sum(file.stat().st_size for file in (folder / "rdf" / "work").rglob("*") if file.is_file())
    return {
        "events": count, "seconds": round(seconds, 1), "events_per_s": round(count / seconds),
        "events_per_cpu_s": round(count / cpu), "bytes_per_event": round(size / count),
    }  # fmt: skip


def sparql(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """One text, by dyad and month: the store on disk beside rdflib in memory, which holds only what is asked for."""
    from graph_questions import BY_DYAD, BY_TWO

    import kg
    from kg.graph.quads import prefixes

    graph = kg.open(folder)
    memory = in_rdflib(graph, "dyad", "month", "dyadMonth", "category", "begin")
    with graph.projection.opened() as store:
        ours, theirs, ours_two, theirs_two = in_turn(
            [
                call
                for text in (BY_DYAD, BY_TWO)
                for call in (
                    lambda t=text: list(store.query(t, prefixes=prefixes(), use_default_graph_as_union=True)),
                    lambda t=text: list(memory.query(t)),
                )
            ],
            repeat,
        )
        rows = [
            sorted(str(row[0]) for row in memory.query(BY_DYAD)),
            sorted(row[0].value for row in store.query(BY_DYAD, prefixes=prefixes(), use_default_graph_as_union=True)),
        ]
    assert rows[0] == rows[1], "the two stores disagree"
    (process,) = in_turn([lambda: graph.sparql(BY_DYAD)], max(3, repeat // 5))
    return {
        "rows": len(rows[0]), "store_ms": round(ours, 2), "rdflib_ms": round(theirs, 2),
        "in_own_process_ms": round(process), "times_faster": round(theirs / ours, 1),
        "by_two_properties": {
            "store_ms": round(ours_two, 2), "rdflib_ms": round(theirs_two, 2),
            "times_faster": round(theirs_two / ours_two, 1),
        },
    }  # fmt: skip


def plain(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """Questions through the API, beside SPARQL over source, target and begin in rdflib's memory; milliseconds."""
    from graph_questions import PLAIN

    import kg

    graph = kg.open(folder)
    memory = in_rdflib(graph, "source", "target", "begin")
    out: dict[str, Any] = {}
    for name, (question, text) in PLAIN.items():
        rows, answer = question(graph), list(memory.query(text))
        assert len(rows) == len(answer), f"{name}: {len(rows)} rows, but {len(answer)} in rdflib"
        ours, theirs = in_turn([lambda q=question: q(graph), lambda t=text: list(memory.query(t))], max(5, repeat // 3))
        out[name] = {
            "api_ms": round(ours, 1), "rdflib_ms": round(theirs, 1), "times_faster": round(theirs / ours, 1),
        }  # fmt: skip
    return out | {"times_faster": min(figures["times_faster"] for figures in out.values())}


def articles(folder: Path, events: int, repeat: int) -> dict[str, Any]:
    """A hundred more articles into a graph, and the commands that look at all of it; seconds of processor time."""
    from graph_data import CODER, actors, items

    import kg

    graph = kg.open(folder)
    before = graph.info()["articles"]
    more = list(islice(items(1000, seed=before, first=before), 100))
    out: dict[str, Any] = {"articles": before}

    def timed(name: str, call: Callable[[], Any]) -> Any:
        begun = spent()
        found = call()
        out[name] = round(spent() - begun, 2)
        return found

    report = timed("add_100_s", lambda: graph.ingest(more, actors, CODER, "benchmark"))
    assert report.new == len(more), report
    out["bytes_per_article"] = round(graph.layout.database.stat().st_size / (before + report.new))
    timed("info_s", graph.info)
    timed("events_s", lambda: graph.events().to_arrow())
    problems = timed("check_s", graph.check)
    assert not problems, problems[:3]
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch, "page.html")
        timed("view_s", lambda: graph.view().save(page))
        out["view_mb"] = round(page.stat().st_size / 1e6, 1)
    return out


def in_rdflib(graph: Any, *fields: str) -> Any:
    """An rdflib graph in memory with the given statements of all events, as the projection writes them."""
    import rdflib

    from kg.graph.quads import iri, prefixes

    names = {"source": "kg:source", "target": "kg:target", "begin": "sem:hasBeginTimeStamp", "dyad": "kg:dyad",
             "month": "kg:month", "dyadMonth": "kg:dyadMonth", "category": "kg:category"}  # fmt: skip
    made: dict[str, Callable[[Any], Any]] = {
        "source": lambda e: rdflib.URIRef(iri("actor", e.source)),
        "target": lambda e: rdflib.URIRef(iri("actor", e.target)),
        "begin": lambda e: rdflib.Literal(e.begin),
        "dyad": lambda e: rdflib.URIRef(iri("dyad", "..".join(sorted((e.source, e.target))))),
        "month": lambda e: rdflib.Literal(f"{e.begin:%Y-%m}"),
        "dyadMonth": lambda e: rdflib.Literal("..".join(sorted((e.source, e.target))) + f" {e.begin:%Y-%m}"),
        "category": lambda e: rdflib.URIRef(iri("plover", e.category)),
    }
    memory = rdflib.Graph()
    for name, namespace in prefixes().items():
        memory.bind(name, namespace, override=True, replace=True)

    def triples() -> Iterator[tuple[Any, Any, Any]]:
        for event in graph.events():
            node = rdflib.URIRef(iri("event", event.id))
            for field in fields:
                prefix, local = names[field].split(":")
                yield node, rdflib.URIRef(prefixes()[prefix] + local), made[field](event)

    for triple in triples():
        memory.add(triple)
    return memory


def best_told(folder: Path) -> str:
    import kg

    return kg.open(folder).events(order="mentions", limit=1)[0].id


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[1])


def kept(step: str, figures: dict[str, Any]) -> bool:
    return all(
        figures[name] >= bound if name in AT_LEAST else figures[name] <= bound for name, bound in BOUNDS[step].items()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--steps", default=",".join(STEPS), help=f"some of {', '.join(STEPS)}")
    parser.add_argument("--folder", type=Path, help="where to keep the graph, or where one is (default: thrown away)")
    parser.add_argument("--repeat", type=int, default=15, help="rounds of each measurement")
    parser.add_argument("--one", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        figures = globals()[options.one](options.folder, options.events, options.repeat)
        figures["cpu_s"] = round(time.process_time(), 1)
        figures["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
        print(json.dumps(figures))
        return 0
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "graph"
        for step in options.steps.split(","):
            arguments = ["--one", step, "--events", str(options.events), "--folder", str(folder)]
            done = subprocess.run(
                [sys.executable, __file__, *arguments, "--repeat", str(options.repeat)],
                stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
            figures = json.loads(done.stdout)
            passed = kept(step, figures)
            good = good and passed
            print(json.dumps({"step": step, **figures, "bounds": BOUNDS[step], "kept": passed}), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
