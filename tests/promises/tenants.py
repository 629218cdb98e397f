"""Two tenants that call everything the same: cluster, worker, tasks and command keys. What they say differs by a word."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.control.desk import Ear
from tests.servers.celery import Broker
from tests.servers.client import Client
from tests.servers.deadlines import wait_for
from tests.servers.redis import RedisServer
from tests.servers.roles import Roles

TASK, CHILD = "5eed0000-0000-4000-8000-000000000001", "5eed0000-0000-4000-8000-000000000002"
HOSTNAME, NAME = "w1@test", "shop.capture"
COMMAND = {"command": "revoke", "arguments": {"task_ids": [TASK]}}


@dataclass
class TenantSide:
    """One of them. mark: the word that stands in all it has, and nowhere else.

    command_id  of the command it sent; `meet` sends it.
    """

    slug: str
    mark: str
    client: Client
    server: RedisServer
    database: int
    ear: Ear = field(init=False)
    command_id: str = ""

    def __post_init__(self) -> None:
        self.ear = Ear(self.server, self.database)

    @property
    def broker(self) -> Broker:
        return Broker(self.server.url(self.database), settings={"event_exchange": f"{self.mark}-events"})

    @property
    def registration(self) -> dict[str, Any]:
        """The body that adds its cluster. Nothing but commands goes to its workers then."""
        return {"url": self.broker.url, "event_exchange": f"{self.mark}-events", "enable_events": False}

    def speak(self, task_id: str = TASK, parent_id: str | None = None) -> None:
        """As the worker that ran the task, and failed."""
        app, mark = self.broker.app(), self.mark
        header = {"name": NAME, "args": f"('{mark}',)", "kwargs": f"{{'word': '{mark}'}}", "retries": 0}
        family = {"root_id": TASK, "parent_id": parent_id}
        with app.connection_for_write() as connection, app.events.Dispatcher(connection, hostname=HOSTNAME) as worker:
            worker.send("worker-heartbeat", freq=60.0, active=0, processed=2, sw_ident=mark, sw_ver="1", sw_sys="Linux")
            worker.send("task-sent", uuid=task_id, queue=f"{mark}-queue", **header, **family)
            worker.send("task-received", uuid=task_id, **header, **family)
            worker.send("task-started", uuid=task_id)
            worker.send("task-progress", uuid=task_id, word=mark)
            trouble = {"exception": f"ValueError('{mark}')", "traceback": f"Traceback\nValueError: {mark}\n"}
            worker.send("task-failed", uuid=task_id, timestamp=time.time(), **trouble)
        app.close()

    def meet(self) -> None:
        """Adds the cluster, speaks, sends a command; returns when Meadow tells all of that."""
        self.client.post("/clusters", {"slug": "shop", **self.registration})
        wait_for(self._connected, f"the cluster of {self.slug} connected", 60)
        self.speak()
        self.speak(CHILD, TASK)
        order = {**COMMAND, "reason": self.mark}
        self.command_id = self.client.post("/clusters/shop/commands", order, Idempotency_Key="one")["item"]["id"]
        wait_for(self._told, f"the story of {self.slug}", 60)

    def text(self, method: str, address: str, body: Any = None, headers: Mapping[str, str] = {}) -> tuple[int, str]:
        """Status and text of whatever is answered, at an address of this Meadow or a whole one."""
        url = address if "://" in address else f"{self.client.url}{address}"
        data = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.client.token}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(url, data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def etag(self, slug: str) -> dict[str, str]:
        """The If-Match of a cluster as it is now; {} when there is none."""
        status, text = self.text("GET", f"/api/v1/clusters/{slug}/registration")
        return {"If-Match": f'"{json.loads(text)["item"]["version"]}"'} if status == 200 else {}

    def close(self) -> None:
        self.ear.close()

    def _connected(self) -> bool:
        return [one["connected"] for one in self.client.items("/clusters")] == [True]

    def _told(self) -> bool:
        tasks = {task["id"]: task["state"] for task in self.client.items("/tasks")}
        if tasks != {TASK: "FAILURE", CHILD: "FAILURE"} or not self.client.items("/commands"):
            return False
        story = self.client.get(f"/tasks/{TASK}")["item"]
        return len(story["events"]) >= 5 and len(story["children"]) == 1 and len(story["commands"]) == 1


def two_tenants(roles: Roles, server: RedisServer) -> tuple[TenantSide, TenantSide]:
    """Made, and told apart by nothing but their words."""
    words = {"acme": "alligator", "rival": "rhinoceros"}
    sides = [TenantSide(slug, word, roles.tenant(slug), server, server.database()) for slug, word in words.items()]
    return sides[0], sides[1]
