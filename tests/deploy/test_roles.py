"""Every role as a process of its own, on a real Kafka, ClickHouse and RabbitMQ: what Celery did is what web tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.processes import Process
from tests.servers.roles import Roles

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.fixture
def meadow(tmp_path: Path, amqp_broker: Broker, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Roles]:
    running = Roles(tmp_path / "meadow", {"shop": amqp_broker}, kafka, clickhouse)
    yield running
    running.stop()


def test_a_task_is_told_through_every_role(meadow: Roles, amqp_broker: Broker, worker: Callable[..., Process]) -> None:
    meadow.start()
    assert "nothing was to be done" in meadow.migrate()
    wait_for(lambda: [c["connected"] for c in meadow.items("/clusters")] == [True], "the cluster connected", 40)
    worker(amqp_broker, hostname="w1@test")
    app = amqp_broker.app()
    task_id = app.tasks["tests.add"].delay(2, 3).id
    app.close()

    def whole() -> bool:
        found = meadow.items("/tasks", q=task_id)
        return bool(found) and found[0]["state"] == "SUCCESS" and len(story()["events"]) == 4

    def story() -> dict[str, Any]:
        item: dict[str, Any] = meadow.get(f"/tasks/{task_id}")["item"]
        return item

    wait_for(whole, "the whole story", 60)
    assert story()["result"] == "5"
    ping = meadow.post("/clusters/shop/commands", {"command": "ping", "arguments": {}})["item"]
    assert [one["hostname"] for one in ping["answered"]] == ["w1@test"]
    assert "url" not in str(meadow.items("/clusters")[0]["broker"])
    for role in meadow.roles.values():
        assert role.told("kafka") or role.name.startswith("web")
        assert not [line for line in role.output.splitlines() if "Traceback" in line], role.output
