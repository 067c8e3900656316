"""A larger model as teacher: trained on the same pairs, it labels pairs of unlabelled news for the small one.

    python -m kg.training.teacher --base FOLDER --articles news.jsonl -o soft.jsonl
    python -m kg.training --examples soft.jsonl

``--base`` is a folder with an encoder as transformers saves it, such as all-mpnet-base-v2 (110 M parameters). What it
says of a pair becomes the small model's label, class by class (Hinton et al., 2015, "Distilling the Knowledge in a
Neural Network").
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.classifier import NONE
from kg.extract.pairs import features, marked_pair_text
from kg.extract.pipeline import Extractor
from kg.ontology import ontology
from kg.sources import read
from kg.training.__main__ import add_data, fold, hard, load
from kg.training.dataset import Example, write_examples
from kg.training.transformer import class_weights, descent

BATCH = 24
LENGTH = 112
RATE = 5e-5
"""Of learning; ten times as much for the last layer."""
FROZEN = 3
"""First layers that are not trained."""
OPEN = 0.02
"""Probability of an event, by the present model, from which a pair of unlabelled news is given to the teacher."""


def pool(articles: Path, most: int) -> Iterator[Example]:
    """Pairs of unlabelled articles of which the present model is not sure that nothing happens."""
    extractor = Extractor()
    none = extractor.classifier.classes.index(NONE)
    count = 0
    for article in read([articles]):
        for around, pairs, answers in extractor.readings(article):
            for pair, answer in zip(pairs, answers, strict=True):
                if 1.0 - answer[none] > OPEN:
                    text, found = marked_pair_text(pair, around), features(pair, around)
                    yield Example(text, found, NONE, article.id, kind="pool")
                    count += 1
        if count >= most:
            return


@dataclass(slots=True)
class Marked:
    """A sentence with its marks in the text: token ids, and the tokens of source and target with their marks."""

    ids: list[int]
    source: tuple[int, int]
    target: tuple[int, int]


def encode(texts: Sequence[str], tokenizer: Any) -> list[Marked]:
    """Token ids of marked sentences; a missing target is the first token. Long sentences are cut around the marks."""
    marks = [tokenizer.token_to_id(mark) for mark in "@#"]
    first, last = (
        next(i for i in map(tokenizer.token_to_id, names) if i is not None)
        for names in (("<s>", "[CLS]"), ("</s>", "[SEP]"))
    )
    out = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        ids = encoding.ids
        low = min([n for n, i in enumerate(ids) if i in marks], default=0) - 8
        low = max(0, min(low, len(ids) - (LENGTH - 2)))
        ids = [first, *ids[low : low + LENGTH - 2], last]
        places = [[n for n, i in enumerate(ids) if i == mark] for mark in marks]
        spans = [(found[0], found[1] + 1) if len(found) > 1 else (0, 1) for found in places]
        out.append(Marked(ids, spans[0], spans[1]))
    return out


def _arrays(batch: Sequence[Marked]) -> dict[str, Any]:
    import torch

    size = max(len(one.ids) for one in batch)
    ids = torch.zeros(len(batch), size, dtype=torch.long)
    masks = torch.zeros(3, len(batch), size)
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        for mask, (begin, end) in zip(masks, ((0, len(one.ids)), one.source, one.target), strict=True):
            mask[row, begin:end] = 1
    return {"ids": ids, "masks": masks}


class Teacher:
    """An encoder with one linear layer over the means of the text, of the source and of the target (Zhou and Chen,
    2022, "An Improved Baseline for Sentence-level Relation Extraction").

    The embeddings and the first ``frozen`` layers stay as they are.
    """

    def __init__(self, base: Path, classes: int, threads: int, seed: int, frozen: int = FROZEN) -> None:
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModel

        torch.manual_seed(seed)
        random.seed(seed)
        torch.set_num_threads(threads)
        self.tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.encoder = AutoModel.from_pretrained(str(base), add_pooling_layer=False)
        self.head = torch.nn.Linear(3 * self.encoder.config.hidden_size, classes)
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:frozen]):
            part.requires_grad_(False)

    def state(self) -> dict[str, Any]:
        """The weights, by the names of the encoder's and of the last layer's."""
        parts = (("encoder", self.encoder), ("head", self.head))
        return {f"{name}.{key}": value.clone() for name, part in parts for key, value in part.state_dict().items()}

    def load(self, state: dict[str, Any]) -> None:
        """Take weights that :meth:`state` gave."""
        for name, part in (("encoder", self.encoder), ("head", self.head)):
            own = {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}
            part.load_state_dict(own)

    def _logits(self, batch: Sequence[Marked]) -> Any:
        import torch

        arrays = _arrays(batch)
        masks = arrays["masks"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.encoder(input_ids=arrays["ids"], attention_mask=masks[0]).last_hidden_state.float()
            means = [(hidden * m.unsqueeze(-1)).sum(1) / m.sum(1, keepdim=True).clamp(min=1.0) for m in masks]
            return self.head(torch.nn.functional.dropout(torch.cat(means, -1), 0.1, self.encoder.training)).float()

    def train(
        self, examples: Sequence[Example], classes: Sequence[str], epochs: float, batch: int = BATCH, power: float = 0.3
    ) -> None:
        """Fine-tune on labelled pairs; a class weighs by its count to the power of ``-power``."""
        import torch

        tokens = encode([e.text for e in examples], self.tokenizer)
        labels = torch.tensor([classes.index(e.label) for e in examples])
        weights = torch.tensor([e.weight for e in examples])
        weight_of = class_weights(labels.numpy(), len(classes), power)
        body = [p for p in self.encoder.parameters() if p.requires_grad]
        steps = int(epochs * len(tokens) / batch) + 1
        optimiser, schedule = descent(body, list(self.head.parameters()), RATE, 10 * RATE, steps)
        self.encoder.train()
        order: list[int] = []
        for _ in range(steps):
            if len(order) < batch:
                order = random.sample(range(len(tokens)), len(tokens))
            chosen = [order.pop() for _ in range(min(batch, len(order)))]
            loss = torch.nn.functional.cross_entropy(
                self._logits([tokens[n] for n in chosen]),
                labels[chosen],
                weight_of,
                label_smoothing=0.05,
                reduction="none",
            )
            optimiser.zero_grad()
            (loss * weights[chosen]).mean().backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            schedule.step()

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Class probabilities of marked sentences, in their order."""
        import torch

        tokens = encode(texts, self.tokenizer)
        out = np.zeros((len(tokens), self.head.out_features), np.float32)
        order = sorted(range(len(tokens)), key=lambda n: len(tokens[n].ids))
        self.encoder.eval()
        with torch.no_grad():
            for at in range(0, len(order), 32):
                chosen = order[at : at + 32]
                out[chosen] = torch.softmax(self._logits([tokens[n] for n in chosen]), -1).numpy()
        return out


