"""Appends blocks to the log until it has them: waits while it is away, and makes a dead letter of what it will never take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.errors import LogUnavailable
from meadow.core.log import BlockRefused, Log
from meadow.ingest.counts import Counts, DeadReason
from meadow.ingest.messages.decoded import DeadLetter
from meadow.ingest.source import Message

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.1
BODY_BYTES_KEPT = 16_384


@dataclass(slots=True)
class Appending:
    """Returns only when every block is on the log, or its row is there as a dead letter.

    Retry   for ever, ever more slowly up to retry_after_max_s. A block may be on the log twice then; readers stand that.
    Refuse  a block of many rows is tried row by row, so that one row too large costs only itself.
    Loses   a dead letter that the log refuses as well: counted, and said in this process's own log.
    """

    log: Log
    counts: Counts
    now_s: Callable[[], float]
    retry_after_max_s: float

    async def __call__(self, blocks: Sequence[Block]) -> None:
        try:
            await self._until_taken(blocks)
        except BlockRefused:
            for block in blocks:
                await self._each_row(block)

    async def _until_taken(self, blocks: Sequence[Block]) -> None:
        retry_after_s = FIRST_RETRY_S
        while blocks:
            try:
                return await self.log.append(blocks)
            except LogUnavailable as error:
                log.warning("the log takes nothing, trying again in %.1f s: %s", retry_after_s, error)
                await asyncio.sleep(retry_after_s)
                retry_after_s = min(retry_after_s * 2, self.retry_after_max_s)
        return None

    async def _each_row(self, block: Block) -> None:
        try:
            return await self._until_taken([block])
        except BlockRefused:
            if block.count == 1:
                return await self._bury(block)
        for line in block.rows.splitlines(keepends=True):  # JSON has no other line ends than these
            await self._each_row(replace(block, rows=line, count=1))
        return None

    async def _bury(self, block: Block) -> None:
        self.counts.dead[DeadReason.TOO_LARGE] += 1
        log.error("the log refused one row of %s with %d bytes", block.table, len(block.rows))
        if block.table is Table.DEAD_LETTERS:
            return
        message = Message(block.rows, "application/json", "utf-8", "", self.now_s())
        letter = DeadLetter(DeadReason.TOO_LARGE, f"The log refused this row of {block.table}.", message, block.rows)
        letter.body = letter.body[:BODY_BYTES_KEPT]
        row = letter.row(block.tenant_id, block.cluster_id)
        for buried in blocks_of(Table.DEAD_LETTERS, block.tenant_id, block.cluster_id, [row], self.log.partitions):
            await self._each_row(buried)
