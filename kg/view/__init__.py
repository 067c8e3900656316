"""Pictures of a graph that people would rather look at: the network page.

>>> from kg.view.synthetic import synthetic
>>> page = network(synthetic(actors=5, events=20), title="Twenty made-up events")
>>> page.html.startswith("<!doctype html>")
True
"""

from __future__ import annotations

from kg.view.data import Link, NetworkData, Report
from kg.view.network import NetworkPage, network

__all__ = ["Link", "NetworkData", "NetworkPage", "Report", "network"]
