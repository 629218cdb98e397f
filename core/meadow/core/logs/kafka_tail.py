"""Reads the Kafka log without a group, for whoever watches it live."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError, OffsetOutOfRangeError

from meadow.core.log import Positions, Tailed
from meadow.core.logs.embedded_thread import Bell
from meadow.core.logs.kafka_clients import started, unavailable
from meadow.core.logs.kafka_offsets import Offsets
from meadow.core.logs.kafka_reader import Reader

TAIL_ROWS = 10_000
TAIL_BYTES = 4 * 1024 * 1024
TAIL_IDLE_S = 1.0


class Tail:
    """One consumer, all partitions. The caller makes and stops the consumer.

    Kept   a slow reader holds one fetch in memory, and may miss what is deleted meanwhile; then it is told.
    """

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: str, partitions: int, offsets: Offsets, counts: Counter[str]
    ) -> None:
        self._consumer, self._topic, self._offsets = consumer, topic, offsets
        self._partitions = range(partitions)
        self._reader = Reader(consumer, topic, counts)

    async def run(
        self, after: Positions, bell: Bell, closed: Callable[[], bool], within_s: float
    ) -> AsyncGenerator[Tailed, None]:
        """Until `closed`; `bell` wakes it. Raises LogUnavailable."""
        positions, missed = await self._start(after)
        await started(self._consumer, within_s)
        self._assign(positions)
        yield Tailed((), positions, missed)
        said_s = time.monotonic()
        while not closed():
            rung = bell.next()
            tailed = await self._read()
            if tailed.records or tailed.missed or time.monotonic() - said_s >= TAIL_IDLE_S:
                yield tailed
                said_s = time.monotonic()
            else:
                await self._reader.wait(max(0.0, said_s + TAIL_IDLE_S - time.monotonic()), rung)

    def end(self) -> None:
        """Before the consumer is stopped."""
        self._reader.forget()

    async def _read(self) -> Tailed:
        try:
            records = await self._reader.read(TAIL_ROWS, TAIL_BYTES)
        except OffsetOutOfRangeError:
            positions, _ = await self._start(self._reader.positions)
            self._assign(positions)
            return Tailed((), positions, missed=True)
        except ConsumerStoppedError:  # the log is being closed
            records = []
        except KafkaError as error:
            raise unavailable(error) from error
        return Tailed(records, dict(self._reader.positions))

    async def _start(self, after: Positions) -> tuple[dict[int, int], bool]:
        """Where the reading begins, and whether `after` names places that are not of this log."""
        oldest, ends = await self._offsets.oldest(self._partitions), await self._offsets.ends(self._partitions)
        positions = {p: max(min(after.get(p, end), end), oldest[p]) for p, end in ends.items()}
        return positions, any(positions.get(p) != offset for p, offset in after.items())

    def _assign(self, positions: Positions) -> None:
        named: dict[TopicPartition, Any] = {TopicPartition(self._topic, p): at for p, at in positions.items()}
        if self._consumer.assignment() != set(named):
            self._consumer.assign(list(named))
        for one, at in named.items():
            self._consumer.seek(one, at)
        self._reader.assign(positions)
