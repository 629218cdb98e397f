"""One tail of the log for all who watch: each block is parsed once, and only when somebody may see it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

from meadow.core.blocks import Table
from meadow.core.errors import MeadowError, OverBudget
from meadow.core.log import Log, Positions, Record, Tailed
from meadow.query.happenings import Filter, Names, happenings
from meadow.query.settings import QuerySettings
from meadow.query.viewer import Viewer

log = logging.getLogger(__name__)
AGAIN_AFTER_S = 1.0
LOOK_EVERY_S = 5.0
LOOK_WITHIN_S = 5.0


class Fanout:
    """Reads the log while anybody watches, from one position shared by all.

    A viewer begins at its own position: it is read up to the shared one by a tail of its own, then joins, so that nothing
    is missed or doubled between the two. While the log is away it is tried again, from the same position, and streams
    are ended: who comes back is told why nothing new is seen, and where nothing is said nothing happens.
    """

    def __init__(self, tailed: Log, settings: QuerySettings) -> None:
        self._log, self._settings = tailed, settings
        self._names = Names()
        self._joined: set[Viewer] = set()
        self._present: Counter[int] = Counter()  # by tenant; those who still catch up too
        self._all: set[Viewer] = set()
        self._positions: Positions = {}
        self._wanted, self._ready = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            looking = asyncio.create_task(self._look(), name="is the log there")
            try:
                await self._tail()
            except MeadowError as error:
                log.warning("the log cannot be tailed (%s), trying again", error.code)
                self.close()
                await asyncio.sleep(AGAIN_AFTER_S)
            finally:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        """Ends the streams when the log does not answer: a reader of Kafka goes on in silence."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                async with asyncio.timeout(LOOK_WITHIN_S):
                    await self._log.ends()
            except (MeadowError, TimeoutError):
                self.close()

    @property
    def present(self) -> Mapping[int, int]:
        """Viewers by tenant id, those who still catch up too."""
        return self._present

    def close(self) -> None:
        """Ends every viewer's stream after what it has."""
        for viewer in list(self._all):
            viewer.close()

    @asynccontextmanager
    async def watch(self, wants: Filter, after: Positions | None) -> AsyncIterator[Viewer]:
        """A viewer from these positions on, or from now. Raises OverBudget for too many of one tenant, LogUnavailable."""
        if self._present[wants.tenant_id] >= self._settings.viewers_max:
            raise OverBudget(f"{self._settings.viewers_max} live streams are open already.", retry_after_s=10)
        self._present[wants.tenant_id] += 1
        try:
            viewer = await self._begin(wants, after)
            self._all.add(viewer)
            joining = asyncio.create_task(self._join(viewer), name="live viewer joins")
            try:
                yield viewer
            finally:
                self._leave(viewer)
                joining.cancel()
                await asyncio.gather(joining, return_exceptions=True)
        finally:
            self._present[wants.tenant_id] -= 1
            self._present += Counter()  # drops tenants at zero

    async def _begin(self, wants: Filter, after: Positions | None) -> Viewer:
        ends = await self._log.ends()
        oldest = {p: max(0, end - self._settings.resume_records_max) for p, end in ends.items()}
        start = {p: min(end, max(oldest[p], (after or ends).get(p, 0))) for p, end in ends.items()}
        viewer = Viewer(wants, self._settings.viewer_rows_max, start)
        if after is not None and any(after.get(p, 0) < at for p, at in oldest.items()):
            viewer.lost_some()
        return viewer

    def _leave(self, viewer: Viewer) -> None:
        self._joined.discard(viewer)
        self._all.discard(viewer)

    async def _join(self, viewer: Viewer) -> None:
        self._wanted.set()
        await self._ready.wait()
        try:
            await self._catch_up(viewer)
        except MeadowError as error:
            log.warning("a live viewer cannot be served from the log (%s)", error.code)
            viewer.close()  # it comes back with its position

    async def _catch_up(self, viewer: Viewer) -> None:
        """No await stands between the last look at the shared position and the joining."""
        if self._joins(viewer):
            return
        async with aclosing(self._log.tail(viewer.positions)) as stream:
            async for tailed in stream:
                _spread(tailed, [viewer], self._names)
                if self._joins(viewer):
                    return
                await viewer.room()

    def _joins(self, viewer: Viewer) -> bool:
        if viewer.has_reached(self._positions) and not viewer.closed:
            self._joined.add(viewer)
            return True
        return viewer.closed

    async def _tail(self) -> None:
        if not self._ready.is_set():
            self._positions = dict(await self._log.ends())
            self._ready.set()
        async with aclosing(self._log.tail(self._positions)) as stream:
            async for tailed in stream:
                _spread(tailed, list(self._joined), self._names)
                self._positions = dict(tailed.positions)
                if not self._present:
                    self._wanted.clear()
                    self._ready.clear()
                    return


def _spread(tailed: Tailed, viewers: Sequence[Viewer], names: Names) -> None:
    for record in tailed.records:
        watching = [viewer for viewer in viewers if viewer.wants.may_see(record.block)]
        if watching and record.block.table is Table.EVENTS:
            _offer(record, watching, names)
    for viewer in viewers:
        viewer.passed(tailed)


def _offer(record: Record, viewers: Sequence[Viewer], names: Names) -> None:
    rows = happenings(record.block, names)
    for viewer in viewers:
        viewer.offer(record.partition, record.offset, rows)


def positions_of(parts: Sequence[int | str]) -> Mapping[int, int]:
    """A cursor's parts, partition and offset in turn. Raises ValueError for anything else."""
    numbers = [part for part in parts if isinstance(part, int)]
    if len(numbers) != len(parts) or len(numbers) % 2:
        raise ValueError("no positions")
    return dict(zip(numbers[::2], numbers[1::2], strict=True))
