"""Where the Kafka log's tests keep theirs: a prefix of its own on the one Kafka of the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Self

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from meadow.core.kafka import KafkaConnection
from meadow.core.log import Log
from meadow.core.logs.kafka import KafkaLog, KafkaLogSettings
from meadow.core.logs.kafka_admin import admin
from meadow.core.logs.kafka_topics import EVENTS, TopicSettings, make_topics
from tests.contracts.log_parts import GROUP
from tests.servers.kafka import Kafka

QUICK = KafkaLogSettings(group_session_s=6.0, close_within_s=1.0)
ANSWER_WITHIN_S = 10.0


class KafkaLogs:
    """Logs on topics made for one test, by `async with`: in the end Kafka goes on, and all are closed."""

    def __init__(self, kafka: Kafka, partitions: int = 3) -> None:
        self.kafka, self._partitions = kafka, partitions
        self.connection = kafka.connection()
        self.opened: list[KafkaLog] = []

    async def __aenter__(self) -> Self:
        await make_topics(self.connection, TopicSettings(partitions=self._partitions))
        return self

    async def __aexit__(self, *error: object) -> None:
        self.kafka.resume()
        for log in self.opened:
            await log.close()

    async def open(self, settings: KafkaLogSettings = QUICK, connection: KafkaConnection | None = None) -> KafkaLog:
        log = await KafkaLog.open(connection or self.connection, settings)
        self.opened.append(log)
        return log

    async def forget(self, log: Log) -> None:
        """As an operator deletes records: up to what the group has committed."""
        async with admin(self.connection, ANSWER_WITHIN_S) as client:
            committed = await client.list_consumer_group_offsets(self.connection.topic(GROUP))
            await client.delete_records({p: RecordsToDelete(at.offset) for p, at in committed.items()})

    async def delete_all(self, log: Log) -> None:
        """As retention does when no reader came in time."""
        async with admin(self.connection, ANSWER_WITHIN_S) as client:
            ends = await log.ends()
            await client.delete_records({self.partition(p): RecordsToDelete(end) for p, end in ends.items()})

    async def filled(self) -> tuple[Log, Callable[[], Awaitable[None]]]:
        """Kafka has no size at which it refuses; one that hangs makes an append wait for the same reason: no answer."""
        log = await self.open(replace(QUICK, append_within_s=60.0))
        self.kafka.pause()

        async def make_room() -> None:
            self.kafka.resume()

        return log, make_room

    def partition(self, number: int) -> TopicPartition:
        return TopicPartition(self.connection.topic(EVENTS), number)
