"""A whole Meadow under load while its processes and servers are killed and come back, in an order that a seed gives."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from kombu import Connection

from meadow.core.logs.kafka_topics import EVENTS
from tests.promises.chaos_stories import Story, story
from tests.promises.chaos_watch import Watch
from tests.servers.celery import ROOT, Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.roles import Roles

COUNTS = {"ingest": 2, "write": 2, "query": 2, "control": 1, "web": 1}
SHARED = "both"  # the cluster that two ingest nodes hold at once
SLUGS = ("north", "south", SHARED)
QUEUE = "meadow.events.v1.celeryev"
_LAST_LINE = re.compile(r"^Traceback .*\n(?:[ \t].*\n|\n)*(.*)", re.MULTILINE)


@dataclass(frozen=True)
class Victim:
    """kind: each is hit once before any is hit again. away_s: how long it stays away, at most."""

    name: str
    kind: str
    down: Callable[[], object]
    up: Callable[[], object]
    away_s: float


@dataclass(frozen=True)
class Load:
    """events_per_s over all clusters, for `seconds`; what is said is a function of the seed, but for its times."""

    seed: int
    events_per_s: float
    seconds: float


@dataclass
class Told:
    """What the publisher said. again: events that were said twice or more, as no confirm had come."""

    stories: dict[str, list[Story]]
    events: int
    again: int


@dataclass
class Course:
    """What happened: kills by name, in order; to_zero_s: from the end of the load until all was stored."""

    told: Told
    kills: list[str] = field(default_factory=list)
    load_s: float = 0.0
    to_zero_s: float = 0.0
    watch: Watch = field(default_factory=Watch)

    @property
    def kills_by_kind(self) -> dict[str, int]:
        return dict(sorted(Counter(name.partition("-")[0] for name in self.kills).items()))


class Field:
    """RabbitMQ with three clusters, one of them held by both ingest nodes, and two or more of what may be several."""

    def __init__(
        self,
        folder: Path,
        rabbitmq: RabbitMQ,
        kafka: Kafka,
        clickhouse: ClickHouse,
        workers: int = 1,
        counts: Mapping[str, int] = COUNTS,
    ) -> None:
        self.rabbitmq, self.kafka, self.clickhouse = rabbitmq, kafka, clickhouse
        self.vhosts = {slug: rabbitmq.vhost() for slug in SLUGS}
        self.brokers = {slug: Broker(rabbitmq.url(vhost)) for slug, vhost in self.vhosts.items()}
        alone = {slug: broker for slug, broker in self.brokers.items() if slug != SHARED}
        self.meadow = Roles(folder, alone, kafka, clickhouse, counts, {"MEADOW_WORKERS": str(workers)})

    def start(self) -> Field:
        """Returns when every cluster's queue is there, bound and read."""
        self.meadow.start()
        self.meadow.post("/clusters", {"slug": SHARED, "url": self.brokers[SHARED].url, "holders": 2})
        wait_for(self._connected, f"{len(SLUGS)} clusters connected", 60)
        return self

    def victims(self) -> list[Victim]:
        """All but web, which the asking goes through; its own kill is among its tests."""
        roles = [
            Victim(name, name.partition("-")[0], role.kill, role.start, 12.0)
            for name, role in self.meadow.roles.items()
            if not name.startswith("web")
        ]
        return [
            *roles,
            Victim("kafka", "kafka", self.kafka.kill, self.kafka.start, 6.0),
            Victim("clickhouse", "clickhouse", self.clickhouse.kill, self.clickhouse.start, 6.0),
            Victim("rabbitmq", "rabbitmq", self.rabbitmq.stop_broker, self.rabbitmq.start_broker, 3.0),
        ]

    def at_rest(self) -> bool:
        """Nothing waits in a queue or on the log."""
        return (
            not any(map(_ready, self.brokers.values()))
            and asyncio.run(records_behind(self.kafka, self.meadow.name)) == 0
            and not any(self.rabbitmq.queues(vhost)[QUEUE] for vhost in self.vhosts.values())  # a second each
        )

    def faults(self) -> list[str]:
        """Tracebacks that its processes wrote, over all their lives: their last lines."""
        said = [role.process.log.read_text(errors="replace") for role in self.meadow.roles.values() if role.process]
        return [one.split("\n")[0] for text in said for one in _LAST_LINE.findall(text)]

    def _connected(self) -> bool:
        found = self.meadow.items("/clusters")
        held = sum(f"cluster default/{SHARED}" in str(role.ready()) for role in self.meadow.of("ingest"))
        return len(found) == len(SLUGS) and all(one["connected"] for one in found) and held == 2


