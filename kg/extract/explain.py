"""Why a mention is there: the sentence is read again, and every step of the reading told in words."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import ExtractError
from kg.extract.arguments import ancestors
from kg.extract.decide import decide
from kg.extract.lexicon import yaml_resource
from kg.extract.status import reporting_verb
from kg.model import Status, TimeOrigin

if TYPE_CHECKING:
    from spacy.tokens import Token

    from kg.extract.events import Dyad
    from kg.extract.pipeline import Extractor
    from kg.model import Article, Mention

__all__ = ["Explanation", "Explanations", "explain", "known"]

_MOST_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of why a mention is there. ``missing`` tells why the reading could not be repeated, if so; then
    ``path``, ``guesses`` and ``source_path`` are empty."""

    mention: Mention
    trigger: str
    status: str
    date: str
    source_path: str = ""
    target_path: str = ""
    guesses: tuple[tuple[str, float], ...] = ()
    missing: str = ""

    def rows(self) -> Iterator[tuple[str, str]]:
        """Name and value of each line, those without a value left out."""
        m = self.mention
        target = f" {'=' if m.mutual else '→'} {_named(m, 'target')}" if m.target else ""
        losses = ((name, getattr(m, name)) for name in ("dead", "injured", "arrested"))
        yield from (
            pair
            for pair in (
                ("mention", m.id),
                ("coded", f"{_named(m, 'source')}{target}: {m.category}{'/' + m.mode if m.mode else ''}"),
                ("sentence", f"“{' '.join(m.evidence.quote.split())}” ({m.evidence.field} of {m.article})"),
                ("trigger", self.trigger),
                ("source", self.source_path),
                ("target", self.target_path),
                ("classifier", ", ".join(f"{name} {share:.2f}" for name, share in self.guesses)),
                ("confidence", f"{m.confidence:.2f}"),
                ("status", self.status),
                ("said by", m.attribution or ""),
                ("date", self.date),
                ("place", m.place or ""),
                ("contexts", ", ".join(m.contexts)),
                ("losses", ", ".join(f"{count} {name}" for name, count in losses if count is not None)),
                ("not read again", self.missing),
            )
            if pair[1]
        )

    def __str__(self) -> str:
        return "\n".join(f"{name:<14} {value}" for name, value in self.rows())

    def _repr_html_(self) -> str:
        lines = (f"<tr><th>{html.escape(a)}</th><td>{html.escape(b)}</td></tr>" for a, b in self.rows())
        return f"<table>{''.join(lines)}</table>"


class Explanations(list[Explanation]):
    """Explanations of several mentions, one below the other."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    def _repr_html_(self) -> str:
        return "".join(each._repr_html_() for each in self)


def _named(mention: Mention, side: str) -> str:
    party = getattr(mention, side)
    agent = f", {party.agent}" if party.agent and party.agent != party.text else ""
    return f"{party.label} ({party.id}: “{' '.join(party.text.split())}”{agent})"


def known(mention: Mention, missing: str) -> Explanation:
    """What the record of a mention tells by itself, where its article can't be read again."""
    evidence = mention.evidence
    words = evidence.quote[evidence.trigger.start - evidence.start : evidence.trigger.end - evidence.start]
    return Explanation(mention, f"“{words}”", mention.status.value, _date(mention), missing=missing)


def explain(article: Article, mention_id: str, extractor: Extractor | None = None) -> Explanation:
    """Read an article again and tell why it has that mention.

    Raises:
        ExtractError: the article, read by this version of the program, has no such mention.
    """
    from kg.extract.pipeline import Extractor

    reader = extractor or Extractor()
    (extraction,) = reader.stream([article])
    mention = next((m for m in extraction.mentions if m.id == mention_id), None)
    if mention is None:
        raise ExtractError(
            f"article {article.id} has no mention {mention_id} as this version reads it ({reader.coder}); "
            "build the graph again with it, or use the version that coded it"
        )
    for dyad, guesses in _read_again(reader, article):
        if _same(dyad, mention):
            return _told(dyad, guesses, mention)
    return known(mention, "the reading can't be followed")


