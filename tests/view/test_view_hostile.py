"""Text that would run, in every field that reaches the page: nothing of it may run, whatever the reader opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from view_sample import ACTORS, EVENTS, event, sample

from kg.model import Actor, ActorKind
from kg.view import NetworkData, Report, network, payload

RUN = "window.pwned=1"
HOSTILE = [
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg/onload={RUN}>",
    '"><iframe srcdoc="<script>parent.pwned=1</script>">',
    f"--><script>{RUN}</script><!--",
    f"</title></style><script>{RUN}</script>",
    f"<a href=javascript:{RUN}>href</a>",
    "{{ page.policy }}{% for x in page %}",
    "\u2028\u2029'];window.pwned=1//",
    "\x00\x08\x1b[31m\u202e\ud800 \ufffe",
    "${window.pwned=1}`+(window.pwned=1)",
    "%22%3E%3Cscript%3E" + RUN,
]
ADDRESSES = [
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//x.example",
    f'https://x.example/"onmouseover="{RUN}',
    f"https://x.example/<script>{RUN}</script>",
]
HANDLERS = "[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()).filter((n) => /^on/.test(n))"


def hostile(text: str, address: str) -> NetworkData:
    """The sample with the text in every field of actors, events and reports that is not from a fixed list."""
    actors = [
        Actor(a.id, a.kind, text, text, a.country, a.sector, text, text if a.country == "JPN" else a.region)
        for a in ACTORS
    ]
    odd = Actor(text, ActorKind.GROUP, text, text, None, None, None, text + "2")
    events = [*EVENTS, event(text, text, "ASSAULT", "JPN", "2023-03-03", -9.0, mode=text, contexts=(text,))]
    agent = f"A{text}".replace(" ", "/")  # passes for a name
    report = Report(text, f"{text} {text}", dt.date(2023, 3, 3), text, address, (1, 4), agent, text, text)
    reports = {e.id: [report, report] for e in events}
    return NetworkData.from_records([*actors, odd], events, reports, title=text, note=text)


def visit(page) -> None:  # type: ignore[no-untyped-def]
    """Opens everything that a reader can open."""
    for state in (
        "",
        "table=1",
        "link=JPN>KOR",
        "actor=PRK",
        "ego=JPN&depth=2",
        "level=countries&theme=dark",
        "level=agents",
    ):
        page.js("(hash) => { location.hash = hash; }", state)
        page.settle()
    page.page.mouse.move(*page.spot("JPN"))
    page.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.page.fill("#kg-search", "s")
    page.press("?")
    assert (
        page.js("[kg.exports.drawing(kg.app), kg.exports.linksCsv(kg.app), kg.exports.eventsCsv(kg.app)].length") == 3
    )


@pytest.mark.browser
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_run(show: Callable, number: int) -> None:
    text, address, renderer = HOSTILE[number], ADDRESSES[number % len(ADDRESSES)], ("vis", "canvas")[number % 2]
    page = show(network(hostile(text, address), renderer=renderer))
    visit(page)
    assert page.js("window.pwned") is None
    assert page.js("document.querySelectorAll('img, iframe, object, embed, base, form').length") == 0
    assert page.js("document.scripts.length") == (4 if renderer == "vis" else 2)
    links = page.js("[...document.links].map((a) => [a.protocol, a.rel])")
    assert all(protocol in ("http:", "https:") and rel == "noopener noreferrer" for protocol, rel in links)
    assert page.js(HANDLERS) == []


@pytest.mark.browser
def test_the_drawing_of_hostile_text_is_well_formed(show: Callable) -> None:
    page = show(network(hostile("".join(HOSTILE), ADDRESSES[0])))
    drawn = page.js(
        """() => { const d = new DOMParser().parseFromString(kg.exports.drawing(kg.app), 'image/svg+xml');
            return [d.querySelectorAll('parsererror').length, d.querySelectorAll('script, img, iframe').length]; }"""
    )
    assert drawn == [0, 0]


@pytest.mark.browser
def test_the_policy_holds_even_where_escaping_is_broken(browser, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(payload, "_ESCAPES", {})
    page = network(hostile(HOSTILE[0], ADDRESSES[0]))
    assert f"</script><script>{RUN}</script>" in page.html
    opened = browser.new_page()
    blocked: list[str] = []
    opened.on("console", lambda message: blocked.append(message.text))
    opened.goto(page.save(tmp_path / "broken.html").as_uri())
    assert opened.evaluate("window.pwned") is None
    assert any("Content Security Policy" in text for text in blocked)
    opened.close()


@pytest.mark.browser
def test_the_policy_stops_markup_that_gets_into_the_page(show: Callable) -> None:
    page = show()
    page.js(f"document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"{RUN}\">')")
    page.settle()
    assert page.js("window.pwned") is None
    assert all("Content Security Policy" in text for text in page.errors)
    assert len(page.errors) == 2  # the picture and its script
    page.errors.clear()
    page.requests.pop()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_stands_in_the_file_as_it_is(text: str) -> None:
    html = network(hostile(text, f"javascript:{RUN}")).html
    for piece in (
        "<script>window",
        "<img",
        "<svg/",
        "<iframe",
        "<a href",
        "\u2028",
        "\u202e",
        "\x00",
        f'"javascript:{RUN}',
    ):
        assert piece not in html
    assert text not in html or not set(text) & set("<>&\u2028\x00")
    html.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_still_picture_is_well_formed_xml(text: str) -> None:
    import xml.etree.ElementTree as ET

    root = ET.fromstring(network(hostile(text, ADDRESSES[0])).picture)
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "title", "rect", "path", "circle", "text"}


def test_a_frame_in_a_notebook_is_one_attribute() -> None:
    shown = network(sample(title='"><script>' + RUN + "</script>"))._repr_html_()
    assert shown.count("<iframe") == 1
    assert "<script" not in shown
    assert 'sandbox="allow-scripts"' in shown
