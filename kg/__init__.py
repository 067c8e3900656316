"""A geopolitical relationship knowledge graph: news articles in, dated and sourced edges between political actors out.

>>> import kg
>>> g = kg.open("graph", create=True)            # doctest: +SKIP
>>> g.add("data/articles")                       # doctest: +SKIP
>>> g.events(source="JPN", target="KOR", since="2023-01", until="2023-06")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kg.errors import ExtractError, GraphError, KgError, QueryError, ResourceError, SourceError, StoreBusy
from kg.model import Actor, Article, Event, Mention, Role, Status, TimeSpan
from kg.ontology import ontology

if TYPE_CHECKING:
    from kg.api import Graph, open
    from kg.extract.pipeline import Extractor
    from kg.sources import read

__version__ = "0.1.0"

__all__ = [
    "Actor",
    "Article",
    "Event",
    "ExtractError",
    "Extractor",
    "Graph",
    "GraphError",
    "KgError",
    "Mention",
    "QueryError",
    "ResourceError",
    "Role",
    "SourceError",
    "Status",
    "StoreBusy",
    "TimeSpan",
    "ontology",
    "open",
    "read",
]

_LAZY = {
    "Extractor": "kg.extract.pipeline",
    "Graph": "kg.api",
    "load_ipython_extension": "kg.jupyter",
    "open": "kg.api",
    "read": "kg.sources",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'kg' has no attribute '{name}'")
