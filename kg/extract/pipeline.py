"""The extraction stage: one article in, its mentions and roles out; a pure function of article and resources."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from kg.extract import parse
from kg.extract.actors import ArticleActors, Phrase, Ref, link
from kg.extract.attach import attach, share
from kg.extract.classifier import PairClassifier, classifier
from kg.extract.dateline import Dateline, find_dateline
from kg.extract.dating import Occasion, Words, settle
from kg.extract.decide import decide, planned
from kg.extract.details import Details, details
from kg.extract.events import Dyad, find_dyads
from kg.extract.gazetteer import Gazetteer, fold, gazetteer
from kg.extract.pairs import Pair, SentencePairs, asked, features, sentence_pairs
from kg.extract.roles import Person
from kg.extract.time import tag
from kg.model import Article, Evidence, Mention, Party, Role, Span, Status, TimeSpan, digest
from kg.ontology import ontology

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Doc
    from spacy.tokens import Span as Sentence

    from kg.extract.time import Timex
    from kg.extract.triggers import Trigger

__all__ = ["DEFAULT_THRESHOLD", "Extraction", "Extractor"]

DEFAULT_THRESHOLD = 0.2
"""Mentions with a lower confidence are not given out; :mod:`kg.extract.decide` tells how it is used."""

_BATCH_CHARS = 200_000
"""Characters of text in a batch, so that long articles take no more memory than short ones."""

_MOST_PAIRS = 5_000
"""Pairs of actors in one article that the classifier reads with both stages; no article has as many, lists have."""

_VERSION = "1"
_RESOURCES = (
    *("plover.yaml", "sectors.yaml", "offices.yaml", "triggers.yaml", "modality.yaml", "names.yaml"),
    *("contexts.yaml", "casualties.yaml", "places.yaml", "dating.json", "history.yaml"),
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one article yields."""

    article: Article
    mentions: tuple[Mention, ...] = ()
    roles: tuple[Role, ...] = ()
    skipped: str | None = None
    """Why the article was not read, if it was not (a language that no pipeline is configured for)."""

    @property
    def note(self) -> str | None:
        """What to tell of an article that was read in part only."""
        if self.skipped or len(self.article.text) <= parse.MAX_CHARS:
            return None
        return f"longer than {parse.MAX_CHARS:,} characters, read up to there; split them"


_SPOKEN = frozenset(name for name, category in ontology().categories.items() if category.quad in (1, 3))
"""Categories of what is said, which doesn't go on by itself."""


@dataclass(slots=True)
class _Sentence:
    field: str
    around: SentencePairs
    pairs: list[Pair]
    hasty: bool = False
    """Whether the article has had so many pairs before that the classifier's second stage is left out."""


@dataclass(slots=True)
class _Reading:
    """An article between parsing and the classifier's answer."""

    article: Article
    fields: dict[str, Doc]
    linked: ArticleActors
    sentences: list[_Sentence]
    dateline: Dateline | None = None


@dataclass(slots=True)
class _Told:
    """An event that the article tells, with its details and what may date it."""

    dyad: Dyad
    more: Details
    occasion: Occasion


