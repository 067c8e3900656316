"""Mentions of articles in a file of PLOVER JSON lines, without a graph; resumable."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kg.engine.journal import Journal, record
from kg.engine.local import Told, extract
from kg.formats.files import whole
from kg.formats.plover_jsonl import article_to_json, to_line, with_articles

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
    carry: bool = False,
    watch: Callable[[Iterable[Extraction]], Iterable[Extraction]] = lambda items: items,
) -> Told:
    """Write the mentions of articles to ``output``, and the roles to ``roles``, in the order of the articles.

    With ``carry`` the articles go along as in an export (:func:`kg.formats.plover_jsonl.with_articles`), so that
    :func:`kg.formats.import_` makes the same graph of the file as building it from the articles.

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
    keep = _carrying if carry else record
    with contextlib.ExitStack() as stack:
        if not isinstance(output, Path):
            drafts = _files(stack, roles=roles)
            found = (keep(one) for one in _counted(watch(run(articles)), told))
            _write(found, {"mentions": output.write, **drafts})
            return told
        with Journal(journal_of(output), f"{extractor.coder}{' carry' if carry else ''}", keep) as journal:
            for _ in _counted(watch(journal.through(articles, run)), told):
                pass
            with contextlib.ExitStack() as files:
                _write(journal.records(), _files(files, mentions=output, roles=roles))
            journal.remove()
    return told


def _counted(found: Iterable[Extraction], told: Told) -> Iterator[Extraction]:
    for one in found:
        told.count(one)
        yield one


def _carrying(one: Extraction) -> dict[str, Any]:
    return {**record(one), "article_info": article_to_json(one.article, one.roles)}


def _files(stack: contextlib.ExitStack, **paths: Path | None) -> dict[str, Callable[[str], object]]:
    drafts = {name: stack.enter_context(whole(path)) for name, path in paths.items() if path is not None}
    return {
        name: stack.enter_context(draft.open("w", encoding="utf-8", newline="\n")).write
        for name, draft in drafts.items()
    }


def _write(records: Iterable[dict[str, Any]], writers: dict[str, Callable[[str], object]]) -> None:
    def told() -> Iterator[tuple[dict[str, Any] | None, list[dict[str, Any]]]]:
        for one in records:
            if "roles" in writers:
                for role in one["roles"]:
                    writers["roles"](to_line(role) + "\n")
            if not one["skipped"]:
                yield one.get("article_info"), one["mentions"]

    for mention in with_articles(told()):
        writers["mentions"](to_line(mention) + "\n")
