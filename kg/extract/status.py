"""What the text claims of an event: that it happened, will happen, might happen or did not; and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.arguments import ancestors
from kg.extract.lexicon import yaml_resource
from kg.model import Status

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["PLANNED_AS_AGREE", "reporting_verb", "speech_verbs", "status_of", "tense_of"]

PLANNED_AS_AGREE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})
"""Categories that become AGREE when they lie in the future (PLOVER, rules for AGREE)."""

_NEGATIVE_DETERMINERS = frozenset({"no", "neither", "never", "without"})


def _words(key: str) -> frozenset[str]:
    return frozenset(yaml_resource("modality.yaml")[key])


def status_of(token: Token, carrier: Token | None) -> Status:
    """Status of the event that ``token`` triggers; ``carrier`` is the verb whose tense counts for a noun."""
    verb = carrier if carrier is not None else (token if token.pos_ in ("VERB", "AUX") else _clause_verb(token))
    if _negated(token) or (verb is not None and _negated(verb)):
        return Status.NEGATED
    here = verb
    for _ in range(5):
        if here is None:
            break
        found = _own_status(here)
        if found is not None:
            return found
        if _by_itself(here):
            break
        if here.dep_ in ("xcomp", "ccomp", "advcl", "conj", "pcomp", "acl"):
            here = _governor(here)
        else:
            break
    if token.pos_ == "NOUN":
        words = {child.lower_ for child in token.children if child.dep_ in ("amod", "compound", "nmod")}
        if words & _words("future_adjectives"):
            return Status.FUTURE
        if words & _words("hypothetical_adjectives"):
            return Status.HYPOTHETICAL
    return Status.ACTUAL


def _governor(token: Token) -> Token | None:
    head = token.head
    if head.dep_ == "prep":
        head = head.head
    if head.i == token.i:
        return None
    if token.dep_ == "conj" and any(child.dep_ in ("nsubj", "nsubjpass") for child in token.children):
        return None
    lemma = head.lemma_.lower()
    if head.pos_ in ("VERB", "AUX", "ADJ", "NOUN"):
        if token.dep_ == "ccomp" and lemma not in _words("future_verbs") | _words("hypothetical_verbs") | _words(
            "negative_verbs"
        ):
            return None
        return head
    return None


def _by_itself(verb: Token) -> bool:
    """Whether a clause beside another one tells what happened whatever the other does: "would leave after he came"."""
    finite = verb.dep_ == "advcl" and verb.tag_ in ("VBD", "VBZ", "VBP")
    return finite and any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)


def _reported(verb: Token) -> bool:
    """Whether a clause is what somebody said or decided."""
    return verb.dep_ == "ccomp" and verb.head.lemma_.lower() in speech_verbs() | _words("future_verbs")


def _conditional(verb: Token) -> bool:
    """Whether an "if" hangs on a verb."""
    clauses = (child for child in verb.children if child.dep_ == "advcl")
    return any(word.dep_ == "mark" and word.lower_ in ("if", "unless") for c in clauses for word in c.children)


def _own_status(verb: Token) -> Status | None:
    words = [child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass", "mark", "advmod")]
    lemma = verb.lemma_.lower()
    head = verb.head
    if verb.dep_ == "xcomp" and head.lemma_ in ("have", "be") and any(c.lower_ == "yet" for c in head.children):
        return Status.NEGATED  # "has yet to"
    if not _by_itself(verb) and verb.dep_ in ("xcomp", "ccomp", "acl", "pcomp", "advcl") and head.i != verb.i:
        above = head.lemma_.lower() if head.dep_ != "prep" else head.head.lemma_.lower()
        if above in _words("future_verbs"):
            return Status.FUTURE
        if above in _words("hypothetical_verbs"):
            return Status.HYPOTHETICAL
        if above in _words("negative_verbs"):
            return Status.NEGATED
    if any(word in _words("future_aux") for word in words):
        return Status.FUTURE
    if "would" in words and _reported(verb) and not _conditional(verb):
        return Status.FUTURE  # "will" as reported
    if any(word in _words("hypothetical_aux") for word in words):
        return Status.HYPOTHETICAL
    headline = verb.dep_ == "acl" and head.dep_ == "ROOT" and head.pos_ in ("NOUN", "PROPN")  # "Premier to visit India"
    if (verb.dep_ == "ROOT" or headline) and verb.tag_ == "VB" and "to" in words:
        return Status.FUTURE
    if (
        "to" in words
        and verb.dep_ in ("xcomp", "acl")
        and lemma
        and head.lemma_.lower() in ("be", "set", "due", "schedule")
    ):
        return Status.FUTURE
    return None


def _clause_verb(token: Token) -> Token | None:
    for here in ancestors(token):
        if here.pos_ in ("VERB", "AUX"):
            return here
    return None


def _negated(token: Token) -> bool:
    for child in token.children:
        if child.dep_ == "neg":
            return child.lower_ not in ("only",)
        if child.dep_ == "det" and child.lower_ in _NEGATIVE_DETERMINERS:
            return True
        if child.dep_ in ("nsubj", "nsubjpass"):
            nobody = any(word.dep_ == "det" and word.lower_ in ("no", "neither") for word in child.children)
            if nobody or child.lower_ in ("nobody", "none"):
                return True
    return token.dep_ == "pobj" and token.head.lower_ == "without"


def speech_verbs() -> frozenset[str]:
    """Lemmas of verbs of saying."""
    return _words("speech_verbs")


def reporting_verb(token: Token) -> Token | None:
    """The verb of saying that reports the clause of ``token`` ("Kyiv said ..."), if any."""
    speech = speech_verbs()
    here = token
    for above in ancestors(token):
        if above.lemma_.lower() in speech and here.dep_ in ("ccomp", "parataxis", "advcl") and here.i != above.i:
            return above
        for child in above.children:
            if (
                child.dep_ in ("parataxis", "ccomp")
                and child.lemma_.lower() in speech
                and child.i != here.i
                and _after(child, token)
            ):
                return child
        here = above
    for child in here.children:
        if (
            child.dep_ in ("parataxis", "ccomp", "advcl")
            and child.lemma_.lower() in speech
            and child.i > token.i
            and child.i != token.i
        ):
            return child
    return None


def _after(child: Token, token: Token) -> bool:
    return bool(child.i > token.i)


def tense_of(token: Token) -> str:
    """``past``, ``pluperfect``, ``present`` or ``future`` of the clause of a token."""
    verb = token if token.pos_ in ("VERB", "AUX") else _clause_verb(token)
    if verb is None:
        return "past"
    aux = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    if aux & _words("future_aux"):
        return "future"
    if "had" in aux and verb.tag_ == "VBN":
        return "pluperfect"
    if verb.tag_ == "VBD" or aux & {"was", "were", "did", "has", "have", "been"}:
        return "past"
    if verb.tag_ in ("VBP", "VBZ"):
        return "present"
    if verb.dep_ in ("xcomp", "advcl", "acl", "conj", "relcl", "ccomp") and verb.head.i != verb.i:
        return tense_of(verb.head)
    return "past"
