"""The formats, in the order in which their ``sniff`` is asked. A new one is a module, and a line here."""

from __future__ import annotations

from kg.sources import csv_table, factiva, feed, google_news, html, jsonl, markdown, nexis, text, warc
from kg.sources.record import Format, Kind, Source

__all__ = ["FORMATS", "choose"]

_MODULES: tuple[Format, ...] = (warc, nexis, feed, factiva, html, google_news, jsonl, markdown, csv_table, text)

FORMATS: dict[str, Format] = {module.name: module for module in _MODULES}
"""Every format by its name, the most certain to recognise first, plain text (which anything could be) last."""


def choose(source: Source, wanted: str | None = None) -> Format:
    """The format of a source: the one asked for, else by content, else by the ending of the name.

    Raises :class:`kg.sources.record.Problem` for what is empty or no text in any format.
    """
    if not source.head.strip(b" \t\r\n\0"):
        raise source.problem(Kind.EMPTY, "the file is empty; nothing to read")
    if wanted is not None:
        return FORMATS[wanted]
    by_suffix = next((f for f in FORMATS.values() if source.suffix in f.suffixes), None)
    for candidate in FORMATS.values():
        if candidate is not text and candidate.sniff(source.head):
            return candidate
    if by_suffix is not None:
        return by_suffix
    if text.sniff(source.head):
        return text
    raise source.problem(
        Kind.FORMAT, f"not a format that can be read ({', '.join(FORMATS)}); convert it to one of them"
    )
