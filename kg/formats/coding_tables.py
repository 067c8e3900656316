"""How the codes and names of other codings are read: CAMEO by PLOVER, their actors by ours."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import yaml

from kg.errors import ResourceError
from kg.ontology import ontology

__all__ = ["Skipped", "by_prefix", "codes", "from_cameo", "host", "is_known", "is_mutual", "named"]


class Skipped(Exception):  # noqa: N818 - a reason, not a fault
    """A sound row that has no place in the graph: its actors or its code are outside the model."""


@functools.cache
def codes() -> dict[str, Any]:
    """The tables of ``kg/resources/codings.yaml``.

    Raises:
        ResourceError: the file is missing or malformed.
    """
    try:
        found: dict[str, Any] = yaml.safe_load(resources.files("kg.resources").joinpath("codings.yaml").read_text())
        return found
    except (OSError, AttributeError, yaml.YAMLError) as error:
        raise ResourceError(f"kg/resources/codings.yaml can't be used ({error}); reinstall the package") from error


def from_cameo(code: str) -> tuple[str, str | None]:
    """Category and mode of a CAMEO code.

    Raises:
        ValueError: it is no CAMEO code.
        Skipped: PLOVER has no such category.
    """
    if not re.fullmatch(r"\d{2,4}", code) or not 1 <= int(code[:2]) <= 20:
        raise ValueError(f"{code!r} is no CAMEO code")
    category, mode = _from_cameo(code)
    if category is None:
        raise Skipped(f"CAMEO {code[:2]} is no category of PLOVER")
    return category, mode


@functools.lru_cache(1000)
def _from_cameo(code: str) -> tuple[str | None, str | None]:
    category = ontology().from_cameo(code)
    mode = by_prefix(code, codes()["cameo_modes"])
    return category, mode if category is not None and mode in ontology().categories[category].modes else None


@functools.lru_cache(1000)
def is_mutual(code: str, mode: str | None) -> bool:
    """Whether a CAMEO code tells of something without an initiator or host."""
    return mode != "visit" and code.startswith(tuple(codes()["cameo_mutual"]))


def by_prefix(code: str, table: dict[str, Any]) -> Any:
    """The value of the longest prefix of a code that a table has, else None."""
    return next((table[code[:n]] for n in range(len(code), 0, -1) if code[:n] in table), None)


def named(name: str) -> str | None:
    """The id of the state, organisation or group that alone has a name, in any case."""
    return _names().get(_plain(name))


@functools.cache
def _names() -> dict[str, str]:
    from kg.extract.gazetteer import gazetteer

    found: dict[str, set[str]] = {}
    for key, senses in gazetteer().names.items():
        for _, sense in senses:
            if sense.part in ("name", "agent") and sense.sector is None:
                found.setdefault(_plain(key), set()).add(sense.actor)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def _plain(name: str) -> str:
    from kg.extract.gazetteer import fold

    return fold(" ".join(name.split())).removeprefix("the ")


def is_known(actor: str) -> bool:
    """Whether an id is that of a shipped actor."""
    from kg.extract.gazetteer import gazetteer

    return actor in gazetteer().actors


def host(url: str) -> str | None:
    """The name of the site of a web address, without ``www.``; None for anything else."""
    try:
        parts = urlsplit(url)
        name = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None
    return name.removeprefix("www.") if name else None
