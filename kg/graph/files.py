"""The graph directory: paths, the writer's lock, and short-lived DuckDB connections.

DuckDB lets one process write and no other read meanwhile: a writer takes ``write.lock`` and opens the database for one
batch, readers retry for :data:`READER_PATIENCE` seconds. A reader keeps the database for a moment
(:mod:`kg.graph.idle`), but never in the way of a writer.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, StoreBusy
from kg.graph import idle

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "PATIENCE",
    "FileLock",
    "Layout",
    "connect_to_write",
    "leave_cores",
    "now",
    "one",
    "read_connection",
    "write_connection",
]

PATIENCE = 5.0
"""Seconds for which a second writer waits before it gives up."""

READER_PATIENCE = 30.0
"""Seconds for which a reader waits while a writer has the database: a batch of a large graph can take some."""

_COURTESY = 1.0
"""Seconds for which a writer lets waiting readers go first: one that writes batch after batch would starve them."""

_WRITER_PATIENCE = 60.0
"""Seconds for which a writer that holds the lock waits for readers to leave the database."""


class Layout:
    """Where everything lies in a graph directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "events.duckdb"
        self.lock = root / "write.lock"
        self.waiting = root / "read.lock"
        self.rdf = root / "rdf"
        self.rdf_lock = root / "rdf.lock"


class FileLock:
    """An exclusive lock on a file that names its holder and that the system releases when the holder dies."""

    def __init__(self, path: Path, command: str = "", patience: float = PATIENCE) -> None:
        self.path = path
        self.command = command
        self.patience = patience
        self._fd: int | None = None

    def __enter__(self) -> FileLock:
        """Take the lock.

        Raises:
            StoreBusy: somebody else holds it for longer than ``patience`` seconds.
            GraphError: the directory can't be written to.
        """
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise GraphError(f"{self.path.parent}: can't be written to ({error.strerror})") from error
        deadline = time.monotonic() + self.patience
        while not _try_lock(fd):
            if time.monotonic() >= deadline:
                os.close(fd)
                raise StoreBusy(f"{self.path.parent}: in use by {holder(self.path)}; try again when it has finished")
            time.sleep(0.02)
        who = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "command": self.command or Path(sys.argv[0]).name or "python",
            "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        with contextlib.suppress(OSError):  # a full disk must not keep anybody from locking
            os.ftruncate(fd, 0)
            os.pwrite(fd, json.dumps(who).encode(), 0)
        self._fd = fd
        return self

    def __exit__(self, *exc: object) -> None:
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None


