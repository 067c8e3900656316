"""Putting the page together: one file that needs nothing else, under a policy that runs only its own script.

pyvis (Perrone and others) supplies vis-network and writes nodes and edges; of its output only the data are used, in a
template of our own, since its template loads from the network, builds markup from data and can't bear a policy.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from kg.errors import ResourceError
from kg.model import ActorKind
from kg.view.payload import script_json

__all__ = ["Node", "Parts", "policy", "render", "static", "vis_library"]

_SHARED = (
    "dom", "calendar", "store", "state", "selection", "palette", "geometry", "scene", "labels", "paint", "histogram",
    "brush", "filters", "evidence", "side", "search", "player", "table", "exports", "tooltip", "keyboard",
)  # fmt: skip
_STYLES = ("page.css", "layout.css", "parts.css")
_SHAPES = {
    ActorKind.STATE: "dot",
    ActorKind.ORGANISATION: "square",
    ActorKind.GROUP: "triangle",
    ActorKind.PERSON: "star",
    ActorKind.SECTOR: "diamond",
    ActorKind.PLACE: "hexagon",
}

_OPTIONS: dict[str, Any] = {
    "autoResize": False,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": False,
        "keyboard": {"enabled": False},
        "selectable": False,
        "selectConnectedEdges": False,
        "tooltipDelay": 2_000_000_000,
        "zoomSpeed": 0.7,
    },
    # Names are written by the page, at one size on the screen; vis-network's own never reach their threshold.
    "nodes": {
        "scaling": {"label": {"drawThreshold": 1_000_000}},
        "font": {"size": 1},
        "shapeProperties": {"interpolation": False},
    },
    "edges": {
        "smooth": {"type": "curvedCW", "roundness": 0.16},
        "chosen": False,
        "selectionWidth": 0,
        "hoverWidth": 0,
        "selfReference": {"size": 14, "angle": 0.785},
    },
}


@dataclass(frozen=True, slots=True)
class Node:
    """An actor as vis-network first sees it; ``place`` is its index in the page's data."""

    place: int
    label: str
    kind: ActorKind
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What both templates need: title, the data as JSON, and the name of the renderer."""

    title: str
    data: str
    renderer: str
    library: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """Options of vis-network."""
        return _OPTIONS

    @property
    def style(self) -> str:
        """The style sheets."""
        return "\n".join(static(name) for name in _STYLES)

    @property
    def script(self) -> str:
        """The page's own modules in the order in which they build on each other."""
        return "\n".join(static(f"{name}.js") for name in (*_SHARED, f"render_{self.renderer}", "app"))

    @property
    def policy(self) -> str:
        """The content security policy of the page."""
        return policy([self.library, self.script] if self.library else [self.script], [self.style])

    @staticmethod
    def json(value: object) -> str:
        """A value as JSON that can stand in a script element."""
        return script_json(value)


def policy(scripts: list[str], styles: list[str]) -> str:
    """A policy that allows the given inline scripts and styles by their hashes, and nothing else at all.

    >>> policy([], [])
    "default-src 'none'; script-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'"
    """

    def sources(texts: list[str]) -> str:
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        return " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"

    return (
        f"default-src 'none'; script-src {sources(scripts)}; style-src {sources(styles)};"
        " base-uri 'none'; form-action 'none'"
    )


@functools.cache
def static(name: str) -> str:
    """The text of a file of ``kg/view/static``.

    Raises:
        ResourceError: it can't be read.
    """
    try:
        text = resources.files("kg.view").joinpath("static", name).read_text("utf-8")
    except OSError as error:
        raise ResourceError(f"kg/view/static/{name} can't be read ({error}); reinstall the package") from error
    return text.replace("\r\n", "\n")


@functools.cache
def vis_library() -> str:
    """vis-network as it lies in the installed pyvis.

    Raises:
        ResourceError: pyvis is not installed, or its version has moved the file.
    """
    try:
        path = resources.files("pyvis").joinpath("templates", "lib", "vis-9.1.2", "vis-network.min.js")
        text = path.read_text("utf-8").replace("\r\n", "\n")
    except (OSError, ModuleNotFoundError) as error:
        raise ResourceError(f"vis-network is not in the installed pyvis ({error}); install pyvis 0.3.2") from error
    if "</script" in text.lower():
        raise ResourceError("the installed vis-network can't stand inside a page; install pyvis 0.3.2")
    return text


def render(parts: Parts, nodes: Iterable[Node], edges: Iterable[tuple[int, int, bool]]) -> str:
    """The page; ``nodes`` and ``edges`` (from, to, whether curved) are what vis-network starts with."""
    from pyvis.network import Network

    net = Network(directed=True, cdn_resources="in_line")
    for node in nodes:
        net.add_node(node.place, label=node.label, shape=_SHAPES[node.kind], x=node.x, y=node.y, size=4)
    for source, target, curved in edges:
        net.add_edge(source, target, id=f"{source}>{target}", smooth=curved)
    net.options = _OPTIONS
    with resources.as_file(resources.files("kg.view").joinpath("static", "page.html")) as template:
        net.set_template(template.as_posix())
        net.templateEnv.globals["page"] = parts
        return str(net.generate_html("network.html"))
