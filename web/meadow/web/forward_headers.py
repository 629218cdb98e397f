"""Which headers pass between a browser and the part behind, and which end here."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

from meadow.core.http import REQUEST_ID
from meadow.core.proxies import FORWARDED_FOR, UNKNOWN
from meadow.web.forward_address import API

FORWARDED_PROTO = "X-Forwarded-Proto"
# RFC 9110 §7.6.1, and what describes the way of the body rather than the body.
HOP_BY_HOP = frozenset(
    name.lower()
    for name in (
        *(hdrs.CONNECTION, hdrs.KEEP_ALIVE, hdrs.PROXY_AUTHENTICATE, hdrs.PROXY_AUTHORIZATION, "Proxy-Connection"),
        *(hdrs.TE, hdrs.TRAILER, hdrs.TRANSFER_ENCODING, hdrs.UPGRADE),
    )
)
# aiohttp has unpacked the body, and says its length itself; `Expect` was answered here.
OF_THE_BODY = frozenset({"content-length", "content-encoding", "expect"})


def towards_part(request: web.Request) -> CIMultiDict[str]:
    """What the browser said, Host and cookies with it, so that the guard behind judges what this one did; and the way it came
    by. A proxy's X-Forwarded-Proto is believed as little as the rest of these: nothing is permitted by them."""
    headers = _end_to_end(request.headers, OF_THE_BODY | {"x-request-id"})
    headers[hdrs.HOST] = request.headers[hdrs.HOST]
    before = request.headers.getall(FORWARDED_FOR, [])
    headers[FORWARDED_FOR] = ", ".join([*before, request.remote or UNKNOWN])
    headers.setdefault(FORWARDED_PROTO, request.scheme)
    if REQUEST_ID in request:
        headers["X-Request-Id"] = request[REQUEST_ID]
    return headers


def towards_browser(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """A Location passes only when it stays inside the API."""
    kept = _end_to_end(headers, frozenset())
    if not kept.get(hdrs.LOCATION, API).startswith(API):
        kept.popall(hdrs.LOCATION)
    return kept


def _end_to_end(headers: CIMultiDictProxy[str], more: frozenset[str]) -> CIMultiDict[str]:
    left_out = HOP_BY_HOP | more | _named(headers.getall(hdrs.CONNECTION, []))
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in left_out)


def _named(connection: Iterable[str]) -> frozenset[str]:
    """Headers that `Connection` declares to be of this hop."""
    return frozenset(name.strip().lower() for line in connection for name in line.split(","))
