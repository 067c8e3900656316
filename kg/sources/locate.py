"""What the user named, file by file: paths, directories, globs, ``-`` and addresses. Nothing is opened here."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kg.sources.record import Kind, Problem, shown

__all__ = ["STDIN", "Location", "locate"]

STDIN = "<stdin>"
"""The name of standard input in messages and origins."""

_GLOB = re.compile(r"[*?\[]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Location:
    """One file, page or stream to read. ``name`` is as given, safe to print; ``explicit`` if named singly."""

    name: str
    kind: Literal["file", "stdin", "url"]
    path: Path | None = None
    explicit: bool = False


def locate(inputs: Iterable[str | os.PathLike[str]], *, fetch: bool = False) -> Iterator[Location | Problem]:
    """The locations that ``inputs`` name, in the order given and sorted within directories and globs.

    In directories, hidden files and ``README`` files are left out, and symbolic links are not followed: what they lead
    to inside the directory is read anyway, and what lies outside was not named (a problem says so).
    """
    for given in inputs:
        text = os.fspath(given)
        if isinstance(text, bytes):
            text = os.fsdecode(text)
        if text == "-":
            yield Location(STDIN, "stdin")
        elif _SCHEME.match(text):
            yield _url(text, fetch)
        elif "\0" in text or not text:
            yield Problem(
                shown(text) or "''", "is no path; name a file, a directory, a glob, an address or -", Kind.UNREADABLE
            )
        else:
            yield from _path(text)


def _url(text: str, allowed: bool) -> Location | Problem:
    if not text.lower().startswith(("http://", "https://")):
        return Problem(
            shown(text), "only http and https addresses can be fetched; name a local file by its path", Kind.FETCH
        )
    if not allowed:
        return Problem(shown(text), "is an address; add --fetch to allow reading from the network", Kind.FETCH)
    return Location(shown(text), "url")


def _path(text: str) -> Iterator[Location | Problem]:
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if _GLOB.search(text):
            yield from _glob(text)
        elif path.is_symlink():
            yield Problem(shown(text), "is a symbolic link to nothing; mend or remove it", Kind.UNREADABLE)
        else:
            yield Problem(shown(text), "no such file or directory; check the path", Kind.UNREADABLE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield Problem(shown(text), f"can't be read ({reason}); check the path", Kind.UNREADABLE)
    else:
        if stat.S_ISDIR(mode):
            yield from _directory(path)
        else:
            yield Location(shown(text), "file", path, explicit=True)


def _skipped(name: str) -> bool:
    return name.startswith(".") or name.lower().partition(".")[0] == "readme"


def _directory(top: Path) -> Iterator[Location | Problem]:
    """All files below a directory, sorted by path, each directory held only while it is walked."""
    found = False
    pending = [top]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listing = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found = True
            reason = (error.strerror or str(error)).lower()
            yield Problem(shown(str(folder)), f"the directory can't be listed ({reason}); check it", Kind.UNREADABLE)
            continue
        folders = []
        for entry in listing:
            if _skipped(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
                continue
            found = True
            if entry.is_symlink():
                if (problem := _link(Path(entry.path), top)) is not None:
                    yield problem
            else:
                yield Location(shown(entry.path), "file", Path(entry.path))
        pending.extend(reversed(folders))
    if not found:
        yield Problem(shown(str(top)), "holds no files to read; check the path", Kind.UNREADABLE)


def _link(link: Path, top: Path) -> Problem | None:
    """A problem unless the link leads to a file that is read anyway."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return Problem(
            shown(str(link)), "is a symbolic link to nothing or to itself; mend or remove it", Kind.UNREADABLE
        )
    if target.is_relative_to(top.resolve()):
        return None
    return Problem(
        shown(str(link)), "is a symbolic link out of the directory; name its target as an input", Kind.UNSAFE
    )


def _glob(pattern: str) -> Iterator[Location | Problem]:
    """The files that match, sorted; ``**`` matches directories at any depth but does not follow symbolic links."""
    parts = Path(pattern).parts
    fixed = next(i for i, part in enumerate(parts) if _GLOB.search(part))
    base, rest = Path(*parts[:fixed]), str(Path(*parts[fixed:]))
    try:
        matches = sorted(set(base.glob(rest)))
    except (OSError, ValueError, NotImplementedError, re.error):
        matches = []
    found = False
    for path in matches:
        if _skipped(path.name):
            continue
        if path.is_symlink():
            found = True
            if (problem := _link(path, base)) is not None:
                yield problem
        elif not path.is_dir():
            found = True
            yield Location(shown(str(path)), "file", path)
        elif "**" not in rest:
            found = True
            yield from _directory(path)
    if not found:
        yield Problem(shown(pattern), "no file matches; check the pattern", Kind.UNREADABLE)
