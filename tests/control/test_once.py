"""A command is sent at most once per id: repeated, at once, after a restart, after a crash, with a store behind or away."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.control.ledger import Ledger
from meadow.control.order import read_order
from meadow.control.outcome import NEVER_ANSWERED, asked
from meadow.control.settings import ControlSettings
from meadow.core.connections import Connection
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Cluster, Directory
from meadow.core.store import Store
from tests.control.desk import ACME, CALLERS, PING, QUICK, Brokers, Desk, Ear, desk
from tests.ingest.running import writing
from tests.servers.deadlines import until
from tests.servers.processes import Process

pytestmark = pytest.mark.broker
Kept = tuple[EmbeddedLog, Store]


async def test_a_repeat_is_answered_and_not_sent(at_desk: Desk, ear: Ear) -> None:
    first = await at_desk.send(PING, key="k1")
    assert first[0] == 200
    assert await at_desk.send({**PING, "arguments": {}, "destination": None, "reason": ""}, key="k1") == first
    assert ear.heard() == 1
    assert (await at_desk.send(PING, key="k2"))[1]["item"]["id"] != first[1]["item"]["id"]
    assert (await at_desk.send(PING))[1]["item"]["id"] != (await at_desk.send(PING))[1]["item"]["id"]


async def test_another_order_under_the_same_key_is_refused(at_desk: Desk, ear: Ear) -> None:
    await at_desk.send(PING, key="k1")
    others = ({**PING, "destination": ["w1@test"]}, {**PING, "reason": "else"})
    for body in (*others, {"command": "revoke", "arguments": {"task_ids": ["a"]}}):
        status, answer = await at_desk.send(body, key="k1")
        assert (status, answer["code"]) == (409, "conflict")
    assert (await at_desk.send(PING, cluster="us", key="k1"))[0] == 409
    assert ear.heard() == 1


async def test_repeats_at_the_same_moment_share_one_sending(at_desk: Desk, ear: Ear, w1: Process) -> None:
    body = {**PING, "destination": ["w1@test"]}
    answers = await asyncio.gather(*(at_desk.send(body, key="k1") for _ in range(10)), at_desk.send(PING, key="k1"))
    statuses = [status for status, _ in answers]
    assert sorted(statuses) == [200] * 10 + [409] or sorted(statuses) == [200] + [409] * 10
    assert ear.heard() == 1


async def test_after_a_restart_it_is_known(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    async with writing(*kept):
        async with desk(*kept, brokers.directory) as first:
            sent = await first.send(PING, key="k1")
        async with desk(*kept, brokers.directory, node="node-2") as second:
            assert await second.send(PING, key="k1") == sent
            assert (await second.send({**PING, "reason": "x"}, key="k1"))[0] == 409
            assert (await second.get(f"/commands/{sent[1]['item']['id']}"))[1]["item"] == sent[1]["item"]
    assert ear.heard() == 1


async def test_an_outcome_too_large_for_the_log_is_told_all_the_same(
    tmp_path: Path, kept: Kept, brokers: Brokers, ear: Ear
) -> None:
    """What was asked fits, and with the names of all that were silent it does not."""
    order = {**PING, "destination": [f"ghost-{n:05}@test" for n in range(300)]}
    small = EmbeddedLogSettings(block_bytes_max=15_000)
    log = await EmbeddedLog.open(tmp_path / "small", small)
    async with desk(log, kept[1], brokers.directory) as one:
        status, body = await one.send(order)
    await log.close()
    assert (status, len(body["item"]["silent"])) == (200, 300)
    assert ear.heard() == 1


async def test_what_was_asked_before_a_crash_is_never_sent_again(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    """The asked event is on the log alone: no writer has run since."""
    log, store = kept
    order, caller = read_order(PING, "k1"), CALLERS["ann"]
    fields = asked(order.id(caller), order, caller, brokers.eu, time.time()) | {"expected": ["w1@test"]}
    await Ledger(log, "crashed", time.time).asked(brokers.eu, fields, ())
    async with desk(log, store, brokers.directory, node="node-2") as after:
        repeat = asyncio.create_task(after.send(PING, key="k1"))
        async with writing(log, store):
            status, body = await repeat
            assert (status, body["item"]["state"], body["item"]["answered_at"]) == (200, "silent", None)
            assert body["item"]["silent"] == ["w1@test"]
            assert body["item"]["problem"] == NEVER_ANSWERED
            assert (await after.send(PING, key="k2"))[0] == 200
    assert ear.heard() == 1


async def test_a_store_that_is_behind_stops_only_orders_with_a_key(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    impatient = ControlSettings(reply_within_s=QUICK.reply_within_s, caught_up_within_s=0.3)
    async with desk(*kept, brokers.directory, impatient) as made:
        status, body = await made.send(PING, key="k1")
        assert (status, body["code"], body["again"]) == (503, "store_unavailable", "later")
        assert ear.heard() == 0
        assert (await made.send(PING))[0] == 200
        async with writing(*kept):
            await until_taken(made, "k1")
    assert ear.heard() == 2


async def test_a_forgotten_outcome_is_not_sent_again_while_the_store_is_behind(
    kept: Kept, brokers: Brokers, ear: Ear
) -> None:
    """Of many commands the outcomes of the oldest are forgotten, and the store does not have them yet."""
    forgetful = replace(QUICK, kept_max=1)
    async with desk(*kept, brokers.directory, forgetful) as made:
        async with writing(*kept):
            await until_taken(made, "before")
        first = await made.send(PING, key="k1")
        assert (await made.send(PING, key="k2"))[0] == 200
        assert ear.heard() == 3
        status, body = await made.send(PING, key="k1")
        assert (status, body["code"], body["again"]) == (409, "on_its_way", "later")
        assert "nothing was sent again" in body["detail"]
        assert (await made.send({**PING, "reason": "x"}, key="k1"))[1]["code"] == "conflict"
        async with writing(*kept):
            assert await eventually(made, "k1", 200) == first
    assert ear.heard() == 3


async def test_more_keys_than_can_be_remembered_are_refused(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    few = replace(QUICK, keys_max=2)
    async with desk(*kept, brokers.directory, few) as made:
        async with writing(*kept):
            await until_taken(made, "k1")
        assert (await made.send(PING, key="k2"))[0] == 200
        status, body = await made.send(PING, key="k3")
        assert (status, body["code"], body["again"]) == (429, "over_budget", "later")
        assert "Nothing was sent" in body["detail"]
        assert 500 < body["retry_after_s"] <= QUICK.kept_s
        assert (await made.send(PING, key="k2"))[0] == 200, "a repeat needs no room"
        assert (await made.send(PING))[0] == 200, "nor does a command that cannot be repeated"
        assert (await made.send(PING, caller="eve", key="k3"))[0] == 200, "nor is it another tenant's matter"
    assert ear.heard() == 3


async def test_what_was_not_sent_takes_no_room(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    log, store = kept
    async with desk(log, store, brokers.directory, replace(QUICK, keys_max=2)) as made:
        async with writing(log, store):
            await until_taken(made, "k1")
        await log.close()
        for key in ("k2", "k3", "k2"):
            status, body = await made.send(PING, key=key)
            assert (status, body["code"]) == (503, "log_unavailable")
    assert ear.heard() == 1


async def until_taken(made: Desk, key: str) -> None:
    """A process takes keys once the store has what was asked before it."""
    await eventually(made, key, 200)


async def eventually(made: Desk, key: str, status: int) -> tuple[int, dict[str, Any]]:
    """The answer to a ping under that key, once it is of this status."""
    answer: tuple[int, dict[str, Any]] = (0, {})

    async def answered() -> bool:
        nonlocal answer
        answer = await made.send(PING, key=key)
        return answer[0] == status

    await until(answered, f"{key} is answered with {status}")
    return answer


async def test_without_a_log_nothing_is_sent(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    log, store = kept
    async with desk(log, store, brokers.directory) as made:
        await log.close()
        status, body = await made.send(PING)
        assert (status, body["code"]) == (503, "log_unavailable")
    assert ear.heard() == 0


async def test_a_broker_that_is_away_is_told_and_kept(kept: Kept, brokers: Brokers) -> None:
    away = Directory((Cluster(ACME, 1, "eu", Connection("redis://127.0.0.1:1/0")),))
    async with writing(*kept), desk(*kept, away) as made:
        status, body = await made.send(PING, key="k1")
        assert (status, body["code"]) == (503, "broker_unavailable")
        assert "nothing was sent" in body["detail"]
        assert (await made.send(PING, key="k1")) == (status, body)
        (item,) = await made.audited(1)
        assert (item["id"], item["state"], item["problem"]) == (body["command_id"], "silent", body["detail"])


async def test_too_many_at_once_are_refused(kept: Kept, brokers: Brokers, w1: Process) -> None:
    few = ControlSettings(reply_within_s=QUICK.reply_within_s, running_max=2)
    w1.pause()
    try:
        async with desk(*kept, brokers.directory, few) as made:
            body = {**PING, "destination": ["w1@test"]}
            answers = await asyncio.gather(*(made.send(body) for _ in range(3)), made.send(PING, caller="eve"))
            assert sorted(status for status, _ in answers[:3]) == [200, 200, 429]
            assert answers[3][0] == 200
    finally:
        w1.resume()
