"""JSON Lines: one object a line. Read as a stream; a line that can't be read costs that line only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.sources import fields
from kg.sources.encoding import UndecodableError, line_decoder
from kg.sources.record import Kind, Options, Problem, Record, Source, hashed

__all__ = ["name", "read", "record_of", "sniff", "suffixes"]

name = "jsonl"
suffixes: tuple[str, ...] = (".jsonl", ".ndjson", ".jl", ".json")

_START = re.compile(rb"\s*\{\s*(?:\"|\})")
_ARRAY = re.compile(rb"\s*\[\s*(?:\{|\]|\Z)")
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def sniff(head: bytes) -> bool:
    """Whether it begins with a JSON object, or with an array of them (which is then refused by name)."""
    return _START.match(head) is not None or _ARRAY.match(head) is not None


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The records, one a line; blank lines are passed over."""
    if _ARRAY.match(source.head):
        raise source.problem(Kind.FORMAT, "is a JSON array; write one object a line (jq -c '.[]' does it)", 1)
    if re.match(rb"\s*\{\s*\n\s*\"", source.head):
        raise source.problem(
            Kind.FORMAT, "has objects over several lines; write one object a line (jq -c . does it)", 1
        )
    decode = line_decoder(source.head)
    columns: dict[tuple[str, ...], dict[str, str]] = {}
    for number, line in source.lines():
        if isinstance(line, Problem):
            yield line
        elif not line.isspace():
            try:
                yield _record(line, number, source, options, decode(line), columns)
            except UndecodableError as error:
                yield source.problem(Kind.ENCODING, str(error), number)
            except Problem as problem:
                yield problem


def _record(
    line: bytes,
    number: int,
    source: Source,
    options: Options,
    text: str,
    columns: dict[tuple[str, ...], dict[str, str]],
) -> Record:
    try:
        data = _DECODER.decode(text)
    except RecursionError:
        raise source.problem(Kind.UNSAFE, "nested too deeply; flatten the record", number) from None
    except ValueError as error:
        reason = str(error).partition(":")[0].lower()
        raise source.problem(Kind.FORMAT, f"not JSON ({reason}); write one object a line", number) from None
    if not isinstance(data, dict):
        raise source.problem(Kind.FORMAT, "not a JSON object; write one object a line", number)
    names = tuple(data)
    if (found := columns.get(names)) is None:
        try:
            found = fields.resolve(names, options.mapping)
        except fields.AmbiguousFieldsError as error:
            raise source.problem(Kind.FORMAT, str(error), number) from None
        options.used.update(found.values())
        if len(columns) < 1000:
            columns[names] = found
    return record_of(data, found, hashed(line), number)


def record_of(row: dict[str, Any], columns: dict[str, str], sha256: str, item: int) -> Record:
    """The record in a row of a table whose ``columns`` say where our fields are; the rest of the row is ``extra``."""
    values = {ours: row[theirs] for ours, theirs in columns.items()}
    used = set(columns.values())
    return Record(
        sha256=sha256,
        date=values.get("date"),
        title=values.get("title"),
        text=values.get("text"),
        url=values.get("url"),
        publisher=values.get("source"),
        id=values.get("id"),
        language=values.get("language"),
        cluster=values.get("cluster"),
        item=item,
        html=True,
        extra={key: value for key, value in row.items() if key not in used},
    )
