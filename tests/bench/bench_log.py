"""How many events a second the embedded log appends, each append synced to disk, and how many a group takes.

    python tests/bench/bench_log.py [folder]

Blocks of 125 events of about 350 bytes; several callers append at once, as collectors do. One core of SQLite, and what
the kernel does for it. The folder should lie on the disk in question: a tmpfs does not sync.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from meadow.core.blocks import Block, Table
from meadow.core.log import Span
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings

EVENTS = 125
BLOCKS = 4_000
PARTITIONS = 4
GOAL = 100_000


class NoOwner:
    async def assigned(self, partitions: Mapping[int, Span]) -> None: ...

    async def paused(self) -> None: ...

    async def revoked(self, partitions: Collection[int]) -> None: ...


def row(chance: random.Random, clock: int) -> bytes:
    event = {
        "tenant_id": 1,
        "cluster_id": 1,
        "task_id": f"{chance.getrandbits(128):032x}",
        "type": "task-succeeded",
        "at": round(1_790_000_000 + chance.random(), 6),
        "received_at": round(1_790_000_000 + chance.random(), 6),
        "hostname": f"celery@worker-{chance.randrange(20)}",
        "pid": chance.randrange(60_000),
        "clock": clock,
        "name": "shop.orders.tasks.send_confirmation",
        "result": repr(chance.random()),
        "runtime_s": chance.random(),
    }
    return json.dumps(event).encode() + b"\n"


def blocks() -> list[Block]:
    chance = random.Random(1)
    made = [b"".join(row(chance, clock) for clock in range(EVENTS)) for _ in range(64)]
    return [Block(Table.EVENTS, 1, 1, n % PARTITIONS, made[n % 64], EVENTS) for n in range(BLOCKS)]


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Prints events a second of wall time, and CPU an event with the kernel's part."""
    wall, cpu = time.perf_counter(), cpu_s()
    yield
    wall, cpu = time.perf_counter() - wall, cpu_s() - cpu
    events = BLOCKS * EVENTS
    print(
        f"{what:34} {BLOCKS / wall:8,.0f} blocks/s {events / wall:10,.0f} events/s {cpu / events * 1e6:6.2f} µs CPU an event"
    )


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def append(log: EmbeddedLog, callers: int, per_call: int) -> None:
    """Each caller its own share, per_call blocks at a time, the next after the last was acknowledged."""
    every = blocks()

    async def caller(mine: list[Block]) -> None:
        for start in range(0, len(mine), per_call):
            await log.append(mine[start : start + per_call])

    with measured(f"append, {callers} callers × {per_call} blocks"):
        await asyncio.gather(*(caller(every[number::callers]) for number in range(callers)))


async def take(log: EmbeddedLog, group: str) -> None:
    follower = await log.follow(group, NoOwner())
    missing = BLOCKS
    with measured("take and commit, 20 000 rows each"):
        while missing:
            records = await follower.take(rows_max=20_000, wait_s=1)
            missing -= len(records)
            await follower.commit({record.partition: record.offset + 1 for record in records})
    await follower.close()


async def main(folder: Path) -> None:
    print(f"{len(blocks()[0].rows) / EVENTS:.0f} bytes an event; the goal is {GOAL:,} events/s appended")
    for number, (callers, per_call) in enumerate([(1, 1), (1, 4), (4, 4), (16, 4)]):
        log = await EmbeddedLog.open(folder / str(number), EmbeddedLogSettings(partitions=PARTITIONS))
        await append(log, callers, per_call)
        await take(log, "writer")
        await log.close()
    log = await EmbeddedLog.open(folder / "both", EmbeddedLogSettings(partitions=PARTITIONS, bytes_max=50_000_000))
    print("appended, taken, committed and deleted at once:")
    await asyncio.gather(append(log, 4, 4), take(log, "writer"))
    await log.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as place:
        asyncio.run(main(Path(place)))
