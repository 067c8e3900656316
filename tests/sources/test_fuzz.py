"""Every reader under fire, a few hundred inputs each; `benchmarks/fuzz.py` goes on for as long as one likes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))
import fuzz

TARGETS = fuzz.targets()
SLOW = {"html": 15, "feed": 15, "google_news": 15}
QUICK = settings(deadline=10_000, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def damaged(draw, name):
    """A good file with pieces cut out, doubled, or replaced by something nasty."""
    data = draw(st.sampled_from(TARGETS[name][1]))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 8, 64])))
        nasty = st.one_of(st.sampled_from(fuzz.NASTY), st.binary(max_size=8), st.just(data[start : start + 100] * 3))
        data = data[:start] + draw(nasty) + data[end:]
    return data[: fuzz.LONGEST]


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_crashes_a_reader(name):
    @settings(QUICK, max_examples=SLOW.get(name, 40))
    @given(damaged(name))
    def attack(data: bytes) -> None:
        TARGETS[name][0](data)

    attack()


@pytest.mark.parametrize("name", TARGETS)
def test_each_nasty_thing_alone(name):
    for data in fuzz.NASTY[:: 4 if name in SLOW else 1]:
        TARGETS[name][0](data)


def test_a_finding_is_kept_and_counted(tmp_path: Path, monkeypatch, capsys):
    def weak(data: bytes) -> None:
        assert b"\0" not in data

    monkeypatch.chdir(tmp_path)
    tried, findings = fuzz.fuzz("weak", weak, [b"good"], 0.0, 1)
    assert findings >= 2 and tried >= 20
    assert [path.read_bytes() for path in tmp_path.iterdir() if path.stat().st_size == 1] == [b"\0"]
