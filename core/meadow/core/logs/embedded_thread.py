"""The one thread that touches the embedded log's file, and the bell that wakes those who wait for a change in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from meadow.core.errors import LogUnavailable

T = TypeVar("T")
CLOSED = "The log is closed."


class FileThread:
    """Calls run one at a time, in the order they were asked for. A call whose caller was cancelled still runs to its end."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, thread_name_prefix="meadow-log")

    @property
    def closed(self) -> bool:
        """Whether calls are refused."""
        return self._executor is None

    async def run(self, call: Callable[[], T]) -> T:
        """Raises what the call raises, or LogUnavailable once the log is closed."""
        if self._executor is None:
            raise LogUnavailable(CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def close(self, last: Callable[[], None]) -> None:
        """Refuses further calls, runs those asked for and then `last`; again is harmless."""
        executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(executor, last))
            executor.shutdown()


class Bell:
    """Wakes all who wait. Take `next()`, then look, then wait for it: what changes meanwhile is not missed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wakes everyone who took `next()` before."""
        self._event.set()
        self._event = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Set by the ring that comes next."""
        return self._event


async def within(event: asyncio.Event, wait_s: float) -> bool:
    """Waits until it is set, at most wait_s; whether it was."""
    try:
        async with asyncio.timeout(wait_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
