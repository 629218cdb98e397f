"""A real log, a real store and a real writer in one folder, for the time of a test."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.store import Limits, Store
from meadow.core.stores.chdb import ChdbStore
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.histories import VISIBLE, Event, Histories, history, reference
from tests.servers.chdb import migrated
from tests.servers.deadlines import until

NOW = float(int(time.time()) // 60 * 60)  # the store forgets what is 30 days old
SOON = WriterSettings(show_every_s=0.05, keep_every_s=0.2, retry_after_max_s=0.2)
MANY = Limits(deadline_s=60, rows_answered_max=10**7)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[EmbeddedLog, ChdbStore]]:
    """A log and a migrated store."""
    log = await EmbeddedLog.open(folder / "log", EmbeddedLogSettings(partitions=2))
    try:
        async with migrated(folder / "store") as store:
            yield log, store
    finally:
        await log.close()


@asynccontextmanager
async def writing(log: Log, store: Store, settings: WriterSettings = SOON) -> AsyncIterator[Writer]:
    """A writer that runs, and stops in the end."""
    writer = Writer(log, store, settings)
    await writer.start()
    running = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await writer.stop()


async def caught_up(writer: Writer) -> None:
    """Until everything on the log is committed."""

    async def done() -> bool:
        assert writer.counts["faults"] == 0
        follower = writer._follower
        return follower is not None and (await follower.lag()).records == 0

    await until(done, "the writer has committed all of the log", within_s=60)


def blocks(events: Iterable[Event], rows_max: int = 40, partitions: int = 2) -> list[Block]:
    """Events of several tenants and clusters, in their order, as blocks of at most rows_max."""
    out: list[Block] = []
    batch: list[Event] = []
    for event in events:
        if batch and (scope(event) != scope(batch[0]) or len(batch) == rows_max):
            out += blocks_of(Table.EVENTS, *scope(batch[0]), batch, partitions)
            batch = []
        batch.append(event)
    return out + (blocks_of(Table.EVENTS, *scope(batch[0]), batch, partitions) if batch else [])


def said(kind: str, task: str, at: float = NOW, **fields: Any) -> Event:
    """One event of a task of tenant 1, cluster 1."""
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": task, "type": kind, "hostname": "w1", "pid": 1, "clock": 1}
    return {**head, "at": at, "received_at": at, **fields}


def scope(event: Event) -> tuple[int, int]:
    return event["tenant_id"], event["cluster_id"]


def shuffled(r: random.Random, histories: Histories) -> list[Event]:
    """All events, some of them twice, in an order that is not theirs."""
    stream = [event for events in histories.values() for event in events]
    stream += r.choices(stream, k=len(stream) // 3)
    spread = r.choice([0.0, 5.0, 1e9])
    ordered = sorted(stream, key=lambda event: event["clock"] + r.uniform(0, spread))
    return [{**event, "received_at": event["at"] + r.random()} for event in ordered]


def field_of_tasks(r: random.Random, tasks: int) -> Histories:
    """Random histories; every fifth id is used by a second cluster and by a second tenant too."""
    scopes = {0: [(1, 1), (1, 2), (2, 1)]}
    names = [(*scope, f"task-{n}") for n in range(tasks) for scope in scopes.get(n % 5, [(1, 1)])]
    return {name: history(r, name[2], *name[:2], int(NOW) * 1_000_000) for name in names}


async def live_rows(store: Store) -> list[dict[str, Any]]:
    """Rows of `tasks` as readers take them, with the fold's visible columns; times in epoch seconds."""
    seconds = {"anchor", "started_at", "eta", "expires"}
    chosen = [f"toUnixTimestamp64Milli(t.{c}) / 1000 AS {c}" if c in seconds else f"t.{c} AS {c}" for c in VISIBLE]
    sql = f"SELECT {', '.join(chosen)} FROM tasks AS t FINAL WHERE is_deleted = 0"  # noqa: S608 # the fold's own names
    answer = await store.ask(sql, {}, MANY)
    return answer.dicts()


async def check_tasks(store: Store, histories: Histories) -> None:
    """One live row a task, and each what a plain fold of its events comes to."""
    rows = await live_rows(store)
    got = {(row["tenant_id"], row["cluster_id"], row["task_id"]): row for row in rows}
    assert len(rows) == len(got)
    assert got == {name: reference(events) for name, events in histories.items()}
