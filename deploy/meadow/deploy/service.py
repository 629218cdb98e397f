"""What runs: services started in order, stopped in reverse; when one ends, all end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Protocol, TypeVar

from meadow.core.errors import MeadowError

log = logging.getLogger(__name__)
AGAIN_FIRST_S, AGAIN_MAX_S = 0.2, 5.0
T = TypeVar("T")


class Service(Protocol):
    """start returns when ready; run ends only by cancellation or failure; stop takes no more, finishes, gives up by its own
    bound, and may be called after a failed start."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


async def run_all(services: Sequence[Service], stopped: asyncio.Event, *, stop_within_s: float = 2.0) -> None:
    """Runs until `stopped` is set or a service ends. Raises the first failure after all others have stopped."""
    async with AsyncExitStack() as stack:
        for service in services:
            stack.push_async_callback(_stop, service, stop_within_s)
            await service.start()
        await _until_one_ends(services, stopped)


async def _until_one_ends(services: Sequence[Service], stopped: asyncio.Event) -> None:
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


async def once_it_can(attempt: Callable[[], Awaitable[T]], told: Callable[[str], None]) -> T:
    """What `attempt` gives, tried again for as long as it raises MeadowError. told: hears its words each time."""
    wait_s = AGAIN_FIRST_S
    while True:
        try:
            return await attempt()
        except MeadowError as error:
            told(str(error))
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, AGAIN_MAX_S)


class Patient:
    """Services that cannot be made or started before something outside is there: tried again until they can, then run.

    make     called once `run` runs; may wait. The services start in their order, and stop in reverse.
    problem  what is in the way; "" once all have started.
    """

    def __init__(self, name: str, make: Callable[[], Awaitable[Sequence[Service]]]) -> None:
        self.name = name
        self.problem = f"The {name} has not begun."
        self._make = make
        self._started: list[Service] = []

    async def start(self) -> None:
        """Ready at once."""

    async def run(self) -> None:
        """Until cancelled, or until one of them ends."""
        services = await self._make()
        for service in services:
            self._started.append(service)
            await once_it_can(service.start, partial(self._say, service.name))
        self.problem = ""
        await _until_one_ends(services, asyncio.Event())

    async def stop(self) -> None:
        """Within the sum of their bounds."""
        for service in reversed(self._started):
            await service.stop()

    def _say(self, name: str, problem: str) -> None:
        if problem != self.problem:
            log.warning("%s cannot start yet: %s", name, problem)
        self.problem = problem


async def _stop(service: Service, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await service.stop()
    except TimeoutError:
        log.warning("%s did not stop within %.1f s and was abandoned", service.name, within_s)


async def _cancel(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
