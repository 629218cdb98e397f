"""A reader of one group of the embedded log: takes blocks, moves the group's position."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from meadow.core.errors import LogUnavailable
from meadow.core.log import CommitRefused, Lag, Owner, Positions, Record, Span
from meadow.core.logs.embedded_file import BlockFile
from meadow.core.logs.embedded_thread import CLOSED, Bell, FileThread, within

TAKE_BYTES_MAX = 32 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class EmbeddedFollower:
    """Owns all partitions of its group from the first take until it is closed; there is nobody to lose them to."""

    group: str
    owner: Owner
    thread: FileThread
    file: BlockFile
    appended: Bell
    on_commit: Callable[[], None]
    on_close: Callable[[], Awaitable[None]]
    now_s: Callable[[], float]
    _next: dict[int, int] = field(default_factory=dict)
    _closed: bool = False

    async def take(self, *, rows_max: int, wait_s: float) -> Sequence[Record]:
        """At most about 32 MiB, whatever rows_max says. Cancelled, it has taken nothing."""
        self._must_be_open()
        if not self._next:
            await self._begin()
        rung = self.appended.next()
        if not self.file.behind(self._next):
            await within(rung, wait_s)
        self._must_be_open()
        return await self._read(rows_max) if self.file.behind(self._next) else ()

    async def commit(self, positions: Positions) -> None:
        """On disk when it returns; a position before the group's own is left out. ValueError beyond the end."""
        self._must_be_open()
        await self.thread.run(partial(self.file.commit, self.group, dict(positions)))
        self.on_commit()

    async def lag(self) -> Lag:
        """Of the group, so blocks taken and not committed count."""
        committed, extents = self._committed(), self.file.extents  # in this order, or a commit meanwhile counts below 0
        records = sum(extent.end.offset - committed[p] for p, extent in extents.items())
        if records == 0:
            return Lag(0, 0.0)
        oldest_at = await self.thread.run(partial(self.file.oldest_at, committed))
        return Lag(records, 0.0 if oldest_at is None else max(0.0, self.now_s() - oldest_at))

    async def close(self) -> None:
        """A commit under way still counts; take and commit raise CommitRefused from now on."""
        if not self._closed:
            self._closed = True
            self.appended.ring()  # a take that waits
            await self.on_close()

    async def _begin(self) -> None:
        committed, extents = self._committed(), self.file.extents
        await self.owner.assigned({p: Span(committed[p], extent.end.offset) for p, extent in extents.items()})
        self._next = committed

    async def _read(self, rows_max: int) -> Sequence[Record]:
        read = partial(self.file.read, self._next, rows_max=rows_max, bytes_max=TAKE_BYTES_MAX)
        page = await self.thread.run(read)
        self._next = _rotated(page.positions)
        return page.records

    def _committed(self) -> dict[int, int]:
        return {p: place.offset for p, place in self.file.places[self.group].items()}

    def _must_be_open(self) -> None:
        if self.thread.closed:
            raise LogUnavailable(CLOSED)
        if self._closed:
            raise CommitRefused(f"this follower of {self.group} is closed")


def _rotated(positions: Mapping[int, int]) -> dict[int, int]:
    """The same, the first partition last: a small take begins with another one each time."""
    first, *others = positions.items()
    return dict([*others, first])
