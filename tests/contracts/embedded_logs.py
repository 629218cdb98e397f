"""Where the embedded log's tests keep theirs: one folder, a clock that can be moved, a holder, a small disk."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from meadow.core.blocks import Block, Table
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from tests.contracts.log_parts import blocks, commit_all, soon

SMALL = EmbeddedLogSettings(partitions=3, bytes_max=1)


class EmbeddedLogs:
    """Logs in one folder; bytes_max of 1 lets retention delete whatever is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[EmbeddedLog] = []
        self.clock = Clock()

    async def open(self, settings: EmbeddedLogSettings = SMALL) -> EmbeddedLog:
        log = await EmbeddedLog.open(self.folder, settings, now_s=self.clock)
        self.opened.append(log)
        return log

    async def forget(self, log: Log) -> None:
        assert isinstance(log, EmbeddedLog)
        await log.retain()

    async def filled(self) -> tuple[Log, Callable[[], Awaitable[None]]]:
        log = await self.open(EmbeddedLogSettings(partitions=3, full_bytes=1_000))
        await log.append([Block(Table.EVENTS, 1, 2, 0, bytes(1_000), 1)])

        async def make_room() -> None:
            await commit_all(log, 1)

        return log, make_room

    async def close(self) -> None:
        for log in self.opened:
            await log.close()


class Clock:
    """The wall clock, moved."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


async def kept(log: EmbeddedLog) -> list[Block]:
    """All that is still there, in the order of their numbers or bytes."""
    start = dict.fromkeys(range(log.partitions), 0)
    found: list[Block] = []
    async with aclosing(log.tail(start)) as tail:
        positions = (await anext(tail)).positions
        while positions != await log.ends():
            tailed = await soon(anext(tail))
            found, positions = found + blocks(tailed.records), tailed.positions
    return sorted(found, key=by_rows)


def by_rows(one: Block) -> bytes:
    """A key that sorts blocks of one size by their number."""
    return one.rows


@contextmanager
def holder_of(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the log open and stays."""
    code = (
        "import asyncio, sys; from pathlib import Path; from meadow.core.logs.embedded import *\n"
        "async def main():\n"
        "    log = await EmbeddedLog.open(Path(sys.argv[1]), EmbeddedLogSettings(partitions=3))\n"
        "    print('open', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "open\n"
            yield holder
        finally:
            holder.kill()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A real, small file system mounted there."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