@dataclass(slots=True)
class Extractor:
    """Turns articles into mentions. Holds no state between articles: same article, same mentions, on every machine.

    ``model`` names a spaCy pipeline, ``actors`` the user's own gazetteer files, ``threshold`` the least confidence, and
    ``fast`` leaves out the classifier's second stage.
    """

    model: str = parse.DEFAULT_MODEL
    actors: tuple[Path, ...] = ()
    threshold: float = DEFAULT_THRESHOLD
    fast: bool = False
    languages: frozenset[str] = frozenset({"en"})
    _gaz: Gazetteer | None = field(default=None, repr=False)
    _coder: str = ""

    @property
    def gazetteer(self) -> Gazetteer:
        """The names that this extractor knows."""
        if self._gaz is None:
            self._gaz = gazetteer(self.actors)
        return self._gaz

    @property
    def classifier(self) -> PairClassifier:
        """The model that tells events from bystanders."""
        return classifier()

    @property
    def coder(self) -> str:
        """Version of the rules with a hash of every resource and user file that decides the result."""
        if not self._coder:
            hasher = hashlib.sha256(
                f"{self.model} {self.threshold} {self.fast} {self.gazetteer.version} {self.classifier.version}".encode()
            )
            for name in _RESOURCES:
                hasher.update(resources.files("kg.resources").joinpath(name).read_bytes())
            self._coder = f"kg-{_VERSION}+{hasher.hexdigest()[:10]}"
        return self._coder

    def warm(self) -> None:
        """Load everything that extraction needs, so that forked workers share it."""
        parse.load(self.model)
        assert self.coder

    def extract(self, article: Article) -> Extraction:
        """Mentions and roles of one article."""
        return next(self.stream([article]))

    def stream(self, articles: Iterable[Article], batch_size: int = 32) -> Iterator[Extraction]:
        """Extractions in the order of the articles; memory is bounded by the batch."""
        batch: list[Article] = []
        chars = 0
        for article in articles:
            batch.append(article)
            chars += len(article.text)
            if len(batch) >= batch_size or chars >= _BATCH_CHARS:
                yield from self._batch(batch)
                batch, chars = [], 0
        if batch:
            yield from self._batch(batch)

    def readings(self, article: Article) -> Iterator[tuple[SentencePairs, list[Pair], NDArray[np.float32]]]:
        """The sentences of one article with their pairs and the classifier's answers, for :mod:`kg.extract.explain`."""
        sentences = self._reading(article).sentences
        for sentence, answers in zip(sentences, self._answers(sentences), strict=True):
            yield sentence.around, sentence.pairs, answers

    def _batch(self, articles: list[Article]) -> Iterator[Extraction]:
        """Parse a batch at once, then score and decide article by article."""
        texts: list[str] = []
        origins: list[Dateline | None] = []
        for article in articles:
            if article.language in self.languages:
                text, origin = self._body(article)
                texts += [text, self.headline(article)]
                origins.append(origin)
        docs = parse.parse_batch(texts, self.model)
        readings: list[_Reading | None] = []
        found = iter(origins)
        for article in articles:
            if article.language not in self.languages:
                readings.append(None)
                continue
            body, title = next(docs), next(docs)
            readings.append(self._prepare(article, next(found), body, title))
        for article, reading in zip(articles, readings, strict=True):
            if reading is None:
                yield Extraction(article, skipped=f"language '{article.language}' has no pipeline")
            else:
                yield self._finish(reading, self._answers(reading.sentences))

    def _answers(self, sentences: list[_Sentence]) -> Iterator[NDArray[np.float32]]:
        """Class probabilities of each sentence's pairs."""
        pairs = [(pair, s.around) for s in sentences for pair in s.pairs]
        probabilities = self.classifier.predict(
            [features(pair, around) for pair, around in pairs],
            lambda n: asked(*pairs[n]),
            [number for number, s in enumerate(sentences) for _ in s.pairs],
            fast=self.fast,
            hasty={number for number, s in enumerate(sentences) if s.hasty},
        )
        at = 0
        for sentence in sentences:
            yield probabilities[at : at + len(sentence.pairs)]
            at += len(sentence.pairs)

    def _body(self, article: Article) -> tuple[str, Dateline | None]:
        """The text as it is parsed, without its dateline, character for character as long as the text; and that."""
        origin = find_dateline(article.text, self.gazetteer, article.published)
        return origin.blanked(article.text) if origin is not None else article.text, origin

    def headline(self, article: Article) -> str:
        """The title as it is parsed: in sentence case, its parts as sentences, character for character as long."""
        if not article.title:
            return ""
        names = [(m.start, m.end) for m in self.gazetteer.find(article.title)]
        surnames = self.gazetteer.leaders_by_surname(article.published)
        keep = frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]+", article.text)) | frozenset(surnames)
        return parse.sentence_case(article.title, names, keep, self.model).replace("; ", ". ")

    def _reading(self, article: Article) -> _Reading:
        """One article by itself, parsed and prepared."""
        text, origin = self._body(article)
        return self._prepare(article, origin, *parse.parse_batch([text, self.headline(article)], self.model))

    def _prepare(self, article: Article, origin: Dateline | None, body: Doc, title: Doc) -> _Reading:
        """Everything but the classifier's answer: actors, the rules' reading, and the pairs to be scored."""
        fields = {name: doc for name, doc in (("text", body), ("title", title)) if len(doc)}
        head = article.text[: origin.end] if origin is not None else ""
        linked = link(fields, article.published, self.gazetteer, head)
        sentences: list[_Sentence] = []
        count = 0
        for name in ("title", "text"):
            if name not in fields:
                continue
            doc, phrases = fields[name], linked.phrases[name]
            triggers: dict[int, list[Trigger]] = {}
            dyads = list(find_dyads(doc, phrases, triggers))
            for around in sentence_pairs(doc, phrases, dyads, triggers):
                sentences.append(_Sentence(name, around, list(around.pairs()), hasty=count > _MOST_PAIRS))
                count += len(sentences[-1].pairs)
        return _Reading(article, fields, linked, sentences, origin)

    def told(self, article: Article) -> tuple[_Reading, list[_Told], dict[str, list[Timex]]]:
        """The events of one article before their dates are settled, for :mod:`kg.training.dates`."""
        reading = self._reading(article)
        return reading, *self._told(reading, self._answers(reading.sentences))

    def _told(
        self, reading: _Reading, answers: Iterator[NDArray[np.float32]]
    ) -> tuple[list[_Told], dict[str, list[Timex]]]:
        """The events of an article with the dates that the parse gives them, and all its time expressions."""
        article = reading.article
        timexes: dict[str, list[Timex]] = {}
        told: list[_Told] = []
        for sentence in reading.sentences:
            dyads = decide(sentence.around, sentence.pairs, next(answers), self.classifier.classes, self.threshold)
            if dyads and not timexes:
                timexes = {n: tag(getattr(article, n)[: parse.MAX_CHARS], article.published) for n in reading.fields}
            name, around = sentence.field, sentence.around.sentence
            origin = reading.dateline if name == "text" else None
            leads = origin is not None and around.start_char <= origin.end
            said = details(around, dyads, self.gazetteer, article.published, origin if leads else None)
            for dyad, more in zip(dyads, said, strict=True):
                told.append(_Told(dyad, more, _occasion(reading, name, dyad, timexes[name])))
        return told, timexes

    def _finish(self, reading: _Reading, answers: Iterator[NDArray[np.float32]]) -> Extraction:
        """Mentions and roles, given the class probabilities of every sentence's pairs."""
        article = reading.article
        told, timexes = self._told(reading, answers)
        mentions: dict[str, Mention] = {}
        if told:
            times = settle([one.occasion for one in told], reading.fields, timexes, article.published)
            for one, (time, words) in zip(told, times, strict=True):
                mention = self._mention(article, one, time, words)
                mentions.setdefault(mention.id, mention)
        shared = share(list(mentions.values()), article.published)
        return Extraction(article, tuple(shared), tuple(self._roles(article, reading.linked)))

    def _mention(self, article: Article, one: _Told, time: TimeSpan, words: Words | None) -> Mention:
        name, dyad, more = one.occasion.field, one.dyad, one.more
        if dyad.status is Status.ACTUAL and time.begin is not None and time.begin > article.published:
            planned(dyad)
        if time.begin is not None and time.end is None and dyad.category in _SPOKEN:
            time = replace(time, end=max(time.begin, article.published))  # words end when they are reported
        start, end = _trimmed(dyad.sentence)
        token = dyad.trigger.token
        trigger = Span(token.idx, token.idx + len(token))
        source = _party(article, name, *dyad.source)
        target = _party(article, name, *dyad.target) if dyad.target else None
        return Mention(
            id=digest(
                article.id,
                name,
                trigger.start,
                source.id,
                source.span.start,
                target and target.id,
                target and target.span.start,
                dyad.category,
            ),
            article=article.id,
            source=source,
            target=target,
            category=dyad.category,
            mode=dyad.mode,
            status=dyad.status,
            time=time,
            evidence=Evidence(
                name,
                getattr(article, name)[start:end],
                start,
                end,
                trigger,
                words[1] if words is not None and words[0] == name else None,
            ),
            mutual=dyad.mutual,
            contexts=more.contexts,
            place=more.place,
            dead=more.losses.dead,
            injured=more.losses.injured,
            arrested=more.losses.arrested,
            attribution=dyad.attribution.id if dyad.attribution else None,
            confidence=round(dyad.score, 4),
            coder=self.coder,
            group=digest(article.id, name, trigger.start),
        )

    def _roles(self, article: Article, linked: ArticleActors) -> Iterator[Role]:
        given: set[tuple[str, str, str]] = set()
        for name in ("text", "title"):
            for person in linked.persons.get(name, ()):
                role = self._role(article, name, person)
                if role is None:
                    continue
                key = (role.person, fold(role.office), role.actor)
                if key not in given:
                    given.add(key)
                    yield role

    def _role(self, article: Article, name: str, person: Person) -> Role | None:
        if not (person.stated and person.actor) or person.title_start < 0:
            return None
        actor = self.gazetteer.actors[person.actor]
        start, end = min(person.start, person.title_start), max(person.end, person.title_end)
        return Role(
            article=article.id,
            person=person.name,
            office=re.sub(r"\s+", " ", person.title),
            actor=actor.id,
            code=actor.code,
            observed=article.published,
            text=getattr(article, name)[start:end],
            field=name,
            start=start,
            end=end,
            person_id=person.ident,
        )


