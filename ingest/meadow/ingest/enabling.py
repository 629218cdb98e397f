"""Switches task events on for workers that were started without -E, as they come and whenever the broker is back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from meadow.core.errors import MeadowError
from meadow.ingest.source import Source

log = logging.getLogger(__name__)

HOSTNAMES_MAX = 200  # more at once are asked by one broadcast to all: every worker reads every command anyway
AGAIN_AFTER_S = (0.0, 2.0, 10.0, 30.0)  # celery 5.7 says worker-online before it listens for commands


@dataclass(slots=True)
class Enabling:
    """Celery 5.7: `enable_events` lasts until the worker restarts, so each worker-online is answered by some, to that worker.

    Gathers  workers that come within gather_s into one command; a worker that comes again and again costs one a gather_s.
    All      are asked at the start, and again after each reconnection: what came meanwhile was not seen.
    Again    each is asked after every AGAIN_AFTER_S; a worker whose events are on already changes nothing.
    now_s    monotonic.
    """

    source: Source
    gather_s: float
    now_s: Callable[[], float] = time.monotonic
    _due: dict[str | None, list[float]] = field(init=False, default_factory=dict)  # None is everybody
    _asked_since: float | None = field(init=False, default=None)

    def saw(self, hostnames: Iterable[str]) -> None:
        """These workers came online."""
        for hostname in hostnames:
            self._plan(hostname if hostname in self._due or len(self._due) < HOSTNAMES_MAX else None)

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
        if state.since != self._asked_since:
            self._asked_since = state.since
            self._due.clear()
            self._plan(None)
        ready = self._ready()
        if None in ready:
            await self.source.enable_events(None)
        elif ready:
            await self.source.enable_events(sorted(name for name in ready if name is not None))

    def _plan(self, who: str | None) -> None:
        now_s = self.now_s()
        self._due[who] = [now_s + after_s for after_s in AGAIN_AFTER_S]

    def _ready(self) -> set[str | None]:
        """Whose time has come; each time counts once, however late."""
        now_s = self.now_s()
        ready = {who for who, times in self._due.items() if times[0] <= now_s}
        for who in ready:
            self._due[who] = [at_s for at_s in self._due[who] if at_s > now_s]
        self._due = {who: times for who, times in self._due.items() if times}
        return ready
