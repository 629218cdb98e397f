"""One task's story: row, attempts, events, children, commands; and its paged events."""

from __future__ import annotations

import orjson

from meadow.core.events import event_id
from meadow.query.times import shown_s
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, event, insert, report, task

BORN_S = NOW_S - 60
ARGUMENTS = {"args": "('order-4711',)", "kwargs": "{}", "retries": 0}


async def seed(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1", state="FAILURE", born_s=BORN_S, seen=1 | 2 | 4 | 16)])
    failed = event(
        "task-failed", "t1", BORN_S + 3, exception="ValueError('hush')", traceback="Traceback\nValueError: hush"
    )
    events = [
        event("task-sent", "t1", BORN_S, hostname="gen1@c", pid=9, name="shop.capture", queue="payments", **ARGUMENTS),
        event("task-received", "t1", BORN_S + 0.5, name="shop.capture", **ARGUMENTS),
        event("task-started", "t1", BORN_S + 1),
        event("task-progress", "t1", BORN_S + 2, fields='{"pct": 50}', marks='{"cut": {"fields": 9000}}'),
        failed,
        {**failed, "received_at": BORN_S + 9},
        event("task-started", "t2", BORN_S + 1),
    ]
    await insert(api.store, "events", events)


async def test_the_whole_story(api: Api) -> None:
    await seed(api)
    body = await api.get("/tasks/t1")
    item = body["item"]
    assert (item["state"], item["exception"], item["traceback"]) == (
        "FAILURE",
        "ValueError('card declined')",
        "Traceback\nValueError: hush",
    )
    assert [(a["number"], a["state"], a["worker"], a["queue"]) for a in item["attempts"]] == [
        (1, "FAILURE", "celery@a", "payments")
    ]
    assert item["attempts"][0]["runtime_s"] == 2.0
    assert [e["type"] for e in item["events"]] == [
        "task-sent",
        "task-received",
        "task-started",
        "task-progress",
        "task-failed",
    ]
    assert (item["events_complete"], item["also_in"], item["children"], item["commands"]) == (True, [], [], [])
    progress = item["events"][3]
    assert (progress["fields"], progress["marks"], progress["cluster"]) == (
        {"pct": 50},
        {"cut": {"fields": 9000}},
        "shop-eu",
    )
    assert item["events"][0]["fields"]["args"] == "('order-4711',)"
    assert item["events"][4]["name"] == "shop.capture"


async def test_an_events_id_is_its_identity(api: Api) -> None:
    row = event("task-started", "t1", BORN_S + 0.123456)
    await insert(api.store, "tasks", [task("t1", born_s=BORN_S)])
    await insert(api.store, "events", [row])
    body = await api.get("/tasks/t1/events")
    assert [item["id"] for item in body["items"]] == [event_id(row)]
    assert body["items"][0]["at"].endswith(".123456Z")


async def test_a_story_whose_events_are_not_all_there_says_so(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1", seen=1 | 2 | 4 | 8)])
    await insert(api.store, "events", [event("task-succeeded", "t1")])
    assert (await api.get("/tasks/t1"))["item"]["events_complete"] is False


async def test_without_payload_the_story_keeps_its_secrets(api: Api) -> None:
    await seed(api)
    body = await api.get("/tasks/t1", "bob")
    text = orjson.dumps(body).decode()
    assert body["payload"] == "hidden"
    assert "hush" not in text
    assert "order-4711" not in text
    assert "pct" not in text
    assert body["item"]["attempts"][0]["exception"] == "ValueError"
    events = orjson.dumps(await api.get("/tasks/t1/events", "bob")).decode()
    assert "hush" not in events
    assert "order-4711" not in events


async def test_a_young_task_is_found_before_it_is_named(api: Api) -> None:
    """The writer names a task in task_ids some seconds after it shows it."""
    row = task("young", born_s=NOW_S - 2)
    await api.store.insert("tasks", orjson.dumps(row))
    assert (await api.get("/tasks/young"))["item"]["id"] == "young"


async def test_an_old_task_is_found_with_its_events(api: Api) -> None:
    born_s = NOW_S - 40 * 86_400
    await insert(api.store, "tasks", [task("old", born_s=born_s)])
    await insert(api.store, "events", [event("task-started", "old", born_s + 1)])
    assert [e["type"] for e in (await api.get("/tasks/old"))["item"]["events"]] == ["task-started"]


async def test_the_same_id_in_two_clusters(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1", born_s=NOW_S - 90), task("t1", cluster_id=2, born_s=NOW_S - 60)])
    await insert(
        api.store, "events", [event("task-started", "t1", cluster_id=1), event("task-failed", "t1", cluster_id=2)]
    )
    item = (await api.get("/tasks/t1"))["item"]
    assert (item["cluster"], item["also_in"]) == ("shop-us", ["shop-eu"])
    assert [e["type"] for e in item["events"]] == ["task-failed"]
    named = (await api.get("/tasks/t1", cluster="shop-eu"))["item"]
    assert (named["cluster"], named["also_in"], [e["type"] for e in named["events"]]) == (
        "shop-eu",
        [],
        ["task-started"],
    )


async def test_children_and_commands(api: Api) -> None:
    child = task("child", parent_id="t1", root_id="t1", born_s=BORN_S + 2)
    await insert(api.store, "tasks", [task("t1", born_s=BORN_S, parent_id="t1"), child, task("other", born_s=BORN_S)])
    asked = {"id": "c1", "command": "revoke", "arguments": {"task_ids": ["t1"]}, "asked_by": "ann", "reason": "stuck"}
    answered = {**asked, "answered": [{"hostname": "celery@a", "ok": True, "reply": "revoked"}], "silent": ["celery@b"]}
    own = {"hostname": "node-1", "pid": 1}
    events = [
        event("meadow-command-asked", "t1", BORN_S + 2, fields=orjson.dumps(asked).decode(), **own),
        event("meadow-command-answered", "t1", BORN_S + 3, fields=orjson.dumps(answered).decode(), **own),
    ]
    await insert(api.store, "events", events)
    item = (await api.get("/tasks/t1"))["item"]
    assert [(c["id"], c["state"], c["runtime_s"]) for c in item["children"]] == [("child", "SUCCESS", 2.0)]
    assert item["children_complete"] is True
    (command,) = item["commands"]
    assert (command["id"], command["asked_by"], command["reason"], command["silent"]) == (
        "c1",
        "ann",
        "stuck",
        ["celery@b"],
    )
    assert command["answered"][0]["hostname"] == "celery@a"
    assert command["asked_at"] is not None
    assert item["attempts"] == []


async def test_events_are_paged_each_once(api: Api) -> None:
    """Some at the very same time, some stored twice."""
    await insert(api.store, "tasks", [task("t1", born_s=BORN_S)])
    rows = [
        event("task-progress", "t1", BORN_S + number // 3, clock=number % 3, hostname=f"celery@{number % 2}")
        for number in range(20)
    ]
    await insert(api.store, "events", [*rows, *rows[:7]])
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = await api.get("/tasks/t1/events", limit=3, cursor=cursor)
        found += [item["id"] for item in body["items"]]
        cursor = body["next"]
    assert len(found) == 20
    assert set(found) == {event_id(row) for row in rows}


async def test_an_unknown_task_is_not_found(api: Api) -> None:
    status, body = await api.ask("/tasks/none")
    assert (status, body["code"]) == (404, "not_found")
    assert (await api.ask("/tasks/none/events"))[0] == 404


async def test_an_id_that_a_path_cannot_name_is_a_parameter(api: Api) -> None:
    ids = ("facets", "fields", "..", ".", "a/b?c#d", "50% & more", "é")
    await insert(api.store, "tasks", [task(one) for one in ids])
    await insert(api.store, "events", [event(kind, one) for one in ids for kind in ("task-received", "task-started")])
    for one in ids:
        assert (await api.get("/task", id=one, cluster="shop-eu"))["item"]["id"] == one
        first = await api.get("/task/events", id=one, limit=1)
        second = await api.get("/task/events", id=one, limit=1, cursor=first["next"])
        assert [row["type"] for body in (first, second) for row in body["items"]] == ["task-received", "task-started"]
        assert second["next"] is None
    assert "total" in await api.get("/tasks/facets")
    assert (await api.ask("/task", id="none"))[1]["code"] == "not_found"
    status, body = await api.ask("/task")
    assert (status, body["code"], body["field"]) == (400, "bad_question", "id")


async def test_an_id_in_the_path_and_as_a_parameter_is_the_same_task(api: Api) -> None:
    await seed(api)
    for caller in ("ann", "bob"):
        assert await api.get("/task", caller, id="t1") == await api.get("/tasks/t1", caller)
    assert (await api.ask("/task", "eve", id="t1"))[0] == 404
    assert (await api.ask("/task", "walt", id="t1"))[0] == 403


async def test_the_watermark_is_the_newest_thing_stored(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1")])
    assert (await api.get("/tasks/t1"))["watermark"] is None
    await insert(api.store, "events", [report(NOW_S - 7, 10)])
    api.clock.now_s += 1
    assert (await api.get("/tasks", cluster="shop-eu"))["watermark"] == shown_s(NOW_S - 7)
    assert (await api.get("/tasks", cluster="shop-us"))["watermark"] is None