def _occasion(reading: _Reading, name: str, dyad: Dyad, timexes: list[Timex]) -> Occasion:
    """An event with the date that the parse gives it."""
    doc, trigger, day = reading.fields[name], dyad.trigger, reading.article.published
    time, timex = attach(doc, dyad.sentence, trigger.token, trigger.verb, dyad.status, timexes, day)
    source, target = dyad.source[1], dyad.target[1] if dyad.target else None
    return Occasion(
        doc,
        name,
        dyad.sentence,
        trigger.token,
        trigger.verb,
        dyad.status,
        dyad.category,
        frozenset(ref.id for ref in (source, target) if ref is not None),
        (source.code, target.code if target is not None else ""),
        time,
        timex,
    )


def _trimmed(sentence: Sentence) -> tuple[int, int]:
    """Characters of a sentence without white space at its ends."""
    words, start = sentence.text, sentence.start_char
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())


def _party(article: Article, name: str, phrase: Phrase, ref: Ref) -> Party:
    return Party(
        id=ref.id,
        code=ref.code,
        label=ref.label,
        text=getattr(article, name)[phrase.start : phrase.end],
        span=Span(phrase.start, phrase.end),
        sector=ref.sector,
        agent=ref.agent,
        agent_id=ref.agent_id,
    )
