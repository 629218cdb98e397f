"""Divides a shard's partitions among the writers of its group; each keeps what it had while that is fair."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata


class Assignor:
    """One per consumer. aiokafka's own sticky assignor keeps its state on the class, so two of a process mix theirs.

    shard   (i, n): only partitions p with p % n == i are handed out. Its name says so: a member with another shard in the
            same group is refused by Kafka (InconsistentGroupProtocolError).
    Claims  what a member had travels as its user data, with the time it got it: after a pause two may claim one partition,
            then the later has it.
    """

    def __init__(self, topic: str, shard: tuple[int, int]) -> None:
        self.name = f"meadow-{shard[0]}-of-{shard[1]}"
        self._topic, self._shard = topic, shard
        self._claim: list[int] = []
        self._since = 0.0

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """What this member tells the one that divides."""
        claim = orjson.dumps({"since": self._since, "partitions": self._claim})
        return ConsumerProtocolMemberMetadata(0, list(topics), claim)

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """What this member got."""
        self._claim = [one.partition for one in assignment.partitions()]
        self._since = time.time()

    def assign(
        self, cluster: Any, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Called in the one member that Kafka chose to divide for all."""
        index, shards = self._shard
        partitions = {p for p in cluster.partitions_for_topic(self._topic) or () if p % shards == index}
        divided = divide(partitions, {member: _claim(told.user_data) for member, told in members.items()})
        return {
            member: ConsumerProtocolMemberAssignment(0, [(self._topic, sorted(own))], b"")
            for member, own in divided.items()
        }


def divide(partitions: Collection[int], claims: Mapping[str, tuple[float, Collection[int]]]) -> dict[str, list[int]]:
    """Partitions by member: all of them, none twice, shares differing by one at most. claims: since when, and which."""
    kept = _kept(partitions, claims)
    share, more = divmod(len(partitions), len(kept))
    by_size = sorted(kept, key=lambda member: (-len(kept[member]), member))
    room = {member: share + (place < more) for place, member in enumerate(by_size)}
    divided = {member: kept[member][: room[member]] for member in kept}
    taken = {partition for own in divided.values() for partition in own}
    free = [partition for partition in sorted(partitions) if partition not in taken]
    for member, own in divided.items():
        while len(own) < room[member]:
            own.append(free.pop())
    return divided


def _kept(partitions: Collection[int], claims: Mapping[str, tuple[float, Collection[int]]]) -> dict[str, list[int]]:
    owner: dict[int, str] = {}
    for member in sorted(claims, key=lambda member: (claims[member][0], member)):
        owner |= dict.fromkeys(claims[member][1], member)
    return {
        member: [partition for partition in sorted(partitions) if owner.get(partition) == member]
        for member in sorted(claims)
    }


def _claim(told: bytes | None) -> tuple[float, Collection[int]]:
    """Nothing, if it cannot be read: it costs a move, and no more."""
    try:
        claim = orjson.loads(told or b"{}")
        return float(claim.get("since", 0.0)), [int(p) for p in claim.get("partitions", ())]
    except (ValueError, TypeError, AttributeError):
        return 0.0, ()
