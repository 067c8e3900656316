"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.errors import GraphError

__all__ = ["whole"]


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
