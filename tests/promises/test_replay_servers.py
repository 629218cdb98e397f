"""Replay beside two writers on a real Kafka and a shared ClickHouse: each joins what is its own."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from meadow.core.log import Log
from meadow.core.logs.kafka import KafkaLog
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.core.store import Store
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from meadow.ingest.replay.replay import What
from meadow.ingest.writer import Writer
from tests.ingest.histories import Histories
from tests.ingest.replaying import WIDE, replayed, seen
from tests.ingest.running import blocks, caught_up, check_tasks, field_of_tasks, shuffled
from tests.promises.test_replay import DAMAGES, FAR, live
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


@dataclass
class Servers:
    """log: of the replay, and of none of the writers."""

    log: Log
    store: Store
    writers: list[Writer]
    histories: Histories

    async def caught_up(self) -> None:
        for writer in self.writers:
            await caught_up(writer)


@pytest.fixture
async def servers(kafka: Kafka, clickhouse: ClickHouse) -> AsyncIterator[Servers]:
    """With all the histories in them, and one partition for each writer."""
    connection = kafka.connection()
    await make_topics(connection, TopicSettings(partitions=2))
    async with AsyncExitStack() as stack:
        store = await ClickHouseStore.open(clickhouse.store_settings())
        stack.push_async_callback(store.close)
        await migrate(store)
        logs = [await KafkaLog.open(connection) for _ in range(3)]
        for log in logs:
            stack.push_async_callback(log.close)
        writers = [await stack.enter_async_context(live(log, store)) for log in logs[1:]]
        await until(lambda: all(len(one.owned()) == 1 for one in writers), "each has one partition", within_s=60)
        histories = field_of_tasks(random.Random(3), 60)
        servers = Servers(logs[0], store, writers, histories)
        await logs[0].append(blocks(shuffled(random.Random(3), histories)))
        await servers.caught_up()
        yield servers


async def test_each_writer_joins_its_own(servers: Servers) -> None:
    store = servers.store
    before = await seen(store)
    for damage in DAMAGES:
        await store.command(damage)
    report = await replayed(What.EVENTS, store, servers.log, WIDE, FAR)
    assert report.counts["tasks_mended"] > 20
    assert await seen(store) == before
    await store.command("TRUNCATE TABLE events")
    report = await replayed(What.LOG, store, servers.log, WIDE, FAR)
    assert report.counts["events_stored"] == len(before["events"])
    after = await seen(store)
    assert {**after, "events stored": 0} == {**before, "events stored": 0}
    again = await replayed(What.LOG, store, servers.log, WIDE, FAR)
    assert set(again.counts) == {"tasks_compared"}
    assert await seen(store) == after
    await check_tasks(store, servers.histories)
    assert not any(writer.counts["faults"] for writer in servers.writers)
