"""Promise: what the embedded log has acknowledged is there after kill -9, once, in order, and is read at least once."""

from __future__ import annotations

import random
import sys
import time
from contextlib import aclosing
from pathlib import Path

from meadow.core.log import Record
from meadow.core.logs.embedded import EmbeddedLog
from tests.promises.log_appending import PARTITIONS, SETTINGS, NoOwner, number_of
from tests.servers.processes import Process

ROUNDS = 20
ALIVE_S_MAX = 0.3
CHILD = Path(__file__).with_name("log_appending.py")


async def test_acknowledged_appends_survive_kill_9(tmp_path: Path) -> None:
    acknowledged: set[int] = set()
    for moment in moments():
        said = run_and_kill(tmp_path, first=max(acknowledged, default=-1) + 1_000, moment_s=moment)
        acknowledged |= numbers(said, "a")
        kept = await everything(tmp_path)
        in_order(kept)
        assert acknowledged <= {number_of(record) for record in kept}
    assert len(acknowledged) > ROUNDS


async def test_a_group_reads_every_acknowledged_append_across_kill_9(tmp_path: Path) -> None:
    acknowledged: set[int] = set()
    taken: set[int] = set()
    committed: set[int] = set()
    for moment in moments():
        said = run_and_kill(tmp_path, max(acknowledged, default=-1) + 1_000, moment, "follow")
        acknowledged |= numbers(said, "a")
        again = numbers(said, "t")
        assert not committed & again
        taken |= again
        committed |= numbers(said[: last_commit(said)], "t")
    rest = {number_of(record) for record in await untaken(tmp_path)}
    assert not committed & rest
    assert acknowledged <= taken | rest
    assert committed


def moments() -> list[float]:
    """How long each child lives after its first acknowledgement; the same in every run, or a failure could not be told."""
    chance = random.Random(20)
    return [chance.random() * ALIVE_S_MAX for _ in range(ROUNDS)]


def run_and_kill(folder: Path, first: int, moment_s: float, *mode: str) -> list[str]:
    """The lines it wrote; the last one may be cut by the kill and is then left out."""
    child = Process([sys.executable, str(CHILD), str(folder / "log"), str(first), *mode], folder / "said")
    try:
        child.wait_until_says("a ")
        time.sleep(moment_s)
    finally:
        child.kill()
    return child.output.rpartition("\n")[0].split("\n")


def numbers(lines: list[str], kind: str) -> set[int]:
    return {int(line[2:]) for line in lines if line.startswith(f"{kind} ")}


def last_commit(lines: list[str]) -> int:
    return max((place for place, line in enumerate(lines) if line == "c"), default=0)


async def everything(folder: Path) -> list[Record]:
    log = await EmbeddedLog.open(folder / "log", SETTINGS)
    records: list[Record] = []
    async with aclosing(log.tail(dict.fromkeys(range(PARTITIONS), 0))) as tail:
        async for tailed in tail:
            records += tailed.records
            if tailed.positions == await log.ends():
                break
    await log.close()
    return records


async def untaken(folder: Path) -> list[Record]:
    log = await EmbeddedLog.open(folder / "log", SETTINGS)
    follower = await log.follow("writer", NoOwner())
    records: list[Record] = []
    while taken := await follower.take(rows_max=1_000, wait_s=0):
        records += taken
    await log.close()
    return records


def in_order(records: list[Record]) -> None:
    """Nothing twice and no gap between offsets; numbers rise, as each was asked for after those before it."""
    for partition in range(PARTITIONS):
        mine = [record for record in records if record.partition == partition]
        assert [record.offset for record in mine] == list(range(len(mine)))
        found = [number_of(record) for record in mine]
        assert found == sorted(set(found))
