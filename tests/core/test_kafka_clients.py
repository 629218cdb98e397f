"""Whoever stops a client of Kafka can be cancelled, whatever aiokafka is doing at that moment."""

from __future__ import annotations

import asyncio

import psutil
from aiokafka import AIOKafkaConsumer

from meadow.core.logs.kafka_clients import started, stopped
from tests.servers.kafka import Kafka

AT_ONCE_S = 0.0  # no time to stop in order, so that it is abandoned
TURNS = 8
MOMENTS = 20  # a millisecond apart: a start takes about ten
WITHIN_S = 30.0


async def test_a_cancelling_while_a_client_is_abandoned_is_heeded_at_every_turn(kafka: Kafka) -> None:
    for turns in range(1, TURNS):
        client = AIOKafkaConsumer(**kafka.connection().options())
        await client.start()
        before = asyncio.all_tasks()
        stopping = asyncio.create_task(stopped(client, AT_ONCE_S))
        for _ in range(turns):
            await asyncio.sleep(0)
        assert stopping.cancel(), "it has ended before"
        await asyncio.wait([stopping])
        assert stopping.cancelled(), f"forgotten after {turns} turns of the loop"
        if left := asyncio.all_tasks() - before:
            await asyncio.wait(left)  # it is abandoned all the same, to its end


async def test_a_start_that_is_cancelled_leaves_no_connection(kafka: Kafka) -> None:
    before = _connections(kafka.port)
    for moment in range(MOMENTS):
        client = AIOKafkaConsumer(**kafka.connection().options())
        starting = asyncio.create_task(started(client, WITHIN_S))
        await asyncio.sleep(moment * 0.001)
        starting.cancel()
        await asyncio.wait([starting])
        if not starting.cancelled():
            await stopped(client, WITHIN_S)  # it had started before
    assert _connections(kafka.port) <= before


def _connections(port: int) -> int:
    return len([one for one in psutil.Process().net_connections("tcp") if one.raddr and one.raddr.port == port])
