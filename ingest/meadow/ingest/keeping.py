"""Keeps one cluster's collector running: starts it in its turn, makes another when it fails, ends it within a bound."""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from meadow.core.errors import MeadowError
from meadow.core.scope import Cluster
from meadow.ingest.collector import Collector

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class KeepingSettings:
    """starting_max     collectors of a node that connect at once; the next begins when one is connected, has met a problem, or
                     is at it for turn_s.
    back_off_first_s, back_off_max_s   before another collector is made; doubled each time, shortened by up to a half.
    steady_s         a collector that ran this long was a good one: the next wait is short again.
    stop_within_s    after which one that does not end is abandoned.
    """

    starting_max: int = 20
    turn_s: float = 2.0
    back_off_first_s: float = 0.5
    back_off_max_s: float = 60.0
    steady_s: float = 30.0
    stop_within_s: float = 2.0


class Kept:
    """One cluster held by this node. It outlives whatever its collectors do."""

    def __init__(
        self,
        cluster: Cluster,
        make: Callable[[Cluster], Collector],
        turns: asyncio.Semaphore,
        settings: KeepingSettings,
    ) -> None:
        self.cluster = cluster
        self.collector: Collector | None = None
        self.restarts = 0
        self.problem = ""
        self._make, self._turns, self._settings = make, turns, settings
        self._stopping: asyncio.Task[None] | None = None
        self._task = asyncio.create_task(self._keep(), name=f"keeping {cluster.tenant.slug}/{cluster.slug}")

    async def end(self) -> None:
        """Returns when its collector has stopped, or was abandoned."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if self._stopping is not None:
            await asyncio.wait([self._stopping])

    async def _keep(self) -> None:
        loop, tries = asyncio.get_running_loop(), 0
        while True:
            began_s = loop.time()
            try:
                await self._one()
                self._failed("The collector ended by itself.")
            except Exception as error:  # noqa: BLE001 # one cluster must not take others with it; it is counted, told and logged
                self._failed(_said(error, self.cluster))
            tries = 0 if loop.time() - began_s >= self._settings.steady_s else tries
            await asyncio.sleep(self._back_off_s(tries))
            tries += 1

    async def _one(self) -> None:
        """One collector, from its making to its end. What it runs in is looked at, not awaited: a broker's library may end it
        with a CancelledError of its own, which is not this task's."""
        collector = self._make(self.cluster)
        running: asyncio.Task[None] | None = None
        try:
            async with self._turns:
                await collector.start()
                running = asyncio.create_task(collector.run(), name=collector.name)
                self.collector = collector
                await self._begun(collector, running)
            await asyncio.wait([running])
            if not running.cancelled():
                running.result()
        finally:
            self.collector = None
            self._stopping = asyncio.create_task(_stopped(collector, running, self._settings.stop_within_s))
            await asyncio.wait([self._stopping])

    async def _begun(self, collector: Collector, running: asyncio.Task[None]) -> None:
        """Until this one's part of the rush is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.turn_s):
                while not (running.done() or collector.source_state.connected or collector.source_state.problem):
                    await asyncio.wait([running], timeout=LOOK_EVERY_S)
        if not running.done():
            self.problem = ""

    def _failed(self, problem: str) -> None:
        self.restarts += 1
        if problem != self.problem:
            log.warning("%s/%s is not collected: %s", self.cluster.tenant.slug, self.cluster.slug, problem)
        self.problem = problem

    def _back_off_s(self, tries: int) -> float:
        longest_s = min(self._settings.back_off_max_s, self._settings.back_off_first_s * 2.0 ** min(tries, 30))
        return longest_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


async def _stopped(collector: Collector, running: asyncio.Task[None] | None, within_s: float) -> None:
    """Never raises and is never late, whatever the collector does."""
    try:
        async with asyncio.timeout(within_s):
            if running is not None:
                running.cancel()
                await asyncio.wait([running], timeout=within_s / 2)  # closing the source may free one that hangs
            await collector.stop()
    except TimeoutError:
        log.warning("%s did not stop within %.1f s and was abandoned", collector.name, within_s)
    except Exception as error:  # noqa: BLE001 # nothing can be done for it any more
        log.warning("%s stopped with %s", collector.name, type(error).__name__)
    if running is not None and running.done() and not running.cancelled():
        running.exception()  # has been told by whoever waited for it


def _said(error: BaseException, cluster: Cluster) -> str:
    """One sentence, safe to show; what Meadow does not know is logged with its frames, not its words, which may hold a URL."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, MeadowError):
        return str(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("the collector of %s/%s: %s\n%s", cluster.tenant.slug, cluster.slug, type(error).__name__, frames)
    return f"The collector failed: {type(error).__name__}."
