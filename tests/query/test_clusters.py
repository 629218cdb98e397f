"""Clusters: counted from what the store holds of them."""

from __future__ import annotations

from typing import Any

from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, event, insert, report


async def test_an_unheard_of_cluster_is_shown_as_unknown(api: Api) -> None:
    body = await api.get("/clusters")
    assert [item["slug"] for item in body["items"]] == ["shop-eu", "shop-us"]
    item = body["items"][0]
    assert item["broker"] == "amqp://meadow:***@broker:5672/shop"
    assert (item["workers_online"], item["events_per_s"], item["lag_s"], item["connected"], item["since"]) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert item["completeness"] == {"seen": 0, "known": 0, "share": None, "since": None}
    assert (item["drops"], item["dead_letters"], item["gaps"], item["problem"]) == ({}, 0, 0, "")
    assert body["complete"] is True


async def test_completeness_compares_what_was_started_with_what_was_seen(api: Api) -> None:
    """Between its first and last heartbeat the worker counted 10; 8 starts were seen then, one of them twice."""
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 300, 100), beat("celery@a", NOW_S - 100, 110)])
    starts = [event("task-started", f"t{number}", NOW_S - 300 + 20 * number, clock=number) for number in range(1, 9)]
    outside = [event("task-started", "early", NOW_S - 300), event("task-started", "late", NOW_S - 50)]
    another = [event("task-started", "x", NOW_S - 200, pid=8), event("task-received", "t1", NOW_S - 200)]
    await insert(api.store, "events", [*starts, starts[0], *outside, *another])
    item = (await api.get("/clusters/shop-eu"))["item"]
    assert (item["completeness"]["seen"], item["completeness"]["known"], item["completeness"]["share"]) == (8, 10, 0.8)
    assert item["completeness"]["since"].endswith("Z")


async def test_more_seen_than_known_is_complete_and_no_more(api: Api) -> None:
    rows = [
        beat("celery@a", NOW_S - 300, 5),
        beat("celery@a", NOW_S - 100, 6),
        beat("celery@b", NOW_S - 300, 0),
        beat("celery@b", NOW_S - 90, 3),
    ]
    await insert(api.store, "workers_in", rows)
    await insert(api.store, "events", [event("task-started", f"t{n}", NOW_S - 200, clock=n) for n in range(4)])
    completeness = (await api.get("/clusters/shop-eu"))["item"]["completeness"]
    assert (completeness["seen"], completeness["known"], completeness["share"]) == (1, 4, 0.25)


async def test_a_range_bounds_what_is_counted(api: Api) -> None:
    old_s = NOW_S - 3 * 3_600
    await insert(api.store, "workers_in", [beat("celery@a", old_s, 0), beat("celery@a", old_s + 60, 50)])
    rows = [
        event("meadow-gap", "", old_s, fields="{}"),
        report(old_s, 100, drops={"thinned": 40}),
        report(NOW_S - 5, 300, drops={"thinned": 45}),
    ]
    await insert(api.store, "events", rows)
    recent = (await api.get("/clusters/shop-eu"))["item"]
    assert (recent["completeness"]["known"], recent["gaps"], recent["drops"]) == (0, 0, {"thinned": 5})
    wide = (await api.get("/clusters/shop-eu", from_="now-4h"))["item"]
    assert (wide["completeness"]["known"], wide["gaps"], wide["drops"]) == (50, 1, {"thinned": 45})


async def test_rates_add_up_where_collectors_share_a_queue(api: Api) -> None:
    """AMQP shares; on Redis each collector sees all."""
    rows = [
        report(NOW_S - 10 * number, 1_000 - 100 * number, collector=name, cluster_id=cluster)
        for number in range(3)
        for name in ("c1", "c2")
        for cluster in (1, 2)
    ]
    await insert(api.store, "events", rows)
    eu, us = (await api.get("/clusters"))["items"]
    assert (eu["events_per_s"], us["events_per_s"]) == (20.0, 10.0)


