"""A node's seat in the group, for the life of one consumer: taken, and given up within a bound with nothing left open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

log = logging.getLogger(__name__)

ABANDON_S = 1.0
TASKS = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task")  # aiokafka 0.14 has no other way to end them


class Seat:
    """consumer: not started yet, and nobody else's."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self.consumer = consumer
        self._taking: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._abandoning: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Returns when the group has given its list. Raises KafkaError. Cancelled, it goes on until `give_up`: aiokafka 0.14
        leaves its first connection open when it is cancelled before the answer."""
        self._taking = asyncio.create_task(self.consumer.start(), name="joining the ingest nodes")
        await asyncio.shield(self._taking)

    async def give_up(self, within_s: float) -> bool:
        """Whether the group was told in time; it notices anyway, after the session. Never raises; cancelled, call it again."""
        if self._taking is not None and not self._taking.done():
            await asyncio.wait([self._taking], timeout=within_s)
            await _ended(self._taking)
        if self._stopping is None:
            self._stopping = asyncio.create_task(self.consumer.stop(), name="leaving the ingest nodes")
        stopping = self._stopping
        await asyncio.wait([stopping], timeout=within_s)
        if self._abandoning is None and not stopping.done():
            log.warning("the group of ingest nodes could not be left within %.1f s", within_s)
            # apart: where aiokafka 0.14 closes, it takes a cancelling of its caller for that of its own tasks, and forgets it
            self._abandoning = asyncio.create_task(self._abandon(stopping), name="abandoning the ingest nodes")
        if self._abandoning is not None:
            await asyncio.wait([self._abandoning])
            return False
        return not stopping.cancelled() and stopping.exception() is None

    async def _abandon(self, stopping: asyncio.Task[None]) -> None:
        coordinator = self.consumer._coordinator
        tasks = [task for name in TASKS if isinstance(task := getattr(coordinator, name, None), asyncio.Task)]
        await _ended(stopping, *tasks)
        if self.consumer._fetcher is not None:
            await _within(self.consumer._fetcher.close())
        await _within(self.consumer._client.close())


async def _ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    done, _ = await asyncio.wait(tasks, timeout=ABANDON_S)
    for task in done:
        task.cancelled() or task.exception()  # looked at, so that it is not called forgotten


async def _within(closing: Awaitable[None]) -> None:
    with suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(ABANDON_S):
            await closing
