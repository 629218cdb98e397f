"""The ownership of a Meadow that is one process: it collects everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from meadow.core.scope import Cluster
from meadow.ingest.ownership import ClusterKey, key_of


class Alone:
    """An Ownership that never changes."""

    name = "ownership"
    healthy = True
    problem = ""

    def on_change(self, tell: Callable[[], None]) -> None:
        """Never tells: nodes neither come nor go."""

    def held(self, clusters: Iterable[Cluster]) -> frozenset[ClusterKey]:
        """All of them."""
        return frozenset(key_of(cluster) for cluster in clusters)

    async def start(self) -> None:
        """Ready at once."""

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Nothing to give back."""
