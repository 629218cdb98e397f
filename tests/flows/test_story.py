"""From a real worker's publish to the API's answer, on every transport, in one process and in many: what Celery did is what
Meadow tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.servers.celery import Broker
from tests.servers.client import Client
from tests.servers.deadlines import wait_for
from tests.servers.processes import Process

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
StartWorker = Callable[..., Process]


def told(meadow: Client, task_id: str, state: str) -> dict[str, Any]:
    """The story of a task, once its row and its events both tell that state: rows are shown a moment before events."""
    story: dict[str, Any] = {}

    def is_told() -> bool:
        if not meadow.items("/tasks", q=task_id):
            return False
        story.update(meadow.get(f"/tasks/{task_id}")["item"])
        return story["state"] == state and bool(story["attempts"]) and story["attempts"][-1]["state"] == state

    wait_for(is_told, f"{task_id} {state}", 40)
    return story


def test_every_end_of_a_task_is_told(broker: Broker, meadow: Client, worker: StartWorker) -> None:
    wait_connected(meadow)
    worker(broker, hostname="w1@test", concurrency=2)
    app = broker.app()
    send = {name: app.tasks[f"tests.{name}"] for name in ("add", "fail", "retry", "progress", "family")}
    added, failed = send["add"].delay(2, 3).id, send["fail"].delay("boom").id
    retried, progressed = send["retry"].delay(2).id, send["progress"].delay().id
    parent = send["family"].delay(2).id

    story = told(meadow, added, "SUCCESS")
    assert (story["result"], story["args"], story["worker"], story["queue"]) == ("5", "(2, 3)", "w1@test", "celery")
    assert story["runtime_s"] is not None
    types = [e["type"] for e in story["events"]]  # a client may say `task-sent` after the worker began
    assert sorted(types) == ["task-received", "task-sent", "task-started", "task-succeeded"]
    broken = told(meadow, failed, "FAILURE")
    assert broken["exception"] == "ValueError('boom')"
    assert "in fail" in broken["traceback"]
    again = told(meadow, retried, "SUCCESS")
    assert (again["retries"], [a["state"] for a in again["attempts"]]) == (2, ["RETRY", "RETRY", "SUCCESS"])
    told(meadow, progressed, "SUCCESS")
    told(meadow, parent, "SUCCESS")
    wait_for(lambda: len(meadow.get(f"/tasks/{parent}")["item"]["children"]) == 2, "both children")
    app.close()


def test_workers_without_events_are_asked_for_them(broker: Broker, meadow: Client, worker: StartWorker) -> None:
    wait_connected(meadow)
    worker(broker, hostname="quiet@test", events=False)
    wait_for(lambda: [w["hostname"] for w in meadow.items("/workers", state="online")] == ["quiet@test"], "online", 40)
    app = broker.app()

    def seen() -> bool:
        task_id = app.tasks["tests.add"].delay(1, 1).id
        wait_for(lambda: meadow.items("/tasks", q=task_id), "sent", 30)
        return bool(meadow.get(f"/tasks/{task_id}")["item"]["received_at"])

    wait_for(seen, "events of a worker without -E", 40)
    app.close()


def test_a_revoke_reaches_the_worker_and_the_story(broker: Broker, meadow: Client, worker: StartWorker) -> None:
    wait_connected(meadow)
    worker(broker, hostname="w1@test", pool="prefork")
    app = broker.app()
    running = app.tasks["tests.slow"].delay(120).id
    told(meadow, running, "STARTED")
    command = {"command": "revoke", "arguments": {"task_ids": [running], "terminate": True, "signal": "SIGKILL"}}
    outcome = meadow.post("/clusters/shop/commands", {**command, "reason": "too slow"}, Idempotency_Key="one")["item"]
    assert [a["hostname"] for a in outcome["answered"]] == ["w1@test"]
    assert outcome["silent"] == []
    again = meadow.post("/clusters/shop/commands", {**command, "reason": "too slow"}, Idempotency_Key="one")["item"]
    assert again["id"] == outcome["id"]
    story = told(meadow, running, "REVOKED")
    wait_for(lambda: meadow.get(f"/tasks/{running}")["item"]["commands"], "the command in the story")
    assert meadow.get(f"/tasks/{running}")["item"]["commands"][0]["reason"] == "too slow"
    assert story["state"] == "REVOKED"
    wait_for(lambda: meadow.items("/commands"), "the audit")
    app.close()


def wait_connected(meadow: Client) -> None:
    wait_for(lambda: [c["connected"] for c in meadow.items("/clusters")] == [True], "the cluster connected", 40)
