"""Whoever gives up a seat can be cancelled, whatever aiokafka is doing at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer

from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.ingest.ownerships.kafka import TOPIC
from meadow.ingest.ownerships.kafka_seat import Seat
from tests.servers.kafka import Kafka

AT_ONCE_S = 0.0  # the group is not told in time, so that the seat is abandoned


@pytest.fixture
async def seats(kafka: Kafka) -> AsyncIterator[list[Seat]]:
    """Seats that were taken, each in a group of its own."""
    connection = kafka.connection()
    await make_topics(connection, TopicSettings(partitions=1))
    made = [
        Seat(AIOKafkaConsumer(connection.topic(TOPIC), group_id=connection.topic(f"g{number}"), **connection.options()))
        for number in range(8)
    ]
    await asyncio.gather(*(seat.take() for seat in made))
    yield made
    for seat in made:
        await seat.give_up(10.0)


async def test_a_cancelling_on_the_way_out_is_heeded_at_every_turn(seats: list[Seat]) -> None:
    for turns, seat in enumerate(seats):
        leaving = asyncio.create_task(seat.give_up(AT_ONCE_S))
        for _ in range(turns):
            await asyncio.sleep(0)
        assert leaving.cancel(), "it has ended before"
        await asyncio.wait([leaving])
        assert leaving.cancelled(), f"forgotten after {turns} turns of the loop"
