"""How events are put into words: when they took place, no finer than it is known, and how they are coded.

The page's own script says the same in ``static/calendar.js``.
"""

from __future__ import annotations

import calendar
import datetime as dt

from kg.model import Event, Precision, TimeOrigin, TimeSpan
from kg.ontology import QUAD_NAMES, ontology

__all__ = ["coding", "counted", "quad_name", "signed", "span_words", "when"]


def when(event: Event) -> str:
    """The time of an event in words, no finer than its precision."""
    return span_words(TimeSpan(event.begin, event.end, event.precision, origin=event.time_origin))


def span_words(span: TimeSpan) -> str:
    """A time span in words, no finer than its precision."""
    begin, end = span.begin, span.end
    if begin is None:
        return "date unknown"
    if end is None:
        return f"since {begin}"
    match span.precision:
        case Precision.DAY:
            return begin.isoformat()
        case Precision.WEEK:
            return f"week of {begin}"
        case Precision.MONTH:
            return f"{calendar.month_name[begin.month]} {begin.year}"
        case Precision.QUARTER:
            return f"Q{(begin.month + 2) // 3} {begin.year}"
        case Precision.HALF:
            return f"{'first' if begin.month <= 6 else 'second'} half of {begin.year}"
        case Precision.YEAR:
            return str(begin.year)
        case Precision.DECADE:
            return f"{begin.year // 10 * 10}s"
        case Precision.ABOUT:
            return f"{'reported' if span.origin is TimeOrigin.PUBLISHED else 'about'} {begin}"
    return _span(begin, end)


def _span(begin: dt.date, end: dt.date) -> str:
    return begin.isoformat() if begin == end else f"{begin} to {end}"


def coding(event: Event) -> str:
    """Category and mode, as ``consult · visit``."""
    return event.category.lower() + (f" · {event.mode.replace('_', ' ')}" if event.mode else "")


def quad_name(event: Event) -> str:
    """The quad class of an event: ``verbal cooperation`` and so on."""
    return QUAD_NAMES[ontology().quad(event.category)]


def signed(score: float | None) -> str:
    """A score with its sign and one decimal, or a dash for none.

    >>> signed(2.5), signed(-0.04), signed(None)
    ('+2.5', '0.0', '–')
    """
    if score is None:
        return "–"
    rounded = round(score, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def counted(number: int, what: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "event"), counted(1200, "event")
    ('1 event', '1,200 events')
    """
    return f"{number:,} {what if number == 1 else plural or what + 's'}"
