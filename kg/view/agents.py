"""Who acted by name: the persons, offices and bodies that the words name as acting for an actor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from kg.model import Actor, ActorKind, Event
from kg.view.data import NetworkData, plain_text

__all__ = ["AGENT", "MOST", "Acting", "agents_of"]

AGENT = "agent"
"""The kind of a sign that stands for an agent."""

MOST = 600
"""Agents on a page at most; of more, those that take part in most events."""

Sides = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Acting:
    """Agents by event: of its source and of its target. ``home`` is for whom an agent acts, ``count`` how often."""

    sides: Mapping[str, Sides]
    home: Mapping[str, str]
    count: Mapping[str, int]


def agents_of(events: Iterable[Event], data: NetworkData) -> tuple[Acting, dict[str, Actor]]:
    """The agents of the events, as their reports name them (the earliest that does), and each as an actor.

    The same name under two actors is two agents, since "officials" of one state are not those of another.
    """
    named: dict[str, Sides] = {}
    known: dict[str, tuple[str, str]] = {}
    common = {word for reports in data.reports.values() for r in reports for word in _LOWER.findall(r.quote)}
    for event in events:
        reports = data.reports.get(event.id, ())
        source = next((r.source_agent for r in reports if is_name(r.source_agent, common)), None)
        target = next((r.target_agent for r in reports if is_name(r.target_agent, common)), None)
        if source or target:
            named[event.id] = (_id(event.source, source, known), _id(event.target, target, known))
    count = Counter(name for pair in named.values() for name in pair if name is not None)
    kept = dict(sorted(count.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST])
    sides = {key: (a if a in kept else None, b if b in kept else None) for key, (a, b) in named.items()}
    home = {name: known[name][0] for name in kept}
    labels = {name: plain_text(f"{known[name][1]} ({data.actors[home[name]].code})") for name in kept}
    return Acting(sides, home, kept), {name: Actor(name, ActorKind.PERSON, labels[name], name) for name in kept}


def is_name(agent: str | None, common: Set[str] = frozenset()) -> bool:
    """Whether an agent goes by a name or title of its own, not by a common noun that any sentence could begin with.

    ``common`` holds words that also occur in lower case.

    >>> [is_name(a, {"police"}) for a in ("Xi Jinping", "Ministry of Defence", "a leader", "The leaders", "Police")]
    [True, True, False, False, False]
    """
    words = (agent or "").split()
    if not words or not all(word[0].isupper() for word in words if len(word) > 3):
        return False
    return words[0][0].isupper() and words[0] not in _ARTICLES and not (len(words) == 1 and words[0].lower() in common)


_ARTICLES = {"A", "An", "The"}
_LOWER = re.compile(r"\b[a-z]{3,}\b")


def _id(principal: str | None, agent: str | None, known: dict[str, tuple[str, str]]) -> str | None:
    """The id of an agent of an actor, kept in ``known`` with both."""
    if not principal or not agent:
        return None
    name = f"agent.{principal}/{agent}"
    known[name] = principal, agent
    return name
