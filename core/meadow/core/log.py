"""The log: the append-only sequence of blocks, the only source of truth. This docstring is the delivery promise.

append   returns when the blocks are durable, or raises and then they may or may not be there: append them again.
order    blocks of one partition are read in the order of their offsets; across partitions there is no order.
follow   a reader group reads every block at least once: what was taken and not committed is taken again, by this
         process or another. Commit only after the store acknowledged.
commit   moves the group's position forward; a reader that has lost a partition gets CommitRefused and drops its work.
tail     reads without a group, from the end or from a position; it never moves a group's position.
full     append waits while the log is full; it never drops a block that a group has not read.
retain   blocks older or more than the settings say are deleted, oldest first, once every known group has committed them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meadow.core.blocks import Block

Positions = Mapping[int, int]  # partition -> offset of the next record to read


class CommitRefused(Exception):
    """The partition belongs to another reader of the group by now; drop what was gathered of it."""


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
    """How far a group is behind. age_s: age of the oldest record not committed; 0 when there is none."""

    records: int
    age_s: float


@dataclass(frozen=True, slots=True)
class Tailed:
    """What a tail saw. positions: where to go on after these records. missed: records were deleted before it read them."""

    records: Sequence[Record]
    positions: Positions
    missed: bool = False


class Owner(Protocol):
    """Told which partitions it reads. A follower calls both inside take(), never at once."""

    async def assigned(self, partitions: Mapping[int, Span]) -> None: ...

    async def revoked(self, partitions: Collection[int]) -> None: ...


class Follower(Protocol):
    """One reader of a group. Not for use by several tasks at once."""

    async def take(self, *, rows_max: int, wait_s: float) -> Sequence[Record]:
        """Records in order by partition; about rows_max rows, always whole blocks; empty after wait_s without any."""

    async def commit(self, positions: Positions) -> None:
        """Raises CommitRefused, or LogUnavailable: then commit again or leave it to the next commit."""

    async def lag(self) -> Lag: ...

    async def close(self) -> None:
        """Gives the partitions back without committing."""


class Log(Protocol):
    """An adapter. `partitions` is fixed for the life of the process."""

    @property
    def partitions(self) -> int: ...

    async def append(self, blocks: Sequence[Block]) -> None: ...

    async def follow(self, group: str, owner: Owner) -> Follower: ...

    def tail(self, after: Positions | None = None) -> AsyncIterator[Tailed]:
        """From the end, or from `after` on. Yields at least once a second, also when empty, so a reader sees its position."""

    async def ends(self) -> Positions: ...

    async def close(self) -> None: ...
