"""A Meadow of few processes whose servers go away, refuse or fill up while something is said."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import psutil

from tests.promises.chaos_publisher import Confirmed
from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Client
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.roles import Role, Roles

COUNTS = {"ingest": 1, "write": 1, "query": 1, "control": 1}
QUEUE = "meadow.events.v1.celeryev"
PER_SAY = 50
HELD_MB_MAX = 200  # 64 MiB of bodies and one batch of them, twice as text
A_SECOND = 200  # events while Kafka is away
EVENT_BYTES = 8_000
STORED = """SELECT uniqExact(task_id), uniqExact(hostname, pid, clock, at, type, task_id),
    (SELECT count() FROM {db}.tasks FINAL WHERE state = 'SUCCESS' AND NOT is_deleted)
FROM {db}.events WHERE task_id != '' FORMAT TSV"""


@dataclass
class Away:
    """One process each of ingest, write, query and control. said: tasks that Meadow's queue had, each by its one event."""

    rabbitmq: RabbitMQ
    vhost: str
    kafka: Kafka
    clickhouse: ClickHouse
    meadow: Roles
    said: int = 0

    @property
    def ingest(self) -> Role:
        return self.meadow.roles["ingest-1"]

    @property
    def write(self) -> Role:
        return self.meadow.roles["write-1"]

    @property
    def query(self) -> Role:
        return self.meadow.roles["query-1"]

    @property
    def control(self) -> Role:
        return self.meadow.roles["control-1"]

    def command(self, name: str) -> dict[str, Any]:
        """The outcome of one without arguments to all workers, asked of control. Raises Refused."""
        control = Client()
        control.url, control.token = self.control.url, self.meadow.token
        outcome: dict[str, Any] = control.post("/clusters/shop/commands", {"command": name})["item"]
        return outcome

    def say(self, count: int, result_bytes: int = 8) -> None:
        """Whole tasks of one event each; returns when the broker has them."""
        broker, clock = Confirmed(self.rabbitmq.url(self.vhost)), itertools.count(self.said + 1)
        for begin in range(0, count, PER_SAY):
            some = range(begin, min(begin + PER_SAY, count))
            broker.say([("task.succeeded", _event(next(clock), "x" * result_bytes)) for _ in some])
        broker.close()
        self.said += count

    def queued(self) -> int:
        """Messages in Meadow's queue, those it holds unacknowledged among them."""
        return self.rabbitmq.queues(self.vhost)[QUEUE]

    def wait_all_there(self, within_s: float = 90.0) -> None:
        """Each task has one live row and its one event, as readers take them; nothing waits in the broker."""
        expected = f"{self.said}\t{self.said}\t{self.said}"
        asked = STORED.format(db=self.meadow.name)
        wait_for(lambda: self.clickhouse.say(asked).strip() == expected, f"{expected} in the store", within_s)
        wait_for(lambda: not self.queued(), "the queue is empty")
        wait_for(lambda: all(role.ready().get("ready") for role in self.meadow.roles.values()), "all ready again")


def _event(clock: int, result: str) -> bytes:
    said = {"type": "task-succeeded", "uuid": str(uuid.uuid4()), "hostname": "w1@away", "pid": 7, "clock": clock}
    return orjson.dumps({**said, "utcoffset": 0, "timestamp": time.time(), "result": result, "runtime": 0.1})


@contextmanager
def away(
    folder: Path, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse, counts: Mapping[str, int] = COUNTS
) -> Iterator[Away]:
    """Started, its cluster connected; asked through web where there is one."""
    vhost = rabbitmq.vhost()
    broker = Broker(rabbitmq.url(vhost))
    meadow = Roles(folder, {"shop": broker}, kafka, clickhouse, counts, {"MEADOW_WORKERS": "1"})
    try:
        meadow.start()
        meadow.url = meadow.url or meadow.roles["query-1"].url
        running = Away(rabbitmq, vhost, kafka, clickhouse, meadow)
        wait_for(lambda: running.ingest.told("cluster default/shop") == "connected", "connected", 60)
        yield running
    finally:
        meadow.stop()


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: resident now, and the most it was since the block began."""

    process: psutil.Process

    @property
    def now_mb(self) -> float:
        return float(self.process.memory_info().rss / 1e6)

    @property
    def most_mb(self) -> float:
        """Linux's VmHWM."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def memory_of(role: Role) -> Memory:
    """Its most begins anew."""
    assert role.process
    Path(f"/proc/{role.process.pid}/clear_refs").write_text("5")
    return Memory(psutil.Process(role.process.pid))


def held_through_an_outage_of_kafka(running: Away, away_s: int) -> float:
    """Kills it for so long, while more is said every second; asserts that all say so, that the broker keeps what is said, and
    that all is there in the end by the same processes. The MB that ingest held more than before."""
    memory, processes = memory_of(running.ingest), [role.process for role in running.meadow.roles.values()]
    before_mb = memory.now_mb
    running.say(A_SECOND)
    running.kafka.kill()
    try:
        for _ in range(away_s):
            running.say(A_SECOND, EVENT_BYTES)
            time.sleep(1)  # that it lasts is what is tried
        for role in (running.ingest, running.write, running.control):
            wait_for(partial(is_unready_for_kafka, role), f"{role.name} says it of Kafka")
        wait_for(lambda: running.query.told("kafka").startswith("away"), "query says it of Kafka")
        assert running.query.ready()["ready"], "the history can be asked"
        assert running.queued() >= A_SECOND * away_s
    finally:
        running.kafka.start()
    running.wait_all_there(150)
    assert not any(process is None or process.ended for process in processes)
    return memory.most_mb - before_mb


def is_unready_for_kafka(role: Role) -> bool:
    """Whether it is, and says so."""
    return role.told("kafka").startswith("!") and not role.ready()["ready"]
