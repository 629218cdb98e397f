"""What every log must do for those who read it without a group."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from meadow.core.log import Positions
from tests.contracts.log_parts import (
    GROUP,
    Logs,
    Seen,
    assert_empty,
    block,
    blocks,
    by_partition,
    commit_all,
    gather,
    numbered,
    page,
    soon,
    take,
)


class TailCases:
    """Reading without a group."""

    async def test_a_tail_begins_at_the_end_and_sees_what_comes(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 5))
        async with aclosing(log.tail()) as tail:
            first = await soon(anext(tail))
            assert_empty(first, await log.ends())
            await log.append(numbered(log, 6, start=5))
            assert blocks(await gather(tail, 6)) == by_partition(numbered(log, 6, start=5))

    async def test_a_tail_goes_on_from_a_position(self, logs: Logs) -> None:
        log = await logs.open()
        async with aclosing(log.tail()) as tail:
            start = (await soon(anext(tail))).positions
        await log.append(numbered(log, 30))
        async with aclosing(log.tail(start)) as tail:
            assert (await soon(anext(tail))).positions == start
            some = await soon(page(tail))
        await log.append([block(99)])
        async with aclosing(log.tail(some.positions)) as tail:
            others = await gather(tail, 31 - len(some.records))
        assert blocks([*some.records, *others]) == by_partition([*numbered(log, 30), block(99)])

    async def test_an_idle_tail_says_where_it_is(self, logs: Logs) -> None:
        log = await logs.open()
        async with aclosing(log.tail()) as tail:
            for _ in range(3):
                assert_empty(await soon(anext(tail)), await log.ends())

    async def test_tails_do_not_move_a_group(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 4))
        async with aclosing(log.tail(dict.fromkeys(range(log.partitions), 0))) as tail:
            await gather(tail, 4)
        assert len(await take(await log.follow(GROUP, Seen()), 4)) == 4

    @pytest.mark.parametrize("strange", [{0: 10**9}, {10**6: 0}, {-1: 5}, {0: 2**70}, {0: -3}])
    async def test_a_position_that_is_none_of_this_log_is_missed_not_an_error(
        self, logs: Logs, strange: Positions
    ) -> None:
        log = await logs.open()
        async with aclosing(log.tail(strange)) as tail:
            first = await soon(anext(tail))
            assert_empty(first, await log.ends(), missed=True)
            await log.append([block(1)])
            assert blocks(await gather(tail, 1)) == [block(1)]

    async def test_a_tail_whose_records_were_deleted_says_so_and_goes_on(self, logs: Logs) -> None:
        log = await logs.open()
        await log.append(numbered(log, 8))
        await commit_all(log, 8)
        await logs.forget(log)
        await log.append(numbered(log, 4, start=8))
        async with aclosing(log.tail(dict.fromkeys(range(log.partitions), 0))) as tail:
            first = await soon(anext(tail))
            assert first.missed
            assert blocks(await gather(tail, 4)) == by_partition(numbered(log, 4, start=8))
