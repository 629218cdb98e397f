"""A reader of one group of the Kafka log: takes blocks, commits, and tells its owner what it gains and loses."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaError

from meadow.core.errors import LogUnavailable
from meadow.core.log import CommitRefused, Lag, Owner, Positions, Record, Span
from meadow.core.logs.embedded_thread import CLOSED, Bell, within
from meadow.core.logs.kafka_assignor import Assignor
from meadow.core.logs.kafka_clients import answered, started, stopped, unavailable
from meadow.core.logs.kafka_membership import Membership
from meadow.core.logs.kafka_offsets import Offsets
from meadow.core.logs.kafka_progress import Progress
from meadow.core.logs.kafka_reader import Reader

TAKE_BYTES_MAX = 32 * 1024 * 1024
LOOK_S = 0.25  # between two looks for a fatal error, which aiokafka tells only to those who ask
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What a follower is made with. options: of its consumer. group: its whole name."""

    options: dict[str, Any]
    topic: str
    group: str
    shard: tuple[int, int]
    drain_s: float
    answer_within_s: float
    close_within_s: float
    offsets: Offsets
    counts: Counter[str]
    on_close: Callable[[], None]
    log_closed: Callable[[], bool]


class KafkaFollower:
    """Begun by `begin`.

    Rebalance  Kafka takes all partitions back and gives some anew. The owner is paused meanwhile, and keeps what it has
               gathered of those that stay. A take that does not come for drain_s loses all of them without being asked.
    Retention  records deleted before they were committed are counted as `deleted_unread` and said in this process's log.
    Newer      a partition is read up to the first record that a newer Meadow wrote: passed over, its rows would be committed
               and never stored. From then on a take without records raises LogUnavailable; who is as new goes on from there.
    Fault      an error that Kafka will not get over by itself is raised once, and the next take joins the group anew.
    """

    def __init__(self, with_: Following, owner: Owner) -> None:
        self._with, self._owner = with_, owner
        self._bell = Bell()
        self._progress = Progress()
        self._closed = self._ill = False
        self._changing = asyncio.Lock()
        self._consumer: AIOKafkaConsumer
        self._reader: Reader
        self._member: Membership

    async def begin(self) -> None:
        """Joins the group; its partitions come with a take. Raises LogUnavailable."""
        w = self._with
        self._consumer = AIOKafkaConsumer(
            **w.options, group_id=w.group, partition_assignment_strategy=(Assignor(w.topic, w.shard),)
        )
        self._reader = Reader(self._consumer, w.topic, w.counts, stops_at_newer=True)
        self._member = Membership(w.drain_s, self._on_news, self._standing)
        await started(self._consumer, w.answer_within_s)
        self._consumer.subscribe([w.topic], listener=self._member)
        self._ill = False

    async def take(self, *, rows_max: int, wait_s: float) -> Sequence[Record]:
        """At most about 32 MiB, whatever rows_max says."""
        deadline_s = time.monotonic() + wait_s
        while True:
            rung = self._bell.next()
            self._must_be_open()
            try:
                if self._ill:
                    await self._begin_again()
                settled = await self._settle()
                if settled and (records := await self._read(rows_max)):
                    return records
            except (KafkaError, ConsumerStoppedError) as error:
                self._must_be_open()
                raise self._told(error) from error
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 and self._reader.stopped:
                raise LogUnavailable(self._reader.stopped)
            if left_s <= 0:
                return ()
            await self._wait(settled, left_s, rung)

    async def commit(self, positions: Positions) -> None:
        """Kafka has it when it returns."""
        self._must_be_open()
        mine = self._progress.partitions if self._member.holding and not self._member.lost else frozenset()
        if not positions.keys() <= mine:
            raise CommitRefused(f"the group {self._with.group} gave partitions of {sorted(positions)} away")
        forward = self._progress.forward(positions)
        if self._progress.beyond(forward):
            self._must_be_there(forward, await self._with.offsets.ends(forward))
        if forward:
            await self._commit(forward)
            self._progress.committed({p: o for p, o in forward.items() if p in self._progress.partitions})

    async def lag(self) -> Lag:
        """As Kafka has it now. Raises LogUnavailable."""
        partitions = self._progress.partitions
        ends = await self._with.offsets.ends(partitions) if partitions else {}
        if not partitions or partitions != self._progress.partitions:
            return Lag(0, 0.0)
        return Lag(*self._progress.behind(ends, time.time()))

    async def close(self) -> None:
        """Leaves the group, so that others need not wait for the session to end."""
        if not self._closed:
            self._closed = True
            self._member.let_go()
            self._reader.forget()
            self._bell.ring()
            try:
                async with self._changing:
                    await stopped(self._consumer, self._with.close_within_s)
            finally:
                self._with.on_close()

    def _on_news(self) -> None:
        if not self._member.stable:
            self._reader.forget()
        self._bell.ring()

    async def _settle(self) -> bool:
        """Tells the owner what is new; whether there is something to read from."""
        self._must_be_well()
        if self._member.revoking:
            await self._let_go()
        if (news := self._member.news) is not None:
            await self._tell(news)
        return self._member.stable and self._member.news is None and not self._member.revoking

    async def _tell(self, news: frozenset[int]) -> None:
        spans = await self._spans(news)
        if self._member.news is not news:
            return
        kept = {p for p in self._member.kept if self._progress.stands(p, spans[p].committed)}
        self._read_on(kept, spans)
        self._member.told(news)
        await self._lose(self._progress.partitions - kept)
        new = {p: span for p, span in spans.items() if p not in kept}
        await self._owner.assigned(new)
        self._progress.begin(new, time.time())
        if self._member.news is news:
            self._member.news = None

    def _read_on(self, kept: Collection[int], spans: Mapping[int, Span]) -> None:
        """From the commit or, in what is kept, from behind all that was taken; aiokafka goes back to the commit in both."""
        positions = {p: self._reader.positions[p] if p in kept else span.committed for p, span in spans.items()}
        for partition in kept:
            self._consumer.seek(TopicPartition(self._with.topic, partition), positions[partition])
        self._reader.assign(positions)

    async def _let_go(self) -> None:
        """The owner commits, if it wants to, while it is told; of what is lost already it is asked for nothing."""
        if not self._member.lost:
            await self._owner.paused()
        if self._member.lost:
            await self._lose(self._progress.partitions)
        self._member.let_go()

    async def _lose(self, partitions: Collection[int]) -> None:
        if partitions:
            await self._owner.revoked(partitions)
            self._progress.end(partitions)

    def _standing(self) -> tuple[int, str]:
        coordinator = self._consumer._coordinator
        return coordinator.generation, coordinator.member_id

    async def _spans(self, partitions: Collection[int]) -> dict[int, Span]:
        """Where each goes on; the consumer is moved there if its commit is none of this log's any more."""
        offsets = self._with.offsets
        named = [TopicPartition(self._with.topic, partition) for partition in sorted(partitions)]
        asked = asyncio.gather(*(self._consumer.committed(one) for one in named))
        found = dict(zip(named, await answered(asked, self._with.answer_within_s), strict=True))
        oldest, ends = await offsets.oldest(partitions), await offsets.ends(partitions)
        spans: dict[int, Span] = {}
        for one, committed in found.items():
            first, end = oldest[one.partition], ends[one.partition]
            inside = committed is not None and first <= committed <= end
            spans[one.partition] = Span(committed if inside else first, end)
            if not inside and one in self._consumer.assignment():
                self._consumer.seek(one, first)
                self._note_deleted(one.partition, committed, first)
        return spans

    def _note_deleted(self, partition: int, committed: int | None, first: int) -> None:
        if committed is not None:
            self._with.counts["deleted_unread"] += max(1, first - committed)
            log.error("partition %d was deleted from offset %d to %d unread", partition, committed, first)

    async def _read(self, rows_max: int) -> list[Record]:
        records = await self._reader.read(rows_max, TAKE_BYTES_MAX)
        self._progress.took(records, self._reader.positions)
        return records

    async def _wait(self, settled: bool, left_s: float, rung: asyncio.Event) -> None:
        if settled:
            await self._reader.wait(left_s, rung)
        else:
            await within(rung, min(left_s, LOOK_S))

    async def _commit(self, positions: Positions) -> None:
        named = {TopicPartition(self._with.topic, p): offset for p, offset in positions.items()}
        try:
            async with asyncio.timeout(self._with.answer_within_s):
                await self._consumer.commit(named)
        except (CommitFailedError, IllegalStateError) as error:
            raise CommitRefused(f"the group {self._with.group} went on without this reader") from error
        except (KafkaError, TimeoutError) as error:
            raise unavailable(error) from error

    def _must_be_there(self, positions: Positions, ends: Positions) -> None:
        for partition, offset in positions.items():
            if offset > ends[partition]:
                raise ValueError(f"position {offset} of partition {partition} is beyond its end")

    def _must_be_open(self) -> None:
        if self._with.log_closed():
            raise LogUnavailable(CLOSED)
        if self._closed:
            raise CommitRefused(f"this follower of {self._with.group} is closed")

    def _must_be_well(self) -> None:
        """Raises what went wrong in aiokafka's own tasks, which else only end."""
        self._consumer._coordinator.check_errors()
        if self._consumer._fetcher.error_future.done():
            raise KafkaError("the fetching of records has ended")

    def _told(self, error: KafkaError | ConsumerStoppedError) -> LogUnavailable:
        self._ill = self._ill or not getattr(error, "retriable", False)
        return unavailable(error)

    async def _begin_again(self) -> None:
        log.warning("joining the group %s anew", self._with.group)
        await self._lose(self._progress.partitions)
        self._member.let_go()
        self._reader.forget()
        async with self._changing:
            await stopped(self._consumer, self._with.close_within_s)
            self._must_be_open()
            await self.begin()
