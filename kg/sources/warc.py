"""Web archives (WARC, also ARC, plain or gzip): every HTML page that a server answered with status 200 is an article.

Records are read one after the other with ``warcio``; pages are read as by :mod:`kg.sources.html`. What is no page of
HTML (requests, pictures, redirections, revisits) is passed over in silence.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

from kg.sources import html
from kg.sources.record import HEAD, MAX_DOCUMENT, Kind, Options, Problem, Record, Source

__all__ = ["name", "read", "sniff", "suffixes"]

name = "warc"
suffixes: tuple[str, ...] = (".warc", ".arc")

_START = re.compile(rb"WARC/[01]\.\d\r?\n|filedesc://")
_PAGES = ("text/html", "application/xhtml+xml")


def sniff(head: bytes) -> bool:
    """Whether it begins with the version line of a WARC record, or as an ARC file does."""
    return _START.match(head) is not None


def read(source: Source, options: Options) -> Iterator[Record | Problem]:
    """The pages; ``item`` is the number of the record in the archive, from 1."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records = iter(ArchiveIterator(source.stream, arc2warc=True, no_record_parse=False))
    number = 0
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except (ArchiveLoadFailed, ValueError, OSError, EOFError) as error:
            what = f"the archive can't be read further ({_reason(error)}); get another copy"
            yield source.problem(Kind.UNREADABLE, what, number)
            return
        try:
            if (page := _page(record, source)) is not None:
                for found in html.read(page, options):
                    if isinstance(found, Problem):
                        yield Problem(source.at(number), found.problem, found.kind)
                    else:
                        found.item = number
                        if page.retrieved:
                            found.extra["retrieved"] = page.retrieved.isoformat()
                        yield found
        except Problem as problem:
            if problem.where == source.name and problem.kind is Kind.UNREADABLE:
                raise  # the file beneath, not this record
            yield Problem(source.at(number), problem.problem, problem.kind)
        except (ArchiveLoadFailed, ValueError, OSError, EOFError) as error:
            yield source.problem(Kind.UNREADABLE, f"the record is damaged ({_reason(error)})", number)


def _page(record: Any, source: Source) -> Source | None:
    """The page in a record as a source of its own; None where there is none."""
    if record.rec_type not in ("response", "resource"):
        return None
    kind = record.rec_headers.get_header("Content-Type") or ""
    if record.http_headers is not None:
        if record.http_headers.get_statuscode() != "200":
            return None
        kind = record.http_headers.get_header("Content-Type") or ""
    if kind.partition(";")[0].strip().lower() not in _PAGES:
        return None
    data = record.content_stream().read(MAX_DOCUMENT + 1)
    if len(data) <= MAX_DOCUMENT and _ends_early(record.raw_stream):
        raise EOFError("the file ends within it")
    charset = re.search(r"charset=[\"']?([\w.:-]+)", kind, re.IGNORECASE)
    return dataclasses.replace(
        source,
        stream=io.BufferedReader(io.BytesIO(data)),
        head=data[:HEAD],
        suffix=".html",
        url=record.rec_headers.get_header("WARC-Target-URI"),
        retrieved=_moment(record.rec_headers.get_header("WARC-Date")),
        charset=charset[1] if charset else None,
    )


def _ends_early(rest: Any) -> bool:
    """Whether a record has fewer bytes than it announces; ``limit`` of warcio's reader counts what is missing."""
    while rest.read(1 << 16):
        pass
    return getattr(rest, "limit", 0) > 0


def _moment(text: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
