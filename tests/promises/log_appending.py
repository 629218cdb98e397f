"""A process to be killed: appends numbered blocks to an embedded log as fast as it can, and says what was acknowledged.

Arguments: folder, first number, and `follow` to take, say and commit as well. Each line it writes is one system call:
`a N` acknowledged, `t N` taken by the group, `c` the taken ones are committed.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from meadow.core.blocks import Block, Table
from meadow.core.log import Record, Span
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings

PARTITIONS = 3
SETTINGS = EmbeddedLogSettings(partitions=PARTITIONS, bytes_max=100_000)  # small: retention deletes all the time


class NoOwner:
    async def assigned(self, partitions: Mapping[int, Span]) -> None: ...

    async def paused(self) -> None: ...

    async def revoked(self, partitions: Collection[int]) -> None: ...


def numbered_block(number: int) -> Block:
    """Of 8 bytes to 80 kB, so that some lie in many pages."""
    return Block(Table.EVENTS, 1, 1, number % PARTITIONS, number.to_bytes(8) * (1 + number * 7919 % 10_000), 1)


def number_of(record: Record) -> int:
    """The number of a block that is whole; raises AssertionError for a torn one."""
    number = int.from_bytes(record.block.rows[:8])
    assert record.block == numbered_block(number)
    return number


async def append(log: EmbeddedLog, numbers: Iterator[int]) -> None:
    """One of several callers; one to three blocks a call."""
    while True:
        mine = [next(numbers)]
        mine += [next(numbers) for _ in range(mine[0] % 3)]
        await log.append([numbered_block(number) for number in mine])
        say(*(f"a {number}" for number in mine))


async def follow(log: EmbeddedLog) -> None:
    """Says what it took, then commits."""
    follower = await log.follow("writer", NoOwner())
    while True:
        records = await follower.take(rows_max=20, wait_s=10)
        say(*(f"t {number_of(record)}" for record in records))
        await follower.commit({record.partition: record.offset + 1 for record in records})
        say("c")


def say(*lines: str) -> None:
    os.write(1, "".join(f"{line}\n" for line in lines).encode())


async def main(folder: str, first: str, *mode: str) -> None:
    log = await EmbeddedLog.open(Path(folder), SETTINGS)
    numbers = itertools.count(int(first))
    following = [follow(log)] if "follow" in mode else []
    await asyncio.gather(*(append(log, numbers) for _ in range(6)), *following)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
