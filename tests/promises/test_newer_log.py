"""A writer of an older version beside newer collectors: it stores what it can read, and leaves the rest to its successor."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer

from meadow.core.blocks import Block
from meadow.core.kafka import KafkaConnection
from meadow.core.logs import kafka_record
from meadow.core.logs.kafka import KafkaLog, KafkaLogSettings
from meadow.core.logs.kafka_record import headers_of
from meadow.core.logs.kafka_topics import EVENTS, TopicSettings, make_topics
from meadow.core.stores.clickhouse import ClickHouseStore
from tests.ingest.histories import Event
from tests.ingest.running import NOW, SOON, blocks, caught_up, writing
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker
SEEN = "SELECT DISTINCT task_id FROM events ORDER BY task_id"
NEWER_VERSION = 2


@pytest.fixture
def store(clickhouse_store: ClickHouseStore) -> ClickHouseStore:
    return clickhouse_store


@pytest.fixture
async def connection(kafka: Kafka) -> KafkaConnection:
    made = kafka.connection()
    await make_topics(made, TopicSettings(partitions=2))
    return made


async def test_what_a_newer_meadow_wrote_waits_for_a_writer_as_new(
    connection: KafkaConnection, store: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await KafkaLog.open(connection, KafkaLogSettings(group_session_s=6.0, close_within_s=1.0))
    try:
        await log.append(blocks([received("old")]))
        async with writing(log, store, replace(SOON, show_every_s=0.5)) as older:
            await until(lambda: seen(store, ["old"]), "the older writer has its partitions")
            await caught_up(older)
            await log.append(blocks([received("old too")]))
            await append_newer(connection, blocks([received("new")]))
            await until(lambda: "must be upgraded" in older.problem, "the older writer says what is wrong")
            await until(lambda: seen(store, ["old", "old too"]), "what it could read is stored")
            assert not older.healthy
        monkeypatch.setattr(kafka_record, "SCHEMA_VERSION", NEWER_VERSION)
        async with writing(log, store) as newer:
            await until(lambda: seen(store, ["new", "old", "old too"]), "the newer writer goes on from there")
            assert newer.healthy
    finally:
        await log.close()


def received(task: str) -> Event:
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": task, "type": "task-received", "hostname": "w1", "pid": 1}
    return {**head, "clock": 1, "at": NOW, "received_at": NOW}


async def seen(store: ClickHouseStore, tasks: list[str]) -> bool:
    return [row[0] for row in (await store.ask(SEEN, {})).rows] == tasks


async def append_newer(connection: KafkaConnection, newer: list[Block]) -> None:
    """As a collector of the next version would."""
    producer = AIOKafkaProducer(**connection.options())
    await producer.start()
    try:
        for block in newer:
            headers = [(name, b"2" if name == "version" else value) for name, value in headers_of(block)]
            topic = connection.topic(EVENTS)
            await producer.send_and_wait(topic, block.rows, None, block.partition, headers=headers)
    finally:
        await producer.stop()
