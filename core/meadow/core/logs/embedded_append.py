"""Gathers the appends that wait at one moment into one transaction, so they share one sync of the disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from meadow.core.blocks import Block
from meadow.core.errors import LogUnavailable
from meadow.core.logs.embedded_file import BlockFile
from meadow.core.logs.embedded_thread import CLOSED, Bell, FileThread

TRANSACTION_BYTES = 8 * 1024 * 1024  # beyond it nothing is added: reads and commits wait for the transaction


@dataclass(frozen=True, slots=True)
class _Waiting:
    blocks: Sequence[Block]
    size: int
    done: asyncio.Future[None]


class Appender:
    """Appends in the order they were asked for.

    unread_bytes     what the slowest group has not committed.
    full_bytes       from there on appends wait until `freed` rings; one append may reach over it.
    on_appended      called after each transaction, also a failed one.
    """

    def __init__(
        self,
        thread: FileThread,
        file: BlockFile,
        full_bytes: int,
        unread_bytes: Callable[[], int],
        on_appended: Callable[[], None],
    ) -> None:
        self.freed = Bell()
        self._thread, self._file, self._full_bytes = thread, file, full_bytes
        self._unread_bytes, self._on_appended = unread_bytes, on_appended
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._closed = False
        self._task = asyncio.create_task(self._run(), name="log appender")

    async def append(self, blocks: Sequence[Block]) -> None:
        """Returns when they are on disk. Raises LogUnavailable."""
        await self._room()
        waiting = _Waiting(blocks, sum(len(b.rows) for b in blocks), asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._queued_bytes += waiting.size
        self._wake.set()
        await waiting.done

    async def close(self) -> None:
        """Finishes the transaction under way; those who still wait get LogUnavailable."""
        self._closed = True
        self._wake.set()
        self.freed.ring()
        await self._task

    async def _room(self) -> None:
        while not self._closed:
            freed = self.freed.next()
            if self._unread_bytes() + self._queued_bytes < self._full_bytes:
                return
            await freed.wait()
        raise LogUnavailable(CLOSED)

    async def _run(self) -> None:
        while not self._closed:
            await self._wake.wait()
            self._wake.clear()
            while not self._closed and (batch := self._gather()):
                await self._write(batch)
        for waiting in self._queue:
            _settle(waiting, LogUnavailable(CLOSED))

    def _gather(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        while self._queue and size < TRANSACTION_BYTES:
            waiting = self._queue.popleft()
            if waiting.done.cancelled():
                self._queued_bytes -= waiting.size
                continue
            batch.append(waiting)
            size += waiting.size
        return batch

    async def _write(self, batch: list[_Waiting]) -> None:
        blocks = [block for waiting in batch for block in waiting.blocks]
        failure = ""
        try:
            await self._thread.run(partial(self._file.append, blocks))
        except LogUnavailable as error:
            failure = str(error)
        except Exception as error:  # noqa: BLE001 — the callers are told; the loop must live, or every append hangs
            failure = f"The log could not append: {error!r}."
        self._queued_bytes -= sum(waiting.size for waiting in batch)
        for waiting in batch:
            _settle(waiting, LogUnavailable(failure) if failure else None)
        self._on_appended()
        self.freed.ring()


def _settle(waiting: _Waiting, failure: LogUnavailable | None) -> None:
    if waiting.done.done():  # its caller was cancelled
        return
    if failure is None:
        waiting.done.set_result(None)
    else:
        waiting.done.set_exception(failure)
