"""The field names of tables of articles: ours, the usual other ones, and how a user's mapping decides between them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from kg.errors import KgError

__all__ = ["FIELDS", "AmbiguousFieldsError", "check_mapping", "resolve"]

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("article_id", "doc_id", "document_id"),
    "date": ("published", "pub_date", "publication_date", "pubdate", "published_at", "date_published", "datepublished",
             "publish_date", "date_publish"),
    "title": ("headline",),
    "text": ("body", "content", "full_text", "fulltext", "article_text", "maintext"),
    "url": ("link", "web_url", "article_url"),
    "source": ("publisher", "outlet", "source_name"),
    "language": ("lang",),
    "cluster": ("cluster_id", "story", "story_id"),
}  # fmt: skip
"""Our fields with the names that are understood without a mapping, where only one of them is there."""

_NOT_WORD = re.compile(r"[^a-z0-9]+")


class AmbiguousFieldsError(ValueError):
    """Two columns could be the same field; the message says how to decide."""


def normal(name: str) -> str:
    """A column name for comparison: ``Publication Date`` and ``publication-date`` are ``publication_date``."""
    return _NOT_WORD.sub("_", name.lower()).strip("_")


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises :class:`kg.errors.KgError` if ``mapping`` renames a field that there is not."""
    for ours in mapping:
        if ours not in FIELDS:
            near = difflib.get_close_matches(ours, FIELDS, 1)
            meant = f"did you mean {near[0]}?" if near else f"fields are {', '.join(FIELDS)}"
            raise KgError(f"--map {ours}={mapping[ours]}: there is no field {ours}; {meant} (ours=theirs)")


def resolve(names: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Which of ``names`` holds each of our fields: the mapped one, else ours, else the one that is usually called so.

    A mapping may be meant for other files of the batch, so a row without the mapped name is read as usual.

    >>> resolve(["Headline", "body", "pub_date", "section"], {})
    {'date': 'pub_date', 'title': 'Headline', 'text': 'body'}

    Raises :class:`AmbiguousFieldsError`.
    """
    present: dict[str, list[str]] = {}
    names = list(names)
    for name in names:
        present.setdefault(normal(name), []).append(name)
    found: dict[str, str] = {}
    mapped = set(mapping.values())
    for ours, others in FIELDS.items():
        theirs = mapping.get(ours)
        candidates = [theirs] if theirs in names else present.get(normal(theirs), []) if theirs else []
        for usual in ((ours,), others):
            candidates = candidates or [n for name in usual for n in present.get(name, []) if n not in mapped]
        if len(candidates) > 1:
            raise AmbiguousFieldsError(
                f"{' and '.join(candidates[:3])} could each be the {ours}; choose with --map {ours}={candidates[0]}"
            )
        if candidates:
            found[ours] = candidates[0]
    return found
