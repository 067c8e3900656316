"""Named queries: SPARQL in files whose header comments say what they answer and what they want to know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import QueryError
from kg.graph.filters import choices

__all__ = ["NamedQuery", "Parameter", "find", "load", "named_queries"]

TYPES = ("actor", "category", "date", "event", "integer", "text")
"""Types of parameters. A date named ``until`` or ``..._until`` is the last day of a partial date, others the first."""

_PARAM = re.compile(r"#\s*param\s+(\w+)\s+\((\w+)(?:\s*=\s*([^)]*))?\)\s*:?\s*(.*)")
_WRITTEN = "query"
"""Name of a query that is given as SPARQL, not as a name or file."""
_HEADER = re.compile(r"#\s*(title|answers)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a query that its caller fills in; without ``default`` it must be given."""

    name: str
    type: str
    default: str | None = None
    help: str = ""

    @property
    def signature(self) -> str:
        """Name, type and default as the header of a query has them."""
        return f"{self.name} ({self.type}{'' if self.default is None else f' = {self.default}'})"


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query file: what it is called, what it answers, what it wants to know, and its SPARQL."""

    name: str
    title: str
    answers: str
    params: tuple[Parameter, ...]
    text: str

    @property
    def called(self) -> str:
        """The query in a message; one that was written as text has no name of its own."""
        return "the query" if self.name == _WRITTEN else f"query {self.name}"

    @classmethod
    def parse(cls, name: str, text: str) -> NamedQuery:
        """Read the header comments of a query.

        Raises:
            QueryError: a parameter has an unknown type.
        """
        head: dict[str, str] = {}
        parameters = []
        for line in text.splitlines():
            if match := _PARAM.match(line):
                label, kind, default, about = match.groups()
                if kind not in TYPES:
                    raise QueryError(
                        f"query {name}: parameter {label} has type {kind!r}; use one of {', '.join(TYPES)}"
                    )
                parameters.append(Parameter(label, kind, default.strip() if default is not None else None, about))
            elif match := _HEADER.match(line):
                head[match.group(1)] = match.group(2).strip()
        return cls(name, head.get("title", name), head.get("answers", ""), tuple(parameters), text)


def _folders() -> list[Path]:
    package = Path(__file__).resolve().parent.parent
    return [package / "queries", package.parent / "queries"]


def named_queries() -> list[NamedQuery]:
    """All shipped queries by name."""
    found = {path.stem: path for folder in reversed(_folders()) if folder.is_dir() for path in folder.glob("*.rq")}
    return [NamedQuery.parse(name, path.read_text("utf-8")) for name, path in sorted(found.items())]


def load(name: str) -> NamedQuery:
    """A shipped query by name, or one from a file by its path.

    Raises:
        QueryError: there is none; suggests what was meant.
    """
    path = Path(name)
    if path.suffix == ".rq":
        try:
            return NamedQuery.parse(path.stem, path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"query file {name}: can't be read ({error})") from error
    known = {query.name: query for query in named_queries()}
    return known[choices([name], known, "query")[0]]


def find(text: str) -> NamedQuery:
    """The query that a text stands for: the name of a shipped one, a path that ends in ``.rq``, or SPARQL itself.

    Raises:
        QueryError: it looks like a name or path, and there is none such.
    """
    word = text.strip()
    if (word.endswith(".rq") and "\n" not in word) or re.fullmatch(r"[\w-]+", word):
        return load(word)
    return NamedQuery.parse(_WRITTEN, text)
