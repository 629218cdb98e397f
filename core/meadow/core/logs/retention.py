"""Deletes the oldest blocks that every known group has committed, a slice at a time so that appends hardly wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from meadow.core.errors import LogUnavailable
from meadow.core.logs.embedded_file import BlockFile, Place
from meadow.core.logs.embedded_thread import Bell, FileThread, within

log = logging.getLogger(__name__)

SLICE_BLOCKS = 256
SLICE_BYTES = 16 * 1024 * 1024  # twice what one transaction appends, so deleting keeps up
SLACK_BYTES = 64 * 1024 * 1024  # deleted below the bound at once: not a transaction of deleting for each append
AGAIN_S = 5.0  # after a failure, however often it is asked to look
LOOK_EVERY_S = 60.0  # for blocks grown too old while nothing was appended


@dataclass(slots=True, kw_only=True)
class Retention:
    """bytes_max, age_max_s: a block goes once either is exceeded and every group has committed it.

    Freed pages of the file are used again; the file itself never shrinks.
    """

    thread: FileThread
    file: BlockFile
    bytes_max: int
    age_max_s: float
    now_s: Callable[[], float]
    _bell: Bell = field(default_factory=Bell)

    def look(self) -> None:
        """Cheap; for after each append and commit."""
        if self.file.kept_bytes() > self.bytes_max and self._deletable():
            self._bell.ring()

    async def run(self) -> None:
        """For ever; a failure is logged and tried again at the next look."""
        while True:
            rung = self._bell.next()
            try:
                await self.delete()
            except LogUnavailable as error:
                log.warning("Nothing could be deleted from the log: %s", error)
                await asyncio.sleep(AGAIN_S)
            except Exception:  # without this loop the log would grow until its disk is full
                log.exception("Nothing could be deleted from the log")
                await asyncio.sleep(AGAIN_S)
            await within(rung, LOOK_EVERY_S)

    async def delete(self) -> None:
        """All that may go now."""
        target = self.bytes_max
        if self.file.kept_bytes() > self.bytes_max:
            target -= min(SLACK_BYTES, self.bytes_max // 16)
        while await self.thread.run(partial(self._slice, target)):
            pass  # between two slices the thread does what was asked for meanwhile

    def _deletable(self) -> list[int]:
        return [p for p, extent in self.file.extents.items() if extent.oldest.offset < self.file.floor(p)]

    def _slice(self, target_bytes: int) -> bool:
        """In the thread of the file. Whether anything was deleted, so there may be more."""
        over_bytes, before_s = self.file.kept_bytes() - target_bytes, self.now_s() - self.age_max_s
        heads = {p: self.file.head(p, 0) for p in self._deletable()}
        oldest: dict[int, Place] = {}
        freed_bytes = 0
        for _ in range(SLICE_BLOCKS):
            found = [(head.appended_at, p, head.place) for p, head in heads.items() if head is not None]
            appended_at, partition, place = min(found, default=(before_s, 0, None))
            if place is None or freed_bytes >= SLICE_BYTES or (freed_bytes >= over_bytes and appended_at >= before_s):
                break
            following = self.file.head(partition, place.offset + 1)
            oldest[partition] = self.file.extents[partition].end if following is None else following.place
            freed_bytes += oldest[partition].bytes - place.bytes
            heads[partition] = following if oldest[partition].offset < self.file.floor(partition) else None
        if oldest:
            self.file.delete(oldest)
        return bool(oldest)
