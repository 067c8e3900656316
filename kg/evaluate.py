"""How good a graph is: samples for blind hand coding, precision with intervals, agreement of coders, roles.

A sheet holds quotes and actors and empty columns for the coder; what the graph itself says is in a key file beside it,
so that nobody is led by it. Precision is the share of the drawn items on which the coder agrees with the graph.
"""

from __future__ import annotations

import csv
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError, SourceError
from kg.graph.results import Table, csv_safe, plain
from kg.model import digest
from kg.ontology import SYMMETRIC, ontology

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["BY", "Item", "agreement", "draw", "kappa", "key_path", "precision", "read_sheet", "wilson", "write_sheet"]

BY = ("category", "quad", "status", "year", "none")
"""What a sample may be stratified by."""

BLIND = ("item", "published", "publisher", "title", "quote", "actor_1", "actor_2")
"""Columns of a sheet that the coder reads. The two actors are in alphabetical order, not that of the graph."""

FILL_IN = ("category", "direction", "status", "begin", "end", "note")
"""Columns that the coder fills in; see ``docs/review.md``."""

KEY = ("item", "event", "mention", "stratum", "size", "category", "direction", "status", "begin", "end")
_DIRECTIONS = ("1>2", "2>1", "both", "1")


@dataclass(frozen=True, slots=True)
class Item:
    """One drawn event: what the coder sees, and what the graph says (``key``)."""

    shown: Mapping[str, Any]
    key: Mapping[str, Any]


def draw(graph: Graph, n: int, by: str = "category", seed: int = 0, **select: Any) -> list[Item]:
    """Draw ``n`` events, evenly over the strata ``by``, in random order; the same for the same graph and seed.

    A stratum with fewer events than its share gives all it has, and the others share what is left. Each event is shown
    by one of its mentions, drawn at random. ``select`` takes the filters of :meth:`kg.graph.Graph.events`.

    Raises:
        QueryError: ``by`` is unknown, or no event fits.
    """
    if by not in BY:
        raise QueryError(f"--by {by} is unknown; use one of {', '.join(BY)}")
    rows = graph.events(**select).to_arrow().to_pylist()
    if not rows:
        raise QueryError("no event to draw from; widen the window or build the graph first")
    strata: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: str(r["id"])):
        strata[_stratum(row, by)].append(row)
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    shares = _shares({name: len(members) for name, members in strata.items()}, n)
    drawn = [(name, row) for name in sorted(strata) for row in chance.sample(strata[name], shares[name])]
    chance.shuffle(drawn)
    return [_item(graph, row, name, len(strata[name]), seed, chance, select.get("as_of")) for name, row in drawn]


def _stratum(row: Mapping[str, Any], by: str) -> str:
    if by == "quad":
        return str(ontology().quad(row["category"]))
    if by == "year":
        return str(row["begin_day"].year) if row["begin_day"] else "undated"
    return "all" if by == "none" else str(row[by])


