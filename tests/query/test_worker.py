"""One worker: what it answered when it was inspected, who may see it, what it holds, and how it was over time."""

from __future__ import annotations

from typing import Any

import orjson

from meadow.query.times import shown_s
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, event, insert, task

MINUTE_S = NOW_S - NOW_S % 60 - 600  # the beginning of one
STATS = {
    "pool": {"implementation": "celery.concurrency.prefork:TaskPool", "max-concurrency": 4, "processes": [7, 8, 9]}
}
RUNNING = [{"id": "t1", "name": "a", "args": ["hush"], "kwargs": {"x": "hush"}, "time_start": NOW_S - 5}]
LATER = [{"eta": "2030-01-01", "request": {"id": "t2", "args": ["hush"], "kwargs": {}}}]
QUEUES = [{"name": "celery"}, {"name": "payments"}]


def answer(what: str, value: Any, at_s: float = NOW_S - 30, *, error: str = "", **over: Any) -> dict[str, Any]:
    """As control appends it."""
    text = "" if error else orjson.dumps(value).decode()
    fields = {"what": what, "value": text, "cut": False, "error": error, "command_id": "k"}
    return event("meadow-snapshot", "", at_s, fields=orjson.dumps(fields).decode(), **over)


async def inspected(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 9), beat("celery@b", NOW_S - 1, 9)])
    rows = [
        answer("stats", {"pool": {"implementation": "old", "max-concurrency": 1}}, NOW_S - 900),
        answer("stats", STATS),
        answer("active", RUNNING),
        answer("scheduled", LATER),
        answer("active_queues", QUEUES, NOW_S - 20),
        answer("conf", {"timezone": "UTC"}),
        answer("registered", None, error="KeyError('x')"),
        answer("stats", {"pool": {"implementation": "theirs"}}, NOW_S, tenant_id=2),
        answer("stats", {"pool": {"implementation": "theirs"}}, NOW_S, cluster_id=2),
    ]
    await insert(api.store, "events", rows)


async def test_what_it_answered_last_is_shown_with_its_age(api: Api) -> None:
    await inspected(api)
    item = (await api.get("/workers/celery@a"))["item"]
    assert set(item["snapshot"]) == {"stats", "active", "scheduled", "active_queues", "conf", "registered"}
    assert item["snapshot"]["stats"] == {"at": shown_s(NOW_S - 30), "value": STATS, "cut": False, "error": None}
    assert item["snapshot"]["registered"]["value"] is None
    assert item["snapshot"]["registered"]["error"] == "KeyError('x')"
    assert item["snapshot"]["active"]["value"] == RUNNING
    assert (item["pool"], item["queues"]) == (
        {"implementation": "prefork", "max_concurrency": 3},
        ["celery", "payments"],
    )
    assert item["snapshot_at"] == shown_s(NOW_S - 20)


async def test_a_list_shows_what_it_needs_of_it(api: Api) -> None:
    await inspected(api)
    ended = [task("t1", state="FAILURE"), task("t2"), task("t3", born_s=NOW_S - 8_000), task("t4", worker="celery@b")]
    await insert(api.store, "tasks", ended)
    first, second = (await api.get("/workers"))["items"]
    assert (first["pool"], first["queues"]) == (
        {"implementation": "prefork", "max_concurrency": 3},
        ["celery", "payments"],
    )
    assert (first["finished"], first["failed"]) == (2, 1)
    assert (second["pool"], second["queues"], second["snapshot_at"]) == (None, None, None)
    assert (second["finished"], second["failed"]) == (1, 0)


async def test_arguments_and_a_configuration_need_their_permissions(api: Api) -> None:
    await inspected(api)
    without_payload = (await api.get("/workers/celery@a", "bob"))["item"]["snapshot"]
    assert "hush" not in orjson.dumps(without_payload).decode()
    assert without_payload["active"]["value"] == [{"id": "t1", "name": "a", "time_start": NOW_S - 5}]
    assert without_payload["scheduled"]["value"] == [{"eta": "2030-01-01", "request": {"id": "t2"}}]
    assert "conf" in without_payload
    reader = (await api.get("/workers/celery@a", "walt"))["item"]
    assert "conf" not in reader["snapshot"]
    assert (reader["held"], reader["held_count"]) == (None, None)


async def test_an_answer_that_cannot_be_read_is_none(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 9)])
    fields = orjson.dumps({"what": "stats", "value": '{"pool', "cut": True, "error": ""}).decode()
    await insert(api.store, "events", [event("meadow-snapshot", "", fields=fields)])
    item = (await api.get("/workers/celery@a"))["item"]
    assert (item["snapshot"]["stats"]["value"], item["snapshot"]["stats"]["cut"]) == (None, True)
    assert item["pool"] is None


async def test_what_it_holds(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 9)])
    rows = [
        task("run", state="STARTED", born_s=NOW_S - 90),
        task("wait", state="RECEIVED"),
        task("done"),
        task("gone", state="LOST"),
        task("else", state="STARTED", worker="celery@b"),
        task("us", state="STARTED", cluster_id=2),
    ]
    await insert(api.store, "tasks", rows)
    item = (await api.get("/workers/celery@a"))["item"]
    assert [one["id"] for one in item["held"]] == ["run", "wait"]
    assert item["held_count"] == 2
    assert item["held"][0]["args"] == "('order-4711',)"
    assert (await api.get("/workers/celery@a", "bob"))["item"]["held"][0]["args"] is None


async def test_of_many_that_it_holds_some_are_shown(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 9)])
    await insert(api.store, "tasks", [task(f"t{number}", state="STARTED") for number in range(103)])
    item = (await api.get("/workers/celery@a"))["item"]
    assert (len(item["held"]), item["held_count"]) == (100, 103)


async def test_over_time(api: Api) -> None:
    """It counts on while it lives, and from nothing when it comes back, even as a process of the same number."""
    rows = [
        beat("celery@a", MINUTE_S + 5, 10, active=1),
        beat("celery@a", MINUTE_S + 50, 14, active=3, load1=2.5),
        beat("celery@a", MINUTE_S + 70, 20, active=0),
        beat("celery@a", MINUTE_S + 190, 2, active=1),
        beat("celery@a", MINUTE_S + 200, 3, active=2, pid=8),
        beat("celery@b", MINUTE_S + 5, 900, active=9),
        beat("celery@a", MINUTE_S + 5, 900, active=9, tenant_id=2),
    ]
    await insert(api.store, "workers_in", rows)
    body = await api.get("/workers/celery@a/history", from_=str(MINUTE_S), to=str(MINUTE_S + 240), step="1m")
    item = body["item"]
    assert (item["hostname"], item["cluster"], item["step_s"], item["from"]) == (
        "celery@a",
        "shop-eu",
        60,
        shown_s(MINUTE_S),
    )
    assert [point["processed"] for point in item["points"]] == [4, 6, None, 0]
    assert [point["active"] for point in item["points"]] == [3, 0, None, 2]
    assert [point["heard"] for point in item["points"]] == [True, True, False, True]
    assert item["points"][0] == {
        "at": shown_s(MINUTE_S),
        "active": 3,
        "processed": 4,
        "load1": 2.5,
        "heard": True,
    }


async def test_a_history_is_bounded(api: Api) -> None:
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 9)])
    path = "/workers/celery@a/history"
    assert len((await api.get(path, from_="now-30d"))["item"]["points"]) <= 241
    assert (await api.ask(path, from_="now-30d", step="1m"))[0] == 400
    assert (await api.ask(path, from_="now", to="now-1h"))[0] == 400
    assert (await api.ask("/workers/none/history"))[0] == 404
