"""What the cases of a stream are written with: a place that keeps one, and a counter that is compared and set."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from meadow.core.stream import Stale, Stream
from meadow.deploy.service import Service


class Streams(Protocol):
    """One place that keeps a stream, fresh for each test."""

    @property
    def address(self) -> Sequence[str]:
        """Arguments for another process, see stream_child."""

    async def open(self) -> Stream:
        """Not started. The fixture stops what a test leaves open."""

    async def started(self) -> Stream:
        """Started, and running until it is stopped."""


class Kept:
    """What a fixture opened, with the tasks that run it; `close` stops it all, and fails when one had ended by itself."""

    def __init__(self) -> None:
        self._kept: list[Service] = []
        self._running: list[asyncio.Task[None]] = []

    def keep(self, service: Service) -> None:
        self._kept.append(service)

    async def run(self, service: Service) -> None:
        """Started when it returns."""
        await service.start()
        self._running.append(asyncio.create_task(service.run()))

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        ends = await asyncio.gather(*self._running, return_exceptions=True)
        for service in self._kept:
            await service.stop()
        assert [end for end in ends if isinstance(end, Exception)] == []


def values(stream: Stream) -> dict[str, bytes]:
    return {key: entry.value for key, entry in stream.entries.items()}


async def increment(stream: Stream, times: int) -> None:
    """Adds 1 to `n`, each time until it was taken."""
    for _ in range(times):
        while not await _incremented(stream):
            pass


async def _incremented(stream: Stream) -> bool:
    entry = stream.entries.get("n")
    number, version = (int(entry.value), entry.version) if entry else (0, 0)
    try:
        await stream.put("n", str(number + 1).encode(), version)
    except Stale:
        return False
    return True
