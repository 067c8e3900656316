"""Coding of marked pairs: a table of sentences with source and target in, PLOVER categories out (``kg classify``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from kg.errors import SourceError
from kg.extract import parse
from kg.extract.classifier import NONE, classifier
from kg.extract.lexicon import yaml_resource
from kg.extract.marked import MarkedPair, marked_pair, unmark

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["COLUMNS", "classify_tsv"]

COLUMNS = ("id", "category", "mode", "confidence", "none")
_BATCH = 256


def _spans(row: dict[str, str]) -> tuple[str, tuple[int, int] | None, tuple[int, int] | None]:
    """The sentence of a row and where source and target stand: by the marks, else by looking for their words."""
    if row.get("marked_sentence"):
        return unmark(row["marked_sentence"])
    text = row["sentence"]

    def find(words: str | None) -> tuple[int, int] | None:
        at = text.find(words) if words else -1
        return (at, at + len(words)) if words and at >= 0 else None

    return text, find(row.get("source")), find(row.get("target"))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = reader.fieldnames or []
        if "id" not in names or not {"sentence", "marked_sentence"} & set(names):
            raise SourceError(
                str(path), "needs a header line with the columns id, sentence, source and target, tab separated"
            )
        yield from enumerate(reader, 2)


def _mode(pair: MarkedPair, category: str) -> str:
    """Mode of the first trigger of the category in the sentence."""
    modes = [t.frame.mode for t in pair.around.triggers if t.frame.category == category and t.frame.mode]
    return modes[0] if modes else ""


def older(pair: MarkedPair, category: str) -> str:
    """A category as the PLV relation set has it, which follows an older PLOVER: economic sanctions are COERCE there."""
    words = [t.token.lemma_.lower() for t in pair.around.triggers if t.frame.category == "SANCTION"]
    economic = frozenset(yaml_resource("triggers.yaml")["economic_sanctions"])
    return "COERCE" if category == "SANCTION" and words and set(words) <= economic else category


def classify_tsv(path: Path, out: TextIO) -> None:
    """Read pairs from ``path`` and write id, category (best of the sixteen), mode, confidence and none to ``out``.

    ``confidence`` is the probability of the category given that something happens, ``none`` the probability that
    nothing happens in this direction; both are between 0 and 1. Categories follow the PLV relation set (Hu et al.,
    2024), in which economic sanctions are COERCE; in the graph they are SANCTION, as in the present ontology.

    Raises:
        SourceError: the file lacks a column, or a row marks neither source nor target.
    """
    model = classifier()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
    writer.writerow(COLUMNS)
    none = model.classes.index(NONE)
    categories = [n for n in range(len(model.classes)) if n != none]
    rows = _rows(path)
    while batch := list(islice(rows, _BATCH)):
        pairs = list(_pairs(path, batch))
        probabilities = model.predict([p.features for p in pairs], [p.text for p in pairs], all_second=True)
        for (_, row), pair, probability in zip(batch, pairs, probabilities, strict=True):
            best = categories[int(np.argmax(probability[categories]))]
            share = float(probability[best] / max(probability[categories].sum(), 1e-9))
            name = model.classes[best]
            writer.writerow(
                [row["id"], older(pair, name), _mode(pair, name), f"{share:.4f}", f"{probability[none]:.4f}"]
            )


def _pairs(path: Path, batch: list[tuple[int, dict[str, Any]]]) -> Iterator[MarkedPair]:
    read = [_spans(row) for _, row in batch]
    docs: Iterator[Doc] = parse.load(parse.DEFAULT_MODEL).pipe(text for text, _, _ in read)
    for (number, _), doc, (_, source, target) in zip(batch, docs, read, strict=True):
        try:
            yield marked_pair(doc, source, target)
        except ValueError as error:
            raise SourceError(f"{path}:{number}", str(error)) from error
