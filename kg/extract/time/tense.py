"""Whether the words around an expression look back or ahead.

A weekday or a month without a year means the last one or the next one by the tense of its clause. Without a parse, the
nearest verb tells: the first cue to the left within the sentence, else the first to the right. News writes its time
expressions behind their verbs ("said Tuesday", "will arrive on Saturday"), which makes the left the better guess.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from kg.extract.time.lexicon import Tokens, load_yaml

__all__ = ["Cues", "Tense", "cues", "sentence", "tense_at"]

Tense = Literal["past", "future"] | None
_REACH = 40
_AUXILIARY_REACH = 5
_PASSIVE_REACH = 2  # "to be published on Sunday"


@dataclass(frozen=True, slots=True)
class Cues:
    """The word lists of ``time_tense.yaml``."""

    future: frozenset[str]
    future_with_to: frozenset[str]
    modal_future: frozenset[str]
    scheduled: frozenset[str]
    starting: frozenset[str]
    reporting: frozenset[str]
    be: frozenset[str]
    present: frozenset[str]
    past: frozenset[str]
    not_past: frozenset[str]
    reported: frozenset[str]
    stops: frozenset[str]
    moved: frozenset[str]
    abbreviations: frozenset[str]


@functools.cache
def cues() -> Cues:
    """The shipped word lists, loaded once a process."""
    return Cues(**{name: frozenset(map(str, words)) for name, words in load_yaml("time_tense.yaml").items()})


def _ends_sentence(tokens: Tokens, at: int) -> bool:
    word = tokens.words[at]
    if word[0] == "\n":
        return True
    if word not in (".", "!", "?", ";"):
        return False
    if word != ".":
        return True
    before = tokens.words[at - 1] if at else ""
    after = tokens.words[at + 1] if at + 1 < len(tokens.words) else "\n"
    if (len(before) == 1 and before.isalpha()) or before.lower() in cues().abbreviations:
        return False
    return after[0].isupper() or after[0] in "\n\"'`“‘("


def sentence(tokens: Tokens, at: int) -> tuple[int, int]:
    """First token and end of the sentence around a token, no farther than 40 tokens to each side."""
    begin, end = at, at + 1
    while begin > 0 and at - begin < _REACH and not _ends_sentence(tokens, begin - 1):
        begin -= 1
    while end < len(tokens.words) and end - at < _REACH and not _ends_sentence(tokens, end - 1):
        end += 1
    return begin, end


def _cue(tokens: Tokens, at: int, behind: bool) -> Tense:
    word, known = tokens.words[at].lower(), cues()
    before = [tokens.words[back].lower() for back in range(max(at - 2, 0), at)]
    after = tokens.words[at + 1].lower() if at + 1 < len(tokens.words) else ""
    if before[-1:] == ["-"]:  # "better-than-expected"
        return None
    if word in known.future:
        if after == "have" and word not in ("will", "ll"):  # "would have fallen"
            return "past"
        active = (
            not behind and word.endswith("ed") and not known.be & set(before)
        )  # "On Friday, the court planned to ..."
        return "past" if active or before == ["had", "been"] else "future"
    if word in known.future_with_to and after in ("to", "for") and (behind or not word.endswith("ed")):
        return "future"
    regular = len(word) > 4 and word.endswith("ed") and word not in known.not_past
    if not (regular or word in known.past or word in known.present):
        return None
    governing = _auxiliary(tokens, at, known, behind)
    if governing != "none":
        return None if governing == "open" else "future"
    if word in known.present:
        return "future" if tokens.words[at].islower() else None
    return "past"


def _auxiliary(tokens: Tokens, at: int, known: Cues, behind: bool) -> Literal["future", "open", "none"]:
    """What stands before a verb form: something that puts it ahead, something that leaves it open, or nothing.

    "Would still be held" is ahead, and so is the timetable's "is held" when the date comes behind it; "is accused"
    tells nothing, and in "met to discuss" the verb before the infinitive tells.
    """
    back = at
    while back > max(at - _AUXILIARY_REACH, 0):
        back -= 1
        word = tokens.words[back].lower()
        if word in known.modal_future:
            return "none" if tokens.words[back + 1].lower() == "have" and word != "will" else "future"
        if word == "to":
            lead = tokens.words[back - 1].lower() if back else ""
            planned = lead in known.future_with_to or lead in known.future
            passive = tokens.words[back + 1].lower() == "be" and at - back <= _PASSIVE_REACH and lead != "supposed"
            return "future" if planned or passive else "open"
        if word in ("is", "are"):
            return "future" if behind and tokens.words[at].lower() not in known.reported else "open"
        if word == "and" and back and _participle(tokens.words[back - 1].lower(), known):
            back -= 1  # "will be signed and published"
            continue
        ended = word in known.past or word in known.stops or _participle(word, known)
        if ended or not tokens.words[back].isalpha():
            break
    return "none"


def _participle(word: str, known: Cues) -> bool:
    return len(word) > 4 and word.endswith("ed") and word not in known.not_past


def tense_at(tokens: Tokens, first: int, last: int, rightward: bool = False) -> tuple[Tense, int]:
    """The tense of the clause around the tokens ``first`` to ``last``, and how far off the word is that tells it.

    ``rightward`` looks to the right first ("Friday's vote").
    """
    begin, end = sentence(tokens, first)
    left = range(first - 1, begin - 1, -1)
    right = range(last + 1, max(end, last + 1))
    for side in (right, left) if rightward else (left, right):
        for at in side:
            found = _cue(tokens, at, behind=at < first)
            if found:
                return found, max(first - at, at - last)
    return None, _REACH
