"""Versions over HTTP: ETag on what is answered, If-Match on what is changed, so that nobody undoes what they have not seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import hdrs, web

from meadow.core.errors import Conflict, StaleVersion, VersionRequired
from meadow.core.stream import Stale

ETAG = re.compile(r'"([0-9]{1,18})"')
ACCEPTS = "If-Match: the ETag of an earlier answer, quotes included"


def etag(version: int) -> dict[str, str]:
    """The header."""
    return {hdrs.ETAG: f'"{version}"'}


def seen(request: web.Request, now: int) -> int:
    """The version If-Match names. Raises VersionRequired without one; StaleVersion when it is not the one of now."""
    text = request.headers.get(hdrs.IF_MATCH)
    if text is None:
        raise VersionRequired("Say which version you saw.", field=hdrs.IF_MATCH, accepts=ACCEPTS)
    match = ETAG.fullmatch(text.strip())
    if match is None or int(match[1]) != now:
        raise _stale()
    return now


@contextmanager
def compared() -> Iterator[None]:
    """Somebody was quicker, after `seen` had looked."""
    try:
        yield
    except Stale as error:
        raise _stale() from error


@contextmanager
def added(what: str) -> Iterator[None]:
    """What is added must not be there."""
    try:
        yield
    except Stale as error:
        raise Conflict(f"There is a {what} of that name already.", field="slug") from error


def _stale() -> StaleVersion:
    return StaleVersion("It was changed meanwhile: read it again.", field=hdrs.IF_MATCH, accepts=ACCEPTS)
