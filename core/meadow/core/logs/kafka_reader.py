"""Takes blocks out of one consumer, a record of each partition in turn; what is no block is counted and passed over."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from meadow.core.log import Record
from meadow.core.logs.kafka_record import Newer, Unreadable, record_of

POLL_S = 1.0
RECORDS_MAX = 10_000  # of one reading, which holds up everything else in the process
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Taken:
    """One reading. seen, size: records and bytes, also of what was passed over."""

    records: list[Record] = field(default_factory=list)
    rows: int = 0
    seen: int = 0
    size: int = 0

    def full(self, rows_max: int, bytes_max: int) -> bool:
        return self.rows >= rows_max or self.size >= bytes_max or self.seen >= RECORDS_MAX


class Reader:
    """positions: where the reading goes on, behind all that was handed out or passed over. Not for several tasks at once.

    Only what `read` hands out is gone from the consumer, but for one record that `wait` may hold until the next `read`.

    stops_at_newer  nothing of its partition is read beyond a record of a newer Meadow; else it is passed over too.
    stopped         where that was, as a sentence; "" where nothing was met.
    """

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: str, counts: Counter[str], *, stops_at_newer: bool = False
    ) -> None:
        self.positions: dict[int, int] = {}
        self._consumer, self._topic, self._counts = consumer, topic, counts
        self._turns: deque[int] = deque()
        self.stopped = ""
        self._stops_at_newer = stops_at_newer
        self._polling: asyncio.Task[dict[TopicPartition, list[Any]]] | None = None

    def assign(self, positions: Mapping[int, int]) -> None:
        """Reads on from there, and nothing else."""
        self.forget()
        self.positions, self.stopped = dict(positions), ""  # a new assignment of aiokafka's has nothing paused
        self._turns = deque(sorted(positions))

    def forget(self) -> None:
        """Drops the record that was waited for: its partition may be another's now."""
        polling, self._polling = self._polling, None
        if polling is not None and not polling.cancel() and not polling.cancelled():
            polling.exception()  # looked at, so that it is not called forgotten

    async def wait(self, wait_s: float, rung: asyncio.Event) -> None:
        """Returns when there may be something to read, when `rung` is set, or after wait_s. Cancelled, nothing is lost."""
        if self._polling is None:
            polling = self._consumer.getmany(timeout_ms=int(POLL_S * 1000), max_records=1)
            self._polling = asyncio.create_task(polling, name="log poll")
        ringing = asyncio.create_task(rung.wait())
        try:
            await asyncio.wait({self._polling, ringing}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ringing.cancel()

    async def read(self, rows_max: int, bytes_max: int) -> list[Record]:
        """What is here already, sorted; at least one block if there is any. Raises KafkaError.

        Never waits, so never gives way to others: aiokafka's `getmany` has its records in memory, and waits only during a
        rebalance, in which nobody may call this.
        """
        if self._polling is not None and not self._polling.done():
            return []
        taken, idle = _Taken(), 0
        for found in self._waited_for():
            self._keep(found, taken)
        while idle < len(self._turns) and not taken.full(rows_max, bytes_max):
            self._turns.rotate(-1)
            found = await self._next(self._turns[-1])
            idle = 0 if found else idle + 1
            if found:
                self._keep(found, taken)
        return sorted(taken.records, key=lambda record: (record.partition, record.offset))

    def _waited_for(self) -> list[Any]:
        polling, self._polling = self._polling, None
        return [] if polling is None else [found for records in polling.result().values() for found in records]

    async def _next(self, partition: int) -> Any:
        named = TopicPartition(self._topic, partition)
        found = await self._consumer.getmany(named, max_records=1)
        return found[named][0] if found else None

    def _keep(self, found: Any, taken: _Taken) -> None:
        try:
            record = record_of(found)
        except Unreadable as reason:
            if self._stops_at_newer and isinstance(reason, Newer):
                self._stop(found, reason)
            else:
                self._pass(found, taken)
                self._say_unreadable(found, reason)
            return
        self._pass(found, taken)
        taken.records.append(record)
        taken.rows += record.block.count

    def _pass(self, found: Any, taken: _Taken) -> None:
        if (missing := found.offset - self.positions[found.partition]) > 0:
            self._counts["deleted_unread"] += missing
            log.error("%d offsets before %s/%d/%d are gone unread", missing, self._topic, found.partition, found.offset)
        self.positions[found.partition] = found.offset + 1
        taken.seen += 1
        taken.size += len(found.value or b"")

    def _stop(self, found: Any, reason: Newer) -> None:
        self._consumer.pause(TopicPartition(self._topic, found.partition))
        self._turns.remove(found.partition)
        where = f"{self._topic}/{found.partition}/{found.offset}"
        self.stopped = f"A newer Meadow wrote {where} on the log ({reason}): this process must be upgraded."
        log.error(self.stopped)

    def _say_unreadable(self, found: Any, reason: Unreadable) -> None:
        self._counts["unreadable"] += 1
        so_far = self._counts["unreadable"]
        if so_far & (so_far - 1) == 0:  # the 1st, 2nd, 4th, 8th …: a flood of them must not flood this log too
            where = (self._topic, found.partition, found.offset)
            log.error("record %s/%d/%d is passed over, the %d. so far: %s", *where, so_far, reason)
