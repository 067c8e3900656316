"""PLOVER JSONL: one line per mention, in the field names of the PLOVER data format with this project's additions.

Additions are the principals' ids, evidence offsets, what is known of the time, and the coder. A mention survives the
round trip unchanged.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError, SourceError
from kg.formats.files import Problems, noted
from kg.graph.corrections import Correction, from_json, to_json
from kg.model import Article, Evidence, Mention, Party, Precision, Role, Span, Status, TimeOrigin, TimeSpan
from kg.ontology import ontology

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.graph.window import Day

__all__ = [
    "article_to_json",
    "dumps",
    "mention_from_json",
    "mention_to_json",
    "read_mentions",
    "role_from_json",
    "role_to_json",
    "with_articles",
]


def mention_to_json(m: Mention) -> dict[str, Any]:
    """The PLOVER record of a mention as plain JSON values; see :func:`mention_from_json` for the way back.

    ``event_scale`` is the conflict-cooperation score, -10 to 10; ``quad_code`` the quad class, 1 to 4. Both follow from
    category and mode and are not read back.
    """
    evidence = m.evidence
    onto = ontology()
    return {
        "id": m.id,
        "article": m.article,
        "actor": [_party_to_json(m.source)],
        "recipient": [_party_to_json(m.target)] if m.target else [],
        "event": [m.category],
        "mode": [m.mode] if m.mode is not None else [],
        "context": list(m.contexts),
        "status": m.status.value,
        "mutual": m.mutual,
        "date": m.time.begin.isoformat() if m.time.begin else None,
        "enddate": m.time.end.isoformat() if m.time.end else None,
        "precision": m.time.precision.value,
        "time_info": {"text": m.time.expression, "value": m.time.value, "origin": m.time.origin.value},
        "event_scale": onto.score(m.category, m.mode),
        "quad_code": onto.quad(m.category),
        "attribution": m.attribution,
        "location": m.place,
        "dead": m.dead,
        "injured": m.injured,
        "arrested": m.arrested,
        "confidence": m.confidence,
        "group": m.group,
        "coder": m.coder,
        "text": evidence.quote,
        "text_info": {
            "field": evidence.field,
            "start": evidence.start,
            "end": evidence.end,
            "trigger": [evidence.trigger.start, evidence.trigger.end],
            "time": [evidence.time.start, evidence.time.end] if evidence.time else None,
        },
    }


def role_to_json(role: Role) -> dict[str, Any]:
    """An observed role as plain JSON values; ``date`` is the publication date of the article that states it."""
    return {
        "article": role.article,
        "person": role.person,
        "office": role.office,
        "code": role.code,
        "date": role.observed.isoformat(),
        "text": role.text,
        "text_info": {"field": role.field, "start": role.start, "end": role.end},
        "actor": role.actor,
        "person_id": role.person_id,
    }


def role_from_json(d: dict[str, Any]) -> Role:
    """The role that :func:`role_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: the record lacks a field or a value is of the wrong kind.
    """
    info = d["text_info"]
    return Role(
        article=d["article"],
        person=d["person"],
        office=d["office"],
        actor=d["actor"],
        code=d["code"],
        observed=dt.date.fromisoformat(d["date"]),
        text=d["text"],
        field=info["field"],
        start=info["start"],
        end=info["end"],
        person_id=d["person_id"],
    )


def mention_from_json(d: dict[str, Any]) -> Mention:
    """The mention that :func:`mention_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError, IndexError: the record lacks a field or a value is of the wrong kind.
    """
    info, when = d["text_info"], d["time_info"]
    recipient, mode = d["recipient"], d["mode"]
    return Mention(
        id=d["id"],
        article=d["article"],
        source=_party_from_json(d["actor"][0]),
        target=_party_from_json(recipient[0]) if recipient else None,
        category=d["event"][0],
        mode=mode[0] if mode else None,
        status=Status(d["status"]),
        time=TimeSpan(
            begin=_date(d["date"]),
            end=_date(d["enddate"]),
            precision=Precision(d["precision"]),
            expression=when["text"],
            value=when["value"],
            origin=TimeOrigin(when["origin"]),
        ),
        evidence=Evidence(
            field=info["field"],
            quote=d["text"],
            start=info["start"],
            end=info["end"],
            trigger=Span(*info["trigger"]),
            time=Span(*info["time"]) if info["time"] else None,
        ),
        mutual=d["mutual"],
        contexts=tuple(d["context"]),
        attribution=d["attribution"],
        place=d["location"],
        dead=d["dead"],
        injured=d["injured"],
        arrested=d["arrested"],
        confidence=d["confidence"],
        coder=d["coder"],
        group=d["group"],
    )


def dumps(m: Mention) -> str:
    """One line of PLOVER JSONL, without the line break."""
    return to_line(mention_to_json(m))


def to_line(record: dict[str, Any]) -> str:
    """JSON in one line. Characters that some programs take for the end of a line are escaped too."""
    text = json.dumps(record, ensure_ascii=False)
    return text.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def read_mentions(path: str | Path) -> Iterator[Mention]:
    """The mentions of a PLOVER JSONL file, in its order; blank lines are skipped.

    Raises:
        SourceError: a line is no JSON or no such record; names file and line.
    """
    for number, record in _records(Path(path)):
        try:
            yield _sound(mention_from_json(record), None)
        except _WRONG as error:
            problem = f"no PLOVER record as `kg extract` writes it ({type(error).__name__}: {error})"
            raise SourceError(f"{path}:{number}", problem) from error


def with_articles(told: Iterable[tuple[dict[str, Any] | None, list[dict[str, Any]]]]) -> Iterator[dict[str, Any]]:
    """The records of mentions, the first of an article with the article as ``article_info``.

    ``told`` are articles as :func:`article_to_json` gives them (None does not go along), each with the records of its
    mentions. Articles without mentions are ``further_articles`` of the article that follows, after the last one of the
    last mention. Where there is no mention at all there is no record.
    """
    last: dict[str, Any] | None = None
    silent: list[dict[str, Any]] = []
    for info, records in told:
        if not records:
            silent += [info] if info is not None else []
            continue
        if last is not None:
            yield last
        if info is not None:
            records[0]["article_info"] = {name: value for name, value in info.items() if name != "article"}
        if silent:
            records[0]["further_articles"], silent = silent, []
        yield from records[:-1]
        last = records[-1]
    if last is not None:
        if silent:
            last["further_articles"] = [*last.get("further_articles", ()), *silent]
        yield last


def write_graph(graph: Graph, path: Path, suffix: str, history: bool, as_of: Day | None) -> None:
    """Write the mentions of a graph, in order of article and id; see :func:`with_articles` for the articles.

    ``article_info`` holds what the article says of itself, its text, its roles, and the corrections that persons made
    of its mentions. Mentions are as the coder read them; ``corrected`` says in words what persons changed. With
    ``history`` every line has the time of ``recorded``.
    """
    mentions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mention in graph.mentions(as_of=as_of):
        mentions[mention.article].append(mention_to_json(mention))
    roles: dict[str, list[Role]] = defaultdict(list)
    for role in graph.stated_roles(as_of=as_of):
        roles[role.article].append(role)
    times = dict(_record_times(graph, as_of)) if history else {}
    corrections: dict[str, list[Correction]] = defaultdict(list)
    for correction in graph.correction_records(as_of=as_of):
        corrections[correction.anchor.article].append(correction)
    changed = graph.corrected_mentions(as_of=as_of) if corrections else {}

    def told() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        for article in graph.articles(as_of=as_of):
            info = article_to_json(article, roles[article.id])
            if article.id in corrections:
                info["corrections"] = [to_json(c) for c in corrections[article.id]]
            yield info, mentions[article.id]

    with path.open("w", encoding="utf-8", newline="\n") as out:
        for record in with_articles(told()):
            if record["id"] in changed:
                record["corrected"] = changed[record["id"]]
            if history:
                record["recorded"] = times[record["id"]].isoformat()
            out.write(to_line(record) + "\n")


def read_graph(path: Path, problems: Problems = None) -> Iterator[tuple[Article, list[Mention], list[Role]]]:
    """Articles with their mentions and roles, as :func:`write_graph` and extraction write them.

    Raises:
        SourceError: a line is no such record, or its article is unknown, and there are no ``problems`` to note it in;
            names file and line. The file is no JSON.
    """
    found: dict[str, tuple[Article, list[Mention], list[Role]]] = {}
    for number, record in _records(path):
        try:
            for info in record.get("further_articles", ()):
                found[info["article"]] = _article_from_json(info, info["article"])
            mention = mention_from_json(record)
            if info := record.get("article_info"):
                found[mention.article] = _article_from_json(info, mention.article)
            if mention.article not in found:
                raise ValueError(f"no line before has the article_info of {mention.article!r}")
            article, mentions, _ = found[mention.article]
            mentions.append(_sound(mention, article))
        except _WRONG as error:
            what = f"{type(error).__name__}: " if isinstance(error, KeyError | AttributeError | IndexError) else ""
            remedy = "write the file again with 'kg export' or 'kg extract --articles'"
            problem = f"no PLOVER record of a graph ({what}{error}); {remedy}"
            noted(SourceError(f"{path}:{number}", problem), problems, error)
    yield from found.values()


_WRONG = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file by line; blank lines are skipped."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    problem = f"not JSON in UTF-8 ({error}); export the file again with `kg export`"
                    raise SourceError(f"{path}:{number}", problem) from error
                if not isinstance(record, dict):
                    raise SourceError(f"{path}:{number}", "not a JSON object; export the file again with `kg export`")
                yield number, record
    except OSError as error:
        raise SourceError(str(path), f"can't be read ({error.strerror or error})") from error


def _sound(mention: Mention, article: Article | None) -> Mention:
    """The mention, if its fields are of their types and its quote stands where it says.

    Raises:
        TypeError: a field is of another type.
        ValueError: text that can't be stored, or offsets that don't fit.
    """
    texts = (
        mention.id,
        mention.article,
        mention.category,
        mention.evidence.quote,
        mention.evidence.field,
        mention.group,
    )
    named = (p for p in (mention.source, mention.target) if p is not None)
    for value in (*texts, *(v for p in named for v in (p.id, p.code, p.label, p.text))):
        if not isinstance(value, str):
            raise TypeError(f"{value!r} where there should be text")
        value.encode()
    numbers = (
        mention.evidence.start,
        mention.evidence.end,
        mention.evidence.trigger.start,
        mention.evidence.trigger.end,
    )
    if not all(type(value) is int and 0 <= value < 1 << 31 for value in numbers):
        raise TypeError("an offset that is no whole number")
    if not (isinstance(mention.confidence, int | float) and 0 <= mention.confidence <= 1):
        raise ValueError(f"confidence {mention.confidence!r} is not between 0 and 1")
    if mention.category not in ontology().categories:
        raise ValueError(f"category {mention.category!r} is not of PLOVER")
    if article is not None and mention.evidence.field in ("title", "text"):
        words = getattr(article, mention.evidence.field)
        words.encode()
        if words and words[mention.evidence.start : mention.evidence.end] != mention.evidence.quote:
            raise ValueError("its quote does not stand at its offsets")
    return mention


def read_corrections(path: Path) -> Iterator[Correction]:
    """The corrections in a file that :func:`write_graph` wrote, in the order of the articles.

    Raises:
        SourceError: a record is malformed; names file and line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if '"corrections"' not in line:
                continue
            try:
                line_record = json.loads(line)
                told = [*line_record.get("further_articles", ()), line_record.get("article_info", {})]
                yield from [from_json(record) for info in told for record in info.get("corrections", [])]
            except (KeyError, TypeError, ValueError, AttributeError, QueryError) as error:
                raise SourceError(f"{path}:{number}", f"a correction is malformed ({error})") from error


