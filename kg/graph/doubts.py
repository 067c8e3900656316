"""Events that a person should look at, by rules that each say what is doubtful.

The rules are data: a name, what it means, and a condition on the event ``e``.
"""

# ruff: noqa: S608 (only names and conditions written in this package are formatted into SQL; values are bound)

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.graph.store import alive

__all__ = ["RULES", "Rule", "doubts"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to look at an event."""

    name: str
    meaning: str
    condition: str


_CLOSE = """
    o.retracted IS NULL AND o.id <> e.id AND o.begin_day IS NOT NULL AND e.begin_day IS NOT NULL
    AND o.begin_day <= coalesce(e.end_day, DATE '9999-12-31') AND e.begin_day <= coalesce(o.end_day, DATE '9999-12-31')
"""

_SAME_WORDS = """
    SELECT 1 FROM event_mention k JOIN mention m ON m.id = k.mention AND m.retracted IS NULL
    JOIN mention n ON n.article = m.article AND n.field = m.field AND n.quote = m.quote AND n.id <> m.id
         AND n.retracted IS NULL
    JOIN event_mention l ON l.mention = n.id AND l.retracted IS NULL
    JOIN event o ON o.id = l.event AND o.retracted IS NULL AND o.id <> e.id
    WHERE k.event = e.id AND k.retracted IS NULL
"""

RULES: tuple[Rule, ...] = (
    Rule("unsure", "confidence below the given limit", "e.confidence < $below"),
    Rule(
        "single-weak",
        "one mention only, with a confidence below the limit plus 0.2",
        "e.mentions = 1 AND e.confidence < $below + 0.2",
    ),
    Rule(
        "denied",
        "actual here, negated in another report of the same actors, category and time",
        f"""e.status = 'actual' AND EXISTS (
            SELECT 1 FROM event o WHERE o.status = 'negated' AND o.source = e.source
            AND o.target IS NOT DISTINCT FROM e.target AND o.category = e.category AND {_CLOSE})""",
    ),
    Rule(
        "both-directions",
        "one sentence gives it, and it is hostile, in both directions",
        f"""e.score < 0 AND EXISTS ({_SAME_WORDS}
            AND o.source = e.target AND o.target = e.source AND o.category = e.category)""",
    ),
    Rule(
        "cooperation-and-conflict",
        "one sentence gives the same two actors a cooperative and a conflictual event",
        f"""EXISTS ({_SAME_WORDS} AND o.source = e.source AND o.target IS NOT DISTINCT FROM e.target
            AND (o.score > 0) <> (e.score > 0) AND o.score <> 0 AND e.score <> 0)""",
    ),
    Rule(
        "two-days",
        "its mentions state different days as the day on which it happened",
        """(SELECT count(DISTINCT m.begin_day) FROM event_mention k JOIN mention m ON m.id = k.mention
            WHERE k.event = e.id AND k.retracted IS NULL AND m.retracted IS NULL AND m.time_origin = 'text'
            AND m.precision = 'day') > 1""",
    ),
    Rule(
        "unknown-person",
        "a person whom no role places takes part",
        "(e.source LIKE 'person.%' OR e.target LIKE 'person.%')",
    ),
)
"""From the most general to the most particular; ``$below`` is the limit of confidence."""


def doubts(below: float, seq: int | None = None) -> str:
    """SQL for the events that some rule names and that nobody has looked at yet: ``id`` and ``why``, a list of names.

    An event has been looked at if all its mentions are corrected or confirmed. ``below`` is a limit of confidence, with
    ``seq`` they are those of that ingest.
    """
    limit = repr(float(below))
    cases = ", ".join(f"CASE WHEN {rule.condition.replace('$below', limit)} THEN '{rule.name}' END" for rule in RULES)
    query = f"""
        SELECT e.id, list_filter([{cases}], lambda x: x IS NOT NULL) AS why
        FROM event e
        WHERE e.retracted IS NULL AND len(why) > 0 AND EXISTS (
            SELECT 1 FROM event_mention l
            ANTI JOIN (SELECT mention FROM corrected d WHERE d.retracted IS NULL) c ON c.mention = l.mention
            WHERE l.event = e.id AND l.retracted IS NULL)
    """
    return _CURRENT.sub(lambda found: f"({alive(seq, found[1])})", query)


_CURRENT = re.compile(r"\b(\w)\.retracted IS NULL")