HOUR_S = (NOW_S - 60) // 3_600 * 3_600.0  # one that is not over, or was not a minute ago


def held(at_s: float, *dropped: tuple[str, int]) -> list[dict[str, Any]]:
    """What collectors say of each of the clusters. Nodes share the queue of cluster 1, and each hears all of cluster 2."""
    return [
        report(at_s, 9, collector=name, drops={"thinned": count}, cluster_id=cluster)
        for name, count in dropped
        for cluster in (1, 2)
    ]


def gaps(at_s: float, node: str, count: int) -> list[dict[str, Any]]:
    return [event("meadow-gap", "", at_s + n, hostname=node, fields="{}", cluster_id=2) for n in range(count)]


async def test_what_two_holders_of_a_broker_that_keeps_nothing_both_left_out_is_counted_once(api: Api) -> None:
    """node-1 was restarted."""
    at_s = HOUR_S - 1_800
    rows = held(at_s, ("node-1/a", 3), ("node-1/b", 2), ("node-2/a", 6))
    await insert(api.store, "events", [*rows, *gaps(at_s, "node-1", 1), *gaps(at_s, "node-2", 3)])
    eu, us = (await api.get("/clusters", from_="now-3h"))["items"]
    assert (eu["drops"], us["drops"], us["gaps"]) == ({"thinned": 11}, {"thinned": 6}, 3)


async def test_what_holders_left_out_one_after_the_other_is_added_up(api: Api) -> None:
    """An upgrade brought new nodes: node-3 and node-4 hold what node-1 and node-2 held. Totals run on over the hours."""
    rows = [
        *held(HOUR_S - 5_400, ("node-1/a", 3), ("node-2/a", 2)),
        *held(HOUR_S - 1_800, ("node-1/a", 4), ("node-2/a", 2), ("node-3/a", 5), ("node-4/a", 7)),
        *held(HOUR_S + 1, ("node-3/a", 6), ("node-4/a", 10)),
    ]
    said = [*gaps(HOUR_S - 5_400, "node-1", 2), *gaps(HOUR_S - 1_800, "node-3", 1), *gaps(HOUR_S - 1_800, "node-4", 2)]
    await insert(api.store, "events", [*rows, *said])
    eu, us = (await api.get("/clusters", from_="now-4h"))["items"]
    assert eu["drops"] == {"thinned": 4 + 2 + 6 + 10}
    assert us["drops"] == {"thinned": 3 + 7 + 3}
    assert us["gaps"] == 2 + 2


async def test_a_problem_is_told_and_a_silent_collector_is_unknown(api: Api) -> None:
    await insert(
        api.store, "events", [report(NOW_S - 4, 5, connected=False, problem="The broker refuses the password.")]
    )
    await insert(api.store, "events", [report(NOW_S - 500, 5, cluster_id=2)])
    eu, us = (await api.get("/clusters"))["items"]
    assert (eu["connected"], eu["problem"]) == (False, "The broker refuses the password.")
    assert (us["connected"], us["problem"]) == (None, "")
    assert (eu["lag_s"], us["lag_s"]) == (0, 495)


async def test_workers_and_dead_letters_are_counted(api: Api) -> None:
    rows = [
        beat("celery@a", NOW_S - 1, 1),
        beat("celery@b", NOW_S - 100, 1),
        beat("celery@c", NOW_S - 1, 1, type="worker-offline"),
    ]
    await insert(api.store, "workers_in", rows)
    dead = {"tenant_id": 1, "cluster_id": 1, "received_at": NOW_S - 5, "reason": "malformed"}
    await insert(api.store, "dead_letters", [dead, {**dead, "received_at": NOW_S - 7_200}])
    item = (await api.get("/clusters/shop-eu"))["item"]
    assert (item["workers_online"], item["workers_silent"], item["dead_letters"]) == (1, 1, 1)


async def test_a_cluster_that_is_not_there(api: Api) -> None:
    status, body = await api.ask("/clusters/none")
    assert (status, body["code"]) == (404, "not_found")
