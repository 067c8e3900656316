"""What linking gives: phrases that denote actors, and the principals that they denote."""

from __future__ import annotations

from dataclasses import dataclass

from kg.extract.roles import Person
from kg.model import ActorKind

__all__ = ["ArticleActors", "Phrase", "Ref"]


@dataclass(frozen=True, slots=True)
class Ref:
    """A principal that a phrase denotes, and who acts for it. ``kind`` is the principal's."""

    id: str
    code: str
    label: str
    kind: ActorKind
    country: str | None = None
    sector: str | None = None
    agent: str | None = None
    agent_id: str | None = None


@dataclass(slots=True)
class Phrase:
    """Words that denote actors. ``head`` and ``left``..``right`` are token numbers, ``start``..``end`` characters.

    ``role`` is ``actor``, ``modifier`` (a country that only qualifies another noun: "the Iranian economy") or
    ``place``. ``named`` is false where the words leave open whose ("the police") and the article's context decided.
    """

    head: int
    left: int
    right: int
    start: int
    end: int
    text: str
    refs: tuple[Ref, ...]
    role: str = "actor"
    named: bool = True
    pronoun: bool = False
    person: bool = False
    prep: str = ""


@dataclass(slots=True)
class ArticleActors:
    """All actor phrases of an article by field, and the persons with their offices."""

    phrases: dict[str, list[Phrase]]
    persons: dict[str, list[Person]]
    default: str | None = None
