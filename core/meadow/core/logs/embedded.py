"""A log in one SQLite file, for a Meadow that is one process and needs no server; every promise of `log.py` on one disk.

Cost, measured on 2 shared cores: about 2 µs of CPU an event appended in blocks of 125. Blocks are kept as they are: zlib
at level 1 makes them a fifth, but costs more CPU than writing the bytes, and again at each reading.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from meadow.core.appends import Appends
from meadow.core.blocks import Block
from meadow.core.errors import BadSettings, Conflict, LogUnavailable
from meadow.core.log import BlockRefused, Owner, Positions, Tailed
from meadow.core.logs.embedded_append import Appender
from meadow.core.logs.embedded_file import BlockFile, Page
from meadow.core.logs.embedded_follower import EmbeddedFollower
from meadow.core.logs.embedded_thread import Bell, FileThread, within
from meadow.core.logs.retention import Retention

TAIL_ROWS = 10_000
TAIL_BYTES = 4 * 1024 * 1024
TAIL_IDLE_S = 1.0


@dataclass(frozen=True, slots=True)
class EmbeddedLogSettings:
    """partitions     1 to 1024; fixed when the folder's log is made.
    bytes_max        kept of committed blocks; the file takes at most this or full_bytes, whichever is more, and ~100 MB.
    age_max_s        committed blocks older than this are deleted.
    full_bytes       not committed by the slowest group; from there on appends wait.
    block_bytes_max  a larger block is refused.
    groups           readers known from the start: nothing they have not committed is deleted, even before they come.
                     Another group is known only while it follows; returning late, it may find the oldest gone.
    """

    partitions: int = 4
    bytes_max: int = 2 * 1024**3
    age_max_s: float = 3 * 86_400.0
    full_bytes: int = 1024**3
    block_bytes_max: int = 64 * 1024**2
    groups: tuple[str, ...] = ("writer",)

    def __post_init__(self) -> None:
        if not 1 <= self.partitions <= 1024:
            raise BadSettings(f"The log cannot have {self.partitions} partitions; 1 to 1024 are accepted.")
        for name in ("bytes_max", "age_max_s", "full_bytes", "block_bytes_max"):
            if getattr(self, name) <= 0:
                raise BadSettings(f"The log's {name} is {getattr(self, name)}; it must be above 0.")


class EmbeddedLog:
    """Made by `open`. One process at a time owns the folder."""

    def __init__(
        self, settings: EmbeddedLogSettings, thread: FileThread, file: BlockFile, now_s: Callable[[], float]
    ) -> None:
        self._settings, self._thread, self._file, self._now_s = settings, thread, file, now_s
        self.appends = Appends()
        self._appended = Bell()
        self._following: set[str] = set()
        self._retention = Retention(
            thread=thread, file=file, bytes_max=settings.bytes_max, age_max_s=settings.age_max_s, now_s=now_s
        )
        self._appender = Appender(thread, file, settings.full_bytes, file.unread_bytes, self._on_appended)
        self._retaining = asyncio.create_task(self._retention.run(), name="log retention")

    @classmethod
    async def open(
        cls, folder: Path, settings: EmbeddedLogSettings | None = None, *, now_s: Callable[[], float] = time.time
    ) -> EmbeddedLog:
        """Makes the folder (0700) and the file (0600) when there are none.

        Raises BadSettings: in use by another process, other partitions, no log of Meadow; LogUnavailable: damaged, disk full.
        """
        settings = settings or EmbeddedLogSettings()
        thread = FileThread()
        opened: list[BlockFile] = []
        try:
            await thread.run(lambda: opened.append(BlockFile(folder, settings.partitions, settings.groups, now_s)))
        except BaseException:  # cancelled, the thread may have opened it all the same
            await thread.close(lambda: _close(opened))
            raise
        return cls(settings, thread, opened[0], now_s)

    @property
    def partitions(self) -> int:
        return self._settings.partitions

    async def append(self, blocks: Sequence[Block]) -> None:
        """All of them in one transaction, on disk when it returns."""
        with self.appends.counted(blocks):
            for block in blocks:
                self._check(block)
            if blocks:
                await self._appender.append(blocks)

    async def follow(self, group: str, owner: Owner) -> EmbeddedFollower:
        """Raises Conflict while another follower of the group is open."""
        if group in self._following:
            raise Conflict(f"The group {group} is followed already.")
        self._following.add(group)
        try:
            await self._thread.run(partial(self._file.join, group))
        except BaseException:
            await self._leave(group)
            raise
        return EmbeddedFollower(
            group=group,
            owner=owner,
            thread=self._thread,
            file=self._file,
            appended=self._appended,
            on_commit=self._on_freed,
            on_close=partial(self._leave, group),
            now_s=self._now_s,
        )

    async def tail(self, after: Positions | None = None) -> AsyncGenerator[Tailed, None]:
        """Pages of about 4 MiB, read when asked for: a slow reader holds no memory, but may miss what is deleted."""
        positions: Positions
        positions, missed = self._start(after or {})
        yield Tailed((), positions, missed)
        while not self._thread.closed:
            rung = self._appended.next()
            if self._file.behind(positions):
                page = await self._page(positions)
                positions = page.positions
                yield Tailed(page.records, positions, page.missed)
            elif not await within(rung, TAIL_IDLE_S):
                yield Tailed((), positions)

    async def ends(self) -> Positions:
        return {p: extent.end.offset for p, extent in self._file.extents.items()}

    async def retain(self) -> None:
        """Deletes now what the settings allow to; it happens by itself as well."""
        await self._retention.delete()

    async def close(self) -> None:
        """Finishes the append under way. Whoever waits in append or take gets LogUnavailable; tails end."""
        self._retaining.cancel()
        await asyncio.gather(self._retaining, return_exceptions=True)
        await self._appender.close()
        await self._thread.close(self._file.close)
        self._appended.ring()

    async def _page(self, positions: Positions) -> Page:
        read = partial(self._file.read, positions, rows_max=TAIL_ROWS, bytes_max=TAIL_BYTES)
        try:
            return await self._thread.run(read)
        except LogUnavailable:
            if self._thread.closed:
                return Page((), positions, missed=False)
            raise

    def _check(self, block: Block) -> None:
        if not 0 <= block.partition < self.partitions:
            raise ValueError(f"partition {block.partition} of {self.partitions}")
        if len(block.rows) > self._settings.block_bytes_max:
            raise BlockRefused(
                f"a block of {len(block.rows)} bytes; at most {self._settings.block_bytes_max} are accepted"
            )

    def _start(self, after: Positions) -> tuple[dict[int, int], bool]:
        """Where a tail begins, and whether `after` names places that are not of this log."""
        positions = {
            p: max(min(after.get(p, e.end.offset), e.end.offset), e.oldest.offset)
            for p, e in self._file.extents.items()
        }
        return positions, any(positions.get(p) != offset for p, offset in after.items())

    def _on_appended(self) -> None:
        self._appended.ring()
        self._retention.look()

    def _on_freed(self) -> None:
        self._appender.freed.ring()
        self._retention.look()

    async def _leave(self, group: str) -> None:
        try:
            if group not in self._settings.groups:
                with suppress(LogUnavailable):  # closed: all have left
                    await self._thread.run(partial(self._file.leave, group))
                self._on_freed()
        finally:
            self._following.discard(group)


def _close(files: Sequence[BlockFile]) -> None:
    for file in files:
        file.close()
