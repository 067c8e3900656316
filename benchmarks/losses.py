"""Where edges are lost: every annotated dyad that extraction did not give, by the first stage that lost it.

    kg extract articles.jsonl -o mentions.jsonl
    python benchmarks/losses.py gold.jsonl articles.jsonl mentions.jsonl

``gold.jsonl`` holds one article a line: ``{"doc", "events": [{"source": [codes], "target": [codes], "event"}]}``. Codes
are compared by letters and digits up to a colon. An edge is *right* with its category and direction; else it has the
*wrong category*, the *wrong direction*, its *event was not found* though both actors were recognised in one sentence,
its actors were recognised *not in one sentence*, or an *actor was missed*. *Spurious* dyads match no annotated pair.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from kg.extract import parse
from kg.extract.actors import link
from kg.extract.pipeline import Extractor
from kg.ontology import SYMMETRIC
from kg.sources import read

Dyad = tuple[str, str | None, str]


def top(code: str) -> str:
    """A code without its sector, in letters and digits."""
    return re.sub(r"[^A-Z0-9]", "", code.split(":")[0].upper())


def annotated(record: dict[str, Any]) -> set[Dyad]:
    """The dyads of an annotated article."""
    out: set[Dyad] = set()
    for event in record["events"]:
        sources, targets = ({top(c) for c in event[side]} - {""} for side in ("source", "target"))
        pairs = {(a, b) for a in sources for b in targets if a != b} or {(a, b) for a in sources for b in targets}
        if not targets:
            pairs = {(a, b) for a in sources for b in sources if a < b}
        out |= {(a, b, event["event"]) for a, b in pairs} or {(a, None, event["event"]) for a in sources}
    return out


def same_sentence(extractor: Extractor, article: Any) -> tuple[set[str], set[frozenset[str | None]]]:
    """Codes that are recognised in an article, and the pairs of codes that share a sentence."""
    nlp = parse.load(extractor.model)
    fields = {"text": nlp(article.text), "title": nlp(extractor.headline(article))}
    linked = link({n: d for n, d in fields.items() if len(d)}, article.published, extractor.gazetteer)
    codes: set[str] = set()
    pairs: set[frozenset[str | None]] = set()
    for name, phrases in linked.phrases.items():
        for sentence in fields[name].sents:
            here = {top(r.code) for p in phrases if sentence.start <= p.head < sentence.end for r in p.refs}
            codes |= here
            pairs |= {frozenset((a, b)) for a in here for b in here} | {frozenset((a, None)) for a in here}
    return codes, pairs


def main() -> None:
    """Count and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gold", "articles", "mentions"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    told: dict[str, set[Dyad]] = {}
    for line in args.mentions.read_text("utf-8").splitlines():
        m = json.loads(line)
        target = top(m["recipient"][0]["code"]) if m["recipient"] else None
        told.setdefault(m["article"], set()).add((top(m["actor"][0]["code"]), target, m["event"][0]))
    extractor = Extractor()
    articles = {a.id: a for a in read(args.articles)}
    count: Counter[str] = Counter()
    for line in args.gold.read_text("utf-8").splitlines():
        record = json.loads(line)
        given = told.get(record["doc"], set())
        codes, pairs = same_sentence(extractor, articles[record["doc"]])
        gold = annotated(record)
        for a, b, category in gold:
            ends, two_way = frozenset((a, b)), category in SYMMETRIC
            here = [d for d in given if frozenset(d[:2]) == ends]
            if any(d[2] == category and (d[:2] == (a, b) or two_way) for d in here):
                count["right"] += 1
            elif any(d[2] == category for d in here):
                count["wrong direction"] += 1
            elif here:
                count["wrong category"] += 1
            elif not {a, b} - {None} <= codes:
                count["actor missed"] += 1
            else:
                count["event not found" if ends in pairs else "not in one sentence"] += 1
        count["spurious"] += sum(frozenset(d[:2]) not in {frozenset(g[:2]) for g in gold} for d in given)
        count["annotated"] += len(gold)
    for name, number in count.most_common():
        print(f"{name:20} {number}")


if __name__ == "__main__":
    main()
