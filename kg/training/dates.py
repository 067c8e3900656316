"""Learn which of an article's dates an event has: ``python -m kg.training.dates PAIRS.jsonl``.

The file holds annotated articles, one a line: ``{id, date, title, sentences, events: [{sentence (-1: the title),
source, target (codes), event, trigger, begin, end, undated}]}``. The events that the extractor finds in them and that
are annotated with a date are the examples; a softmax over the candidates of each (:mod:`kg.extract.dating`) is fitted
by maximum likelihood with an L2 penalty (Ratnaparkhi 1996; Och and Ney 2002 for the log-linear form).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from kg.errors import SourceError
from kg.extract.dating import Dates, Occasion, by_date, features
from kg.extract.pipeline import DEFAULT_THRESHOLD, Extractor
from kg.model import Article
from kg.ontology import SYMMETRIC
from kg.training.__main__ import fold
from kg.training.dataset import top

__all__ = ["Choice", "accuracy", "choices", "fit"]

_LOWEST = 0.03
"""Events are learnt from even where the extractor is too unsure of them to give them out."""
_UNDATED = 0.5
"""Weight of events for which the annotator found no date in the text, so that they bear that of publication."""
_REPEATED = 0.6
"""One trigger with n pairs of actors counts n ** 0.4 times."""
_PENALTY = 8.0
_RAREST = 3
_FOLDS = 5


@dataclass(slots=True)
class Choice:
    """An event's candidates, what speaks for each, which are right, and whether the parse alone was."""

    group: str
    features: list[list[str]]
    right: list[bool]
    weight: float
    dated: bool
    parsed: bool


def _annotated(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            found = json.loads(line)
            if not {"id", "date", "title", "sentences", "events"} <= set(found):
                raise ValueError("needs id, date, title, sentences and events")
        except ValueError as error:
            raise SourceError(f"{path}:{number}", f"no annotated article: {error}") from error
        yield found


def choices(path: Path, extractor: Extractor | None = None) -> list[Choice]:
    """The dated events of annotated articles that the extractor finds.

    Raises:
        SourceError: a line is no annotated article; the message names file and line.
    """
    reader = extractor or Extractor(threshold=_LOWEST)
    found: list[tuple[tuple[object, ...], Choice]] = []
    for known in _annotated(path):
        found += _choices(known, reader)
    often = Counter(key for key, _ in found)
    for key, one in found:
        one.weight *= often[key] ** -_REPEATED
    return [one for _, one in found]


def _choices(known: dict[str, Any], reader: Extractor) -> Iterator[tuple[tuple[object, ...], Choice]]:
    day = dt.date.fromisoformat(known["date"])
    starts = np.cumsum([0, *(len(s) + 1 for s in known["sentences"])])
    article = Article(id=known["id"], published=day, title=known["title"], text=" ".join(known["sentences"]))
    reading, told, timexes = reader.told(article)
    dates = Dates.of(reading.fields, timexes, day)
    sure = by_date(one.occasion for one in told if one.dyad.score >= DEFAULT_THRESHOLD)
    for one in told:
        it, dyad = one.occasion, one.dyad
        number = -1 if it.field == "title" else int(np.searchsorted(starts, it.sentence.start_char + 2, "right")) - 1
        ends = (top(dyad.source[1].code), top(dyad.target[1].code) if dyad.target else "")
        event = _meant([e for e in known["events"] if e["source"] and e["sentence"] == number], it, ends)
        if event is None:
            continue
        keys = dates.candidates(it)
        begin, end = dt.date.fromisoformat(event["begin"]), dt.date.fromisoformat(event["end"])
        exact = [key == (begin, end) for key in keys]
        right = exact if any(exact) else [key[0] == begin for key in keys]
        undated = bool(event.get("undated"))
        yield (
            (article.id, it.place, it.category),
            Choice(
                article.id,
                [features(key, it, dates, sure) for key in keys],
                right,
                _UNDATED if undated else 1.0,
                not undated,
                it.time.begin == begin,
            ),
        )


def _meant(events: Sequence[dict[str, Any]], it: Occasion, ends: tuple[str, str]) -> dict[str, Any] | None:
    """The annotated event of a sentence that an event found in it is."""
    same = [
        e
        for e in events
        if e["event"] == it.category
        and (
            (top(e["source"]), top(e["target"])) == ends
            or (e["event"] in SYMMETRIC and (top(e["target"]), top(e["source"])) == ends)
        )
    ]
    return max(same, key=lambda e: it.token.text in e["trigger"], default=None)


def _softmax(scores: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    top = np.full(count, -np.inf)
    np.maximum.at(top, rows, scores)
    shares = np.exp(scores - top[rows])
    return np.asarray(shares / np.bincount(rows, shares, count)[rows])


def fit(examples: Sequence[Choice]) -> dict[str, float]:
    """The weight of each feature that occurs often enough; several candidates may be right (marginal likelihood)."""
    told = [one for one in examples if any(one.right)]
    counts = Counter(name for one in told for candidate in one.features for name in candidate)
    index = {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= _RAREST))}
    columns = [[index[name] for name in c if name in index] for one in told for c in one.features]
    matrix = csr_matrix(
        (np.ones(sum(map(len, columns))), np.concatenate(columns), np.cumsum([0, *map(len, columns)])),
        shape=(len(columns), len(index)),
    )
    rows = np.repeat(np.arange(len(told)), [len(one.right) for one in told])
    right = np.concatenate([np.array(one.right, float) for one in told])
    weight = np.array([one.weight for one in told])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        share = _softmax(matrix @ theta, rows, len(told))
        hit = np.bincount(rows, share * right, len(told)) + 1e-12
        slope = matrix.T @ ((share - share * right / hit[rows]) * weight[rows])
        return float(-(weight * np.log(hit)).sum() + _PENALTY * theta @ theta / 2), slope + _PENALTY * theta

    best = minimize(loss, np.zeros(len(index)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return {name: round(float(best[n]), 3) for name, n in index.items() if abs(best[n]) >= 0.002}


def accuracy(examples: Iterable[Choice], table: dict[str, float]) -> tuple[int, int, int]:
    """Of the events with a date in the text: their number, how many the weights date right, how many the parse."""
    count = learnt = parsed = 0
    for one in examples:
        if one.dated:
            scores = [sum(table.get(name, 0.0) for name in names) for names in one.features]
            count, learnt, parsed = count + 1, learnt + one.right[int(np.argmax(scores))], parsed + one.parsed
    return count, learnt, parsed


def main() -> None:
    """Fit on all articles, write the weights, and print what five-fold cross-validation by article says."""
    parser = argparse.ArgumentParser(prog="python -m kg.training.dates", description=__doc__)
    parser.add_argument("pairs", type=Path, help="annotated articles")
    parser.add_argument("-o", "--output", type=Path, default=Path("kg/resources/dating.json"))
    args = parser.parse_args()
    found = choices(args.pairs)
    sums = np.zeros(3, int)
    for part in range(_FOLDS):
        table = fit([one for one in found if fold(one.group, _FOLDS) != part])
        sums += accuracy((one for one in found if fold(one.group, _FOLDS) == part), table)
    table = fit(found)
    args.output.write_text(json.dumps(table, indent=0, sort_keys=True) + "\n", "utf-8")
    count, learnt, parsed = sums
    print(f"{len(found)} events, {len(table)} weights")
    print(f"begin right, cross-validated over {count}: {learnt / count:.3f}; the parse alone {parsed / count:.3f}")


if __name__ == "__main__":
    main()
