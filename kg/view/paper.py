"""Pages that are read like paper: no script, no request; they follow the reader's light or dark setting and print."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.view.assemble import policy, static
from kg.view.markup import Markup, tag
from kg.view.page import frame, palette, png_of, write_whole

__all__ = ["ReportPage", "class_legend", "paper", "section"]

_FRAME_HEIGHT = 640


@dataclass(frozen=True)
class ReportPage:
    """A report as one HTML file without scripts; shows itself in Jupyter."""

    html: str = field(repr=False)
    picture: str = field(repr=False)
    """The actors that it tells of, and their links, as a still SVG picture."""
    title: str

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page as UTF-8, whole or not at all, and returns its path.

        Raises:
            KgError: the file can't be written.
        """
        return write_whole(path, self.html)

    def _repr_html_(self) -> str:
        """The page in a frame that runs nothing; a still picture for viewers that drop frames."""
        return frame(self.html, self.picture, self.title, _FRAME_HEIGHT, scripts=False)

    def _repr_png_(self) -> bytes | None:
        """The still picture, for viewers that show no HTML; needs vl-convert."""
        return png_of(self.picture)


def paper(title: str, theme: str, body: Markup, styles: Sequence[str] = ()) -> str:
    """The page around ``body``; ``styles`` names further style sheets. Its policy allows its own style alone."""
    sheets = ("page.css", "parts.css", "report.css", *styles)
    style = "\n".join([*(static(name) for name in sheets), *_theme_rules(theme)])
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy([], [style])),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="kg"),
        tag("title", title),
        tag("style", Markup(style)),
    ]
    document = tag(
        "html", tag("head", head), tag("body", body), lang="en", data_theme=None if theme == "auto" else theme
    )
    return f"<!doctype html>\n{document}\n"


def _theme_rules(theme: str) -> list[str]:
    """Rules that turn to dark with the reader's system, and back to light on paper."""
    light, dark = (";".join(f"--{name}:{value}" for name, value in palette(mode).items()) for mode in ("light", "dark"))
    rules = [f"@media print{{:root,:root[data-theme]{{color-scheme:light;{light}}}}}"]
    if theme == "auto":
        rules.append(f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}")
    return rules


def section(title: str, *content: object) -> Markup | None:
    """A section under its heading; nothing where there is no content."""
    return tag("section", tag("h2", title), *content) if any(content) else None


def class_legend() -> Markup:
    """The colours of the four classes of events, with their names."""
    from kg.ontology import QUAD_NAMES

    items = [
        tag("li", tag("span", "", class_=f"swatch class-{quad - 1}", aria_hidden="true"), name)
        for quad, name in QUAD_NAMES.items()
    ]
    return tag("ul", items, class_="legend")
