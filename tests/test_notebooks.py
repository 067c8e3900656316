"""Every notebook runs from top to bottom, and its answers are there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor

FOLDER = Path(__file__).parents[1] / "notebooks"


@pytest.mark.notebook
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_runs_and_every_question_has_an_answer(path):
    notebook = nbformat.read(path, as_version=4)
    ExecutePreprocessor(timeout=600, kernel_name="python3").preprocess(notebook, {"metadata": {"path": str(FOLDER)}})
    asked = [c for c in notebook.cells if c.cell_type == "code" and not c.source.rstrip().endswith("=")]
    silent = [c.source for c in asked if not c.outputs and "import kg" not in c.source]
    assert not silent
    pages = [o.data["text/html"] for c in asked for o in c.outputs if "text/html" in o.get("data", {})]
    assert any("<iframe" in page and 'sandbox="allow-scripts"' in page for page in pages)
    assert any("CONSULT" in page for page in pages)
    assert not any("<tbody></tbody>" in "".join(page.split()) for page in pages)
