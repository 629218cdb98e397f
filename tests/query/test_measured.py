"""Questions and live streams of each tenant, as the metrics tell them."""

from __future__ import annotations

from meadow.core import meters
from meadow.core.readings import Reading
from meadow.query.budget import Budget
from tests.query.conftest import Api, until


def value(readings: list[Reading], metric: meters.Metric, tenant: str) -> float:
    [found] = [one.value for one in readings if one.metric is metric and one.labels == (tenant,)]
    return found


async def test_loads_are_told_while_they_last() -> None:
    budget = Budget(running_max=1, waiting_max=5)
    assert budget.loads() == {}
    async with budget.turn(1, 1), budget.turn(2, 1):
        assert budget.loads() == {1: (1, 0), 2: (1, 0)}
    assert budget.loads() == {}


async def test_open_streams_are_counted_by_tenant(api: Api) -> None:
    async def open_streams(count: int) -> bool:
        return value(list(api.query.readings()), meters.LIVE_STREAMS, "acme") == count

    async with api.client.get("/api/v1/live", headers={"X-Caller": "ann"}) as response:
        await response.content.readuntil(b"event: position")
        assert await open_streams(1)
        readings = list(api.query.readings())
        assert value(readings, meters.LIVE_STREAMS, "rival") == 0
        assert value(readings, meters.QUESTIONS_RUNNING, "acme") == 0
        await api.query.stop()
        await response.read()
    await until(lambda: open_streams(0))
