"""What else a sentence says of its events: contexts, losses and place, read once for all mentions of a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.casualties import Losses, casualties_of, find_casualties
from kg.extract.clauses import near
from kg.extract.contexts import contexts_of, find_contexts
from kg.extract.places import find_places, place_of

if TYPE_CHECKING:
    import datetime as dt

    from spacy.tokens import Span

    from kg.extract.dateline import Dateline
    from kg.extract.events import Dyad
    from kg.extract.gazetteer import Gazetteer

__all__ = ["Details", "details"]


@dataclass(frozen=True, slots=True)
class Details:
    """The fields of a mention that no rule of identity rests on."""

    contexts: tuple[str, ...] = ()
    losses: Losses = field(default_factory=Losses)
    place: str | None = None


def details(
    sentence: Span, dyads: Sequence[Dyad], gaz: Gazetteer, day: dt.date, origin: Dateline | None = None
) -> Iterator[Details]:
    """The details of each of a sentence's dyads, in their order; ``origin`` is the dateline if it stands before it."""
    if not dyads:
        return
    hits = find_contexts(sentence)
    statements = find_casualties(sentence)
    places = find_places(sentence, gaz, day)
    for dyad in dyads:
        around = near(dyad, dyads)
        yield Details(
            contexts_of(dyad, hits, around),
            casualties_of(dyad, statements, dyads),
            place_of(dyad, places, around, gaz, day, origin),
        )
