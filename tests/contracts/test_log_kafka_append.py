"""What the Kafka log promises those who append while Kafka dies, stays away, or refuses a record."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from meadow.core.blocks import Block, Table
from meadow.core.errors import LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.log import BlockRefused, Record
from meadow.core.logs.kafka import KafkaLog
from meadow.core.logs.kafka_admin import admin
from tests.contracts.kafka_logs import ANSWER_WITHIN_S, QUICK, KafkaLogs
from tests.contracts.log_parts import GROUP, Seen, block, blocks, gather, numbered, rest, soon, take, waits
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka
from tests.servers.processes import free_port

pytestmark = pytest.mark.broker

PATIENT = replace(QUICK, append_within_s=90.0, inflight_bytes_max=4_000_000)
CALLER = 1_000_000


@pytest.fixture
async def logs(kafka: Kafka) -> AsyncIterator[KafkaLogs]:
    async with KafkaLogs(kafka) as made:
        yield made


async def test_killed_under_load_it_has_each_acknowledged_block_once(logs: KafkaLogs) -> None:
    log = await logs.open(PATIENT)
    follower, enough = await log.follow(GROUP, Seen()), asyncio.Event()
    async with aclosing(log.tail()) as tail:
        await soon(anext(tail))
        callers = [asyncio.create_task(call(log, caller, enough)) for caller in range(6)]
        before = await take(follower, 20)
        logs.kafka.kill()
        logs.kafka.start()
        await soon(log.append([block(0)]))
        enough.set()
        sent = [0] + [number for numbers in await soon(asyncio.gather(*callers)) for number in numbers]
        assert numbers_of(await gather(tail, len(sent))) == sorted(sent)
    records = before + await take(follower, len(sent) - len(before))
    assert numbers_of(records) == sorted(sent)
    for caller in range(6):
        mine = [number for number in map(number_of, records) if number // CALLER == caller + 1]
        assert mine == sorted(mine)


async def test_while_it_hangs_appends_wait_in_bounded_memory(logs: KafkaLogs) -> None:
    log, hasty = await logs.open(PATIENT), await logs.open(replace(QUICK, append_within_s=0.3, answer_within_s=2.0))
    logs.kafka.pause()
    sent = [Block(Table.EVENTS, 1, 2, n % 3, os.urandom(500_000), 1) for n in range(40)]
    waiting = [asyncio.create_task(log.append([one])) for one in sent]
    assert await waits(waiting[0])
    assert 0 < log.counts["inflight_bytes"] <= 4_000_000
    with pytest.raises(LogUnavailable, match="took nothing"):
        await hasty.append([block(1)])
    with pytest.raises(LogUnavailable, match="in time"):
        await hasty.ends()
    logs.kafka.resume()
    await soon(asyncio.gather(*waiting))
    records = await take(await log.follow(GROUP, Seen()), 40)
    assert {one.rows for one in sent} <= {record.block.rows for record in records}
    assert len(records) in {40, 41}  # what the hasty one gave up may be there or not


async def test_a_log_is_closed_while_kafka_hangs_and_leaves_nothing_behind(logs: KafkaLogs) -> None:
    before = asyncio.all_tasks()
    log = await logs.open(replace(QUICK, answer_within_s=2.0))
    follower, tail = await log.follow(GROUP, Seen()), log.tail()
    await log.append([block(1)])
    await take(follower, 1)
    await soon(anext(tail))
    logs.kafka.pause()
    waiting = [asyncio.create_task(one) for one in (log.append([block(2)]), follower.commit({0: 1}), rest(tail))]
    assert await waits(waiting[0])
    await soon(log.close())
    outcomes = await soon(asyncio.gather(*waiting, return_exceptions=True))
    assert [type(outcome) for outcome in outcomes] == [LogUnavailable, LogUnavailable, type(None)]
    await until(lambda: asyncio.all_tasks() <= before, "all tasks have ended")


async def test_a_log_is_closed_at_once_while_a_producer_begins(logs: KafkaLogs) -> None:
    log = await logs.open(replace(QUICK, answer_within_s=60.0))
    await a_record_is_refused(logs, log)
    logs.kafka.pause()
    waiting = asyncio.create_task(log.append([block(1)]))
    assert await waits(waiting)
    await soon(log.close())
    with pytest.raises(LogUnavailable, match="closed"):
        await soon(waiting)
    logs.kafka.resume()


async def test_a_record_that_kafka_refuses_costs_a_producer_and_nothing_else(logs: KafkaLogs) -> None:
    log = await logs.open()
    large = await a_record_is_refused(logs, log)
    with pytest.raises(BlockRefused, match="5000 bytes"):
        await soon(log.append([block(1), large]))
    await soon(log.append(numbered(log, 6)))
    records = await take(await log.follow(GROUP, Seen()), 6)
    assert blocks(records) == sorted(numbered(log, 6), key=lambda one: one.partition)
    assert log.counts["producers_replaced"] == 1


async def test_a_block_over_the_limit_is_refused_with_its_whole_append(logs: KafkaLogs) -> None:
    log = await logs.open(replace(QUICK, block_bytes_max=100))
    with pytest.raises(BlockRefused, match="101 bytes"):
        await log.append([block(1), Block(Table.EVENTS, 1, 2, 0, bytes(101), 1)])
    assert set((await log.ends()).values()) == {0}


async def test_a_log_without_its_topic_is_not_opened(kafka: Kafka) -> None:
    with pytest.raises(LogUnavailable, match="meadow migrate"):
        await KafkaLog.open(kafka.connection(), QUICK)


async def test_a_log_on_no_kafka_is_not_opened() -> None:
    with pytest.raises(LogUnavailable, match="cannot be reached"):
        await KafkaLog.open(KafkaConnection((f"127.0.0.1:{free_port()}",)), QUICK)


async def a_record_is_refused(logs: KafkaLogs, log: KafkaLog) -> Block:
    """Because the topic takes less than it did when the producer began; that one is given up."""
    await set_message_bytes_max(logs.connection, 2_000)
    large = Block(Table.EVENTS, 1, 2, 0, os.urandom(5_000), 1)
    with pytest.raises(LogUnavailable):
        await soon(log.append([large]))
    return large


async def call(log: KafkaLog, caller: int, enough: asyncio.Event) -> list[int]:
    """Appends one block after the other until there are enough; their numbers."""
    numbers: list[int] = []
    while not enough.is_set():
        number = (caller + 1) * CALLER + len(numbers)
        await log.append([block(number, caller % 3)])
        numbers.append(number)
    return numbers


def number_of(record: Record) -> int:
    return int(record.block.rows[9:-2])


def numbers_of(records: Sequence[Record]) -> list[int]:
    """In their order of size."""
    return sorted(map(number_of, records))


async def set_message_bytes_max(connection: KafkaConnection, size: int) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, connection.topic("events"), {"max.message.bytes": str(size)})
    async with admin(connection, ANSWER_WITHIN_S) as client:
        await client.alter_configs([resource])
