"""Switches task events on for workers that were started without -E, as they come and whenever the broker is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from meadow.core.errors import MeadowError
from meadow.ingest.source import Source

log = logging.getLogger(__name__)

HOSTNAMES_MAX = 200  # more at once are asked by one broadcast to all: every worker reads every command anyway


@dataclass(slots=True)
class Enabling:
    """Celery 5.7: `enable_events` lasts until the worker restarts, so each worker-online is answered by one, to that worker.

    Gathers  workers that come within gather_s into one command; a worker that comes again and again costs one a gather_s.
    All      are asked once at the start, and again after each reconnection: what came meanwhile was not seen.
    """

    source: Source
    gather_s: float
    _waiting: set[str] = field(init=False, default_factory=set)
    _asked_since: float | None = field(init=False, default=None)

    def saw(self, hostnames: Iterable[str]) -> None:
        """These workers came online."""
        for hostname in hostnames:
            if len(self._waiting) <= HOSTNAMES_MAX:
                self._waiting.add(hostname)

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self._once()
            except MeadowError as error:
                log.warning("workers could not be asked for events: %s", error)
            await asyncio.sleep(self.gather_s)

    async def _once(self) -> None:
        state = self.source.state
        if not state.connected:
            return
        hostnames = sorted(self._waiting)
        self._waiting.clear()
        if state.since != self._asked_since or len(hostnames) > HOSTNAMES_MAX:
            await self.source.enable_events(None)
            self._asked_since = state.since
        elif hostnames:
            await self.source.enable_events(hostnames)
