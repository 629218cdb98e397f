"""What settings name is made known to the registry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from meadow.core.errors import LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.registry import Registry
from meadow.core.seal import Seal
from meadow.deploy.adapters import kafka_stream
from meadow.deploy.clusters import Seeds


class Seeded:
    """The registry of a Meadow in one process: once started it knows the clusters that the settings name, and none that they
    named before and do not now. Where they name none, everything stays as it was. A Service."""

    name = "registry"

    def __init__(self, registry: Registry, seeds: Seeds) -> None:
        self._registry, self._seeds = registry, seeds

    async def start(self) -> None:
        """Raises LogUnavailable, BadSettings."""
        await self._registry.start()
        seeds = self._seeds
        await self._registry.seed(seeds.tenant, seeds.clusters, flags=seeds.flags, prune=bool(seeds.clusters))

    async def run(self) -> None:
        """Until cancelled."""
        await self._registry.run()

    async def stop(self) -> None:
        """Closes the stream."""
        await self._registry.stop()


@asynccontextmanager
async def registry_of(
    connection: KafkaConnection, seal: Seal | None, within_s: float = 60.0
) -> AsyncIterator[Registry]:
    """The registry on Kafka, read, for a moment. Raises LogUnavailable when it cannot be read in time."""
    registry = Registry(kafka_stream(connection), seal)
    try:
        async with asyncio.timeout(within_s):
            await registry.start()
        yield registry
    except TimeoutError as error:
        raise LogUnavailable(f"The registry could not be read within {within_s:.0f} s.") from error
    finally:
        await registry.stop()
