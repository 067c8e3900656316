"""Word lists that extraction reads: sectors, offices, event triggers; loaded once from ``kg/resources``."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from kg.errors import ResourceError
from kg.integrity import verify
from kg.model import STATE_SECTORS

__all__ = ["Offices", "Sectors", "narrowed", "offices", "sectors", "yaml_resource"]


@functools.cache
def yaml_resource(name: str) -> Any:
    """The parsed content of ``kg/resources/<name>``.

    Raises:
        ResourceError: the file is missing or not YAML.
    """
    try:
        data = resources.files("kg.resources").joinpath(name).read_bytes()
        verify("kg", f"kg/resources/{name}", data)
        text = data.decode("utf-8")
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders both
    except (OSError, yaml.YAMLError) as error:
        raise ResourceError(f"kg/resources/{name} can't be used ({error}); reinstall the package") from error


@dataclass(frozen=True, slots=True)
class Sectors:
    """Which PLOVER sector a noun or a word before it names."""

    nouns: dict[str, str]
    modifiers: dict[str, str]
    carriers: frozenset[str]
    pair_nouns: frozenset[str]
    owned_only: frozenset[str]
    groups: frozenset[str]
    rivals: frozenset[str]
    countries: frozenset[str]
    bodies: dict[str, frozenset[str]]
    saying: frozenset[str]
    backing: frozenset[str]
    organs: frozenset[str]
    anybody: frozenset[str]
    bare: frozenset[str]
    idle: frozenset[str]
    elsewhere: frozenset[str]
    standing: frozenset[str]
    acting: frozenset[str]
    holdings: frozenset[str]
    deeds: dict[str, str]
    epithets: dict[str, tuple[str, ...]]
    institutions: dict[str, str]
    regional: frozenset[str]


def narrowed(sector: str, modifier: str, noun: str, table: Sectors) -> str:
    """The sector of a noun after a word that names one: "rebel leader" is REB, "labor minister" stays GOV."""
    other = table.modifiers.get(modifier)
    if other is None or (other in ("GOV", "MIL") and sector in ("LEG", "JUD", "REB", "SPY", "COP", "PTY")):
        return sector
    if noun in table.organs and other not in (*STATE_SECTORS, "OPP", "REB", "ELI"):
        return sector
    return other


@functools.cache
def sectors() -> Sectors:
    """The sector nouns of ``sectors.yaml``."""
    raw = yaml_resource("sectors.yaml")
    return Sectors(
        nouns={word: sector for sector, words in raw["nouns"].items() for word in words},
        modifiers={word: sector for sector, words in raw["modifiers"].items() for word in words},
        carriers=frozenset(raw["carriers"]),
        pair_nouns=frozenset(raw["pair_nouns"]),
        owned_only=frozenset(raw["owned_only"]),
        groups=frozenset(raw["groups"]),
        rivals=frozenset(raw["rivals"]),
        countries=frozenset(raw["countries"]),
        bodies={noun: frozenset(names) for noun, names in raw["bodies"].items()},
        saying=frozenset(raw["saying"]),
        backing=frozenset(raw["backing"]),
        organs=frozenset(raw["organs"]),
        anybody=frozenset(raw["anybody"]),
        bare=frozenset(raw["bare"]),
        idle=frozenset(raw["idle"]),
        elsewhere=frozenset(raw["elsewhere"]),
        standing=frozenset(raw["standing"]),
        acting=frozenset(raw["acting"]),
        holdings=frozenset(raw["holdings"]),
        deeds={noun: kind for kind, nouns in raw["deeds"].items() for noun in nouns},
        epithets={words: tuple(states) for words, states in raw["epithets"].items()},
        institutions={word: sector for sector, words in raw["institutions"].items() for word in words},
        regional=frozenset(raw["regional"]),
    )


@dataclass(frozen=True, slots=True)
class Offices:
    """Titles of office: the pattern that finds one, and the kinds of term that it names."""

    title: re.Pattern[str]
    kinds: dict[str, tuple[str, ...]]
    heads: frozenset[str]
    private: frozenset[str]

    def public(self, title: str) -> bool:
        """Whether a title by itself tells of a public office; a chairman or director may be anybody's."""
        words = [word for part in title.lower().split() for word in (part, *part.split("-"))]
        return not words or words[-1].rstrip("s") not in self.private or any(w in sectors().modifiers for w in words)

    def kind(self, title: str) -> tuple[str, ...]:
        """Kinds of term (HOS, HOG, FM ...) that a title names, from its longest known ending."""
        words = title.lower().split()
        if any(word in _PAST for word in words):
            return ()
        for start in range(len(words)):
            found = self.kinds.get(" ".join(words[start:]))
            if found is not None:
                return found
        return ()


_PAST = frozenset({"former", "ex", "late", "then", "ousted", "deposed", "vice", "deputy", "assistant"})


@functools.cache
def offices() -> Offices:
    """The titles of ``offices.yaml``."""
    raw = yaml_resource("offices.yaml")
    heads = sorted(raw["heads"], key=len, reverse=True)
    modifiers = sorted((re.escape(word) for word in raw["modifiers"]), key=len, reverse=True)
    head = "|".join(re.escape(word) for word in heads if not word.isupper())
    modifier = "|".join(modifiers)
    short = "|".join(re.escape(word) for word in heads if word.isupper())
    title = re.compile(rf"\b(?:(?i:(?:(?:{modifier})(?:-|\s+|\s+and\s+|,\s+))*(?:{head})s?)|{short})\b")
    kinds = {key: tuple(value) for key, value in raw["offices"].items()}
    return Offices(title, kinds, frozenset(heads), frozenset(raw["private"]))
