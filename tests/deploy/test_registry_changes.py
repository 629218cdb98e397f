"""A cluster that is added, changed or removed by the API takes effect without a restart, in one process and in many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Client, Refused
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.meadow import Meadow
from tests.servers.processes import Process
from tests.servers.roles import Roles

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
SOON_S = 30.0  # 5 s are promised; the machine of a test run has more to do


@pytest.fixture
def one_process(tmp_path: Path, redis_broker: Broker) -> Iterator[Meadow]:
    brokers: dict[str, Broker] = {"cache": redis_broker}
    running = Meadow(tmp_path / "meadow", brokers).start()
    yield running
    running.stop()


@pytest.fixture
def many(tmp_path: Path, redis_broker: Broker, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Roles]:
    running = Roles(tmp_path / "meadow", {"cache": redis_broker}, kafka, clickhouse)
    try:
        yield running.start()
    finally:
        running.stop()


def connected(meadow: Client) -> dict[str, Any]:
    return {one["slug"]: one["connected"] for one in meadow.items("/clusters")}


def a_task_is_told(meadow: Client, broker: Broker, cluster: str) -> None:
    app = broker.app()
    task_id = app.tasks["tests.add"].delay(2, 3).id
    app.close()
    wait_for(lambda: meadow.items("/tasks", q=task_id, state="SUCCESS"), "the task", 60)
    assert meadow.get(f"/tasks/{task_id}")["item"]["cluster"] == cluster


def changes_take_effect(meadow: Client, broker: Broker) -> None:
    wait_for(lambda: connected(meadow).get("cache"), "the seed connected", 60)
    added = meadow.post("/clusters", {"slug": "shop", "url": broker.url})["item"]
    assert broker.url not in str(added)
    wait_for(lambda: connected(meadow) == {"cache": True, "shop": True}, "the added one connected", SOON_S)
    a_task_is_told(meadow, broker, "shop")
    etag = {"If-Match": f'"{added["version"]}"'}
    with pytest.raises(Refused) as refused:
        meadow.call("DELETE", "/api/v1/clusters/shop")
    assert refused.value.status == 428
    meadow.call("DELETE", "/api/v1/clusters/shop", None, etag)
    wait_for(lambda: set(connected(meadow)) == {"cache"}, "the removed one gone", SOON_S)


def test_in_one_process(one_process: Meadow, amqp_broker: Broker, worker: Callable[..., Process]) -> None:
    worker(amqp_broker, hostname="w1@test")
    changes_take_effect(one_process, amqp_broker)
    one_process.post("/clusters", {"slug": "kept", "url": amqp_broker.url})
    one_process.stop()
    one_process.start()
    wait_for(lambda: connected(one_process) == {"cache": True, "kept": True}, "both after a restart", 60)
    ready = {one["name"]: one["detail"] for one in one_process.call("GET", "/readyz")["dependencies"]}
    assert ready["cluster kept"] == ready["cluster cache"] == "connected"
    one_process.stop()
    one_process.brokers = {}
    one_process.start()
    assert set(connected(one_process)) == {"cache", "kept"}, "settings that name nothing leave everything as it was"


def test_in_many_processes(many: Roles, amqp_broker: Broker, worker: Callable[..., Process]) -> None:
    worker(amqp_broker, hostname="w1@test")
    changes_take_effect(many, amqp_broker)
    meadow_ingest = many.of("ingest")[0]
    wait_for(lambda: not meadow_ingest.told("cluster default/shop"), "no longer collected", SOON_S)
    many.migrate()
    assert set(connected(many)) == {"cache"}, "what a person removed stays removed"
    for role in many.roles.values():
        assert amqp_broker.url not in role.output


def test_tenants_never_meet(many: Roles, amqp_broker: Broker, worker: Callable[..., Process]) -> None:
    many.post("/tenants", {"slug": "acme"})
    acme = Client()
    acme.url, acme.token = many.url, many.mint("--tenant", "acme")
    wait_for(lambda: acme.items("/clusters") == [], "a tenant without clusters", SOON_S)
    acme.post("/clusters", {"slug": "cache", "url": amqp_broker.url})
    worker(amqp_broker, hostname="w1@test")
    wait_for(lambda: connected(acme) == {"cache": True}, "its cluster connected", SOON_S)
    a_task_is_told(acme, amqp_broker, "cache")
    assert many.items("/tasks") == []
    assert [one["broker"] for one in many.items("/clusters")] != [one["broker"] for one in acme.items("/clusters")]
    stranger = Client()
    stranger.url, stranger.token = many.url, many.mint("--tenant", "nobody")
    with pytest.raises(Refused) as refused:
        stranger.items("/clusters")
    assert refused.value.status == 401
