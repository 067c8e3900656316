"""The dateline before a report ("SEOUL, May 7 (AFP) - ..."): where it was filed. No part of the first sentence."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kg.extract.gazetteer import Gazetteer, Sense
from kg.extract.naming import best
from kg.model import ActorKind

__all__ = ["Dateline", "find_dateline", "whole_sense"]

_HEAD = 120
"""Characters at the head of a text in which a dateline stands."""

_DATELINE = re.compile(
    r"\s*(?:(?P<city>[^\W\d_][\w.'’/ -]{2,40}?)(?:,\s*(?P<state>[A-Z][\w.'’ ]{1,30}?))?"
    r"(?:,?\s*(?P<day>[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:,\s\d{4})?|\d{1,2}\s[A-Z][a-z]{2,8}(?:\s\d{4})?))?\s*)?"
    r"(?:\((?P<agency>[A-Z][\w&/., -]{1,40})\))?\s*(?:--+|[-–—_])\s+"
)
_LOCAL = frozenset({"capital", "place", "region"})


@dataclass(frozen=True, slots=True)
class Dateline:
    """``end`` characters at the head of a text; the city as it is usually written, and its state where it is known."""

    end: int
    city: str
    state: str | None

    def blanked(self, text: str) -> str:
        """The text with blanks in place of the dateline, so that all else stands where it stood."""
        return re.sub(r"\S", " ", text[: self.end]) + text[self.end :]


def find_dateline(text: str, gaz: Gazetteer, day: dt.date) -> Dateline | None:
    """The dateline of a text: an agency or a day after the place, or a place in capitals before a dash."""
    match = _DATELINE.match(text[:_HEAD])
    if match is None:
        return None
    city = (match["city"] or "").strip()
    shouted = city.isupper()
    name = city.title() if shouted else city
    senses = [whole_sense(words.strip(), gaz, day) for words in (match["state"] or "", name.split("/")[0])]
    known = [s for s in senses if s is not None and gaz.actors[s.actor].kind is ActorKind.STATE]
    local = any(s.part in _LOCAL for s in known)
    if not (match["agency"] or (shouted and (match["day"] or match["state"] or local))):
        return None
    return Dateline(match.end(), name, known[0].actor if known else None)


def whole_sense(words: str, gaz: Gazetteer, day: dt.date) -> Sense | None:
    """What a whole name denotes in the gazetteer."""
    for match in gaz.find(words):
        if match.start == 0 and match.end == len(words):
            return best(match.senses, day)
    return None
