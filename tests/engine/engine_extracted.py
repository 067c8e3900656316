"""Made-up mentions in the form in which Spark leaves an extraction: enough of each kind that every rule has work."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.graph.rows import article_row, mention_rows, meta_hash, role_row, version_stamp
from kg.graph.schema import ARTICLE, MENTION, ROLE, arrow
from tests.graph.graph_desk import Desk, Item

STATES = ("JPN", "KOR")
PERSONS = ("person.kishida", "person.yoon", "person.nobody")
CATEGORIES = ("AGREE", "CONSULT", "CONSULT", "REJECT")
TEXTS = tuple(
    f"The {place} statement, of which many papers printed the same words, said on the {n}th page that envoys of both "
    f"sides spoke for {n + 2} hours about trade, fishing grounds, prisoners and the long border before they left"
    for n, place in enumerate(("joint", "final", "first", "second"), 4)
)


def _day(number: int) -> str:
    return (dt.date(2023, 3, 1) + dt.timedelta(days=number)).isoformat()


def _when(draw: random.Random, number: int) -> Any:
    return draw.choice(
        [None, None, _day(number), _day(number - 1), _day(number + 2), (_day(number - 4), _day(number + 4)),
         ("2023-03-01", "2023-03-31"), ("2023-01-01", "2023-12-31"), (_day(number - 2), None), (None, None)]
    )  # fmt: skip


def items(count: int, seed: int = 1) -> list[Item]:
    """Articles of one month, each with one mention or one observed office."""
    draw, desk = random.Random(seed), Desk()
    out = [
        desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-03"),
        desk.role("Yoon Suk Yeol", "president", "KOR", "2023-04-02"),
    ]
    for n in range(count):
        # The last ones are other versions of the first.
        key, number = f"t{n % (count - 20)}", draw.randrange(25)
        source, target = draw.sample((*STATES, *STATES, *STATES, *PERSONS), 2)
        category = draw.choice(CATEGORIES)
        status = draw.choice(["actual", "actual", "actual", "future"])
        mode = {"REJECT": draw.choice(["meet", None]), "CONSULT": draw.choice(["visit", "meet"])}.get(category)
        more: dict[str, Any] = {
            "mode": mode,
            "mutual": category != "REJECT" and mode != "visit" and draw.random() < 0.5,
        }
        more["contexts"] = tuple(draw.sample(["military", "economic"], n % 3))
        if draw.random() < 0.3:
            more["text"] = f"{draw.choice(TEXTS)} {draw.choice(('', 'late', 'on foot'))}"
        if draw.random() < 0.3:
            more["cluster"] = f"story {draw.randrange(4)}"
        out.append(
            desk.tell(
                source, category, target if draw.random() < 0.9 else None, _when(draw, number), status=status,
                sectors=(draw.choice([None, None, None, "GOV"]), draw.choice([None, None, "GOV"])),
                publisher=draw.choice(["Wire", "Post", None]), expression=draw.choice(["", "on Monday"]),
                published=_day(number), confidence=draw.choice([0.2, 0.55, 0.9]), id=key,
                url=f"https://{'xy'[len(key) % 2]}.example/{key}",
                **more,
            )
        )  # fmt: skip
    return out


def write(folder: Path, told: Iterable[Item]) -> Path:
    """The tables of an extraction by Spark, partitioned by month."""
    articles, mentions, roles = [], [], []
    for article, own, seen in told:
        key = {"text_hash": article.text_hash, "month": article.published.isoformat()[:7]}
        versions = {"meta_hash": meta_hash(article), "stamp": version_stamp(article), "coder": "test"}
        articles.append({**article_row(article), **versions, **key})
        mentions += [(mention, key) for mention in own]
        roles += [{**role_row(role), **key} for role in seen]
    rows = mention_rows([mention for mention, _ in mentions])
    rows |= {name: [key[name] for _, key in mentions] for name in ("text_hash", "month")}
    _save(folder / "mentions", rows, MENTION)
    for name, table, kinds in (("articles", articles, ARTICLE), ("roles", roles, ROLE)):
        _save(folder / name, {column: [row[column] for row in table] for column in table[0]}, kinds)
    return folder


def _save(folder: Path, rows: dict[str, Any], kinds: dict[str, str]) -> None:
    table: pa.Table = arrow(rows, {**kinds, "text_hash": "VARCHAR", "month": "VARCHAR"})
    pq.write_to_dataset(table, folder, partition_cols=["month"])
