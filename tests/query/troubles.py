"""Fields in trouble: the rows that make it, and how it is asked for."""

from __future__ import annotations

from typing import Any

from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, insert, report, task

HOUR_S, DAY_S = 3_600, 86_400


async def connected(api: Api, active: int = 0, **place: Any) -> None:
    """A collector reports, and one worker is online, and idle unless it is said otherwise."""
    await insert(api.store, "events", [report(NOW_S - 60, 1, **place), report(NOW_S - 2, 9, **place)])
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 10, active=active, **place)])


async def found(api: Api, caller: str = "ann", **query: Any) -> list[dict[str, Any]]:
    """Of shop-eu, in their order."""
    body = await api.get("/problems", caller, **{"cluster": "shop-eu", **query})
    assert body["complete"] is True
    items: list[dict[str, Any]] = body["items"]
    return items


async def one(api: Api, kind: str) -> dict[str, Any]:
    items = await found(api)
    assert [item["kind"] for item in items] == [kind], items
    return items[0]


def runs(
    name: str, count: int, since_s: float, until_s: float, *, failed: int = 0, **over: Any
) -> list[dict[str, Any]]:
    """Tasks spread over a time, of which the first few failed."""
    step_s = (until_s - since_s) / count
    return [
        task(
            f"{name}-{since_s:.0f}-{number}",
            name=name,
            born_s=since_s + number * step_s,
            state="FAILURE" if number < failed else "SUCCESS",
            **over,
        )
        for number in range(count)
    ]


def usual(name: str, count: int = 400, failed: int = 1, **over: Any) -> list[dict[str, Any]]:
    """Over two days until an hour ago."""
    return runs(name, count, NOW_S - 2 * DAY_S, NOW_S - HOUR_S, failed=failed, **over)


def waiting(count: int, since_s: float, until_s: float, **over: Any) -> list[dict[str, Any]]:
    """Sent, and heard of no more."""
    step_s = (until_s - since_s) / count
    born = [since_s + number * step_s for number in range(count)]
    return [
        task(f"w{at}", state="PENDING", born_s=at, finished_s=at, received_key=0, queue="video", **over) for at in born
    ]
