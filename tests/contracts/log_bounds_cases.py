"""What every log must do when there is too much of something, and when it is closed."""

from __future__ import annotations

import asyncio

import pytest

from meadow.core import meters
from meadow.core.appends import MeasuredLog
from meadow.core.blocks import Block, Table
from meadow.core.errors import LogUnavailable
from meadow.core.log import BlockRefused, Record
from meadow.core.meters import Metric
from tests.contracts.log_parts import (
    GROUP,
    WITHIN_S,
    Logs,
    Seen,
    block,
    blocks,
    cancelled,
    commit_all,
    numbered,
    rest,
    soon,
    take,
    waits,
)


class BoundsCases:
    """What happens when there is too much, and at the end."""

    async def test_offsets_are_not_used_again_after_everything_was_deleted(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 8))
        await commit_all(log, 8)
        await logs.forget(log)
        ends = await log.ends()
        await log.close()
        log = await logs.open()
        assert await log.ends() == ends
        await log.append(numbered(log, 4))
        records = await take(await log.follow(GROUP, Seen()), 4)
        assert all(record.offset >= ends[record.partition] for record in records)

    async def test_what_is_appended_is_counted_by_where_it_ends(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([*numbered(log, 3), Block(Table.DEAD_LETTERS, 1, 2, 0, b"{}\n{}\n", 2)])
        await log.append([block(4)])
        assert counted(log, meters.LOG_APPENDED_BLOCKS) == {"events": 4, "dead_letters": 1}
        assert counted(log, meters.LOG_APPENDED_ROWS) == {"events": 4, "dead_letters": 2}
        assert counted(log, meters.LOG_APPENDED_BYTES) == {"events": 4 * len(block(0).rows), "dead_letters": 6}
        waited = [one for one in log.appends.readings() if one.metric is meters.LOG_APPEND_SECONDS]
        assert [one.value for one in waited if one.suffix == "_count"] == [2]
        assert all(one.value > 0 for one in waited if one.suffix == "_sum")

    async def test_an_append_that_fails_is_counted_by_why(self, logs: Logs) -> None:
        log = await logs.open()
        with pytest.raises(BlockRefused):
            await log.append([Block(Table.EVENTS, 1, 2, 0, bytes(70 * 1024 * 1024), 1)])
        await log.close()
        with pytest.raises(LogUnavailable):
            await log.append([block(1)])
        assert counted(log, meters.LOG_APPEND_FAILURES) == {"refused": 1, "unavailable": 1}
        assert not counted(log, meters.LOG_APPENDED_BLOCKS)

    async def test_nothing_uncommitted_is_deleted(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append([block(number) for number in range(10)])
        follower = await log.follow(GROUP, Seen())
        records = await take(follower, 10)
        await follower.commit({0: records[5].offset})
        await logs.forget(log)
        await follower.close()
        assert await take(await log.follow(GROUP, Seen()), 5) == records[5:]

    async def test_a_full_log_makes_append_wait_until_there_is_room(self, logs: Logs) -> None:
        log, make_room = await logs.filled()
        waiting = [asyncio.create_task(log.append([block(number)])) for number in (1, 2)]
        assert await waits(waiting[0])
        waiting[0].cancel()
        assert await cancelled(waiting[0])
        await soon(make_room())
        await soon(waiting[1])
        await soon(log.append([block(3)]))

    async def test_a_cancelled_append_breaks_nothing(self, logs: Logs) -> None:
        log = await logs.open()
        for number in range(30):
            appending = asyncio.create_task(log.append([block(number)]))
            for _ in range(number % 10):
                await asyncio.sleep(0)
            appending.cancel()
            await cancelled(appending)
        await log.append([block(1_000)])
        follower = await log.follow(GROUP, Seen())
        records: list[Record] = []
        while block(1_000) not in blocks(records):
            records += await take(follower, 1)
        found = [int(record.block.rows[9:-2]) for record in records]
        assert found == sorted(set(found))

    async def test_closing_wakes_everyone(self, logs: Logs) -> None:
        log = await logs.open()
        follower = await log.follow(GROUP, Seen())
        tail = log.tail()
        await soon(anext(tail))
        taking = asyncio.create_task(follower.take(rows_max=1, wait_s=WITHIN_S))
        tailing = asyncio.create_task(rest(tail))
        assert await waits(taking)
        await soon(log.close())
        with pytest.raises(LogUnavailable):
            await soon(taking)
        await soon(tailing)

    async def test_a_closed_log_says_so(self, logs: Logs) -> None:
        log = await logs.open()
        follower = await log.follow(GROUP, Seen())
        await log.close()
        await log.close()
        with pytest.raises(LogUnavailable):
            await soon(log.append([block(1)]))
        with pytest.raises(LogUnavailable):
            await soon(follower.take(rows_max=1, wait_s=0))
        await soon(follower.close())

    async def test_a_full_log_can_be_closed(self, logs: Logs) -> None:
        log, _ = await logs.filled()
        waiting = asyncio.create_task(log.append([block(1)]))
        assert await waits(waiting)
        await soon(log.close())
        with pytest.raises(LogUnavailable):
            await soon(waiting)


def counted(log: MeasuredLog, metric: Metric) -> dict[str, float]:
    """The values of a metric of one label, by that."""
    return {one.labels[0]: one.value for one in log.appends.readings() if one.metric is metric}