def main() -> None:
    """Train the teacher, label the pool, write the examples."""
    parser = argparse.ArgumentParser(prog="python -m kg.training.teacher", description=__doc__)
    add_data(parser)
    parser.add_argument("--base", type=Path, required=True, help="folder of the teacher's base model")
    parser.add_argument("--articles", type=Path, required=True, help="unlabelled articles (JSON lines)")
    parser.add_argument("--most", type=int, default=20_000, help="pairs to label")
    parser.add_argument("--epochs", type=float, default=2.5)
    parser.add_argument("--keep", type=Path, help="also keep the teacher's weights in this file (.pt)")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    classes = [NONE, *sorted(ontology().categories)]
    seen = [e for e in load(args) if fold(e.group, args.hold) != 0]
    teacher = Teacher(args.base, len(classes), args.threads, args.seed)
    teacher.train(hard(seen, classes, easy=400), classes, args.epochs)
    if args.keep:
        import torch

        torch.save(teacher.state(), args.keep)
    unlabelled = list(pool(args.articles, args.most))
    for example, row in zip(unlabelled, teacher.predict([e.text for e in unlabelled]), strict=True):
        example.label = classes[int(row.argmax())]
        example.extra["soft"] = [round(float(p), 4) for p in row]
    write_examples(unlabelled, args.output)


if __name__ == "__main__":
    main()
