"""Charts over time: what is drawn is what was counted by hand from the sample; pages, pictures, and their safety."""

from __future__ import annotations

import builtins
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pair_sample import COLUMNS, MONTHS, PAIR_EVENTS, graph, renamed
from test_view_hostile import HANDLERS, HOSTILE, RUN
from view_sample import ACTORS, REPORTS

import kg
from kg.cli import main
from kg.errors import KgError, QueryError, ResourceError
from kg.graph.analysis import Timeline
from kg.view import Chart, NetworkData, Report, changes, heatmap, timelines
from kg.view import chart as chart_module
from kg.view.timeline import ChartedTimeline

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return graph(tmp_path_factory.mktemp("pair"))


def values(spec: Any) -> list[list[dict[str, Any]]]:
    """The rows of data of every panel, in order."""
    if isinstance(spec, list):
        return [rows for entry in spec for rows in values(entry)]
    if not isinstance(spec, dict):
        return []
    if "values" in spec and isinstance(spec["values"], list) and spec["values"] and isinstance(spec["values"][0], dict):
        return [spec["values"]]
    return [rows for entry in spec.values() for rows in values(entry)]


def having(chart: Chart, *fields: str) -> list[tuple[Any, ...]]:
    """These fields of the first data that have them."""
    rows = next(rows for rows in values(chart.spec) if set(fields) <= set(rows[0]))
    return [tuple(row[field] for field in fields) for row in rows]


def made(text: str | None = None) -> Chart:
    """A chart of the plain sample, with ``text`` in every field that is not from a fixed list."""
    actors = {a.id: renamed(a, text) if text else a for a in ACTORS}
    reports = {"e01": [Report(text, text, PAIR_EVENTS[0].first_reported, text)]} if text else REPORTS
    data = NetworkData(actors, PAIR_EVENTS, reports, text or "Japan and South Korea")
    return ChartedTimeline(Timeline(COLUMNS, MONTHS, "month", 2, 1), lambda: data).chart()


def test_the_chart_of_a_pair_has_every_event_with_its_words(g: kg.Graph) -> None:
    chart = g.timeline("JPN", "KOR").chart()
    assert chart.title == "Japan and South Korea"
    assert having(chart, "begin", "end", "score", "class", "who", "said", "by") == [
        ("2022-05-10", "2022-05-10", 2.5, "verbal cooperation", "Japan ↔ South Korea", "“Tokyo met Seoul in May.”",
         "Harbour Wire · Story 1"),
        ("2022-05-20", "2022-05-20", -3.0, "verbal conflict", "Japan → South Korea", "“Tokyo hit Seoul with words.”",
         "Ledger · Story 2"),
        ("2022-07-02", "2022-07-02", -6.0, "material conflict", "South Korea → Japan",
         "“Seoul hit Tokyo with tariffs.”", "Harbour Wire · Story 3"),
        ("2022-08-01", "2022-08-28", 10.0, "material cooperation", "South Korea → Japan",
         "“Seoul let Tokyo know of aid.”", "Harbour Wire · Story 4"),
    ]  # fmt: skip


def test_bars_are_stacked_from_the_line_outward(g: kg.Graph) -> None:
    chart = g.timeline("JPN", "KOR").chart()
    assert having(chart, "begin", "end", "low", "high", "class") == [
        ("2022-05-01", "2022-06-01", 0, 1, "verbal cooperation"),
        ("2022-05-01", "2022-06-01", -1, 0, "verbal conflict"),
        ("2022-07-01", "2022-08-01", -1, 0, "material conflict"),
        ("2022-08-01", "2022-09-01", 0, 1, "material cooperation"),
    ]
    assert chart.note == "4 events; diamonds are the means by month · 1 without a date not counted"


def test_events_of_one_day_and_score_stand_apart() -> None:
    twins = [replace(PAIR_EVENTS[0], id=f"t{i}") for i in range(4)]
    data = NetworkData({a.id: a for a in ACTORS}, twins)
    chart = ChartedTimeline(Timeline(COLUMNS, MONTHS, "month", 0, 0), lambda: data).chart()
    assert having(chart, "at", "score") == [(4.0, 4.0), (4.5, 4.0), (3.5, 4.0), (5.0, 4.0)]


