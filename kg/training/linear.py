"""The fast first stage: multinomial logistic regression over the parse features of a pair.

Trained with PyTorch as an embedding bag (one row of class weights for each feature); written as plain NumPy arrays,
so that using it needs no PyTorch.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["predict", "save", "train"]


def _vocabulary(rows: Sequence[Sequence[str]], least: int) -> dict[str, int]:
    counts = Counter(name for row in rows for name in set(row))
    return {name: number for number, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}


def _bags(rows: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> list[list[int]]:
    return [[vocabulary[name] for name in dict.fromkeys(row) if name in vocabulary] for row in rows]


def train(
    rows: Sequence[Sequence[str]],
    labels: Sequence[str],
    weights: Sequence[float],
    classes: Sequence[str],
    *,
    least: int = 2,
    epochs: int = 12,
    decay: float = 3e-5,
    rate: float = 0.03,
    seed: int = 0,
) -> dict[str, Any]:
    """Fit class weights for every feature seen at least ``least`` times; returns classes, vocabulary and the weight
    table."""
    import torch

    torch.manual_seed(seed)
    vocabulary = _vocabulary(rows, least)
    bags = _bags(rows, vocabulary)
    index = {name: number for number, name in enumerate(classes)}
    y = torch.tensor([index[label] for label in labels])
    w = torch.tensor(weights, dtype=torch.float32)
    table = torch.nn.EmbeddingBag(len(vocabulary), len(classes), mode="sum")
    torch.nn.init.zeros_(table.weight)
    optimiser = torch.optim.Adam(table.parameters(), lr=rate)
    steps = epochs * ((len(bags) + 511) // 512)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / steps))
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        order = torch.randperm(len(bags), generator=generator).tolist()
        for start in range(0, len(order), 512):
            chosen = order[start : start + 512]
            flat = torch.tensor([i for n in chosen for i in bags[n]])
            sizes = torch.tensor([0, *[len(bags[n]) for n in chosen[:-1]]]).cumsum(0)
            loss = torch.nn.functional.cross_entropy(table(flat, sizes), y[chosen], reduction="none")
            loss = (loss * w[chosen]).mean() + decay * table.weight.pow(2).sum() / 512 * len(chosen) ** 0.5
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return {"classes": list(classes), "vocabulary": vocabulary, "table": table.weight.detach().numpy()}


def predict(model: dict[str, Any], rows: Sequence[Sequence[str]]) -> np.ndarray:
    """Class probabilities, one row for each list of features."""
    table, vocabulary = model["table"], model["vocabulary"]
    logits = np.stack([table[bag].sum(0) if bag else np.zeros(table.shape[1]) for bag in _bags(rows, vocabulary)])
    logits -= logits.max(1, keepdims=True)
    out = np.exp(logits)
    return np.asarray(out / out.sum(1, keepdims=True))


def save(model: dict[str, Any], path: Path) -> None:
    """Write a model as ``.npz``: half-precision weights and the vocabulary as one JSON text."""
    np.savez_compressed(
        path,
        table=model["table"].astype(np.float16),
        vocabulary=np.frombuffer(json.dumps(list(model["vocabulary"])).encode(), dtype=np.uint8),
        classes=np.frombuffer(json.dumps(model["classes"]).encode(), dtype=np.uint8),
    )
