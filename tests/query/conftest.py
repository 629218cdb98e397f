"""A real query service on a real store, log and HTTP server; the caller comes from a header instead of a guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.connections import Connection
from meadow.core.http import CALLER, Handler, problems
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Caller, Cluster, Directory, Permission, Tenant
from meadow.core.store import Store
from meadow.core.stores.chdb import ChdbStore
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from tests.query.seeds import NOW_S

ACME, RIVAL = Tenant(1, "acme"), Tenant(2, "rival")
EU = Cluster(ACME, 1, "shop-eu", Connection("amqp://meadow:hush@broker:5672/shop"))
US = Cluster(ACME, 2, "shop-us", Connection("redis://:hush@cache:6379/0"))
THEIRS = Cluster(RIVAL, 3, "shop-eu", Connection("amqp://rival:secret@elsewhere/shop"))
SAME_ID = Cluster(RIVAL, 1, "shop-us", Connection("redis://other:6379/1"))  # ids are unique in a tenant only
DIRECTORY = Directory((EU, US, THEIRS, SAME_ID))
ALL = frozenset(Permission)
CALLERS = {
    "ann": Caller("ann", ACME, ALL),
    "eve": Caller("eve", RIVAL, ALL),
    "bob": Caller("bob", ACME, ALL - {Permission.TASKS_PAYLOAD}),
    "tess": Caller("tess", ACME, frozenset({Permission.TASKS_READ})),
    "walt": Caller("walt", ACME, frozenset({Permission.WORKERS_READ})),
    "euro": Caller("euro", ACME, ALL, frozenset({"shop-eu"})),
    "nobody": Caller("nobody", ACME, frozenset()),
    "lost": Caller("lost", ACME, ALL, frozenset({"gone"})),
}


@web.middleware
async def known(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[CALLER] = CALLERS[request.headers.get("X-Caller", "ann")]
    return await handler(request)


@dataclass
class Clock:
    """The service's idea of now: it stands still unless a test moves it."""

    now_s: float = NOW_S

    def __call__(self) -> float:
        return self.now_s


@dataclass(frozen=True)
class Api:
    """The service over HTTP. Every call says who asks."""

    client: TestClient[web.Request, web.Application]
    store: Store
    log: Log
    clock: Clock
    query: Query

    async def get(self, path: str, caller: str = "ann", **query: Any) -> dict[str, Any]:
        """The answer's body; an answer that is not 200 fails the test with it."""
        status, body = await self.ask(path, caller, **query)
        assert status == 200, body
        return body

    async def ask(self, path: str, caller: str = "ann", **query: Any) -> tuple[int, dict[str, Any]]:
        named = {name.rstrip("_"): value for name, value in query.items()}
        async with self.client.get(f"/api/v1{path}", params=named, headers={"X-Caller": caller}) as response:
            body: dict[str, Any] = await response.json(content_type=None)
            return response.status, body


@pytest.fixture
async def embedded_log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    log = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    try:
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def served(store: Store, log: Log, settings: QuerySettings) -> AsyncIterator[Api]:
    """The service, running, behind aiohttp's server as it comes: handlers are not cancelled for it."""
    clock = Clock()
    query = Query(store, log, lambda: DIRECTORY, settings, clock)
    app = web.Application(middlewares=[problems, known])
    app.add_routes(query.routes())
    await query.start()
    running = asyncio.create_task(query.run())
    try:
        async with TestClient(TestServer(app)) as client:
            yield Api(client, store, log, clock, query)
            await query.stop()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def api(chdb_store: ChdbStore, embedded_log: EmbeddedLog) -> AsyncIterator[Api]:
    """With time for every question, however busy the machine is."""
    async with served(chdb_store, embedded_log, QuerySettings(deadline_s=60.0)) as found:
        yield found


async def until(what: Callable[[], Awaitable[bool]], within_s: float = 60.0) -> None:
    """Waits for a condition; fails when it does not come."""
    async with asyncio.timeout(within_s):
        while True:
            if await what():
                return
            await asyncio.sleep(0.05)
