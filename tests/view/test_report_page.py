"""The report in a browser: no script, no request, both themes, print, and hostile text in every field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pair_sample import pair, renamed
from test_view_hostile import ADDRESSES, HANDLERS, HOSTILE, RUN
from view_sample import ACTORS, EVENTS, event

from kg.view import DyadData, NetworkData, Report, ReportPage, report
from kg.view import markup as markup_module
from kg.view.dyad import Source

Open = Callable[..., Any]


@pytest.fixture
def read(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a report in a browser of some settings; at the end nothing may have been asked for or gone wrong."""
    contexts = []
    problems: list[str] = []
    asked: list[str] = []

    def run(page: ReportPage, **settings: Any) -> Any:
        file = page.save(tmp_path / "report.html")
        contexts.append(browser.new_context(**settings))
        shown = contexts[-1].new_page()
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.on("console", lambda message: problems.append(message.text))
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(file.as_uri())
        return shown

    yield run
    for context in contexts:
        context.close()
    assert problems == []
    assert set(asked) == {(tmp_path / "report.html").as_uri()}


def hostile(text: str, address: str) -> DyadData:
    """The sample with the text in every field that is not from a fixed list."""
    events = [
        event("e01", "JPN", "CONSULT", "KOR", "2023-03-16", 4.0, mode=text, contexts=(text,)),
        event(text, "KOR", "ASSAULT", "JPN", "2023-03-18", -9.0),
    ]
    said = Report(text, f"{text} {text}", events[0].first_reported, text, address, (1, 4), text, text, text)
    around = NetworkData.from_records([renamed(actor, text) for actor in ACTORS], EVENTS, title=text)
    return pair(
        names=(text, text), labels={"JPN": text, "KOR": text}, events=events, around=around,
        reports={"e01": [said, said], text: [said]},
        sources=[Source(text, events[0].first_reported, text, address, 1)],
    )  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_run(read: Open, number: int) -> None:
    text, address = HOSTILE[number], ADDRESSES[number % len(ADDRESSES)]
    page = read(report(hostile(text, address), title=text))
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('script, img, iframe, object, embed, base, form').length") == 0
    assert page.evaluate("document.styleSheets.length") == 1
    assert page.evaluate(HANDLERS) == []
    links = page.evaluate("[...document.links].map((a) => [a.protocol, a.rel])")
    assert all(protocol in ("http:", "https:") and rel == "noopener noreferrer" for protocol, rel in links)
    assert page.evaluate("document.querySelectorAll('.card').length") == 2


@pytest.mark.browser
def test_the_policy_holds_even_where_escaping_is_broken(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markup_module.html, "escape", lambda text, quote=True: text)
    made = report(hostile(HOSTILE[0], ADDRESSES[0]))
    monkeypatch.undo()
    assert f"</script><script>{RUN}</script>" in made.html
    blocked: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(made.save(tmp_path / "broken.html").as_uri())
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in text for text in blocked)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "system", "paper"),
    [
        ("auto", "light", "rgb(255, 255, 255)"),
        ("auto", "dark", "rgb(15, 20, 25)"),
        ("light", "dark", "rgb(255, 255, 255)"),
        ("dark", "light", "rgb(15, 20, 25)"),
    ],
)
def test_light_and_dark(read: Open, theme: str, system: str, paper: str) -> None:
    page = read(report(pair(), theme=theme), color_scheme=system)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert page.evaluate("getComputedStyle(document.querySelector('.still rect')).fill") == paper


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["auto", "dark"])
def test_on_paper_it_is_light_and_addresses_are_written_out(read: Open, theme: str) -> None:
    page = read(report(pair(), theme=theme), color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    after = page.evaluate("getComputedStyle(document.querySelector('.card a'), '::after').content")
    assert "https://news.example/summit" in after


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 1024, 560, 380])
def test_nothing_sticks_out_at_any_width(read: Open, width: int) -> None:
    page = read(report(pair()), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_drawings_are_drawn_and_have_titles(read: Open) -> None:
    page = read(report(pair()))
    assert page.evaluate("document.querySelectorAll('.timeline rect').length") == 2
    assert page.evaluate("document.querySelector('.timeline > title').textContent") == (
        "Events between Japan and South Korea by month"
    )
    assert page.evaluate("document.querySelectorAll('.still circle').length") == 5
    assert page.evaluate("[...document.querySelectorAll('h2')].map((h) => h.textContent)") == [
        "Over time", "Around the pair", "Events (4)", "Sources (2)", "How to read this",
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_stands_in_the_file_as_it_is(text: str) -> None:
    html = report(hostile(text, ADDRESSES[0]), title=text).html
    for piece in ("<script", "<img", "<svg/", "<iframe", "<a href=j", "\u202e", "\x00", 'href="javascript'):
        assert piece not in html
    html.encode("utf-8")
