"""The functions that rules name in ``do``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kg.extract.time.context import Context, Found
from kg.extract.time.grammar import Hit

__all__ = ["RESOLVERS", "Resolver", "resolver"]

Resolver = Callable[[Hit, Context], Found | list[Found] | None]
RESOLVERS: dict[str, Resolver] = {}


_Function = TypeVar("_Function", bound=Resolver)


def resolver(function: _Function) -> _Function:
    """Register a function under its name; it returns what a match means, or None when that is no time expression."""
    RESOLVERS[function.__name__] = function
    return function
