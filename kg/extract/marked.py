"""Sentences in which somebody has marked source and target: one pair, as text and features for the classifier."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.actors import Phrase, Ref, link
from kg.extract.events import find_dyads
from kg.extract.gazetteer import gazetteer
from kg.extract.pairs import Pair, SentencePairs, features, marked
from kg.model import ActorKind

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from kg.extract.tokens import Asked

__all__ = ["MarkedPair", "bare_phrase", "marked_pair", "unmark"]

_MARK = re.compile(r"</?[st]>")
_UNDATED = dt.date(2015, 1, 1)
Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MarkedPair:
    """What the classifier reads of a marked sentence, and the rules' reading of it.

    ``text`` is how training keeps it, ``asked`` what the transformer is asked.
    """

    text: str
    asked: Asked
    features: list[str]
    around: SentencePairs


def unmark(text: str) -> tuple[str, Offsets | None, Offsets | None]:
    """A sentence without its ``<s>`` and ``<t>`` marks, and the character spans that they enclosed, where there are
    any.

    >>> unmark("<s>Iran</s> met <t>Iraq</t>.")
    ('Iran met Iraq.', (0, 4), (9, 13))
    """
    out, at = "", 0
    places: dict[str, int] = {}
    for match in _MARK.finditer(text):
        out += text[at : match.start()]
        places[match.group()] = len(out)
        at = match.end()
    out += text[at:]

    def span(name: str) -> Offsets | None:
        begin, end = places.get(f"<{name}>"), places.get(f"</{name}>")
        if begin is None or end is None or end <= begin:
            return None
        while end > begin + 1 and out[end - 1].isspace():
            end -= 1
        return begin, end

    return out, span("s"), span("t")


def bare_phrase(doc: Doc, start: int, end: int, code: str) -> Phrase | None:
    """A phrase for given words, whether or not the linker knows an actor in them."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or not len(span):
        return None
    head = span.root
    ref = Ref(code, code, code, ActorKind.STATE)
    prep = head.head.lower_ if head.dep_ == "pobj" else ""
    return Phrase(head.i, span.start, span.end, span.start_char, span.end_char, span.text, (ref,), prep=prep)


def _hits(phrase: Phrase, span: Offsets) -> bool:
    return phrase.start < span[1] and span[0] < phrase.end


def marked_pair(doc: Doc, source: Offsets | None, target: Offsets | None) -> MarkedPair:
    """The marked pair of a parsed sentence. Either side may be missing, not both.

    Raises:
        ValueError: nothing is marked.
    """
    spans = [(span, code) for span, code in ((source, "SOURCE"), (target, "TARGET")) if span is not None]
    linked = link({"text": doc}, _UNDATED, gazetteer()).phrases["text"]
    made: dict[str, Phrase] = {}
    for span, code in spans:
        phrase = bare_phrase(doc, *span, code)
        if phrase is None or any(phrase.head == other.head for other in made.values()):
            continue
        found = [p for p in linked if p.head == phrase.head] or [p for p in linked if _hits(p, span)]
        if found:
            phrase.role = "actor" if found[0].role == "place" else found[0].role
            phrase.named, phrase.person = found[0].named, found[0].person
        made[code] = phrase
    if not made:
        raise ValueError("neither source nor target is marked or found in the sentence")
    rest = [p for p in linked if not any(_hits(p, span) for span, _ in spans)]
    heads = {p.head for p in made.values()}
    phrases = sorted([*made.values(), *(p for p in rest if p.head not in heads)], key=lambda p: p.start)
    around = SentencePairs.of(doc[:], phrases, list(find_dyads(doc, phrases)))
    first, second = made.get("SOURCE"), made.get("TARGET")
    lone = first or second
    assert lone is not None
    feats = features(Pair(first, second), around) if first and second else features(Pair(lone, None), around)
    return MarkedPair(marked(doc[:], source, target), (doc.text, source, target), feats, around)
