"""What all pages share: the palette, writing a file whole, and the frame in which a page shows itself in Jupyter."""

from __future__ import annotations

import base64
import functools
import html
import os
import re
import tempfile
from pathlib import Path

from kg.errors import KgError, QueryError, ResourceError
from kg.view.assemble import static

__all__ = ["THEMES", "check_theme", "frame", "palette", "png_of", "write_whole"]

THEMES = ("auto", "light", "dark")

_BLOCK = re.compile(r':root(\[data-theme="dark"\])? \{(.*?)\}', re.DOTALL)
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


@functools.cache
def palette(theme: str = "light") -> dict[str, str]:
    """The colours of a theme by name, as ``page.css`` has them.

    >>> palette()["class-3"], palette("dark")["class-3"]
    ('#a83a06', '#f0743a')

    Raises:
        ResourceError: the style sheet is missing or lacks its colours.
    """
    blocks = {
        "dark" if dark else "light": dict(_COLOUR.findall(body)) for dark, body in _BLOCK.findall(static("page.css"))
    }
    if not blocks.get("light") or not blocks.get("dark"):
        raise ResourceError("kg/view/static/page.css holds no colours; reinstall the package")
    return blocks["light"] | (blocks["dark"] if theme == "dark" else {})


def check_theme(theme: str) -> None:
    """Refuse a theme that there is not.

    Raises:
        QueryError: it is none of :data:`THEMES`.
    """
    if theme not in THEMES:
        raise QueryError(f"theme {theme!r} is unknown; use one of {', '.join(THEMES)}")


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Writes a file (text as UTF-8) whole or not at all, and returns its path.

    Raises:
        KgError: the file can't be written.
    """
    target = Path(path)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        # Temporary files are private; a page is made to be shown, so it gets the permissions of any new file.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise KgError(f"{target} can't be written ({error.strerror or error}); choose another place") from error
    return target


def png_of(svg: str, scale: float = 1.0) -> bytes | None:
    """A drawing as a PNG file, None where vl-convert is not installed."""
    try:
        import vl_convert
    except ImportError:
        return None
    return bytes(vl_convert.svg_to_png(svg, scale=scale))


def frame(page: str, picture: str, title: str, height: int, scripts: bool = True) -> str:
    """A page in a frame without rights to the notebook, and behind it a still picture for viewers that drop frames.

    ``picture`` is an SVG document; it becomes a PNG, which more viewers show, where vl-convert is installed.
    """
    png = png_of(picture)
    kind, content = ("svg+xml", picture.encode()) if png is None else ("png", png)
    still = base64.b64encode(content).decode()
    rights = "allow-scripts" if scripts else ""
    return (
        f'<div style="position:relative;height:{height}px">'
        f'<img alt="{html.escape(title, quote=True)}" src="data:image/{kind};base64,{still}"'
        ' style="position:absolute;width:100%;height:100%;object-fit:contain">'
        f'<iframe sandbox="{rights}" srcdoc="{html.escape(page, quote=True)}" title="{html.escape(title, quote=True)}"'
        ' style="position:absolute;width:100%;height:100%;border:1px solid #d8dee4;background:#fff"></iframe></div>'
    )
