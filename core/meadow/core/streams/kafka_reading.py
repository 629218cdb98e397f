"""Reads one compacted partition from its beginning and keeps the newest value of every key, for as long as it runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from meadow.core.errors import MeadowError
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_admin import partitions_of
from meadow.core.logs.kafka_clients import answered, started, stopped
from meadow.core.noise import quieten
from meadow.core.stream import Entry
from meadow.core.streams.kafka_fading import Fading

REACH_POLL_S = 0.003  # `getmany` does not return for the markers of transactions, so only the position tells
STOP_WITHIN_S = 2.0
AGAIN_FIRST_S, AGAIN_MAX_S = 0.2, 5.0
READ: Mapping[str, Any] = {
    "client_id": "meadow-stream",
    "isolation_level": "read_committed",
    "enable_auto_commit": False,
    "auto_offset_reset": "none",  # a position that is gone means another log: then all is read again
    "max_partition_fetch_bytes": 2 * 1024 * 1024,
}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """answer_within_s   a question to Kafka while it is connected.
    silent_s          without an answer for so long it counts as away; it answers twice a second also when there is no news.
    records_max       taken at once: a batch is unpacked whole.
    keep_s            an entry is forgotten here so long after it was read; None for never.
    """

    answer_within_s: float = 10.0
    silent_s: float = 5.0
    records_max: int = 500
    keep_s: float | None = None


class Reading:
    """skipped   records that are no entry, by reason.
    failures  how often it had to begin anew.
    """

    def __init__(
        self, connection: KafkaConnection, name: str, settings: ReadingSettings, tell: Callable[[], None]
    ) -> None:
        self.entries: Mapping[str, Entry] = MappingProxyType({})
        self.skipped: Counter[str] = Counter()
        self.failures = 0
        self._connection, self._settings, self._tell = connection, settings, tell
        self._place = TopicPartition(connection.topic(name), 0)
        self._fading = Fading(settings.keep_s) if settings.keep_s is not None else None
        self._consumer: AIOKafkaConsumer | None = None  # set once it has read to the end
        self._opened_at = 0.0
        self._problem = ""

    @property
    def healthy(self) -> bool:
        """Whether Kafka has answered lately."""
        if self._consumer is None:
            return False
        at_ms: int | None = self._consumer.last_poll_timestamp(self._place)
        at = max(self._opened_at, (at_ms or 0) / 1000)
        return time.time() - at < self._settings.silent_s

    async def open(self) -> None:
        """Returns when everything up to the end as of now is known; waits for a Kafka or a topic that is not there."""
        again_s = AGAIN_FIRST_S
        while True:
            try:
                return await self._open()
            except Exception as error:  # noqa: BLE001 - nothing is served before this is read: it must not give up
                self.failures += 1
                self._say(str(error) if isinstance(error, MeadowError) else repr(error))
            await asyncio.sleep(again_s)
            again_s = min(2 * again_s, AGAIN_MAX_S)

    async def follow(self) -> None:
        """Until cancelled; begins anew when it cannot read on."""
        while True:
            try:
                while self._consumer is not None:
                    self._fold(await self._take(self._consumer, wait_ms=1_000))
            except Exception as error:  # noqa: BLE001 - whatever a record does to the client, changes must go on being followed
                self.failures += 1
                self._say(repr(error))
            await self.close()
            await self.open()

    async def reach(self, offset: int) -> None:
        """Waits until all that was committed before that offset is in `entries`."""
        while (consumer := self._consumer) is None or await consumer.position(self._place) < offset:  # noqa: ASYNC110 - see REACH_POLL_S
            await asyncio.sleep(REACH_POLL_S)

    async def close(self) -> None:
        """Leaves `entries` as they are."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await stopped(consumer, STOP_WITHIN_S)

    async def _open(self) -> None:
        await partitions_of(self._connection, self._place.topic, self._settings.answer_within_s)
        consumer = AIOKafkaConsumer(**self._connection.options(), **READ)
        quieten("aiokafka")
        await started(consumer, self._settings.answer_within_s)
        try:
            entries = await self._whole(consumer)
        except BaseException:
            await stopped(consumer, STOP_WITHIN_S)
            raise
        self.entries, self._consumer, self._opened_at = MappingProxyType(entries), consumer, time.time()
        self._say("")
        self._tell()

    async def _whole(self, consumer: AIOKafkaConsumer) -> dict[str, Entry]:
        """The end first: once partitions are assigned the question for it waits behind the long poll."""
        within_s = self._settings.answer_within_s
        end = (await answered(consumer.end_offsets([self._place]), within_s))[self._place]
        consumer.assign([self._place])
        await answered(consumer.seek_to_beginning(self._place), within_s)
        entries: dict[str, Entry] = {}
        self.skipped.clear()
        while await answered(consumer.position(self._place), within_s) < end:
            for record in await self._take(consumer, wait_ms=100):
                self._apply(entries, record)
        return entries

    async def _take(self, consumer: AIOKafkaConsumer, wait_ms: int) -> list[Any]:
        """aiokafka 0.14 moves the position and returns the records without a pause between: whoever sees the position sees
        what the caller makes of them, as long as it does not wait either."""
        taken = await consumer.getmany(timeout_ms=wait_ms, max_records=self._settings.records_max)
        records: list[Any] = taken.get(self._place, [])
        return records

    def _fold(self, records: Iterable[Any]) -> None:
        if not records and not (self._fading and self._fading.due()):
            return
        entries = dict(self.entries)
        if self._fading:
            self._fading.forget(entries)
        for record in records:
            self._apply(entries, record)
        self.entries = MappingProxyType(entries)
        self._tell()

    def _apply(self, entries: dict[str, Entry], record: Any) -> None:
        try:
            key = record.key.decode()
        except (AttributeError, UnicodeDecodeError):
            self.skipped["no key"] += 1
            log.warning(
                "%s has a record without a readable key at offset %d; it is left out", self._place.topic, record.offset
            )
            return
        if record.value is None or (self._fading and self._fading.too_old(record.timestamp / 1000)):
            entries.pop(key, None)
            return
        entries[key] = entry = Entry(key, record.value, record.offset + 1)
        if self._fading:
            self._fading.read(entry)

    def _say(self, problem: str) -> None:
        if problem and problem != self._problem:
            log.warning("%s cannot be read: %s", self._place.topic, problem)
        elif self._problem and not problem:
            log.info("%s is read again", self._place.topic)
        self._problem = problem
