"""Sentences with the pairs asked about as token ids and masks: the transformer's input, the same in training and use.

A sentence is read once for all of its pairs. Each pair adds two marks behind the text, one for its source and one for
its target. A mark has the position of its phrase, looks at the text and at the other mark of its pair, and nothing else
looks at it (levitated markers: Ye et al., 2022, "Packed Levitated Marker for Entity and Relation Extraction").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Asked", "Tokens", "batch_arrays", "encode", "unmarked"]

Asked = tuple[str, tuple[int, int] | None, tuple[int, int] | None]
"""A sentence and the characters of the source and of the target that are asked about."""

Place = tuple[int, int]
"""First token and the one after the last."""

NOBODY: Place = (0, 1)
"""Place of a target that is missing: the token before the text."""

MOST_PAIRS = 24
"""Pairs read at once; a sentence with more is read again for the rest."""

_MARKED = re.compile(r"([@#]) (.+?) \1", re.DOTALL)
_ENDS = ("[CLS]", "[SEP]")
_MARKS = ("@", "#")


@dataclass(slots=True)
class Tokens:
    """A tokenised sentence: ids, places of source and target of each pair, and the numbers of the texts they are of."""

    ids: list[int]
    pairs: list[tuple[Place, Place]]
    numbers: list[int]
    marks: tuple[int, int]
    """Ids of the marks of source and target."""

    @property
    def size(self) -> int:
        """Positions that the sentence takes with its marks."""
        return len(self.ids) + 2 * len(self.pairs)


def encode(asked: Sequence[Asked], tokenizer: Any, length: int) -> list[Tokens]:
    """Tokens of sentences with what is asked about them, pairs of the same sentence together.

    A sentence of more than ``length`` tokens is cut for each of its pairs so that both phrases stay inside.
    """
    sentences: dict[str, list[int]] = {}
    for number, (text, _, _) in enumerate(asked):
        sentences.setdefault(text, []).append(number)
    first, last, source, target = (tokenizer.token_to_id(name) for name in (*_ENDS, *_MARKS))
    out: list[Tokens] = []
    encodings = tokenizer.encode_batch(list(sentences), add_special_tokens=False)
    for numbers, encoding in zip(sentences.values(), encodings, strict=True):
        ids: list[int] = encoding.ids
        begins, ends = [begin for begin, _ in encoding.offsets], [end for _, end in encoding.offsets]
        pairs = [(_place(asked[n][1], begins, ends), _place(asked[n][2], begins, ends)) for n in numbers]
        if len(ids) <= length - 2:
            parts = [(ids, pairs[at : at + MOST_PAIRS], numbers[at : at + MOST_PAIRS]) for at in _every(len(pairs))]
        else:
            parts = [(*_cut(ids, pair, length - 2), [number]) for pair, number in zip(pairs, numbers, strict=True)]
        out += [Tokens([first, *own, last], places, of, (source, target)) for own, places, of in parts]
    return out


def _every(count: int) -> range:
    return range(0, count, MOST_PAIRS)


def unmarked(text: str) -> Asked:
    """A sentence marked by :func:`kg.extract.pairs.marked` without its marks, and the characters they enclosed."""
    spans: list[tuple[int, int] | None] = [None, None]
    out, at = "", 0
    for match in _MARKED.finditer(text):
        which = _MARKS.index(match[1])
        if spans[which] is None:
            out += text[at : match.start()]
            spans[which] = (len(out), len(out) + len(match[2]))
            out += match[2]
            at = match.end()
    return out + text[at:], spans[0], spans[1]


def _place(span: tuple[int, int] | None, begins: Sequence[int], ends: Sequence[int]) -> Place:
    """The tokens of some characters, counted with the token before the text; those begin and end in order."""
    if span is None:
        return NOBODY
    inside = bisect_right(ends, span[0]) + 1, bisect_left(begins, span[1]) + 1
    return inside if inside[0] < inside[1] else NOBODY


def _cut(ids: list[int], pair: tuple[Place, Place], size: int) -> tuple[list[int], list[tuple[Place, Place]]]:
    """So many of a long sentence's tokens, from a little before the first phrase of the pair."""
    low = max(0, min((place[0] for place in pair if place != NOBODY), default=1) - 9)
    low = min(low, len(ids) - size)

    def moved(place: Place) -> Place:
        return NOBODY if place == NOBODY or place[0] - low > size else (place[0] - low, min(place[1] - low, size + 1))

    return ids[low : low + size], [(moved(pair[0]), moved(pair[1]))]


def batch_arrays(batch: Sequence[Tokens]) -> dict[str, NDArray[Any]]:
    """Padded ids, positions, types and attention of a batch, and what each pair's source and target are the mean of.

    The last positions are the marks, those of all sources before those of all targets.
    """
    text = max(len(t.ids) for t in batch)
    pairs = max(len(t.pairs) for t in batch)
    size = text + 2 * pairs
    ids, positions, types = (np.zeros((len(batch), size), np.int64) for _ in range(3))
    attention = np.zeros((len(batch), size, size), np.float32)
    means = [np.zeros((len(batch), pairs, size), np.float32) for _ in range(2)]
    positions[:, :text] = np.arange(text)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens.ids)] = tokens.ids
        attention[row, :, : len(tokens.ids)] = 1
        for number, places in enumerate(tokens.pairs):
            marks = (text + number, text + pairs + number)
            for mark, place, name, mean in zip(marks, places, tokens.marks, means, strict=True):
                ids[row, mark], positions[row, mark] = name, place[0]
                attention[row, mark, marks] = 1
                mean[row, number, slice(*place)] = 1 / (place[1] - place[0])
                if place != NOBODY:
                    types[row, slice(*place)] = types[row, mark] = 1
    return {
        "ids": ids, "positions": positions, "types": types, "attention": attention, "source": means[0],
        "target": means[1],
    }  # fmt: skip
