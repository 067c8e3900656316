"""A database that stays open for a moment after a read, because opening it costs more than most questions.

DuckDB lets nobody write while somebody reads, so a database is kept only while no writer holds ``write.lock``: a thread
looks every :data:`POLL` seconds whether one has come and closes it at once, and in any case after :data:`KEEP` seconds
without a read. A process about to fork closes it too.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["KEEP", "POLL", "borrow", "release"]

KEEP = 2.0
"""Seconds for which a database stays open after the last read."""

POLL = 0.05
"""Seconds between two looks for a writer: what a writer may have to wait for an idle reader."""


@dataclass(slots=True)
class _Kept:
    connection: duckdb.DuckDBPyConnection
    lock: Path
    state: tuple[int, ...]
    used: float


_kept: dict[Path, _Kept] = {}
_guard = threading.Lock()
_WATCHER = "kg-idle"
_watcher: threading.Thread | None = None
_ending = threading.Event()


def borrow(database: Path, lock: Path, connect: Callable[[], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """A connection for one read, to be closed after it; ``connect`` opens the database where it isn't kept open.

    Raises:
        KgError: whatever ``connect`` raises.
    """
    import duckdb

    if sys.platform == "win32" or _writer(lock):
        release(database)
        return connect()
    with _guard:
        kept = _kept.get(database)
        if kept is not None and kept.state == _state(database):
            kept.used = time.monotonic()
            try:
                return kept.connection.cursor()
            except duckdb.Error:  # an error that closed the database for good
                pass
    release(database)
    connection = connect()
    # The cursor comes first: a writer that has come by now makes the watcher close the connection at once.
    cursor = connection.cursor()
    _keep(database, lock, connection)
    return cursor


def release(database: Path | None = None) -> None:
    """Close a database that is kept open, or all; reads that are under way go on to their end."""
    with _guard:
        gone = [_kept.pop(path) for path in list(_kept) if database in (None, path)]
    gone.clear()  # let go, not closed: that would close the cursors of reads under way too


def _keep(database: Path, lock: Path, connection: duckdb.DuckDBPyConnection) -> None:
    global _watcher
    with _guard:
        _kept[database] = _Kept(connection, lock, _state(database), time.monotonic())
        if _watcher is None or not _watcher.is_alive():
            _watcher = threading.Thread(target=_watch, name=_WATCHER, daemon=True)
            _watcher.start()


def _watch() -> None:
    global _watcher
    while True:
        _ending.wait(POLL)
        with _guard:
            now = time.monotonic()
            gone = [path for path, kept in _kept.items() if now - kept.used > KEEP or _writer(kept.lock)]
            leaving = [_kept.pop(path) for path in gone]
            done = not _kept
            if done:
                _watcher = None
        leaving.clear()  # let go, not closed: that would close the cursors of reads under way too
        if done:
            return


def _writer(lock: Path) -> bool:
    """Whether somebody holds the writer's lock at this moment."""
    import fcntl

    try:
        fd = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _state(database: Path) -> tuple[int, ...]:
    """What changes when a file is replaced or written to."""
    try:
        found = database.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _forked() -> None:
    global _guard, _watcher, _ending
    _guard, _watcher, _ending = threading.Lock(), None, threading.Event()


def _end() -> None:
    """Let the watcher end before the interpreter does, which would abort a thread that is inside the database."""
    _ending.set()
    release()
    for thread in threading.enumerate():
        if thread.name == _WATCHER:  # one that has nothing left to watch may still be closing a database
            thread.join(5)


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=release, after_in_child=_forked)
