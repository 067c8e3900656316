"""Are the files that a package installed still those that it was shipped with?

Every installed package keeps the hashes of its files (``RECORD``, the binary distribution format of PyPA). Models and
data are checked against them when they are loaded, so that a file which was cut short or changed is named, and does not
quietly give other results.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.metadata

from kg.errors import ResourceError

__all__ = ["verify"]


@functools.cache
def _recorded(package: str) -> dict[str, tuple[str, str, str]]:
    """Path on disk, name of the hash and hash of each file of an installed package, by the path in it."""
    try:
        files = importlib.metadata.distribution(package).files or ()
    except importlib.metadata.PackageNotFoundError:
        return {}
    return {
        str(f).replace("\\", "/"): (str(f.locate()), f.hash.mode, f.hash.value) for f in files if f.hash is not None
    }


def verify(package: str, under: str, data: bytes | None = None) -> int:
    """Compare the files of an installed package below the path ``under`` with their recorded hashes.

    ``data`` is the content where it was read already; then ``under`` is one file. Returns how many files were compared:
    none of a package that keeps no hashes of them, as one under development does.

    Raises:
        ResourceError: a file is missing or not the one that was shipped.
    """
    count = 0
    for name, (path, mode, expected) in _recorded(package).items():
        if not (name == under or (data is None and name.startswith(under))):
            continue
        count += 1
        try:
            if data is None:
                with open(path, "rb") as file:  # noqa: PTH123 - the path is a string of the package's record
                    found = hashlib.file_digest(file, mode).digest()
            else:
                found = hashlib.new(mode, data).digest()
        except OSError as error:
            raise ResourceError(f"{path} can't be read ({error.strerror}); reinstall the package {package}") from error
        if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != expected:
            raise ResourceError(f"{path} is not the file that was shipped; reinstall the package {package}")
    return count
