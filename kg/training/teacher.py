"""A larger model as teacher: trained on the same pairs, it labels pairs of unlabelled news for the small one.

    python -m kg.training.teacher --base FOLDER --articles news.jsonl -o soft.jsonl
    python -m kg.training --examples soft.jsonl

``--base`` is a folder with an encoder as transformers saves it, such as all-mpnet-base-v2 (110 M parameters). What it
says of a pair becomes the small model's label, class by class (Hinton et al., 2015, "Distilling the Knowledge in a
Neural Network").
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kg.extract.classifier import NONE
from kg.extract.pairs import features, marked_pair_text
from kg.extract.pipeline import Extractor
from kg.extract.tokens import Tokens, encode
from kg.ontology import ontology
from kg.sources import read
from kg.training import transformer
from kg.training.__main__ import add_data, fold, hard, load
from kg.training.dataset import Example, write_examples

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


def main() -> None:
    """Train the teacher, label the pool, write the examples."""
    parser = argparse.ArgumentParser(prog="python -m kg.training.teacher", description=__doc__)
    add_data(parser)
    parser.add_argument("--base", type=Path, required=True, help="folder of the teacher's base model")
    parser.add_argument("--articles", type=Path, required=True, help="unlabelled articles (JSON lines)")
    parser.add_argument("--most", type=int, default=20_000, help="pairs to label")
    parser.add_argument("--epochs", type=float, default=2.5)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    from tokenizers import Tokenizer

    classes = [NONE, *sorted(ontology().categories)]
    seen = [e for e in load(args) if fold(e.group, args.hold) != 0]
    chosen = hard(seen, classes, easy=400)
    settings = transformer.Settings(
        str(args.base),
        half=True,
        epochs=args.epochs,
        batch=24,
        rate=5e-5,
        frozen=3,
        weight_power=0.3,
        threads=args.threads,
    )
    tokenizer = Tokenizer.from_file(str(args.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def tokens(examples: list[Example]) -> list[Tokens]:
        return encode([e.text for e in examples], tokenizer, settings.length)

    labels = np.array([classes.index(e.label) for e in chosen])
    state = transformer.train(tokens(chosen), labels, [e.weight for e in chosen], len(classes), settings, args.seed)
    unlabelled = list(pool(args.articles, args.most))
    for example, row in zip(unlabelled, transformer.predict(tokens(unlabelled), state, settings), strict=True):
        example.label = classes[int(row.argmax())]
        example.extra["soft"] = [round(float(p), 4) for p in row]
    write_examples(unlabelled, args.output)


if __name__ == "__main__":
    main()
