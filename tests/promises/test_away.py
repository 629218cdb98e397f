"""Promises 1 and 8: when Kafka, ClickHouse or RabbitMQ hangs or refuses, who notices says so, holds little, loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.promises.away import Away, away, memory_of
from tests.servers.clickhouse import ClickHouse
from tests.servers.clickhouse_faults import Fault
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
BACKLOG = 8_000
RESULT_BYTES = 40_000
HELD_MB_MAX = 200  # 64 MiB of bodies and one batch of them, twice as text; the backlog is 320 MB


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse
) -> Iterator[Away]:
    with away(tmp_path_factory.mktemp("away"), rabbitmq, kafka, clickhouse) as started:
        yield started


def test_while_kafka_hangs_the_broker_keeps_what_is_said_and_ingest_holds_little_of_it(running: Away) -> None:
    memory = memory_of(running.ingest)
    before_mb = memory.now_mb
    running.kafka.pause()
    try:
        running.say(BACKLOG, RESULT_BYTES)
        wait_for(lambda: running.ingest.told("kafka").startswith("!"), "ingest says it of Kafka")
        wait_for(lambda: "the log takes nothing" in running.ingest.output, "an append was given up and tried again", 90)
        assert not running.ingest.ready()["ready"]
        assert running.ingest.told("cluster default/shop") == "connected"
        assert running.queued() == BACKLOG
        held_mb = memory.most_mb - before_mb
        print(f"ingest held {held_mb:.0f} MB of {BACKLOG * RESULT_BYTES / 1e6:.0f} MB")
        assert held_mb < HELD_MB_MAX
    finally:
        running.kafka.resume()
    running.wait_all_there(150)


def test_a_kafka_that_was_killed_for_a_while_loses_nothing(running: Away) -> None:
    running.say(200)
    running.kafka.kill()
    try:
        running.say(200)
        wait_for(lambda: running.ingest.told("kafka").startswith("!"), "ingest says it of Kafka")
        wait_for(lambda: running.write.told("kafka").startswith("!"), "the writer says it of Kafka")
    finally:
        running.kafka.start()
    running.wait_all_there()
    wait_for(lambda: "in 12 of 12 partitions" in running.write.told("writer"), "the writer says what it holds")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"code": 252}, "TOO_MANY_PARTS"),
        ({"status": 503}, "HTTP status 503"),
        ({"cut": "before"}, "ClickHouse at "),
        ({"cut": "after"}, "ClickHouse at "),
    ],
    ids=["too many parts", "503", "cut before", "cut after"],
)
def test_a_clickhouse_that_refuses_is_named_and_has_everything_in_the_end(
    running: Away, fault: dict[str, Any], words: str
) -> None:
    running.clickhouse.faults([Fault(match="^INSERT", times=100_000, **fault)])
    try:
        running.say(300)
        wait_for(lambda: words in running.write.told("writer"), f"the writer says {words}")
        assert running.write.told("writer").startswith("!")
        assert not running.write.ready()["ready"]
        assert running.ingest.ready()["ready"]
    finally:
        running.clickhouse.faults()
    running.wait_all_there()


@contextmanager
def disk_alarm(rabbitmq: RabbitMQ) -> Iterator[None]:
    rabbitmq.control("set_disk_free_limit", "100000GB")
    try:
        yield
    finally:
        rabbitmq.control("set_disk_free_limit", "1MB")


@pytest.mark.parametrize("alarm", [RabbitMQ.memory_alarm, disk_alarm], ids=["memory", "disk"])
def test_a_broker_that_blocks_is_told_and_what_it_has_is_still_taken(running: Away, alarm: Any) -> None:
    running.ingest.stop()
    running.say(200)
    blocked: AbstractContextManager[None] = alarm(running.rabbitmq)
    with blocked:
        running.ingest.start().wait_ready()
        said = "cluster default/shop"
        wait_for(lambda: "short of memory or disk" in running.ingest.told(said), "ingest says that the broker blocks")
        running.wait_all_there()
    wait_for(lambda: running.ingest.told(said) == "connected", "ingest says that it is over")
