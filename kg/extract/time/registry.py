"""The functions that rules name in ``do``."""

from __future__ import annotations

from collections.abc import Callable

from kg.extract.time.context import Context, Found
from kg.extract.time.grammar import Hit

__all__ = ["RESOLVERS", "Resolver", "resolver"]

Resolver = Callable[[Hit, Context], Found | list[Found] | None]
RESOLVERS: dict[str, Resolver] = {}


def resolver(function: Resolver) -> Resolver:
    """Register a function under its name. It returns what a match means, or None when the match is no time expression."""
    RESOLVERS[function.__name__] = function
    return function
