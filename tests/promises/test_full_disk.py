"""Promises 1 and 8 when the disk under ClickHouse is full: the writer says so, and has stored everything once there is room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meadow.core.blocks import Block, Table
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka import KafkaLog
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from tests.contracts.embedded_logs import small_disk
from tests.ingest.histories import Event
from tests.ingest.running import NOW, blocks, caught_up, writing
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker
DISK_MB = 100
TASKS = 400


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ClickHouseStore]:
    """On a disk of its own."""
    with small_disk(tmp_path / "disk", DISK_MB):
        server = ClickHouse(tmp_path / "disk")
        server.start()
        try:
            opened = await ClickHouseStore.open(server.store_settings())
            try:
                await migrate(opened)
                yield opened
            finally:
                await opened.close()
        finally:
            server.stop()


@pytest.fixture
async def log(kafka: Kafka) -> AsyncIterator[KafkaLog]:
    connection: KafkaConnection = kafka.connection()
    await make_topics(connection, TopicSettings(partitions=2))
    opened = await KafkaLog.open(connection)
    try:
        yield opened
    finally:
        await opened.close()


async def test_a_full_disk_under_the_store_loses_nothing(log: KafkaLog, store: ClickHouseStore, tmp_path: Path) -> None:
    async with writing(log, store) as writer:
        await log.append(succeeded(0))
        await until(lambda: stored(store, TASKS), "the first are stored")
        filler = tmp_path / "disk" / "filler"
        fill(filler)
        await log.append(succeeded(1))
        await until(lambda: "space" in writer.problem.lower(), "the writer says that there is no space")
        assert not writer.healthy
        assert (await store.ask("SELECT 1", {})).rows == [(1,)]
        filler.unlink()
        await until(lambda: stored(store, 2 * TASKS), "all are stored", 60)
        await caught_up(writer)
        assert writer.healthy


def fill(file: Path) -> None:
    """Takes all the room there is."""
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(b"\0" * 65_536)
        except OSError:
            return


def succeeded(part: int) -> list[Block]:
    """Each with texts that do not compress to nothing."""

    def one(number: int) -> Event:
        head = {"tenant_id": 1, "cluster_id": 1, "type": "task-succeeded", "hostname": "w1", "pid": 1, "clock": number}
        return {**head, "task_id": f"{part}-{number}", "at": NOW, "received_at": NOW, "result": "x" * 200}

    found = blocks([one(number) for number in range(TASKS)])
    assert {block.table for block in found} == {Table.EVENTS}
    return found


async def stored(store: ClickHouseStore, tasks: int) -> bool:
    events = await store.ask("SELECT uniqExact(task_id) FROM events", {})
    rows = await store.ask("SELECT count() FROM tasks FINAL WHERE NOT is_deleted", {})
    return [events.rows[0][0], rows.rows[0][0]] == [tasks, tasks]
