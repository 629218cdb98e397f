"""Hands an answer on as it comes, and ends it when either side goes."""

from __future__ import annotations

import asyncio

from aiohttp import ClientConnectionError, ClientPayloadError, ClientResponse, web

from meadow.web.forward_headers import towards_browser

WRITE_WITHIN_S = 30.0  # a browser that takes nothing for so long is gone
STREAM = "text/event-stream"


async def relay(request: web.Request, answer: ClientResponse) -> web.StreamResponse:
    """Each piece is written before the next is read, so a slow browser slows the part behind, and nothing gathers here.

    A stream that ends behind is ended. Half of any other answer is cut, so that nobody takes it for the whole; and so is a
    browser that takes nothing, which would never take the end either.
    """
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=towards_browser(answer.headers))
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_any():
            async with asyncio.timeout(WRITE_WITHIN_S):
                await response.write(piece)
    except (ClientPayloadError, ClientConnectionError):
        if answer.content_type != STREAM:
            _cut(request)
    except (ConnectionError, TimeoutError):
        _cut(request)
    return response


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
