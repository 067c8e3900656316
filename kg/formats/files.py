"""What the formats share: files that appear only when they are whole, and lines that can't be read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.errors import GraphError, SourceError

__all__ = ["Problems", "noted", "whole"]

Problems = list[SourceError] | None
"""Where lines that can't be read are noted; without such a list the first of them is raised."""


def noted(problem: SourceError, problems: Problems, cause: Exception) -> None:
    """Note a problem, or raise it where there is no list of them."""
    if problems is None:
        raise problem from cause
    problems.append(problem)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to; it takes the place of ``path`` at the end, or goes away after an error.

    Raises:
        GraphError: the folder is missing or can't be written to.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent or Path())
        os.close(handle)
    except OSError as error:
        raise GraphError(f"{path}: can't be written ({error.strerror}); choose another folder") from error
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    except OSError as error:
        raise GraphError(f"{path}: can't be written ({error.strerror or error})") from error
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    """What the user wants to keep from others; temporary files are for their owner only."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
