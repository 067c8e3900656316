"""Time expressions of many texts, one JSON record each: the library side of ``kg dates``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kg.errors import SourceError
from kg.extract.time.tagger import tag

__all__ = ["dates_jsonl", "dates_lines"]


def dates_jsonl(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tag records ``{"id", "dct", "text"}``.

    Yields ``{"id", "timexes": [{"start", "end", "type", "value", "begin_date", "end_date"}]}``. ``dct`` is the date of
    publication in ISO form (a time after it is ignored), offsets are characters of ``text``, end exclusive.
    ``begin_date`` and ``end_date`` are inclusive ISO dates or None. Raises SourceError, which names the record, when a
    field is missing or wrong.
    """
    for number, record in enumerate(records, start=1):
        yield _tagged(record, f"record {number}")


def dates_lines(lines: Iterable[bytes], name: str, skip: Callable[[SourceError], object]) -> Iterator[dict[str, Any]]:
    """Tag lines of JSON in UTF-8, each a record of :func:`dates_jsonl`.

    A line that is none is handed to ``skip`` as an error that names ``name`` and the line, and the next one is read.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{name}:{number}"
            try:
                yield _tagged(_parsed(line, where), where)
            except SourceError as error:
                skip(error)


def _parsed(line: bytes, where: str) -> object:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(where, f"not UTF-8 (byte {error.start + 1} of the line)") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(where, f"not JSON ({error})") from None


def _tagged(record: object, where: str) -> dict[str, Any]:
    name, text, dct = _checked(record, where)
    return {
        "id": name,
        "timexes": [
            {
                "start": timex.start,
                "end": timex.end,
                "type": timex.type,
                "value": timex.value,
                "begin_date": timex.begin.isoformat() if timex.begin else None,
                "end_date": timex.until.isoformat() if timex.until else None,
            }
            for timex in tag(text, dct)
        ],
    }


def _checked(record: object, where: str) -> tuple[Any, str, dt.date]:
    if not isinstance(record, dict):
        raise SourceError(where, "not a JSON object; each line needs id, dct and text")
    if record.get("id") in (None, ""):
        raise SourceError(where, 'no "id"; each line needs id, dct and text')
    where = f"{where} (id {record['id']})"
    if not isinstance(record.get("text"), str):
        raise SourceError(where, '"text" is not a string; give the text to tag')
    dct = record.get("dct")
    try:
        if not isinstance(dct, str):
            raise ValueError
        date = dt.date.fromisoformat(dct[:10])
    except ValueError:
        raise SourceError(where, f'"dct" is {dct!r}; give the publication date as YYYY-MM-DD') from None
    return record["id"], record["text"], date
