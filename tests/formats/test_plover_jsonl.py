"""A mention survives the round trip through a line of PLOVER JSONL."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.formats.plover_jsonl import dumps, mention_from_json, mention_to_json, read_mentions
from kg.model import Evidence, Mention, Party, Precision, Span, Status, TimeOrigin, TimeSpan
from kg.ontology import ontology

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MAYBE = st.none() | TEXT
SPAN = st.builds(Span, st.integers(0, 99), st.integers(0, 99))
PARTY = st.builds(Party, TEXT, TEXT, TEXT, TEXT, SPAN, MAYBE, MAYBE, MAYBE)
DAY = st.none() | st.dates()
COUNT = st.none() | st.integers(0, 10**6)
CATEGORY = st.sampled_from(sorted(ontology().categories))
MENTION = st.builds(
    Mention,
    id=TEXT, article=TEXT, source=PARTY, target=st.none() | PARTY, category=CATEGORY, mode=MAYBE,
    status=st.sampled_from(Status), mutual=st.booleans(), contexts=st.lists(TEXT).map(tuple),
    time=st.builds(TimeSpan, DAY, DAY, st.sampled_from(Precision), TEXT, TEXT, st.sampled_from(TimeOrigin)),
    evidence=st.builds(Evidence, TEXT, TEXT, st.integers(0), st.integers(0), SPAN, st.none() | SPAN),
    attribution=MAYBE, place=MAYBE, dead=COUNT, injured=COUNT, arrested=COUNT, confidence=st.floats(0, 1), coder=TEXT,
    group=TEXT,
)  # fmt: skip


@given(MENTION)
def test_round_trip(mention: Mention):
    assert mention_from_json(json.loads(dumps(mention))) == mention


def test_the_fields_of_plover():
    party = Party("JPN", "JPN", "Japan", "Tokyo", Span(0, 5), "GOV", "Fumio Kishida", "person.fumio-kishida")
    day = dt.date(2023, 3, 16)
    mention = Mention(
        "m", "a", party, None, "MOBILIZE", "weapons", Status.ACTUAL, TimeSpan(day, day, Precision.DAY, "Thursday"),
        Evidence("title", "Tokyo tests", 0, 11, Span(6, 11)), contexts=("military",), confidence=0.5, group="g",
        coder="c",
    )  # fmt: skip
    assert mention_to_json(mention) == {
        "id": "m", "article": "a", "recipient": [], "event": ["MOBILIZE"], "mode": ["weapons"], "context": ["military"],
        "actor": [{"code": "JPN", "id": "JPN", "label": "Japan", "sector": "GOV", "agent": "Fumio Kishida",
                   "agent_id": "person.fumio-kishida", "entity_text": "Tokyo", "start": 0, "end": 5}],
        "status": "actual", "mutual": False, "date": "2023-03-16", "enddate": "2023-03-16", "precision": "day",
        "time_info": {"text": "Thursday", "value": "", "origin": "text"}, "event_scale": -6.5, "quad_code": 4,
        "attribution": None, "location": None, "dead": None, "injured": None, "arrested": None, "confidence": 0.5,
        "group": "g", "coder": "c", "text": "Tokyo tests",
        "text_info": {"field": "title", "start": 0, "end": 11, "trigger": [6, 11], "time": None},
    }  # fmt: skip


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x"}', '{"event": []}'])
def test_a_bad_line_is_named(tmp_path, line):
    path = tmp_path / "m.jsonl"
    path.write_text("\n" + line + "\n")
    with pytest.raises(SourceError, match=r"m\.jsonl:2"):
        list(read_mentions(path))
