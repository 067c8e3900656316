"""In which PLOVER contexts an event stands: military, economic, human rights ... (several are possible).

The words near the trigger decide, looked up in ``contexts.yaml``, together with who takes part and what is done. Names
and meanings of the 37 contexts are those of the ontology (PLOVER manual, draft 0.8); the words are this project's own.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import ResourceError
from kg.extract.clauses import Near
from kg.extract.lexicon import yaml_resource
from kg.model import STATE_SECTORS, ActorKind
from kg.ontology import ontology

if TYPE_CHECKING:
    from spacy.tokens import Span

    from kg.extract.events import Dyad

__all__ = ["MOST", "Hit", "contexts_of", "find_contexts"]

MOST = 4
"""Contexts that one mention may have, the strongest ones."""

_BY_MODE, _BY_SECTOR, _BY_MEETING, _BY_PARTY = 2.5, 2.0, 1.75, 0.5
"""How strongly what is done, who takes part, a meeting of states, and the title of a party speak for a context; a word
speaks by its nearness (:mod:`kg.extract.clauses`): 3, 2, 1.5 or 1."""
_MORE = 0.1
"""What every further word adds."""
_SPEAKING = frozenset({ActorKind.STATE, ActorKind.ORGANISATION})


@dataclass(slots=True)
class _Node:
    """A node of the automaton: the words that may follow, and the entries that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    context: str
    phrase: tuple[str, ...]
    beside: frozenset[str] = frozenset()
    parties: bool = False


