"""Exports that newsrooms and scholars have: Nexis DOCX and Factiva HTML, made here in their documented layouts."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest

BODY = [
    "The leaders of Japan and South Korea met in Tokyo on Thursday.",
    "They agreed to resume regular visits & talks.",
]

# -- Nexis


def paragraph(text: str, style: str = "Normal") -> str:
    runs = "".join(f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.partition(" "))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def docx(*lines: str, document: str = "", head: str = "") -> bytes:
    xml = document or (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{head}'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + "".join(paragraph(line) for line in lines)
        + "<w:sectPr/></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


COVER = ["User Name: Somebody", "Date and Time: Friday, January 5, 2024 1:02:00 PM CET", "Job Number: 12345",
         "Documents (2)", "1. Leaders meet in Tokyo", "Client/Matter: -None-"]  # fmt: skip


def nexis(title: str, paper: str, date: str, body: list[str]) -> list[str]:
    return [title, paper, date, "Late Edition - Final", f"Copyright 2023 {paper} All Rights Reserved",
            "Section: Section A; Column 0; Foreign Desk; Pg. 6", "Length: 512 words", "Byline: By Jane Doe",
            "Dateline: TOKYO, March 16", "Body", "", *body, "Classification", "", "Language: ENGLISH",
            "Publication-Type: Newspaper", "Load-Date: March 17, 2023", "", "End of Document"]  # fmt: skip


def test_a_nexis_export_of_two_articles(reading):
    lines = [*COVER, *nexis("Leaders meet in Tokyo", "The Paper", "March 16, 2023 Thursday", BODY),
             *nexis("Missile fired", "Another Paper", "17 March 2023 Friday 4:17 PM GMT", BODY[:1])]  # fmt: skip
    first, second = reading("export.DOCX", docx(*lines)).articles
    assert (first.title, first.publisher, str(first.published)) == ("Leaders meet in Tokyo", "The Paper", "2023-03-16")
    assert first.text == "\n\n".join(BODY)
    assert (first.language, first.extra["author"], first.origin.line) == ("en", "By Jane Doe", 1)
    assert (second.title, second.publisher, second.text) == ("Missile fired", "Another Paper", BODY[0])
    assert second.published_at.isoformat() == "2023-03-17T16:17:00+00:00"


def test_a_bad_article_costs_itself_only(reading):
    good = nexis("Leaders meet", "The Paper", "March 16, 2023", BODY)
    outcome = reading("a.docx", docx(*nexis("Undated", "The Paper", "Spring Issue", BODY), *good))
    assert [article.title for article in outcome.articles] == ["Leaders meet"]
    assert outcome.problems == ["a.docx:1: an article without a date line above its body; export it with full text"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (docx("A letter", "Dear Sir"), "no Nexis export (nowhere 'End of Document'); save its text as .txt instead"),
        (docx("x", head='<!DOCTYPE a [<!ENTITY b "c">]>'), "its XML declares entities; Word documents have none"),
        (docx(document="<w:document>"), "its text is no XML"),
        (docx("x")[:-40], "can't be unpacked"),
        (docx("x" * 60_000_000), "unpacks to an absurd size; save the document anew"),
    ],
)
def test_documents_that_are_refused(reading, content, message):
    (problem,) = reading("a.docx", content).problems
    assert problem.startswith(f"a.docx: {message}")


# -- Factiva


def page(*articles: str) -> str:
    return f"<!DOCTYPE html><html><head><title>Factiva</title></head><body>{''.join(articles)}</body></html>"


def coded(**fields: str) -> str:
    rows = "".join(
        f'<tr><td class="index" valign="top"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>'
        for code, value in fields.items()
    )
    return f'<div class="article enArticle"><p><table border="0">{rows}</table></p></div>'


def plain(title: str, date: str, paper: str, number: str, body: list[str]) -> str:
    lines = "".join(
        f"<div>{line}</div>" for line in ("512 words", date, paper, "PAPR", "English", "(c) 2023 Paper Ltd")
    )
    text = "".join(f'<p class="articleParagraph enarticleParagraph">{escape(part)}</p>' for part in body)
    return (
        f'<div class="article enArticle"><div id="hd"><span class="enHeadline">{title}</span></div>{lines}{text}'
        f"<p>Document {number}</p></div><br/>"
    )


def test_factiva_with_field_codes(reading):
    article = coded(
        SE="News", HD="<b>Leaders meet</b>", BY="By Jane Doe", WC="512 words", PD="16 March 2023", ET="23:30",
        SN="The Paper", SC="PAPR", LA="English", CY="(c) 2023", LP=f"<p>{BODY[0]}</p>",
        TD=f"<p>{escape(BODY[1])}</p><p>More.</p>", NS="gdip : Diplomacy", AN="Document PAPR000020230316ej3g0001u",
    )  # fmt: skip
    found = reading("export.html", page(article)).only
    assert (found.title, found.publisher, found.id) == (
        "Leaders meet",
        "The Paper",
        "factiva.PAPR000020230316ej3g0001u",
    )
    assert found.text == "\n\n".join([*BODY, "More."])
    assert (str(found.published), found.language, found.extra["author"]) == ("2023-03-16", "en", "By Jane Doe")


def test_factiva_in_plain_layout(reading):
    articles = (
        plain("Leaders meet", "16 March 2023", "The Paper", "PAPR000020230316EJ3G0001U", BODY),
        plain("Missile fired", "17 March 2023", "Another Paper", "OTHR000020230317EJ3H0002A", BODY[:1]),
    )
    first, second = reading("export.htm", page(*articles)).articles
    assert (first.title, first.publisher, first.id) == (
        "Leaders meet",
        "The Paper",
        "factiva.PAPR000020230316EJ3G0001U",
    )
    assert (first.text, str(first.published), first.origin.line) == ("\n\n".join(BODY), "2023-03-16", 1)
    assert (second.title, second.publisher, str(second.published)) == ("Missile fired", "Another Paper", "2023-03-17")


def test_a_bad_article_of_factiva_costs_itself_only(reading):
    good = coded(HD="Leaders meet", PD="16 March 2023", SN="The Paper", LP=f"<p>{BODY[0]}</p>")
    outcome = reading("a.html", page(coded(SN="The Paper"), good, coded(HD="X", PD="99 March 2023", LP="y")))
    assert [article.title for article in outcome.articles] == ["Leaders meet"]
    assert [problem.partition(" ")[0] for problem in outcome.problems] == ["a.html:1:", "a.html:3:"]
    assert "without headline, date or text" in outcome.problems[0]


def test_other_pages_stay_pages(reading):
    head = '<meta property="article:published_time" content="2023-03-16">'
    outcome = reading(
        "a.html", f'<html><head><title>T</title>{head}</head><body><div class="article">{BODY[0]}</div></body></html>'
    )
    assert outcome.report.formats == {"html": 1}
