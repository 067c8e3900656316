"""Which of the things that bear a name an article means, decided on its text before it is parsed.

Three kinds of evidence are read: what else the article names (Tbilisi speaks for the state of Georgia, Atlanta for the
American one), the words around the name ("Georgia Governor", "Athens, Georgia", "Lake Chad", "the Times of Malta"), and
given names before it ("Kerry Washington"). What nothing speaks for keeps all its senses.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.extract.gazetteer import Gazetteer, Match, Sense, fold
from kg.extract.lexicon import yaml_resource
from kg.model import ActorKind

__all__ = ["settle"]

_SURE_PARTS = ("name", "adjective", "people")
_WORDS_BEFORE = re.compile(r"((?:[A-Za-z][\w'’-]*\s+){0,3})$")
_CITY_REGION = re.compile(r",\s+")
_REGION_ENDS = re.compile(r"$|[,.;:!?)\n]|\s+(?:on|in|after|when|and|where|who)\b")


@dataclass(frozen=True, slots=True)
class _Words:
    """Words around a name that tell what it is (``names.yaml``)."""

    given: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    regional: re.Pattern[str]
    region_of: re.Pattern[str]
    inside: re.Pattern[str]


@functools.cache
def _words() -> _Words:
    raw = yaml_resource("names.yaml")

    def either(key: str) -> str:
        return "|".join(re.escape(word) for word in raw[key])

    return _Words(
        given=frozenset(raw["given_names"]),
        before=re.compile(rf"\b(?:{either('holders_before')})\s+$"),
        after=re.compile(rf"\s+(?:{either('holders_after')})\b"),
        regional=re.compile(rf"(?:\s+|,\s+)(?:{either('regional_after')})\b"),
        region_of=re.compile(rf"\b(?:{either('region_of')})\s+$"),
        inside=re.compile(r"\b(?:in|from|across|throughout)\s+$", re.IGNORECASE),
    )


def settle(
    texts: dict[str, str], matches: dict[str, list[Match]], day: dt.date, gaz: Gazetteer
) -> dict[str, list[Match]]:
    """The matches of an article's fields with the senses that its words leave open.

    Names inside other names lose all senses but ``block``; doubtful senses ("Congress", "Sofia") go where the article
    does not name their state otherwise; of several states with the same name the one that the article speaks of stays.
    """
    marked = {name: [_enclosed(texts[name], m) for m in found] for name, found in matches.items()}
    evidence = _evidence(marked, day, gaz)
    out: dict[str, list[Match]] = {}
    for name, found in marked.items():
        text, kept = texts[name], list[Match]()
        regions = _cities(text, found, gaz)
        for number, match in enumerate(found):
            senses = regions.get(number) or _chosen(text, match, evidence, day, gaz)
            senses = _supported(match, senses, evidence, gaz)
            if senses:
                kept.append(match if senses == match.senses else replace(match, senses=senses))
        out[name] = kept
    return out


def _enclosed(text: str, match: Match) -> Match:
    """A match that only names something else ("Lake Chad", "Kerry Washington") as a block."""
    words = _words()
    if any(s.part in ("block", "agent", "person") for s in match.senses) or len(match.name) < 4:
        return match
    lead, tail = text[max(0, match.start - 40) : match.start], text[match.end : match.end + 40]
    before = _WORDS_BEFORE.search(lead)
    last = before.group(1).split()[-1] if before and before.group(1).split() else ""
    named = any(s.part in ("name", "capital", "place") for s in match.senses)
    if words.before.search(lead) or words.after.match(tail):
        return replace(match, senses=(Sense(match.senses[0].actor, "block"),))
    if named and last in words.given and " " not in match.name:
        return replace(match, senses=())
    return match


def _evidence(matches: dict[str, list[Match]], day: dt.date, gaz: Gazetteer) -> Counter[str]:
    """How often an article names each state or body by a name that nothing else bears."""
    count: Counter[str] = Counter()
    for found in matches.values():
        for match in found:
            senses = [s for s in match.senses if s.part not in ("block", "prefix") and s.valid(day)]
            actors = {s.actor for s in senses if s.part != "person"}
            if len(actors) == 1 and any(not s.careful or s.part in _SURE_PARTS for s in senses):
                count[actors.pop()] += 1
            elif not actors:
                holders = {t.actor for s in senses if (t := gaz.term_of(s.actor, day)) is not None}
                if len(holders) == 1:
                    count[holders.pop()] += 1
    return count


def _supported(match: Match, senses: tuple[Sense, ...], evidence: Counter[str], gaz: Gazetteer) -> tuple[Sense, ...]:
    """Senses without the doubtful ones of states that the article does not name otherwise.

    The short names of parties are doubtful too: "PPP" is a party of Pakistan, and of other states.
    """
    if match.name.isupper() and len(match.name) <= 4:
        senses = tuple(s for s in senses if not _foreign_party(s, evidence, gaz))
    alone = len(senses) == 1 and (" " in match.name or senses[0].part == "capital")
    return tuple(s for s in senses if not s.careful or alone or evidence[s.actor] or s.part in _SURE_PARTS)


def _foreign_party(sense: Sense, evidence: Counter[str], gaz: Gazetteer) -> bool:
    actor = gaz.actors[sense.actor]
    party = actor.kind is ActorKind.GROUP and actor.sector in ("PTY", "OPP")
    return party and actor.country is not None and not evidence[actor.country]


def _home(ident: str, gaz: Gazetteer) -> str:
    """The country of a group, nothing for a state."""
    actor = gaz.actors[ident]
    return actor.country or "" if actor.kind is ActorKind.GROUP else ""


def _cities(text: str, found: list[Match], gaz: Gazetteer) -> dict[int, tuple[Sense, ...]]:
    """For "Athens, Georgia": both names as places of the state that the region belongs to."""
    out: dict[int, tuple[Sense, ...]] = {}
    for number, (city, region) in enumerate(pairwise(found)):
        gap = _CITY_REGION.fullmatch(text[city.end : region.start])
        state = gaz.regions.get(fold(region.name))
        if gap is None or state is None or not _REGION_ENDS.match(text[region.end : region.end + 8]):
            continue
        of_city, of_region = {s.actor for s in city.senses}, {s.actor for s in region.senses}
        if not all(s.part in ("capital", "place", "name") for s in city.senses):
            continue
        if state in of_city or not (of_city & of_region):
            place = (Sense(state, "place"),)
            out[number] = out[number + 1] = place
    return out


def _chosen(text: str, match: Match, evidence: Counter[str], day: dt.date, gaz: Gazetteer) -> tuple[Sense, ...]:
    """Of a name that several states bear, the senses of the likeliest state."""
    senses = match.senses
    open_ = [s for s in senses if s.part not in ("block", "prefix", "person") and s.valid(day)]
    states = {s.actor for s in open_ if gaz.actors[s.actor].kind in (ActorKind.STATE, ActorKind.GROUP)}
    if len(states) < 2:
        return senses
    words = _words()
    lead, tail = text[max(0, match.start - 40) : match.start], text[match.end : match.end + 40]
    points: dict[str, float] = {}
    for sense in open_:
        if sense.actor not in states:
            continue
        known = min(evidence[sense.actor] + evidence[_home(sense.actor, gaz)], 3)
        if sense.part in ("name", "adjective", "people", "capital"):
            score = (1.5 if not sense.careful or sense.part != "capital" else 0.5) + (2.5 + 0.2 * known if known else 0)
        else:
            score = 0.5 + 0.2 * known
            if known and (words.inside.search(lead) or words.region_of.search(lead)):
                score += 1.5
            if words.region_of.search(lead) and known:
                score += 2.0
        if fold(match.name) in gaz.regions and gaz.regions[fold(match.name)] == sense.actor:
            score += 3.5 if words.regional.match(tail) else 0.0
        points[sense.actor] = max(points.get(sense.actor, 0.0), score)
    top = max(points.values())
    best = {actor for actor, value in points.items() if value == top}
    if len(best) != 1:
        return senses
    return tuple(s for s in senses if s.actor in best or s.actor not in states)
