"""A text with the words marked that prove something: sentences, triggers, actors, words of time."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from kg.model import Mention
from kg.ontology import ontology
from kg.view.markup import Markup, tag

__all__ = ["marked_text"]

Numbered = Sequence[tuple[int, Mention]]


def marked_text(text: str, mentions: Numbered, element: str) -> list[Markup]:
    """The paragraphs of a text as elements, with numbers after the sentences that lead to ``#m1`` and so on.

    All ``mentions`` are of this text. A number stands once for each mention, where its quote ends.
    """
    out = []
    for match in re.finditer(r"[^\n]+", text):
        if match[0].strip():
            out.append(tag(element, list(_pieces(text, match.start(), match.end(), mentions))))
    return out


def _pieces(text: str, begin: int, end: int, mentions: Numbered) -> Iterator[object]:
    """The words from ``begin`` to ``end``, cut wherever a quote, trigger, actor or time begins or ends."""
    cuts = {begin, end}
    for _, mention in mentions:
        for first, last in (_quote(mention), *_parties(mention), *_inner(mention)):
            cuts |= {place for place in (first, last) if begin < place < end}
    places = sorted(cuts)
    for first, last in itertools.pairwise(places):
        quoted = [mention for _, mention in mentions if _covers(_quote(mention), first, last)]
        piece: object = text[first:last]
        if any(_covers(span, first, last) for m in quoted for span in _inner(m)[:1]):
            piece = tag("mark", piece)
        elif any(_covers(span, first, last) for m in quoted for span in _parties(m)):
            piece = tag("b", piece)
        elif any(_covers(span, first, last) for m in quoted for span in _inner(m)[1:]):
            piece = tag("u", piece)
        yield tag("span", piece, class_=f"quote class-{_class(quoted[0])}") if quoted else piece
        ending = [(number, m) for number, m in mentions if _quote(m)[1] == last or _cut_off(m, last, end, text)]
        for number, mention in ending:
            yield tag(
                "sup",
                tag("a", str(number), href=f"#m{number}", id=f"w{number}", aria_label=f"event {number}"),
                class_=f"class-{_class(mention)}",
            )


def _cut_off(mention: Mention, last: int, end: int, text: str) -> bool:
    """Whether a quote reaches over the end of its paragraph with nothing but blanks."""
    stop = _quote(mention)[1]
    return last == end and _quote(mention)[0] < end < stop and not text[end:stop].strip()


def _covers(span: tuple[int, int], first: int, last: int) -> bool:
    return span[0] <= first and last <= span[1]


def _class(mention: Mention) -> int:
    return ontology().quad(mention.category) - 1


def _quote(mention: Mention) -> tuple[int, int]:
    return mention.evidence.start, mention.evidence.end


def _inner(mention: Mention) -> list[tuple[int, int]]:
    """The trigger, then the words of time if there are any."""
    evidence = mention.evidence
    return [(span.start, span.end) for span in (evidence.trigger, evidence.time) if span is not None]


def _parties(mention: Mention) -> list[tuple[int, int]]:
    return [(p.span.start, p.span.end) for p in (mention.source, mention.target) if p is not None]
