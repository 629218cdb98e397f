"""Counts HTTP requests by route, status and time: around everything else, so that refusals are counted, too."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from aiohttp import hdrs, web

from meadow.core import meters
from meadow.core.histogram import Histogram
from meadow.core.http import Handler
from meadow.core.readings import Reading

LEFT = 499  # nginx's word for a client that did not wait
UNMATCHED = "(none)"
OTHER = "(other)"
STREAM = "text/event-stream"


class RequestMeter:
    """One a process. Its labels are of closed sets: known methods, the routes' templates, statuses."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds = Histogram(meters.HTTP_SECONDS)
        self._running = 0

    @web.middleware
    async def count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The outermost middleware: `Guard.app(parts, around=[meter.count])`."""
        began_s, status, streams = time.monotonic(), LEFT, False
        self._running += 1
        try:
            response = await handler(request)
            status, streams = response.status, response.content_type == STREAM
            return response
        except web.HTTPException as answer:
            status = answer.status
            raise
        except Exception:
            status = 500
            raise
        finally:
            self._running -= 1
            self._note(request, status, None if streams else time.monotonic() - began_s)

    def readings(self) -> Iterator[Reading]:
        """For the metrics."""
        yield Reading(meters.HTTP_RUNNING, self._running)
        for (method, route, status), count in self._requests.items():
            yield Reading(meters.HTTP_REQUESTS, count, (method, route, str(status)))
        yield from self._seconds.readings()

    def _note(self, request: web.Request, status: int, took_s: float | None) -> None:
        route = _route(request)
        self._requests[request.method if request.method in hdrs.METH_ALL else OTHER, route, status] += 1
        if took_s is not None:
            self._seconds.note(took_s, (route,))


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED
