"""An ingest node on a real log, with scripts in the brokers' place and an ownership that a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from meadow.core.connections import Connection
from meadow.core.log import Log
from meadow.core.scope import Cluster, Directory, Tenant
from meadow.ingest.collector import Collector
from meadow.ingest.keeping import KeepingSettings
from meadow.ingest.node import Node
from meadow.ingest.ownership import ClusterKey, key_of
from tests.ingest.collecting import SOON, Script
from tests.servers.deadlines import until

TENANT = Tenant(7, "acme")
KEEPING = KeepingSettings(back_off_first_s=0.01, back_off_max_s=0.05, stop_within_s=0.5)


def cluster(number: int, url: str = "amqp://broker/v") -> Cluster:
    return Cluster(TENANT, number, f"c{number}", Connection(url))


@dataclass
class Shares:
    """An Ownership: every cluster but those another node has."""

    name: str = "ownership"
    healthy: bool = True
    problem: str = ""
    elsewhere: set[int] = field(default_factory=set)
    tell: list[Callable[[], None]] = field(default_factory=list)

    def on_change(self, tell: Callable[[], None]) -> None:
        self.tell.append(tell)

    def held(self, clusters: Iterable[Cluster]) -> frozenset[ClusterKey]:
        return frozenset(key_of(one) for one in clusters if one.id not in self.elsewhere)

    def others_have(self, *numbers: int) -> None:
        self.elsewhere = set(numbers)
        for tell in self.tell:
            tell()

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class Field:
    """The clusters, their brokers' scripts, and what a node does with them."""

    log: Log
    clusters: list[Cluster] = field(default_factory=list)
    shares: Shares = field(default_factory=Shares)
    scripts: dict[int, list[Script]] = field(default_factory=dict)
    script: Callable[[Cluster], Script] = lambda _: Script()

    def directory(self) -> Directory:
        return Directory(tuple(self.clusters))

    def make(self, one: Cluster) -> Collector:
        script = self.script(one)
        self.scripts.setdefault(one.id, []).append(script)
        return Collector(one, script, self.log, SOON, "node-1")

    @asynccontextmanager
    async def node(self, overlap_s: float = 0.0, settings: KeepingSettings = KEEPING) -> AsyncIterator[Node]:
        """One that runs, with all collectors at work, and stops in the end."""
        node = Node(self.directory, self.shares, self.make, overlap_s, settings)
        await node.start()
        running = asyncio.create_task(node.run())
        try:
            yield node
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await node.stop()


async def collects(node: Node, *numbers: int) -> dict[int, Collector]:
    """Returns when exactly these clusters are collected; the collectors by cluster."""

    def running() -> list[int]:
        return sorted(one.cluster.id for one in node.collectors)

    await until(lambda: running() == sorted(numbers), f"clusters {numbers} are collected")
    return {one.cluster.id: one for one in node.collectors}
