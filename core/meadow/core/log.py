"""The log: the append-only sequence of blocks, the only source of truth. This docstring is the delivery promise.

append   returns when the blocks are durable, or raises LogUnavailable and then they may or may not be there: append them
         again. Cancelled, the same. Blocks of one call keep their order; so do calls that wait for each other.
refuse   a block the log will never take raises BlockRefused before anything of the call is appended.
order    blocks of one partition are read in the order of their offsets; across partitions there is no order.
follow   a reader group reads every block at least once: what was taken and not committed is taken again, by this
         process or another. Commit only after the store acknowledged. A new group starts from the oldest block kept.
keep     while a group is divided anew, a reader goes on where it was in every partition that stays its own.
commit   moves the group's position forward; a reader that has lost a partition gets CommitRefused and drops its work.
tail     reads without a group, from the end or from a position; it never moves a group's position.
full     append waits while the log is full; it never drops a block that a group has not read.
retain   blocks older or more than the settings say are deleted, oldest first. The embedded log waits until every known
         group has committed them; Kafka does not wait, so its retention must be longer than any outage of a writer.
offsets  are never used twice, also when everything was deleted and the log was opened again.
close    whoever waits in append or take gets LogUnavailable; a tail ends.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meadow.core.blocks import Block

Positions = Mapping[int, int]  # partition -> offset of the next record to read


class CommitRefused(Exception):
    """The partition belongs to another reader of the group by now; drop what was gathered of it."""


class BlockRefused(Exception):
    """Larger than one record of this log may be. Appending it again never helps: make a dead letter of it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A block in its place. offset: from 0, rising by at least 1 in a partition. appended_at: epoch seconds."""

    partition: int
    offset: int
    appended_at: float
    block: Block


@dataclass(frozen=True, slots=True)
class Span:
    """What a reader is handed of a partition: `committed` is where it reads on, `end` one past the newest offset."""

    committed: int
    end: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind, in the partitions its follower has. records: not committed, taken or not.
    age_s: age of the oldest of them; 0 when there is none."""

    records: int
    age_s: float


@dataclass(frozen=True, slots=True)
class Tailed:
    """What a tail saw, in order by partition. positions: where to go on after these records, for every partition.
    missed: records before these were deleted, or the position was none of this log's; the reader has not seen all."""

    records: Sequence[Record]
    positions: Positions
    missed: bool = False


class Owner(Protocol):
    """Told which partitions it reads. A follower calls all three inside take(), never at once; closing it or the log
    calls none.

    paused    the group is about to be divided anew. Commits are accepted until it returns; from then on nothing more may
              come of what was taken, until `assigned` says that what was not revoked is still its own.
    revoked   another reader has these, or may have had them meanwhile, and begins at the commit.
    assigned  these are new to it, and come before their first record; there may be none.
    """

    async def assigned(self, partitions: Mapping[int, Span]) -> None: ...

    async def paused(self) -> None: ...

    async def revoked(self, partitions: Collection[int]) -> None: ...


class Follower(Protocol):
    """One reader of a group. Not for use by several tasks at once."""

    async def take(self, *, rows_max: int, wait_s: float) -> Sequence[Record]:
        """Records sorted by partition and offset; about rows_max rows, always whole blocks; empty after wait_s without any.

        Every partition gets its turn. Cancelled, nothing is lost: the next take returns what this one would have.
        Raises LogUnavailable (take again), or CommitRefused once this follower is closed.
        """

    async def commit(self, positions: Positions) -> None:
        """Durable when it returns. Positions behind the group's own are left out: it never goes back.

        Raises CommitRefused (not this follower's any more, or it is closed), LogUnavailable (commit again or leave it to
        the next commit), ValueError (beyond the end).
        """

    async def lag(self) -> Lag: ...

    async def close(self) -> None:
        """Gives the partitions back without committing."""


class Log(Protocol):
    """An adapter. `partitions` is fixed for the life of the process."""

    @property
    def partitions(self) -> int: ...

    async def append(self, blocks: Sequence[Block]) -> None:
        """Durable when it returns. Raises LogUnavailable, BlockRefused, ValueError (no such partition)."""

    async def follow(self, group: str, owner: Owner) -> Follower:
        """Raises Conflict when this process follows the group already."""

    def tail(self, after: Positions | None = None) -> AsyncGenerator[Tailed, None]:
        """From the end, or from `after` on; a partition that `after` leaves out is read from its end.

        The first one comes at once, without records, and says where the reading begins: what is appended after it came
        will be seen. From then on at least one a second, also without records, so a reader sees its position.
        `after` may come from a client: what is older than the oldest kept goes on from there, what is beyond the end from
        the end, an unknown partition is left out; each is `missed`, never an error. Read it inside `aclosing`.
        """

    async def ends(self) -> Positions:
        """One past the newest offset of every partition. Raises LogUnavailable."""

    async def close(self) -> None:
        """Again is harmless."""
