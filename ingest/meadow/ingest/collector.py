"""One cluster's way to the log: source, decode, stages, append, and only then the acknowledgement.

This file is one of two that could lose an event (the other is the writer). Why it does not:

1. `source.done` is called only after `append` returned, which is when the log holds every row of the batch, or a dead letter
   in its place. Killed at any earlier point, the broker delivers the batch again; identities are made of what the sender
   said, so readers see each event once.
2. While the log is away or full, append waits, and nothing more is asked of the source: what cannot be kept here stays in
   the broker's queue, which is bounded there and drops oldest first.
3. What cannot be decoded is appended as a dead letter with its reason. A message that makes this code itself fail is set
   apart by trying each one alone, and becomes a dead letter too: it cannot stop the others, nor come back for ever.
4. What is left out on purpose is counted by its reason, and the counts go to the log.
5. What the source may have lost while nobody listened (Redis keeps nothing) is a `meadow-gap` event.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from meadow.core import log_context
from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.errors import LogUnavailable
from meadow.core.events import EventRow
from meadow.core.log import Log
from meadow.core.scope import Cluster
from meadow.ingest.appending import Appending
from meadow.ingest.counts import Counts, DeadReason
from meadow.ingest.enabling import Enabling
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.messages.decode_worker import ONLINE
from meadow.ingest.messages.decoded import DeadLetter, Decoded
from meadow.ingest.own_events import OwnEvents
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.source import Batch, Message, Source, SourceState

log = logging.getLogger(__name__)

CHUNK_MESSAGES = 500  # about 5 ms without a turn for others
CHUNK_BYTES = 512 * 1024
ROWS_HELD_MAX = 20_000  # of one batch, before what is ready is appended
LAST_REPORT_WITHIN_S = 0.5
NEWS_WITHIN_S = 0.25


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """report_every_s     seconds between two `meadow-collector` events, unless the broker came or went.
    gather_s           workers that come online within this time are asked for events together.
    retry_after_max_s  the longest pause between two attempts to append.
    """

    pipeline: PipelineSettings = field(default_factory=PipelineSettings)
    report_every_s: float = 5.0
    gather_s: float = 0.5
    retry_after_max_s: float = 5.0


class Collector:
    """A Service: runs until cancelled, or until its source is closed. Owns the source, and closes it; not the log."""

    def __init__(
        self,
        cluster: Cluster,
        source: Source,
        log: Log,
        settings: CollectorSettings,
        node: str,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.name = f"collector {cluster.tenant.slug}/{cluster.slug}"
        self.cluster = cluster
        self._source, self._log, self._settings = source, log, settings
        self._counts = Counts()
        self._decode = Decoder(cluster.tenant.id, cluster.id)
        self._stages = stages(settings.pipeline, self._counts, time.monotonic)
        self._append = Appending(log, self._counts, now_s, settings.retry_after_max_s)
        self._own = OwnEvents(cluster, node, now_s)
        self._enabling = Enabling(source, settings.gather_s)
        self._ran = False

    @property
    def counts(self) -> Counts:
        """Totals since this collector was made."""
        return self._counts

    @property
    def source_state(self) -> SourceState:
        """Whether the broker is there, and what to mend if not."""
        return self._source.state

    async def start(self) -> None:
        """Ready at once: a broker that is away is waited for while running, and told in `source_state`."""

    async def run(self) -> None:
        """Collects, reports, and asks workers for events."""
        self._ran = True
        log_context.TENANT.set(self.cluster.tenant.slug)
        log_context.CLUSTER.set(self.cluster.slug)
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(self._report_for_ever())]
            if self.cluster.connection.enable_events:
                beside.append(group.create_task(self._enabling.run()))
            await self._collect()
            for task in beside:
                task.cancel()

    async def stop(self) -> None:
        """Closes the source and leaves a last report. A batch that was not appended whole is the broker's again."""
        await self._source.close()
        if self._ran:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_REPORT_WITHIN_S):
                    await self._report()

    async def _collect(self) -> None:
        async for batch in self._source.batches():
            await self._keep(batch)
            await self._source.done(batch.token)

    async def _keep(self, batch: Batch) -> None:
        """Returns when the whole batch is on the log."""
        self._counts.gaps += len(batch.gaps)
        held = Decoded(events=[self._own.gap(gap) for gap in batch.gaps])
        for messages in _chunks(batch.messages):
            held.add(self._ready(messages))
            if len(held.events) + len(held.workers) + len(held.dead) >= ROWS_HELD_MAX:
                await self._append(self._blocks(held))
                held = Decoded()
            await asyncio.sleep(0)
        await self._append(self._blocks(held))

    def _ready(self, messages: Sequence[Message]) -> Decoded:
        """Rows for the log, counted."""
        ready = self._staged(messages)
        self._counts.received += ready.received
        self._counts.dead.update(letter.reason for letter in ready.dead)
        self._enabling.saw(row["hostname"] for row in ready.workers if row["type"] == ONLINE)
        return ready

    def _staged(self, messages: Sequence[Message]) -> Decoded:
        try:
            return through(self._stages, self._decode(messages))
        except Exception as error:  # noqa: BLE001 # one message must not stop a cluster; it is counted and kept apart below
            log.error("%s: %s while reading %d messages", self.name, type(error).__name__, len(messages))
            if len(messages) == 1:
                return _unread(messages[0])
        apart = Decoded()
        for message in messages:
            apart.add(self._staged([message]))
        return apart

    def _blocks(self, rows: Decoded) -> list[Block]:
        tenant, cluster, partitions = self.cluster.tenant.id, self.cluster.id, self._log.partitions
        dead = [letter.row(tenant, cluster) for letter in rows.dead]
        return [
            *blocks_of(Table.EVENTS, tenant, cluster, rows.events, partitions),
            *blocks_of(Table.WORKERS, tenant, cluster, rows.workers, partitions),
            *blocks_of(Table.DEAD_LETTERS, tenant, cluster, dead, partitions),
        ]

    async def _report_for_ever(self) -> None:
        while True:
            await self._report()
            await self._until_due()

    async def _until_due(self) -> None:
        """The period; less when the broker came or went, which is news."""
        said = self._source.state.connected
        due_s = time.monotonic() + self._settings.report_every_s
        while time.monotonic() < due_s and self._source.state.connected == said:  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(min(NEWS_WITHIN_S, self._settings.report_every_s))

    async def _report(self) -> None:
        """Totals, so one that the log did not take is made good by the next."""
        row: EventRow = self._own.report(self._counts, self._source.state)
        with contextlib.suppress(LogUnavailable):
            await self._log.append(self._blocks(Decoded(events=[row])))


def _chunks(messages: Sequence[Message]) -> Iterator[list[Message]]:
    chunk: list[Message] = []
    size = 0
    for message in messages:
        chunk.append(message)
        size += len(message.body)
        if len(chunk) >= CHUNK_MESSAGES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _unread(message: Message) -> Decoded:
    """The body is left out: redaction may be what failed."""
    letter = DeadLetter(
        DeadReason.MALFORMED, "Meadow failed to read this message; please report it.", message, message.body
    )
    letter.body = b""
    return Decoded(dead=[letter], received=1)
