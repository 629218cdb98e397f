"""One process of an HTTP service: its parts behind the guard, and its services running as long as the application does."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from meadow.core.guard import Guard
from meadow.core.http import AccessLog, Routes
from meadow.deploy.metering import Metering
from meadow.deploy.service import Service, run_all

log = logging.getLogger(__name__)

FINISH_WITHIN_S = 10.0  # requests that run when the process is told to end
STOP_WITHIN_S = 5.0  # of each service
KEEP_ALIVE_S = 75.0  # longer than a balancer keeps its own connections, so that it never uses one that just ended


@dataclass(frozen=True, slots=True)
class Hosted:
    """What a process of an HTTP service is made of.

    parts        routes, in the order they are matched.
    services     started in order with the application, stopped in reverse once its requests are done.
    end_streams  ends those that are open, which nobody waits for; called before the other requests are waited for.
    """

    guard: Guard
    metering: Metering
    parts: Sequence[Routes]
    services: Sequence[Service]
    end_streams: Callable[[], Awaitable[None]] | None = None


def runner(hosted: Hosted) -> web.AppRunner:
    """As aiohttp's worker for gunicorn takes it; that stops it by `cleanup`, and so does whoever else serves it."""
    metering = hosted.metering
    app = hosted.guard.app((metering.part, *hosted.parts), around=[metering.requests.count])
    services = (*metering.services, *hosted.services)

    async def running(_: web.Application) -> AsyncIterator[None]:
        stopped = asyncio.Event()
        task = asyncio.create_task(run_all(services, stopped, stop_within_s=STOP_WITHIN_S))
        task.add_done_callback(lambda ended: _on_end(ended, stopped))
        yield
        stopped.set()
        await asyncio.wait([task])

    async def end_streams(_: web.Application) -> None:
        if hosted.end_streams is not None:
            await hosted.end_streams()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(end_streams)
    return web.AppRunner(
        app,
        handler_cancellation=True,
        access_log_class=AccessLog,
        keepalive_timeout=KEEP_ALIVE_S,
        shutdown_timeout=FINISH_WITHIN_S,
    )


def _on_end(task: asyncio.Task[None], stopped: asyncio.Event) -> None:
    """A service that ends by itself ends its process; gunicorn starts another one."""
    failure = task.exception() if not task.cancelled() else None
    if failure is not None:
        log.error("a service failed", exc_info=failure)
    if not stopped.is_set():
        os.kill(os.getpid(), signal.SIGTERM)
