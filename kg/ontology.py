"""PLOVER, the event ontology, as loaded from ``resources/plover.yaml``.

Facts (categories, modes, quad classes, scores, contexts, CAMEO codes) are those of the PLOVER manual, draft 0.8 (Open
Event Data Alliance, 2021).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from kg.errors import ResourceError

__all__ = ["QUAD_NAMES", "SYMMETRIC", "Category", "Ontology", "ontology"]

QUAD_NAMES = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
SYMMETRIC = frozenset({"CONSULT", "COOPERATE"})
"""Categories that hold in both directions when nobody hosts or leads."""


@dataclass(frozen=True, slots=True)
class Category:
    """One of the sixteen event categories. ``score`` runs from -10 (conflict) to +10 (cooperation)."""

    name: str
    quad: int
    score: float
    definition: str
    recipient_required: bool
    modes: dict[str, float]
    cameo: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ontology:
    """The categories, contexts and sectors, and what follows from them."""

    categories: dict[str, Category]
    contexts: dict[str, str]
    sectors: dict[str, str]
    cameo_exceptions: dict[str, str | None]

    def score(self, category: str, mode: str | None = None) -> float:
        """The conflict-cooperation score of a category, or of its mode where one is given.

        >>> ontology().score("CONSULT"), ontology().score("CONSULT", "visit")
        (2.5, 4.0)
        """
        entry = self.categories[category]
        return entry.modes.get(mode, entry.score) if mode else entry.score

    def quad(self, category: str) -> int:
        """The quad class, 1 to 4 (see :data:`QUAD_NAMES`)."""
        return self.categories[category].quad

    def from_cameo(self, code: str) -> str | None:
        """The category of a CAMEO event code, or None for codes outside the ontology; the longest prefix decides."""
        for length in range(len(code), 1, -1):
            prefix = code[:length]
            if prefix in self.cameo_exceptions:
                return self.cameo_exceptions[prefix]
            for name, entry in self.categories.items():
                if prefix in entry.cameo:
                    return name
        return None


def _category(name: str, raw: dict[str, Any]) -> Category:
    return Category(
        name=name,
        quad=int(raw["quad"]),
        score=float(raw["score"]),
        definition=raw["definition"],
        recipient_required=bool(raw["recipient_required"]),
        modes={mode: float(entry["score"]) for mode, entry in raw["modes"].items()},
        cameo=tuple(raw["cameo"]),
    )


@functools.cache
def ontology() -> Ontology:
    """The shipped ontology, loaded once.

    Raises:
        ResourceError: the resource file is missing or malformed.
    """
    try:
        raw = yaml.safe_load(resources.files("kg.resources").joinpath("plover.yaml").read_text("utf-8"))
        return Ontology(
            categories={name: _category(name, entry) for name, entry in raw["categories"].items()},
            contexts=raw["contexts"],
            sectors=raw["sectors"],
            cameo_exceptions=raw["cameo_exceptions"],
        )
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise ResourceError(f"kg/resources/plover.yaml can't be used ({error}); reinstall the package") from error
