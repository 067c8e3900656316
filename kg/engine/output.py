"""Mentions of articles in a file of PLOVER JSON lines, without a graph; resumable."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kg.engine.journal import Journal, record
from kg.engine.local import Told, extract
from kg.formats.files import whole
from kg.formats.plover_jsonl import to_line

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.model import Article

__all__ = ["journal_of", "write_mentions"]


def journal_of(output: Path) -> Path:
    """Where unfinished work for a file is kept: beside it, as ``.NAME.part``."""
    return output.with_name(f".{output.name}.part")


def write_mentions(
    articles: Iterable[Article],
    extractor: Extractor,
    output: Path | TextIO,
    roles: Path | None = None,
    *,
    processes: int = 1,
    watch: Callable[[Iterable[Extraction]], Iterable[Extraction]] = lambda items: items,
) -> Told:
    """Write the mentions of articles to ``output``, and the roles to ``roles``, in the order of the articles.

    Files appear when they are whole. Until then every article that is done is in the file :func:`journal_of`; stopped
    at any moment and called again with the same articles, this goes on where it was. A stream gets mentions as they are
    made. ``watch`` sees the extractions go by (for progress).

    Raises:
        SourceError: another process writes to the same file, or its folder can't be written to.
        ExtractError: the language pipeline can't be loaded, or a worker was ended from outside.
    """

    def run(rest: Iterable[Article]) -> Iterator[Extraction]:
        return extract(rest, extractor, processes)

    told = Told()
    with contextlib.ExitStack() as stack:
        if not isinstance(output, Path):
            writers = {"mentions": output.write, **_files(stack, roles=roles)}
            for one in watch(run(articles)):
                told.count(one)
                _write(record(one), writers)
            return told
        with Journal(journal_of(output), extractor.coder) as journal:
            for one in watch(journal.through(articles, run)):
                told.count(one)
            with contextlib.ExitStack() as files:
                writers = _files(files, mentions=output, roles=roles)
                for line in journal.records():
                    _write(line, writers)
            journal.remove()
    return told


def _files(stack: contextlib.ExitStack, **paths: Path | None) -> dict[str, Callable[[str], object]]:
    drafts = {name: stack.enter_context(whole(path)) for name, path in paths.items() if path is not None}
    return {
        name: stack.enter_context(draft.open("w", encoding="utf-8", newline="\n")).write
        for name, draft in drafts.items()
    }


def _write(record: dict[str, Any], writers: dict[str, Callable[[str], object]]) -> None:
    for name, write in writers.items():
        for item in record[name]:
            write(to_line(item) + "\n")
