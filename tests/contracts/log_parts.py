"""What the cases of a log are written with: numbered blocks, an owner that remembers, waiting with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeVar

from meadow.core.appends import MeasuredLog
from meadow.core.blocks import Block, Table
from meadow.core.log import Follower, Log, Positions, Record, Span, Tailed

WITHIN_S = 30.0
GROUP = "writer"
T = TypeVar("T")


class Logs(Protocol):
    """One place that keeps a log, fresh for each test, with two partitions or more and the group `writer`."""

    async def open(self) -> MeasuredLog:
        """The log there, opened; its data stays when it is closed. The fixture closes what a test leaves open."""

    async def forget(self, log: Log) -> None:
        """Deletes, as retention would, everything the group `writer` has committed."""

    async def filled(self) -> tuple[Log, Callable[[], Awaitable[None]]]:
        """A log whose next append waits, and what makes room again."""


class Seen:
    """An owner that keeps what it was told."""

    def __init__(self) -> None:
        self.spans: dict[int, Span] = {}
        self.calls = self.pauses = 0

    async def assigned(self, partitions: Mapping[int, Span]) -> None:
        self.spans.update(partitions)
        self.calls += 1

    async def paused(self) -> None:
        self.pauses += 1

    async def revoked(self, partitions: Collection[int]) -> None:
        for partition in partitions:
            del self.spans[partition]


def block(number: int, partition: int = 0) -> Block:
    """A block that says its number."""
    return Block(Table.EVENTS, 1, 2, partition, b'{"clock":%d}\n' % number, 1)


def numbered(log: Log, count: int, start: int = 0) -> list[Block]:
    """Blocks start, start + 1, … over all partitions in turn."""
    return [block(number, number % log.partitions) for number in range(start, start + count)]


def after(records: Sequence[Record]) -> dict[int, int]:
    """The positions behind these records."""
    return {record.partition: record.offset + 1 for record in records}


def blocks(records: Sequence[Record]) -> list[Block]:
    """In order by partition, so that two logs can be compared."""
    return [r.block for r in sorted(records, key=lambda r: (r.partition, r.offset))]


def by_partition(expected: Sequence[Block]) -> list[Block]:
    """The same for blocks on their way in."""
    return sorted(expected, key=lambda b: b.partition)


async def soon(what: Awaitable[T]) -> T:
    """Its result; a test that waits longer than half a minute has failed."""
    async with asyncio.timeout(WITHIN_S):
        return await what


async def take(follower: Follower, count: int, rows_max: int = 1_000) -> list[Record]:
    """Takes until there are at least so many records."""
    records: list[Record] = []
    async with asyncio.timeout(WITHIN_S):
        while len(records) < count:
            records += await follower.take(rows_max=rows_max, wait_s=WITHIN_S)
    return records


async def gather(tail: AsyncIterator[Tailed], count: int) -> list[Record]:
    """Reads a tail until it has given so many records."""
    records: list[Record] = []
    async with asyncio.timeout(WITHIN_S):
        while len(records) < count:
            records += (await anext(tail)).records
    return records


def assert_empty(tailed: Tailed, positions: Positions, missed: bool = False) -> None:
    """It has no records and says this."""
    assert not tailed.records
    assert (dict(tailed.positions), tailed.missed) == (dict(positions), missed)


async def waits(task: asyncio.Task[T]) -> bool:
    """Whether it still waits after all that can run now, and a little more, has run."""
    done, _ = await asyncio.wait([task], timeout=0.2)
    return not done


async def cancelled(task: asyncio.Task[T]) -> bool:
    """Waits for its end; whether that was by cancelling."""
    await asyncio.wait([task], timeout=WITHIN_S)
    return task.cancelled()


async def page(tail: AsyncIterator[Tailed]) -> Tailed:
    """The next one with records."""
    async for tailed in tail:
        if tailed.records:
            return tailed
    raise AssertionError("the tail ended")


async def rest(tail: AsyncIterator[Tailed]) -> None:
    """Reads until it ends."""
    async for _ in tail:
        pass


async def commit_all(log: Log, count: int) -> None:
    """Takes so many records for the group `writer` and commits them."""
    follower = await log.follow(GROUP, Seen())
    await follower.commit(after(await take(follower, count)))
    await follower.close()
