"""Bounds the bytes that are on their way to Kafka: whoever would go over waits for its turn."""

from __future__ import annotations

import asyncio

from meadow.core.errors import LogUnavailable
from meadow.core.logs.embedded_thread import CLOSED, Bell


class ByteBudget:
    """First come, first served; one that is larger than all of it goes when nothing else is on its way."""

    def __init__(self, bytes_max: int) -> None:
        self.used = 0
        self._bytes_max = bytes_max
        self._turn = asyncio.Lock()
        self._freed = Bell()
        self._closed = False

    async def take(self, size: int) -> None:
        """Waits until there is room. Raises LogUnavailable once closed."""
        async with self._turn:
            while not self._closed:
                freed = self._freed.next()
                if not self.used or self.used + size <= self._bytes_max:
                    self.used += size
                    return
                await freed.wait()
        raise LogUnavailable(CLOSED)

    def give(self, size: int) -> None:
        """Returns what `take` took."""
        self.used -= size
        self._freed.ring()

    def close(self) -> None:
        """Wakes all who wait."""
        self._closed = True
        self._freed.ring()
