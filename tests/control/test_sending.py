"""Commands end to end: who may, who answered, what the log and the audit keep, nothing across tenants."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.store import Store
from tests.control.desk import PING, Brokers, Desk, Ear, beat, fields_of
from tests.servers.deadlines import until
from tests.servers.processes import Process

pytestmark = pytest.mark.broker
MORE = ("state=ended", "from=yesterday", "to=9999-01-01", f"asked_by={'x' * 256}")
EVENTS = """
SELECT task_id, type, fields FROM events
WHERE tenant_id = 1 AND startsWith(type, 'meadow-command-') AND JSONExtractString(fields, 'command') != ''
ORDER BY at
"""


async def stored(store: Store, count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    async def there() -> bool:
        rows[:] = (await store.ask(EVENTS, {})).dicts()
        return len(rows) >= count

    await until(there, f"{count} events in the store")
    return rows


async def test_an_outcome_says_who_answered_and_who_was_silent(
    at_desk: Desk, kept: tuple[EmbeddedLog, Store], brokers: Brokers
) -> None:
    log, store = kept
    now_s = time.time()
    await beat(log, brokers.eu, "w1@test", now_s, freq_s=60)
    await beat(log, brokers.eu, "gone@test", now_s, freq_s=60)
    await beat(log, brokers.eu, "old@test", now_s - 60)
    await beat(log, brokers.eu, "ended@test", now_s, "worker-offline")
    workers = "SELECT uniqExact(hostname) AS n FROM workers"

    async def known() -> bool:
        return bool((await store.ask(workers, {})).dicts()[0]["n"] == 4)

    await until(known, "workers in the store")
    status, body = await at_desk.send({**PING, "reason": "are you there?"})
    item = body["item"]
    assert (status, item["state"], item["silent"], item["expected"]) == (200, "partial", ["gone@test"], 2)
    assert item["answered"] == [{"hostname": "w1@test", "ok": True, "reply": {"ok": "pong"}}]
    assert (item["asked_by"], item["reason"], item["cluster"]) == ("ann", "are you there?", "eu")
    assert item["asked_at"] < item["answered_at"] == body["watermark"]
    named = (await at_desk.send({**PING, "destination": ["w1@test"]}))[1]["item"]
    assert (named["state"], named["expected"]) == ("answered", 1)
    nobody = (await at_desk.send(PING, cluster="us"))[1]["item"]
    assert (nobody["state"], nobody["answered"], nobody["silent"]) == ("silent", [], [])
    items = await at_desk.audited(3)
    assert [one["id"] for one in items] == [nobody["id"], named["id"], item["id"]]
    assert items[2] == item


async def test_each_task_keeps_the_command_in_its_own_story(at_desk: Desk, kept: tuple[EmbeddedLog, Store]) -> None:
    ids = [f"task-{n}" for n in range(40)]
    item = (await at_desk.send({"command": "revoke", "arguments": {"task_ids": ids}}))[1]["item"]
    assert item["answered"][0]["ok"]
    rows = await stored(kept[1], 82)
    assert sorted({row["task_id"] for row in rows}) == ["", *sorted(ids)]
    of_one = fields_of([row for row in rows if row["task_id"] == "task-7"])
    assert [fields["id"] for fields in of_one] == [item["id"], item["id"]]
    assert of_one[1]["arguments"]["task_ids"] == ["task-7"]
    assert of_one[1]["answered"][0]["hostname"] == "w1@test"
    assert max(len(row["fields"]) for row in rows if row["task_id"]) < 2_000
    whole = fields_of([row for row in rows if not row["task_id"]])
    assert whole[1]["arguments"]["task_ids"] == ids


async def test_a_dry_run_sends_nothing_and_leaves_nothing(
    at_desk: Desk, kept: tuple[EmbeddedLog, Store], ear: Ear
) -> None:
    status, body = await at_desk.send({"command": "revoke", "arguments": {"task_ids": ["nope"]}, "dry_run": True})
    assert status == 200
    assert {"count": 1, "unknown": True}.items() <= body["item"]["effects"][1].items()
    assert ear.heard() == 0
    assert (await kept[1].ask(EVENTS, {})).rows == []


async def test_a_permission_that_is_missing(at_desk: Desk, ear: Ear) -> None:
    revoke = {"command": "revoke", "arguments": {"task_ids": ["a"]}}
    rate = {"command": "rate_limit", "arguments": {"task_name": "t", "rate_limit": "0"}}
    for caller, order, needs in (
        ("nobody", PING, "workers:control"),
        ("reader", PING, "workers:control"),
        ("stopper", PING, "workers:control"),
        ("stopper", rate, "workers:control"),
        ("stopper", {"command": "inspect"}, "workers:control"),
        ("stopper", {"command": "shutdown", "destination": ["w1@test"]}, "workers:control"),
        ("stopper", {"command": "pool_grow", "arguments": {"n": 1}}, "workers:control"),
        ("pinger", revoke, "tasks:control"),
    ):
        for cluster in ("eu", "none"):  # whether there is such a cluster is not told either
            status, body = await at_desk.send(order, caller=caller, cluster=cluster)
            assert (status, body["code"], body["needs"]) == (403, "forbidden", needs)
    assert ear.heard() == 0
    assert (await at_desk.get("/commands", "pinger"))[1]["needs"] == "audit:read"
    assert (await at_desk.get(f"/commands/{'0' * 32}", "pinger"))[1]["needs"] == "audit:read"


async def test_nothing_crosses_tenants_or_the_clusters_of_a_token(at_desk: Desk, ear: Ear) -> None:
    absent = await at_desk.send(PING, cluster="none")
    assert absent[0] == 404
    for caller, cluster in (("ann", "secret"), ("euro", "us"), ("eve", "us")):
        assert await at_desk.send(PING, caller=caller, cluster=cluster) == absent
    ours = (await at_desk.send(PING, key="same-key"))[1]["item"]
    other = (await at_desk.send(PING, cluster="us"))[1]["item"]
    theirs = (await at_desk.send(PING, caller="eve", key="same-key"))[1]["item"]
    colleague = (await at_desk.send(PING, caller="bob", key="same-key"))[1]["item"]
    assert len({ours["id"], theirs["id"], colleague["id"]}) == 3
    assert ear.heard() == 2
    assert [one["id"] for one in await at_desk.audited(3)] == [colleague["id"], other["id"], ours["id"]]
    assert [one["id"] for one in await at_desk.audited(1, "eve")] == [theirs["id"]]
    assert {one["cluster"] for one in await at_desk.audited(2, "euro")} == {"eu"}
    for caller, command in (("eve", ours), ("ann", theirs), ("euro", other)):
        assert (await at_desk.get(f"/commands/{command['id']}", caller))[0] == 404
    assert (await at_desk.get(f"/commands/{ours['id']}", "euro"))[1]["item"] == ours


async def test_the_audit_trail_is_read_in_pages(at_desk: Desk) -> None:
    sent = [(await at_desk.send(PING, cluster="us"))[1]["item"]["id"] for _ in range(5)]
    await at_desk.audited(5)
    read: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await at_desk.get(f"/commands?limit=2&cluster=us&command=ping&cursor={cursor}"))[1]
        read += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert read == sent[::-1]
    assert (await at_desk.get("/commands?command=revoke"))[1]["items"] == []


async def test_the_audit_trail_is_filtered(at_desk: Desk) -> None:
    silent = (await at_desk.send(PING, cluster="us"))[1]["item"]
    answered = (await at_desk.send({**PING, "destination": ["w1@test"]}, caller="bob"))[1]["item"]
    await at_desk.audited(2)
    for query, expected in (
        ("state=silent", [silent]),
        ("state=answered", [answered]),
        ("state=sent", []),
        ("asked_by=bob", [answered]),
        ("asked_by=bo", []),
        ("from=now-1h", [answered, silent]),
        ("to=now-1h", []),
        (f"from={answered['asked_at']}", [answered]),
        (f"to={answered['asked_at']}", [silent]),
        ("from=now-1h&to=now&state=answered&asked_by=bob&command=ping&cluster=eu", [answered]),
    ):
        assert (await at_desk.get(f"/commands?{query}"))[1]["items"] == expected, query


async def test_a_question_about_it_that_is_none(at_desk: Desk) -> None:
    for query in (
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=%00",
        "cursor=W10",
        "cursor=eHg",
        "command=no",
        "q=1",
        *MORE,
    ):
        status, body = await at_desk.get(f"/commands?{query}")
        assert (status, body["code"]) == (400, "bad_question")
    for command_id in ("0" * 32, "x", "%00"):
        assert (await at_desk.get(f"/commands/{command_id}"))[0] == 404


async def test_a_caller_who_leaves_does_not_leave_it_half_done(at_desk: Desk, w1: Process, ear: Ear) -> None:
    w1.pause()
    try:
        leaving = asyncio.create_task(at_desk.send({**PING, "destination": ["w1@test"]}, key="left"))
        await until(lambda: ear.heard() == 1, "it is sent")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        items = await at_desk.audited(1)
    finally:
        w1.resume()
    assert (items[0]["state"], items[0]["silent"]) == ("silent", ["w1@test"])
