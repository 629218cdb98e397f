"""How many questions one tenant may have running and waiting, so that none can starve the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from meadow.core.errors import OverBudget


@dataclass(slots=True)
class Lane:
    """One tenant's share. Gone when nobody uses it."""

    turns: asyncio.Semaphore
    waiting: int = 0
    users: int = 0


@dataclass(slots=True)
class Budget:
    """running_max questions of a tenant at once; waiting_max more wait for their turn, the next is refused.

    Refuses  OverBudget with `retry_after_s`, when too many wait or the turn does not come within wait_s.
    """

    running_max: int
    waiting_max: int
    _lanes: dict[int, Lane] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, tenant_id: int, wait_s: float) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(tenant_id, Lane(asyncio.Semaphore(self.running_max)))
        lane.users += 1
        try:
            await self._acquire(lane, wait_s)
            try:
                yield
            finally:
                lane.turns.release()
        finally:
            lane.users -= 1
            if not lane.users:
                self._lanes.pop(tenant_id, None)

    def loads(self) -> Mapping[int, tuple[int, int]]:
        """Questions running and waiting, by tenant id; who asks nothing is not in it."""
        return {tenant: (lane.users - lane.waiting, lane.waiting) for tenant, lane in self._lanes.items()}

    async def _acquire(self, lane: Lane, wait_s: float) -> None:
        if lane.turns.locked() and lane.waiting >= self.waiting_max:
            raise OverBudget(f"{self.running_max} questions run and {lane.waiting} wait already.", retry_after_s=1)
        lane.waiting += 1
        try:
            async with asyncio.timeout(wait_s):
                await lane.turns.acquire()
        except TimeoutError as error:
            raise OverBudget(
                f"No turn came within {wait_s:.1f} s; others are being answered.", retry_after_s=2
            ) from error
        finally:
            lane.waiting -= 1
