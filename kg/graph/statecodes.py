"""Numbers of states in the lists of the Correlates of War Project and of Gleditsch and Ward, for merging panels.

The facts are in ``kg/resources/statecodes.tsv``. The two lists agree except where they see the succession of states
differently: Germany after 1990, Yemen after 1990, Serbia after 2006, and small states of the Pacific.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections import defaultdict
from dataclasses import dataclass
from importlib import resources

from kg.errors import ResourceError

__all__ = ["StateCode", "state_code", "state_codes"]


@dataclass(frozen=True, slots=True)
class StateCode:
    """The numbers of one state between two inclusive days; None where a list has no such state."""

    cow: int | None = None
    gw: int | None = None
    begin: dt.date | None = None
    end: dt.date | None = None
    note: str = ""


@functools.cache
def state_codes() -> dict[str, tuple[StateCode, ...]]:
    """All numbers by actor id, in order of time.

    Raises:
        ResourceError: the resource file is missing or malformed.
    """
    try:
        text = resources.files("kg.resources").joinpath("statecodes.tsv").read_text("utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        out: dict[str, list[StateCode]] = defaultdict(list)
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            cow, gw = (int(row[name]) if row[name] else None for name in ("cow", "gw"))
            begin, end = (dt.date.fromisoformat(row[name]) if row[name] else None for name in ("from", "until"))
            out[row["actor"]].append(StateCode(cow, gw, begin, end, row["note"]))
        return {actor: tuple(codes) for actor, codes in out.items()}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ResourceError(f"kg/resources/statecodes.tsv can't be used ({error}); reinstall the package") from error


def state_code(actor: str, day: dt.date) -> StateCode:
    """The numbers of an actor on a day; empty for one that neither list has.

    >>> code = state_code("DEU", dt.date(2020, 1, 1))
    >>> code.cow, code.gw
    (255, 260)
    """
    for code in state_codes().get(actor, ()):
        if (code.begin is None or code.begin <= day) and (code.end is None or day <= code.end):
            return code
    return StateCode()
