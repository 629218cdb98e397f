"""Appends blocks to the topic by an idempotent producer, which is replaced as soon as one record of it was refused."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, ProducerClosed

from meadow.core.blocks import Block
from meadow.core.errors import LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.log import BlockRefused
from meadow.core.logs.embedded_thread import CLOSED
from meadow.core.logs.kafka_budget import ByteBudget
from meadow.core.logs.kafka_clients import answered, started, stopped, unavailable
from meadow.core.logs.kafka_record import HEADERS_BYTES_MAX, headers_of

BATCH_BYTES_MAX = 1024 * 1024
Sent = asyncio.Future[Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendBounds:
    """append_within_s: until LogUnavailable; what was sent by then may still get to the log. message_bytes_max asks the
    topic for its `max.message.bytes`."""

    block_bytes_max: int
    inflight_bytes_max: int
    append_within_s: float
    answer_within_s: float
    close_within_s: float
    request_timeout_s: float
    message_bytes_max: Callable[[], Awaitable[int]]


class Appender:
    """Order   an idempotent producer repeats what is not acknowledged for ever, in order, and Kafka takes it once.
    Away    nothing fails while Kafka is away: appends wait, and the byte budget makes others wait before they send.
    Ill     a record that was refused leaves a hole in the producer's numbers; every later one would be refused too
            (OutOfOrderSequenceNumber). So any failure replaces it; callers append again.
    """

    def __init__(self, connection: KafkaConnection, topic: str, bounds: AppendBounds, counts: Counter[str]) -> None:
        self._connection, self._topic, self._bounds, self._counts = connection, topic, bounds, counts
        self._budget = ByteBudget(bounds.inflight_bytes_max)
        self._block_bytes_max = bounds.block_bytes_max
        self._producer: AIOKafkaProducer | None = None
        self._changing = asyncio.Lock()
        self._deadlines: set[asyncio.Timeout] = set()
        self._beginning: asyncio.Timeout | None = None
        self._retiring: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def inflight_bytes(self) -> int:
        """Sent or about to be, and not acknowledged."""
        return self._budget.used

    async def start(self) -> None:
        """Raises LogUnavailable."""
        await self._ready()

    async def append(self, blocks: Sequence[Block]) -> None:
        """Returns when all in-sync replicas have them."""
        if self._closed:
            raise LogUnavailable(CLOSED)
        sent: list[Sent] = []
        deadline = asyncio.timeout(self._bounds.append_within_s)
        self._deadlines.add(deadline)
        try:
            async with deadline:
                await self._send_all(blocks, sent)
        except TimeoutError as error:
            late = f"Kafka took nothing for {self._bounds.append_within_s} s."
            raise LogUnavailable(CLOSED if self._closed else late) from error
        finally:
            self._deadlines.discard(deadline)
        for one in sent:
            if (refusal := one.exception()) is not None:
                raise self._told(refusal) from refusal

    async def close(self) -> None:
        """Waits close_within_s for what is on its way; who then still waits gets LogUnavailable, who waits for a producer to
        begin at once."""
        self._closed = True
        self._budget.close()
        if self._beginning is not None:
            self._beginning.reschedule(asyncio.get_running_loop().time())
        async with self._changing:
            producer, self._producer = self._producer, None
            if producer is not None:
                await stopped(producer, self._bounds.close_within_s)
        for deadline in self._deadlines:  # who still waits
            deadline.reschedule(asyncio.get_running_loop().time())
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def _send_all(self, blocks: Sequence[Block], sent: list[Sent]) -> None:
        await self._ready()  # a producer's beginning tells what the topic takes
        for block in blocks:
            self._check(block)
        for block in blocks:
            if any(one.done() and one.exception() for one in sent):
                break  # sent after it, this block would stand before the one that is appended again
            sent.append(await self._send(block))
        if sent:
            await asyncio.wait(sent)

    def _check(self, block: Block) -> None:
        if len(block.rows) > self._block_bytes_max:
            raise BlockRefused(f"a block of {len(block.rows)} bytes; at most {self._block_bytes_max} are accepted")

    async def _send(self, block: Block) -> Sent:
        size = len(block.rows) + HEADERS_BYTES_MAX
        await self._budget.take(size)
        try:
            producer, sent = await self._queue(block)
        except BaseException:
            self._budget.give(size)
            raise
        sent.add_done_callback(partial(self._on_done, size, producer))
        return sent

    async def _queue(self, block: Block) -> tuple[AIOKafkaProducer, Sent]:
        while True:
            producer = await self._ready()
            try:
                queued: Sent = await producer.send(
                    self._topic, block.rows, partition=block.partition, headers=headers_of(block)
                )
            except KafkaTimeoutError:
                continue  # its buffer is full, and this block is not in it
            except KafkaError as error:
                raise self._told(error) from error
            return producer, queued

    def _on_done(self, size: int, producer: AIOKafkaProducer, sent: Sent) -> None:
        self._budget.give(size)
        if not sent.cancelled() and (error := sent.exception()) is not None and producer is self._producer:
            log.warning("the producer is replaced: Kafka refused a record (%r)", error)
            self._counts["producers_replaced"] += 1
            self._producer = None
            retiring = asyncio.create_task(stopped(producer, self._bounds.close_within_s), name="log producer retires")
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is not None:
            return self._producer
        async with self._changing:
            if self._closed:
                raise LogUnavailable(CLOSED)
            if self._producer is None:
                self._producer = await self._begin_unless_closed()
        return self._producer

    async def _begin_unless_closed(self) -> AIOKafkaProducer:
        """A Kafka that hangs is asked three questions, each as long as answers are waited for."""
        try:
            async with asyncio.timeout(None) as self._beginning:
                return await self._begin()
        except TimeoutError as error:
            raise LogUnavailable(CLOSED) from error
        finally:
            self._beginning = None

    async def _begin(self) -> AIOKafkaProducer:
        within_s = self._bounds.answer_within_s
        message_bytes_max = await self._bounds.message_bytes_max()
        producer = self._make(message_bytes_max)
        await started(producer, within_s)
        try:
            await answered(producer.partitions_for(self._topic), within_s)
        except BaseException:
            await stopped(producer, self._bounds.close_within_s)
            raise
        self._block_bytes_max = min(self._bounds.block_bytes_max, message_bytes_max - HEADERS_BYTES_MAX)
        return producer

    def _make(self, message_bytes_max: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._connection.options(),
            client_id="meadow-append",
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            max_batch_size=min(message_bytes_max, BATCH_BYTES_MAX),  # more in one batch than the topic takes is refused
            max_request_size=self._bounds.block_bytes_max + HEADERS_BYTES_MAX,
            request_timeout_ms=int(self._bounds.request_timeout_s * 1000),
        )

    def _told(self, error: BaseException) -> LogUnavailable:
        return LogUnavailable(CLOSED) if self._closed and isinstance(error, ProducerClosed) else unavailable(error)
