"""Workers: state by what was heard last, and pages by hostname."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, insert


@pytest.mark.parametrize(
    ("ago_s", "over", "state"),
    [
        (2, {}, "online"),
        (14, {}, "online"),
        (40, {}, "silent"),
        (40, {"freq_s": 10.0}, "online"),
        (80, {"freq_s": 10.0}, "silent"),
        (1, {"type": "worker-offline"}, "offline"),
        (4_000, {"type": "worker-offline"}, "offline"),
    ],
)
async def test_state(api: Api, ago_s: float, over: dict[str, object], state: str) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - ago_s, 10, **over)])
    (item,) = (await api.get("/workers"))["items"]
    assert item["state"] == state
    assert item["reason"].endswith(".")


async def test_a_worker_is_shown_with_all_its_fields(api: Api) -> None:
    asked_for: dict[str, Any] = {"active": None, "freq_s": 5.0}
    await insert(
        api.store, "workers_in", [beat("celery@a", NOW_S - 3, 41), beat("celery@a", NOW_S - 1, None, **asked_for)]
    )
    item = (await api.get("/workers/celery@a"))["item"]
    assert (item["hostname"], item["cluster"], item["pid"], item["also_in"]) == ("celery@a", "shop-eu", 7, [])
    assert (item["processed"], item["active"], item["load"], item["freq_s"]) == (41, 1, [0.5, 0.4, 0.3], 5.0)
    assert (item["software"], item["version"]) == ("py-celery", "5.7.0")
    assert item["last_seen_at"].endswith("Z")


async def test_a_worker_that_came_back_is_online(api: Api) -> None:
    rows = [
        beat("celery@a", NOW_S - 30, 9, type="worker-offline"),
        beat("celery@a", NOW_S - 2, 0, type="worker-online"),
    ]
    await insert(api.store, "workers_in", rows)
    assert (await api.get("/workers"))["items"][0]["state"] == "online"


async def test_its_clock_does_not_decide_whether_it_is_silent(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 7_200, 1, received_at=NOW_S - 1)])
    assert (await api.get("/workers"))["items"][0]["state"] == "online"


async def test_pages_and_filters(api: Api) -> None:
    rows = [
        beat(f"celery@{number}", NOW_S - (1 if number % 2 else 100), 1, cluster_id=1 + number % 2)
        for number in range(7)
    ]
    await insert(api.store, "workers_in", [*rows, beat("celery@0", NOW_S - 1, 1, cluster_id=2)])
    found: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        body = await api.get("/workers", limit=3, cursor=cursor)
        found += [(item["hostname"], item["cluster"]) for item in body["items"]]
        cursor = body["next"]
    assert len(found) == len(set(found)) == 8
    assert found == sorted(found)
    assert {i["hostname"] for i in (await api.get("/workers", state="silent"))["items"]} == {
        f"celery@{n}" for n in (0, 2, 4, 6)
    }
    assert len((await api.get("/workers", state=["silent", "online"], cluster="shop-us"))["items"]) == 4


async def test_one_in_two_clusters_and_none(api: Api) -> None:
    await insert(
        api.store, "workers_in", [beat("celery@a", NOW_S - 9, 1), beat("celery@a", NOW_S - 1, 2, cluster_id=2)]
    )
    item = (await api.get("/workers/celery@a"))["item"]
    assert (item["cluster"], item["also_in"]) == ("shop-us", ["shop-eu"])
    assert (await api.get("/workers/celery@a", cluster="shop-eu"))["item"]["processed"] == 1
    assert (await api.ask("/workers/celery@none"))[0] == 404
