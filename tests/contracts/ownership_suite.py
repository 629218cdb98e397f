"""What every ownership does, of one node or of many. An adapter's test module subclasses OwnershipSuite and makes one."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import pytest

from meadow.core.connections import Connection
from meadow.core.scope import Cluster, Tenant
from meadow.ingest.ownership import Ownership, key_of
from tests.servers.deadlines import until

Kind = TypeVar("Kind", bound=Ownership)

CLUSTERS = [
    Cluster(Tenant(1, "acme"), number, f"c{number}", Connection(f"{'redis' if number % 2 else 'amqp'}://broker"))
    for number in range(1, 41)
]


@asynccontextmanager
async def owning(ownership: Kind) -> AsyncIterator[Kind]:
    """It runs, and stops in the end."""
    await ownership.start()
    task = asyncio.create_task(ownership.run())
    try:
        yield ownership
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await ownership.stop()


class OwnershipSuite(ABC):
    """A subclass per adapter."""

    @pytest.fixture
    @abstractmethod
    def ownership(self, request: pytest.FixtureRequest) -> Ownership:
        """Of the only node there is."""

    async def test_the_only_node_holds_everything(self, ownership: Ownership) -> None:
        async with owning(ownership):
            await until(lambda: ownership.healthy, "its list of nodes is good")
            assert ownership.problem == ""
            assert ownership.held(CLUSTERS) == {key_of(cluster) for cluster in CLUSTERS}
            assert ownership.held(iter(CLUSTERS[:1])) == {(1, 1)}
            assert ownership.held([]) == frozenset()

    async def test_clusters_of_two_tenants_with_one_id_are_two(self, ownership: Ownership) -> None:
        twins = [Cluster(Tenant(tenant, f"t{tenant}"), 7, "main", Connection("amqp://broker")) for tenant in (1, 2)]
        async with owning(ownership):
            await until(lambda: ownership.held(twins) == {(1, 7), (2, 7)}, "both are held")

    async def test_it_may_be_stopped_at_any_time_and_twice(self, ownership: Ownership) -> None:
        await ownership.stop()
        for turns in (0, 1, 10, 100):
            async with owning(ownership):
                for _ in range(turns):
                    await asyncio.sleep(0)
        await ownership.stop()