def test_the_axis_spans_the_whole_window(g: kg.Graph) -> None:
    chart = g.timeline("JPN", "KOR", since="2022", until="2022").chart()
    ends = [rows for rows in values(chart.spec) if set(rows[0]) == {"begin"}]
    assert ends == [[{"begin": "2022-01-01"}, {"begin": "2023-01-01"}]] * 2


def test_a_gap_breaks_the_line_of_means(g: kg.Graph) -> None:
    chart = g.timeline("JPN", "KOR").chart()
    assert having(chart, "middle", "score", "run") == [
        ("2022-05-16T12:00:00Z", -0.25, 0),
        ("2022-07-16T12:00:00Z", -6.0, 1),
        ("2022-08-16T12:00:00Z", 10.0, 1),
    ]


def test_a_window_leaves_out_what_begins_before_it(g: kg.Graph) -> None:
    chart = g.timeline("JPN", "KOR", since="2022-08-15", until="2022-12").chart()
    assert not any("who" in rows[0] for rows in values(chart.spec))
    assert [row[0] for row in having(g.timeline("JPN", "KOR", since="2022-07").chart(), "begin", "who")] == [
        "2022-07-02", "2022-08-01",
    ]  # fmt: skip


def test_small_multiples_share_one_scale(g: kg.Graph) -> None:
    chart = timelines(g, [("JPN", "KOR"), ("JPN", "USA"), ("JPN", "PRK")], every="month")
    assert [panel["title"]["text"] for panel in chart.spec["vconcat"]] == [
        "Japan – South Korea", "Japan – United States", "Japan – North Korea",
    ]  # fmt: skip
    assert chart.note == "6 events of 3 pairs by month · 1 without a date not counted"
    domains = {
        tuple(panel["layer"][0]["layer"][1]["encoding"]["y"]["scale"]["domain"]) for panel in chart.spec["vconcat"]
    }
    assert domains == {(-1, 1)}


def test_the_heat_map_has_a_cell_for_each_month_with_events(g: kg.Graph) -> None:
    chart = heatmap(g, [("KOR", "JPN"), ("USA", "JPN")])
    assert having(chart, "pair", "bucket", "events", "score") == [
        ("South Korea – Japan", "2022-05", 2, -0.25),
        ("South Korea – Japan", "2022-07", 1, -6.0),
        ("South Korea – Japan", "2022-08", 1, 10.0),
        ("United States – Japan", "2022-05", 1, 2.5),
    ]


def test_without_pairs_the_busiest_are_taken(g: kg.Graph) -> None:
    pairs = [row[0] for row in having(heatmap(g), "pair")]
    assert list(dict.fromkeys(pairs)) == ["Japan – South Korea", "Japan – North Korea", "Japan – United States"]


def test_changes_are_ranked_by_how_far_a_pair_moved(g: kg.Graph) -> None:
    chart = changes(g, "2022-05", ("2022-06", "2022-12"))
    assert having(chart, "pair", "moved", "before_said", "after_said") == [
        ("Japan – South Korea", 2.25, "−0.2 (2 events)", "+2.0 (2 events)"),
    ]
    assert chart.note == "1 of 1 pairs that moved · not drawn: 0 the same, 1 new, 1 gone"
    assert chart.title == "2022-05 and 2022-06 – 2022-12 compared"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda g: timelines(g, [("JPN", "KOR")], theme="pink"), "theme 'pink'"),
        (lambda g: timelines(g, [("PRK", "USA")]), "no dated events between these actors"),
        (lambda g: heatmap(g, [("JPN", "Atlantis")]), "no actor 'Atlantis'"),
        (lambda g: heatmap(g, every="fortnight"), "'fortnight' is not a unit of time"),
        (lambda g: changes(g, "1999", "2000"), "no pair of actors"),
        (lambda g: g.timeline("PRK", "USA").chart(), "no dated events to draw"),
    ],
)
def test_what_can_not_be_drawn_is_one_line(g: kg.Graph, ask: Callable[[kg.Graph], Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask(g)


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_a_missing_package_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chart, real = made(), builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ResourceError, match=r"pip install 'kg\[charts\]'"):
        made() if package == "altair" else chart.png()


@pytest.mark.parametrize(("suffix", "begin"), [("html", b"<!doctype html>"), ("svg", b"<svg "), ("png", PNG)])
def test_the_suffix_names_the_format(tmp_path: Path, suffix: str, begin: bytes) -> None:
    assert made().save(tmp_path / f"chart.{suffix}").read_bytes().startswith(begin)


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"chart\.gif names no format of charts"):
        made().save(tmp_path / "chart.gif")


