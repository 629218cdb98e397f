"""Changes one key of a compacted partition: compared and set inside a transaction that ends everybody else's."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from meadow.core.errors import LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_clients import started, stopped, unavailable
from meadow.core.noise import quieten
from meadow.core.stream import Stale
from meadow.core.streams.kafka_reading import Reading

TRANSACTION_MS = 10_000  # a writer that dies holds followers up so long, unless another writes
END_WITHIN_S = 2.0
JITTER_S = 0.05
FORBIDDEN = (TransactionalIdAuthorizationFailed, TopicAuthorizationFailedError, ClusterAuthorizationFailedError)
WRITE: Mapping[str, Any] = {
    "client_id": "meadow-stream",
    "transaction_timeout_ms": TRANSACTION_MS,
    "retry_backoff_ms": 20,
    "request_timeout_ms": 10_000,
}
log = logging.getLogger(__name__)


class Change:
    """One key to be set. All writers of a stream share one transactional id: Kafka lets the newest alone commit.

    expected  the version it must have, None for any.
    was_sent  whether Kafka may have taken it.
    """

    def __init__(self, connection: KafkaConnection, name: str, reading: Reading) -> None:
        self._connection, self._topic, self._reading = connection, connection.topic(name), reading
        self.was_sent = False
        self._version = 0  # what the attempt under way would give

    async def until_decided(self, key: str, value: bytes | None, expected: int | None) -> int:
        """The new version, 0 for a deletion; begins again with a new producer when another writer came between.

        Raises Stale, ValueError; LogUnavailable when Kafka does not let this user. For as long as Kafka is away it tries on.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._attempt(key, value, expected)
            except MessageSizeTooLargeError as error:
                raise ValueError("larger than the topic takes") from error
            except (KafkaError, LogUnavailable) as error:
                cause = error if isinstance(error, KafkaError) else error.__cause__
                if isinstance(cause, FORBIDDEN):
                    raise unavailable(cause) from error
                log.debug("attempt %d to change %s: %r", attempt, self._topic, error)
                await asyncio.sleep(random.random() * JITTER_S * attempt)  # noqa: S311 - two must not take turns for ever
            else:
                return 0 if value is None else self._version

    async def _attempt(self, key: str, value: bytes | None, expected: int | None) -> None:
        options = self._connection.options()
        producer = AIOKafkaProducer(**options, **WRITE, transactional_id=self._topic)
        quieten("aiokafka")
        await started(producer, TRANSACTION_MS / 1000)
        try:
            await producer.begin_transaction()
            self.was_sent = True
            sent = await producer.send_and_wait(self._topic, value, key=key.encode(), partition=0)
            await self._reading.reach(sent.offset)
            if self._compare(key, expected):
                return
            self._version = sent.offset + 1
            await producer.commit_transaction()
        finally:
            await _ended(producer)
        await self._reading.reach(sent.offset + 1)

    def _compare(self, key: str, expected: int | None) -> bool:
        """Whether an earlier attempt was taken after all, though Kafka's answer to it was lost. Raises Stale."""
        entry = self._reading.entries.get(key)
        now = entry.version if entry is not None else 0
        if now and now == self._version:
            return True
        if expected is not None and expected != now:
            raise Stale(now)
        return False


async def _ended(producer: AIOKafkaProducer) -> None:
    """Aborts what is open, so that followers need not wait for its time-out; a transaction that has ended says so, in vain."""
    aborting = asyncio.ensure_future(producer.abort_transaction())
    aborting.add_done_callback(_noticed)
    try:
        await asyncio.wait({aborting}, timeout=END_WITHIN_S)
    finally:
        aborting.cancel()
        await stopped(producer, END_WITHIN_S)
        for left in _left(producer):
            left.add_done_callback(_noticed)


def _left(producer: AIOKafkaProducer) -> Iterator[asyncio.Future[None]]:
    """Futures in which aiokafka 0.14 leaves an error nobody waits for, when another writer came between."""
    if (ending := producer._txn_manager.wait_for_transaction_end()) is not None:
        yield ending
    for batches in producer._message_accumulator._batches.values():
        yield from (batch._drain_waiter for batch in batches)


def _noticed(done: asyncio.Future[None]) -> None:
    """What nobody waits for any more is no complaint."""
    if not done.cancelled():
        done.exception()
