"""Where the Kafka stream's tests keep theirs: topics made for one test on the one Kafka of the session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_admin import admin
from meadow.core.logs.kafka_topics import REGISTRY, TopicSettings, make_topics
from meadow.core.streams.kafka import KafkaStream
from meadow.core.streams.kafka_reading import ReadingSettings
from tests.contracts.stream_parts import Kept
from tests.servers.kafka import Kafka

QUICK = ReadingSettings(silent_s=2.0)


class KafkaStreams(Kept):
    """Streams on one topic, by `async with`: made for one test, and all stopped in the end."""

    def __init__(self, kafka: Kafka, name: str = REGISTRY) -> None:
        super().__init__()
        self.kafka, self.name = kafka, name
        self.connection = kafka.connection()

    @property
    def address(self) -> Sequence[str]:
        return ("kafka", self.kafka.servers, self.connection.prefix)

    @property
    def topic(self) -> str:
        return self.connection.topic(self.name)

    async def make(self) -> None:
        await make_topics(self.connection, TopicSettings(partitions=1))

    async def __aenter__(self) -> Self:
        await self.make()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def open(self, connection: KafkaConnection | None = None, put_within_s: float = 30.0) -> KafkaStream:
        stream = KafkaStream(connection or self.connection, self.name, QUICK, put_within_s)
        self.keep(stream)
        return stream

    async def started(self, connection: KafkaConnection | None = None, put_within_s: float = 30.0) -> KafkaStream:
        stream = await self.open(connection, put_within_s)
        await self.run(stream)
        return stream

    @asynccontextmanager
    async def small_messages(self) -> AsyncIterator[None]:
        """The topic takes no more than 10 kB."""
        small, usual = {"max.message.bytes": "10000"}, {"max.message.bytes": "1048588"}
        async with admin(self.connection, 10) as client:
            await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, self.topic, small)])
            yield
            await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, self.topic, usual)])

    @asynccontextmanager
    async def stranger(self) -> AsyncIterator[AIOKafkaProducer]:
        """A producer that knows nothing of streams."""
        producer = AIOKafkaProducer(**self.connection.options())
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()
