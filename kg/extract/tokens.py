"""Marked sentences as token ids and span masks: the transformer's input, the same in training and use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Tokens", "batch_arrays", "encode"]

_ENDS = (("<s>", "[CLS]"), ("</s>", "[SEP]"))
"""Names of the first and of the last token, by tokenizer."""


@dataclass(slots=True)
class Tokens:
    """One tokenised pair: ids, and which positions belong to source and target."""

    ids: list[int]
    source: tuple[int, int]
    target: tuple[int, int]


def encode(texts: Sequence[str], tokenizer: Any, length: int) -> list[Tokens]:
    """Token ids with the spans between the marks; a missing target gives the span of the first token.

    A sentence longer than ``length`` is cut so that both marked phrases stay inside.
    """
    at, hash_ = tokenizer.token_to_id("@"), tokenizer.token_to_id("#")
    first, last = (next(i for i in map(tokenizer.token_to_id, names) if i is not None) for names in _ENDS)
    out = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        ids = list(encoding.ids)
        spans = [_between(ids, mark) for mark in (at, hash_)]
        if len(ids) > length - 2:
            known = [edge for span in spans if span for edge in span]
            low = max(0, min(known, default=0) - 8)
            low = min(low, len(ids) - (length - 2))
            ids = ids[low : low + length - 2]
            spans = [_between(ids, mark) for mark in (at, hash_)]
        full = [first, *ids, last]
        source, target = ((s[0] + 1, s[1] + 1) if s else (0, 1) for s in spans)
        out.append(Tokens(full, source, target))
    return out


def _between(ids: Sequence[int], mark: int) -> tuple[int, int] | None:
    places = [n for n, i in enumerate(ids) if i == mark]
    return (places[0], places[1] + 1) if len(places) >= 2 else None


def batch_arrays(batch: Sequence[Tokens]) -> dict[str, NDArray[Any]]:
    """Padded ids, attention mask and the two span masks of a batch."""
    size = max(len(t.ids) for t in batch)
    ids = np.zeros((len(batch), size), np.int64)
    mask, source, target = (np.zeros((len(batch), size), np.float32) for _ in range(3))
    for row, t in enumerate(batch):
        ids[row, : len(t.ids)] = t.ids
        mask[row, : len(t.ids)] = 1
        source[row, slice(*t.source)] = 1
        target[row, slice(*t.target)] = 1
    return {"input_ids": ids, "attention_mask": mask, "source_mask": source, "target_mask": target}
