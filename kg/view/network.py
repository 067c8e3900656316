"""The network page: one function for a graph or plain data, and the page that it gives back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import QueryError
from kg.model import ActorKind
from kg.view.assemble import Node, Parts, render, vis_library
from kg.view.data import NetworkData, plain_text
from kg.view.page import check_theme, frame, png_of, write_whole
from kg.view.payload import Payload
from kg.view.picture import picture_svg

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["NetworkPage", "network"]

VIS_LINKS, VIS_ACTORS = 2_000, 2_000
"""What vis-network draws fluently; beyond it the plain canvas takes over."""

_RENDERERS = ("auto", "vis", "canvas")
_FRAME_HEIGHT = 640


@dataclass(frozen=True)
class NetworkPage:
    """An interactive network as one HTML file that works offline; shows itself in Jupyter."""

    html: str = field(repr=False)
    picture: str = field(repr=False)
    """The strongest links as a still SVG picture."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page as UTF-8, whole or not at all, and returns its path.

        Raises:
            KgError: the file can't be written.
        """
        return write_whole(path, self.html)

    def _repr_html_(self) -> str:
        """The page in a frame without rights to the notebook; a still picture for viewers that drop frames."""
        return frame(self.html, self.picture, "Network of events", _FRAME_HEIGHT)

    def _repr_png_(self) -> bytes | None:
        """The still picture, for viewers that show no HTML; needs vl-convert."""
        return png_of(self.picture)


def network(
    source: Graph | NetworkData,
    *,
    title: str | None = None,
    renderer: Literal["auto", "vis", "canvas"] | str = "auto",
    max_links: int = 300,
    theme: Literal["auto", "light", "dark"] | str = "auto",
    **select: Any,
) -> NetworkPage:
    """The events of a graph as an interactive picture: actors, links between them, and the words that prove them.

    ``select`` takes the filters of :meth:`kg.graph.Graph.events` (``since``, ``actor`` and so on). ``max_links``
    is how many of the strongest links are drawn at first; readers can change it. ``renderer`` is ``vis`` (pyvis, up to
    2,000 links and actors), ``canvas`` (any number) or ``auto``; ``theme`` is ``light``, ``dark`` or ``auto`` (as the
    reader's system).

    Raises:
        QueryError: an unknown renderer, theme or filter, too many links for the renderer, or nothing to draw.
    """
    check_theme(theme)
    if renderer not in _RENDERERS:
        raise QueryError(f"renderer {renderer!r} is unknown; use one of {', '.join(_RENDERERS)}")
    if max_links < 1:
        raise QueryError(f"max_links is {max_links}; give 1 or more")
    if renderer == "vis" and max_links > VIS_LINKS:
        raise QueryError(
            f"{max_links} links are too many for vis-network; use renderer='canvas' or at most {VIS_LINKS}"
        )
    if isinstance(source, NetworkData):
        if select:
            raise QueryError(f"{next(iter(select))!r} selects from a graph; these data are chosen already")
        data = source
    else:
        data = NetworkData.of(source, **select)
    if not data.events:
        raise QueryError("there are no events to draw; widen the filters or add articles")
    name = plain_text(title or data.title)
    chosen = _choose(data, renderer, max_links)
    document = Payload(
        data, {"title": name, "note": plain_text(data.note), "renderer": chosen, "max_links": max_links, "theme": theme}
    )
    vis = chosen == "vis"
    parts = Parts(name, document.encode(), chosen, vis_library() if vis else "")
    page = render(parts, _nodes(document) if vis else (), _edges(document, max_links) if vis else ())
    return NetworkPage(page, picture_svg(data.replace(title=name), document.points))


def _choose(data: NetworkData, renderer: str, max_links: int) -> str:
    if renderer != "auto":
        return renderer
    actors = {name for event in data.events for name in (event.source, event.target)}
    return "vis" if max_links <= VIS_LINKS and len(actors) <= VIS_ACTORS else "canvas"


def _nodes(document: Payload) -> Iterator[Node]:
    for name, actor in document.actors.items():
        if name not in document.added and name not in document.agents:
            x, y = document.points[name]
            yield Node(document.places[name], plain_text(actor.label or name), ActorKind(actor.kind), x, y)


def _edges(document: Payload, most: int) -> Iterator[tuple[int, int, bool]]:
    for source, target in sorted(document.weight, key=lambda pair: (-document.weight[pair], pair))[:most]:
        if source in document.places and target in document.places:
            yield document.places[source], document.places[target], (target, source) in document.weight
