"""What every log must do for those who append to it and for the groups that follow it."""

from __future__ import annotations

import asyncio

import pytest

from meadow.core.blocks import BLOCK_BYTES_MAX, Block, Table
from meadow.core.log import CommitRefused, Lag, Record, Span
from tests.contracts.log_parts import (
    GROUP,
    WITHIN_S,
    Logs,
    Seen,
    after,
    block,
    blocks,
    by_partition,
    cancelled,
    numbered,
    soon,
    take,
    waits,
)


class FollowCases:
    """Appending, following, committing."""

    async def test_blocks_come_back_as_they_were_and_in_order(self, logs: Logs) -> None:
        log = await logs.open()
        sent = numbered(log, 40)
        for part in (sent[:1], sent[1:30], sent[30:]):
            await log.append(part)
        records = await take(await log.follow(GROUP, Seen()), 40)
        assert blocks(records) == by_partition(sent)
        assert records == sorted(records, key=lambda r: (r.partition, r.offset))

    async def test_offsets_rise_and_ends_lie_behind_them(self, logs: Logs) -> None:
        log = await logs.open()
        before = await log.ends()
        await log.append(numbered(log, 20))
        records = await take(await log.follow(GROUP, Seen()), 20)
        assert set(before) == set(range(log.partitions))
        assert all(r.offset >= before[r.partition] for r in records)
        assert len({(r.partition, r.offset) for r in records}) == 20
        assert after(records).items() <= (await log.ends()).items()

    async def test_an_append_of_nothing_returns(self, logs: Logs) -> None:
        log = await logs.open()
        await soon(log.append([]))

    async def test_every_table_and_any_bytes_survive(self, logs: Logs) -> None:
        log = await logs.open()
        sent = [Block(table, 2**32 - 1, 2**32 - 1, 0, bytes(range(256)), 3) for table in Table]
        await log.append(sent)
        assert blocks(await take(await log.follow(GROUP, Seen()), 3)) == sent

    async def test_big_blocks(self, logs: Logs) -> None:
        log = await logs.open()
        sent = [Block(Table.EVENTS, 1, 2, n % 2, bytes([n]) * BLOCK_BYTES_MAX, 1_000) for n in range(20)]
        await log.append(sent)
        assert blocks(await take(await log.follow(GROUP, Seen()), 20)) == by_partition(sent)

    async def test_many_appends_at_once_keep_each_callers_order(self, logs: Logs) -> None:
        log = await logs.open()

        async def caller(number: int) -> None:
            for step in range(20):
                await log.append([block(number * 1_000 + step)])

        await soon(asyncio.gather(*(caller(number) for number in range(10))))
        records = await take(await log.follow(GROUP, Seen()), 200)
        for number in range(10):
            mine = [r.block for r in records if b'{"clock":%d}\n' % (number * 1_000) <= r.block.rows]
            wanted = [block(number * 1_000 + step) for step in range(20)]
            assert [one for one in mine if one in wanted] == wanted

    async def test_an_unknown_partition_is_a_fault_of_the_caller(self, logs: Logs) -> None:
        log = await logs.open()
        with pytest.raises(ValueError, match="partition"):
            await log.append([block(1), block(2, log.partitions)])
        assert sum((await log.ends()).values()) == 0

    async def test_the_owner_is_told_where_it_reads_on(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(number) for number in range(5)])
        first = await log.follow(GROUP, Seen())
        records = await take(first, 5)
        await first.commit({0: records[2].offset + 1})
        await first.close()
        owner = Seen()
        second = await log.follow(GROUP, owner)
        await take(second, 2)
        await second.take(rows_max=1, wait_s=0)
        assert owner.calls == 1
        assert owner.spans[0] == Span(records[2].offset + 1, (await log.ends())[0])

    async def test_what_was_not_committed_is_taken_again_after_opening_again(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 10))
        taken = await take(await log.follow(GROUP, Seen()), 10)
        await log.close()
        again = await take(await (await logs.open()).follow(GROUP, Seen()), 10)
        assert again == taken

    async def test_what_was_committed_is_not_taken_again(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 10))
        follower = await log.follow(GROUP, Seen())
        await follower.commit(after(await take(follower, 10)))
        await log.close()
        log = await logs.open()
        await log.append(numbered(log, 3, start=10))
        records = await take(await log.follow(GROUP, Seen()), 3)
        assert blocks(records) == by_partition(numbered(log, 3, start=10))

    async def test_a_commit_never_goes_back(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(number) for number in range(4)])
        follower = await log.follow(GROUP, Seen())
        records = await take(follower, 4)
        await follower.commit({0: records[2].offset + 1})
        await follower.commit({0: records[0].offset + 1})
        await follower.close()
        again = await take(await log.follow(GROUP, Seen()), 1)
        assert again == records[3:]

    async def test_a_commit_beyond_the_end_is_refused(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(1)])
        follower = await log.follow(GROUP, Seen())
        records = await take(follower, 1)
        with pytest.raises(ValueError, match="beyond"):
            await follower.commit({0: records[0].offset + 2})

    async def test_groups_do_not_see_each_other(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 10))
        one, two = await log.follow(GROUP, Seen()), await log.follow("other", Seen())
        await one.commit(after(await take(one, 10)))
        assert blocks(await take(two, 10)) == by_partition(numbered(log, 10))
        assert (await one.lag()).records == 0
        assert (await two.lag()).records == 10

    async def test_a_closed_follower_takes_and_commits_nothing(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(1)])
        old = await log.follow(GROUP, Seen())
        records = await take(old, 1)
        await old.close()
        await old.close()
        new = await log.follow(GROUP, Seen())
        with pytest.raises(CommitRefused):
            await old.commit(after(records))
        with pytest.raises(CommitRefused):
            await old.take(rows_max=1, wait_s=0)
        assert await take(new, 1) == records

    async def test_a_take_wakes_for_an_append(self, logs: Logs) -> None:
        log = await logs.open()
        follower = await log.follow(GROUP, Seen())
        waiting = asyncio.create_task(follower.take(rows_max=10, wait_s=WITHIN_S))
        assert await waits(waiting)
        await log.append([block(7)])
        assert blocks(await soon(waiting)) == [block(7)]

    async def test_a_take_of_nothing_returns_empty(self, logs: Logs) -> None:
        log = await logs.open()
        follower = await log.follow(GROUP, Seen())
        assert not await soon(follower.take(rows_max=10, wait_s=0.01))

    async def test_a_cancelled_take_loses_nothing(self, logs: Logs) -> None:
        log = await logs.open()
        follower = await log.follow(GROUP, Seen())
        for number in range(20):
            waiting = asyncio.create_task(follower.take(rows_max=1, wait_s=WITHIN_S))
            await asyncio.sleep(0)
            appending = asyncio.create_task(log.append([block(number)]))
            for _ in range(number):
                await asyncio.sleep(0)
            waiting.cancel()
            await soon(appending)
            kept = [] if await cancelled(waiting) else list(waiting.result())
            records = kept or await take(follower, 1)
            assert blocks(records) == [block(number)]

    async def test_small_takes_serve_every_partition(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(number, 0) for number in range(50)] + [block(100, 1)])
        follower = await log.follow(GROUP, Seen())
        seen: list[Record] = []
        async with asyncio.timeout(WITHIN_S):
            while not any(record.partition == 1 for record in seen):
                seen += await follower.take(rows_max=2, wait_s=WITHIN_S)
        assert len(seen) < 51

    async def test_lag_counts_what_is_not_committed(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 10))
        follower = await log.follow(GROUP, Seen())
        records = await take(follower, 10)
        behind = await follower.lag()
        assert behind.records == 10
        assert behind.age_s > 0
        await follower.commit(after(records))
        assert await follower.lag() == Lag(0, 0.0)
