"""The report on two actors: what it says, counted by hand from the samples."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from pair_sample import COLUMNS, MONTHS, PAIR_EVENTS, graph, pair
from view_sample import event

import kg
from kg.cli import main
from kg.errors import KgError, QueryError
from kg.graph.analysis import Timeline
from kg.model import Precision, Status, TimeOrigin
from kg.view import DyadData, Report, report
from kg.view.bars import bars_svg, bucket_name, unit_for
from kg.view.evidence import event_items
from kg.view.markup import link, tag
from kg.view.words import when


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return graph(tmp_path_factory.mktemp("pair"))


def text(markup: str) -> str:
    """What a reader sees of markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(style|title).*?</\1>", "", markup))).strip()


def test_data_of_a_pair_are_its_events_in_either_direction(g: kg.Graph) -> None:
    data = DyadData.of(g, "Japan", "South Korea")
    assert [(e.source, e.category, e.target) for e in data.events] == [
        ("JPN", "CONSULT", "KOR"), ("JPN", "ACCUSE", "KOR"), ("KOR", "SANCTION", "JPN"), ("KOR", "AID", "JPN"),
        ("JPN", "AID", "KOR"), ("JPN", "CONSULT", "KOR"),
    ]  # fmt: skip
    assert len(data.actual) == 5
    assert data.names == ("Japan", "South Korea")
    assert [(s.title, s.events) for s in data.sources] == [
        ("Story 1", 1), ("Story 2", 1), ("Story 3", 1), ("Story 4", 1), ("Story 5", 1), ("Story 6", 1),
    ]  # fmt: skip
    assert {name for e in data.around.events for name in (e.source, e.target)} == {"JPN", "KOR", "USA", "PRK"}
    assert (data.timeline.every, data.timeline.undated, sum(row[1] for row in data.timeline.rows)) == ("week", 1, 3)


def test_a_window_leaves_what_overlaps_it(g: kg.Graph) -> None:
    data = DyadData.of(g, "JPN", "KOR", since="2022-07", until="2022-08-15")
    assert [e.category for e in data.events] == ["SANCTION", "AID"]
    assert data.window == ("2022-07-01", "2022-08-15")


