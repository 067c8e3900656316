"""Every notebook runs from top to bottom, its answers are there, and its page asks no other computer for anything."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.view.notebook import execute, notebook_page

FOLDER = Path(__file__).parents[1] / "notebooks"


class Asked(HTMLParser):
    """The elements of a page, and every address that a browser would fetch for it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        if tag != "a":
            self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "data", "srcset")]


@pytest.mark.notebook
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_runs_and_every_question_has_an_answer(path: Path) -> None:
    notebook = execute(path)
    asked = [c for c in notebook.cells if c.cell_type == "code" and not c.source.rstrip().endswith("=")]
    silent = [c.source for c in asked if not c.outputs and "import kg" not in c.source]
    assert not silent
    shown = [o.data for c in asked for o in c.outputs if "text/html" in o.get("data", {})]
    pages = [data["text/html"] for data in shown]
    framed = [data for data in shown if "<iframe" in data["text/html"]]
    assert any('sandbox="allow-scripts"' in data["text/html"] for data in framed)
    assert all(data["image/png"] and "data:image/png;base64," in data["text/html"] for data in framed)
    assert any("consult" in page.lower() for page in pages)
    assert not any("<tbody></tbody>" in "".join(page.split()) for page in pages)

    page = Asked(notebook_page(notebook, path.stem))
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert page.names["script"] == 0
    assert page.names["iframe"] == len(framed)
