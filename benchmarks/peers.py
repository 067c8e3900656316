"""Beside what users have without this program, in one run: the parser alone, the script that everybody writes, two RDF
libraries, and Spark.

    python benchmarks/peers.py                        all parts, 150 articles of data/articles
    python benchmarks/peers.py --parts extract,query
    python benchmarks/peers.py news.jsonl --articles 300

*extract*: bare spaCy (the bound), the usual script of spaCy and networkx, ``--fast`` and full extraction; CPU seconds
of one thread, and what one gets for them. *query*: the dated events of one pair by SPARQL in the graph, by pyoxigraph
and by rdflib over the exported graph in memory, and all of one actor by the API. *spark*: Spark on two cores against
the local engine on two, the same short articles. Prints JSON.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from cpu import bare, cpu, drain, least, pipeline

from kg.extract.pipeline import Extractor
from kg.model import Article
from kg.sources import ReadReport, read

ACTORS = {"GPE", "NORP", "ORG", "PERSON"}


def naive(articles: list[Article]) -> Any:
    """The script: names by spaCy's own recogniser, an edge for each verb between its subject and its object."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for article, doc in zip(articles, pipeline().pipe([a.text for a in articles], batch_size=32), strict=True):
        named = {token.i: ent.text for ent in doc.ents if ent.label_ in ACTORS for token in ent}
        for verb in (token for token in doc if token.pos_ == "VERB"):
            subjects = [named[t.i] for t in verb.children if t.dep_ in ("nsubj", "nsubjpass") and t.i in named]
            objects = [named[t.i] for t in verb.children if t.dep_ in ("dobj", "dative") and t.i in named]
            objects += [
                named[t.i] for p in verb.children if p.dep_ == "prep" for t in p.children if t.i in named
            ]  # fmt: skip
            for source in subjects:
                for target in objects:
                    graph.add_edge(source, target, verb=verb.lemma_, date=article.published, sentence=verb.sent.text)
    return graph


def extraction(articles: list[Article], rounds: int) -> dict[str, Any]:
    texts = [text for article in articles for text in (article.text, article.title) if text]
    full, fast = Extractor(), Extractor(fast=True)
    tasks: dict[str, Callable[[], object]] = {
        "bare spaCy": lambda: bare(texts),
        "spaCy and networkx": lambda: naive(articles),
        "kg --fast": lambda: drain(articles, fast),
        "kg": lambda: drain(articles, full),
    }
    for task in tasks.values():
        task()
    seconds = least(tasks, rounds, cpu)
    graph = naive(articles)
    mentions = [m for article in articles for m in full.extract(article).mentions]
    return {
        "articles": len(articles),
        "cpu seconds": {name: round(s, 1) for name, s in seconds.items()},
        "ratio to bare spaCy": {name: round(s / seconds["bare spaCy"], 2) for name, s in seconds.items()},
        "spaCy and networkx": {
            "edges": graph.number_of_edges(),
            "different names of actors": graph.number_of_nodes(),
            "with an event date from the text": 0,
        },
        "kg": {
            "edges": len(mentions),
            "different actors": len({party.id for m in mentions for party in (m.source, m.target) if party}),
            "with an event date from the text": sum(m.time.origin.value == "text" for m in mentions),
        },
    }


QUERY = """
SELECT ?category ?begin WHERE {
  ?dyad kg:member actor:%s ; kg:member actor:%s . ?event kg:dyad ?dyad ; kg:category ?category ;
  sem:hasBeginTimeStamp ?begin .
} ORDER BY ?begin
"""


def queries(articles: list[Article], repeat: int = 15) -> dict[str, Any]:
    import pyoxigraph
    import rdflib

    import kg.api
    from kg.engine.build import build
    from kg.graph.quads import prefixes

    with tempfile.TemporaryDirectory() as name:
        graph = kg.api.open(f"{name}/graph", create=True)
        build(graph, articles, Extractor(fast=True))
        sides = [(e.source, e.target) for e in graph.events(status="actual") if e.target]
        pairs = [pair for pair in sides if not any(":" in actor for actor in pair)]
        a, b = max(set(pairs), key=lambda pair: (pairs.count(pair), pair))
        text = QUERY % (a, b)
        whole = "\n".join(f"PREFIX {key}: <{iri}>" for key, iri in prefixes().items()) + text
        file = Path(name) / "graph.nq"
        graph.export(file)
        oxigraph = pyoxigraph.Store()
        oxigraph.load(path=str(file), format=pyoxigraph.RdfFormat.N_QUADS)
        memory = rdflib.Dataset(default_union=True)
        memory.parse(file, format="nquads")
        asked: dict[str, Callable[[], list[Any]]] = {
            "kg events": lambda: list(graph.events(actor=[a]).to_dicts()),
            "kg sparql": lambda: list(graph.sparql(text)),
            "pyoxigraph": lambda: list(oxigraph.query(whole, use_default_graph_as_union=True)),
            "rdflib": lambda: list(memory.query(whole)),
        }
        rows = {key: len(task()) for key, task in asked.items()}
        assert rows["pyoxigraph"] == rows["rdflib"] == rows["kg sparql"], rows
        times: dict[str, list[float]] = {key: [] for key in asked}
        for _ in range(repeat):
            for key, task in asked.items():
                begun = time.perf_counter()
                task()
                times[key].append(1000 * (time.perf_counter() - begun))
        return {
            "quads": len(oxigraph),
            "rows": rows["rdflib"],
            "milliseconds": {key: round(statistics.median(values), 2) for key, values in times.items()},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", default=["data/articles"])
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", default="extract,query,spark")
    options = parser.parse_args()
    parts = options.parts.split(",")
    some = islice(read(options.inputs, report=ReadReport()), options.articles)
    articles = [a for a in some if a.language == "en" and a.text]
    found: dict[str, Any] = {}
    if "extract" in parts:
        found["extract"] = extraction(articles, options.rounds)
    if "query" in parts:
        found["query"] = queries(articles)
    if "spark" in parts:
        from spark import compare

        found["spark"] = compare(options.inputs, 1000, 2, fast=False)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
