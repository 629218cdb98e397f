"""Promise 2: a Redis cluster has two holders; what only one of them heard is not lost, and what both heard is seen once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from meadow.core.blocks import Table
from meadow.core.connections import Connection
from meadow.core.events import IDENTITY
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.scope import Cluster
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.sources.redis import RedisSource
from tests.ingest.collecting import rows
from tests.ingest.running import caught_up, writing
from tests.query.conftest import US, Api, api, embedded_log
from tests.query.test_live import watching
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.speaker import speaker

__all__ = ["api", "embedded_log"]  # fixtures

TASKS = 60
OFTEN = CollectorSettings(report_every_s=0.2)


@asynccontextmanager
async def holder(cluster: Cluster, log: Log, node: str) -> AsyncIterator[Collector]:
    """A collector of the cluster on a node, connected."""
    collector = Collector(cluster, RedisSource(cluster.connection), log, OFTEN, node)
    running = asyncio.create_task(collector.run())
    try:
        await until(lambda: collector.source_state.connected, f"{node} is connected")
        yield collector
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await collector.stop()


@pytest.mark.broker
async def test_what_either_holder_heard_is_there_and_what_both_heard_is_seen_once(
    redis_broker: Broker, embedded_log: EmbeddedLog, api: Api
) -> None:
    cluster = replace(US, connection=Connection(redis_broker.url))
    async with writing(embedded_log, api.store) as writer, watching(api, type="task-sent") as live:
        async with holder(cluster, embedded_log, "node-1"):
            async with holder(cluster, embedded_log, "node-2"):
                both = await said(redis_broker, embedded_log, holders=2)
            alone = await said(redis_broker, embedded_log, holders=1)
        async with holder(cluster, embedded_log, "node-2"):
            alone += await said(redis_broker, embedded_log, holders=1)
        await caught_up(writer)
        events = await live.events(3 * TASKS)
    assert Counter(event["task_id"] for event in events) == Counter([*both, *alone])
    assert await times_on_the_log(embedded_log) == {**dict.fromkeys(both, 8), **dict.fromkeys(alone, 4)}
    await check_readers(api, both, alone)


async def said(broker: Broker, log: EmbeddedLog, *, holders: int) -> list[str]:
    """Ids of tasks that were spoken for while so many listened; the log has what each of them heard."""
    with speaker(broker) as client:
        ids = await asyncio.to_thread(client.tasks, TASKS)

    async def appended() -> bool:
        found = Counter(row["task_id"] for row in await rows(log, Table.EVENTS))
        return all(found[task_id] == 4 * holders for task_id in ids)

    await until(appended, "every holder heard everything")
    return ids


async def times_on_the_log(log: EmbeddedLog) -> dict[str, int]:
    """How many rows of each task; every event of one is there equally often."""
    found = [row for row in await rows(log, Table.EVENTS) if row["task_id"]]
    often = Counter(tuple(row.get(name) for name in IDENTITY) for row in found)
    assert set(often.values()) == {1, 2}
    return Counter(row["task_id"] for row in found)


async def check_readers(api: Api, both: list[str], alone: list[str]) -> None:
    api.clock.now_s = time.time()
    tasks = (await api.get("/tasks", cluster="shop-us", limit=500))["items"]
    assert sorted(task["id"] for task in tasks) == sorted([*both, *alone])
    assert {task["state"] for task in tasks} == {"SUCCESS"}
    assert (await api.get("/trends", from_="now-1h", to="now"))["totals"]["count"] == 3 * TASKS
    for task_id in (both[0], both[-1], alone[0], alone[-1]):
        events = (await api.get(f"/tasks/{task_id}/events"))["items"]
        kinds = ["task-sent", "task-received", "task-started", "task-succeeded"]
        assert [event["type"] for event in events] == kinds
        assert len({event["id"] for event in events}) == 4
    stored = await api.store.ask(
        "SELECT count() AS kept, uniqExact(hostname, pid, clock, at, type, task_id) AS told FROM events WHERE task_id != ''",
        {},
    )
    assert stored.rows[0] == (16 * TASKS, 12 * TASKS)
    [shown] = [item for item in (await api.get("/clusters"))["items"] if item["slug"] == "shop-us"]
    assert (shown["gaps"], shown["dead_letters"]) == (0, 0)
