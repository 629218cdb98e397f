"""RabbitMQ as a source: a queue of Meadow's own, acknowledged only when told to."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from meadow.ingest.source import Source
from meadow.ingest.sources.amqp import AmqpSettings
from tests.contracts.source_amqp import QUEUE, SETTINGS, source_of
from tests.contracts.source_reader import reading, send_numbers
from tests.contracts.source_suite import SourceSuite
from tests.servers.celery import ROOT, Broker
from tests.servers.deadlines import until
from tests.servers.processes import Process, free_port
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker


class TestAmqpSource(SourceSuite):
    keeps = True

    @pytest.fixture
    def broker(self, amqp_broker: Broker, rabbitmq: RabbitMQ) -> Broker:
        self.server = rabbitmq
        return amqp_broker

    def make(self, broker: Broker) -> Source:
        return source_of(broker.url)

    def cut(self, broker: Broker) -> None:
        self.server.close_connections(broker.url.rpartition("/")[2])

    def nowhere(self) -> Broker:
        return Broker(f"amqp://guest:guest@127.0.0.1:{free_port()}/x")

    def down(self, broker: Broker) -> None:
        self.server.stop_broker()

    def up(self, broker: Broker) -> None:
        self.server.start_broker()


async def test_what_is_not_done_comes_again_and_what_is_done_does_not(amqp_broker: Broker) -> None:
    async with reading(source_of(amqp_broker.url), done=False) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(150))
        await reader.has(150)
        await reader.source.done(reader.batches[0].token)
        first = len(reader.batches[0].messages)
    async with reading(source_of(amqp_broker.url)) as again:
        await again.has(150 - first)
        assert sorted(again.numbers) == list(range(first, 150))
        await again.source.done(again.batches[-1].token)
        await again.source.done(10**12)
        await asyncio.to_thread(send_numbers, amqp_broker, range(150, 151))
        await again.has(151 - first)


TAKER = """
import asyncio, sys
from meadow.core.connections import Connection
from meadow.ingest.sources.amqp import AmqpSettings, AmqpSource
async def main():
    source = AmqpSource("test", Connection(sys.argv[1]), AmqpSettings(queue_bytes_max=10_000_000))
    async for batch in source.batches():
        print("took", len(batch.messages), flush=True)
asyncio.run(main())
"""


async def test_a_collector_killed_between_take_and_done_loses_nothing(amqp_broker: Broker, tmp_path: Path) -> None:
    async with reading(source_of(amqp_broker.url)):
        pass  # the queue is there
    await asyncio.to_thread(send_numbers, amqp_broker, range(100))
    (tmp_path / "taker.py").write_text(TAKER)
    taker = Process([sys.executable, str(tmp_path / "taker.py"), amqp_broker.url], tmp_path / "taker.out", cwd=ROOT)
    try:
        await asyncio.to_thread(taker.wait_until_says, "took")
    finally:
        taker.kill()
    async with reading(source_of(amqp_broker.url)) as reader:
        await reader.has(100)
        assert sorted(set(reader.numbers)) == list(range(100))


async def test_several_collectors_share_the_one_queue(amqp_broker: Broker) -> None:
    async with reading(source_of(amqp_broker.url)) as one, reading(source_of(amqp_broker.url)) as two:
        await asyncio.to_thread(send_numbers, amqp_broker, range(600))
        await until(lambda: len(one.numbers) + len(two.numbers) == 600, "all, once")
        assert sorted(one.numbers + two.numbers) == list(range(600))
        assert one.numbers
        assert two.numbers


async def test_prefetch_bounds_what_a_reader_that_is_not_done_is_handed(
    amqp_broker: Broker, rabbitmq: RabbitMQ
) -> None:
    async with reading(source_of(amqp_broker.url), done=False) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(300))
        await reader.has(200)
        await asyncio.sleep(0.2)
        assert len(reader.numbers) == 200


async def test_bytes_bound_what_is_read_ahead(amqp_broker: Broker) -> None:
    settings = AmqpSettings(batch_messages_max=1, held_bytes_max=20_000, heartbeat_s=5)
    async with reading(source_of(amqp_broker.url, settings)) as reader:
        reader.hold()
        await asyncio.to_thread(send_numbers, amqp_broker, range(500))
        await asyncio.sleep(0.2)
        link = reader.source._links.link  # type: ignore[attr-defined] # nothing public shows what is held
        assert link._held_bytes < 25_000
        reader.go_on()
        await reader.has(500)
        assert reader.numbers == list(range(500))


async def test_the_queue_is_quorum_bounded_and_survives_a_restart_with_its_messages(
    amqp_broker: Broker, rabbitmq: RabbitMQ
) -> None:
    async with reading(source_of(amqp_broker.url)):
        pass
    await asyncio.to_thread(send_numbers, amqp_broker, range(100))
    vhost = amqp_broker.url.rpartition("/")[2]
    shown = await asyncio.to_thread(rabbitmq.control, "list_queues", "--vhost", vhost, "name", "type", "arguments")
    assert QUEUE in shown
    assert "quorum" in shown
    assert "drop-head" in shown
    assert "10000000" in shown
    await asyncio.to_thread(rabbitmq.restart)
    async with reading(source_of(amqp_broker.url)) as reader:
        await reader.has(100)


async def test_a_full_queue_drops_its_oldest(amqp_broker: Broker) -> None:
    small = replace(SETTINGS, queue_bytes_max=20_000)
    async with reading(source_of(amqp_broker.url, small)):
        pass
    await asyncio.to_thread(send_numbers, amqp_broker, range(500))
    async with reading(source_of(amqp_broker.url, small)) as reader:
        await until(lambda: 499 in reader.numbers, "the newest")
        assert 0 < reader.numbers[0] < 499
        assert reader.numbers == list(range(reader.numbers[0], 500))


async def test_an_abandoned_queue_goes_away(amqp_broker: Broker, rabbitmq: RabbitMQ) -> None:
    assert AmqpSettings().queue_expires_s == 7 * 86_400
    async with reading(source_of(amqp_broker.url, replace(SETTINGS, queue_expires_s=1))):
        pass
    vhost = amqp_broker.url.rpartition("/")[2]
    await until(lambda: QUEUE not in rabbitmq.queues(vhost), "the queue is gone")


async def test_of_several_hosts_the_next_is_tried(amqp_broker: Broker) -> None:
    dead = f"amqp://guest:guest@127.0.0.1:{free_port()}/x"
    async with reading(source_of(f"{dead};{amqp_broker.url}")) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)
