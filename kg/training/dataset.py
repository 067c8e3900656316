"""Training examples: pairs of actors in parsed sentences with the event between them, or NONE.

Three kinds of annotation are read. *Sentence files* (JSON lines with ``text`` and ``events``, see
``data/training/README.md``) mark every actor of a sentence and name every event between them. *Pair files* (JSON
lines with ``sentences`` and ``events``) name every directed pair of an article, so that every other ordered pair is
an example of NONE. *Relation files* (TSV with the columns ``id``, ``marked_sentence`` and ``category``) mark one pair
of a sentence, as ``<s>…</s>`` and ``<t>…</t>``, and code it by the older PLOVER.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.extract import parse
from kg.extract.actors import Phrase, link
from kg.extract.classifier import OLDER
from kg.extract.events import find_dyads
from kg.extract.gazetteer import gazetteer
from kg.extract.marked import bare_phrase, marked_pair, unmark
from kg.extract.pairs import SentencePairs, features, marked_pair_text, sentence_pairs

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = [
    "NONE",
    "Example",
    "from_examples",
    "from_pairs",
    "from_relations",
    "from_sentences",
    "older",
    "older_rows",
    "read_sentence",
    "top",
    "write_examples",
]

NONE = "NONE"
BOTH_WAYS = frozenset({"CONSULT", "COOPERATE"})
UNSURE_REVERSE = frozenset({"AGREE", "SUPPORT"})


@dataclass(slots=True)
class Example:
    """One ordered pair: the marked sentence, its features, the label, a weight, and the article it comes from."""

    text: str
    features: list[str]
    label: str
    group: str
    weight: float = 1.0
    kind: str = "pair"
    extra: dict[str, Any] = field(default_factory=dict)


def write_examples(examples: Iterable[Example], path: Path) -> None:
    """Keep examples as JSON lines, so that parsing them again is spared (see :func:`from_examples`)."""
    with path.open("w", encoding="utf-8") as out:
        for example in examples:
            out.write(json.dumps(asdict(example)) + "\n")


def from_examples(path: Path) -> Iterator[Example]:
    """Examples that :func:`write_examples` kept."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Example(**json.loads(line))


def _find(doc: Doc, words: str, low: int, high: int) -> tuple[int, int] | None:
    at = doc.text.find(words, low, high)
    return (at, at + len(words)) if at >= 0 and words else None


def _touching(phrases: Iterable[Phrase], span: tuple[int, int]) -> list[Phrase]:
    return [p for p in phrases if p.start < span[1] and span[0] < p.end and p.role != "none"]


def from_pairs(path: Path, limit: int | None = None, model: str = parse.DEFAULT_MODEL) -> Iterator[Example]:
    """Examples of a pair file: annotated pairs, and every other ordered pair of actors that the linker finds as
    NONE."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            yield from _article(json.loads(line), model)


def _article(record: dict[str, Any], model: str) -> Iterator[Example]:
    gaz = gazetteer()
    day = dt.date.fromisoformat(record["date"])
    nlp = parse.load(model)
    offsets: list[tuple[int, int]] = []
    text = ""
    for sentence in record["sentences"]:
        sentence = re.sub(r"\s+", " ", sentence)
        text += "\n\n" if text else ""
        offsets.append((len(text), len(text) + len(sentence)))
        text += sentence
    body = nlp(text)
    names = [(m.start, m.end) for m in gaz.find(record["title"])]
    keep = frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]+", text))
    title = nlp(parse.sentence_case(record["title"], names, keep, model))
    fields = {name: doc for name, doc in (("text", body), ("title", title)) if len(doc)}
    linked = link(fields, day, gaz)
    for name, doc in fields.items():
        gold = [e for e in record["events"] if (e["sentence"] == -1) == (name == "title")]
        phrases = list(linked.phrases[name])
        events: list[tuple[dict[str, Any], tuple[int, int], tuple[int, int] | None]] = []
        for event in gold:
            low, high = (0, len(doc.text)) if name == "title" else offsets[event["sentence"]]
            source = _find(doc, re.sub(r"\s+", " ", event["source_text"]), low, high)
            target = _find(doc, re.sub(r"\s+", " ", event["target_text"]), low, high)
            if source is None or (event["target_text"] and target is None):
                continue
            for span, code in ((source, event["source"]), (target, event["target"])):
                if span and not _touching(phrases, span):
                    extra = bare_phrase(doc, *span, code)
                    if extra is not None and all(p.head != extra.head for p in phrases):
                        phrases.append(extra)
            events.append((event, source, target))
        phrases.sort(key=lambda p: p.start)
        dyads = list(find_dyads(doc, phrases))
        for around in sentence_pairs(doc, phrases, dyads):
            sentence = around.sentence
            here = [e for e in events if sentence.start_char <= e[1][0] < sentence.end_char]
            yield from _label(record["id"], around, here)


def _label(
    group: str,
    around: SentencePairs,
    events: Sequence[tuple[dict[str, Any], tuple[int, int], tuple[int, int] | None]],
) -> Iterator[Example]:
    if not around.phrases:
        return
    crowd = 1.0 if len(events) <= 6 else 6.0 / len(events)
    for pair in around.pairs():
        labels: list[str] = []
        unsure = False
        for event, source, target in events:
            hit = _hits(pair.source, source)
            if target is None or _hits(pair.source, target):
                if pair.target is None and hit:
                    labels.append(event["event"])
                continue
            if pair.target is None:
                continue
            back = _hits(pair.target, source) and _hits(pair.source, target)
            if (hit and _hits(pair.target, target)) or (back and event["event"] in BOTH_WAYS):
                labels.append(event["event"])
            elif (back and event["event"] in UNSURE_REVERSE) or (
                _codes(pair.source) & {top(event["source"])} and _codes(pair.target) & {top(event["target"])}
            ):
                unsure = True
        if not labels and unsure:
            continue
        text = marked_pair_text(pair, around)
        feats = features(pair, around)
        for label in dict.fromkeys(labels) or [NONE]:
            yield Example(text, feats, label, group, crowd / max(1, len(set(labels))))


def top(code: str) -> str:
    """The state or body of an actor code, without its sector."""
    return code.split(":")[0].upper()


def _codes(phrase: Phrase) -> set[str]:
    return {top(ref.code) for ref in phrase.refs}


def _hits(phrase: Phrase, span: tuple[int, int]) -> bool:
    return phrase.start < span[1] and span[0] < phrase.end


_MARK = re.compile(r"</?[st]>")


def current(label: str, triggers: set[str]) -> str:
    """A label of the older PLOVER of the relation files in the present one, by the trigger words of the sentence.

    There YIELD is CONCEDE and RETREAT together, and economic sanctions are COERCE.
    """
    if label == "YIELD":
        return "CONCEDE" if "CONCEDE" in triggers and "RETREAT" not in triggers else "RETREAT"
    return "SANCTION" if label == "COERCE" and "SANCTION" in triggers else label


def older(label: str) -> str:
    """A label of the present PLOVER in the older one."""
    return "YIELD" if label in ("CONCEDE", "RETREAT") else label


def older_rows(classes: Sequence[str]) -> list[list[int]]:
    """For each class of the older PLOVER the numbers of those of ``classes`` that have its meaning."""
    return [[number for number, name in enumerate(classes) if older(name) == old] for old in OLDER]


def from_relations(path: Path, model: str = parse.DEFAULT_MODEL) -> Iterator[Example]:
    """Examples of a relation file; asymmetric pairs also the other way round as NONE."""
    nlp = parse.load(model)
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            plain, source, target = unmark(row["marked_sentence"])
            one = marked_pair(nlp(plain), source, target)
            label = current(row["category"], {t.frame.category for t in one.around.triggers})
            yield Example(one.text, one.features, label, row["id"], 1.0, "relation", {"gold": row["category"]})
            if source and target and label not in BOTH_WAYS | UNSURE_REVERSE:
                back = marked_pair(nlp(plain), target, source)
                yield Example(back.text, back.features, NONE, row["id"], 0.5, "reverse")


_SPAN = re.compile(r"\[([a-z]):([^\[\]]+)\]")
_EVENT = re.compile(r"([a-z])([>=])([a-z-]) ([A-Z]+) (\S+) (\S+) (.+)\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A training sentence: plain text, actor spans by letter, events as (source, target or None, category, mode,
    status, trigger); mutual events stand in both directions."""

    text: str
    spans: dict[str, tuple[int, int]]
    events: tuple[tuple[str, str | None, str, str | None, str, str], ...]