def _record_times(graph: Graph, as_of: Day | None) -> Iterator[tuple[str, dt.datetime]]:
    for key, _, moment in graph.record_times("mention", graph.latest(as_of)):
        yield key, moment


def article_to_json(article: Article, roles: Iterable[Role]) -> dict[str, Any]:
    """What an article says of itself, and the roles that it states, as plain JSON values."""
    info = {
        "article": article.id,
        "published": article.published.isoformat(),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "language": article.language,
        "cluster": article.cluster,
        "text": article.text,
        "extra": json.loads(json.dumps(article.extra, sort_keys=True, default=str)),
    }
    stated = [{**dataclasses.asdict(role), "observed": role.observed.isoformat()} for role in roles]
    return {**info, "roles": stated}


def _article_from_json(info: dict[str, Any], key: str) -> tuple[Article, list[Mention], list[Role]]:
    needed, free = [key, *(info[n] for n in ("title", "text", "language"))], ("url", "publisher", "cluster")
    for value in (*needed, *(info[name] for name in free if info[name] is not None)):
        if not isinstance(value, str):
            raise TypeError(f"{value!r} where there should be text")
        value.encode()
    if not isinstance(info["extra"], dict):
        raise TypeError("'extra' holds no names and values")
    roles = [Role(**{**role, "observed": dt.date.fromisoformat(role["observed"])}) for role in info["roles"]]
    article = Article(
        id=key,
        published=dt.date.fromisoformat(info["published"]),
        title=info["title"],
        text=info["text"],
        url=info["url"],
        publisher=info["publisher"],
        published_at=dt.datetime.fromisoformat(info["published_at"]) if info["published_at"] else None,
        language=info["language"],
        cluster=info["cluster"],
        extra=info["extra"],
    )
    return article, [], roles


def _party_to_json(p: Party) -> dict[str, Any]:
    return {
        "code": p.code,
        "id": p.id,
        "label": p.label,
        "sector": p.sector,
        "agent": p.agent,
        "agent_id": p.agent_id,
        "entity_text": p.text,
        "start": p.span.start,
        "end": p.span.end,
    }


def _party_from_json(d: dict[str, Any]) -> Party:
    return Party(
        id=d["id"],
        code=d["code"],
        label=d["label"],
        text=d["entity_text"],
        span=Span(d["start"], d["end"]),
        sector=d["sector"],
        agent=d["agent"],
        agent_id=d["agent_id"],
    )


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
