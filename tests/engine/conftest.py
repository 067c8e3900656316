"""Fixtures of the tests of the engine; see ``engine_desk``."""

from engine_desk import fast

__all__ = ["fast"]
