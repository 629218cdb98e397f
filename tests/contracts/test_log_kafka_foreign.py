"""Anybody may write to the topic: what is no block of this Meadow stops nobody, and is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiokafka import AIOKafkaProducer

from meadow.core.log import Lag
from tests.contracts.kafka_logs import KafkaLogs
from tests.contracts.log_parts import GROUP, Seen, after, block, blocks, gather, soon, take
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker

GOOD = {"version": b"1", "table": b"events", "tenant": b"1", "cluster": b"2", "count": b"1"}
FOREIGN: list[tuple[bytes | None, dict[str, bytes | None]]] = [
    (b"hello", {}),
    (b"", {"trace": b"1"}),
    (None, {**GOOD}),
    (b"{}\n", {**GOOD, "version": b"2"}),
    (b"{}\n", {**GOOD, "version": b"0"}),
    (b"{}\n", {**GOOD, "table": b"dreams"}),
    (b"{}\n", {**GOOD, "table": None}),
    (b"{}\n", {**GOOD, "tenant": b"-1"}),
    (b"{}\n", {**GOOD, "cluster": b"4294967296"}),
    (b"{}\n", {**GOOD, "count": b" 1_0 "}),
    (b"{}\n", {**GOOD, "count": b"9" * 5_000}),
    (b"{}\n", {**GOOD, "tenant": b"\xff\xfe"}),
]


@pytest.fixture
async def logs(kafka: Kafka) -> AsyncIterator[KafkaLogs]:
    logs = KafkaLogs(kafka)
    await logs.make()
    yield logs
    await logs.close()


async def test_what_is_no_block_is_passed_over_and_counted(logs: KafkaLogs, caplog: pytest.LogCaptureFixture) -> None:
    log = await logs.open()
    await log.append([block(1)])
    await write_foreign(logs)
    follower = await log.follow(GROUP, Seen())
    records = await take(follower, 1)
    await log.append([block(2)])
    records += await take(follower, 1)
    assert blocks(records) == [block(1), block(2)]
    assert log.counts["unreadable"] == len(FOREIGN)
    assert "no version in its headers" in caplog.text


async def test_a_commit_goes_past_what_nobody_can_read(logs: KafkaLogs) -> None:
    log = await logs.open()
    await log.append([block(1)])
    await write_foreign(logs)
    follower = await log.follow(GROUP, Seen())
    records = await take(follower, 1)
    await until(lambda: passed_over(follower, log), "the foreign ones are passed over")
    await follower.commit(after(records))
    assert await follower.lag() == Lag(0, 0.0)
    await follower.close()
    owner = Seen()
    assert not await (await log.follow(GROUP, owner)).take(rows_max=1, wait_s=1)
    assert owner.spans[0].committed == owner.spans[0].end == 1 + len(FOREIGN)


async def test_a_tail_passes_over_them_as_well(logs: KafkaLogs) -> None:
    log = await logs.open()
    async with aclosing(log.tail()) as tail:
        await soon(anext(tail))
        await write_foreign(logs)
        await log.append([block(1)])
        assert blocks(await gather(tail, 1)) == [block(1)]


async def write_foreign(logs: KafkaLogs) -> None:
    """All of them into partition 0."""
    producer = AIOKafkaProducer(**logs.connection.options())
    await producer.start()
    try:
        for value, headers in FOREIGN:
            topic, partition = logs.partition(0)
            await producer.send_and_wait(topic, value, b"key", partition, headers=list(headers.items()))
    finally:
        await producer.stop()


async def passed_over(follower: object, log: object) -> bool:
    await follower.take(rows_max=1, wait_s=0)  # type: ignore[attr-defined] # a KafkaFollower
    return log.counts["unreadable"] == len(FOREIGN)  # type: ignore[attr-defined,no-any-return] # a KafkaLog
