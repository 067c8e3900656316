"""Reading one page or feed from the network, only ever called for an address that the user gave with ``--fetch``."""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from kg.sources.record import MAX_DOCUMENT, Kind, Problem, shown

__all__ = ["Page", "fetch"]

_TIMEOUT = 30
_DEADLINE = 120
_AGENT = "kg (reads single pages at the request of its user)"


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered. ``url`` is the one after redirections."""

    url: str
    body: bytes
    charset: str | None
    retrieved: dt.datetime


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows at most five redirections, and none from a public address into a private network."""

    max_redirections = 5

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in {"http", "https"}:
            raise urllib.error.URLError(f"redirected to {shown(newurl)[:200]}, which is no web address")
        if _is_public(req.full_url) and not _is_public(newurl):
            raise urllib.error.URLError("redirected from a public address into a private network")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_public(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
    except (OSError, ValueError):
        return True  # nothing to protect where nothing answers


def fetch(url: str, *, limit: int = MAX_DOCUMENT) -> Page:
    """The page at ``url``, at most ``limit`` bytes and two minutes. Raises :class:`Problem` of kind ``fetch``."""
    handlers = (urllib.request.HTTPHandler, urllib.request.HTTPSHandler, _Redirects, urllib.request.ProxyHandler)
    opener = urllib.request.OpenerDirector()
    for handler in (*handlers, urllib.request.HTTPDefaultErrorHandler, urllib.request.HTTPErrorProcessor):
        opener.add_handler(handler())
    deadline = time.monotonic() + _DEADLINE
    body = bytearray()
    try:
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT})  # noqa: S310 - the caller checked http(s)
        with opener.open(request, timeout=_TIMEOUT) as answer:
            final, charset = str(answer.geturl()), answer.headers.get_content_charset()
            while chunk := answer.read1(1 << 16):
                body += chunk
                if len(body) > limit:
                    raise Problem(
                        shown(url), f"answers with more than {limit // 1_000_000} MB; save and split it", Kind.FETCH
                    )
                if time.monotonic() > deadline:
                    raise Problem(shown(url), f"took more than {_DEADLINE} s; save it to a file first", Kind.FETCH)
    except urllib.error.HTTPError as error:
        what = (
            "redirects in a circle or to no web page"
            if 300 <= error.code < 400
            else f"the server answered {error.code}"
        )
        raise Problem(shown(url), f"{what}; check the address", Kind.FETCH) from None
    except urllib.error.URLError as error:
        reason = shown(str(error.reason))
        raise Problem(
            shown(url), f"can't be fetched ({reason}); check the address and the network", Kind.FETCH
        ) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Problem(shown(url), f"can't be fetched ({shown(str(error))}); check the address", Kind.FETCH) from None
    return Page(final, bytes(body), charset, dt.datetime.now(dt.UTC))
