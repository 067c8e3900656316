"""HTML and SVG put together from values: whatever is not markup is escaped, so that no text can become an element.

>>> print(tag("p", "2 < 3", tag("b", "!"), class_="note"))
<p class="note">2 &lt; 3<b>!</b></p>
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from kg.view.data import plain_text

__all__ = ["Markup", "link", "tag"]

_VOID = frozenset({"br", "circle", "hr", "line", "meta", "path", "rect"})


class Markup(str):
    """Text that is markup already; only this module makes it from values."""

    __slots__ = ()


def _child(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return html.escape(plain_text(child), quote=False)
    if isinstance(child, Iterable):
        return "".join(map(_child, child))
    return html.escape(str(child))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element. Children are texts, numbers, elements, or lists of them; None is nothing.

    Attributes that are None are left out; ``class_`` is ``class``, and other underscores are hyphens.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(plain_text(str(value)), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>" if name in ("br", "hr", "meta") else f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{''.join(map(_child, children))}</{name}>")


def link(url: str | None, *children: object) -> object:
    """A link that tells the other site nothing; where the address is not http or https, the text alone.

    >>> link("javascript:x", "a story")
    'a story'
    """
    address = plain_text(url or "").strip()
    if not address.lower().startswith(("http://", "https://")):
        return children[0] if len(children) == 1 else list(children)
    return tag("a", *children, href=address, rel="noopener noreferrer")
