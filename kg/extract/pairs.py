"""Ordered pairs of actor phrases in a sentence, and what the parse says of each: the classifier's input.

A pair is (source, target) or (source, nobody). The features are strings such as ``path=nsubj<meet>prep>pobj``: words
and relations on the dependency path, the grammatical place of both phrases, and the triggers around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.actors import Phrase, Ref
from kg.extract.arguments import ancestors
from kg.extract.events import Dyad, find_triggers
from kg.extract.triggers import Trigger, lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from kg.extract.tokens import Asked

__all__ = ["Pair", "SentencePairs", "asked", "features", "marked", "marked_pair_text", "sentence_pairs"]

MOST_PHRASES = 12
"""Sentences that name more actors are lists; only the first ones are paired."""


@dataclass(slots=True)
class Pair:
    """Two phrases of one sentence in the order source, target; the target may be nobody."""

    source: Phrase
    target: Phrase | None


_Brings = Callable[["SentencePairs", Phrase], list[str]]


@dataclass(slots=True)
class SentencePairs:
    """A sentence with its phrases, triggers and the dyads that the rules read in it."""

    sentence: Span
    phrases: list[Phrase]
    triggers: list[Trigger]
    dyads: list[Dyad]
    text: str = ""
    _said: dict[tuple[_Brings, int], list[str]] = field(default_factory=dict, repr=False)
    _governors: dict[int, Token] = field(default_factory=dict, repr=False)
    _above: dict[int, list[Token]] = field(default_factory=dict, repr=False)
    _passives: dict[int, bool] = field(default_factory=dict, repr=False)
    _between: list[str] = field(default_factory=list, repr=False)

    def said(self, phrase: Phrase, brings: _Brings) -> list[str]:
        """The features that a phrase has on one side of all of its pairs, found once."""
        key = (brings, phrase.head)
        if key not in self._said:
            self._said[key] = brings(self, phrase)
        return self._said[key]

    def governor(self, token: Token) -> Token:
        """The nearest verb above a token, or the root of its sentence."""
        if token.i not in self._governors:
            self._governors[token.i] = _governor(token)
        return self._governors[token.i]

    def above(self, token: Token) -> list[Token]:
        """A token and all above it, up to the root of its sentence."""
        if token.i not in self._above:
            self._above[token.i] = [token, *ancestors(token)]
        return self._above[token.i]

    def passive(self, verb: Token) -> bool:
        """Whether a verb is the root of its sentence and in the passive."""
        if verb.i not in self._passives:
            self._passives[verb.i] = verb.dep_ == "ROOT" and any(c.dep_ == "auxpass" for c in verb.children)
        return self._passives[verb.i]

    def between(self, low: int, high: int) -> list[str]:
        """The features of the words of content between two tokens, the first twelve."""
        if not self._between:
            content = ("VERB", "NOUN", "ADP", "ADJ")
            self._between = [f"mid={t.lemma_.lower()}" if t.pos_ in content else "" for t in self.sentence]
        begin = self.sentence.start
        return [name for name in self._between[low + 1 - begin : high - begin] if name][:12]

    @classmethod
    def of(
        cls,
        sentence: Span,
        phrases: Sequence[Phrase],
        dyads: Sequence[Dyad],
        triggers: list[Trigger] | None = None,
    ) -> SentencePairs:
        """Collect what a sentence holds; its triggers are looked for unless given."""
        told = find_triggers(sentence, lexicon()) if triggers is None else triggers
        return cls(sentence, list(phrases)[:MOST_PHRASES], told, list(dyads), sentence.text)

    def pairs(self) -> Iterator[Pair]:
        """Every ordered pair of phrases with different principals, and every source alone."""
        for source in self.phrases:
            if source.role == "place":
                continue
            yield Pair(source, None)
            for target in self.phrases:
                if target.head != source.head and not _same(source.refs, target.refs):
                    yield Pair(source, target)


def _same(a: tuple[Ref, ...], b: tuple[Ref, ...]) -> bool:
    return {ref.id for ref in a} == {ref.id for ref in b} and {ref.sector for ref in a} == {ref.sector for ref in b}


def marked(sentence: Span, source: tuple[int, int] | None, target: tuple[int, int] | None) -> str:
    """The sentence with the source written ``@ source @`` and the target ``# target #`` (character spans of the
    document).

    The marks are those of Zhou and Chen (2022, "An Improved Baseline for Sentence-level Relation Extraction").
    """
    text, begin = sentence.text, sentence.start_char  # the text of the whole document would be put together each time
    cuts = sorted((*span, mark) for span, mark in ((source, "@"), (target, "#")) if span is not None)
    out: list[str] = []
    at = 0
    for start, end, mark in cuts:
        start, end = max(start - begin, at), max(end - begin, at)
        out.append(text[at:start])
        out.append(f"{mark} {text[start:end]} {mark}")
        at = end
    out.append(text[at:])
    return " ".join("".join(out).split())


def asked(pair: Pair, around: SentencePairs) -> Asked:
    """What the transformer is asked about a pair."""
    begin = around.sentence.start_char
    spans = [(p.start - begin, p.end - begin) if p is not None else None for p in (pair.source, pair.target)]
    return around.text, spans[0], spans[1]


def marked_pair_text(pair: Pair, around: SentencePairs) -> str:
    """The sentence of a pair with its marks: how training examples are kept."""
    target = (pair.target.start, pair.target.end) if pair.target is not None else None
    return marked(around.sentence, (pair.source.start, pair.source.end), target)


def sentence_pairs(
    doc: Doc, phrases: Sequence[Phrase], dyads: Sequence[Dyad], triggers: Mapping[int, list[Trigger]] | None = None
) -> Iterator[SentencePairs]:
    """The sentences of a field that name at least one actor, with their phrases and the rules' reading.

    ``triggers`` are those that :func:`kg.extract.events.find_dyads` found, by a sentence's first token.
    """
    for sentence in doc.sents:
        here = [p for p in phrases if sentence.start <= p.head < sentence.end]
        if here:
            own = [d for d in dyads if d.sentence.start == sentence.start]
            yield SentencePairs.of(sentence, here, own, triggers.get(sentence.start) if triggers else None)


def _path(up: list[Token], other: list[Token]) -> tuple[list[Token], Token, list[Token]]:
    """Tokens from the first of ``up`` to the lowest common ancestor, that ancestor, and tokens down to the first of
    ``other``; both are what :meth:`SentencePairs.above` gives."""
    places = {token.i: number for number, token in enumerate(up)}
    last = next((number for number, token in enumerate(other) if token.i in places), len(other) - 1)
    meet = places.get(other[last].i, len(up) - 1)
    return up[:meet], up[meet], other[:last][::-1]


def _governor(token: Token) -> Token:
    here = token
    while here.head.i != here.i:
        here = here.head
        if here.pos_ in ("VERB", "AUX"):
            return here
    return here


def features(pair: Pair, around: SentencePairs) -> list[str]:
    """What the parse says of a pair, as strings; the same list in training and use."""
    doc = around.sentence.doc
    s = doc[pair.source.head]
    verb = around.governor(s)
    out = [*around.said(pair.source, _of_source), *_rule(pair, around)]
    if pair.target is None:
        out = [f"0:{name}" for name in out]
        out += [
            f"0:kid={child.dep_}:{child.lemma_.lower()}"
            for child in verb.children
            if child.dep_ in ("dobj", "prep", "xcomp", "ccomp", "prt", "attr", "neg", "acomp")
        ]
        out += [f"0:other={p.role}" for p in around.phrases if p.head != s.i][:3]
        return out
    t = doc[pair.target.head]
    out += around.said(pair.target, _of_target)
    up, top, down = _path(around.above(s), around.above(t))
    ups = "<".join(token.dep_ for token in up)
    downs = ">".join(token.dep_ for token in down)
    lemma = top.lemma_.lower()
    out += [
        f"path={ups}<>{downs}",
        f"path.top={ups}<{lemma}>{downs}",
        f"top={lemma}",
        f"top.pos={top.pos_}",
        f"len={min(len(up) + len(down), 9)}",
        f"order={'st' if s.i < t.i else 'ts'}",
        f"gap={min(abs(s.i - t.i) // 4, 6)}",
        f"same.verb={verb.i == around.governor(t).i}",
        f"t.verb={around.governor(t).lemma_.lower()}",
        f"t.head={t.head.lemma_.lower()}:{t.dep_}",
        f"preps={pair.source.prep}-{pair.target.prep}",
    ]
    path = [*up[1:], top, *down[:-1]]
    out += [f"on={token.lemma_.lower()}" for token in path if token.pos_ in ("VERB", "NOUN", "ADJ", "ADP", "AUX")]
    out += [f"side={'t' if s.i < t.i else 's'}:{token.lemma_.lower()}" for token in path if token.pos_ == "VERB"]
    on_path = {token.i for token in path} | {s.i, t.i}
    low, high = min(s.i, t.i), max(s.i, t.i)
    for trigger in around.triggers:
        where = (
            "on"
            if trigger.token.i in on_path or (trigger.verb is not None and trigger.verb.i in on_path)
            else ("between" if low < trigger.token.i < high else "out")
        )
        out.append(f"trig.{where}={trigger.frame.category}")
        if where != "out":
            out.append(f"trig.{where}.{'st' if s.i < t.i else 'ts'}={trigger.token.lemma_.lower()}")
    if around.passive(verb):
        out.append("passive")
    out += around.between(low, high)
    return out


def _of_source(around: SentencePairs, phrase: Phrase) -> list[str]:
    """What a phrase brings as a source, whoever the target is."""
    s = around.sentence.doc[phrase.head]
    verb = around.governor(s)
    out = [
        "bias",
        f"s.dep={s.dep_}",
        f"s.role={phrase.role}",
        f"s.named={phrase.named}",
        f"s.person={phrase.person}",
    ]
    out += [f"s.sector={ref.sector}" for ref in phrase.refs[:2]]
    out += [
        f"s.verb={verb.lemma_.lower()}",
        f"s.verb.dep={s.dep_}:{verb.lemma_.lower()}",
        f"s.head={s.head.lemma_.lower()}:{s.dep_}",
    ]
    if phrase.prep:
        out.append(f"s.prep={phrase.prep}")
    categories = [t.frame.category for t in around.triggers]
    out += [f"has={c}" for c in sorted(set(categories))]
    out.append(f"n.triggers={min(len(categories), 4)}")
    out.append(f"n.phrases={min(len(around.phrases), 6)}")
    return out


def _of_target(around: SentencePairs, phrase: Phrase) -> list[str]:
    """What a phrase brings as a target, whoever the source is."""
    return [
        f"t.dep={around.sentence.doc[phrase.head].dep_}",
        f"t.role={phrase.role}",
        f"t.named={phrase.named}",
        f"t.prep={phrase.prep}",
        *(f"t.sector={ref.sector}" for ref in phrase.refs[:2]),
    ]


def _rule(pair: Pair, around: SentencePairs) -> list[str]:
    """What the rules read for the pair itself, for its reverse, and for its source with somebody else."""
    out: list[str] = []
    for dyad in around.dyads:
        source = dyad.source[0].head
        target = dyad.target[0].head if dyad.target else None
        wanted = pair.target.head if pair.target else None
        if source == pair.source.head and target == wanted:
            out += [
                f"rule={dyad.category}",
                f"rule.status={dyad.status}",
                f"rule.trigger={dyad.trigger.token.lemma_.lower()}",
                "rule",
            ]
        elif dyad.mutual and source == wanted and target == pair.source.head:
            out += [f"rule.mutual={dyad.category}", "rule"]
        elif source == wanted and target == pair.source.head:
            out += [f"rule.reverse={dyad.category}", "rule.reverse"]
        elif source == pair.source.head:
            out.append(f"rule.else={'0' if target is None else '1'}")
    return out or ["rule.none"]
