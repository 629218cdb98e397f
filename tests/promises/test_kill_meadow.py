"""Promise 1: what reached Meadow's queue on RabbitMQ is stored and seen once, across kill -9 of the whole process."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tests.servers.celery import Broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import Meadow
from tests.servers.speaker import speaker

TASKS = 5_000  # four events each
KILLS = 4


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_kill_9_in_the_middle_of_20_000_events_loses_and_doubles_nothing(amqp_broker: Broker, tmp_path: Path) -> None:
    meadow = Meadow(tmp_path, {"shop": amqp_broker}).start()
    wait_for(lambda: meadow.get("/clusters")["items"][0]["connected"], "connected")
    said: list[str] = []
    with speaker(amqp_broker) as client:
        talking = threading.Thread(target=lambda: said.extend(client.tasks(TASKS, per_s=500)))
        talking.start()
        dice = random.Random(7)
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.2, 2.0))  # the moment is the case under test, not something waited for
            meadow.kill()
            meadow.start()
        talking.join()
    wait_for(lambda: finished(meadow) >= TASKS, "all tasks", 90)
    tasks = meadow.items("/tasks", limit=500, sort="oldest", from_="now-1h")
    assert sorted(t["id"] for t in tasks) == sorted(said)
    whole = ("sent_at", "received_at", "started_at", "finished_at", "name", "args", "queue", "worker", "result")
    assert not [t["id"] for t in tasks if t["state"] != "SUCCESS" or not all(t[field] for field in whole)]
    for task_id in dice.sample(said, 40):
        assert [e["type"] for e in meadow.get(f"/tasks/{task_id}/events")["items"]] == [
            "task-sent",
            "task-received",
            "task-started",
            "task-succeeded",
        ]
    meadow.stop()


def finished(meadow: Meadow) -> int:
    count: int = meadow.get("/trends", from_="now-1h", to="now")["totals"]["count"]
    return count
