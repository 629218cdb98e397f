"""Anybody may write to the topic: what is no block stops nobody, and is counted; what a newer Meadow wrote waits for one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from aiokafka import AIOKafkaProducer

from meadow.core.errors import LogUnavailable
from meadow.core.log import Lag
from meadow.core.logs import kafka_record
from tests.contracts.kafka_logs import KafkaLogs
from tests.contracts.log_parts import GROUP, Seen, after, block, blocks, gather, soon, take
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker

Foreign = tuple[bytes | None, dict[str, bytes | None]]
GOOD = {"version": b"1", "table": b"events", "tenant": b"1", "cluster": b"2", "count": b"1"}
NEWER: Foreign = (b"{}\n", {**GOOD, "version": b"2"})
FOREIGN: list[Foreign] = [
    (b"hello", {}),
    (b"", {"trace": b"1"}),
    (None, {**GOOD}),
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
    async with KafkaLogs(kafka) as made:
        yield made


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


async def test_a_follower_stops_before_what_a_newer_meadow_wrote(logs: KafkaLogs) -> None:
    log = await logs.open()
    await log.append([block(1)])
    await write_foreign(logs, [NEWER])
    await log.append([block(1), block(2, partition=1)])
    follower = await log.follow(GROUP, Seen())
    records = await take(follower, 2)
    await log.append([block(3, partition=1)])
    records += await take(follower, 1)
    assert blocks(records) == [block(1), block(2, partition=1), block(3, partition=1)]
    for _ in range(2):
        with pytest.raises(LogUnavailable, match=r"/0/1 on the log \(version 2.*must be upgraded"):
            await follower.take(rows_max=10, wait_s=1)
    await follower.commit(after(records))
    assert (await follower.lag()).records == 2


async def test_who_is_as_new_goes_on_where_the_older_one_stopped(
    logs: KafkaLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await logs.open()
    older = await log.follow(GROUP, Seen())
    await log.append([block(1)])
    await older.commit(after(await take(older, 1)))
    await write_foreign(logs, [NEWER])
    with pytest.raises(LogUnavailable):
        await older.take(rows_max=10, wait_s=3)
    await older.close()
    monkeypatch.setattr(kafka_record, "SCHEMA_VERSION", 2)
    newer = await log.follow(GROUP, Seen())
    assert [record.offset for record in await take(newer, 1)] == [1]
    assert "unreadable" not in log.counts


async def test_a_tail_passes_over_what_a_newer_meadow_wrote(logs: KafkaLogs) -> None:
    log = await logs.open()
    async with aclosing(log.tail()) as tail:
        await soon(anext(tail))
        await write_foreign(logs, [NEWER])
        await log.append([block(1)])
        assert blocks(await gather(tail, 1)) == [block(1)]
        assert log.counts["unreadable"] == 1


async def write_foreign(logs: KafkaLogs, records: Sequence[Foreign] = FOREIGN) -> None:
    """All of them into partition 0."""
    producer = AIOKafkaProducer(**logs.connection.options())
    await producer.start()
    try:
        for value, headers in records:
            topic, partition = logs.partition(0)
            await producer.send_and_wait(topic, value, b"key", partition, headers=list(headers.items()))
    finally:
        await producer.stop()


async def passed_over(follower: object, log: object) -> bool:
    await follower.take(rows_max=1, wait_s=0)  # type: ignore[attr-defined] # a KafkaFollower
    return log.counts["unreadable"] == len(FOREIGN)  # type: ignore[attr-defined,no-any-return] # a KafkaLog
