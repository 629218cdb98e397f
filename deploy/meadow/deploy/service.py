"""What runs: services started in order, stopped in reverse; when one ends, all end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Protocol

log = logging.getLogger(__name__)


class Service(Protocol):
    """start returns when ready; run ends only by cancellation or failure; stop takes no more, finishes, gives up by its own
    bound, and may be called after a failed start."""

    name: str

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


async def run_all(services: Sequence[Service], stopped: asyncio.Event, *, stop_within_s: float = 2.0) -> None:
    """Runs until `stopped` is set or a service ends. Raises the first failure after all others have stopped."""
    async with AsyncExitStack() as stack:
        for service in services:
            stack.push_async_callback(_stop, service, stop_within_s)
            await service.start()
        tasks = [asyncio.create_task(service.run(), name=service.name) for service in services]
        asked = asyncio.create_task(stopped.wait(), name="stopped")
        try:
            await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            failures = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            await _cancel([asked, *tasks])
        for failure in failures:
            if failure is not None:
                raise failure


async def _stop(service: Service, within_s: float) -> None:
    try:
        await asyncio.wait_for(service.stop(), within_s)
    except TimeoutError:
        log.warning("%s did not stop within %.1f s and was abandoned", service.name, within_s)


async def _cancel(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
