"""Which of the dates that an article names is an event's: the parse's answer weighed against the others.

:mod:`kg.extract.attach` reads a date off the parse where one hangs on the event, and else falls back on the day of
publication. But a report tells its day once and then goes on. So every date of the article is a candidate, and a
log-linear model (a softmax over the candidates, as in maximum-entropy ranking) chooses: what the parse said, how far
off the date stands, tense, status, kind of event, and the dates of the article's other events.
"""

from __future__ import annotations

import datetime as dt
import functools
import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.extract.arguments import ancestors
from kg.extract.attach import closeness, is_perfect, stated_by
from kg.extract.clauses import home
from kg.extract.lexicon import yaml_resource
from kg.extract.status import speech_verbs, tense_of
from kg.model import Precision, Span, Status, TimeOrigin, TimeSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Sentence

    from kg.extract.time import Timex

__all__ = ["Dates", "Occasion", "by_date", "features", "settle", "weights", "well_known"]

_DISTANCES = (1, 3, 8, 16, 40, 120, 400, 1500)  # days
_SENTENCES = (1, 2, 4, 8)
_WORDS = (3, 8, 15, 30)
_VERBAL = frozenset({"REQUEST", "ACCUSE", "REJECT", "THREATEN", "SUPPORT", "AGREE", "CONCEDE"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_LEADS = frozenset({"since", "after", "before", "until", "by", "following", "from"})
_BESIDE = frozenset({"relcl", "acl", "advcl"})
_NO_RANK = 9
_MOST_DATES = 40
_MOST_OTHERS = 50
_NEWS = dt.timedelta(days=14)
_ROUGH = dt.timedelta(days=200)

Key = tuple[dt.date, dt.date | None]
"""The bounds of a date; what has the same bounds is one candidate."""

Words = tuple[str, Span]
"""A field of the article and where in it an expression stands."""


@dataclass(slots=True)
class Occasion:
    """An event as it was read, with the date that the parse gives it."""

    doc: Doc
    field: str
    sentence: Sentence
    token: Token
    verb: Token | None
    status: Status
    category: str
    parties: frozenset[str]
    codes: tuple[str, str]
    """Those of source and target; the second is empty without a target."""
    time: TimeSpan
    timex: Timex | None

    @property
    def key(self) -> Key | None:
        """Its bounds, if it has any."""
        return (self.time.begin, self.time.end) if self.time.begin is not None else None

    @property
    def stated(self) -> bool:
        """Whether words of the text give the date."""
        return self.timex is not None and self.time.origin is TimeOrigin.TEXT

    @property
    def place(self) -> tuple[str, int]:
        """Where its trigger stands."""
        return self.field, self.token.i


@dataclass(frozen=True, slots=True)
class _Place:
    """A time expression where it stands."""

    field: str
    sentence: int
    timex: Timex
    span: Sentence
    root: bool
    speech: bool
    tense: str | None


@dataclass(slots=True)
class Dates:
    """The dated expressions of an article by their bounds."""

    published: dt.date
    places: dict[Key, list[_Place]] = field(default_factory=dict)
    order: dict[tuple[str, int], int] = field(default_factory=dict)
    """The number of each sentence in its field, by its first token."""

    @classmethod
    def of(cls, docs: Mapping[str, Doc], timexes: Mapping[str, Sequence[Timex]], published: dt.date) -> Dates:
        """Find all expressions in the parsed fields of an article."""
        self = cls(published)
        for name, doc in docs.items():
            self.order |= {(name, sentence.start): n for n, sentence in enumerate(doc.sents)}
            for timex in timexes.get(name, ()):
                span = doc.char_span(timex.start, timex.end, alignment_mode="expand")
                if timex.begin is None or timex.type == "SET" or span is None:
                    continue
                verb, sentence = home(span.root), span.sent
                place = _Place(
                    name,
                    self.order[name, sentence.start],
                    timex,
                    span,
                    verb.i == sentence.root.i,
                    verb.lemma_.lower() in speech_verbs(),
                    tense_of(verb),
                )
                self.places.setdefault((timex.begin, timex.until), []).append(place)
        return self

    @property
    def today(self) -> Key:
        """The day of publication."""
        return self.published, self.published

    def candidates(self, occasion: Occasion) -> list[Key]:
        """The dates between which to choose: the article's, the parse's and the day of publication.

        What has happened lies in no future that the parse does not find. Only an agreement may: "is due in Oslo".
        A date that the parse counted back ("three days after it invaded") stands.
        """
        if occasion.key is not None and occasion.stated and occasion.timex and occasion.timex.type == "DURATION":
            return [occasion.key]
        found = {self.today, *(key for key in self._near(occasion) if not self._aside(key, occasion))}
        if occasion.status is Status.ACTUAL:
            verb = occasion.verb if occasion.verb is not None else occasion.token
            over = occasion.category != "AGREE" or (tense_of(verb) == "past" and not is_perfect(verb))
            found = {key for key in found if not over or key[0] <= self.published}
        if occasion.key is not None:
            found.add(occasion.key)
        return sorted(found, key=lambda k: (k[0], k[1] or dt.date.max))

    def _aside(self, key: Key, occasion: Occasion) -> bool:
        """Whether a date is told of something else: only in clauses beside the event ("Sharon, who came in May")."""
        number = self.order[occasion.field, occasion.sentence.start]
        return key != self.today and all(
            _here(place, occasion.field, number) and _in_clause_beside(place.span.root, occasion.token)
            for place in self.places[key]
        )

    def _near(self, occasion: Occasion) -> Iterable[Key]:
        """All dates of an article; of a long chronology those that stand nearest."""
        if len(self.places) <= _MOST_DATES:
            return self.places
        number = self.order[occasion.field, occasion.sentence.start]

        def far(key: Key) -> int:
            return min(abs(p.sentence - number) if p.field == occasion.field else 0 for p in self.places[key])

        return heapq.nsmallest(_MOST_DATES, self.places, key=far)


def _in_clause_beside(head: Token, event: Token) -> bool:
    """Whether a word stands in a clause that hangs on a word of another one, which tells the event."""
    inside = {event.i, *(above.i for above in ancestors(event))}
    here = head
    for above in ancestors(head):
        if here.dep_ in _BESIDE and here.i not in inside:
            return True
        here = above
    return False


Stated = Mapping[Key, Sequence[Occasion]]
"""The events of which the text gives each date."""


def by_date(occasions: Iterable[Occasion]) -> Stated:
    """Sort events by the dates that the text gives them; of very many with one date some will do."""
    found: dict[Key, list[Occasion]] = {}
    for it in occasions:
        if it.stated and it.key is not None and len(found.setdefault(it.key, [])) < _MOST_OTHERS:
            found[it.key].append(it)
    return found


@dataclass(slots=True)
class _View:
    """What features say of an event, whatever the candidate."""

    occasion: Occasion
    verb: Token
    number: int
    position: str
    told: str
    status: str
    kind: str
    origin: str
    dates_here: int
    """How many dates its sentence names."""
    last: tuple[int, int]
    """Sentence and place of the last other date before the event's sentence."""

    @classmethod
    def of(cls, it: Occasion, dates: Dates) -> _View:
        number = dates.order[it.field, it.sentence.start]
        verb = it.verb if it.verb is not None else home(it.token)
        root = it.sentence.root
        said = " said" if root.i != verb.i and root.lemma_.lower() in speech_verbs() else ""
        before = [
            (p.sentence, p.timex.start)
            for key, places in dates.places.items()
            for p in places
            if p.field == it.field and p.sentence < number and key != dates.today
        ]
        return cls(
            it,
            verb,
            number,
            "title" if it.field == "title" else ("lead", "early", "early")[number] if number < 3 else "late",
            (f"noun-{_determiner(it.token)}" if it.token.pos_ == "NOUN" else _tense(verb)) + said,
            it.status.value if it.status in (Status.ACTUAL, Status.FUTURE) else "other",
            "verbal" if it.category in _VERBAL else "material",
            "none" if it.key is None else it.time.origin.value,
            sum(any(_here(p, it.field, number) for p in places) for places in dates.places.values()),
            max(before, default=(-1, -1)),
        )


def _determiner(noun: Token) -> str:
    word = next((child.lower_ for child in noun.children if child.dep_ in ("det", "poss")), None)
    return "bare" if word is None else "the" if word in _DEFINITE else "a" if word in ("a", "an") else "other"


def _tense(verb: Token) -> str:
    return f"{tense_of(verb)}{'-perfect' if is_perfect(verb) else ''}"


def _here(place: _Place, name: str, number: int) -> bool:
    return place.field == name and place.sentence == number


def _upto(count: float, steps: Sequence[int]) -> str:
    return next((str(step) for step in steps if count <= step), "more")


def features(key: Key, it: Occasion, dates: Dates, others: Stated) -> list[str]:
    """What speaks for or against a date, as strings with a weight each."""
    return sorted(set(_features(key, _View.of(it, dates), dates, others)))


def _features(key: Key, view: _View, dates: Dates, others: Stated) -> Iterator[str]:
    it = view.occasion
    places = dates.places.get(key, [])
    here = [p for p in places if _here(p, it.field, view.number)]
    parsed = it.key == key
    if key == dates.today:
        yield from _of_today(view, bool(here))
        return
    begin, _ = key
    days = (begin - dates.published).days
    side = "past" if days < 0 else "now" if days == 0 else "ahead"
    distance = f"{'-' if days < 0 else '+'}{_upto(abs(days), _DISTANCES)}" if days else "0"
    precision = min((p.timex.precision.value for p in places), default="none")
    yield f"days {distance}"
    yield f"days {distance} {view.status}"
    yield f"precision {precision}"
    yield f"precision {precision} {view.status}"
    yield f"side {side} {view.status} {view.told}"
    yield f"side {side} {view.status} {view.position}"
    if parsed:
        facts = (
            view.origin,
            view.status,
            view.told,
            precision,
            view.position,
            distance,
            it.category,
            "here" if here else "elsewhere",
        )
        yield from (f"parsed {fact}" for fact in facts)
    mark = "parsed" if parsed else "not"
    if here:
        yield from _of_sentence(here, view, mark, distance, side)
        yield f"here one of {_upto(view.dates_here, (1, 2, 3))} {mark}"
    else:
        yield from _of_elsewhere(places, view, side, precision)
        if not any(k != dates.today and (k[0] < dates.published) == (days < 0) for k in dates.places if k != key):
            yield f"only date {view.status} {side}"
    yield from _of_others(view, others.get(key, ()), mark)


def _of_today(view: _View, here: bool) -> Iterator[str]:
    """For the day of publication, which needs no words."""
    it = view.occasion
    yield f"today {it.category}"
    yield f"today {view.position}"
    yield f"today {view.status}"
    yield f"today {view.told}"
    yield f"today {view.kind} {view.position}"
    yield f"today {view.status} {view.told}"
    yield f"today {view.position} {view.origin} {view.status}"
    yield f"today {view.position} {view.told}"
    yield f"today verb {view.verb.lemma_.lower()}"
    if view.dates_here:
        yield "today though dated"
        yield f"today though dated {view.origin}"
    if here:
        yield "today said"


def _of_sentence(here: Sequence[_Place], view: _View, mark: str, distance: str, side: str) -> Iterator[str]:
    """For a date in the event's own sentence: how it hangs together with the event."""
    it = view.occasion
    ranked = [(closeness(it.token, it.verb, p.span.root), n) for n, p in enumerate(here)]
    rank, best = min((_NO_RANK if r is None else r, n) for r, n in ranked)
    place = here[best]
    head = place.span.root
    yield f"here {rank} {view.told}"
    yield f"here {rank} {view.origin} {mark}"
    yield f"here after {_lead(place)} {mark}"
    yield f"here {distance} {mark}"
    yield f"here {view.status} {side} {mark}"
    yield f"here {head.dep_} {mark}"
    yield f"here {it.category} {mark}"
    if head.i < it.token.i:
        yield f"here before {_upto(it.token.i - head.i, _WORDS)}"
    if not place.speech:
        yield f"here no speech {view.kind} {rank}"


def _lead(place: _Place) -> str:
    """The preposition or conjunction that leads an expression."""
    head = place.span.root
    for word in (head, *list(ancestors(head))[:2]):
        if word.dep_ in ("prep", "mark"):
            return word.lower_
    before = place.span.doc[place.span.start - 1].lower_ if place.span.start else ""
    return before if before in _LEADS else "none"


def _of_elsewhere(places: Sequence[_Place], view: _View, side: str, precision: str) -> Iterator[str]:
    """For a date that other sentences name: how far off, and whether it was the last one named."""
    it = view.occasion
    before = [p for p in places if p.field == it.field and p.sentence < view.number]
    if it.field == "title":
        after = [p.sentence + 1 for p in places if p.field == "text"]
    else:
        after = [p.sentence - view.number for p in places if p.field == it.field and p.sentence > view.number]
    if before:
        nearest = max(before, key=lambda p: p.sentence)
        far = _upto(view.number - nearest.sentence, _SENTENCES)
        yield from (f"before {far} {fact}" for fact in ("", view.told, view.status, precision))
        clause = "root" if nearest.root else "clause"
        yield f"near {clause} {'speech' if nearest.speech else 'told'} {nearest.tense} {_tense(view.verb)}"
        if (nearest.sentence, nearest.timex.start) == view.last:
            far = _upto(view.number - nearest.sentence, (1, 2, 4))
            yield from (f"last {fact}" for fact in ("", view.told, f"{view.status} {side}", far))
    else:
        yield f"not before {view.position}"
    if after:
        yield f"after {_upto(min(after), (1, 2, 4))} {view.position}"
        yield f"after {_upto(min(after), (1, 2, 4))} {view.told}"
    if any(p.field == "title" for p in places):
        yield "in title"


def _of_others(view: _View, others: Sequence[Occasion], mark: str) -> Iterator[str]:
    """For a date that the article states of another event: what both have in common."""
    it = view.occasion
    lemma = it.token.lemma_.lower()
    for other in others:
        if other.place == it.place:
            continue
        parties = "same" if other.parties == it.parties else "one" if other.parties & it.parties else "none"
        category, word = other.category == it.category, other.token.lemma_.lower() == lemma
        shared = f"{parties} {category:d}{word:d}{other.status == it.status:d}"
        yield f"other {shared} {mark}"
        yield f"other {shared} {view.status} {view.origin}"
        if other.sentence.start == it.sentence.start and other.field == it.field:
            yield f"other here {shared} {mark}"
        if it.field == "title":
            yield f"other title {shared}"


@functools.cache
def weights() -> dict[str, float]:
    """The weight of each feature, as ``python -m kg.training dates`` learnt them."""
    found: dict[str, float] = yaml_resource("dating.json")
    return found


def settle(
    occasions: Sequence[Occasion],
    docs: Mapping[str, Doc],
    timexes: Mapping[str, Sequence[Timex]],
    published: dt.date,
) -> list[tuple[TimeSpan, Words | None]]:
    """The date of each event of an article, and the words that give it.

    The words are None where the day of publication stands in, or nothing is known.
    """
    dates = Dates.of(docs, timexes, published)
    others = by_date(occasions)
    together: dict[tuple[object, ...], list[Occasion]] = {}
    for it in occasions:
        together.setdefault(_same(it), []).append(it)
    choices = {same: _choice(members, dates, others) for same, members in together.items()}
    out: list[tuple[TimeSpan, Words | None]] = []
    for it in occasions:
        known = well_known(it, published)
        if known is not None:
            out.append((known, (it.field, Span(it.token.idx, it.token.idx + len(it.token)))))
        else:
            out.append(_given(choices[_same(it)], it, dates))
    return out


def _same(it: Occasion) -> tuple[object, ...]:
    """What the pairs of actors of one event share, so that all of them get one date."""
    return it.place, it.status, it.category, it.key


def _choice(members: Sequence[Occasion], dates: Dates, others: Stated) -> Key:
    """The date that the pairs of one event score highest together."""
    keys = dates.candidates(members[0])
    if len(keys) == 1:
        return keys[0]
    views = [_View.of(it, dates) for it in members]
    return max(keys, key=lambda key: math.fsum(_score(_features(key, view, dates, others)) for view in views))


@functools.cache
def _history() -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """The events of ``history.yaml`` by category and parties, the latest first."""
    table: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for event in sorted(yaml_resource("history.yaml"), key=lambda e: e["begin"], reverse=True):
        table.setdefault((event["category"], event["source"], event["target"]), []).append(event)
    return table


def well_known(it: Occasion, published: dt.date) -> TimeSpan | None:
    """The date of an event that everybody knows and so no text gives: "Russia's invasion of Ukraine".

    Also where the text is rough: "three years after it invaded". None where it isn't one, or the text gives its date.
    """
    for event in _history().get((it.category, *it.codes), ()):
        begin: dt.date = event["begin"]
        told = it.token.lemma_.lower() in event["words"] and (
            "with" not in event or any(token.lower_ in event["with"] for token in it.sentence)
        )
        if not told or it.status is not Status.ACTUAL or published < begin + _NEWS:
            continue
        rough = it.time.precision is Precision.ABOUT and it.time.begin and abs(it.time.begin - begin) <= _ROUGH
        if (it.stated and not rough) or published >= event.get("until", dt.date.max):
            return None
        return TimeSpan(begin, begin, Precision.DAY, it.token.text, begin.isoformat(), TimeOrigin.TEXT)
    return None


def _score(found: Iterator[str]) -> float:
    table = weights()
    return math.fsum(table.get(name, 0.0) for name in set(found))


def _given(choice: Key, it: Occasion, dates: Dates) -> tuple[TimeSpan, Words | None]:
    if choice == it.key or (choice == dates.today and it.key is None):
        return it.time, (it.field, Span(it.timex.start, it.timex.end)) if it.timex is not None else None
    if choice == dates.today:
        return TimeSpan.published(dates.published), None

    def far(place: _Place) -> tuple[bool, bool, int]:
        """Its own sentence first, then the nearest before, then the nearest after."""
        apart = dates.order[it.field, it.sentence.start] - place.sentence
        return place.field != it.field, apart < 0, abs(apart)

    place = min(dates.places[choice], key=far)
    return stated_by(place.timex), (place.field, Span(place.timex.start, place.timex.end))