def read_sentence(record: dict[str, Any]) -> Sentence:
    """Parse one line of a sentence file.

    Raises:
        ValueError: a mark or an event is malformed, or an event names a letter that is not marked.
    """
    text, at = "", 0
    spans: dict[str, tuple[int, int]] = {}
    for match in _SPAN.finditer(record["text"]):
        text += record["text"][at : match.start()]
        if match.group(1) in spans:
            raise ValueError(f"letter {match.group(1)} is used twice: {record['text']}")
        spans[match.group(1)] = (len(text), len(text) + len(match.group(2)))
        text += match.group(2)
        at = match.end()
    text += record["text"][at:]
    events: list[tuple[str, str | None, str, str | None, str, str]] = []
    for line in record["events"]:
        event = _EVENT.match(line)
        if event is None or event.group(1) not in spans or event.group(3) not in {*spans, "-"}:
            raise ValueError(f"'{line}' is no event of: {record['text']}")
        a, way, b, category, mode, status, trigger = event.groups()
        told = (category, None if mode == "-" else mode, status, trigger)
        events.append((a, None if b == "-" else b, *told))
        if way == "=":
            events.append((b, a, *told))
    return Sentence(text, spans, tuple(events))


def from_sentences(path: Path, model: str = parse.DEFAULT_MODEL) -> Iterator[Example]:
    """Examples of a sentence file: every ordered pair of marked actors, and every actor alone."""
    nlp = parse.load(model)
    gaz = gazetteer()
    day = dt.date(2015, 1, 1)
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            sentence = read_sentence(json.loads(line))
            doc = nlp(sentence.text)
            linked = link({"text": doc}, day, gaz).phrases["text"]
            phrases: dict[str, Phrase] = {}
            for letter, span in sentence.spans.items():
                made = bare_phrase(doc, *span, f"ACTOR-{letter}")
                if made is None or any(made.head == p.head for p in phrases.values()):
                    continue
                known = [p for p in linked if p.head == made.head] or _touching(linked, span)
                if known:
                    made.role, made.named, made.person = known[0].role, known[0].named, known[0].person
                phrases[letter] = made
            ordered = sorted(phrases.values(), key=lambda p: p.start)
            dyads = list(find_dyads(doc, ordered))
            around = SentencePairs.of(doc[:], ordered, dyads)
            letters = {p.head: letter for letter, p in phrases.items()}
            for pair in around.pairs():
                a, b = letters[pair.source.head], letters[pair.target.head] if pair.target else None
                labels = [e[2] for e in sentence.events if (e[0], e[1]) == (a, b)] or [NONE]
                for label in dict.fromkeys(labels):
                    text, feats = marked_pair_text(pair, around), features(pair, around)
                    yield Example(text, feats, label, f"{path.stem}-{number}", 1.0 / len(labels), "sentence")
