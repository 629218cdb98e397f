"""The ownership of many nodes: Kafka says who is alive, arithmetic says who holds what.

All ingest nodes join one group on the registry's topic, and are given the list of nodes in place of partitions (kafka_roll.py).
Each then places the clusters it knows on that list by itself (placement.py): nothing is stored, nobody coordinates.

dies     a node that is gone is taken off the list after its session, `session_s`; one that stops in order at once.
joins    the list is there a heartbeat later; whoever keeps a cluster is not disturbed.
paused   a node that wakes after its session holds what it held until it has joined again, beside the new holder.
away     while Kafka is away the last list stays valid, as nobody could append to the log either.
refused  what Kafka refuses (a permission, a password) is logged and told in `problem`; the last list stays, and a new consumer
         tries again, ever more slowly.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from meadow.core.errors import BadSettings
from meadow.core.kafka import KafkaConnection
from meadow.core.scope import Cluster
from meadow.ingest.ownership import ClusterKey, key_of
from meadow.ingest.ownerships.kafka_roll import NAME_MAX, Roll
from meadow.ingest.ownerships.kafka_seat import Seat
from meadow.ingest.placement import Member, holders_of, place

log = logging.getLogger(__name__)

TOPIC, GROUP = "registry", "ingest"
NEVER_MS = 7 * 24 * 3_600_000  # nothing is read through this group, so that being idle is no sign of death


@dataclass(frozen=True, slots=True)
class KafkaOwnershipSettings:
    """session_s        after which a silent node is taken for dead; a broker's `group.min.session.timeout.ms` is 6 s.
    heartbeat_s      how soon the others hear of a change.
    ask_every_s      how often Kafka is asked whether it is there; answers later than answer_within_s do not count.
    leave_within_s   for the last word to the group; twice that while it is still joining.
    overlap_s        others get to take over, after this node has left and before `stop` returns.
    back_off_max_s   between two consumers; from half a second it doubles up to this.
    """

    session_s: float = 6.0
    heartbeat_s: float = 0.5
    ask_every_s: float = 2.0
    answer_within_s: float = 3.0
    leave_within_s: float = 2.0
    overlap_s: float = 1.0
    back_off_max_s: float = 10.0


class ByKafka:
    """An Ownership. In a list of services it stands after what goes by it: it is then stopped first, and the others take over
    while this node still collects."""

    name = "ownership"

    def __init__(
        self,
        connection: KafkaConnection,
        node: str,
        zone: str = "",
        settings: KafkaOwnershipSettings = KafkaOwnershipSettings(),
    ) -> None:
        """node: unique among the nodes that run, and the same after a restart, so that its clusters come back to it.

        Raises BadSettings for a name or a zone that cannot be one.
        """
        if not 0 < len(node) <= NAME_MAX or len(zone) > NAME_MAX or not f"{node}{zone}".isprintable():
            raise BadSettings(f"A node's name has 1 to {NAME_MAX} printable characters, its zone at most as many.")
        self._connection, self._settings = connection, settings
        self._me = Member(node, zone)
        self._members: frozenset[Member] = frozenset()
        self._tell: list[Callable[[], None]] = []
        self._seat: Seat | None = None
        self._problem = "This node has not joined the others yet."

    @property
    def healthy(self) -> bool:
        """Whether it is in the group and Kafka answers."""
        return not self._problem

    @property
    def problem(self) -> str:
        return self._problem

    @property
    def members(self) -> frozenset[Member]:
        """The nodes that are alive, this one too; none before it has joined for the first time."""
        return self._members

    def on_change(self, tell: Callable[[], None]) -> None:
        """See Ownership."""
        self._tell.append(tell)

    def held(self, clusters: Iterable[Cluster]) -> frozenset[ClusterKey]:
        """See Ownership."""
        copies = {key_of(cluster): holders_of(cluster.connection) for cluster in clusters}
        placed = place(copies, self._members)
        return frozenset(key for key, holders in placed.items() if self._me.name in {one.name for one in holders})

    async def start(self) -> None:
        """Ready at once: until Kafka has named the nodes this one holds nothing, and says why."""

    async def run(self) -> None:
        """Until cancelled; leaves the group only in `stop`."""
        wait_s = 0.5
        while True:
            try:
                consumer = await self._join()
                wait_s = 0.5
                await self._stay(consumer)
            except KafkaError as error:
                self._note(error)
            except (
                Exception
            ) as error:  # the group's coordination fails with whatever it meets; the last list stays good
                log.exception("the ownership meets a fault and joins the others again")
                self._note(error)
            await self._leave()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, self._settings.back_off_max_s)

    async def stop(self) -> None:
        """Leaves the group, so that others take over now, and gives them a moment for it."""
        if await self._leave() and len(self._members) > 1:
            await asyncio.sleep(self._settings.overlap_s)

    async def _join(self) -> AIOKafkaConsumer:
        options = {**self._connection.options(), **self._options()}
        self._seat = Seat(AIOKafkaConsumer(self._connection.topic(TOPIC), **options))
        await self._seat.take()
        self._problem = ""
        return self._seat.consumer

    def _options(self) -> dict[str, object]:
        settings = self._settings
        return {
            "group_id": self._connection.topic(GROUP),
            "client_id": f"meadow-ingest-{self._me.name}",
            "partition_assignment_strategy": (Roll(self._me, self._changed),),  # one: aiokafka 0.14 joins for each
            "enable_auto_commit": False,
            "session_timeout_ms": round(settings.session_s * 1000),
            "heartbeat_interval_ms": round(settings.heartbeat_s * 1000),
            "rebalance_timeout_ms": round(settings.session_s * 1000),  # how long one paused node can delay the others
            "request_timeout_ms": round(settings.session_s * 2000),  # more than a join may take
            "max_poll_interval_ms": NEVER_MS,
        }

    async def _stay(self, consumer: AIOKafkaConsumer) -> None:
        """Polls, for only a poll raises what went wrong in the group; and asks, for only an answer says that Kafka is there."""
        loop = asyncio.get_running_loop()
        ask_at_s = loop.time() + self._settings.ask_every_s
        while True:
            await consumer.getmany(timeout_ms=500)
            if loop.time() >= ask_at_s:
                await self._ask(consumer)
                ask_at_s = loop.time() + self._settings.ask_every_s

    async def _ask(self, consumer: AIOKafkaConsumer) -> None:
        first = TopicPartition(self._connection.topic(TOPIC), 0)
        try:  # not wait_for: in Python 3.11 it forgets a cancelling that comes with the answer
            async with asyncio.timeout(self._settings.answer_within_s):
                await consumer.end_offsets([first])
        except (TimeoutError, KafkaError):
            self._say("Kafka does not answer; the last list of nodes stays valid.")
        else:
            self._say("")

    def _changed(self, members: Iterable[Member]) -> None:
        """Called by aiokafka, in this loop."""
        listed = list(members)
        twice = [name for name, count in Counter(one.name for one in listed).items() if count > 1]
        if self._me.name in twice:
            log.warning("two nodes are called %s and hold the same; after a kill this ends by itself", self._me.name)
        self._members = frozenset(listed)
        log.info("ingest nodes: %s", ", ".join(sorted(one.name for one in listed)))
        for tell in self._tell:
            tell()

    async def _leave(self) -> bool:
        """Whether there was a seat, and the group was told that it is free."""
        if self._seat is None:
            return False
        told = await self._seat.give_up(self._settings.leave_within_s)
        self._seat = None
        return told

    def _note(self, error: Exception) -> None:
        if isinstance(error, UnknownTopicOrPartitionError):
            self._say(f"Kafka has no topic {self._connection.topic(TOPIC)}: run `meadow migrate`.")
        else:
            self._say(f"This node cannot join the others: {type(error).__name__}.")

    def _say(self, problem: str) -> None:
        if problem and problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem
