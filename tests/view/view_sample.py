"""A small network made by hand; the expected figures of the tests are counted from this list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kg.model import Actor, ActorKind, Event, Precision, Status, TimeOrigin
from kg.view import NetworkData, Report

ACTORS = [
    Actor("JPN", ActorKind.STATE, "Japan", "JPN", "JPN", region="Eastern Asia"),
    Actor("KOR", ActorKind.STATE, "South Korea", "KOR", "KOR", region="Eastern Asia"),
    Actor("PRK", ActorKind.STATE, "North Korea", "PRK", "PRK", region="Eastern Asia"),
    Actor("USA", ActorKind.STATE, "United States", "USA", "USA", region="Northern America"),
    Actor("PRK:CVL", ActorKind.SECTOR, "North Korean civilians", "PRK:CVL", "PRK", "CVL"),
]


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def event(
    key: str,
    source: str,
    category: str,
    target: str | None,
    begin: str | None,
    score: float,
    end: str | None = None,
    **changes: Any,
) -> Event:
    fields: dict[str, Any] = {
        "id": key,
        "source": source,
        "target": target,
        "source_sector": None,
        "target_sector": None,
        "mutual": False,
        "category": category,
        "mode": None,
        "contexts": (),
        "begin": day(begin),
        "end": day(end or begin),
        "precision": Precision.DAY if begin else Precision.UNKNOWN,
        "time_origin": TimeOrigin.TEXT,
        "status": Status.ACTUAL,
        "score": score,
        "mentions": 1,
        "articles": 1,
        "publishers": 1,
        "first_reported": dt.date(2023, 3, 16),
        "last_reported": dt.date(2023, 3, 16),
        "confidence": 0.8,
        "group": key,
    }
    return Event(**{**fields, **changes})


EVENTS = [
    event("e01", "JPN", "CONSULT", "KOR", "2023-03-16", 4.0, mode="visit", publishers=3, confidence=0.9),
    event("e02", "KOR", "AGREE", "JPN", "2023-05-07", 2.5),
    event("e03", "PRK", "THREATEN", "JPN", "2023-03-10", -5.0),
    event("e04", "PRK", "MOBILIZE", None, "2023-03-16", -8.0, publishers=2),
    event("e05", "PRK", "MOBILIZE", None, "2023-04-13", -8.0),
    event("e06", "USA", "AID", "KOR", "2023-06-01", 10.0, status=Status.FUTURE),
    event(
        "e07", "JPN", "CONSULT", "USA", "2023-04-01", 2.5, "2023-04-30",
        mutual=True, precision=Precision.MONTH, contexts=("diplomatic",),
    ),
    event("e08", "PRK", "COERCE", "PRK:CVL", "2023-02-01", -7.0),
    event("e09", "USA", "SANCTION", "PRK", None, -6.0),
    event("e10", "JPN", "ACCUSE", "KOR", "2023-09-01", -2.0, confidence=0.5, contexts=("economic",)),
    event("e11", "JPN", "CONSULT", "KOR", "2023-07-02", 2.5),
]  # fmt: skip
"""Without other filters than status = actual: ten events, eight of them on six links, two without a target."""

REPORTS = {
    "e01": [
        Report(
            "Kishida hosts Yoon in Tokyo", "Japan received South Korea's president on Thursday.", dt.date(2023, 3, 17),
            "Harbour Wire", "https://news.example/summit", (6, 14), target_agent="Yoon Suk Yeol",
        ),
        Report("A thaw", "The two met in Tokyo.", dt.date(2023, 3, 18), "Evening Ledger", "https://ledger.example/a"),
    ],
    "e10": [
        Report("Trade dispute", "Tokyo accused Seoul of dumping.", dt.date(2023, 9, 2), None, None, (6, 13)),
    ],
}  # fmt: skip


def sample(**changes: Any) -> NetworkData:
    fields: dict[str, Any] = {"actors": ACTORS, "events": EVENTS, "reports": REPORTS, "title": "A sample"}
    return NetworkData.from_records(**{**fields, **changes})
