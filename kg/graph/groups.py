"""Groups of states that questions may name, ``group:EU`` or "NATO members", with the days of membership.

Dated memberships are in ``kg/resources/memberships.tsv``; for other organisations the gazetteer lists members without
dates, which then count for all time.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from kg.errors import QueryError, ResourceError
from kg.graph.window import Window, expand

__all__ = ["Member", "group_name", "groups", "members", "members_in", "several"]


@dataclass(frozen=True, slots=True)
class Member:
    """An actor belonged to a group between two inclusive days; None is open."""

    actor: str
    begin: dt.date | None = None
    end: dt.date | None = None

    def overlaps(self, window: Window) -> bool:
        """Whether it belonged to the group on any day of a window."""
        after = self.begin is not None and window.until is not None and self.begin > window.until
        before = self.end is not None and window.since is not None and self.end < window.since
        return not (after or before)


_GROUP = re.compile(r"group:(?P<a>.+)|(?P<b>.+?)[ -]members", re.IGNORECASE)


def group_name(text: str) -> str | None:
    """The group that a text asks for, None where it asks for a single actor.

    >>> [group_name(text) for text in ("group:EU", "EU-members", "NATO members", "EU")]
    ['EU', 'EU', 'NATO', None]
    """
    match = _GROUP.fullmatch(text.strip())
    return (match["a"] or match["b"]).strip() if match else None


def several(given: object, ids: Sequence[str]) -> str:
    """In words that more than one actor was given, to refuse it: a group by its name and number, others one by one.

    >>> several("group:EU", ["AUT", "BEL"]), several(["AUT", "BEL"], ["AUT", "BEL"])
    ('group:EU stands for 2 actors', 'AUT, BEL were given')
    """
    if isinstance(given, str) and group_name(given) is not None:
        return f"{given} stands for {len(ids)} actors"
    return f"{', '.join(ids)} were given"


@functools.cache
def _dated() -> Mapping[str, tuple[Member, ...]]:
    try:
        text = resources.files("kg.resources").joinpath("memberships.tsv").read_text("utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        out: dict[str, list[Member]] = defaultdict(list)
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            begin = expand(row["from"])[0] if row["from"] else None
            out[row["group"]].append(Member(row["member"], begin, expand(row["until"])[1] if row["until"] else None))
        return {group: tuple(sorted(out[group], key=lambda m: (m.actor, m.begin or dt.date.min))) for group in out}
    except (OSError, KeyError, TypeError, QueryError) as error:
        raise ResourceError(f"kg/resources/memberships.tsv can't be used ({error}); reinstall the package") from error


@functools.cache
def groups() -> Mapping[str, tuple[str, tuple[Member, ...]]]:
    """All groups by id, each with its label and members, in order of id.

    Raises:
        ResourceError: a resource file is missing or malformed.
    """
    from kg.extract.gazetteer import gazetteer

    known = gazetteer()
    plain = {key: tuple(Member(actor) for actor in sorted(actors)) for key, actors in known.members.items() if actors}
    return {key: (known.actors[key].label, found) for key, found in sorted({**plain, **_dated()}.items())}


def members(name: str) -> tuple[Member, ...]:
    """Who ever was a member of a group, given by id, code or name, without case.

    Raises:
        QueryError: there is no such group; suggests what was meant.
    """
    if found := _dated().get(name.upper()):  # as most groups are given, without reading the gazetteer
        return found
    from kg.extract.gazetteer import gazetteer

    known = gazetteer()
    called: dict[str, str] = {}
    for key in groups():
        actor = known.actors[key]
        for text in (*(alias.name for alias in actor.aliases), actor.code, actor.label, key):
            called[text.casefold()] = key
    if (wanted := name.casefold()) in called:
        return groups()[called[wanted]][1]
    close = [called[text] for text in difflib.get_close_matches(wanted, called, n=3, cutoff=0.6)]
    hint = f"did you mean {', '.join(dict.fromkeys(close))}?" if close else "`kg actors groups` lists them"
    raise QueryError(f"no group {name!r} is known; {hint}")


def members_in(name: str, window: Window) -> list[str]:
    """The actors that belonged to a group on any day of a window, in order.

    Raises:
        QueryError: there is no such group.
    """
    return sorted({member.actor for member in members(name) if member.overlaps(window)})
