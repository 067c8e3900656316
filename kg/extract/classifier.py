"""What happens between two actors of a sentence: a PLOVER category or nothing, with a probability.

Two stages. A linear model over features of the parse reads every ordered pair and answers those it is sure of; a small
transformer reads the sentences of the rest. Both were trained on the same 17 classes (16 categories and NONE); where
both have spoken, they are weighed against each other on the log scale. The files lie in
``kg/resources/classifier`` with a card and are checked against the hashes in its manifest.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.errors import ResourceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.extract.tokens import Asked

__all__ = ["NONE", "OLDER", "Linear", "PairClassifier", "Transformer", "classifier"]

NONE = "NONE"
OLDER = (
    *("NONE", "ACCUSE", "AGREE", "AID", "ASSAULT", "COERCE", "CONSULT", "COOPERATE", "MOBILIZE", "PROTEST"),
    *("REJECT", "REQUEST", "SANCTION", "SUPPORT", "THREATEN", "YIELD"),
)
"""Classes of the second head: the older PLOVER of the PLV relation set (Hu et al., 2024), where CONCEDE and RETREAT are
YIELD and economic sanctions COERCE."""
_FOLDER = "classifier"
_AT_ONCE = 2_000
"""Pairs whose features are looked up together, so that a list of thousands of actors takes no more memory."""


@dataclass(slots=True)
class Linear:
    """Class weights for features of the parse."""

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    table: NDArray[np.float32]

    def predict(self, rows: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Class probabilities, one row for each list of features."""
        logits = np.zeros((len(rows), len(self.classes)), np.float32)
        known = self.vocabulary
        for at in range(0, len(rows), _AT_ONCE):
            bags = [[known[n] for n in dict.fromkeys(row) if n in known] for row in rows[at : at + _AT_ONCE]]
            filled = [number for number, bag in enumerate(bags, at) if bag]
            if filled:
                ends = list(accumulate(len(bag) for bag in bags if bag))
                features = self.table[list(chain.from_iterable(bags))]
                logits[filled] = np.add.reduceat(features, [0, *ends[:-1]], axis=0)
        return softmax(logits)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of logits as probabilities."""
    out = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(out / out.sum(1, keepdims=True), np.float32)


@dataclass(slots=True)
class Transformer:
    """The model that reads sentences: an ONNX session and its tokenizer."""

    session: Any
    tokenizer: Any
    length: int

    def predict(self, asked: Sequence[Asked]) -> NDArray[np.float32]:
        """Class probabilities of what is asked about sentences, in its order.

        Pairs of the same sentence are read together, sentences one by one: that takes least time, and what is computed
        in 8 bits by the range of the values does not depend on other sentences.
        """
        (found,) = self._run(asked, "logits")
        return found

    def both(self, asked: Sequence[Asked]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same and, by the second head, probabilities of :data:`OLDER`."""
        found, older = self._run(asked, "logits", "older")
        return found, older

    def _run(self, asked: Sequence[Asked], *outputs: str) -> list[NDArray[np.float32]]:
        from kg.extract.tokens import batch_arrays, encode

        out: list[list[NDArray[np.float32] | None]] = [[None] * len(asked) for _ in outputs]
        for tokens in encode(asked, self.tokenizer, self.length):
            for told, logits in zip(out, self.session.run(outputs, batch_arrays([tokens])), strict=True):
                for number, row in zip(tokens.numbers, softmax(logits[0]), strict=True):
                    told[number] = row
        return [np.array(told, np.float32) for told in out]


@dataclass(slots=True)
class PairClassifier:
    """Both stages together.

    ``sure`` is the probability of NONE from which the first stage alone decides; a sentence is not read again at all
    if that of each of its pairs is at least ``quiet``. ``mix`` weighs what speaks for a
    class: the log probabilities of both stages (``first``, ``second``) and a constant for all classes but NONE
    (``event``); fitted on held-out articles by maximum likelihood. ``prior`` is the share of events among all ordered
    pairs there.
    """

    linear: Linear
    transformer: Transformer
    sure: float
    quiet: float
    mix: dict[str, float]
    prior: float
    version: str

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the probabilities."""
        return self.linear.classes

    def predict(
        self,
        rows: Sequence[Sequence[str]],
        ask: Callable[[int], Asked],
        sentences: Sequence[int],
        *,
        fast: bool = False,
        hasty: Container[int] = (),
    ) -> NDArray[np.float32]:
        """Class probabilities of pairs, given their features, what to ask about a pair, and which sentence each is of.

        ``sentences`` are numbers, ``ask`` is called with the number of a pair. ``fast`` uses the first stage only, for
        all pairs, ``hasty`` for those of these sentences.
        """
        if not rows:
            return np.zeros((0, len(self.classes)), np.float32)
        out = self.linear.predict(rows)
        if fast:
            return out
        nothing = out[:, self.classes.index(NONE)]
        read = {s for s, chance in zip(sentences, nothing, strict=True) if chance < self.quiet and s not in hasty}
        open_ = [n for n, s in enumerate(sentences) if s in read and nothing[n] < self.sure]
        if open_:
            out[open_] = self.mixed(out[open_], self.transformer.predict([ask(n) for n in open_]))
        return out

    def mixed(self, first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
        """Class probabilities by both stages, given those of each."""
        scores = self.mix["second"] * np.log(second + 1e-6) + self.mix["first"] * np.log(first + 1e-6)
        scores[:, [n for n, name in enumerate(self.classes) if name != NONE]] += self.mix["event"]
        return softmax(scores.astype(np.float32))


def _verified(name: str, manifest: dict[str, Any]) -> bytes:
    data = resources.files("kg.resources").joinpath(_FOLDER, name).read_bytes()
    if hashlib.sha256(data).hexdigest() != manifest["files"].get(name):
        raise ResourceError(f"kg/resources/{_FOLDER}/{name} is not the file that was shipped; reinstall the package")
    return data


@functools.cache
def classifier() -> PairClassifier:
    """The shipped classifier, loaded once and checked.

    Raises:
        ResourceError: a file is missing or altered.
    """
    import io

    import onnxruntime
    from tokenizers import Tokenizer

    try:
        manifest = json.loads(resources.files("kg.resources").joinpath(_FOLDER, "manifest.json").read_text("utf-8"))
        arrays = np.load(io.BytesIO(_verified("linear.npz", manifest)), allow_pickle=False)
        names = json.loads(arrays["vocabulary"].tobytes().decode())
        classes = tuple(json.loads(arrays["classes"].tobytes().decode()))
        table = arrays["table"].astype(np.float32)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            _verified("pairs.onnx", manifest),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # adding and normalising in one step takes longer than in two
        )
        tokenizer = Tokenizer.from_buffer(_verified("tokenizer.json", manifest))
    except (OSError, KeyError, ValueError) as error:
        raise ResourceError(f"the classifier can't be loaded ({error}); reinstall the package") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return PairClassifier(
        Linear(classes, {name: number for number, name in enumerate(names)}, table),
        Transformer(session, tokenizer, int(manifest["length"])),
        float(manifest["sure"]),
        float(manifest["quiet"]),
        {name: float(weight) for name, weight in manifest["mix"].items()},
        float(manifest["prior"]),
        str(manifest["version"]),
    )
