"""Coding of marked pairs: a table of sentences with source and target in, PLOVER categories out (``kg classify``)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from kg.errors import SourceError
from kg.extract import parse
from kg.extract.classifier import NONE, OLDER, classifier
from kg.extract.marked import MarkedPair, marked_pair, unmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COLUMNS", "classify_tsv"]

COLUMNS = ("id", "category", "mode", "confidence", "none")
_BATCH = 256


Row = tuple[str, dict[str, str]]
"""Where a row stands, and its cells by column."""


def _spans(row: dict[str, str]) -> tuple[str, tuple[int, int] | None, tuple[int, int] | None]:
    """The sentence of a row and where source and target stand: by the marks, else by looking for their words."""
    if row.get("marked_sentence"):
        return unmark(row["marked_sentence"])
    text = row.get("sentence", "")

    def find(words: str | None) -> tuple[int, int] | None:
        at = text.find(words) if words else -1
        return (at, at + len(words)) if words and at >= 0 else None

    return text, find(row.get("source")), find(row.get("target"))


def _rows(path: Path, skip: Callable[[SourceError], object]) -> Iterator[Row]:
    """Rows of a table in UTF-8; tabs and line ends stand between cells and nowhere else."""
    names: list[str] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path}:{number}"
            try:
                cells = line.decode("utf-8-sig").rstrip("\r\n").split("\t")
            except UnicodeDecodeError as error:
                skip(SourceError(where, f"not UTF-8 (byte {error.start + 1} of the line)"))
                continue
            if not names:
                names = _header(path, cells)
            elif any(cells):
                yield where, dict(zip(names, cells, strict=False))
    if not names:
        _header(path, [])


def _header(path: Path, names: list[str]) -> list[str]:
    if "id" in names and {"sentence", "marked_sentence"} & set(names):
        return names
    raise SourceError(str(path), "needs a header line with the columns id, sentence, source and target, tab separated")


def _mode(pair: MarkedPair, category: str) -> str:
    """Mode of the first trigger of the category in the sentence."""
    modes = [t.frame.mode for t in pair.around.triggers if t.frame.category == category and t.frame.mode]
    return modes[0] if modes else ""


def _present(category: str, row: NDArray[np.float32], classes: Sequence[str]) -> str:
    """A category of the older PLOVER as it is written out: YIELD as the likelier of CONCEDE and RETREAT."""
    if category != "YIELD":
        return category
    return max(("CONCEDE", "RETREAT"), key=lambda name: float(row[classes.index(name)]))


def even_odds(none: float, prior: float) -> float:
    """The probability of no event for a pair that somebody picked out, with even odds beforehand.

    ``none`` holds among all ordered pairs of actors, of which the share ``prior`` are events (Saerens et al., 2002,
    "Adjusting the Outputs of a Classifier to New a Priori Probabilities").
    """
    quiet, event = none / (1.0 - prior), (1.0 - none) / prior
    return quiet / (quiet + event)


def classify_tsv(path: Path, out: TextIO, skip: Callable[[SourceError], object]) -> int:
    """Read pairs from ``path`` and write id, category (best of the sixteen), mode, confidence and none to ``out``.

    ``confidence`` is the probability of the category given that something happens. ``none`` is the probability that
    nothing happens in this direction, at even odds beforehand (see :func:`even_odds`). Both are between 0 and 1.
    Categories follow the PLV relation set (Hu et al., 2024), which the classifier's second head was trained on: there
    economic sanctions are COERCE, and convictions ACCUSE or COERCE; in the graph both are SANCTION, as in the present
    ontology. A row that marks neither source nor target is handed to ``skip`` as an error that names file and line,
    and the next one is read.

    Returns:
        The number of rows that were coded.

    Raises:
        SourceError: the file lacks a column.
    """
    model = classifier()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
    none = model.classes.index(NONE)
    rows = _rows(path, skip)
    count = 0
    writer.writerow(COLUMNS)
    while batch := list(islice(rows, _BATCH)):
        read = list(_pairs(batch, skip))
        if not read:
            continue
        pairs = [pair for _, pair in read]
        second, older = model.transformer.both([p.asked for p in pairs])
        probabilities = model.mixed(model.linear.predict([p.features for p in pairs]), second)
        for (name, pair), probability, told in zip(read, probabilities, older[:, 1:], strict=True):
            best = int(np.argmax(told))
            share = float(told[best] / max(float(told.sum()), 1e-9))
            category = _present(OLDER[1 + best], probability, model.classes)
            quiet = even_odds(float(probability[none]), model.prior)
            writer.writerow([name, category, _mode(pair, category), f"{share:.4f}", f"{quiet:.4f}"])
        count += len(read)
    return count


def _pairs(batch: Iterable[Row], skip: Callable[[SourceError], object]) -> Iterator[tuple[str, MarkedPair]]:
    """The id and the marked pair of each row that has one."""
    read = [(where, row.get("id", ""), *_spans(row)) for where, row in batch]
    docs = parse.parse_batch((text for _, _, text, _, _ in read), parse.DEFAULT_MODEL)
    for (where, name, _, source, target), doc in zip(read, docs, strict=True):
        try:
            yield name, marked_pair(doc, source, target)
        except ValueError as error:
            skip(SourceError(where, str(error)))