def test_a_side_may_be_a_group(g: kg.Graph) -> None:
    data = DyadData.of(g, "KOR", "group:G7")
    assert (data.names, data.a, data.b) == (("South Korea", "G7 members"), ["KOR"], ["JPN"])
    assert [e.category for e in data.events] == ["CONSULT", "ACCUSE", "SANCTION", "AID", "AID", "CONSULT"]
    assert {name for e in data.around.events for name in (e.source, e.target)} == {"JPN", "KOR", "USA", "PRK"}
    assert sum(row[1] for row in data.timeline.rows) == 3
    assert "South Korea and G7 members" in text(report(data).html)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("JPN", "group:EU", "no events between Japan and EU members"),
        ("JPN", ["group:G7", "KOR"], "Japan and G7 members · South Korea are not two sides"),
        ("JPN", "Donald Trump", "no actor 'Donald Trump'"),
        ("JPN", "JPN", "Japan and Japan are not two sides"),
        ("PRK", "USA", "no events between North Korea and United States"),
        ("JPN", "Atlantis", "no actor 'Atlantis'"),
    ],
)
def test_a_pair_without_a_report_is_refused(g: kg.Graph, a: str, b: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        g.report(a, b)


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(QueryError, match="theme 'pink' is unknown"):
        report(pair(), theme="pink")


def test_summary_in_numbers() -> None:
    said = text(report(pair()).html)
    assert "Japan and South Korea" in said
    assert "2023-03-16 to 2023-09-01 · 2 articles · 1 publisher · graph of 2023-10-01" in said
    assert "4 events that took place" in said
    assert "+1.8 mean score" in said  # (4 + 2.5 − 2 + 2.5) / 4 = 1.75
    assert "3 cooperative 1 conflictual" in said
    assert "Japan → South Korea 3 +1.5 consult 2, accuse 1" in said
    assert "South Korea → Japan 1 +2.5 agree 1" in said


def test_what_is_not_drawn_is_said() -> None:
    note = "Each bar is a month; an event counts once, where it begins."
    said = text(report(pair()).html)
    assert f"{note} Not drawn: 2 events of a span longer than a month and 1 event without a date." in said


def test_a_card_says_when_what_who_and_who_tells_it() -> None:
    said = [text(item) for item in event_items(pair())]
    assert said[0] == "2023"
    assert said[1].startswith(
        "2023-03-16 +4.0 consult · visit · verbal cooperation · Japan → South Korea (Yoon Suk Yeol)"
        " “Japan received South Korea's president on Thursday.”"
    )
    assert "Harbour Wire · Kishida hosts Yoon in Tokyo · 2023-03-17" in said[1]
    assert "also: Evening Ledger · A thaw · 2023-03-18" in said[1]
    assert "reported by 3 publishers · confidence 90% · event e01" in said[1]


def test_the_trigger_is_marked_and_the_article_linked() -> None:
    html = report(pair()).html
    assert "“Japan <mark>received</mark> South Korea's president on Thursday.”" in html
    assert '<a href="https://news.example/summit" rel="noopener noreferrer">Kishida hosts Yoon in Tokyo</a>' in html


def test_events_that_did_not_happen_are_marked_and_not_counted() -> None:
    planned = event("e99", "JPN", "AID", "KOR", "2024-01-01", 10.0, status=Status.FUTURE)
    data = pair(events=[*PAIR_EVENTS, planned])
    said = text(report(data).html)
    assert "2024-01-01 future +10.0 aid" in said
    assert "4 events that took place" in said
    assert "The words of this event are not on this page." in said


def test_events_without_dates_come_last() -> None:
    lone = event("e98", "JPN", "AID", "KOR", None, 10.0)
    said = text(" ".join(event_items(pair(events=[lone, *PAIR_EVENTS]))))
    assert said.index("Without a date") > said.index("event e10")
    assert "date unknown" in said


def test_a_long_quote_is_cut_around_its_trigger() -> None:
    quote = "x" * 900 + "struck" + "y" * 900
    said = Report("Title", quote, dt.date(2023, 3, 17), trigger=(900, 906))
    card = event_items(pair(events=PAIR_EVENTS[:1], reports={"e01": [said]}))[1]
    assert "“…" + "x" * 300 + "<mark>struck</mark>" in card
    assert "y" * 294 + "…”" in card


@pytest.mark.parametrize(
    ("begin", "end", "precision", "said"),
    [
        ("2023-03-16", "2023-03-16", Precision.DAY, "2023-03-16"),
        ("2023-03-16", "2023-03-18", Precision.DAYS, "2023-03-16 to 2023-03-18"),
        ("2023-03-13", "2023-03-19", Precision.WEEK, "week of 2023-03-13"),
        ("2023-05-01", "2023-05-31", Precision.MONTH, "May 2023"),
        ("2023-10-01", "2023-12-31", Precision.QUARTER, "Q4 2023"),
        ("2023-07-01", "2023-12-31", Precision.HALF, "second half of 2023"),
        ("2023-01-01", "2023-12-31", Precision.YEAR, "2023"),
        ("1990-01-01", "1999-12-31", Precision.DECADE, "1990s"),
        ("2023-03-16", "2023-03-16", Precision.ABOUT, "about 2023-03-16"),
        (None, None, Precision.UNKNOWN, "date unknown"),
    ],
)
def test_a_date_is_no_finer_than_it_is_known(
    begin: str | None, end: str | None, precision: Precision, said: str
) -> None:
    assert when(event("e", "JPN", "AID", "KOR", begin, 1.0, end, precision=precision)) == said


def test_dates_that_are_not_stated() -> None:
    told = event("e", "JPN", "AID", "KOR", "2023-03-16", 1.0, precision=Precision.ABOUT)
    assert when(replace(told, time_origin=TimeOrigin.PUBLISHED)) == "reported 2023-03-16"
    assert when(replace(told, end=None)) == "since 2023-03-16"


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        ("2023-01-01", "2023-02-28", "day"),
        ("2023-01-01", "2023-12-31", "week"),
        ("2019-01-01", "2023-12-31", "month"),
        ("2015-12-01", "2026-01-31", "quarter"),
        ("1979-01-01", "2026-01-31", "year"),
    ],
)
def test_the_bars_of_a_timeline_are_few_enough_to_read(first: str, last: str, unit: str) -> None:
    assert unit_for(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == unit


@pytest.mark.parametrize(
    ("every", "name"),
    [("day", "2023-04-03"), ("week", "week of 2023-04-03"), ("month", "2023-04"), ("quarter", "2023-Q2"),
     ("year", "2023")],
)  # fmt: skip
def test_buckets_are_named(every: str, name: str) -> None:
    assert bucket_name(dt.date(2023, 4, 3), every) == name


def test_bars_stand_for_counts() -> None:
    rows = [(dt.date(2023, 3, 1), 4, -1.5, 1, 0, 1, 2, 1.0), (dt.date(2023, 4, 1), 0, None, 0, 0, 0, 0, None)]
    root = ET.fromstring(bars_svg(Timeline(COLUMNS, rows, "month", 0, 0), "A title"))
    ns = "{http://www.w3.org/2000/svg}"
    bars = {bar.get("class"): float(bar.get("height")) for bar in root.iter(f"{ns}rect")}
    assert bars == {"bar class-0": 37.5, "bar class-2": 37.5, "bar class-3": 75.0}  # 150 pixels for four events
    assert [title.text for title in root.iter(f"{ns}title")] == [
        "A title",
        "2023-03: 4 events, mean score −1.5 (1 verbal cooperation, 1 verbal conflict, 2 material conflict)",
    ]


def test_no_buckets_make_no_drawing() -> None:
    empty = Timeline(COLUMNS, [], "month", 0, 3)
    assert bars_svg(empty, "A title") == ""
    assert "Over time" not in report(pair(timeline=empty)).html
    assert "Over time" in report(pair(timeline=Timeline(COLUMNS, MONTHS, "month", 0, 0))).html


def test_markup_escapes_whatever_is_not_markup() -> None:
    assert tag("p", "<b>", tag("i", '"&'), class_='"x') == '<p class="&quot;x">&lt;b&gt;<i>"&amp;</i></p>'
    assert tag("p", "a\u202eb", None, ["c", 1]) == "<p>a bc1</p>"
    assert link("data:text/html,x", "a") == "a"


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="can't be written"):
        report(pair()).save(tmp_path / "nowhere" / "report.html")


def test_in_a_notebook_the_report_is_a_frame_that_runs_nothing() -> None:
    shown = report(pair())._repr_html_()
    assert 'sandbox=""' in shown
    assert shown.count("<iframe") == 1
    assert 'src="data:image/png;base64,' in shown


def test_the_command_writes_the_page(g: kg.Graph, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    options = ["--graph", str(g.directory), "--since", "2022-06", "--title", "A pair", "-o", str(file)]
    done = CliRunner().invoke(main, ["report", "Japan", "KOR", *options])
    assert (
        done.output
        == f"wrote {file} ({file.stat().st_size / 1000:.0f} kB): open it in a browser, print it or send it\n"
    )
    assert "<h1>A pair</h1>" in file.read_text("utf-8")
    assert "2022-06-01 to 2022-09-09" in text(file.read_text("utf-8"))
