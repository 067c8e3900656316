"""HTML to plain text with paragraphs, for the fragments in feeds, Markdown and tables. Nothing is ever executed.

The parser is libxml2's through lxml, which stops at a nesting of 256; a document that it cut short there is refused,
since what lies deeper would be lost silently.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement as HtmlElement

__all__ = ["MAX_ELEMENTS", "MarkupError", "is_markup", "parse", "to_text"]

MAX_ELEMENTS = 200_000
"""Most start tags of one page; extraction takes time in proportion."""

_MARKUP = re.compile(
    r"</(?:p|div|span|a|li|ul|ol|em|strong|b|i|h[1-6]|blockquote|section|article)\s*>|<br\s*/?>|<p>", re.I
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_START_TAG = re.compile(r"<[a-zA-Z]")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_DROPPED = frozenset(
    ["script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "select", "textarea"]
)
_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
     "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
     "html", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
     "th", "thead", "tr", "ul"]
)  # fmt: skip


class MarkupError(ValueError):
    """HTML that can't be read completely within bounds; the message says what to do."""


def is_markup(text: str) -> bool:
    """Whether a text holds HTML tags rather than the odd ``<`` or ``>``."""
    return "<" in text and _MARKUP.search(text) is not None


def parse(text: str) -> HtmlElement | None:
    """The tree of a page or fragment, or None when there is nothing in it. Raises :class:`MarkupError`."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    if sum(1 for _ in _START_TAG.finditer(text)) > MAX_ELEMENTS:
        raise MarkupError(f"more than {MAX_ELEMENTS:,} HTML tags; give the text without the page around it")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = _NOT_XML.sub("", text).encode("utf-8")
    try:
        tree = document_fromstring(data, parser=parser, ensure_head_body=False)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None  # no element at all
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            what = (
                "HTML tags nested more than 255 deep" if "depth" in entry.message else "HTML with a text of over 10 MB"
            )
            raise MarkupError(f"{what}; give the text without the page around it")
    return tree


def to_text(fragment: str) -> str:
    """The words of an HTML fragment, blocks as paragraphs with a blank line between. Raises :class:`MarkupError`.

    >>> to_text("<p>One <b>bold</b> word.</p><script>x</script><p>Two&nbsp;&amp; three</p>")
    'One bold word.\\n\\nTwo\\xa0& three'
    """
    if "<" not in fragment:
        return html.unescape(fragment)
    tree = parse(fragment)
    return "" if tree is None else tree_text(tree)


def tree_text(tree: HtmlElement) -> str:
    """The words below an element, as :func:`to_text` gives them."""
    from lxml import etree

    paragraphs: list[str] = []
    words: list[str] = []

    def end_paragraph() -> None:
        lines = [_SPACES.sub(" ", line).strip() for line in "".join(words).split("\v")]
        paragraph = "\n".join(lines).strip()
        words.clear()
        if paragraph:
            paragraphs.append(paragraph)

    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS:
                end_paragraph()
            if tag in _DROPPED or not tag:
                walk.skip_subtree()
            elif tag == "br":
                words.append("\v")
            elif element.text:
                words.append(element.text.replace("\v", " "))
            continue
        if tag in _BLOCKS:
            end_paragraph()
        if element.tail and element is not tree:
            words.append(element.tail.replace("\v", " "))
    end_paragraph()
    return "\n\n".join(paragraphs)
