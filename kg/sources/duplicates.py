"""Which articles of one read came before: duplicates, new versions, and ids that stand for two articles."""

from __future__ import annotations

import enum
import hashlib
import sqlite3

from kg.errors import KgError
from kg.model import Article
from kg.sources.record import Kind, Problem

__all__ = ["Seen", "Verdict"]

_CACHE_KB = 32_000


class Verdict(enum.Enum):
    """What an article is to those before it."""

    NEW = "new"
    DUPLICATE = "duplicate"


class Seen:
    """Ids and contents given so far, as hashes in a private temporary database.

    SQLite keeps it in memory up to 32 MB and on disk beyond, so that a million articles need no more memory than a
    hundred thousand. It is deleted by itself.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        self._db.execute("CREATE TABLE article (id BLOB PRIMARY KEY, url BLOB, place TEXT) WITHOUT ROWID")
        self._db.execute("CREATE TABLE content (id BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def check(self, article: Article) -> Verdict | Problem:
        """Notes an article, and says whether it is new, or the problem if its id belongs to one with another url.

        Raises :class:`kg.errors.KgError` when there is no room for temporary files.
        """
        place = _place(article)
        key, url, content = _hash(article.id), _hash(article.url or ""), _hash(f"{article.id}\x1f{article.text_hash}")
        try:
            if not self._added("INSERT OR IGNORE INTO article VALUES (?, ?, ?)", key, url, place):
                before_url, before = self._db.execute("SELECT url, place FROM article WHERE id = ?", (key,)).fetchone()
                if before_url != url:
                    what = f"has the id {article.id} of {before} but another url; give each article its own id, or none"
                    return Problem(place, what, Kind.CONFLICT)
            return (
                Verdict.NEW if self._added("INSERT OR IGNORE INTO content VALUES (?)", content) else Verdict.DUPLICATE
            )
        except sqlite3.OperationalError as error:
            raise KgError(f"temporary files can't be written ({error}); make room in TMPDIR and start again") from None

    def _added(self, statement: str, *values: bytes | str) -> bool:
        return self._db.execute(statement, values).rowcount == 1

    def close(self) -> None:
        """Deletes the database."""
        self._db.close()


def _place(article: Article) -> str:
    origin = article.origin
    if origin is None:
        return ""
    return origin.file if origin.line is None else f"{origin.file}:{origin.line}"


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
