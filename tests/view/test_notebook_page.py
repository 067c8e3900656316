"""A notebook as a page: what stands in frames draws under the page's policy, and nothing else runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pair_sample import pair
from test_view_hostile import HANDLERS, HOSTILE, RUN
from view_sample import sample

from kg.errors import SourceError
from kg.view import network, report
from kg.view.notebook import execute, main, notebook_page


def made(*shown: str, prose: str = "# A title") -> Any:
    cells = [new_code_cell("page", outputs=[new_output("display_data", {"text/html": text})]) for text in shown]
    return new_notebook(cells=[new_markdown_cell(prose), *cells])


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Any:
    """Opens a notebook's page; gives the browser's page and what went wrong in it."""
    page, problems, asked = browser.new_page(), [], []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("requestfinished", lambda request: asked.append(request.url))

    def run(notebook: Any) -> tuple[Any, list[str]]:
        file = tmp_path / "page.html"
        file.write_text(notebook_page(notebook, "A title"), "utf-8")
        page.goto(file.as_uri())
        return page, problems

    yield run
    assert {url for url in asked if not url.startswith(("data:", "about:"))} == {(tmp_path / "page.html").as_uri()}
    page.close()


@pytest.mark.browser
def test_framed_pages_draw_under_the_policy_of_the_page(opened: Any) -> None:
    page, problems = opened(made(network(sample())._repr_html_(), report(pair())._repr_html_()))
    frames = page.frames[1:]
    end = time.monotonic() + 30
    while frames[0].evaluate("document.documentElement.dataset.ready") != "1":
        assert time.monotonic() < end, "the network was not drawn"
        page.wait_for_timeout(50)
    assert frames[0].evaluate("document.getElementById('kg-status').textContent").startswith("10 events")
    assert frames[0].evaluate("window.origin") == "null"
    assert "Japan and South Korea" in frames[1].evaluate("document.body.innerText")
    assert page.inner_text("h1") == "A title"
    assert problems == []


@pytest.mark.browser
def test_nothing_runs_in_the_page_itself(opened: Any) -> None:
    shown = [f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", *HOSTILE[:7]]
    page, problems = opened(made(network(sample())._repr_html_(), *shown, prose=f"<script>{RUN}</script>"))
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(HANDLERS) == [] or problems  # what stands there as markup is refused by the policy
    assert all("Content Security Policy" in text for text in problems)


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), file)
    with pytest.raises(SourceError, match=r"broken\.ipynb: a cell fails: ZeroDivisionError: division by zero"):
        execute(file)


def test_the_module_writes_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Small & sound"), new_code_cell("6 * 7")]), file)
    assert main([str(file), "-o", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"wrote {tmp_path / 'out' / 'small.html'}\n"
    page = (tmp_path / "out" / "small.html").read_text("utf-8")
    assert "<title>Small &amp; sound</title>" in page
    assert "42" in page
    assert main([str(tmp_path / "none.ipynb"), "-o", str(tmp_path)]) == 1
    assert "none.ipynb: is no notebook" in capsys.readouterr().err
