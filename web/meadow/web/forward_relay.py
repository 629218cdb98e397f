"""Hands an answer on as it comes, and ends it when either side goes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import ClientConnectionError, ClientPayloadError, ClientResponse, web

from meadow.web.forward_headers import towards_browser

WRITE_WITHIN_S = 30.0  # a browser that takes nothing for so long is gone
LOOK_FIRST_S, LOOK_EVERY_S = 0.25, 2.0  # how soon one that left is noticed: at first, and after a while, as in a stream
STREAM = "text/event-stream"
T = TypeVar("T")


async def relay(request: web.Request, answer: ClientResponse) -> web.StreamResponse:
    """Each piece is written before the next is read, so a slow browser slows the part behind, and nothing gathers here.

    A stream that ends behind is ended. Half of any other answer is cut, so that nobody takes it for the whole.
    """
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=towards_browser(answer.headers))
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_any():
            async with asyncio.timeout(WRITE_WITHIN_S):
                await response.write(piece)
    except (ClientPayloadError, ClientConnectionError, ConnectionError, TimeoutError):
        if answer.content_type != STREAM:
            _cut(request)
    return response


async def until_left(request: web.Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; it is cancelled when the browser has left, also on servers that do not cancel their handlers."""
    task = asyncio.ensure_future(work)
    look_s = LOOK_FIRST_S
    try:
        while not task.done():
            await asyncio.wait([task], timeout=look_s)
            look_s = min(1.2 * look_s, LOOK_EVERY_S)
            if not task.done() and _has_left(request):
                raise asyncio.CancelledError("the browser left")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
