"""Fixtures of the tests of the graph; see ``graph_desk``."""

from graph_desk import build, desk

__all__ = ["build", "desk"]
