"""Which part answers an address of the API, and that the address is one of the API's."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote, unquote

from aiohttp import hdrs, web

from meadow.core.errors import NotFound

API = "/api/v1/"
Part = Literal["query", "control"]
WRITES = (hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH, hdrs.METH_DELETE)
# What control answers of what is only read; query answers all the rest, as control takes every write.
CONTROL_READS = re.compile(r"(?:commands|tenants)(?:/.*)?|clusters/[^/]+/registration")
DECODED_MAX = 5  # times
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


def part_of(method: str, path: str) -> Part:
    """path: as `address_of` gives it."""
    reads = method == hdrs.METH_GET
    rest = unquote(path.partition("?")[0]).removeprefix(API)
    return "query" if reads and not CONTROL_READS.fullmatch(rest) else "control"


def address_of(request: web.Request) -> str:
    """Path and query as the client sent them, in visible ASCII; the host of an absolute-form request is left out.

    Raises NotFound for a path that is not under /api/v1/, or that could leave it wherever it is decoded once more.
    """
    url = request.rel_url
    if not url.raw_path.startswith(API) or _climbs(url.raw_path):
        raise NotFound("There is nothing at this address.")
    query = f"?{url.raw_query_string}" if url.raw_query_string else ""
    return quote(f"{url.raw_path}{query}", safe=VISIBLE, errors="surrogateescape")


def _climbs(path: str) -> bool:
    """Whether a segment is `.` or `..`, however often encoded; too often counts, too."""
    for _ in range(DECODED_MAX):
        plainer = unquote(path, errors="replace")
        if plainer == path:
            return any(segment in (".", "..") for segment in re.split(r"[/\\]", path))
        path = plainer
    return True
