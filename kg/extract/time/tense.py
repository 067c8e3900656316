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

__all__ = ["Cues", "Tense", "cues", "sentence", "simple_past", "tense_at", "was_ahead"]

Tense = Literal["past", "future"] | None
_REACH = 40
_AUXILIARY_REACH = 5
_PASSIVE_REACH = 2  # "to be published on Sunday"
_EVENT_REACH = 9  # from a date to the thing that it dates: "the talks with Iran in Vienna in early May"
_DETERMINERS = frozenset(
    {"the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "no", "any", "s", "another"}
)
_UNDONE_REACH = 2
_NOT_ABOUT = frozenset(
    {"off", "at", "in", "during", "with", "after", "by"}
)  # "called off", "agreed at the summit in May"
_PREFIXES = (["re"], ["co"], ["over"], ["under"], ["un"])
_APOSTROPHES = ("'", "’")
_MODALS = frozenset({"may", "might", "must", "should"})


@dataclass(frozen=True, slots=True)
class Cues:
    """The word lists of ``time_tense.yaml``."""

    future: frozenset[str]
    future_with_to: frozenset[str]
    nouns: frozenset[str]
    deliveries: frozenset[str]
    modal_future: frozenset[str]
    planning: frozenset[str]
    announcing: frozenset[str]
    arranged: frozenset[str]
    urging: frozenset[str]
    around_events: frozenset[str]
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
    if before[-1:] == ["-"] and before[:1] not in _PREFIXES:  # "better-than-expected", but "re-elected"
        return None
    if word == "won" and after not in _APOSTROPHES:
        return "past"
    if word == "due" and after == "to" and before[-1:] and before[-1] not in known.be | {","}:
        return None  # "closed due to snow"
    if word in _MODALS and (tokens.words[at][0].isupper() or not behind):
        return None
    if word in known.nouns and after not in ("to", "for") and before[-1:] and before[-1] in _DETERMINERS:
        return None
    if word in known.future:
        if after == "have" and word not in ("will", "ll"):  # "would have fallen"
            return "past"
        active = (
            not behind and word.endswith("ed") and not known.be & set(before)
        )  # "On Friday, the court planned to ..."
        return "past" if active or before == ["had", "been"] else "future"
    if word in known.future_with_to and after in ("to", "for") and (behind or not word.endswith("ed")):
        of_thing = word.endswith("ed") and set(tokens.words[at + 2 : at + 3]) & _DETERMINERS  # "agreed to a truce"
        return "past" if of_thing else "future"
    regular = len(word) > 4 and word.endswith("ed") and word not in known.not_past
    if not (regular or word in known.past or word in known.present):
        return None
    if word in known.present and before[-1:] and before[-1] in _DETERMINERS:  # "after the vote"
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
            if planned and [tokens.words[n].lower() for n in range(max(back - 3, 0), back - 1)] == ["had", "been"]:
                return "open"
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


def simple_past(word: str) -> bool:
    """Whether a word in small letters is a past form of a verb ("fled", "released")."""
    return word in cues().past or _participle(word, cues())


def tense_at(tokens: Tokens, first: int, last: int, rightward: bool = False) -> tuple[Tense, int]:
    """The tense of the clause around the tokens ``first`` to ``last``, and how far off the word is that tells it.

    ``rightward`` looks to the right first ("Friday's vote").
    """
    begin, end = sentence(tokens, first)
    left = range(first - 1, begin - 1, -1)
    right = range(last + 1, max(end, last + 1))
    event = _event_before(tokens, first, begin)
    for side in (right, left) if rightward else (left, right):
        for at in side:
            behind = at < first
            found = _planned(tokens, at, event, first) if behind else None
            found = found or (None if at == event else _cue(tokens, at, behind))
            if found:
                undone = found == "future" and behind and _undone(tokens, at, last, end)
                return None if undone else found, max(first - at, at - last)
    return None, _REACH


def _event_before(tokens: Tokens, first: int, begin: int) -> int | None:
    """Where the thing stands that an expression may date as one to come ("the summit in Hiroshima in May")."""
    known = cues()
    for at in range(first - 1, max(first - _EVENT_REACH, begin) - 1, -1):
        word = tokens.words[at].lower()
        if word in known.scheduled or word in known.arranged:
            return at
        if word not in known.around_events and not tokens.words[at][0].isupper():
            return None
    return None


def _planned(tokens: Tokens, at: int, event: int | None, first: int) -> Tense:
    """ "Invited him to the summit in May", "urged them to leave by June": ahead, whatever the tense of the verb."""
    word, known = tokens.words[at].lower(), cues()
    after = tokens.words[at + 1].lower()
    if word in known.urging and tokens.words[first - 1].lower() == "by":
        return "future"
    if event is None or at >= event or after in _NOT_ABOUT or (word == "ahead" and after != "of"):
        return None
    if word in known.planning:
        return "future"
    definite = any(tokens.words[back].lower() == "the" for back in range(at + 1, event))
    return "future" if word in known.announcing and not definite else None


def _undone(tokens: Tokens, at: int, last: int, end: int) -> bool:
    """Whether a plan is told of as over: "a visit planned for May was called off"."""
    word, known = tokens.words[at].lower(), cues()
    bare = word.endswith("ed") and not known.be & {tokens.words[back].lower() for back in range(max(at - 2, 0), at)}
    following = {word.lower() for word in tokens.words[last + 1 : min(last + 1 + _UNDONE_REACH, end)]}
    return bare and bool(following & {"was", "were", "had"})


def was_ahead(tokens: Tokens, at: int) -> bool:
    """Whether the word that looks ahead did so in the past, so that by now it may be over: "was due in May"."""
    word, known = tokens.words[at].lower(), cues()
    before = tokens.words[at - 1].lower() if at else ""
    told = before in ("was", "were", "been")
    active = word.endswith("ed") and before not in known.be
    return told or (active and word not in known.modal_future)
