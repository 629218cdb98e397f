"""What the descriptions of commands say of real workers, asked for over HTTP: one that scales itself, and what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest

from meadow.control.wires.redis import RedisWire
from meadow.core.connections import Connection
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.scope import Cluster, Directory
from meadow.core.store import Store
from tests.contracts.wire_suite import answering
from tests.control.desk import ACME, Desk, desk
from tests.ingest.running import writing
from tests.servers.celery import Broker, start_worker
from tests.servers.deadlines import until
from tests.servers.processes import Process
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.broker
SCALING = "scaling@test"
STATS = """
SELECT fields FROM events
WHERE tenant_id = 1 AND type = 'meadow-snapshot' AND hostname = {hostname:String} ORDER BY at DESC LIMIT 1
"""
Worker = tuple[Broker, Process]


@pytest.fixture(scope="module")
def scaling(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker with --autoscale, worker_pool_restarts and a database of its own."""
    broker = Broker(redis_server.url(redis_server.database()), settings={"worker_pool_restarts": True})
    folder = tmp_path_factory.mktemp("scaling")
    process = start_worker(broker, folder, hostname=SCALING, pool="prefork", arguments=("--autoscale", "2,1"))
    yield broker, process
    process.kill()


@pytest.fixture
async def there(kept: tuple[EmbeddedLog, Store], scaling: Worker) -> AsyncIterator[Desk]:
    connection = Connection(scaling[0].url)
    wire = RedisWire(connection)
    await answering(wire, SCALING)
    await wire.close()
    async with writing(*kept), desk(*kept, Directory((Cluster(ACME, 1, "eu", connection),))) as made:
        yield made


async def told(there: Desk, command: str, **arguments: Any) -> dict[str, Any]:
    """The outcome of what the worker was told alone."""
    status, body = await there.send({"command": command, "arguments": arguments, "destination": [SCALING]})
    assert status == 200, body
    item: dict[str, Any] = body["item"]
    return item


async def answer(there: Desk, command: str, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await told(there, command, **arguments))["answered"][0]
    return found


async def test_it_scales_as_it_is_told_and_not_beside(there: Desk, kept: tuple[EmbeddedLog, Store]) -> None:
    refused = await answer(there, "pool_grow", n=1)
    assert not refused["ok"]
    assert "not supported with autoscale" in refused["reply"]["error"]
    assert not (await answer(there, "pool_shrink", n=1))["ok"]
    assert (await answer(there, "autoscale", max=3, min=1))["reply"] == {"ok": "autoscale now max=3 min=1"}
    assert (await told(there, "inspect", what=["stats"]))["answered"][0]["ok"]
    seen: dict[str, Any] = {}

    async def is_kept() -> bool:
        rows = (await kept[1].ask(STATS, {"hostname": SCALING})).dicts()
        seen.update(orjson.loads(orjson.loads(rows[0]["fields"])["value"]) if rows else {})
        return bool(rows)

    await until(is_kept, "its stats")
    assert (seen["autoscaler"]["max"], seen["autoscaler"]["min"]) == (3, 1)


async def test_new_time_limits_are_used_after_a_pool_restart(there: Desk, scaling: Worker) -> None:
    """Celery 5.7 answers yes and changes nothing until then; what the effects say of it must stay true."""
    broker, process = scaling
    assert (await answer(there, "time_limit", task_name="tests.slow", soft_s=None, hard_s=1))["ok"]
    with closing(broker.app()) as app:
        unlimited = app.tasks["tests.slow"].delay(2.5).id
        await until(lambda: f"tests.slow[{unlimited}] succeeded" in process.output, "it runs beyond the limit")
        assert (await answer(there, "pool_restart"))["reply"] == {"ok": "reload started"}
        limited = app.tasks["tests.slow"].delay(60).id
        await until(
            lambda: f"Hard time limit (1.0s) exceeded for tests.slow[{limited}]" in process.output, "it is killed"
        )


async def test_shutdown_is_sent_and_nobody_counts_as_silent(there: Desk, scaling: Worker) -> None:
    """The last one: it ends the worker."""
    status, body = await there.send({"command": "shutdown"})
    assert (status, body["code"], body["field"]) == (400, "bad_command", "destination")
    item = await told(there, "shutdown")
    assert (item["state"], item["answered"], item["silent"], item["problem"]) == ("sent", [], [], "")
    assert item["expected"] == 1
    await until(lambda: scaling[1].ended, "it ended")
    assert (await there.audited(1))[0] == item
    assert (await there.get("/commands?state=sent"))[1]["items"] == [item]
