"""What every HTTP service of Meadow shares: who calls, refusals as problem documents, and the guard in front of all routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import orjson
from aiohttp import web

from meadow.core.errors import MeadowError
from meadow.core.scope import Caller

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CALLER = "meadow.caller"


class Routes(Protocol):
    """What query, control and web each offer: their routes, to be mounted together in one process or apart."""

    def routes(self) -> list[web.RouteDef]: ...


def caller_of(request: web.Request) -> Caller:
    """Who asks; set by the guard before any handler runs, so a missing one is a fault of ours."""
    caller: Caller = request[CALLER]
    return caller


def json_response(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON by orjson, never cached."""
    data = orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z)
    merged = {"Cache-Control": "no-store", **(headers or {})}
    return web.Response(body=data, status=status, content_type="application/json", headers=merged)


def problem(error: MeadowError) -> web.Response:
    """RFC 9457 problem details with Meadow's stable `code` and whether asking again can help."""
    body = {
        "type": f"about:blank#{error.code}",
        "title": type(error).__name__,
        "status": error.status,
        "code": error.code,
        "detail": str(error),
        "again": error.again,
        **error.extra,
    }
    headers = {"Retry-After": str(int(error.extra["retry_after_s"]))} if "retry_after_s" in error.extra else {}
    response = json_response(body, status=error.status, headers=headers)
    response.content_type = "application/problem+json"
    return response


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers every MeadowError as a problem document."""
    try:
        return await handler(request)
    except MeadowError as error:
        return problem(error)
