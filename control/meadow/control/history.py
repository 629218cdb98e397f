"""Waits, once after a start, until the store knows what was asked before it; until then nobody can say what was sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from meadow.control.ledger import Ledger
from meadow.control.records import Records
from meadow.core.errors import MeadowError, StoreUnavailable
from meadow.core.scope import Cluster, Directory

LOOK_EVERY_S = 0.1
ASK_AGAIN_S = 1.0
log = logging.getLogger(__name__)


class History:
    """A command asked shortly before a crash may be on the log and not yet in the store. So this process marks the log when
    it starts, once a partition; a partition is read in order, hence with the marks everything older is in the store.

    directory  as it is now; where there is no cluster there was no command, and one that comes is waited for.
    """

    def __init__(self, ledger: Ledger, records: Records, directory: Callable[[], Directory]) -> None:
        self._ledger, self._records, self._directory = ledger, records, directory
        self._known = asyncio.Event()

    async def learn(self) -> None:
        """Returns once the store has caught up. A log or store that is away is asked again."""
        marks: frozenset[str] = frozenset()
        cluster: Cluster | None = None
        while not self._known.is_set():
            try:
                if cluster is None and self._directory().clusters:
                    marks = await self._ledger.mark(self._directory().clusters[0])
                    cluster = self._directory().clusters[0]
                if cluster is not None and await self._records.marks(cluster.tenant, marks) == len(marks):
                    self._known.set()
            except MeadowError as error:
                log.warning("what was asked before this start is not known yet: %s", error)
                await asyncio.sleep(ASK_AGAIN_S)
            await asyncio.sleep(LOOK_EVERY_S)

    async def must(self, within_s: float) -> None:
        """Raises StoreUnavailable when the store has not caught up in time; nothing was asked then."""
        try:
            async with asyncio.timeout(within_s):
                await self._known.wait()
        except TimeoutError as error:
            raise StoreUnavailable("The store has not caught up since the start; nothing was sent.") from error
