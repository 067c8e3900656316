"""What persons correct: records that hold on to words, and how mentions read under them.

A correction is anchored to the article, its field, the quote and the two actors as the coder read them. It changes
every current mention that has this anchor, whatever ingest or coder it comes from. Where one quote has several such
mentions, the coder's category and then the place of the trigger in the quote tell which one was meant. A reading of
another category is no longer what a person called no event or right; other corrections hold on to it if it is the only
one. What a mention reads like is a function of the set of current mentions and of the corrections in their order; of
two corrections of one thing the later one holds.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.errors import QueryError
from kg.graph.filters import choices
from kg.graph.window import expand
from kg.model import Precision, Status, TimeOrigin, digest
from kg.ontology import SYMMETRIC, ontology

__all__ = [
    "AMENDABLE",
    "Anchor",
    "Correction",
    "amend",
    "anchor_of",
    "checked",
    "described",
    "from_json",
    "make_change",
    "narrow",
    "ordered",
    "place",
    "to_json",
]

AMENDABLE = (
    "source", "source_sector", "target", "target_sector", "category", "mode", "status", "mutual", "begin_day",
    "end_day", "precision", "expression", "time_origin",
)  # fmt: skip
"""Columns of a mention that corrections may change."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The words and the coder's own reading of them: what a correction holds on to."""

    article: str
    field: str
    quote: str
    source: str
    target: str | None
    category: str
    trigger_at: int | None = None

    @property
    def words(self) -> tuple[str, str, str, str, str]:
        """What a mention must have to be meant at all."""
        return self.article, self.field, self.quote, self.source, self.target or ""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person said of one reading.

    ``change`` holds some of source, target (null for none), category, mode, mutual, status, begin, end and precision;
    or ``no_event``, ``same_as`` (an anchor), or ``confirmed``.
    """

    anchor: Anchor
    change: Mapping[str, Any] = field(hash=False)
    reviewer: str = ""
    note: str = ""
    recorded: dt.datetime | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Hash of the anchor and the change: the same correction given twice is one."""
        a = self.anchor
        return digest("correction", *a.words, a.category, a.trigger_at, self.change_json)

    @property
    def change_json(self) -> str:
        """The change as JSON, equal for equal changes."""
        return json.dumps(dict(self.change), ensure_ascii=False, sort_keys=True)

    @property
    def same_as(self) -> Anchor | None:
        """The mention that the corrected one tells of the same event as."""
        other = self.change.get("same_as")
        return Anchor(**other) if other else None


def anchor_of(mention: Row) -> Anchor:
    """The anchor of a row of the table ``mention``."""
    article, field_, quote, source, target, category = (
        mention[name] for name in ("article", "field", "quote", "source", "target", "category")
    )
    return Anchor(article, field_, quote, source, target, category, place(mention))


def place(mention: Row) -> int:
    """Where the trigger of a mention stands in its quote."""
    return int(mention["trigger_start"]) - int(mention["quote_start"])


def narrow(anchor: Anchor, fitting: Sequence[Row], strict: bool) -> list[Row]:
    """The mentions that an anchor means, of those with the same words and actors; ``strict`` asks for its category."""
    exact = [row for row in fitting if row["category"] == anchor.category]
    if not exact and (strict or len({row["category"] for row in fitting}) > 1):
        return []
    rows = exact or list(fitting)
    return [row for row in rows if place(row) == anchor.trigger_at] or rows


def amend(
    matched: Sequence[tuple[Correction, Sequence[Row], Sequence[Row]]],
) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str, str | None]]]:
    """How the matched mentions read, by id, and the links (correction, mention, other mention).

    ``matched`` are corrections in their order, each with the mentions that it corrects and those it calls the same.
    """
    rows: dict[str, Row] = {}
    told: dict[str, list[tuple[Correction, str | None]]] = defaultdict(list)
    links = set()
    for correction, mentions, others in matched:
        rows |= {row["id"]: row for row in (*mentions, *others)}
        for mention in mentions:
            other = min((row["id"] for row in others if row["id"] != mention["id"]), default=None)
            if correction.same_as is not None and other is None:
                continue
            told[mention["id"]].append((correction, other))
            links.add((correction.id, mention["id"], other))
    # Only what was said after the last "same as" is laid over the other mention.
    leads = {
        mention: next(other for _, other in reversed(said) if other is not None)
        for mention, said in told.items()
        if any(other for _, other in said)
    }
    for circle in _circles(leads):
        del leads[min(circle)]
    done: dict[str, dict[str, Any]] = {}
    for corrected in told:
        _read(corrected, rows, told, leads, done)
    return {corrected: done[corrected] for corrected in told}, links


def _circles(leads: Mapping[str, str]) -> list[set[str]]:
    """Mentions that are each said to be the same as the next one, and the last as the first."""
    out: list[set[str]] = []
    seen: set[str] = set()
    for start in sorted(leads):
        path: list[str] = []
        node = start
        while node in leads and node not in seen:
            seen.add(node)
            path.append(node)
            node = leads[node]
        if node in path:
            out.append(set(path[path.index(node) :]))
    return out


def _read(
    mention: str,
    rows: Mapping[str, Row],
    told: Mapping[str, list[tuple[Correction, str | None]]],
    leads: Mapping[str, str],
    done: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    if mention in done:
        return done[mention]
    said = told.get(mention, [])
    if mention in leads:
        reading = dict(_read(leads[mention], rows, told, leads, done))
        said = said[max(i for i, (_, other) in enumerate(said) if other is not None) :]
    else:
        row = rows[mention]
        reading = {name: row[name] for name in AMENDABLE}
        reading |= {"dropped": False, "source_fixed": False, "target_fixed": False}
        reading |= {"stands_for": mention, "story": row["article"]}
    for correction, _ in said:
        _apply(reading, correction.change)
    changing = [c.id for c, _ in told.get(mention, []) if "confirmed" not in c.change]
    done[mention] = {**reading, "mention": mention, "corrections": sorted(changing)}
    return done[mention]


def _apply(reading: dict[str, Any], change: Mapping[str, Any]) -> None:
    for side in ("source", "target"):
        if side in change:
            actor = change[side]
            reading[side] = actor
            reading[f"{side}_sector"] = actor.split(":", 1)[1] if actor and ":" in actor else None
            reading[f"{side}_fixed"] = True
    if "category" in change:
        if change["category"] != reading["category"]:
            reading["mode"] = None
            reading["mutual"] = reading["mutual"] and change["category"] in SYMMETRIC
        reading["category"] = change["category"]
    for name in ("mode", "mutual", "status"):
        if name in change:
            reading[name] = change[name]
    if "begin" in change:
        for name in ("begin", "end"):
            reading[f"{name}_day"] = dt.date.fromisoformat(change[name]) if change[name] else None
        reading["precision"] = change["precision"]
        reading["time_origin"] = TimeOrigin.TEXT.value
        reading["expression"] = ""
    if change.get("no_event"):
        reading["dropped"] = True


def make_change(
    category: str | None = None,
    mode: str | None = None,
    status: str | None = None,
    date: str | None = None,
    mutual: bool | None = None,
) -> dict[str, Any]:
    """The coded part of a change, checked.

    ``date`` is a full or partial date, two of them with ``/`` between (``..`` for an open end), or ``none``; ``mode``
    may be ``none`` too.

    Raises:
        QueryError: a category, mode, status or date is unknown or malformed.
    """
    onto = ontology()
    change: dict[str, Any] = {}
    if category is not None:
        (change["category"],) = choices([category.upper()], onto.categories, "category")
    if mode is not None:
        change["mode"] = None if mode == "none" else mode.lower()
        if category is not None and mode != "none":
            check_mode(change["category"], change["mode"])
        elif mode != "none":
            choices([mode.lower()], _all_modes(), "mode")
    if status is not None:
        (change["status"],) = choices([status.lower()], [s.value for s in Status], "status")
    if mutual is not None:
        change["mutual"] = mutual
    if date is not None:
        begin, end, precision = spanned(date)
        change |= {"begin": begin and begin.isoformat(), "end": end and end.isoformat(), "precision": precision.value}
    return change


def check_mode(category: str, mode: str) -> None:
    """Refuse a mode that a category does not have.

    Raises:
        QueryError: it is none of that category's.
    """
    modes = ontology().categories[category].modes
    if mode not in modes:
        hint = f"use one of {', '.join(modes)}, or give the category too" if modes else "give the category too"
        raise QueryError(f"mode {mode!r} is unknown for {category}; {hint}")


def _all_modes() -> set[str]:
    return {mode for entry in ontology().categories.values() for mode in entry.modes}


def spanned(text: str) -> tuple[dt.date | None, dt.date | None, Precision]:
    """First and last day of a date as persons write it, and how finely it is known; see :func:`make_change`.

    Raises:
        QueryError: it is malformed, or ends before it begins.
    """
    if text.strip().lower() == "none":
        return None, None, Precision.UNKNOWN
    first, slash, last = (part.strip() for part in text.partition("/"))
    begin, end = expand(first)
    if not slash:
        return begin, end, _precision(first, begin, end)
    if last == "..":
        return begin, None, _precision(first, begin, end)
    end = expand(last)[1]
    if end < begin:
        raise QueryError(f"the date {text!r} ends before it begins; write the earlier day first")
    return begin, end, Precision.DAY if begin == end else Precision.DAYS


def _precision(text: str, begin: dt.date, end: dt.date) -> Precision:
    if begin == end:
        return Precision.DAY
    if "q" in text.lower():
        return Precision.QUARTER
    return Precision.MONTH if (end - begin).days < 31 else Precision.YEAR


def described(change: Mapping[str, Any], codes: Mapping[str, str] | None = None) -> str:
    """A change in words; actors go by their ``codes``, where these have them.

    >>> described({"category": "CONSULT", "begin": "2023-06-01", "end": "2023-06-30", "precision": "month"})
    'category CONSULT, date 2023-06-01 to 2023-06-30'
    """
    if change.get("no_event"):
        return "not an event"
    if change.get("confirmed"):
        return "right as it is"
    if other := change.get("same_as"):
        return f"same event as “{other['quote']}” ({other['article']})"
    shown = {**change, **{side: (codes or {}).get(change.get(side) or "", change.get(side)) for side in _SIDES}}
    parts = [
        f"{name} {shown[name] if shown[name] is not None else 'none'}"
        for name in (*_SIDES, "category", "mode", "status")
        if name in change
    ]
    if "mutual" in change:
        parts.append("mutual" if change["mutual"] else "not mutual")
    if "begin" in change:
        parts.append(f"date {_days(change['begin'], change['end'])}")
    return ", ".join(parts)


_SIDES = ("source", "target")


def _days(begin: str | None, end: str | None) -> str:
    if begin is None:
        return "none"
    return begin if begin == end else f"{begin} to {end or '…'}"


def ordered(present: Iterable[Correction], new: Iterable[Correction]) -> list[Correction]:
    """Present corrections followed by new ones; one that is given again takes effect at its later place."""
    out = {correction.id: correction for correction in present}
    for correction in new:
        out.pop(correction.id, None)
        out[correction.id] = correction
    return list(out.values())


def to_json(correction: Correction) -> dict[str, Any]:
    """A correction as plain JSON values."""
    recorded = correction.recorded.isoformat() if correction.recorded else None
    return {
        "id": correction.id,
        "anchor": dataclasses.asdict(correction.anchor),
        "change": dict(correction.change),
        "reviewer": correction.reviewer,
        "note": correction.note,
        "recorded": recorded,
    }


def from_json(record: Mapping[str, Any]) -> Correction:
    """The correction that :func:`to_json` wrote.

    Raises:
        QueryError: the change holds something unknown.
        KeyError, TypeError: the record lacks something.
    """
    return Correction(Anchor(**record["anchor"]), checked(record["change"]), record["reviewer"], record["note"])


def checked(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change that came from outside.

    Raises:
        QueryError: it holds something unknown.
    """
    plain = {name: change[name] for name in ("category", "status") if name in change}
    if change.get("mode") is not None:
        plain["mode"] = change["mode"]
    make_change(**plain)
    unknown = change.keys() - {
        "source", "target", "category", "mode", "mutual", "status", "begin", "end", "precision", "no_event", "same_as",
        "confirmed",
    }  # fmt: skip
    if unknown or not change:
        raise QueryError(f"a change can't hold {', '.join(sorted(unknown)) or 'nothing'}; see `kg review --help`")
    try:
        if "begin" in change:
            Precision(change["precision"])
            for name in ("begin", "end"):
                if change[name] is not None:
                    dt.date.fromisoformat(change[name])
        if "same_as" in change:
            Anchor(**change["same_as"])
    except (KeyError, TypeError, ValueError) as error:
        raise QueryError(f"the change is malformed ({type(error).__name__}: {error})") from error
    return dict(change)
