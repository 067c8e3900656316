"""Work that is done but not yet where it belongs, kept on disk, so that an interruption costs seconds.

A journal is a file of JSON lines: one with the coder, then one for each article in the order of the input. Only whole
lines count. When the same articles come again, what stands in the journal is read back instead of made anew; from the
first article on that differs, the rest of the journal is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from io import BufferedRandom
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.formats.plover_jsonl import mention_from_json, mention_to_json, role_from_json, role_to_json
from kg.model import Article, digest

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction

__all__ = ["Journal", "article_key", "record"]


def article_key(article: Article) -> str:
    """What an article is known by: its id, all that extraction sees of it, and what it says of itself."""
    told = (article.url, article.publisher, article.language, article.cluster)
    return digest(article.id, article.text_hash, *told)


class Journal:
    """The journal at a path, held by one process at a time; a context that closes and leaves the file.

    ``keep`` says what is kept of an extraction: :func:`record`, or that and more.

    Raises:
        SourceError: another process holds it, or it can't be written to.
    """

    def __init__(self, path: Path, coder: str, keep: Callable[[Extraction], dict[str, Any]] | None = None) -> None:
        self.path = path
        self._keep = keep or record
        self._head = json.dumps({"journal": 2, "coder": coder}).encode() + b"\n"
        try:
            self._file = _locked(path)
        except OSError as error:
            raise SourceError(str(path.parent), f"can't be written to ({error.strerror})") from error
        if self._file.readline() != self._head:
            self.clear()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def through(
        self, articles: Iterable[Article], run: Callable[[Iterable[Article]], Iterable[Extraction]]
    ) -> Iterator[Extraction]:
        """Extractions of the articles in their order: from the journal as far as it goes, the others by ``run``."""
        source = iter(articles)
        self._file.seek(len(self._head))
        for article in source:
            at = self._file.tell()
            kept = _read(self._file.readline(), article)
            if kept is None:
                self._file.seek(at)
                self._file.truncate()
                source = chain([article], source)
                break
            yield kept
        else:
            self._file.truncate()
            return
        for one in run(source):
            self._file.write(json.dumps({"key": article_key(one.article), **self._keep(one)}).encode() + b"\n")
            self._file.flush()
            yield one

    def records(self) -> Iterator[dict[str, Any]]:
        """All records from the first on, as they were kept."""
        self._file.seek(len(self._head))
        for line in self._file:
            yield json.loads(line)

    def clear(self) -> None:
        """Forget everything: it is now where it belongs."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(self._head)
        self._file.flush()

    def remove(self) -> None:
        """Delete the file: there is nothing left to do."""
        self.path.unlink(missing_ok=True)


def _locked(path: Path) -> BufferedRandom:
    """The file at a path, made if need be, under a lock that the system releases when the process ends."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b")
        try:
            import fcntl
        except ImportError:  # Windows: two writers at once are the user's own affair
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            what = "another process is writing this; wait for it, or choose another output"
            raise SourceError(str(path), what) from error
        # The holder before may have removed the file between opening and locking.
        if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
        file.close()


def record(one: Extraction) -> dict[str, Any]:
    """What was extracted from an article, as plain JSON values: ``mentions``, ``roles`` and why it was ``skipped``."""
    return {
        "mentions": [mention_to_json(m) for m in one.mentions],
        "roles": [role_to_json(r) for r in one.roles],
        "skipped": one.skipped,
    }


def _read(line: bytes, article: Article) -> Extraction | None:
    """The extraction in a line of a journal, if the line is whole and of this article."""
    from kg.extract.pipeline import Extraction

    try:
        found = json.loads(line) if line.endswith(b"\n") else {}
        if found.get("key") != article_key(article):
            return None
        mentions = tuple(mention_from_json(m) for m in found["mentions"])
        return Extraction(article, mentions, tuple(role_from_json(r) for r in found["roles"]), found["skipped"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
