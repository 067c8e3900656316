"""Dyads made by hand from a parsed sentence, so that these tests need neither actors nor classifier."""

from __future__ import annotations

from kg.extract import parse
from kg.extract.events import Dyad
from kg.extract.phrases import Phrase, Ref
from kg.extract.triggers import Frame, Trigger, lexicon
from kg.model import ActorKind, Status


def parsed(text):
    """The parsed text."""
    return next(parse.parse_batch([text], parse.DEFAULT_MODEL))


def phrase(doc, head, ident, sector=None, kind=ActorKind.STATE):
    """A phrase of one word with one principal."""
    token = next((t for t in doc if t.text == head), doc[0])
    ref = Ref(ident, ident, ident, kind, ident, sector)
    end = token.idx + len(token)
    return Phrase(token.i, token.i, token.i, token.idx, end, token.text, (ref,)), ref


def dyad(doc, word, category, mode=None, source=None, target=None, status=Status.ACTUAL):
    """The event that a word of the sentence tells of."""
    token = next(t for t in doc if t.text == word)
    verb = token if token.pos_ in ("VERB", "AUX") else lexicon().carrier(token)
    noun = None if token.pos_ in ("VERB", "AUX") else token
    trigger = Trigger(Frame(category), verb, noun, tuple(sorted({t.i for t in (verb, noun) if t is not None})))
    return Dyad(token.sent, trigger, category, mode, status, source or phrase(doc, "", "AAA"), target)
