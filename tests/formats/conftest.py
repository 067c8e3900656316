"""The desk that writes articles by hand is shared with the tests of the graph."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "graph"))

from graph_desk import build, desk

__all__ = ["build", "desk"]
