"""A RabbitMQ that is restarted or dies costs few lines of the log, none of them a traceback."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest

from meadow.control.wires.amqp import AmqpWire
from meadow.core.connections import Connection
from tests.contracts.source_amqp import source_of
from tests.contracts.source_reader import reading
from tests.contracts.wire_suite import StartWorker, answering
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker
LINES_MAX = 12


def killed(rabbitmq: RabbitMQ) -> None:
    rabbitmq.kill()
    rabbitmq.start()


@pytest.mark.parametrize("away", [RabbitMQ.restart, killed], ids=["restarted", "killed"])
async def test_whoever_is_connected_says_it_in_a_line(
    rabbitmq: RabbitMQ, worker: StartWorker, caplog: pytest.LogCaptureFixture, away: Callable[[RabbitMQ], None]
) -> None:
    broker = Broker(rabbitmq.url(rabbitmq.vhost()))
    wire, source = AmqpWire(Connection(broker.url)), source_of(broker.url)
    caplog.set_level(logging.WARNING)
    async with reading(source):
        worker(broker, events=False)
        await answering(wire, "w1@test")
        await asyncio.to_thread(away, rabbitmq)
        await answering(wire, "w1@test")
        await until(lambda: source.state.connected, "the source is connected again")
    await wire.close()
    gc.collect()  # asyncio complains of a task nobody asked once it is collected
    lines = [record for record in caplog.records if record.name.partition(".")[0] in ("aiormq", "asyncio")]
    assert not [record.getMessage() for record in lines if record.exc_info]
    assert len(lines) <= LINES_MAX, [record.getMessage() for record in lines]