def _ready(broker: Broker) -> int:
    """Messages of Meadow's queue that nobody was given."""
    with Connection(broker.url) as connection:
        return int(connection.default_channel.queue_declare(QUEUE, passive=True).message_count)


async def records_behind(kafka: Kafka, prefix: str) -> int:
    """Between the ends of the log and what the writers committed, as Kafka has both: a writer may hold no partition now."""
    connection = kafka.connection(prefix)
    consumer, admin = AIOKafkaConsumer(**connection.options()), AIOKafkaAdminClient(**connection.options())
    try:
        await asyncio.gather(consumer.start(), admin.start())
        topic, group = connection.topic(EVENTS), connection.topic("writer")
        described = await admin.describe_topics([topic])
        partitions = [TopicPartition(topic, number) for number in range(len(described[0]["partitions"]))]
        ends, committed = await consumer.end_offsets(partitions), await admin.list_consumer_group_offsets(group)
        return sum(end - (committed[one].offset if one in committed else 0) for one, end in ends.items())
    finally:
        await asyncio.gather(consumer.stop(), admin.close())


def run(running: Field, load: Load, victims: Sequence[Victim], gap_s: float, settle_s: float) -> Course:
    """The load, with a kill about every gap_s until it ends or, if that is later, each victim had its turn; then waits until
    all is stored, settle_s at most. Everything is up again when it returns."""
    course = Course(Told({}, 0, 0))
    dice = random.Random(load.seed)
    with course.watch.watching(running.meadow), publishing(running, load) as publisher:
        begun_s = time.monotonic()
        for victim in _turns(dice, victims, lambda: publisher.poll() is None):
            time.sleep(dice.uniform(0, 2 * gap_s))  # the moment is the case under test, not something waited for
            course.kills.append(victim.name)
            victim.down()
            time.sleep(dice.uniform(0, victim.away_s))
            victim.up()
        answer, _ = publisher.communicate(timeout=load.seconds + settle_s)
        assert publisher.returncode == 0
        course.told, course.load_s = told(load.seed, answer), time.monotonic() - begun_s
        wait_for(running.at_rest, "nothing waits any more", settle_s)
        course.to_zero_s = time.monotonic() - begun_s - course.load_s
    return course


def _turns(dice: random.Random, victims: Sequence[Victim], goes_on: Callable[[], bool]) -> Iterator[Victim]:
    """Each once, in random order, again and again while it goes on; the first turn is always finished."""
    first = True
    while first or goes_on():
        for victim in dice.sample(list(victims), len(victims)):
            if first or goes_on():
                yield victim
        first = False


@contextmanager
def publishing(running: Field, load: Load) -> Iterator[subprocess.Popen[str]]:
    """Ends by itself, or earlier when it is told to (SIGTERM), all its stories whole; what it prints is for `told`."""
    urls = [running.brokers[slug].url for slug in SLUGS]
    numbers = [str(load.seed), str(load.events_per_s), str(load.seconds)]
    command = [sys.executable, "-m", "tests.promises.chaos_publisher", *numbers, *urls]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as publisher:
        try:
            yield publisher
        finally:
            publisher.kill()


def told(seed: int, answer: str) -> Told:
    """What the publisher said, from what it printed."""
    said = json.loads(answer)
    stories = {
        slug: [story(seed, place + number * len(SLUGS)) for number in range(count)]
        for place, (slug, count) in enumerate(zip(SLUGS, said["tasks"], strict=True))
    }
    return Told(stories, said["events"], said["again"])
