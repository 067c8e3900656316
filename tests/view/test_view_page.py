"""The page in a browser: what it draws, counts and does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from view_sample import EVENTS, event, sample

from kg.view import network
from kg.view.synthetic import synthetic

pytestmark = pytest.mark.browser
RENDERERS = pytest.mark.parametrize("renderer", ["vis", "canvas"])
WHOLE = "10 events · 6 links · 2023-02-01 to 2023-09-01"


@RENDERERS
@pytest.mark.parametrize("hanging", [False, True], ids=["refused", "hanging"])
def test_draws_offline(show: Callable, renderer: str, hanging: bool) -> None:
    page = show(renderer=renderer, hanging=hanging)
    assert page.status() == WHOLE
    assert page.js("kg.app.renderer.name") == renderer
    inked = page.js(
        """() => { const c = document.querySelector('#kg-graph canvas');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i + 3] && d[i] < 200) n++; return n; }"""
    )
    assert inked > 2000


@RENDERERS
def test_click_on_a_link_shows_its_evidence(show: Callable, renderer: str) -> None:
    page = show(renderer=renderer)
    page.page.mouse.click(*page.spot("JPN", "KOR"))
    page.settle()
    assert page.text("#kg-side h2") == "Japan → South Korea"
    assert page.text("#kg-side .summary") == "3 events in window, mean score +1.5"
    cards = page.page.query_selector_all("#kg-side .card")
    assert [card.query_selector("time").inner_text() for card in cards] == ["2023-09-01", "2023-07-02", "2023-03-16"]
    text = cards[2].inner_text()
    assert "consult · visit · verbal cooperation" in text
    assert "Japan → South Korea (Yoon Suk Yeol)" in text
    assert "reported by 3 publishers · confidence 90 %" in text
    assert cards[2].query_selector("mark").inner_text() == "received"
    link = cards[2].query_selector(".source a")
    assert link.get_attribute("href") == "https://news.example/summit"
    assert link.get_attribute("rel") == "noopener noreferrer"


@RENDERERS
def test_click_on_an_actor_shows_its_links_and_its_targetless_acts(show: Callable, renderer: str) -> None:
    page = show(renderer=renderer)
    page.page.mouse.click(*page.spot("PRK"))
    page.settle()
    assert page.text("#kg-side h2") == "North Korea"
    rows = [row.inner_text().replace("\n", " ") for row in page.page.query_selector_all("#kg-side .link-list li")]
    assert sorted(rows) == [
        "North Korea → Japan 1 −5.0",
        "North Korea → North Korean civilians 1 −7.0",
        "United States → North Korea 1 −6.0",
    ]
    assert page.text("#kg-side h3") == "2 acts without a target"


def test_click_beside_everything_clears_the_choice(show: Callable) -> None:
    page = show(state="link=JPN>KOR")
    frame = page.page.query_selector("#kg-graph").bounding_box()
    page.page.mouse.click(frame["x"] + 5, frame["y"] + 5)
    page.settle()
    assert page.text("#kg-side h2") == "Strongest links"


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2023-03-01", "2023-03-31", "3 events · 2 links · 2023-03-01 to 2023-03-31"),
        ("2023-04-10", "2023-04-12", "1 event · 1 link · 2023-04-10 to 2023-04-12"),
        ("2023-09-01", "2023-09-01", "1 event · 1 link · 2023-09-01 to 2023-09-01"),
        ("2023-02-02", "2023-02-28", "0 events · 0 links · 2023-02-02 to 2023-02-28"),
    ],
)
def test_a_window_counts_the_spans_that_overlap_it(show: Callable, first: str, last: str, status: str) -> None:
    page = show(state=f"from={first}&to={last}")
    assert page.status() == status
    assert "1 undated event in no window" in page.text("#kg-banner")


def test_dragging_an_edge_of_the_window_changes_the_counts(show: Callable) -> None:
    page = show()
    box = page.page.query_selector("#kg-histogram").bounding_box()
    page.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 40)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=4)
    page.page.mouse.up()
    # The middle of 2023-02-01 to 2023-09-01: all but the two later events, and the undated one is in no window.
    assert page.status().startswith("7 events · 5 links · 2023-02-01 to 2023-05-")
    page.page.click("#kg-all-time")
    assert page.status() == WHOLE


@pytest.mark.parametrize(
    ("state", "events", "links"),
    [
        ("status=actual,future", 11, 7),
        ("status=future", 1, 1),
        ("category=CONSULT,AGREE", 4, 3),
        ("confidence=85", 1, 1),
        ("publishers=2", 2, 1),
        ("context=economic", 1, 1),
        ("scope=domestic", 3, 1),
        ("scope=international", 7, 5),
        ("ego=KOR", 4, 2),
        ("ego=KOR&depth=1.5", 4, 2),
        ("ego=KOR&depth=2", 6, 4),
    ],
)
def test_filters(show: Callable, state: str, events: int, links: int) -> None:
    page = show(state=state)
    assert page.js("[kg.app.result.events, kg.app.result.links]") == [events, links]


def test_boxes_filter_and_tell_their_counts(show: Callable) -> None:
    page = show()
    row = page.page.locator("#kg-filters label.check", has_text="verbal conflict")
    assert row.locator(".figure").inner_text() == "2"
    row.locator("input").uncheck()
    assert page.status() == "8 events · 5 links · 2023-02-01 to 2023-09-01"
    assert row.locator(".figure").inner_text() == "2"


def test_countries_take_their_sectors_in_and_domestic_events_become_a_loop(show: Callable) -> None:
    page = show()
    page.page.click("[data-level=countries]")
    page.settle()
    assert page.js("kg.app.scene.links.filter((l) => l.loop).map((l) => kg.app.data.actors.id[l.a])") == ["PRK"]
    assert page.js("kg.app.scene.signs.map((s) => kg.app.data.actors.id[s.i]).sort()") == ["JPN", "KOR", "PRK", "USA"]


def test_a_halo_counts_the_acts_without_a_target(show: Callable) -> None:
    page = show()
    assert page.js("kg.app.scene.halos.map((h) => [kg.app.data.actors.id[h.i], h.count])") == [["PRK", 2]]


def test_what_is_hidden_is_said(show: Callable) -> None:
    page = show(max_links=2)
    assert page.status() == "10 events · top 2 of 6 links · 2023-02-01 to 2023-09-01"
    assert "top 2 of 6 links" in page.text("#kg-banner")


def test_the_address_keeps_the_state(show: Callable) -> None:
    wanted = "from=2023-03-01&to=2023-05-31&category=AGREE%2CCONSULT&confidence=50&level=countries&theme=dark&ego=JPN"
    page = show(state=wanted)
    before = page.status()
    page.page.click("#kg-table-button")
    address = page.hash()
    assert address == wanted + "&table=1"
    again = show(state=address)
    assert again.status() == before
    assert again.js("document.documentElement.dataset.theme") == "dark"
    assert again.page.is_visible("#kg-table")


@pytest.mark.parametrize(
    "state",
    [
        "ego=NOBODY&link=A>B&actor=..",
        "from=2023-99-99&to=yesterday",
        "top=-5&confidence=1e9",
        "theme=<b>&level=x",
        "%E0%A4%A",
    ],
)
def test_addresses_that_mean_nothing_do_no_harm(show: Callable, state: str) -> None:
    page = show(state=state)
    assert page.js("kg.app.data.events.count") == 11
    page.press("Escape")


def test_the_keyboard_does_everything(show: Callable) -> None:
    page = show()
    page.press("/")
    page.page.keyboard.type("south")
    assert page.text("#kg-suggestions [aria-selected=true]").startswith("South Korea")
    page.press("Enter")
    assert page.text("#kg-side h2") == "South Korea"
    page.page.focus("#kg-graph")
    page.press("f")
    assert "ego=KOR" in page.hash()
    page.press("v")
    assert page.page.is_visible("#kg-table")
    page.press("v", "Escape", "Escape")
    assert page.hash() == ""
    page.press("l")
    assert page.hash() == "level=countries"
    page.press("l")
    assert page.hash() == "level=agents"
    page.press("l", "t")
    assert page.hash() == "theme=dark"
    page.press("?")
    assert page.page.is_visible("#kg-help")
    page.press("Escape")
    assert not page.page.is_visible("#kg-help")


def test_the_window_is_moved_by_keys(show: Callable) -> None:
    page = show()
    page.page.focus("[data-part=right]")
    page.press("ArrowLeft")
    assert page.status() == "8 events · 5 links · 2023-02-01 to 2023-08-25"
    page.press("Shift+ArrowRight")
    assert "2023-08-26" in page.status()
    assert page.page.get_attribute("[data-part=right]", "aria-valuetext") == "2023-08-26"
    page.press("Home")
    assert page.status() == "1 event · 1 link · 2023-02-01 to 2023-02-01"


def test_keys_move_and_zoom_the_picture(show: Callable) -> None:
    page = show()
    before = page.js("kg.app.renderer.view()")
    page.page.focus("#kg-graph")
    page.press("ArrowRight")
    moved = page.js("kg.app.renderer.view()")
    assert round(before["x"] - moved["x"]) == 60
    page.press("+")
    assert page.js("kg.app.renderer.view().scale") == pytest.approx(before["scale"] * 1.3)
    page.press("0")
    assert page.js("kg.app.renderer.view().x") == pytest.approx(before["x"], abs=1)


def test_play_moves_the_window_to_the_end(show: Callable) -> None:
    page = show()
    page.page.select_option("#kg-width", "30")
    page.page.select_option("#kg-step", "91")
    page.page.click("#kg-play")
    page.wait("kg.app.axis.to() === kg.app.axis.last && !kg.app.player.playing()")
    assert page.status() == "1 event · 1 link · 2023-08-03 to 2023-09-01"


def test_the_table_holds_the_same_links_and_can_be_sorted(show: Callable) -> None:
    page = show(state="table=1")
    rows = page.js("[...document.querySelectorAll('#kg-table tbody tr')].map((r) => r.innerText.split('\\t'))")
    assert rows[0] == ["Japan", "South Korea", "3", "+1.5", "2", "0", "1", "0", "2023-03-16", "2023-09-01"]
    assert len(rows) == 7  # six links, and North Korea's acts without a target
    page.page.click("#kg-table thead button >> text=Mean score")
    page.page.click("#kg-table thead button >> text=Mean score")
    first = page.js("document.querySelector('#kg-table tbody tr').innerText.split('\\t').slice(0, 4)")
    assert first == ["North Korea", "(no target)", "2", "−8.0"]
    assert page.js("document.querySelector('th[aria-sort]').ariaSort") == "ascending"
    page.page.click("#kg-table tbody button >> text=South Korea")
    assert page.text("#kg-side h2") == "South Korea → Japan"


def download(page, what: str, folder: Path) -> Path:  # type: ignore[no-untyped-def]
    page.page.click("#kg-export > summary")
    with page.page.expect_download() as waiting:
        page.page.click(f"[data-export={what}]")
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


@RENDERERS
def test_downloads(show: Callable, tmp_path: Path, renderer: str) -> None:
    page = show(renderer=renderer)
    png = download(page, "png", tmp_path)
    assert png.name == "a-sample.png"
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    svg = download(page, "svg", tmp_path).read_text("utf-8")
    assert svg.startswith("<svg ")
    assert svg.count("<path ") == 6
    assert "United States" in svg
    links = list(csv.DictReader(io.StringIO(download(page, "links", tmp_path).read_text("utf-8"))))
    assert [(r["source"], r["target"], r["events"], r["mean_score"]) for r in links[:2]] == [
        ("JPN", "KOR", "3", "1.5"),
        ("PRK", "", "2", "-8"),
    ]
    events = list(csv.DictReader(io.StringIO(download(page, "events", tmp_path).read_text("utf-8"))))
    assert [r["begin"] for r in events] == [
        "2023-02-01", "2023-03-10", "2023-03-16", "2023-03-16", "2023-04-01", "2023-04-13", "2023-05-07", "2023-07-02",
        "2023-09-01", "",
    ]  # fmt: skip
    assert events[2]["quote"] == "Japan received South Korea's president on Thursday."


def test_cells_that_a_spreadsheet_would_run_are_quoted(show: Callable) -> None:
    page = show()
    assert page.js("kg.exports.csvLine(['=1+1', '-2', -2, 'a\"b', 'c,d', null])") == '\'=1+1,\'-2,-2,"a""b","c,d",'


@pytest.mark.parametrize("state", ["", "link=JPN>KOR", "actor=PRK", "ego=KOR", "table=1", "level=countries"])
def test_no_slip_of_the_program_shows_in_the_text(show: Callable, state: str) -> None:
    page = show(state=state)
    page.press("?")
    text = page.text("body")
    assert "search for an actor" in text
    for slip in ("[object", "undefined", "NaN", "null", "Invalid"):
        assert slip not in text


@pytest.mark.parametrize("size", [(1440, 860), (1024, 700), (560, 640)])
def test_every_width_shows_the_picture_and_needs_no_sideways_scrolling(show: Callable, size: tuple[int, int]) -> None:
    page = show(network(synthetic(60, 3000)), size=size, state="link=A00000>A00001")
    assert page.js("document.documentElement.scrollWidth") <= size[0]
    box = page.page.query_selector("#kg-graph").bounding_box()
    assert box["width"] >= min(540, size[0] / 2)
    assert box["height"] >= 290
    clipped = page.js(
        """() => kg.labels.place(kg.app.scene, kg.app.renderer.view()).actors
            .filter((l) => l.x < 0 || l.x > kg.app.renderer.view().width).length"""
    )
    assert clipped == 0


@pytest.mark.parametrize(
    "events",
    [
        [event("a", "JPN", "CONSULT", "KOR", None, 2.5)],
        [event("a", "JPN", "CONSULT", "KOR", "2023-03-16", 2.5)],
        [event("a", "PRK", "MOBILIZE", None, "2023-03-16", -8.0)],
        [event("a", "PRK", "COERCE", "PRK", "0999-01-01", -7.0), event("b", "USA", "AID", "UKR", "2024-02-29", 10.0)],
    ],
    ids=["undated", "one", "targetless", "a thousand years"],
)
@RENDERERS
def test_very_little_is_drawn_too(show: Callable, events: list, renderer: str) -> None:
    page = show(network(sample(events=events), renderer=renderer))
    assert page.status().startswith(f"{len(events)} event")
    page.press("t", "l", "v")


def test_what_goes_on_is_in_every_later_window(show: Callable) -> None:
    war = replace(event("war", "RUS", "ASSAULT", "UKR", "2022-02-24", -10.0), end=None)
    page = show(network(sample(events=[war, *EVENTS])), state="from=2023-08-01&to=2023-08-31&link=RUS>UKR")
    assert page.status() == "1 event · 1 link · 2023-08-01 to 2023-08-31"
    assert page.text("#kg-side time") == "since 2022-02-24"


def test_names_never_cover_each_other(show: Callable) -> None:
    page = show(network(synthetic(60, 3000)))
    overlaps = page.js(
        """() => { const l = kg.labels.place(kg.app.scene, kg.app.renderer.view()).actors; let n = 0;
            const box = (p) => [p.x, p.y - 9, p.x + p.text.length * 6, p.y + 2];
            for (let i = 0; i < l.length; i++) for (let j = 0; j < i; j++) {
                const [a, b] = [box(l[i]), box(l[j])];
                if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]) n++;
            } return [l.length, n]; }"""
    )
    assert overlaps[0] >= 40
    assert overlaps[1] == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_enough_contrast(show: Callable, theme: str) -> None:
    page = show(theme=theme)
    colours = page.js(
        """(names) => { const s = getComputedStyle(document.documentElement);
            return Object.fromEntries(names.map((n) => [n, s.getPropertyValue('--' + n).trim()])); }""",
        ["paper", "panel", "ink", "muted", "accent", "hull", "hull-ink", "mark", *(f"class-{i}" for i in range(4))],
    )
    text = [("ink", "paper"), ("ink", "panel"), ("muted", "paper"), ("muted", "panel"), ("accent", "paper"),
            ("accent", "panel"), ("hull-ink", "hull"), ("hull-ink", "paper"), ("ink", "mark")]  # fmt: skip
    assert {pair: ratio(colours, *pair) for pair in text if ratio(colours, *pair) < 4.5} == {}
    graphic = [(f"class-{i}", ground) for i in range(4) for ground in ("paper", "panel")]
    assert {pair: ratio(colours, *pair) for pair in graphic if ratio(colours, *pair) < 3} == {}


def ratio(colours: dict[str, str], one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""

    def luminance(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_notebook_frame_draws_without_rights(show: Callable, browser, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    cell = tmp_path / "cell.html"
    cell.write_text(f"<!doctype html><body>{network(sample())._repr_html_()}</body>", "utf-8")
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.goto(cell.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("html[data-ready]")
    assert frame.inner_text("#kg-status") == WHOLE
    assert frame.evaluate("origin") == "null"
    assert page.evaluate("document.querySelector('img').complete && document.querySelector('img').naturalWidth > 0")
    page.close()
