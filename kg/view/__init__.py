"""Pictures of a graph that people would rather look at: the network page, charts over time, the report on two actors.

>>> from kg.view.synthetic import synthetic
>>> page = network(synthetic(actors=5, events=20), title="Twenty made-up events")
>>> page.html.startswith("<!doctype html>")
True
"""

from __future__ import annotations

from kg.view.article import ArticleData
from kg.view.chart import Chart
from kg.view.data import Link, NetworkData, Report
from kg.view.dyad import DyadData
from kg.view.network import NetworkPage, network
from kg.view.paper import ReportPage
from kg.view.report import report
from kg.view.timeline import changes, heatmap, timelines

__all__ = [
    "ArticleData",
    "Chart",
    "DyadData",
    "Link",
    "NetworkData",
    "NetworkPage",
    "Report",
    "ReportPage",
    "changes",
    "heatmap",
    "network",
    "report",
    "timelines",
]
