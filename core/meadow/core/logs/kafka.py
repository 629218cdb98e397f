"""A log on Kafka, for a Meadow of many processes: one topic, one record for one block; every promise of `log.py`.

Away     nothing that was appended is dropped while Kafka is away: appends wait, at most `append_within_s` each and
         `inflight_bytes_max` of all; readers keep their place and get nothing.
Safe     a block counts as appended when all in-sync replicas have it; `min.insync.replicas` of the topic says how many.
Foreign  a record that is no block is passed over: counted as `unreadable` and said in this process's log.
Newer    so is one that a newer Meadow wrote, by those who only watch; a follower stops before it, until it is upgraded.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from aiokafka import AIOKafkaConsumer

from meadow.core.appends import Appends
from meadow.core.blocks import Block
from meadow.core.errors import BadSettings, Conflict, LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.log import Owner, Positions, Tailed
from meadow.core.logs.embedded_thread import CLOSED, Bell
from meadow.core.logs.kafka_admin import message_bytes_max, partitions_of
from meadow.core.logs.kafka_append import AppendBounds, Appender
from meadow.core.logs.kafka_clients import stopped
from meadow.core.logs.kafka_follower import Following, KafkaFollower
from meadow.core.logs.kafka_offsets import Offsets
from meadow.core.logs.kafka_tail import Tail
from meadow.core.logs.kafka_topics import EVENTS
from meadow.core.noise import quieten

READ = {
    "enable_auto_commit": False,
    "fetch_max_bytes": 16 * 1024 * 1024,
    "max_partition_fetch_bytes": 2 * 1024 * 1024,
    "max_poll_interval_ms": 7 * 86_400_000,  # the heartbeat alone says who lives: a writer may wait long for its store
}


@dataclass(frozen=True, slots=True)
class KafkaLogSettings:
    """group_session_s     a reader not heard of for so long loses its partitions; Kafka's least is 6.
    drain_s             a rebalance waits so long for a reader that is at work.
    inflight_bytes_max  sent and not acknowledged; beyond it appends wait before they send.
    block_bytes_max     a larger block is refused; what the topic takes may be less.
    append_within_s     until LogUnavailable, which leaves open whether the blocks will get to the log.
    answer_within_s     for every other question to Kafka.
    close_within_s      for what is on its way when a client is closed.
    request_timeout_s   after which an unanswered request goes out again on a new connection.
    shard               (i, n): followers get partitions p with p % n == i, in a group of their own.
    """

    group_session_s: float = 10.0
    drain_s: float = 20.0
    inflight_bytes_max: int = 32 * 1024 * 1024
    block_bytes_max: int = 1_000_000
    append_within_s: float = 30.0
    answer_within_s: float = 10.0
    close_within_s: float = 5.0
    request_timeout_s: float = 15.0
    shard: tuple[int, int] = (0, 1)

    def __post_init__(self) -> None:
        index, shards = self.shard
        if not 0 <= index < shards:
            raise BadSettings(f"There is no shard {index} of {shards}; they are counted from 0.")
        for name in self.__slots__:
            if name != "shard" and getattr(self, name) <= 0:
                raise BadSettings(f"The log's {name} is {getattr(self, name)}; it must be above 0.")


class KafkaLog:
    """Made by `open`."""

    def __init__(self, connection: KafkaConnection, settings: KafkaLogSettings, partitions: int) -> None:
        self._connection, self._settings, self._partitions = connection, settings, partitions
        self.appends = Appends()
        self._topic = connection.topic(EVENTS)
        self._counts: Counter[str] = Counter()
        self._offsets = Offsets(connection, self._topic, settings.answer_within_s, settings.close_within_s)
        self._appender = Appender(connection, self._topic, self._bounds(), self._counts)
        self._followers: dict[str, KafkaFollower | None] = {}
        self._tails: set[AIOKafkaConsumer] = set()
        self._bell = Bell()
        self._closed = False

    @classmethod
    async def open(cls, connection: KafkaConnection, settings: KafkaLogSettings | None = None) -> KafkaLog:
        """Raises LogUnavailable: Kafka is away, refuses the user, or has no such topic yet."""
        settings = settings or KafkaLogSettings()
        quieten("aiokafka")
        partitions = await partitions_of(connection, connection.topic(EVENTS), settings.answer_within_s)
        log = cls(connection, settings, partitions)
        try:
            await log._offsets.start()
            await log._appender.start()
        except BaseException:
            await log.close()
            raise
        return log

    @property
    def partitions(self) -> int:
        return self._partitions

    @property
    def counts(self) -> Mapping[str, int]:
        """Since it was opened: `unreadable` records, `deleted_unread` offsets that a reader did not find any more,
        `producers_replaced`; `inflight_bytes` is as of now."""
        return {**self._counts, "inflight_bytes": self._appender.inflight_bytes}

    async def append(self, blocks: Sequence[Block]) -> None:
        """On all in-sync replicas when it returns."""
        for block in blocks:
            if not 0 <= block.partition < self._partitions:
                raise ValueError(f"partition {block.partition} of {self._partitions}")
        with self.appends.counted(blocks):
            await self._appender.append(blocks)

    async def follow(self, group: str, owner: Owner) -> KafkaFollower:
        """Raises Conflict while another follower of the group is open, LogUnavailable."""
        if self._closed:
            raise LogUnavailable(CLOSED)
        if group in self._followers:
            raise Conflict(f"The group {group} is followed already.")
        self._followers[group] = None
        follower = KafkaFollower(self._following(group), owner)
        try:
            await follower.begin()
        except BaseException:
            self._followers.pop(group, None)
            raise
        self._followers[group] = follower
        if self._closed:  # meanwhile
            await follower.close()
        return follower

    async def tail(self, after: Positions | None = None) -> AsyncGenerator[Tailed, None]:
        """By a consumer of its own. Raises LogUnavailable."""
        if self._closed:
            return
        consumer = AIOKafkaConsumer(**self._options("meadow-tail"), **READ, auto_offset_reset="none")
        self._tails.add(consumer)
        tail = Tail(consumer, self._topic, self._partitions, self._offsets, self._counts)
        reading = tail.run(after or {}, self._bell, lambda: self._closed, self._settings.answer_within_s)
        try:
            async with aclosing(reading):
                async for tailed in reading:
                    yield tailed
        finally:
            tail.end()
            self._tails.discard(consumer)
            await stopped(consumer, self._settings.close_within_s)

    async def ends(self) -> Positions:
        """As Kafka has them now."""
        if self._closed:
            raise LogUnavailable(CLOSED)
        return await self._offsets.ends(range(self._partitions))

    async def close(self) -> None:
        """Within about twice close_within_s, also while Kafka is away and while a producer begins. What is not acknowledged by
        then may be lost."""
        self._closed = True
        self._bell.ring()
        followers = [follower for follower in self._followers.values() if follower is not None]
        await asyncio.gather(
            self._appender.close(),
            *(follower.close() for follower in followers),
            *(stopped(consumer, self._settings.close_within_s) for consumer in self._tails),
        )
        await self._offsets.stop()

    def _on_left(self, group: str) -> None:
        self._followers.pop(group, None)

    def _options(self, client_id: str) -> dict[str, object]:
        timeout_ms = int(self._settings.request_timeout_s * 1000)
        return {**self._connection.options(), "client_id": client_id, "request_timeout_ms": timeout_ms}

    def _bounds(self) -> AppendBounds:
        settings = self._settings
        return AppendBounds(
            block_bytes_max=settings.block_bytes_max,
            inflight_bytes_max=settings.inflight_bytes_max,
            append_within_s=settings.append_within_s,
            answer_within_s=settings.answer_within_s,
            close_within_s=settings.close_within_s,
            request_timeout_s=settings.request_timeout_s,
            message_bytes_max=partial(message_bytes_max, self._connection, self._topic, settings.answer_within_s),
        )

    def _following(self, group: str) -> Following:
        settings = self._settings
        index, shards = settings.shard
        timing = {
            "session_timeout_ms": int(settings.group_session_s * 1000),
            "heartbeat_interval_ms": int(min(1.0, settings.group_session_s / 6) * 1000),
            "rebalance_timeout_ms": int((settings.drain_s + settings.group_session_s) * 1000),
        }
        return Following(
            options={**self._options("meadow-follow"), **READ, **timing, "auto_offset_reset": "earliest"},
            topic=self._topic,
            group=self._connection.topic(group if shards == 1 else f"{group}-{index}"),
            shard=settings.shard,
            drain_s=settings.drain_s,
            answer_within_s=settings.answer_within_s,
            close_within_s=settings.close_within_s,
            offsets=self._offsets,
            counts=self._counts,
            on_close=partial(self._on_left, group),
            log_closed=lambda: self._closed,
        )
