"""The writer on ClickHouse: whatever becomes of its inserts and look-ups, every task is what its events come to."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.ingest.writer import Writer
from tests.ingest.histories import Histories
from tests.ingest.running import blocks, check_tasks, field_of_tasks, shuffled, writing
from tests.servers.clickhouse import ClickHouse
from tests.servers.clickhouse_faults import Fault
from tests.servers.deadlines import until

TROUBLE = [
    Fault(match="INSERT INTO events", code=252, times=2),
    Fault(match="INSERT INTO tasks", cut="after", times=2),
    Fault(match="INSERT INTO events", cut="before", times=2),
    Fault(match="INSERT INTO task_ids", status=503, times=2),
    Fault(match="FROM task_ids", cut="body"),
    Fault(match="FROM late_tasks", status=502),
    Fault(match="INSERT INTO tasks", delay_s=0.3),
]


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    opened = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    yield opened
    await opened.close()


@pytest.fixture
def store(clickhouse_store: ClickHouseStore) -> ClickHouseStore:
    return clickhouse_store


async def written(writer: Writer) -> None:
    """Until all of the log is committed."""

    async def done() -> bool:
        follower = writer._follower
        return follower is not None and (await follower.lag()).records == 0

    await until(done, "all is committed", within_s=90)


async def test_refused_cut_and_slow_requests_change_no_task(
    clickhouse: ClickHouse, log: EmbeddedLog, store: ClickHouseStore
) -> None:
    r = random.Random(4)
    histories = field_of_tasks(r, 30)
    stream = shuffled(r, histories)
    clickhouse.faults(TROUBLE)
    async with writing(log, store) as writer:
        for part in range(3):
            await log.append(blocks(stream[part::3], 20))
        await written(writer)
    assert clickhouse.faults_left() == 0
    await everything_is_there(store, histories)


async def test_a_server_that_dies_under_the_writer_changes_no_task(
    clickhouse: ClickHouse, log: EmbeddedLog, store: ClickHouseStore
) -> None:
    r = random.Random(5)
    histories = field_of_tasks(r, 30)
    stream = shuffled(r, histories)
    async with writing(log, store) as writer:
        await log.append(blocks(stream[::2], 20))
        clickhouse.kill()
        await log.append(blocks(stream[1::2], 20))
        clickhouse.start()
        await written(writer)
    await everything_is_there(store, histories)


async def everything_is_there(store: ClickHouseStore, histories: Histories) -> None:
    await check_tasks(store, histories)
    counted = "SELECT count(DISTINCT tenant_id, cluster_id, task_id, type, at, hostname, clock) FROM events"
    assert (await store.ask(counted, {})).rows == [(sum(map(len, histories.values())),)]
