"""A real control service over HTTP: an embedded log, a writer, the real store, and a Redis with a real Celery worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
import redis
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meadow.control.service import Control, ControlSettings
from meadow.control.wires.redis import RedisWire
from meadow.core.blocks import Table, blocks_of
from meadow.core.connections import Connection
from meadow.core.http import CALLER, Handler, problems
from meadow.core.log import Log
from meadow.core.scope import Caller, Cluster, Directory, Permission, Tenant
from meadow.core.store import Store
from meadow.core.stream import Stream
from tests.servers.deadlines import until
from tests.servers.redis import RedisServer

ACME, RIVAL = Tenant(1, "acme"), Tenant(2, "rival")
ALL = frozenset(Permission)
CALLERS = {
    "ann": Caller("ann", ACME, ALL),
    "bob": Caller("bob", ACME, ALL),
    "eve": Caller("eve", RIVAL, ALL),
    "euro": Caller("euro", ACME, ALL, frozenset({"eu"})),
    "nobody": Caller("nobody", ACME, frozenset()),
    "reader": Caller(
        "reader", ACME, frozenset({Permission.TASKS_READ, Permission.WORKERS_READ, Permission.AUDIT_READ})
    ),
    "pinger": Caller("pinger", ACME, frozenset({Permission.WORKERS_CONTROL})),
    "stopper": Caller("stopper", ACME, frozenset({Permission.TASKS_CONTROL})),
}
QUICK = ControlSettings(reply_within_s=3.0, patience_s=0.2, inspect_every_s=0)  # rounds have tests of their own
PING = {"command": "ping"}


@dataclass(frozen=True)
class Brokers:
    """One Redis: a database with a worker, one where nobody listens, and one that is the rival's."""

    server: RedisServer
    worked: int
    empty: int
    theirs: int

    @property
    def directory(self) -> Directory:
        def cluster(tenant: Tenant, number: int, slug: str, database: int) -> Cluster:
            return Cluster(tenant, number, slug, Connection(self.server.url(database)))

        return Directory(
            (
                cluster(ACME, 1, "eu", self.worked),
                cluster(ACME, 2, "us", self.empty),
                cluster(RIVAL, 1, "eu", self.theirs),
                cluster(RIVAL, 3, "secret", self.theirs),
            )
        )

    @property
    def eu(self) -> Cluster:
        return self.directory.clusters[0]


class Ear:
    """Counts the commands that went out to a database, as a worker there would hear them."""

    def __init__(self, server: RedisServer, database: int) -> None:
        self._client = server.client()
        self._listening = self._client.pubsub()  # type: ignore[no-untyped-call] # redis-py
        self._listening.subscribe(f"/{database}.celery.pidbox")
        self._listening.get_message(timeout=5)
        self._heard = 0

    def heard(self) -> int:
        while (message := self._listening.get_message(timeout=0.05)) is not None:
            self._heard += message["type"] == "message"
        return self._heard

    def close(self) -> None:
        self._listening.close()
        with suppress(redis.RedisError):
            self._client.close()


class Desk:
    """One control service, and callers of it."""

    def __init__(self, control: Control, client: TestClient[web.Request, web.Application]) -> None:
        self.control, self.client = control, client

    async def send(
        self, body: Any, *, caller: str = "ann", cluster: str = "eu", key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"X-Caller": caller} | ({"Idempotency-Key": key} if key is not None else {})
        async with self.client.post(f"/api/v1/clusters/{cluster}/commands", json=body, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str, caller: str = "ann") -> tuple[int, dict[str, Any]]:
        async with self.client.get(f"/api/v1{path}", headers={"X-Caller": caller}) as response:
            return response.status, await response.json(content_type=None)

    async def audited(self, count: int, caller: str = "ann") -> list[dict[str, Any]]:
        """The audit trail, once it holds that many."""
        items: list[dict[str, Any]] = []

        async def enough() -> bool:
            items[:] = (await self.get("/commands", caller))[1]["items"]
            return len(items) >= count and all(one["answered_at"] for one in items)

        await until(enough, f"{count} commands in the audit trail")
        return items


Open = Callable[..., Any]


@asynccontextmanager
async def desk(
    log: Log,
    store: Store,
    directory: Directory,
    settings: ControlSettings = QUICK,
    node: str = "node-1",
    claims: Stream | None = None,
) -> AsyncIterator[Desk]:
    """Runs until the end of the block; then it is stopped as a process would be."""

    @web.middleware
    async def known(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CALLER] = CALLERS[request.headers["X-Caller"]]
        return await handler(request)

    control = Control(log, store, lambda: directory, RedisWire, settings, node, claims)
    app = web.Application(middlewares=[problems, known])
    app.add_routes(control.routes())
    await control.start()
    running = asyncio.create_task(control.run())
    client = TestClient(TestServer(app))  # which cancels handlers whose caller leaves, as Meadow's own server does
    await client.start_server()
    try:
        yield Desk(control, client)
    finally:
        await client.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await control.stop()


async def beat(
    log: Log,
    cluster: Cluster,
    hostname: str,
    now_s: float,
    kind: str = "worker-heartbeat",
    *,
    pid: int = 1,
    freq_s: float = 2.0,
) -> None:
    """What a collector appends when it hears a worker; it counts as online for five times freq_s."""
    row = {
        "tenant_id": cluster.tenant.id,
        "cluster_id": cluster.id,
        "hostname": hostname,
        "pid": pid,
        "type": kind,
        "at": now_s,
        "received_at": now_s,
        "freq_s": freq_s,
    }
    await log.append(blocks_of(Table.WORKERS, cluster.tenant.id, cluster.id, [row], log.partitions))


def fields_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `fields` of stored events, read."""
    return [orjson.loads(row["fields"]) for row in rows]
