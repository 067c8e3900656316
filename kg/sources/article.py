"""From a raw :class:`Record` to an :class:`Article`: cleaning, the date, the id, the language, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.model import Article, Origin, digest
from kg.sources import clean, markup
from kg.sources.dates import DateError, parse_published
from kg.sources.language import language_of
from kg.sources.record import MAX_TEXT, MAX_TITLE, Kind, Record, Source

__all__ = ["build"]

_MAX_NAME = 1_000


def build(record: Record, source: Source) -> Article:
    """The article that ``record`` of ``source`` stands for. Raises :class:`kg.sources.record.Problem`.

    The id is the record's own; else a hash of the url; else of publisher, date and text (the title, where there is no
    text). The sources' own ids should name an article, so feeds' guids, which need not, are not used as such.
    """
    try:
        return _build(record, source)
    except RecursionError:
        raise source.problem(Kind.UNSAFE, "nested too deeply; flatten the record", record.item) from None


def _build(record: Record, source: Source) -> Article:
    publisher = clean.clean_line(_string(record.publisher, "source", record, source))
    title = clean.clean_title(_string(record.title, "title", record, source), publisher or None)
    text = _text(record, source)
    if not title and not text:
        raise source.problem(Kind.EMPTY, "neither title nor text; nothing to read", record.item)
    for name, value, limit in (("text", text, MAX_TEXT), ("title", title, MAX_TITLE), ("source", publisher, _MAX_NAME)):
        if len(value) > limit:
            what = f"the {name} has {len(value):,} characters, more than {limit:,}; split or shorten it"
            raise source.problem(Kind.SIZE, what, record.item)
    try:
        published = parse_published(record.date if record.date is not None else "")
    except DateError as error:
        raise source.problem(Kind.DATE, str(error), record.item) from None

    extra = {clean.clean_line(str(k)): clean.clean_value(v) for k, v in record.extra.items() if v not in (None, "", [])}
    given_url = _string(record.url, "url", record, source)
    url = clean.clean_url(given_url) if given_url else None
    if given_url and url is None:
        extra["url"] = clean.clean_line(given_url)[:_MAX_NAME]
    declared = clean.clean_line(_string(record.language, "language", record, source)) or None
    return Article(
        id=_own_id(record, source)
        or (digest(url) if url else digest(publisher or None, published.date.isoformat(), text or title)),
        published=published.date,
        title=title,
        text=text,
        url=url,
        publisher=publisher or None,
        published_at=published.at,
        language=language_of(declared, text or title, hint=record.language_hint),
        cluster=clean.clean_line(_string(record.cluster, "cluster", record, source))[:_MAX_NAME] or None,
        origin=Origin(source.name, record.item, record.sha256, source.retrieved),
        extra=extra,
    )


def _own_id(record: Record, source: Source) -> str:
    own = clean.clean_line(_string(record.id, "id", record, source))
    if len(own) > _MAX_NAME:
        raise source.problem(Kind.FORMAT, f"the id has {len(own):,} characters; use a shorter one", record.item)
    return own


def _text(record: Record, source: Source) -> str:
    text = _string(record.text, "text", record, source)
    if len(text) > 2 * MAX_TEXT:
        what = f"the text has {len(text):,} characters, more than {MAX_TEXT:,}; split or shorten it"
        raise source.problem(Kind.SIZE, what, record.item)
    if record.html and markup.is_markup(text):
        try:
            text = markup.to_text(text)
        except markup.MarkupError as error:
            raise source.problem(Kind.UNSAFE, str(error), record.item) from None
    return clean.clean_text(text)


def _string(value: Any, name: str, record: Record, source: Source) -> str:
    """A field as text: numbers in digits, lists of strings as paragraphs, ``{"name": …}`` of news APIs by the name."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return str(value["name"])
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)
    raise source.problem(Kind.FORMAT, f"the {name} is a {type(value).__name__}; it must be text", record.item)