def test_the_command_writes_all_three(g: kg.Graph, tmp_path: Path) -> None:
    files = {suffix: str(tmp_path / f"out.{suffix}") for suffix in ("html", "png", "svg")}
    options = [part for suffix, file in files.items() for part in (f"--{suffix}", file)]
    done = CliRunner().invoke(main, ["timeline", "JPN", "KOR", "--graph", str(g.directory), *options])
    assert done.output.splitlines() == [f"wrote {file}" for file in files.values()]
    assert Path(files["png"]).read_bytes().startswith(PNG)


@pytest.mark.browser
@pytest.mark.parametrize(("size", "hanging"), [((1440, 860), False), ((560, 700), True)])
def test_draws_offline_and_fits(show: Callable[..., Any], size: tuple[int, int], hanging: bool) -> None:
    page = show(made(), size=size, hanging=hanging)
    assert page.js("document.querySelectorAll('#kg-chart canvas').length") == 1
    assert page.js("document.documentElement.scrollWidth") <= size[0]
    inked = page.js(
        """() => { const c = document.querySelector('#kg-chart canvas');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i + 3] && d[i] < 100) n++; return n; }"""
    )
    assert inked > 1000


SCAN = """(words) => {
    const canvas = document.querySelector('#kg-chart canvas');
    const tip = document.getElementById('kg-tip');
    const box = canvas.getBoundingClientRect();
    for (let y = 10; y < box.height; y += 5) {
        for (let x = 40; x < box.width; x += 5) {
            const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
            canvas.dispatchEvent(new PointerEvent('pointermove', at));
            canvas.dispatchEvent(new MouseEvent('mousemove', at));
            if (!tip.hidden && tip.innerText.includes(words)) return tip.innerText;
        }
    }
    return '';
}"""


def point_at(page: Any, words: str) -> str:
    """Moves over the chart until the tip has the words; what it says then."""
    return " ".join(page.js(SCAN, words).split())


@pytest.mark.browser
def test_pointing_at_an_event_shows_its_words(show: Callable[..., Any]) -> None:
    assert point_at(show(made(), size=(700, 700)), "visit") == (
        "when 2023-03-16 who Japan → South Korea what consult · visit score 4 quote"
        " “Japan received South Korea's president on Thursday.” told by Harbour Wire · Kishida hosts Yoon in Tokyo"
        " publishers 3 event e01"
    )


@pytest.mark.browser
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_run(show: Callable[..., Any], number: int) -> None:
    page = show(made(HOSTILE[number]), size=(700, 700))
    assert "visit" in point_at(page, "visit")
    assert page.js("window.pwned") is None
    assert page.js("document.querySelectorAll('img, iframe, object, embed, base').length") == 0
    assert page.js("document.scripts.length") == 3
    assert page.js(HANDLERS) == []


@pytest.mark.browser
def test_the_policy_holds_even_where_escaping_is_broken(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    monkeypatch.setattr(chart_module, "script_json", json.dumps)
    chart = made(HOSTILE[0])
    assert f"</script><script>{RUN}</script>" in chart.html
    page = browser.new_page()
    page.goto(chart.save(tmp_path / "broken.html").as_uri())
    assert page.evaluate("window.pwned") is None
    page.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_the_svg_of_hostile_text_is_well_formed(text: str) -> None:
    root = ET.fromstring(made(text).svg)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {
        "svg", "g", "path", "rect", "text", "line", "defs", "clipPath", "title", "desc", "style",
    }  # fmt: skip
