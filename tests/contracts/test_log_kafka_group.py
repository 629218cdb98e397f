"""What the Kafka log promises several readers of one group: a partition is one's alone, and what one loses another reads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace

import pytest

from meadow.core.blocks import Block, Table
from meadow.core.errors import BadSettings, Conflict, LogUnavailable
from meadow.core.log import CommitRefused, Follower, Lag, Record, Span
from meadow.core.logs.kafka import KafkaLogSettings
from tests.contracts.kafka_logs import QUICK, KafkaLogs
from tests.contracts.log_parts import GROUP, Seen, after, block, blocks, by_partition, commit_all, numbered, soon, take
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


class Committing(Seen):
    """An owner that commits what it has when it is paused."""

    def __init__(self) -> None:
        super().__init__()
        self.follower: Follower | None = None
        self.taken: list[Record] = []

    async def paused(self) -> None:
        await super().paused()
        assert self.follower is not None
        await self.follower.commit(after(self.taken))


class Counting(Seen):
    """An owner that keeps what it was told: how many partitions it won and lost."""

    def __init__(self) -> None:
        super().__init__()
        self.had: list[int] = []

    async def assigned(self, partitions: Mapping[int, Span]) -> None:
        assert not partitions.keys() & self.spans.keys()
        await super().assigned(partitions)
        self.had.append(len(partitions))

    async def revoked(self, partitions: Collection[int]) -> None:
        await super().revoked(partitions)
        self.had.append(-len(partitions))


@pytest.fixture
async def logs(kafka: Kafka) -> AsyncIterator[KafkaLogs]:
    async with KafkaLogs(kafka, 6) as made:
        yield made


async def test_two_readers_share_the_partitions_and_each_block_is_read_once(logs: KafkaLogs) -> None:
    one, two = await logs.open(), await logs.open()
    here, there = Seen(), Seen()
    first = await one.follow(GROUP, here)
    await until(lambda: holds(first, here, 6), "the first has all")
    second = await two.follow(GROUP, there)
    await both(first, second, lambda: len(here.spans) == len(there.spans) == 3)
    assert not here.spans.keys() & there.spans.keys()
    await one.append(numbered(one, 60))
    mine, others = await take(first, 30), await take(second, 30)
    assert blocks([*mine, *others]) == by_partition(numbered(one, 60))
    assert {record.partition for record in mine} == here.spans.keys()
    await first.commit(after(mine))
    with pytest.raises(CommitRefused):
        await first.commit(after(others))
    assert [(await first.lag()).records, (await second.lag()).records] == [0, 30]


async def test_a_reader_that_stays_keeps_what_it_can(logs: KafkaLogs) -> None:
    one, two = await logs.open(), await logs.open()
    here, there = Counting(), Counting()
    first = await one.follow(GROUP, here)
    await until(lambda: holds(first, here, 6), "the first has all")
    second = await two.follow(GROUP, there)
    await both(first, second, lambda: len(here.spans) == len(there.spans) == 3)
    await second.close()
    await until(lambda: holds(first, here, 6), "the first has all again")
    assert here.had == [6, -3, 0, 3]


async def test_what_was_taken_of_a_partition_that_stays_is_not_taken_again(logs: KafkaLogs) -> None:
    one, two = await logs.open(), await logs.open()
    await one.append(numbered(one, 12))
    here, there = Seen(), Seen()
    first = await one.follow(GROUP, here)
    taken = await take(first, 12)
    second = await two.follow(GROUP, there)
    async with asyncio.timeout(30):
        while not len(here.spans) == len(there.spans) == 3:
            mine, _ = await asyncio.gather(first.take(rows_max=1, wait_s=0.05), second.take(rows_max=1, wait_s=0.05))
            assert not mine
    await one.append(numbered(one, 6, start=12))
    mine = await take(first, 3)
    assert blocks(mine) == [b for b in by_partition(numbered(one, 6, start=12)) if b.partition in here.spans]
    stay = [record for record in taken if record.partition in here.spans]
    await first.commit(after([*stay, *mine]))
    assert (await first.lag()).records == 0


async def test_nothing_is_committed_between_a_pause_and_what_is_told_then(logs: KafkaLogs) -> None:
    one, slow, new = await logs.open(), await logs.open(replace(QUICK, drain_s=120.0)), await logs.open()
    await one.append(numbered(one, 12))
    here, there = Seen(), Seen()
    first = await one.follow(GROUP, here)
    taken = await take(first, 12)
    second = await slow.follow(GROUP, there)
    await both(first, second, lambda: len(here.spans) == len(there.spans) == 3)
    stay, pauses = [record for record in taken if record.partition in here.spans], here.pauses
    await new.follow(GROUP, Seen())  # the group waits for the second, which takes nothing now
    while here.pauses == pauses:
        await soon(first.take(rows_max=1, wait_s=0.05))
    with pytest.raises(CommitRefused):
        await first.commit(after(stay))
    assert (await first.lag()).records == 6


async def test_what_was_taken_and_not_committed_goes_to_the_next(logs: KafkaLogs) -> None:
    one, two = await logs.open(), await logs.open()
    await one.append(numbered(one, 12))
    first, there = await one.follow(GROUP, Seen()), Seen()
    taken = await take(first, 12)
    second = await two.follow(GROUP, there)
    await both(first, second, lambda: len(there.spans) == 3)
    await first.close()
    again: set[tuple[int, int]] = set()
    async with asyncio.timeout(30):
        while len(again) < 12:
            again |= {(record.partition, record.offset) for record in await second.take(rows_max=100, wait_s=1)}
    assert again == {(record.partition, record.offset) for record in taken}
    assert set(there.spans) == set(range(6))


async def test_a_commit_counts_while_the_owner_is_paused(logs: KafkaLogs) -> None:
    one, two = await logs.open(), await logs.open()
    await one.append(numbered(one, 12))
    here, there = Committing(), Seen()
    first = here.follower = await one.follow(GROUP, here)
    here.taken = await take(first, 12)
    second = await two.follow(GROUP, there)
    await both(first, second, lambda: len(there.spans) == 3)
    assert all(span.committed == span.end == 2 for span in there.spans.values())


async def test_who_does_not_let_go_in_time_may_not_commit(logs: KafkaLogs) -> None:
    one, two = await logs.open(replace(QUICK, drain_s=0.3)), await logs.open()
    await one.append(numbered(one, 12))
    here, there = Seen(), Seen()
    first = await one.follow(GROUP, here)
    taken = await take(first, 12)
    second = await two.follow(GROUP, there)
    await until(lambda: holds(second, there, 3), "the second has its part")
    with pytest.raises(CommitRefused):
        await first.commit(after(taken))
    assert here.calls == 1
    await until(lambda: holds(first, here, 3), "the first is told")
    assert not here.spans.keys() & there.spans.keys()


async def test_a_shard_has_its_own_partitions_and_group(logs: KafkaLogs) -> None:
    one, two = await logs.open(replace(QUICK, shard=(0, 2))), await logs.open(replace(QUICK, shard=(1, 2)))
    await one.append(numbered(one, 12))
    here, there = Seen(), Seen()
    first, second = await one.follow(GROUP, here), await two.follow(GROUP, there)
    even, odd = await take(first, 6), await take(second, 6)
    assert (set(here.spans), set(there.spans)) == ({0, 2, 4}, {1, 3, 5})
    assert blocks([*even, *odd]) == by_partition(numbered(one, 12))
    await first.commit(after(even))
    assert (await first.lag(), (await second.lag()).records) == (Lag(0, 0.0), 6)


async def test_readers_that_divide_otherwise_do_not_share_a_group(logs: KafkaLogs) -> None:
    one, two = await logs.open(replace(QUICK, shard=(0, 2))), await logs.open(replace(QUICK, shard=(0, 3)))
    here = Seen()
    first = await one.follow(GROUP, here)
    await until(lambda: holds(first, here, 3), "the first has its part")
    second = await two.follow(GROUP, Seen())
    with pytest.raises(LogUnavailable, match="InconsistentGroupProtocol"):
        await soon(second.take(rows_max=1, wait_s=30))
    await first.close()
    await one.append(numbered(one, 6))
    assert {record.partition for record in await take_when_well(second)} <= {0, 3}


async def test_a_group_is_followed_once_at_a_time(logs: KafkaLogs) -> None:
    log = await logs.open()
    follower = await log.follow(GROUP, Seen())
    with pytest.raises(Conflict):
        await log.follow(GROUP, Seen())
    await follower.close()
    await log.follow(GROUP, Seen())


async def test_records_deleted_unread_are_told(logs: KafkaLogs, caplog: pytest.LogCaptureFixture) -> None:
    log = await logs.open()
    await log.append(numbered(log, 12))
    await commit_all(log, 12)
    await log.append(numbered(log, 12, start=12))
    await logs.delete_all(log)
    await log.append(numbered(log, 6, start=24))
    records = await take(await log.follow(GROUP, Seen()), 6)
    assert blocks(records) == by_partition(numbered(log, 6, start=24))
    assert log.counts["deleted_unread"] == 12
    assert "unread" in caplog.text


async def test_records_deleted_while_they_are_read_are_told(logs: KafkaLogs) -> None:
    log = await logs.open()
    await log.append([Block(Table.EVENTS, 1, 2, 0, os.urandom(500_000), 1) for _ in range(12)])
    follower = await log.follow(GROUP, Seen())
    seen = await take(follower, 1, rows_max=1)  # one fetch is 2 MB
    await logs.delete_all(log)
    await log.append([block(1)])
    while blocks(seen)[-1] != block(1):
        seen += await take(follower, 1)
    assert log.counts["deleted_unread"] == 13 - len(seen) > 0


@pytest.mark.parametrize(
    "settings", [{"shard": (2, 2)}, {"shard": (-1, 2)}, {"drain_s": 0}, {"inflight_bytes_max": -1}]
)
def test_settings_out_of_bounds_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(BadSettings):
        KafkaLogSettings(**settings)  # type: ignore[arg-type] # one of them


async def holds(follower: Follower, owner: Seen, count: int) -> bool:
    """Takes what comes; whether its owner has so many partitions now."""
    await follower.take(rows_max=1, wait_s=0.05)
    return len(owner.spans) == count


async def both(one: Follower, two: Follower, condition: object) -> None:
    """Both take, which is empty, until it is true."""
    assert callable(condition)
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.gather(one.take(rows_max=1, wait_s=0.05), two.take(rows_max=1, wait_s=0.05))


async def take_when_well(follower: Follower) -> list[Record]:
    """The first records after whatever errors come before."""
    records: list[Record] = []

    async def taken() -> bool:
        try:
            records.extend(await follower.take(rows_max=10, wait_s=1))
        except LogUnavailable:
            return False
        return bool(records)

    await until(taken, "the reader reads")
    return records
