"""The records that flow from one stage to the next: Article, Actor, TimeSpan, Mention, Event, Role.

All are frozen, slotted dataclasses that hold plain values, so that they pickle, compare and hash. Dates are
:class:`datetime.date`; intervals are inclusive at both ends; ``None`` means *not known*.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "STATE_SECTORS",
    "Actor",
    "ActorKind",
    "Alias",
    "Article",
    "Event",
    "Evidence",
    "Mention",
    "Origin",
    "Party",
    "Precision",
    "Role",
    "Span",
    "Status",
    "TimeOrigin",
    "TimeSpan",
    "digest",
    "principal",
]

STATE_SECTORS = frozenset({"GOV", "MIL", "COP", "SPY", "LEG", "JUD"})
"""Sectors whose actors act for the state itself; all others never are the state."""


class Status(enum.StrEnum):
    """What the text says of an event: it happened, is planned, is only imagined, or did not happen."""

    ACTUAL = "actual"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"


class ActorKind(enum.StrEnum):
    """What an actor is."""

    STATE = "state"
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"
    SECTOR = "sector"
    PLACE = "place"


class TimeOrigin(enum.StrEnum):
    """Where a time span comes from: the words of the text, or the publication date for want of words."""

    TEXT = "text"
    PUBLISHED = "published"


class Precision(enum.StrEnum):
    """How finely a time span is known, from finest to vaguest."""

    DAY = "day"
    DAYS = "days"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    HALF = "half"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    ABOUT = "about"
    UNKNOWN = "unknown"


def digest(*parts: object) -> str:
    """A stable 16-character hexadecimal id of the given values, the same on every machine and in every process."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def principal(country: str | None, sector: str | None) -> str | None:
    """The actor id that ``sector`` of ``country`` acts as.

    Government, military, police, intelligence, parliament and courts act for the state (``IRN``); every other sector is
    an actor of its own with that country (``IRN:CVL``).

    >>> principal("IRN", "MIL"), principal("IRN", "CVL"), principal("IRN", None)
    ('IRN', 'IRN:CVL', 'IRN')
    """
    if country is None or sector is None or sector in STATE_SECTORS:
        return country
    return f"{country}:{sector}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article was read from."""

    file: str
    line: int | None = None
    sha256: str = ""
    retrieved: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One published text. ``id`` is the input's own, else a hash of the url, else of publisher, date and text.

    ``published`` is the publication date as printed by the source, never shifted to UTC; ``published_at`` keeps time
    and zone where they are known. ``cluster`` names the feed item or story that the article came with.
    """

    id: str
    published: dt.date
    title: str = ""
    text: str = ""
    url: str | None = None
    publisher: str | None = None
    published_at: dt.datetime | None = None
    language: str = "en"
    cluster: str | None = None
    origin: Origin | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def text_hash(self) -> str:
        """Hash of everything that extraction sees; two versions of an article differ in it."""
        return digest(self.published.isoformat(), self.title, self.text)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of an actor, with the inclusive interval in which it is valid."""

    name: str
    begin: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A political actor. Ids hold letters, digits, ``-``, ``.`` and ``:`` only (``JPN``, ``hezbollah``)."""

    id: str
    kind: ActorKind
    label: str
    code: str
    country: str | None = None
    sector: str | None = None
    wikidata: str | None = None
    region: str | None = None
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """When something happened: inclusive ``begin`` and ``end`` with the precision and the words that say so.

    ``end`` is ``None`` while it goes on; both are ``None`` when nothing is known. ``value`` is the TIMEX3 value.
    """

    begin: dt.date | None
    end: dt.date | None
    precision: Precision
    expression: str = ""
    value: str = ""
    origin: TimeOrigin = TimeOrigin.TEXT

    @classmethod
    def published(cls, day: dt.date, precision: Precision = Precision.ABOUT) -> TimeSpan:
        """The span of a mention for which the text gives no date."""
        return cls(day, day, precision, "", day.isoformat(), TimeOrigin.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets in one field of an article, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a mention: the principal (an actor id), and who acted for it.

    ``sector`` is the PLOVER sector that the words name; ``agent`` the person, office or body (``Fumio Kishida``), with
    ``agent_id`` when that is an actor of its own; ``text`` the words of the article.
    """

    id: str
    code: str
    label: str
    text: str
    span: Span
    sector: str | None = None
    agent: str | None = None
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that prove a mention: ``getattr(article, field)[start:end] == quote`` always holds."""

    field: str
    quote: str
    start: int
    end: int
    trigger: Span
    time: Span | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One dyad told once by one article: who did what to whom, when, and the words that say so."""

    id: str
    article: str
    source: Party
    target: Party | None
    category: str
    mode: str | None
    status: Status
    time: TimeSpan
    evidence: Evidence
    mutual: bool = False
    contexts: tuple[str, ...] = ()
    attribution: str | None = None
    place: str | None = None
    dead: int | None = None
    injured: int | None = None
    arrested: int | None = None
    confidence: float = 0.0
    coder: str = ""
    group: str = ""

    @property
    def dyad(self) -> tuple[str, str | None]:
        """Principals of source and target."""
        return self.source.id, self.target.id if self.target else None

    def replace(self, **changes: Any) -> Mention:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Role:
    """A person was observed in an office of a state or organisation, as one article says."""

    article: str
    person: str
    office: str
    actor: str
    code: str
    observed: dt.date
    text: str
    field: str
    start: int
    end: int
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """All current mentions that tell of the same thing; a function of the set of mentions."""

    id: str
    source: str
    target: str | None
    source_sector: str | None
    target_sector: str | None
    mutual: bool
    category: str
    mode: str | None
    contexts: tuple[str, ...]
    begin: dt.date | None
    end: dt.date | None
    precision: Precision
    time_origin: TimeOrigin
    status: Status
    score: float
    mentions: int
    articles: int
    publishers: int
    first_reported: dt.date
    last_reported: dt.date
    confidence: float
    group: str
    fulfils: str | None = None
    cancels: str | None = None
    corrections: int = 0
