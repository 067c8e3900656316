"""A chart that shows itself: as a page that works offline, as SVG and PNG, in Jupyter, and as an Altair object.

The page holds Vega, Vega-Lite and Vega-Embed as vl-convert bundles them, and evaluates their expressions with Vega's
own interpreter, so that its policy need not allow code made from text.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, ResourceError
from kg.view.assemble import policy, static
from kg.view.data import plain_text
from kg.view.markup import Markup, tag
from kg.view.page import check_theme, frame, palette, write_whole
from kg.view.payload import script_json

if TYPE_CHECKING:
    from kg.graph.results import Table

__all__ = ["WIDTH", "Chart", "altair", "safe"]

WIDTH = 820
"""Width of a chart in pixels, without axes; on a narrow page it gets narrower."""

_STYLES = ("page.css", "parts.css", "report.css", "chart.css")
_TALLEST, _AROUND = 900, 150
"""A frame in a notebook is at most so high; the page has so much around the chart itself."""

_FONT = "Segoe UI, Roboto, Liberation Sans, Arial, sans-serif"
_MISSING = "charts need Altair and vl-convert; install them with: pip install 'kg[charts]'"


def altair() -> Any:
    """The package Altair.

    Raises:
        ResourceError: it is not installed; says how to install it.
    """
    try:
        import altair as alt
    except ImportError as error:
        raise ResourceError(_MISSING) from error
    return alt


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as error:
        raise ResourceError(_MISSING) from error
    return vl_convert


@functools.cache
def _library() -> str:
    """The libraries as one script that leaves ``vegaEmbed`` on the window."""
    text = str(_converter().javascript_bundle("window.vegaEmbed = vegaEmbed;")).replace("\r\n", "\n")
    if "</script" in text.lower():
        raise ResourceError("the installed vl-convert's libraries can't stand inside a page; install another version")
    return text


def safe(value: Any) -> Any:
    """Data for a chart without characters that no page or SVG should carry."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, dict):
        return {key: safe(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [safe(entry) for entry in value]
    return value


@dataclass(frozen=True)
class Chart:
    """A picture of numbers over time; ``altair`` is the Altair chart behind it, free to be changed further.

    ``note`` says what is not drawn, ``table`` holds the same numbers for reading.
    """

    altair: Any = field(repr=False)
    title: str
    note: str = ""
    table: Table | None = field(default=None, repr=False)
    theme: str = "auto"
    margin: int = 130
    """Pixels that axes take beside the chart itself."""

    @property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, in the colours of the light theme."""
        found: dict[str, Any] = safe(self.altair.to_dict())
        config = _config("light")
        for name, value in found.get("config", {}).items():
            ours = config.get(name)
            config[name] = {**value, **ours} if isinstance(value, dict) and isinstance(ours, dict) else value
        return {**found, "config": config}

    @property
    def svg(self) -> str:
        """The chart as an SVG document.

        Raises:
            ResourceError: vl-convert is not installed.
        """
        return str(_converter().vegalite_to_svg(self._still()))

    def png(self, scale: float = 2.0) -> bytes:
        """The chart as a PNG file, ``scale`` pixels to each of the page's.

        Raises:
            ResourceError: vl-convert is not installed.
        """
        return bytes(_converter().vegalite_to_png(self._still(), scale=scale))

    def _still(self) -> dict[str, Any]:
        """The specification with its title on it, in the colours of the theme."""
        title = {"text": plain_text(self.title), "subtitle": plain_text(self.note), "anchor": "start"}
        spec = {**self.spec, "title": title}
        return _recoloured(spec, palette("light"), palette("dark")) if self.theme == "dark" else spec

    @property
    def html(self) -> str:
        """The chart as an interactive page that needs nothing else.

        Raises:
            ResourceError: vl-convert is not installed.
        """
        return _page(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the chart in the format that the suffix names (.html, .svg or .png), whole or not at all.

        Raises:
            KgError: another suffix, or the file can't be written.
            ResourceError: vl-convert is not installed.
        """
        match Path(path).suffix.lower():
            case ".html" | ".htm":
                return write_whole(path, self.html)
            case ".svg":
                return write_whole(path, self.svg)
            case ".png":
                return write_whole(path, self.png())
        raise KgError(f"{path} names no format of charts; end it with .html, .svg or .png")

    def _repr_html_(self) -> str:
        """The page in a frame without rights to the notebook; a still picture for viewers that drop frames."""
        still = self.svg
        height = float(re.search(r'height="([\d.]+)', still)[1])  # type: ignore[index]
        return frame(self.html, still, self.title, round(min(_TALLEST, height + _AROUND)))

    def _repr_png_(self) -> bytes:
        """The still picture, for viewers that show no HTML."""
        return self.png(1.5)


def _recoloured(value: Any, old: dict[str, str], new: dict[str, str]) -> Any:
    """The specification with the colours of another theme."""
    swap = {old[name]: new[name] for name in old}

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: entry if key in ("datasets", "values") else walk(entry) for key, entry in part.items()}
        if isinstance(part, list):
            return [walk(entry) for entry in part]
        return swap.get(part, part) if isinstance(part, str) else part

    return walk(value)


def _config(theme: str) -> dict[str, Any]:
    """Vega-Lite's settings in the look of the pages."""
    colour = palette(theme)
    text = {"labelColor": colour["muted"], "titleColor": colour["muted"], "labelFontSize": 11, "titleFontSize": 11}
    return {
        "background": colour["paper"],
        "font": _FONT,
        "padding": 8,
        "view": {"stroke": None},
        "axis": {
            **text,
            "titleFontWeight": "normal",
            "domainColor": colour["muted"],
            "gridColor": colour["line"],
            "tickColor": colour["muted"],
            "labelLimit": 260,
        },
        "legend": {**text, "titleFontWeight": "normal", "orient": "bottom"},
        "title": {
            "color": colour["ink"],
            "subtitleColor": colour["muted"],
            "fontSize": 15,
            "subtitleFontSize": 11.5,
            "anchor": "start",
            "subtitlePadding": 4,
            "offset": 12,
        },
    }


def _page(chart: Chart) -> str:
    check_theme(chart.theme)
    style = "\n".join(static(name) for name in _STYLES)
    script, library = static("chart.js"), _library()
    names = palette("light")
    data = {
        "spec": chart.spec,
        "width": WIDTH,
        "margin": chart.margin,
        "theme": chart.theme,
        "dark": {names[name]: value for name, value in palette("dark").items()},
    }
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy([library, script], [style])),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="kg"),
        tag("title", chart.title),
        tag("style", Markup(style)),
    ]
    body = [
        tag(
            "main",
            tag("h1", chart.title),
            tag("p", chart.note, class_="summary") if chart.note else None,
            tag("div", id="kg-chart", class_="chart", role="img", aria_label=chart.title),
            _table(chart.table) if chart.table is not None else None,
            class_="report chart-page",
        ),
        tag("div", id="kg-tip", class_="tip", role="status", hidden=""),
        tag("noscript", tag("p", "This page draws a chart with JavaScript, which is switched off here.")),
        tag("script", Markup(script_json(data)), type="application/json", id="kg-data"),
        tag("script", Markup(library)),
        tag("script", Markup(script)),
    ]
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', body), lang='en', data_theme='light')}\n"


def _table(table: Table, most: int = 400) -> Markup:
    """The numbers behind the chart, folded away."""
    from kg.graph.results import plain

    numeric = [all(isinstance(row[i], (int, float, type(None))) for row in table) for i in range(len(table.columns))]
    classes = ["numeric" if right else None for right in numeric]

    def row(cells: Sequence[object], kind: str) -> Markup:
        return tag("tr", [tag(kind, plain(c), class_=k) for c, k in zip(cells, classes, strict=True)])

    heads = row([name.replace("_", " ") for name in table.columns], "th")
    rows = [row(cells, "td") for cells in table.rows[:most]]
    left = f" (the first {most:,} of {len(table):,} rows)" if len(table) > most else ""
    listed = tag("div", tag("table", tag("thead", heads), tag("tbody", rows)), class_="table", tabindex="0")
    return tag("details", tag("summary", f"The numbers as a table{left}"), listed)
