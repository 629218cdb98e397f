"""Several processes behind one port tell one sum, which does not fall when one of them is killed or replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector

from meadow.core import meters
from meadow.core.errors import PartUnavailable
from meadow.core.meters import Metric
from meadow.core.readings import Reading
from meadow.deploy.shared_readings import FILE, GONE_S, SharedReadings
from tests.deploy.test_exposition import bearer, parsed
from tests.servers.deadlines import until
from tests.servers.processes import Process, free_port

HERE = "meadow_http_requests_total{method=GET,route=/here,status=200}"
MANY = 40


class Worker:
    """Stands for what one process counts."""

    def __init__(self) -> None:
        self.counted, self.running, self.healthy = 0, 0, True

    def read(self) -> list[Reading]:
        return [
            Reading(meters.GAPS, self.counted, ("acme", "eu")),
            Reading(meters.QUESTIONS_RUNNING, self.running, ("acme",)),
            Reading(meters.REGISTRY_HEALTHY, self.healthy),
        ]


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def sharing(folder: Path, *workers: Worker, now_s: Clock) -> AsyncIterator[list[SharedReadings]]:
    shares = [SharedReadings(worker.read, folder, now_s) for worker in workers]
    for share in shares:
        await share.start()
    try:
        yield shares
    finally:
        for share in shares:
            await share.stop()


async def told(share: SharedReadings) -> dict[Metric, float]:
    return {one.metric: one.value for one in await share.everything()}


async def test_whoever_is_asked_tells_the_sum(tmp_path: Path) -> None:
    first, second = Worker(), Worker()
    async with sharing(tmp_path, first, second, now_s=Clock()) as (one, other):
        first.counted, first.running = 3, 1
        second.counted, second.running, second.healthy = 4, 2, False
        await told(one)
        whole = {meters.GAPS: 7, meters.QUESTIONS_RUNNING: 3, meters.REGISTRY_HEALTHY: 0}
        assert await told(other) == whole
        assert await told(one) == whole
        first.counted, first.running = 5, 0
        assert await told(one) == {**whole, meters.GAPS: 9, meters.QUESTIONS_RUNNING: 2}
        assert await told(one) == {**whole, meters.GAPS: 9, meters.QUESTIONS_RUNNING: 2}


async def test_one_that_stops_leaves_its_counters_and_takes_its_gauges(tmp_path: Path) -> None:
    first, second = Worker(), Worker()
    async with sharing(tmp_path, first, second, now_s=Clock()) as (one, other):
        first.counted, first.running = 3, 1
        await one.stop()
        assert await told(other) == {meters.GAPS: 3, meters.QUESTIONS_RUNNING: 0, meters.REGISTRY_HEALTHY: 1}


async def test_gauges_of_one_that_says_nothing_are_forgotten(tmp_path: Path) -> None:
    clock, first, second = Clock(), Worker(), Worker()
    async with sharing(tmp_path, first, second, now_s=clock) as (one, other):
        first.counted, first.running, first.healthy = 3, 1, False
        await told(one)
        clock.now_s += GONE_S + 1
        assert await told(other) == {meters.GAPS: 3, meters.QUESTIONS_RUNNING: 0, meters.REGISTRY_HEALTHY: 1}


async def test_what_begins_anew_is_added(tmp_path: Path) -> None:
    worker = Worker()
    async with sharing(tmp_path, worker, now_s=Clock()) as (share,):
        for counted, whole in ((5, 5), (2, 7), (2, 7), (6, 11)):
            worker.counted = counted
            assert (await told(share))[meters.GAPS] == whole


async def test_a_file_that_is_taken_costs_nothing_but_a_scrape(tmp_path: Path) -> None:
    worker = Worker()
    async with sharing(tmp_path, worker, now_s=Clock()) as (share,):
        worker.counted = 1
        await told(share)
        holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        worker.counted = 2
        with pytest.raises(PartUnavailable):
            await share.everything()
        holder.execute("ROLLBACK")
        holder.close()
        assert (await told(share))[meters.GAPS] == 2


async def test_askers_who_leave_do_not_upset_the_sum(tmp_path: Path) -> None:
    worker = Worker()
    async with sharing(tmp_path, worker, now_s=Clock()) as (share,):
        for counted in range(1, 50):
            worker.counted = counted
            asking = asyncio.create_task(share.everything())
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert (await told(share))[meters.GAPS] == 49


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[tuple[str, Process]]:
    """Two workers on one port."""
    port = free_port()
    options = ["-k", "aiohttp.worker.GunicornWebWorker", "-w", "2", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    (tmp_path / "metrics").mkdir()
    process = Process(
        [sys.executable, "-m", "gunicorn", "tests.deploy.metered_app:app", *options],
        tmp_path / "gunicorn.log",
        {"METERED_FOLDER": str(tmp_path / "metrics")},
    )
    yield f"http://127.0.0.1:{port}", process
    process.stop()


async def test_two_processes_of_one_port_tell_one_sum_and_a_kill_loses_nothing(gunicorn: tuple[str, Process]) -> None:
    url, process = gunicorn
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        asked: Counter[int] = Counter()

        async def here() -> int:
            async with session.get(f"{url}/here") as response:
                pid = int((await response.json())["pid"])
                asked[pid] += 1
                return pid

        async def scraped() -> dict[str, float]:
            async with session.get(f"{url}/metrics", headers=bearer("acme")) as response:
                return parsed(await response.text())

        async def both_answer() -> bool:
            try:
                await here()
            except (ClientError, OSError):
                assert not process.ended, process.output
            return len(asked) == 2

        await until(both_answer, "both workers answer")
        for _ in range(MANY):
            await here()

        async def complete() -> bool:
            found = await scraped()
            assert found[HERE] <= asked.total()
            return found[HERE] == asked.total() and found["meadow_processes"] == 2

        await until(complete, "one scrape tells the sum of both", 60)
        victim = next(iter(asked))
        os.kill(victim, signal.SIGKILL)

        async def replaced() -> bool:
            try:
                await here()
            except (ClientError, OSError):
                return False
            return len(asked) == 3

        await until(replaced, "another worker has its place")
        await until(complete, "the sum holds what the killed one counted", 60)
