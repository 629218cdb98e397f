"""What cannot be used of the registry's topic, or not be read, is counted where an operator sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from meadow.core import meters
from meadow.core.registry import Registry
from meadow.core.streams.kafka import KafkaStream
from meadow.deploy.measured import of_registry
from tests.contracts.kafka_streams import KafkaStreams
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
async def streams(kafka: Kafka) -> AsyncIterator[KafkaStreams]:
    made = KafkaStreams(kafka)
    await made.make()
    yield made
    await made.close()


def registry_on(streams: KafkaStreams) -> Registry:
    registry = Registry(KafkaStream(streams.connection, streams.name), None)
    streams.keep(registry)
    return registry


def measured(registry: Registry) -> dict[tuple[str, tuple[str, ...]], float]:
    return {(reading.metric.name, reading.labels): reading.value for reading in of_registry(registry)}


async def test_a_record_that_is_no_entry_is_measured_by_who_was_there_and_who_came_later(streams: KafkaStreams) -> None:
    skipped = (meters.REGISTRY_SKIPPED.name, ("no key",))
    registry, late = registry_on(streams), registry_on(streams)
    await streams.run(registry)
    assert skipped not in measured(registry)
    async with streams.stranger() as stranger:
        await stranger.send_and_wait(streams.topic, b"value", key=b"\xff\xfe")
    await until(lambda: measured(registry).get(skipped) == 1, "it is measured")
    await streams.run(late)
    assert measured(late)[skipped] == 1


async def test_tries_in_vain_are_measured(kafka: Kafka, streams: KafkaStreams) -> None:
    failures = (meters.REGISTRY_FAILURES.name, ())
    registry = registry_on(streams)
    assert measured(registry)[failures] == 0
    kafka.stop()
    try:
        starting = asyncio.create_task(registry.start())
        await until(lambda: measured(registry)[failures] > 0, "it is measured")
    finally:
        kafka.start()
    await asyncio.wait_for(starting, 30)