@dataclass(frozen=True, slots=True)
class _Lexicon:
    root: _Node
    sectors: dict[str, tuple[str, ...]]
    modes: dict[str, tuple[str, ...]]
    order: dict[str, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a sentence that speak for a context. ``beside`` are the places of the second words that an ambiguous
    word needs (None for a word that speaks for itself)."""

    context: str
    phrase: tuple[str, ...]
    tokens: tuple[int, ...]
    beside: tuple[int, ...] | None = None
    parties: bool = False


def _split(phrase: str) -> tuple[str, ...]:
    words = phrase.lower().replace("’", "'").replace("-", " ").replace("'s", " ").split()
    return tuple(words)


@functools.cache
def _lexicon() -> _Lexicon:
    onto = ontology()
    raw: dict[str, dict[str, Any]] = yaml_resource("contexts.yaml")["contexts"]
    unknown = set(raw) ^ set(onto.contexts)
    if unknown:
        raise ResourceError(f"kg/resources/contexts.yaml: {', '.join(sorted(unknown))} not as in the ontology")
    root = _Node()
    sectors: dict[str, tuple[str, ...]] = {}
    modes: dict[str, tuple[str, ...]] = {}
    for context, group in raw.items():
        for phrase in group.get("words") or ():
            _add(root, _Entry(context, _split(phrase)))
        for phrase in group.get("parties") or ():
            _add(root, _Entry(context, _split(phrase), parties=True))
        for phrase, beside in (group.get("with") or {}).items():
            _add(root, _Entry(context, _split(phrase), frozenset(beside)))
        for sector in group.get("sectors") or ():
            sectors[sector] = (*sectors.get(sector, ()), context)
        for mode in group.get("modes") or ():
            modes[mode] = (*modes.get(mode, ()), context)
    return _Lexicon(root, sectors, modes, {name: n for n, name in enumerate(onto.contexts)})


def _add(root: _Node, entry: _Entry) -> None:
    node = root
    for word in entry.phrase:
        node = node.next.setdefault(word, _Node())
    node.entries.append(entry)


def _forms(word: str, lemma: str) -> tuple[str, ...]:
    """The word, its lemma, and its singular by spelling, since names have no lemma of their own ("Sanctions")."""
    forms = [word, lemma] if lemma != word else [word]
    if len(word) > 3 and word.endswith("s") and word[:-1] not in forms:
        forms.append(word[:-1])
    return tuple(forms)


def _words(sentence: Span) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Token numbers and forms of the words of a sentence; a word with a hyphen inside gives its parts."""
    for token in sentence:
        word = token.lower_
        if not word[:1].isalnum():
            continue
        if "-" in word:
            yield from ((token.i, (part,)) for part in word.split("-") if part)
        else:
            yield token.i, _forms(word, token.lemma_.lower())


def find_contexts(sentence: Span) -> list[Hit]:
    """All words of a sentence that speak for a context, in one pass; of overlapping ones the longest.

    Words inside names of persons don't count ("Christian Wulff").
    """
    words = list(_words(sentence))
    root = _lexicon().root
    said: dict[str, list[int]] | None = None
    hits: list[Hit] = []
    at = 0
    while at < len(words):
        length, entries = _longest(root, words, at)
        if not entries:
            at += 1
            continue
        tokens = tuple(dict.fromkeys(i for i, _ in words[at : at + length]))
        person = (
            sentence.doc[tokens[0]].ent_type_ == "PERSON" and length == 1 and sentence.doc[tokens[0]].text.istitle()
        )
        for entry in entries:
            if entry.beside:
                if said is None:
                    said = {}
                    for i, forms in words:
                        for form in forms:
                            said.setdefault(form, []).append(i)
                beside = tuple(i for word in entry.beside for i in said.get(word, ()) if i not in tokens)
                if beside:
                    hits.append(Hit(entry.context, entry.phrase, tokens, beside))
            elif not person or entry.parties:
                hits.append(Hit(entry.context, entry.phrase, tokens, parties=entry.parties))
        at += length
    return hits


def _longest(root: _Node, words: list[tuple[int, tuple[str, ...]]], at: int) -> tuple[int, list[_Entry]]:
    """The longest phrase that begins at a word: how many words it has, and what it stands for."""
    nodes = [root.next[form] for form in words[at][1] if form in root.next]
    best, entries, length = 0, [], 1
    while nodes:
        ends = [entry for node in nodes for entry in node.entries]
        if ends:
            best, entries = length, ends
        if at + length >= len(words):
            break
        nodes = [node.next[form] for node in nodes for form in words[at + length][1] if form in node.next]
        length += 1
    return best, entries


def contexts_of(dyad: Dyad, hits: list[Hit], near: Near) -> tuple[str, ...]:
    """The contexts of a mention, the strongest first, at most :data:`MOST`."""
    table = _lexicon()
    strength: dict[str, float] = {}
    phrases: dict[str, set[tuple[str, ...]]] = {}
    parties = [party[0] for party in (dyad.source, dyad.target) if party is not None]
    for hit in hits:
        weight = max(near.weight(i) for i in hit.tokens)
        if hit.beside is not None:
            weight = min(weight, max(near.weight(i) for i in hit.beside))
        if hit.parties:
            inside = any(p.left <= i <= p.right for p in parties for i in hit.tokens)
            weight = _BY_PARTY if inside else 0.0
        if weight:
            strength[hit.context] = max(strength.get(hit.context, 0.0), weight)
            phrases.setdefault(hit.context, set()).add(hit.phrase)
    for context, found in phrases.items():
        strength[context] += _MORE * (len(found) - 1)
    for context, weight in _implied(dyad, table):
        strength[context] = max(strength.get(context, 0.0) + _MORE, weight)
    ranked = sorted(strength, key=lambda name: (-round(strength[name], 3), table.order[name]))
    return tuple(ranked[:MOST])


def _implied(dyad: Dyad, table: _Lexicon) -> Iterator[tuple[str, float]]:
    """What follows from the act and the parties without any word."""
    for context in table.modes.get(dyad.mode or "", ()):
        yield context, _BY_MODE
    refs = [party[1] for party in (dyad.source, dyad.target) if party is not None]
    for sector in dict.fromkeys(ref.sector for ref in refs if ref.sector):
        for context in table.sectors.get(sector, ()):
            yield context, _BY_SECTOR
    official = [ref for ref in refs if ref.kind in _SPEAKING and (ref.sector is None or ref.sector in STATE_SECTORS)]
    if "CONSULT" in (dyad.category, dyad.trigger.frame.category) and len(official) == 2:
        yield "diplomatic", _BY_MEETING
