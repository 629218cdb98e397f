"""What every HTTP service of Meadow shares: who calls, bodies read within bounds, refusals as problem documents, a log line."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import orjson
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from meadow.core import log_context
from meadow.core.errors import BadRequest, MeadowError, NotFound, TooLarge, Unauthenticated, WrongMethod
from meadow.core.proxies import client_of
from meadow.core.scope import Caller

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Awaitable[web.StreamResponse]])
CALLER = web.RequestKey("caller", Caller)
REQUEST_ID = web.RequestKey("request_id", str)
STARTED = web.RequestKey("started", bool)  # set once the head of a streamed answer is on its way
BODY_WITHIN_S = 15.0
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = logging.getLogger(__name__)


class Routes(Protocol):
    """What query, control and web each offer: their routes, to be mounted together in one process or apart."""

    def routes(self) -> list[web.RouteDef]: ...


def caller_of(request: web.Request) -> Caller:
    """Who asks; set by the guard before any handler runs, so a missing one is a fault of ours."""
    return request[CALLER]


def caller_or_none(request: web.Request) -> Caller | None:
    """Who asks of a handler that is open to all, if anybody it knows."""
    return request.get(CALLER)


def open_to_all(handler: AnyHandler) -> AnyHandler:
    """Marks a handler that needs no credential. All others do: forgetting this refuses, it never reveals."""
    vars(handler)["open_to_all"] = True
    return handler


def is_open(handler: Callable[..., Any]) -> bool:
    """Whether `open_to_all` marked this handler."""
    return bool(getattr(handler, "open_to_all", False))


def json_response(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON by orjson, never cached."""
    data = orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z)
    merged = {"Cache-Control": "no-store", **(headers or {})}
    return web.Response(body=data, status=status, content_type="application/json", headers=merged)


async def read_json(request: web.Request) -> dict[str, Any]:
    """The body: one JSON object in UTF-8. Raises BadRequest, or TooLarge over the application's `client_max_size`.

    Only `application/json` is read: a form of another site cannot send it without asking the browser first.
    """
    if request.content_type != "application/json":
        raise BadRequest(
            "The body must be JSON, sent as application/json.", field="Content-Type", accepts="application/json"
        )
    try:
        body = orjson.loads(await read_body(request))
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is not JSON in UTF-8.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


async def read_body(request: web.Request) -> bytes:
    """The body, whole. Raises BadRequest for one that does not arrive in time, and aiohttp's refusal, which is answered as
    TooLarge, over the application's `client_max_size`."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await request.read()
    except TimeoutError as error:
        raise BadRequest(f"The body did not arrive within {BODY_WITHIN_S:.0f} s.") from error


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
    response = json_response(body, status=error.status, headers=_headers(error))
    response.content_type = "application/problem+json"
    return response


def _headers(error: MeadowError) -> dict[str, str]:
    if "retry_after_s" in error.extra:
        return {"Retry-After": str(max(1, int(error.extra["retry_after_s"])))}
    if isinstance(error, WrongMethod):
        return {"Allow": ", ".join(error.extra["accepts"])}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}  # RFC 9110 §11.6.1; browsers ask nobody for this scheme
    return {}


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers every failure as a problem document; a fault of ours without its details, which go to the log."""
    given = request.headers.get("X-Request-Id", "")
    request[REQUEST_ID] = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    log_context.REQUEST.set(request[REQUEST_ID])
    log_context.TENANT.set("")  # a connection's requests share one task
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return problem(_translated(error))
    except MeadowError as error:
        if STARTED in request:
            raise
        return problem(error)
    except Exception as error:  # noqa: BLE001 one request's fault must not be the caller's to read, nor end the others
        return _fault(request, error)


def _fault(request: web.Request, error: Exception) -> web.Response:
    """Half an answer cannot be taken back: then the connection is cut, so that nobody takes it for the whole."""
    if STARTED in request:
        raise error
    log.error("request %s failed: %s %s", request[REQUEST_ID], request.method, request.path, exc_info=error)
    return problem(MeadowError("Something failed on our side.", request_id=request[REQUEST_ID]))


def _translated(error: web.HTTPException) -> MeadowError:
    if isinstance(error, web.HTTPMethodNotAllowed):
        accepts = sorted(error.allowed_methods)
        return WrongMethod(f"Not for {error.method}; this address takes {', '.join(accepts)}.", accepts=accepts)
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return TooLarge("The body is too large.")
    if isinstance(error, web.HTTPNotFound):
        return NotFound("There is nothing at this address.")
    return BadRequest(f"{error.reason}.") if error.status < 500 else MeadowError("Something failed on our side.")


class AccessLog(AbstractAccessLogger):
    """One line a request, without its query string: that may hold a one-time token, or what somebody searched for."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """time: seconds the request took."""
        caller = request.get(CALLER)
        self.logger.info(
            "%s %s %s %d %d B %.1f ms %s %s",
            client_of(request),
            request.method,
            request.rel_url.raw_path,
            response.status,
            response.body_length,
            time * 1000,
            request.get(REQUEST_ID, "-"),
            caller.tenant.slug if caller else "-",
        )
