"""A Meadow of few processes whose servers go away, refuse or fill up while something is said."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from tests.promises.chaos_publisher import Confirmed
from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.roles import Role, Roles

COUNTS = {"ingest": 1, "write": 1, "query": 1}
QUEUE = "meadow.events.v1.celeryev"
PER_SAY = 50
STORED = """SELECT uniqExact(task_id), uniqExact(hostname, pid, clock, at, type, task_id),
    (SELECT count() FROM {db}.tasks FINAL WHERE state = 'SUCCESS' AND NOT is_deleted)
FROM {db}.events WHERE task_id != '' FORMAT TSV"""


@dataclass
class Away:
    """One process each of ingest, write and query. said: tasks that Meadow's queue had, each by its one event."""

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
def away(folder: Path, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Away]:
    """Started, its cluster connected."""
    vhost = rabbitmq.vhost()
    broker = Broker(rabbitmq.url(vhost))
    meadow = Roles(folder, {"shop": broker}, kafka, clickhouse, COUNTS, {"MEADOW_WORKERS": "1"})
    try:
        meadow.start()
        meadow.url = meadow.roles["query-1"].url
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
