"""A collector on a real log, fed by a script in the broker's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from meadow.core.blocks import Block, Table
from meadow.core.connections import Connection
from meadow.core.errors import LogUnavailable
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.scope import Cluster, Tenant
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.source import Batch, Gap, Message, SourceState
from tests.servers.deadlines import until

CLUSTER = Cluster(Tenant(7, "acme"), 9, "main", Connection("amqp://u:secret@h/v"))
SOON = CollectorSettings(report_every_s=3600, gather_s=0.01, retry_after_max_s=0.05)


@dataclass
class Script:
    """The broker's side: gives the batches it was told, and remembers what it was asked."""

    queue: asyncio.Queue[Batch | None] = field(default_factory=asyncio.Queue)
    given: int = 0
    acknowledged: list[int] = field(default_factory=list)
    asked: list[Sequence[str] | None] = field(default_factory=list)
    state: SourceState = field(default_factory=lambda: SourceState(connected=True, since=1.0))
    closed: bool = False

    def tell(self, *messages: Message, gaps: Sequence[Gap] = ()) -> int:
        """One batch; its token."""
        token = self.given + self.queue.qsize() + 1
        self.queue.put_nowait(Batch(messages, gaps, token))
        return token

    async def batches(self) -> AsyncIterator[Batch]:
        while (batch := await self.queue.get()) is not None:
            self.given += 1
            yield batch

    async def done(self, token: int) -> None:
        self.acknowledged.append(token)

    async def enable_events(self, hostnames: Sequence[str] | None) -> None:
        self.asked.append(hostnames)

    def reconnect(self) -> None:
        self.state = replace(self.state, since=self.state.since + 1)

    async def close(self) -> None:
        self.closed = True
        self.queue.put_nowait(None)


class Gate:
    """Stands before a real log: shut, appends wait; broken, they fail so many times."""

    def __init__(self, log: Log) -> None:
        self.log, self.open, self.failures, self.tried = log, asyncio.Event(), 0, 0
        self.open.set()

    @property
    def partitions(self) -> int:
        return self.log.partitions

    async def append(self, blocks: Sequence[Block]) -> None:
        self.tried += 1
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise LogUnavailable("The log is away.")
        await self.log.append(blocks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


@asynccontextmanager
async def collecting(
    source: Script, log: Any, settings: CollectorSettings = SOON, cluster: Cluster = CLUSTER
) -> AsyncIterator[Collector]:
    """A collector that runs, and stops in the end."""
    collector = Collector(cluster, source, log, settings, "node-1")
    await collector.start()
    running = asyncio.create_task(collector.run())
    try:
        yield collector
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await collector.stop()


async def acknowledged(source: Script, token: int) -> None:
    await until(lambda: token in source.acknowledged, f"batch {token} is acknowledged")


async def rows(log: EmbeddedLog, table: Table) -> list[dict[str, Any]]:
    """Every row of one table on the log, in the log's order by partition."""
    ends = await log.ends()
    found: dict[int, list[bytes]] = {partition: [] for partition in range(log.partitions)}
    positions = dict.fromkeys(range(log.partitions), 0)
    async with aclosing(log.tail(positions)) as tail:
        async for seen in tail:
            for record in seen.records:
                if record.block.table is table:
                    found[record.partition] += record.block.rows.splitlines()
            if all(seen.positions.get(partition, 0) >= end for partition, end in ends.items()):
                break
    return [orjson.loads(line) for lines in found.values() for line in lines]


async def events(log: EmbeddedLog, kind: str = "") -> list[dict[str, Any]]:
    """Events of one type, or all that are not a collector's report."""
    return [
        row
        for row in await rows(log, Table.EVENTS)
        if (row["type"] == kind if kind else row["type"] != "meadow-collector")
    ]
