"""Who collects what: which of the clusters this ingest node holds now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from meadow.core.scope import Cluster

ClusterKey = tuple[int, int]  # (tenant id, cluster id)


def key_of(cluster: Cluster) -> ClusterKey:
    """What a cluster is known by: slugs of two tenants may be equal."""
    return cluster.tenant.id, cluster.id


class Ownership(Protocol):
    """An adapter, and a Service: start, run until cancelled, stop. Alone: everything. By Kafka: this node's share.

    A node may hold a cluster that another one still holds, for moments; that is harmless: RabbitMQ shares one queue among
    its consumers, and readers take one of each event id.
    """

    name: str

    @property
    def healthy(self) -> bool:
        """Whether the list of nodes it goes by is good."""

    @property
    def problem(self) -> str:
        """One sentence while it is not; safe to show."""

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls `tell` whenever nodes came or went. It must not raise or wait."""

    def held(self, clusters: Iterable[Cluster]) -> frozenset[ClusterKey]:
        """Of these clusters, those this node should collect now; the same answer on every node that knows the same."""

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...
