"""Two writers share the partitions of a real Kafka, and one store. One is paused beyond its session and goes on, one is killed,
one stops in order: every task's row comes to a plain fold of its events, and readers see nothing twice."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from meadow.core.logs.kafka import KafkaLog
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from tests.ingest.histories import Event, Histories
from tests.ingest.running import MANY, blocks, check_tasks, field_of_tasks, shuffled
from tests.promises.writing_process import Wanted
from tests.servers.clickhouse import PASSWORD, ClickHouse
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka
from tests.servers.processes import Process

pytestmark = pytest.mark.timeout(400)  # several waits of a minute each, on a slow machine
ROOT = Path(__file__).resolve().parents[2]
PARTITIONS = 4
TASKS = 500
EVENTS = "SELECT count(), uniqExact(tenant_id, cluster_id, hostname, pid, clock, at, type, task_id) FROM events"


@dataclass
class Writers:
    """The servers, what was appended, and the writers' processes."""

    log: KafkaLog
    store: ClickHouseStore
    wanted: Wanted
    folder: Path
    processes: list[Process] = field(default_factory=list)

    async def start(self) -> Process:
        """Returns when it has joined the others."""
        program = [sys.executable, "-m", "tests.promises.writing_process", orjson.dumps(asdict(self.wanted)).decode()]
        process = Process(program, self.folder / f"writer-{len(self.processes)}.out", cwd=ROOT)
        self.processes.append(process)
        await says(process, "ready")
        return process

    async def all_committed(self) -> None:
        admin = AIOKafkaAdminClient(**self.wanted.kafka.options())
        await admin.start()
        group, ends = self.wanted.kafka.topic("writer"), await self.log.ends()

        async def done() -> bool:
            offsets = await admin.list_consumer_group_offsets(group)
            return {at.partition: kept.offset for at, kept in offsets.items()} == ends

        try:
            await until(done, "everything on the log is committed", within_s=90)
        finally:
            await admin.close()

    async def check(self, histories: Histories) -> None:
        await check_tasks(self.store, histories)
        answer = await self.store.ask(EVENTS, {}, MANY)
        stored, told = answer.rows[0]
        print(f"{stored} rows of events, of {told} events")
        assert told == sum(map(len, histories.values()))
        assert not [one.output for one in self.processes if "faults" in one.output]


@pytest.fixture
async def writers(kafka: Kafka, clickhouse: ClickHouse, tmp_path: Path) -> AsyncIterator[Writers]:
    connection = kafka.connection()
    await make_topics(connection, TopicSettings(partitions=PARTITIONS))
    settings = clickhouse.store_settings()
    log, store = await KafkaLog.open(connection), await ClickHouseStore.open(settings)
    await migrate(store)
    wanted = Wanted(kafka.servers, connection.prefix, clickhouse.url, PASSWORD, settings.database)
    made = Writers(log, store, wanted, tmp_path)
    try:
        yield made
    finally:
        for process in made.processes:
            process.resume()
            process.kill()
        await store.close()
        await log.close()


async def says(process: Process, text: str, since: int = 0) -> int:
    """Returns when it has said a line that begins so, after so many characters; how many it has said then."""
    await until(lambda: f"\n{text}" in f"\n{process.output[since:]}", f"{text!r} from {process.log}", within_s=60)
    return len(process.output)


async def owns_some(process: Process, since: int = 0) -> None:
    """Until it shows rows of a partition."""
    digits = [f"o {number}" for number in range(PARTITIONS)]
    await until(lambda: any(one in process.output[since:] for one in digits), f"{process.log} owns partitions", 60)


class Load:
    """Appends a stream of events little by little, again and again until it is told that no more is needed, then all that was
    never said: on a slow machine there is something to insert for as long as a test waits for it."""

    def __init__(self, log: KafkaLog, stream: Sequence[Event]) -> None:
        self._log, self._stream, self._hurry = log, stream, asyncio.Event()
        self._task = asyncio.create_task(self._append())

    async def _append(self) -> None:
        said = 0
        while said < len(self._stream) or not self._hurry.is_set():
            at = said % len(self._stream)
            await self._log.append(blocks(self._stream[at : at + 20], partitions=PARTITIONS))
            said += len(self._stream[at : at + 20])
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), 0.1)

    async def rest(self) -> None:
        self._hurry.set()
        await self._task


def told() -> tuple[Histories, list[Event]]:
    r = random.Random(9)
    histories = field_of_tasks(r, TASKS)
    return histories, shuffled(r, histories)


async def test_a_writer_paused_amid_an_insert_beyond_its_session_does_no_harm(writers: Writers) -> None:
    histories, stream = told()
    load = Load(writers.log, stream)
    for _ in range(2):
        await owns_some(await writers.start())
    for paused, other in (writers.processes, writers.processes[::-1]):
        since = len(paused.output)
        await says(paused, "i tasks", since)
        paused.pause()
        await says(other, "o 0,1,2,3", len(other.output))  # the session is over, and what was held back is shown
        await says(other, "c", len(other.output))
        woken = len(paused.output)
        paused.resume()
        await owns_some(paused, woken)
    await load.rest()
    await writers.all_committed()
    await writers.check(histories)


async def test_a_writer_killed_amid_an_insert_is_taken_over(writers: Writers) -> None:
    histories, stream = told()
    load = Load(writers.log, stream)
    for _ in range(2):
        await owns_some(await writers.start())
    for table in ("tasks", "events"):
        victim, other = writers.processes[-2:]
        await says(victim, f"i {table}", len(victim.output))
        victim.kill()
        await says(other, "o 0,1,2,3", len(other.output))
        await owns_some(await writers.start())
    await load.rest()
    await writers.all_committed()
    await writers.check(histories)


async def test_a_writer_that_stops_in_order_hands_over_what_it_has(writers: Writers) -> None:
    histories, stream = told()
    load = Load(writers.log, stream)
    first, second = await writers.start(), await writers.start()
    await owns_some(first)
    await owns_some(second)
    since = len(second.output)
    await asyncio.to_thread(first.stop)
    await says(second, "o 0,1,2,3", since)
    await load.rest()
    await writers.all_committed()
    await writers.check(histories)
