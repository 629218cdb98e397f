"""Workers are inspected, by people and by Meadow itself: what they answer is kept once, and never endangers a broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest

from meadow.control.claims import Claims
from meadow.control.service import Control
from meadow.control.snapshots import KINDS
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.logs.kafka_topics import CLAIMS
from meadow.core.store import Store
from tests.contracts.kafka_streams import KafkaStreams
from tests.control.desk import QUICK, Brokers, Desk, Ear, beat, desk
from tests.ingest.running import writing
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka
from tests.servers.processes import Process

pytestmark = pytest.mark.broker
Kept = tuple[EmbeddedLog, Store]
W1 = ["w1@test"]
OFTEN = replace(QUICK, inspect_every_s=1.0, reply_within_s=15.0, store_within_s=15.0)
WITHIN_S = 90.0  # however busy the machine is
SNAPSHOTS = """
SELECT hostname, fields FROM events WHERE tenant_id = 1 AND cluster_id = 1 AND type = 'meadow-snapshot' ORDER BY at, clock
"""
THEIRS = "SELECT * FROM events WHERE tenant_id != 1 AND type = 'meadow-snapshot'"


async def snapshots(store: Store) -> list[dict[str, Any]]:
    rows = (await store.ask(SNAPSHOTS, {})).dicts()
    return [{"hostname": row["hostname"], **orjson.loads(row["fields"])} for row in rows]


async def stored(store: Store, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = await snapshots(store)
        return len(found) >= count

    await until(there, f"{count} snapshots", WITHIN_S)
    return found


async def test_each_answer_is_kept_and_the_audit_says_which(
    at_desk: Desk, kept: Kept, brokers: Brokers, w1: Process
) -> None:
    app = Broker(brokers.server.url(brokers.worked)).app()
    secret = "s3cr3t-argument"
    app.tasks["tests.say"].apply_async((secret,), countdown=120)
    app.close()
    await until(lambda: "Task tests.say" in w1.output, "the worker has it")
    status, body = await at_desk.send({"command": "inspect", "destination": W1, "reason": "why slow?"})
    item = body["item"]
    assert (status, item["state"], item["silent"], item["problem"]) == (200, "answered", [], "")
    assert item["answered"][0]["ok"]
    assert item["answered"][0]["reply"] == {"kept": list(KINDS), "refused": {}, "missing": []}
    assert (await at_desk.audited(1))[0] == item
    found = {one["what"]: one for one in await stored(kept[1], len(KINDS))}
    assert set(found) == set(KINDS)
    assert {one["hostname"] for one in found.values()} == {"w1@test"}
    assert {one["command_id"] for one in found.values()} == {item["id"]}
    assert not any(one["cut"] or one["error"] for one in found.values())
    values = {what: orjson.loads(one["value"]) for what, one in found.items()}
    assert values["stats"]["pool"]["max-concurrency"] == 1
    assert [queue["name"] for queue in values["active_queues"]] == ["celery"]
    assert "tests.say" in values["registered"]
    assert any(one["request"]["name"] == "tests.say" for one in values["scheduled"])
    assert secret not in orjson.dumps(found).decode()


async def test_some_kinds_alone_and_a_worker_that_is_not_there(at_desk: Desk) -> None:
    order = {"command": "inspect", "arguments": {"what": ["stats", "active"]}, "destination": [*W1, "gone@test"]}
    item = (await at_desk.send(order))[1]["item"]
    assert (item["state"], item["silent"]) == ("partial", ["gone@test"])
    assert item["answered"][0]["reply"]["kept"] == ["stats", "active"]


async def test_an_inspection_is_sent_once_under_a_key(at_desk: Desk, ear: Ear) -> None:
    order = {"command": "inspect", "arguments": {"what": ["stats", "conf"]}, "destination": W1}
    first = await at_desk.send(order, key="k1")
    assert await at_desk.send(order, key="k1") == first
    assert ear.heard() == 2


@asynccontextmanager
async def rounds(kept: Kept, brokers: Brokers, **more: Any) -> AsyncIterator[Control]:
    async with desk(*kept, brokers.directory, settings=OFTEN, **more) as made:
        yield made.control


async def test_meadow_looks_by_itself_and_nobody_asked(kept: Kept, brokers: Brokers, at_desk: Desk) -> None:
    log, store = kept
    for cluster in brokers.directory.clusters:  # also the rival's eu, which nobody listens for
        await beat(log, cluster, "w1@test", time.time(), freq_s=60)
    async with rounds(kept, brokers, node="node-2") as control:
        found = await stored(store, 6)
        await until(lambda: looks(control) >= 2, "two rounds", WITHIN_S)
    assert [one["what"] for one in found[:4]] == ["stats", "active_queues", "registered", "conf"]
    assert [one["what"] for one in found[4:6]] == ["stats", "active_queues"]  # nobody was started since
    assert {one["command_id"] for one in found} == {""}
    assert not (await store.ask(THEIRS, {})).rows
    assert (await at_desk.get("/commands"))[1]["items"] == []


async def test_a_worker_that_was_started_again_is_looked_at_whole(kept: Kept, brokers: Brokers, at_desk: Desk) -> None:
    log, store = kept
    await beat(log, brokers.eu, "w1@test", time.time(), freq_s=60)
    async with rounds(kept, brokers, node="node-2"):
        before = len(await stored(store, 5))
        await beat(log, brokers.eu, "w1@test", time.time() + 0.5, pid=2, freq_s=60)

        async def again() -> bool:
            return "conf" in [one["what"] for one in (await snapshots(store))[before:]]

        await until(again, "all of it is asked again", WITHIN_S)


async def test_nothing_is_sent_where_nobody_was_heard(kept: Kept, brokers: Brokers, ear: Ear) -> None:
    async with writing(*kept), rounds(kept, brokers) as control:
        await beat(kept[0], brokers.eu, "w1@test", time.time() - 3_600)
        await until(lambda: counted(control).get("skipped", 0) >= 3, "three rounds were skipped", WITHIN_S)
        assert ear.heard() == 0
        assert set(counted(control)) == {"skipped"}


async def test_of_several_processes_one_looks(kept: Kept, brokers: Brokers, kafka: Kafka, at_desk: Desk) -> None:
    log, store = kept
    await beat(log, brokers.eu, "w1@test", time.time(), freq_s=60)
    begun_s = time.monotonic()
    async with KafkaStreams(kafka, CLAIMS) as streams:
        claims = [await streams.started() for _ in range(2)]
        async with (
            rounds(kept, brokers, node="node-2", claims=claims[0]) as one,
            rounds(kept, brokers, node="node-3", claims=claims[1]) as other,
        ):
            await until(lambda: looks(one) + looks(other) >= 4, "four rounds", WITHIN_S)
            assert looks(one) + looks(other) <= time.monotonic() - begun_s + 2  # one a second, whoever has it
        async with rounds(kept, brokers, node="node-4", claims=claims[1]) as heir:
            await until(lambda: looks(heir) >= 1, "another goes on", WITHIN_S)
    assert await stored(store, 10)


async def test_a_turn_is_had_once(kafka: Kafka) -> None:
    async with KafkaStreams(kafka, CLAIMS) as streams:
        both = [Claims(await streams.started()) for _ in range(2)]
        for number in range(3):
            had = await asyncio.gather(*(one.turn("inspect/1/1", number, 0.0) for one in both))
            assert sorted(had) == [False, True]
            assert not any([await one.turn("inspect/1/1", number, 0.0) for one in both])
    assert await Claims(None).turn("inspect/1/1", 0, 0.0)


def looks(control: Control) -> float:
    return counted(control).get("kept", 0)


def counted(control: Control) -> dict[str, float]:
    """Rounds of eu, by what became of them."""
    return {one.labels[2]: one.value for one in control.readings() if one.labels[:2] == ("acme", "eu")}
