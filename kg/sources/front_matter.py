"""The YAML block between ``---`` lines at the head of a Markdown file."""

from __future__ import annotations

import re
from typing import Any

import yaml

from kg.sources.clean import visible

__all__ = ["FrontMatterError", "begins_with_front_matter", "split"]

_LIMIT = 1 << 16
_BLOCK = re.compile(r"\s{0,20}---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_START = re.compile(rb"\s{0,20}---[ \t]*\r?\n(?:[ \t]*\r?\n|#.{0,500}\r?\n)*[A-Za-z_][\w -]{0,60}:")


class FrontMatterError(ValueError):
    """A front matter block that is not YAML. ``line`` counts from 1."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


class _Strings(yaml.BaseLoader):
    """Loads every scalar as the string that stands there: dates are read by ``kg.sources.dates`` and nobody else.

    Aliases are refused, since a few lines of them stand for gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=self.get_mark())
        return super().compose_node(parent, index)


def begins_with_front_matter(head: bytes) -> bool:
    """Whether a file that begins so has front matter."""
    return _START.match(head) is not None


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter, with keys in lower case, and what follows it. No block: an empty mapping and the whole text.

    >>> split("---\\nTitle: A\\n---\\nBody")
    ({'title': 'A'}, 'Body')

    Raises :class:`FrontMatterError`.
    """
    text = text.replace("\r\n", "\n")
    block = _BLOCK.match(text[: 2 * _LIMIT])
    if block is None:
        return {}, text
    if len(block["yaml"]) > _LIMIT:
        raise FrontMatterError("the front matter is longer than 64 KB; move text below it", 1)
    loader = _Strings(visible(block["yaml"]))
    try:
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = text[: block.start("yaml")].count("\n") + 1 + (error.problem_mark.line if error.problem_mark else 0)
        what = f"the front matter is not YAML ({error.problem}); put values with colons or quotes into quotes"
        raise FrontMatterError(what, line) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise FrontMatterError("the front matter is not YAML; write `key: value` lines", 1) from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        return {}, text  # two rules in a text, not front matter
    return {str(key).strip().lower(): value for key, value in data.items()}, text[block.end() :]