def _shares(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many to draw of each stratum: even, but never more than there are."""
    shares = dict.fromkeys(sizes, 0)
    left = min(n, sum(sizes.values()))
    while left:
        for name in sorted(sizes):
            if left and shares[name] < sizes[name]:
                shares[name] += 1
                left -= 1
    return shares


def _item(
    graph: Graph,
    row: Mapping[str, Any],
    stratum: str,
    size: int,
    seed: int,
    chance: random.Random,
    as_of: str | None,
) -> Item:
    told = chance.choice(graph.evidence(row["id"], as_of).to_dicts())
    names = [row["source_label"], row["target_label"]] if row["target"] else [row["source_label"]]
    first, second = sorted(names) if len(names) == 2 else (names[0], "")
    direction = "1" if not row["target"] else "both" if row["mutual"] else "1>2" if names[0] == first else "2>1"
    item = digest("item", row["id"], told["mention"], seed)[:8]
    shown = {
        "item": item,
        **{name: told[name] for name in ("published", "publisher", "title", "quote")},
        "actor_1": first,
        "actor_2": second,
    }
    said = {name: row[name] for name in ("category", "status")}
    said |= {"begin": row["begin_day"], "end": row["end_day"], "direction": direction}
    place = {"item": item, "event": row["id"], "mention": told["mention"], "stratum": stratum, "size": size}
    return Item(shown, {**place, **said})


def key_path(sheet: Path) -> Path:
    """Where the key of a sheet lies: ``sheet.key.csv`` beside ``sheet.csv``."""
    return sheet.with_name(f"{sheet.stem}.key.csv")


def write_sheet(items: Sequence[Item], path: Path, show: bool = False) -> None:
    """Write the sheet and its key; with ``show`` the sheet has the graph's own coding too, as ``ours_...``.

    Raises:
        SourceError: a file can't be written.
    """
    ours = ("category", "direction", "status", "begin", "end") if show else ()
    columns = [*BLIND, *FILL_IN, *(f"ours_{name}" for name in ours)]
    rows = [[*(i.shown[c] for c in BLIND), *("" for _ in FILL_IN), *(i.key[name] for name in ours)] for i in items]
    _write(path, columns, rows)
    _write(key_path(path), KEY, [[i.key[name] for name in KEY] for i in items])


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([csv_safe(plain(value)) for value in row] for row in rows)
    except OSError as error:
        raise SourceError(str(path), f"can't be written ({error.strerror})") from error


def read_sheet(path: Path) -> dict[str, dict[str, str]]:
    """The items of a filled-in sheet by id, only those that were coded (``category`` is not empty).

    Raises:
        SourceError: the file can't be read, is no sheet, or a value is unknown; names the line.
    """
    known = {*ontology().categories, "NONE"}
    out: dict[str, dict[str, str]] = {}
    for line, row in _rows(path, ("item", "category")):
        category = row["category"].strip().upper()
        if not category:
            continue
        if category not in known:
            raise SourceError(f"{path}:{line}", f"category {row['category']!r} is unknown; write a category or none")
        direction = row.get("direction", "").replace(" ", "")
        if direction and direction not in _DIRECTIONS:
            raise SourceError(f"{path}:{line}", f"direction {direction!r} is unknown; write 1>2, 2>1 or both")
        if row["item"] in out:
            raise SourceError(f"{path}:{line}", f"item {row['item']} comes twice; leave one of the two rows")
        out[row["item"]] = {
            **{name: row.get(name, "").strip() for name in FILL_IN},
            "category": category,
            "direction": direction,
            "status": row.get("status", "").strip().lower(),
        }
    return out


def _rows(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise SourceError(str(path), f"has no column {missing[0]!r}; make a sheet with `kg sample`")
            return [(reader.line_num, {k: v or "" for k, v in row.items() if isinstance(k, str)}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(str(path), f"can't be read ({error})") from error


def wilson(right: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """The interval of a proportion (Wilson 1927), 95 % unless ``z`` is another normal quantile; (0, 1) for no trial.

    >>> [round(x, 3) for x in wilson(8, 10)]
    [0.49, 0.943]
    """
    if n <= 0:
        return 0.0, 1.0
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _same_edge(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool | None:
    """Whether a coder sees category and direction as the graph does; meetings and cooperation have no direction."""
    if ours["category"] != theirs["category"]:
        return False
    if ours["direction"] == "1" or ours["category"] in SYMMETRIC:
        return True
    return ours["direction"] == theirs["direction"] if theirs["direction"] else None


LEVELS: dict[str, Callable[[Mapping[str, str], Mapping[str, str]], bool | None]] = {
    "event": lambda ours, theirs: theirs["category"] != "NONE",
    "quad": lambda ours, theirs: (
        theirs["category"] != "NONE" and ontology().quad(ours["category"]) == ontology().quad(theirs["category"])
    ),
    "category": lambda ours, theirs: ours["category"] == theirs["category"],
    "edge": _same_edge,
    "status": lambda ours, theirs: ours["status"] == theirs["status"] if theirs["status"] else None,
    "begin": lambda ours, theirs: ours["begin"] == theirs["begin"] if theirs["begin"] else None,
}
"""What counts as right: any event at all; of this quad class; of this category; with this direction; and, where the
coder filled them in, this status and this first day."""


def precision(sheet: Mapping[str, Mapping[str, str]], key: Path) -> Table:
    """Precision by category of the graph, and over all events at each level, with 95 % intervals (Wilson).

    A row for each category counts right edges (category and direction). The rows ``all: level`` weight each stratum by
    its share of the graph; their intervals use the effective sample size (Kish 1965).

    Raises:
        SourceError: the key is missing or has none of the items.
        QueryError: nothing is coded yet.
    """
    if not sheet:
        raise QueryError("no item of the sheet is coded; fill in the column category (a category, or none)")
    ours = {row["item"]: row for _, row in _rows(key, KEY)}
    common = [item for item in ours if item in sheet]
    if not common:
        raise SourceError(str(key), "has none of the coded items; give the key that was made with the sheet")
    out: list[tuple[Any, ...]] = []
    verdicts = [(ours[i]["category"], _same_edge(ours[i], sheet[i])) for i in common]
    right = Counter(category for category, verdict in verdicts if verdict)
    coded = Counter(category for category, verdict in verdicts if verdict is not None)
    for category in sorted(coded):
        n, hits = coded[category], right[category]
        out.append((category, n, hits, round(hits / n, 3), *(round(x, 3) for x in wilson(hits, n))))
    for name, level in LEVELS.items():
        judged = {i: verdict for i in common if (verdict := level(ours[i], sheet[i])) is not None}
        if judged:
            out.append((f"all: {name}", len(judged), sum(judged.values()), *_weighted(judged, ours)))
    return Table(["category", "n", "right", "precision", "low", "high"], out)


def _weighted(judged: Mapping[str, bool], ours: Mapping[str, Mapping[str, str]]) -> tuple[float, float, float]:
    strata: dict[str, list[bool]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for item, verdict in judged.items():
        strata[ours[item]["stratum"]].append(verdict)
        sizes[ours[item]["stratum"]] = int(ours[item]["size"])
    total = sum(sizes.values())
    share = sum(sizes[name] / total * sum(found) / len(found) for name, found in strata.items())
    # Items of large strata stand for many; the effective size says how many equal items would tell as much.
    weights = [sizes[name] / total / len(found) for name, found in strata.items() for _ in found]
    effective = sum(weights) ** 2 / sum(w * w for w in weights)
    low, high = wilson(share * effective, effective)
    return round(share, 3), round(low, 3), round(high, 3)


def kappa(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, float, float]:
    """Cohen's kappa (1960) of two coders, with its 95 % interval, and the share of items on which they agree.

    1 is full agreement, 0 what chance gives. If both use one and the same value throughout, kappa is 1.

    >>> [round(x, 2) for x in kappa([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)]
    [0.4, 0.14, 0.66, 0.7]

    Raises:
        QueryError: there are no pairs.
    """
    n = len(pairs)
    if not n:
        raise QueryError("the two sheets have no coded item in common")
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    agreed = sum(a == b for a, b in pairs) / n
    chance = sum(first[value] * second[value] for value in first) / (n * n)
    if chance == 1:
        return 1.0, 1.0, 1.0, 1.0
    value = (agreed - chance) / (1 - chance)
    error = 1.96 * math.sqrt(agreed * (1 - agreed) / n) / (1 - chance)
    return value, max(-1.0, value - error), min(1.0, value + error), agreed


def agreement(first: Mapping[str, Mapping[str, str]], second: Mapping[str, Mapping[str, str]]) -> Table:
    """Cohen's kappa of two coders on category, direction and status, for items that both filled in.

    Raises:
        QueryError: they have no item in common.
    """
    common = [item for item in first if item in second]
    out = []
    for name in ("category", "direction", "status"):
        pairs = [(first[i][name], second[i][name]) for i in common if first[i][name] and second[i][name]]
        if pairs or name == "category":
            value, low, high, agreed = kappa(pairs)
            out.append((name, len(pairs), *(round(x, 3) for x in (agreed, value, low, high))))
    return Table(["question", "n", "agreed", "kappa", "low", "high"], out)
