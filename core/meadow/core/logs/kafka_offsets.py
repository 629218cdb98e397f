"""Asks Kafka where the partitions of the log begin and end, by a client that reads nothing and so never waits for records."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_clients import answered, started, stopped


class Offsets:
    """One client for all who ask; `end_offsets` of a client that also reads would wait behind its long poll."""

    def __init__(self, connection: KafkaConnection, topic: str, within_s: float, close_within_s: float) -> None:
        self._topic, self._within_s, self._close_within_s = topic, within_s, close_within_s
        self._client = AIOKafkaConsumer(**connection.options(), client_id="meadow-offsets", enable_auto_commit=False)

    async def start(self) -> None:
        """Raises LogUnavailable."""
        await started(self._client, self._within_s)

    async def stop(self) -> None:
        await stopped(self._client, self._close_within_s)

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """One past the newest offset. Raises LogUnavailable."""
        return _by_number(await answered(self._client.end_offsets(self._named(partitions)), self._within_s))

    async def oldest(self, partitions: Iterable[int]) -> dict[int, int]:
        """Offset of the oldest record that is kept; the end where there is none. Raises LogUnavailable."""
        return _by_number(await answered(self._client.beginning_offsets(self._named(partitions)), self._within_s))

    def _named(self, partitions: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, partition) for partition in partitions]


def _by_number(offsets: dict[TopicPartition, int]) -> dict[int, int]:
    return {named.partition: offset for named, offset in sorted(offsets.items())}
