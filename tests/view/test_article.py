"""The page on one article: its text with the marked words, what was read from it, actors and offices."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pair_sample import graph
from test_view_hostile import ADDRESSES, HANDLERS, HOSTILE, RUN
from view_sample import ACTORS, event

import kg
from kg.cli import main
from kg.errors import QueryError
from kg.model import Article, Evidence, Mention, Party, Precision, Role, Span, Status, TimeSpan
from kg.view import ArticleData, report
from kg.view import markup as markup_module

TEXT = "Tokyo, 17 March.\n\nJapan received South Korea's president on Thursday. Officials said no more."
SENTENCE = "Japan received South Korea's president on Thursday."


def span(words: str, text: str = TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def mention(key: str = "m1", **changes: Any) -> Mention:
    quote, day = span(SENTENCE), dt.date(2023, 3, 16)
    fields: dict[str, Any] = {
        "id": key,
        "article": "a1",
        "source": Party("JPN", "JPN", "Japan", "Japan", span("Japan")),
        "target": Party("KOR", "KOR", "South Korea", "South Korea's president", span("South Korea's president"),
                        agent="Yoon Suk Yeol"),
        "category": "CONSULT",
        "mode": "visit",
        "status": Status.ACTUAL,
        "time": TimeSpan(day, day, Precision.DAY, "Thursday", "2023-03-16"),
        "evidence": Evidence("text", SENTENCE, quote.start, quote.end, span("received"), span("on Thursday")),
        "confidence": 0.9,
        "group": "x",
    }  # fmt: skip
    return Mention(**{**fields, **changes})


def sample(**changes: Any) -> ArticleData:
    fields: dict[str, Any] = {
        "article": Article(
            "a1", dt.date(2023, 3, 17), "Kishida hosts Yoon", TEXT, "https://news.example/summit", "Wire"
        ),
        "mentions": [mention()],
        "events": {"m1": event("e01", "JPN", "CONSULT", "KOR", "2023-03-16", 4.0, publishers=3, articles=4)},
        "actors": {actor.id: actor for actor in ACTORS},
        "roles": [
            Role("a1", "Yoon Suk Yeol", "President", "KOR", "KORGOV", dt.date(2023, 3, 17), "president", "text", 44, 53)
        ],
    }
    return ArticleData(**{**fields, **changes})


def text(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(style|title).*?</\1>", "", markup))).strip()


def test_the_words_are_marked_where_they_stand() -> None:
    html = report(sample()).html
    marked = re.sub(r"</?span[^>]*>", "", html)
    assert "<b>Japan</b> <mark>received</mark> <b>South Korea's president</b> <u>on Thursday</u>." in marked
    assert "<p>Tokyo, 17 March.</p>" in html
    assert "</sup> Officials said no more.</p>" in html
    assert html.count('href="#m1"') == html.count('id="w1"') == html.count('id="m1"') == 1


def test_a_card_says_what_was_read() -> None:
    said = text(report(sample()).html)
    assert "Wire · 2023-03-17 · read it there · 14 words · 1 mention of 1 event" in said
    assert "1 2023-03-16 +4.0 Japan → South Korea (Yoon Suk Yeol) consult · visit · verbal cooperation" in said
    assert "date from the words “Thursday”" in said
    assert "reported by 3 publishers in 4 articles · confidence 90% · event e01" in said
    assert "South Korea KOR state 0 1 Yoon Suk Yeol “South Korea's president”" in said
    assert "Yoon Suk Yeol President South Korea “president”" in said


def test_two_mentions_of_one_sentence_have_two_numbers() -> None:
    planned = mention("m2", category="AID", mode=None, status=Status.FUTURE, target=None, dead=3)
    html = report(sample(mentions=[mention(), planned])).html
    assert html.count(SENTENCE.split(" ")[0] + "</b>") == 1
    assert 'href="#m1"' in html and 'href="#m2"' in html
    assert "2 2023-03-16 future" in text(html)
    assert "3 dead" in text(html)


def test_a_quote_in_the_title_is_marked_there() -> None:
    words = Evidence("title", "Kishida hosts Yoon", 0, 18, Span(8, 13))
    parties = (
        Party("JPN", "JPN", "Japan", "Kishida", Span(0, 7)),
        Party("KOR", "KOR", "South Korea", "Yoon", Span(14, 18)),
    )
    told = mention(evidence=words, source=parties[0], target=parties[1])
    html = re.sub(r"</?span[^>]*>", "", report(sample(mentions=[told])).html)
    assert "<h3><b>Kishida</b> <mark>hosts</mark> <b>Yoon</b><sup" in html


def test_an_article_without_events_still_has_a_page() -> None:
    said = text(report(sample(mentions=[], events={}, roles=[])).html)
    assert "Nothing in this article was read as an event." in said
    assert "Actors" not in said


def test_a_graph_gives_the_page_by_id_or_address(tmp_path: Path) -> None:
    g = graph(tmp_path)
    key = next(g.articles()).id
    page = g.report(article=key)
    assert page.html == g.report(article=g.article(key).url or key).html
    assert "1 mention of 1 event" in text(page.html)


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return graph(tmp_path_factory.mktemp("article"))


def test_what_was_not_read_is_refused(g: kg.Graph) -> None:
    key = next(g.articles()).id
    with pytest.raises(QueryError, match=rf"article '{key}x' is not in the graph; did you mean {key}"):
        g.report(article=key + "x")
    with pytest.raises(QueryError, match="on two actors in a window or on one article"):
        g.report("JPN", "KOR", article=key)
    with pytest.raises(QueryError, match="needs two actors, or the id of an article"):
        g.report("JPN")


def test_the_command_writes_the_page(g: kg.Graph, tmp_path: Path) -> None:
    key, file = next(g.articles()).id, tmp_path / "page.html"
    done = CliRunner().invoke(main, ["report", "--article", key, "--graph", str(g.directory), "-o", str(file)])
    assert done.output.startswith(f"wrote {file} (")
    assert g.article(key).title in file.read_text("utf-8")


def hostile(words: str, address: str) -> ArticleData:
    """The sample with the words in every field that is not from a fixed list."""
    body = f"{words} {words}"
    party = Party("JPN", words, words, words, Span(0, 3), words, words, words)
    told = mention(
        source=party, target=party, mode=words, contexts=(words,), attribution=words, place=words,
        time=TimeSpan(dt.date(2023, 3, 16), dt.date(2023, 3, 16), Precision.DAY, words, words),
        evidence=Evidence("text", body, 0, len(body), Span(1, 4), Span(5, 6)),
    )  # fmt: skip
    headline = mention("m2", evidence=Evidence("title", words, 0, len(words), Span(1, 2)), source=party, target=None)
    office = Role(words, words, words, words, words, dt.date(2023, 3, 17), words, "text", 0, 1)
    return sample(
        article=Article(words, dt.date(2023, 3, 17), words, body, address, words, language=words),
        mentions=[headline, told], events={"m1": event(words, "JPN", "CONSULT", "KOR", "2023-03-16", 4.0)},
        roles=[office],
    )  # fmt: skip


@pytest.mark.browser
def test_hostile_text_is_shown_and_never_run(browser: Any, tmp_path: Path) -> None:
    problems: list[str] = []
    shown = browser.new_page()
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.on("console", lambda message: problems.append(message.text))
    for number, words in enumerate(HOSTILE):
        file = report(hostile(words, ADDRESSES[number % len(ADDRESSES)])).save(tmp_path / f"{number}.html")
        shown.goto(file.as_uri())
        assert shown.evaluate("window.pwned") is None
        assert shown.evaluate("document.querySelectorAll('script, img, iframe, object, embed, base, form').length") == 0
        assert shown.evaluate(HANDLERS) == []
        outward = shown.evaluate("[...document.links].filter((a) => !a.hash).map((a) => [a.protocol, a.rel])")
        assert all(p in ("http:", "https:") and rel == "noopener noreferrer" for p, rel in outward)
        assert shown.evaluate("document.querySelectorAll('.card').length") == 2
    shown.close()
    assert problems == []


@pytest.mark.browser
def test_the_policy_holds_even_where_escaping_is_broken(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markup_module.html, "escape", lambda text, quote=True: text)
    made = report(hostile(HOSTILE[0], ADDRESSES[0]))
    monkeypatch.undo()
    assert f"</script><script>{RUN}</script>" in made.html
    page = browser.new_page()
    page.goto(made.save(tmp_path / "broken.html").as_uri())
    assert page.evaluate("window.pwned") is None
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 560])
def test_nothing_sticks_out_and_numbers_lead_to_cards(browser: Any, tmp_path: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(report(sample()).save(tmp_path / "page.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("sup a")
    assert page.evaluate("document.querySelector('.card:target').id") == "m1"
    page.close()
