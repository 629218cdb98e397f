"""Promises 1 and 8: when Kafka, ClickHouse or RabbitMQ hangs or refuses, who notices says so, holds little, loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.promises.away import HELD_MB_MAX, Away, away, held_through_an_outage_of_kafka, memory_of
from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.clickhouse_faults import Fault
from tests.servers.client import Refused
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.processes import Process
from tests.servers.rabbitmq import RabbitMQ

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
BACKLOG = 8_000
RESULT_BYTES = 40_000


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
    assert held_through_an_outage_of_kafka(running, away_s=1) < HELD_MB_MAX
    wait_for(lambda: "in 12 of 12 partitions" in running.write.told("writer"), "the writer says what it holds")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"code": 252}, "TOO_MANY_PARTS"),
        ({"code": 285}, "TOO_FEW_LIVE_REPLICAS"),
        ({"code": 319}, "UNKNOWN_STATUS_OF_INSERT"),
        ({"status": 503}, "HTTP status 503"),
        ({"cut": "before"}, "ClickHouse at "),
        ({"cut": "after"}, "ClickHouse at "),
    ],
    ids=["too many parts", "no quorum", "quorum not known", "503", "cut before", "cut after"],
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
        wait_for(lambda: running.write.counted("meadow_writer_lag_records") > 0, "what it took is not committed")
        assert running.write.counted("meadow_writer_retries_total") > 0
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


def test_a_command_to_a_broker_that_blocks_is_refused_in_words_and_the_next_one_goes(
    running: Away, worker: Callable[..., Process]
) -> None:
    worker(Broker(running.rabbitmq.url(running.vhost)), events=False)
    wait_for(lambda: answers(running), "the worker answers")
    with running.rabbitmq.memory_alarm(), pytest.raises(Refused) as refused:
        running.command("ping")
    assert (refused.value.status, refused.value.body["code"]) == (503, "broker_unavailable")
    assert "short of memory or disk" in refused.value.body["detail"]
    wait_for(lambda: answers(running), "the worker answers again")


def answers(running: Away) -> bool:
    """Whether its worker does; not yet, or no more, is one of the broker's refusals."""
    try:
        return bool(running.command("ping")["state"] == "answered")
    except Refused:
        return False
