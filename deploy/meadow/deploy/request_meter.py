"""Counts HTTP requests by route, status and time: around everything else, so that refusals are counted, too."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from aiohttp import hdrs, web

from meadow.core import meters
from meadow.core.http import Handler
from meadow.core.readings import Reading

LEFT = 499  # nginx's word for a client that did not wait
UNMATCHED = "(none)"
OTHER = "(other)"
STREAM = "text/event-stream"
BUCKETS = meters.HTTP_SECONDS.buckets


class RequestMeter:
    """One a process. Its labels are of closed sets: known methods, the routes' templates, statuses."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        # Both by route; within: how many ended within each bucket alone, the last one is +Inf.
        self._within: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: defaultdict[str, float] = defaultdict(float)
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
        for route, within in self._within.items():
            yield from _histogram(route, within, self._seconds[route])

    def _note(self, request: web.Request, status: int, took_s: float | None) -> None:
        route = _route(request)
        self._requests[request.method if request.method in hdrs.METH_ALL else OTHER, route, status] += 1
        if took_s is not None:
            self._within[route][bisect_left(BUCKETS, took_s)] += 1
            self._seconds[route] += took_s


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED


def _histogram(route: str, within: list[int], seconds: float) -> Iterator[Reading]:
    total = 0
    for bound, count in zip((*map(str, BUCKETS), "+Inf"), within, strict=True):
        total += count
        yield Reading(meters.HTTP_SECONDS, total, (route,), "_bucket", bound)
    yield Reading(meters.HTTP_SECONDS, total, (route,), "_count")
    yield Reading(meters.HTTP_SECONDS, seconds, (route,), "_sum")
