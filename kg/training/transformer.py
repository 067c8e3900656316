"""The second stage: MiniLM-L6 fine-tuned on sentences with marked pairs, averaged over seeds, exported to int8 ONNX.

Recipe: a sentence is read once, with two marks for each pair (:mod:`kg.extract.tokens`); the mean of the text, of the
source's and of the target's tokens and the two marks, concatenated, dropout, one linear layer; cross-entropy with label
smoothing and class weights count^-power; AdamW with linear decay; the word embeddings are frozen. Seeds are averaged in
weight space (Wortsman et al., 2022, "Model soups").
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.tokens import Tokens, batch_arrays

__all__ = [
    "Older",
    "Settings",
    "average",
    "class_weights",
    "descent",
    "export",
    "merged",
    "predict",
    "read_state",
    "train",
]


PARTS = 5
"""Vectors that a pair is judged by."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is trained. ``half`` computes in 16 bits, ``batch`` counts sentences."""

    base: str
    half: bool = True
    epochs: float = 4.0
    batch: int = 16
    rate: float = 2e-4
    head_rate: float = 5e-4
    decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.05
    length: int = 112
    weight_power: float = 0.5
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Older:
    """Labels of the second head, which codes by the older PLOVER of the relation files.

    ``labels`` (class numbers, or rows of class probabilities) and ``weights`` stand beside the first head's;
    ``from_rows`` gives, for each of its ``classes``, the classes of the first head with the same meaning.
    """

    labels: np.ndarray
    weights: Sequence[float]
    classes: int
    from_rows: Sequence[Sequence[int]]


def _network(base: str, classes: int, dropout: float, older: int = 0) -> Any:
    import torch
    from transformers import AutoModel

    class Network(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="eager")
            self.dropout = torch.nn.Dropout(dropout)
            self.head = torch.nn.Linear(PARTS * self.encoder.config.hidden_size, classes)
            self.older = torch.nn.Linear(PARTS * self.encoder.config.hidden_size, older) if older else None

        def forward(self, ids: Any, positions: Any, types: Any, attention: Any, source: Any, target: Any) -> Any:
            """Logits of the pairs of each sentence, for arrays as :func:`kg.extract.tokens.batch_arrays` makes them."""
            begun = self.encoder.embeddings(input_ids=ids, position_ids=positions, token_type_ids=types)
            barred = (1.0 - attention.unsqueeze(1)) * -1e4
            hidden = self.encoder.encoder(begun, attention_mask=barred).last_hidden_state
            pairs = source.shape[1]
            text = ids.shape[1] - 2 * pairs
            seen = attention[:, 0]  # the first token looks at the text and at nothing else
            mean = (hidden * seen.unsqueeze(-1)).sum(1) / seen.sum(1, keepdim=True)
            parts = [
                mean.unsqueeze(1).expand(-1, pairs, -1),
                torch.bmm(source.to(hidden.dtype), hidden),
                torch.bmm(target.to(hidden.dtype), hidden),
                hidden[:, text : text + pairs],
                hidden[:, text + pairs :],
            ]
            joined = self.dropout(torch.cat(parts, dim=-1))
            return self.head(joined) if self.older is None else (self.head(joined), self.older(joined))

    return Network()


def train(
    tokens: Sequence[Tokens],
    labels: np.ndarray,
    weights: Sequence[float],
    classes: int,
    settings: Settings,
    seed: int,
    *,
    start: dict[str, Any] | None = None,
    older: Older | None = None,
    log: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Fine-tune from ``start`` or the base model; returns the state dictionary.

    ``labels`` and ``weights`` are those of the texts that ``tokens`` have the numbers of. Labels are class numbers, or
    rows of class probabilities (a teacher's). ``older`` gives the labels of the second head; where ``start`` has none,
    it begins as the first head's rows of the same categories.
    """
    import torch

    torch.manual_seed(seed)
    random.seed(seed)
    torch.set_num_threads(settings.threads)
    network = _network(settings.base, classes, settings.dropout, older.classes if older else 0)
    if start is not None:
        network.load_state_dict(_with_older(start, older))
    network.encoder.embeddings.word_embeddings.requires_grad_(False)
    weight_of = class_weights(labels.argmax(1) if labels.ndim == 2 else labels, classes, settings.weight_power)
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    body = [p for n, p in named if not n.startswith(("head", "older"))]
    heads = [p for n, p in named if n.startswith(("head", "older"))]
    steps = math.ceil(settings.epochs * len(tokens) / settings.batch)
    optimiser, schedule = descent(body, heads, settings.rate, settings.head_rate, steps, settings.decay)
    network.train()
    done, begun, running = 0, time.monotonic(), 0.0
    y_all = torch.tensor(labels)
    w_all = torch.tensor(weights, dtype=torch.float32)
    if older:
        older_y, older_w = torch.tensor(older.labels), torch.tensor(older.weights, dtype=torch.float32)
    while done < steps:
        order = list(range(len(tokens)))
        random.shuffle(order)
        pools = [order[i : i + settings.batch * 50] for i in range(0, len(order), settings.batch * 50)]
        batches = []
        for pool in pools:
            pool.sort(key=lambda n: tokens[n].size)
            batches += [pool[i : i + settings.batch] for i in range(0, len(pool), settings.batch)]
        random.shuffle(batches)
        for chosen in batches:
            if done >= steps:
                break
            together = [tokens[n] for n in chosen]
            arrays = {k: torch.from_numpy(v) for k, v in batch_arrays(together).items()}
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.half):
                told = network(**arrays)
            rows, columns, asked = _places(together)
            logits, y = (told[0] if older else told)[rows, columns].float(), y_all[asked]
            loss = (_loss(logits, y, weight_of, settings.smoothing) * w_all[asked]).mean()
            if older:
                second = _loss(told[1][rows, columns].float(), older_y[asked], None, settings.smoothing)
                loss = loss + (second * older_w[asked]).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            running = 0.98 * running + 0.02 * float(loss) if done > 1 else float(loss)
            if done % 100 == 0:
                rate = done * settings.batch / (time.monotonic() - begun)
                log(f"step {done}/{steps} loss {running:.3f} {rate:.1f} sentences/s")
    return {k: v.detach().clone() for k, v in network.state_dict().items()}


def _loss(logits: Any, labels: Any, weight_of: Any, smoothing: float) -> Any:
    """Cross-entropy of each row with class numbers, or with rows of class probabilities as they stand."""
    import torch

    if labels.ndim == 1:
        return torch.nn.functional.cross_entropy(logits, labels, weight_of, label_smoothing=smoothing, reduction="none")
    loss = -(labels * torch.log_softmax(logits, -1)).sum(-1)
    return loss if weight_of is None else loss * weight_of[labels.argmax(1)]


def class_weights(labels: np.ndarray, classes: int, power: float) -> Any:
    """Weights count^-power of the classes, of mean one over the examples; a class counts as five at least."""
    import torch

    share = torch.tensor(np.bincount(labels, minlength=classes), dtype=torch.float32)
    weights = share.clamp(min=5) ** -power
    return weights / (weights * share).sum() * share.sum()


def descent(
    body: Sequence[Any], heads: Sequence[Any], rate: float, head_rate: float, steps: int, decay: float = 0.01
) -> tuple[Any, Any]:
    """AdamW with a rate for the body and one for the heads, and its schedule: up for a tenth of the steps, then down
    to nothing."""
    import torch

    groups = [{"params": list(body), "lr": rate}, {"params": list(heads), "lr": head_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=decay)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / max(1, steps - warm)))
    )
    return optimiser, schedule


def _places(batch: Sequence[Tokens]) -> tuple[list[int], list[int], list[int]]:
    """Of all pairs of a batch: row, place in the row, and number of the text."""
    found = [(row, column, n) for row, tokens in enumerate(batch) for column, n in enumerate(tokens.numbers)]
    rows, columns, numbers = zip(*found, strict=True)
    return list(rows), list(columns), list(numbers)


def _with_older(start: dict[str, Any], older: Older | None) -> dict[str, Any]:
    if older is None or "older.weight" in start:
        return start
    return start | {f"older.{name}": value for name, value in merged(start, older.from_rows).items()}


def merged(state: dict[str, Any], rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Weight and bias of a state's first head for other classes: each is the mean of some rows."""
    import torch

    return {
        name: torch.stack([state[f"head.{name}"][list(row)].mean(0) for row in rows]) for name in ("weight", "bias")
    }


def read_state(path: Path) -> dict[str, Any]:
    """The weights in a file that ``kg.training --keep`` wrote, or in an ONNX model of :func:`export`.

    What was quantised there is turned back into floats, each within half a step of what it was.
    """
    import torch

    if path.suffix != ".onnx":
        state: dict[str, Any] = torch.load(path, weights_only=True)
        return state
    import onnx

    graph = onnx.load(path).graph
    held = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def floats(name: str) -> Any:
        low = held[f"{name}_zero_point"].astype(np.float32)
        return torch.from_numpy((held[f"{name}_quantized"].astype(np.float32) - low) * held[f"{name}_scale"])

    own = ("encoder.", "head.", "older.")
    found = {name: torch.from_numpy(array.copy()) for name, array in held.items() if name.startswith(own)}
    state = {name: tensor for name, tensor in found.items() if name.endswith((".weight", ".bias"))}
    for name in found:
        if name.endswith("_quantized"):
            state[name.removesuffix("_quantized")] = floats(name.removesuffix("_quantized"))
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            place = node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".")
            name = f"{place if place in ('head', 'older') else f'encoder.{place}'}.weight"
            state[name] = floats(node.input[1].removesuffix("_quantized")).T.contiguous()
    return state


def average(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of several state dictionaries."""
    return {
        key: sum(s[key].float() for s in states) / len(states) if states[0][key].is_floating_point() else states[0][key]
        for key in states[0]
    }


def _heads(state: dict[str, Any]) -> tuple[int, int]:
    """Sizes of the first and the second head of a state."""
    return len(state["head.bias"]), len(state["older.bias"]) if "older.bias" in state else 0


def predict(tokens: Sequence[Tokens], state: dict[str, Any], settings: Settings, *, older: bool = False) -> np.ndarray:
    """Class probabilities of a trained state, in the order of the texts; those of the second head if ``older``."""
    import torch

    torch.set_num_threads(settings.threads)
    sizes = _heads(state)
    network = _network(settings.base, sizes[0], 0.0, sizes[1])
    network.load_state_dict(state)
    network.eval()
    out = np.zeros((sum(len(t.numbers) for t in tokens), sizes[1] if older else sizes[0]), np.float32)
    order = sorted(tokens, key=lambda t: t.size)
    with torch.no_grad():
        for at in range(0, len(order), 32):
            together = order[at : at + 32]
            arrays = {k: torch.from_numpy(v) for k, v in batch_arrays(together).items()}
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.half):
                told = network(**arrays)
            rows, columns, asked = _places(together)
            logits = (told[older] if sizes[1] else told)[rows, columns]
            out[asked] = torch.softmax(logits.float(), -1).numpy()
    return out


def export(state: dict[str, Any], settings: Settings, path: Path) -> None:
    """Write an int8 ONNX model (dynamic quantisation, per channel) of a state."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    sizes = _heads(state)
    network = _network(settings.base, sizes[0], 0.0, sizes[1])
    network.load_state_dict(state)
    network.eval()
    outputs = ["logits", "older"] if sizes[1] else ["logits"]
    example = Tokens([101, 5, 6, 7, 102], [((1, 2), (3, 4)), ((3, 4), (0, 1))], [0, 1], (1030, 1001))
    arrays = {k: torch.from_numpy(v) for k, v in batch_arrays([example] * 2).items()}
    names = list(arrays)
    plain = path.with_suffix(".float.onnx")
    torch.onnx.export(
        network,
        tuple(arrays.values()),
        str(plain),
        input_names=names,
        output_names=outputs,
        dynamic_axes={name: {0: "batch", 1: "size"} for name in ("ids", "positions", "types")}
        | {"attention": {0: "batch", 1: "size", 2: "size"}}
        | {name: {0: "batch", 1: "pairs", 2: "size"} for name in ("source", "target")}
        | {name: {0: "batch", 1: "pairs"} for name in outputs},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()
