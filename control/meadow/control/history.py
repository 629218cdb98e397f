"""Waits, once after a start, until the store knows what was asked before it; until then nobody can say what was sent."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

from meadow.control.ledger import Ledger
from meadow.control.records import Records
from meadow.core.errors import MeadowError, StoreUnavailable
from meadow.core.scope import Directory

LOOK_EVERY_S = 0.1
log = logging.getLogger(__name__)


class History:
    """A command asked shortly before a crash may be on the log and not yet in the store. So this process marks the log when it
    starts, one event a partition; partitions are read in order, hence with the marks everything older is in the store.

    marks  how many there are: the log's partitions.
    now_s  epoch seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Records,
        directory: Callable[[], Directory],
        node: str,
        marks: int,
        *,
        now_s: Callable[[], float],
    ) -> None:
        self._ledger, self._records, self._directory = ledger, records, directory
        self._node, self._marks, self._now_s = node, marks, now_s
        self._known = asyncio.Event()

    async def learn(self) -> None:
        """Returns once the store has caught up. A log or store that is away is asked again."""
        since_s = self._now_s() - 1
        marked = False
        while not self._known.is_set():
            clusters = self._directory().clusters
            try:
                if clusters and not marked:
                    await self._ledger.mark(clusters[0])
                    marked = True
                if marked and await self._records.markers(clusters[0], self._node, os.getpid(), since_s) >= self._marks:
                    self._known.set()
            except MeadowError as error:
                log.warning("what was asked before this start is not known yet: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def must(self, within_s: float) -> None:
        """Raises StoreUnavailable when the store has not caught up in time; nothing was asked then."""
        try:
            async with asyncio.timeout(within_s):
                await self._known.wait()
        except TimeoutError as error:
            raise StoreUnavailable("The store has not caught up since the start; nothing was sent.") from error
