"""One live viewer: what waits for it, how far it has come, and how much it missed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from meadow.core.log import Positions, Tailed
from meadow.query.happenings import Filter, Happening
from meadow.query.repeats import Repeats


@dataclass(frozen=True, slots=True)
class News:
    """What a viewer is told at once. missed: events left out since the last; gone: records were deleted unread.

    positions: where to go on after all of it. heard_at: epoch s of the newest thing its clusters said; None before any.
    """

    rows: list[Happening]
    missed: int
    gone: bool
    positions: Positions
    heard_at: float | None


@dataclass(slots=True, eq=False)
class Viewer:
    """Filled by the fan-out, emptied by its own request. At most rows_max events wait; more are counted and left out."""

    wants: Filter
    rows_max: int
    positions: dict[int, int]
    closed: bool = False
    _rows: deque[Happening] = field(default_factory=deque)
    _repeats: Repeats = field(default_factory=Repeats)
    _missed: int = 0
    _gone: bool = False
    _heard_at: float | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, partition: int, offset: int, rows: Iterable[Happening]) -> None:
        """Rows of one record it may see; one it has read before is passed over."""
        if offset < self.positions.get(partition, 0):
            return
        for one in rows:
            self._heard_at = max(self._heard_at or 0.0, one.row["received_at"])
            if not self.wants.takes(one) or self._repeats.knows(one.identity):
                continue
            if len(self._rows) < self.rows_max:
                self._rows.append(one)
            else:
                self._missed += 1
        if self._rows or self._missed:
            self._news.set()

    def passed(self, tailed: Tailed) -> None:
        """All records of it were offered."""
        for partition, offset in tailed.positions.items():
            self.positions[partition] = max(offset, self.positions.get(partition, 0))
        if tailed.missed:
            self.lost_some()

    def lost_some(self) -> None:
        """Records it had not read were deleted."""
        self._gone = True
        self._news.set()

    def has_reached(self, positions: Positions) -> bool:
        return all(self.positions.get(partition, 0) >= offset for partition, offset in positions.items())

    async def room(self) -> None:
        """Returns when little waits: whoever fills it alone can wait, so that nothing need be left out."""
        while len(self._rows) > self.rows_max // 2 and not self.closed:
            self._room.clear()
            await self._room.wait()

    async def take(self, within_s: float) -> News:
        """What came, at once when there is something, else after within_s with no rows."""
        try:
            async with asyncio.timeout(within_s):
                await self._news.wait()
        except TimeoutError:
            pass
        news = News(list(self._rows), self._missed, self._gone, dict(self.positions), self._heard_at)
        self._rows.clear()
        self._missed, self._gone = 0, False
        self._room.set()
        if not self.closed:
            self._news.clear()
        return news

    def close(self) -> None:
        """Its request ends after what it has."""
        self.closed = True
        self._news.set()
        self._room.set()