def holder(path: Path) -> str:
    """Who holds a lock file, in words."""
    try:
        who = json.loads(path.read_text("utf-8"))
        return f"{who['command']} (process {who['pid']} on {who['host']}, since {who['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _try_lock(fd: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            # Far behind the text, so that others can still read who holds it.
            os.lseek(fd, 1 << 20, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def now() -> dt.datetime:
    """Record time for a new ingest, in UTC without zone: SOURCE_DATE_EPOCH where it is set, else the clock.

    Raises:
        GraphError: SOURCE_DATE_EPOCH is not a number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return dt.datetime.now(dt.UTC).replace(tzinfo=None)
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError) as error:
        raise GraphError(f"SOURCE_DATE_EPOCH={epoch!r} is not a number of seconds since 1970") from error


@contextlib.contextmanager
def read_connection(layout: Layout, patience: float = READER_PATIENCE) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection for the length of one call.

    Raises:
        StoreBusy: another process writes for longer than ``patience`` seconds; names it.
        GraphError: there is no database, or it is damaged.
    """
    connection = idle.borrow(layout.database, layout.lock, lambda: _connect(layout, read_only=True, patience=patience))
    import duckdb

    try:
        yield connection
    except duckdb.Error as error:
        if not _is_failure(error):
            raise
        raise GraphError(f"{layout.database}: {first_line(error)} ({_DAMAGED})") from error
    finally:
        connection.close()


@contextlib.contextmanager
def write_connection(layout: Layout, command: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write, under ``write.lock``, inside one transaction: all of it is kept, or nothing.

    Raises:
        StoreBusy: another writer holds the lock, or readers never leave.
        GraphError: there is no database, it is damaged, or it can't be written to.
    """
    import duckdb

    with FileLock(layout.lock, command):
        connection = connect_to_write(layout)
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except duckdb.Error as error:
            if not _is_failure(error):
                raise
            what = f"{layout.database}: {first_line(error)}; nothing of this call was kept"
            raise GraphError(f"{what}, see to disk and memory and run it again") from error
        finally:
            connection.close()


def leave_cores(connection: duckdb.DuckDBPyConnection, spare: int) -> None:
    """Let the database of a connection work with all cores but some, and with one at least.

    Where other work has them, its threads would only wait for each other, which takes a third more processor time.
    """
    row = one(connection, "SELECT current_setting('threads')")
    assert row is not None
    connection.execute(f"SET GLOBAL threads = {max(1, int(row[0]) - spare)}")


def connect_to_write(layout: Layout) -> duckdb.DuckDBPyConnection:
    """The database with nobody else in it; for those who hold ``write.lock``.

    Raises:
        StoreBusy: readers never leave.
        GraphError: there is no database, or it is damaged.
    """
    idle.release(layout.database)
    _let_readers_pass(layout)
    return _connect(layout, read_only=False, patience=_WRITER_PATIENCE)


_DAMAGED = "the file is damaged or can't be read; restore a copy or build the graph anew"


def _is_failure(error: Exception) -> bool:
    """Whether disk, file or memory failed, as against a mistake in a statement; damaged pages give a plain Error."""
    import duckdb

    return type(error) is duckdb.Error or isinstance(
        error,
        duckdb.IOException
        | duckdb.FatalException
        | duckdb.TransactionException
        | duckdb.OutOfMemoryException
        | duckdb.InternalException
        | duckdb.SerializationException,
    )


def _connect(layout: Layout, *, read_only: bool, patience: float) -> duckdb.DuckDBPyConnection:

    if not layout.database.is_file():
        raise GraphError(f"{layout.root}: no graph here (no {layout.database.name}); make one with `kg build`")
    deadline = time.monotonic() + patience
    announced = not read_only
    with contextlib.ExitStack() as queue:
        while True:
            connection = _try_connect(layout, read_only, final=time.monotonic() >= deadline)
            if connection is not None:
                return connection
            if not announced:
                queue.enter_context(_announced(layout))
                announced = True
            time.sleep(0.005)


def _try_connect(layout: Layout, read_only: bool, final: bool) -> duckdb.DuckDBPyConnection | None:
    """A connection, or None while another process has the database, unless this is the ``final`` try."""
    import duckdb

    try:
        connection = duckdb.connect(str(layout.database), read_only=read_only)
        # Set afterwards: with another configuration nobody else in this process could open the file while it is open.
        connection.execute(_SETTINGS)
        return connection
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        if not _is_busy(error):
            raise GraphError(f"{layout.database}: {first_line(error)} ({_DAMAGED})") from error
        if final:
            raise StoreBusy(
                f"{layout.root}: the database is in use by {holder(layout.lock)}; try again when it has finished"
            ) from error
    except duckdb.Error as error:
        raise GraphError(f"{layout.database}: {first_line(error)} ({_DAMAGED})") from error
    return None


@contextlib.contextmanager
def _announced(layout: Layout) -> Iterator[None]:
    """Tells writers that a reader waits."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        fd = os.open(layout.waiting, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:  # a directory that only others may write to
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


def _let_readers_pass(layout: Layout) -> None:
    deadline = time.monotonic() + _COURTESY
    try:
        fd = os.open(layout.waiting, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return
    try:
        while not _try_lock(fd) and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        os.close(fd)


_SETTINGS = """
    SET GLOBAL autoinstall_known_extensions = false; SET GLOBAL autoload_known_extensions = false;
    SET GLOBAL TimeZone = 'UTC'
"""


def _is_busy(error: Exception) -> bool:
    text = str(error)
    return "set lock on file" in text or "different configuration" in text or "already attached" in text


def one(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of a query. All rows are fetched, because DuckDB takes no other call while some are left."""
    rows = connection.execute(query, list(values)).fetchall()
    return rows[0] if rows else None


def first_line(error: BaseException) -> str:
    """The first line of an error's message, for one-line reports."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