def _read_again(reader: Extractor, article: Article) -> Iterator[tuple[Dyad, tuple[tuple[str, float], ...]]]:
    """The dyads of an article with what the classifier thought likeliest of each pair."""
    classes = reader.classifier.classes
    for around, pairs, shares in reader.readings(article):
        told: dict[tuple[int, int | None], tuple[tuple[str, float], ...]] = {}
        for pair, row in zip(pairs, shares, strict=True):
            by_share = sorted(zip(classes, map(float, row), strict=True), key=lambda guess: -guess[1])
            told[pair.source.head, pair.target.head if pair.target is not None else None] = tuple(
                by_share[:_MOST_GUESSES]
            )
        for dyad in decide(around, pairs, shares, classes, reader.threshold):
            ends = (dyad.source[0].head, dyad.target[0].head if dyad.target is not None else None)
            # Parties that one phrase names together were scored as that phrase alone.
            yield dyad, told.get(ends) or told.get((ends[0], None), ())


def _same(dyad: Dyad, mention: Mention) -> bool:
    token, (phrase, ref) = dyad.trigger.token, dyad.source
    target = (dyad.target[1].id, dyad.target[0].start) if dyad.target else None
    theirs = (mention.target.id, mention.target.span.start) if mention.target else None
    here = (token.idx, ref.id, phrase.start, target)
    return here == (mention.evidence.trigger.start, mention.source.id, mention.source.span.start, theirs)


def _told(dyad: Dyad, guesses: tuple[tuple[str, float], ...], mention: Mention) -> Explanation:
    doc, trigger = dyad.sentence.doc, dyad.trigger
    by_rule = trigger.frame.category
    words = " ".join(doc[i].text for i in trigger.words)
    listed = f"“{words}”, a word for {by_rule}" if by_rule == mention.category else f"“{words}”"
    target = _path(doc[dyad.target[0].head], trigger.token) if dyad.target else ""
    return Explanation(
        mention,
        listed,
        _status(dyad, mention),
        _date(mention),
        _path(doc[dyad.source[0].head], trigger.token),
        target,
        guesses,
    )


@functools.cache
def _relations() -> dict[str, str]:
    raw: dict[str, str] = yaml_resource("relations.yaml")["relations"]
    return raw


def _path(start: Token, end: Token) -> str:
    """The way through the parse between two words: "Japan (subject of) visited", "Korea (object of) to (…) visit"."""
    up = [start, *ancestors(start)]
    down = [end, *ancestors(end)]
    places = {token.i: n for n, token in enumerate(up)}
    meet = next((n for n, token in enumerate(down) if token.i in places), None)
    if meet is None:
        return f"{start.text} … {end.text}"
    words = [start.text]
    for token in up[: places[down[meet].i]]:
        words.append(f"—{_relations().get(token.dep_, token.dep_)} of→ {token.head.text}")
    for token in reversed(down[:meet]):
        words.append(f"←{_relations().get(token.dep_, token.dep_)} of— {token.text}")
    return " ".join(words)


def _status(dyad: Dyad, mention: Mention) -> str:
    """The status and the words that decide it."""
    verb = dyad.trigger.verb if dyad.trigger.verb is not None else dyad.trigger.token
    marks = [c for v in (verb, dyad.trigger.token) for c in v.children if c.dep_ in ("aux", "neg", "mark")]
    shown = " ".join(t.text for t in sorted({t.i: t for t in marks}.values(), key=lambda t: t.i))
    value = mention.status.value
    if mention.status is Status.ACTUAL:
        why = "told as a fact"
    elif mention.status is Status.FUTURE and mention.time.begin and not shown:
        why = f"its date, {mention.time.begin}, was still to come, or the verb above it speaks of plans"
    else:
        why = "by its verb and the verbs above it"
    above = reporting_verb(verb)
    said = f"; reported by “{above.text}”" if above is not None else ""
    return f"{value}: {why}{f' (“{shown}”)' if shown else ''}{said}"


def _date(mention: Mention) -> str:
    """The dates and where they come from."""
    time = mention.time
    if time.begin is None and time.end is None:
        return "not known: the words place the event before what they tell of"
    if time.begin is None:
        span = f"until {time.end}"
    else:
        span = str(time.begin) if time.begin == time.end else f"{time.begin} to {time.end or 'open'}"
    if time.origin is TimeOrigin.TEXT:
        return f"{span} ({time.precision}), from the words “{time.expression}”"
    hint = f"; “{time.expression}” gives no day" if time.expression else ""
    return f"{span} ({time.precision}), the day of publication{hint}"
