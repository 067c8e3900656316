"""Scoring of offices: which persons were seen to hold an office of which country."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.evaluate import wilson
from kg.graph.resolve import name_tokens

__all__ = ["RoleScore", "Seen", "read_gold", "read_roles", "score_roles"]

_CODE = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Seen:
    """A person with an office, as one article has it; ``country`` is a code of a state or organisation."""

    article: str
    person: str
    office: str
    country: str


@dataclass(frozen=True, slots=True)
class RoleScore:
    """Counts of roles, and those that were missed or found without being there."""

    gold: int
    found: int
    right: int
    missed: tuple[Seen, ...]
    spurious: tuple[Seen, ...]

    @property
    def precision(self) -> float:
        """Share of the found ones that are right, 0 to 1."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold ones that were found, 0 to 1."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0

    def __str__(self) -> str:
        spans = [
            f"{low:.3f}-{high:.3f}" for low, high in (wilson(self.right, self.found), wilson(self.right, self.gold))
        ]
        return (
            f"roles: {self.gold} gold, {self.found} found, {self.right} right\n"
            f"precision {self.precision:.3f} ({spans[0]})  recall {self.recall:.3f} ({spans[1]})  F1 {self.f1:.3f}"
        )


def score_roles(gold: Iterable[Seen], found: Iterable[Seen], articles: Collection[str] | None = None) -> RoleScore:
    """Match found roles with gold ones, each at most once, the most alike names first.

    Two match if the article is the same, the countries are equal (letters and digits, up to a colon), the last names
    are equal, and all words of one name are in the other. The wording of offices is not judged; the same person and
    country found twice in an article count once. ``articles`` are those that the gold covers: what is found in others
    is left out.
    """
    wanted = list(dict.fromkeys(gold))
    unique: dict[tuple[str, tuple[str, ...], str], Seen] = {}
    for seen in found:
        if articles is not None and seen.article not in articles:
            continue
        unique.setdefault((seen.article, name_tokens(seen.person), _country(seen.country)), seen)
    left = list(unique.values())
    hits: set[int] = set()
    for exact in (True, False):
        for n, role in enumerate(wanted):
            if n in hits:
                continue
            match = next((one for one in left if _fits(role, one, exact)), None)
            if match is not None:
                left.remove(match)
                hits.add(n)
    missed = tuple(role for n, role in enumerate(wanted) if n not in hits)
    return RoleScore(len(wanted), len(unique), len(hits), missed, tuple(left))


def _fits(gold: Seen, found: Seen, exact: bool) -> bool:
    if gold.article != found.article or _country(gold.country) != _country(found.country):
        return False
    a, b = name_tokens(gold.person), name_tokens(found.person)
    if exact or not a or not b:
        return a == b
    return a[-1] == b[-1] and (set(a) <= set(b) or set(b) <= set(a))


def _country(code: str) -> str:
    return _CODE.sub("", code.split(":")[0].lower())


def read_gold(path: Path) -> tuple[list[Seen], set[str]]:
    """The roles of a gold file and the articles that it covers.

    A line is ``{"doc": id, "roles": [{"person": ..., "office": ..., "country": ...}]}``.

    Raises:
        SourceError: a line is no such record; names it.
    """
    records = list(_records(path, ("doc", "roles")))
    try:
        roles = [
            Seen(str(record["doc"]), role["person"], role.get("office") or "", role["country"])
            for record in records
            for role in record["roles"]
        ]
    except (TypeError, KeyError, AttributeError) as error:
        raise SourceError(str(path), f"a role lacks {error}; each needs person and country") from error
    return roles, {str(record["doc"]) for record in records}


def read_roles(path: Path) -> list[Seen]:
    """The roles that ``kg extract --roles`` wrote: lines of ``{"article", "person", "office", "code"}``.

    Raises:
        SourceError: a line is no such record; names it.
    """
    return [
        Seen(str(record["article"]), record["person"], record.get("office", ""), record["code"])
        for record in _records(path, ("article", "person", "code"))
    ]


def _records(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), f"can't be read ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path}:{number}", f"not JSON ({error})") from error
        missing = [name for name in needed if not isinstance(record, dict) or name not in record]
        if missing:
            raise SourceError(f"{path}:{number}", f"has no {missing[0]!r}; see `kg eval --help` for the format")
        yield record
