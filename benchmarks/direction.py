"""Who acts on whom, and who only stands by: the classifier on labelled ordered pairs of actors.

    python benchmarks/direction.py newswire.jsonl [--threshold 0.5]

The labels are in ``data/evaluation/direction.jsonl`` (drawn and labelled as its README tells); the articles, as JSON
Lines with ``id`` and ``text``, are not part of the repository. A pair counts as an event if ``none``, the probability
that ``kg classify`` gives for nothing happening in this direction, is below the threshold. Beside it stands what always
taking the first-named actor for the source would get.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections import Counter
from pathlib import Path

from kg.errors import SourceError
from kg.extract.classify import classify_tsv

LABELS = Path(__file__).parent.parent / "data" / "evaluation" / "direction.jsonl"


def marked(text: str, label: dict[str, object]) -> str:
    """The sentence of a label with <s></s> and <t></t> around source and target."""
    spans = sorted((*label[name], mark) for name, mark in (("source", "s"), ("target", "t")))  # type: ignore[misc]
    out, at = "", int(label["start"])  # type: ignore[call-overload]
    for start, end, mark in spans:
        out += f"{text[at:start]}<{mark}>{text[start:end]}</{mark}>"
        at = end
    return " ".join((out + text[at : int(label["end"])]).split())  # type: ignore[call-overload]


def _stop(error: SourceError) -> None:
    raise error


def main() -> None:
    """Classify every labelled pair and print the share that is right, by label."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--threshold", type=float, default=0.5)
    args = parser.parse_args()
    labels = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    wanted = {label["article"] for label in labels}
    with args.articles.open(encoding="utf-8") as lines:
        texts = {a["id"]: a["text"] for a in map(json.loads, lines) if a["id"] in wanted}
    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "pairs.tsv"
        rows = [f"{n}\t{marked(texts[label['article']], label)}" for n, label in enumerate(labels)]
        table.write_text("id\tmarked_sentence\n" + "\n".join(rows) + "\n", "utf-8")
        classify_tsv(table, out, skip=_stop)
    none = [float(line.split("\t")[4]) for line in out.getvalue().splitlines()[1:]]
    count: Counter[str] = Counter()
    right: Counter[str] = Counter()
    naive: Counter[str] = Counter()
    for label, quiet in zip(labels, none, strict=True):
        event = label["label"] == "event"
        count[label["label"]] += 1
        right[label["label"]] += (quiet < args.threshold) == event
        naive[label["label"]] += (label["source"] < label["target"]) == event
    count["all"], right["all"], naive["all"] = count.total(), right.total(), naive.total()
    for name, number in count.items():
        shares = f"right {right[name] / number:.3f}   by order {naive[name] / number:.3f}"
        print(f"{name:8} {number:4} pairs   {shares}")


if __name__ == "__main__":
    main()
