"""One ingest node: a collector runs for each cluster it holds, whatever the registry, the other nodes and the brokers do.

held       what the ownership says of the clusters the directory knows now; asked again when either changes.
kept       a cluster that stays held, unchanged, is never disturbed: its collector runs on.
lost       a cluster another node has now is let go overlap_s later, so that the other is there before; if it comes back
           meanwhile nothing happened.
removed    a cluster no longer in the directory is let go at once.
changed    another connection: a new collector begins, and the old one ends, at once.
fails      one that cannot be made, or fails, is made again, ever more slowly (keeping.py); the others do not notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from meadow.core.scope import Cluster, Directory
from meadow.ingest.collector import Collector
from meadow.ingest.keeping import KeepingSettings, Kept
from meadow.ingest.ownership import ClusterKey, Ownership, key_of

log = logging.getLogger(__name__)

LOOKS_APART_S = 0.1  # placing thousands of clusters takes a tenth of a second; a burst of changes is one


class Node:
    """A Service. Its collectors run on after `run` has ended, until `stop`: put the ownership after it in a list of services,
    so that this node leaves the others first."""

    name = "node"

    def __init__(
        self,
        directory: Callable[[], Directory],
        ownership: Ownership,
        make: Callable[[Cluster], Collector],
        overlap_s: float = 1.0,
        settings: KeepingSettings | None = None,
    ) -> None:
        """make: may raise a MeadowError, which is told in `problems`."""
        self._directory, self._ownership, self._make = directory, ownership, make
        self._overlap_s, self._settings = overlap_s, settings or KeepingSettings()
        self._turns = asyncio.Semaphore(self._settings.starting_max)
        self._news = asyncio.Event()
        self._kept: dict[ClusterKey, Kept] = {}
        self._leaving: dict[ClusterKey, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._restarts = 0

    @property
    def collectors(self) -> Sequence[Collector]:
        """Those that run now, also of clusters that are about to be let go."""
        return [kept.collector for kept in self._kept.values() if kept.collector is not None]

    @property
    def held(self) -> Sequence[Cluster]:
        """Clusters this node holds now, whether their collectors run or not."""
        return [kept.cluster for key, kept in self._kept.items() if key not in self._leaving]

    @property
    def problems(self) -> Mapping[str, str]:
        """`tenant/cluster` to one sentence, for those whose collector could not be made or failed lately; safe to show."""
        kept = self._kept.values()
        return {f"{one.cluster.tenant.slug}/{one.cluster.slug}": one.problem for one in kept if one.problem}

    @property
    def restarts(self) -> int:
        """How often a collector failed since the start."""
        return self._restarts + sum(kept.restarts for kept in self._kept.values())

    def wake(self) -> None:
        """The registry changed, or the nodes did."""
        self._news.set()

    async def start(self) -> None:
        """Ready at once; collectors begin in `run`."""
        self._ownership.on_change(self.wake)
        self.wake()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            self._settle()
            await asyncio.sleep(LOOKS_APART_S)

    async def stop(self) -> None:
        """Lets go of everything, at once and side by side; within what a collector's stop may take."""
        for key in list(self._kept):
            self._let_go(key)
        if self._ending:
            await asyncio.wait(self._ending)

    def _settle(self) -> None:
        known = {key_of(cluster): cluster for cluster in self._directory().clusters}
        held = self._ownership.held(known.values())
        for key in [key for key in self._kept if key not in known]:
            self._let_go(key)
        for key in self._kept.keys() - held - self._leaving.keys():
            self._leaving[key] = asyncio.get_running_loop().call_later(self._overlap_s, self._let_go, key)
        for key in held:
            self._hold(key, known[key])

    def _hold(self, key: ClusterKey, cluster: Cluster) -> None:
        if key in self._leaving:
            self._leaving.pop(key).cancel()
        if key in self._kept and self._kept[key].cluster != cluster:
            self._let_go(key)
        if key not in self._kept:
            log.info("holds %s/%s", cluster.tenant.slug, cluster.slug)
            self._kept[key] = Kept(cluster, self._make, self._turns, self._settings)

    def _let_go(self, key: ClusterKey) -> None:
        kept = self._kept.pop(key)
        if (timer := self._leaving.pop(key, None)) is not None:
            timer.cancel()
        self._restarts += kept.restarts
        log.info("lets go of %s/%s", kept.cluster.tenant.slug, kept.cluster.slug)
        ending = asyncio.create_task(kept.end(), name=f"ending {kept.cluster.slug}")
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
