"""Problems of workers and clusters, their order, and who is told of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from meadow.query.problems.problem import KINDS
from meadow.query.times import shown_s
from tests.house.tree import ROOT
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, event, insert, report, task
from tests.query.troubles import HOUR_S, connected, found, one, runs, usual, waiting


def test_every_kind_is_in_the_docs() -> None:
    rows = re.findall(r"^\| `(\w+)`", (ROOT / "docs/problems.md").read_text(), re.MULTILINE)
    assert rows == list(KINDS)


async def test_a_worker_that_fell_silent_and_what_it_held(api: Api) -> None:
    await connected(api)
    await insert(api.store, "workers_in", [beat("celery@b", NOW_S - 120, 5)])
    held = [task(f"s{n}", state="STARTED", worker="celery@b") for n in range(2)]
    await insert(api.store, "tasks", [*held, task("r", state="RECEIVED", worker="celery@b")])
    item = await one(api, "silent_worker")
    assert (item["subject"], item["count"], item["severity"]) == ("celery@b", 3, "critical")
    assert item["text"] == "celery@b has said nothing for 2 m; it held 2 running tasks and 1 task not begun."
    assert item["link"] == {"page": "worker", "params": {"cluster": "shop-eu", "hostname": "celery@b"}}


async def test_workers_of_a_cluster_that_is_not_heard_are_not_told(api: Api) -> None:
    await insert(api.store, "events", [report(NOW_S - 2, 9, connected=False, problem="login refused")])
    await insert(api.store, "workers_in", [beat("celery@b", NOW_S - 120, 5)])
    item = await one(api, "not_connected")
    assert (item["severity"], item["cause"]) == ("critical", "login refused")
    assert item["since"] is not None
    assert item["link"] == {"page": "overview", "params": {"cluster": "shop-eu"}}


async def test_a_cluster_that_nobody_ever_heard(api: Api) -> None:
    item = await one(api, "not_connected")
    assert item["text"] == "Meadow has never heard shop-eu: no collector has reported of it yet."
    assert item["since"] is None


async def test_a_store_that_is_behind(api: Api) -> None:
    await insert(api.store, "events", [report(NOW_S - 600, 1), report(NOW_S - 405, 9)])
    item = await one(api, "lag")
    assert (item["severity"], item["value"], item["text"]) == (
        "critical",
        400.0,
        "What is shown of shop-eu is 6 m 40 s old.",
    )


def starts(count: int) -> Iterable[dict[str, Any]]:
    return (event("task-started", f"t{number}", NOW_S - 190, clock=number) for number in range(count))


async def counted(api: Api) -> None:
    """Between two heartbeats the worker counted 100."""
    await connected(api)
    beats = [beat("celery@c", NOW_S - 200, 0), beat("celery@c", NOW_S - 1, 100)]
    await insert(api.store, "workers_in", beats)


async def test_what_was_not_seen(api: Api) -> None:
    await counted(api)
    await insert(api.store, "events", [row | {"hostname": "celery@c"} for row in starts(90)])
    await insert(api.store, "events", [report(NOW_S - 1, 10, drops={"thinned": 90, "over_rate": 40})])
    item = await one(api, "incomplete")
    assert (item["value"], item["usual"], item["count"]) == (0.9, 1.0, 10)
    assert (
        item["text"] == "90.0 % of what happened in shop-eu in the last hour was seen; 10 tasks that began are missing."
    )
    assert item["cause"] == "40 events left out by Meadow: over_rate."


async def test_workers_that_say_nothing_of_their_tasks(api: Api) -> None:
    await counted(api)
    await insert(api.store, "tasks", waiting(40, NOW_S - 800, NOW_S - 5))  # which ended, for all that is known
    item = await one(api, "no_events")
    assert (item["value"], item["usual"]) == (0, 100)
    assert "-E" in item["cause"]
    assert item["link"]["page"] == "workers"


async def working(api: Api, since_s: float, all_until_s: float) -> None:
    """A worker that counted ten starts a minute until it ended just now, of which all were seen, and from then on eight."""
    minutes = range(int(NOW_S - since_s) // 60)
    beats = [
        beat("celery@d", since_s + 60 * minute + at_s, 10 * minute + count)
        for minute in minutes
        for at_s, count in ((0, 0), (50, 10))
    ]
    ended = beat("celery@d", NOW_S - 1, None, type="worker-offline")
    await insert(api.store, "workers_in", [*beats, ended])
    await insert(
        api.store,
        "events",
        [
            event("task-started", f"t{minute}-{n}", since_s + 60 * minute + 1 + n, hostname="celery@d", clock=n)
            for minute in minutes
            for n in range(10 if since_s + 60 * minute < all_until_s else 8)
        ],
    )


STEP_S = NOW_S // 300 * 300


async def test_since_when_starts_are_missing(api: Api) -> None:
    """Two hours of which all was seen, and two of which not: the hours before now that each lacked some."""
    await connected(api)
    await working(api, STEP_S - 4 * HOUR_S, all_until_s=STEP_S - 2 * HOUR_S)
    item = await one(api, "incomplete")
    assert item["since"] == shown_s(STEP_S - 2 * HOUR_S)


async def test_of_what_began_before_it_is_looked_since_when_is_not_told(api: Api) -> None:
    await connected(api)
    await working(api, STEP_S - 9 * HOUR_S, all_until_s=0)
    assert (await one(api, "incomplete"))["since"] is None


async def test_the_worst_is_first_and_a_limit_leaves_out_the_rest(api: Api) -> None:
    await counted(api)
    rows = [*usual("a"), *runs("a", 20, NOW_S - 800, NOW_S - 20, failed=20), *usual("b", failed=0)]
    await insert(api.store, "tasks", [*rows, *runs("b", 40, NOW_S - 800, NOW_S - 20, runtime_s=9.0)])
    await insert(api.store, "tasks", [task("l", state="LOST", finished_s=NOW_S - 5, name="c")])
    items = await found(api)
    assert [item["kind"] for item in items] == ["failing", "lost", "no_events", "slow"]
    assert [item["kind"] for item in await found(api, limit=2)] == ["failing", "lost"]


async def test_tenants_clusters_and_permissions_are_apart(api: Api) -> None:
    for tenant_id, cluster_id, name in ((1, 1, "acme"), (1, 2, "acmeus"), (2, 3, "rival"), (2, 1, "rivalus")):
        place = {"tenant_id": tenant_id, "cluster_id": cluster_id}
        await connected(api, **place)
        await insert(api.store, "tasks", runs(name, 8, NOW_S - 600, NOW_S - 20, failed=8, **place))
        await insert(api.store, "workers_in", [beat(f"celery@{name}", NOW_S - 120, 5, **place)])
    assert await subjects(api, "ann") == {"acme", "acmeus", "celery@acme", "celery@acmeus"}
    assert await subjects(api, "eve") == {"rival", "rivalus", "celery@rival", "celery@rivalus"}
    assert await subjects(api, "euro") == {"acme", "celery@acme"}
    assert await subjects(api, "tess") == {"acme", "acmeus"}
    assert await subjects(api, "lost") == set()


async def subjects(api: Api, caller: str) -> set[str]:
    return {item["subject"] for item in (await api.get("/problems", caller))["items"]}


async def test_it_is_asked_once_in_two_seconds(api: Api) -> None:
    await connected(api)
    assert await found(api) == []
    await insert(api.store, "workers_in", [beat("celery@b", NOW_S - 120, 5)])
    api.clock.now_s += 1
    assert await found(api) == []
    api.clock.now_s += 1.5
    assert [item["kind"] for item in await found(api)] == ["silent_worker"]
