"""What settings name is made known to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from meadow.core.connections import Connection
from meadow.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Seeds:
    """A tenant and its clusters by slug. flags: those that were named for this start alone, which win over what is known."""

    tenant: str
    clusters: Sequence[tuple[str, Connection]] = ()
    flags: frozenset[str] = field(default_factory=frozenset)


class Seeded:
    """The registry of a Meadow in one process: once started it knows what the settings name, and no seed that they name no
    longer. A Service."""

    name = "registry"

    def __init__(self, registry: Registry, seeds: Seeds) -> None:
        self._registry, self._seeds = registry, seeds

    async def start(self) -> None:
        """Raises LogUnavailable, BadSettings."""
        await self._registry.start()
        seeds = self._seeds
        await self._registry.seed(seeds.tenant, seeds.clusters, flags=seeds.flags, prune=True)

    async def run(self) -> None:
        """Until cancelled."""
        await self._registry.run()

    async def stop(self) -> None:
        """Closes the stream."""
        await self._registry.stop()
