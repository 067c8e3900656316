"""Executed notebooks as pages that work offline: one file each, no outside script, no request.

    python -m kg.view.notebook notebooks/*.ipynb -o out/notebooks

nbconvert makes the body; around it stands a page of our own, since nbconvert's loads scripts from other computers. Its
policy runs no script but those of the pages that stand in frames, which it names by their hashes.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kg.errors import KgError, ResourceError, SourceError
from kg.view.assemble import static
from kg.view.markup import Markup, tag
from kg.view.page import write_whole

__all__ = ["execute", "notebook_page", "render"]

_HASHES = re.compile(r"script-src ([^;\"]*)")
_MISSING = "notebooks need nbconvert and ipykernel; install them with: pip install 'kg[notebook]'"


def _nbconvert() -> Any:
    try:
        import nbconvert.exporters
        import nbconvert.preprocessors
    except ImportError as error:
        raise ResourceError(_MISSING) from error
    return nbconvert


def _read(path: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise SourceError(str(path), f"is no notebook ({error})") from error


def execute(path: Path, seconds: int = 600) -> Any:
    """The notebook of a file, run from top to bottom in its own folder.

    Raises:
        ResourceError: nbconvert is not installed.
        SourceError: the file can't be read as a notebook, or a cell fails.
    """
    preprocessors = _nbconvert().preprocessors
    notebook = _read(path)
    runner = preprocessors.ExecutePreprocessor(timeout=seconds, kernel_name="python3")
    try:
        runner.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except preprocessors.CellExecutionError as error:
        raise SourceError(str(path), f"a cell fails: {error.ename}: {error.evalue}") from error
    return notebook


def notebook_page(notebook: Any, title: str) -> str:
    """A notebook with its outputs as one page.

    Raises:
        ResourceError: nbconvert is not installed.
    """
    exporter = _nbconvert().exporters.HTMLExporter(template_name="basic")
    exporter.anchor_link_text = ""
    body, _ = exporter.from_notebook_node(notebook)
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

    style = "\n".join(
        [static("page.css"), static("notebook.css"), str(HtmlFormatter(style="xcode").get_style_defs(".highlight"))]
    )
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(body)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="kg"),
        tag("title", title),
        tag("style", Markup(style)),
    ]
    main = tag("main", Markup(body), class_="notebook")
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', main), lang='en')}\n"


def _policy(body: str) -> str:
    """Scripts by the hashes that the framed pages name, since frames inherit this policy; no request at all."""
    named = (match[1].split() for page in _Frames(body).pages if (match := _HASHES.search(html.unescape(page))))
    hashes = dict.fromkeys(value for values in named for value in values if value.startswith("'sha256-"))
    return (
        f"default-src 'none'; script-src {' '.join(hashes) or chr(39) + 'none' + chr(39)}; style-src 'unsafe-inline';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


class _Frames(HTMLParser):
    """The pages that stand in the frames of a page."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps what a frame holds."""
        if tag == "iframe":
            self.pages += [value for name, value in attrs if name == "srcdoc" and value]


def render(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Runs notebooks and writes each as ``folder``/name.html.

    Raises:
        KgError: see :func:`execute`, or a page can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KgError(f"{folder} can't be made ({error.strerror or error}); choose another place") from error
    return [write_whole(folder / f"{path.stem}.html", notebook_page(execute(path), _title(path))) for path in paths]


def _title(path: Path) -> str:
    """The first heading of a notebook, or else its name."""
    for cell in _read(path).cells:
        if cell.cell_type == "markdown" and (match := re.match(r"#\s+(.+)", cell.source)):
            return match[1].strip()
    return path.stem


def main(arguments: list[str] | None = None) -> int:
    """The command line of this module; 1 with one line on stderr if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m kg.view.notebook", description="Notebooks as pages.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    chosen = parser.parse_args(arguments)
    try:
        for page in render(chosen.notebooks, chosen.output):
            print(f"wrote {page}")
    except KgError as error:
        print(f"kg: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
