"""The registry over HTTP as a process has it: behind the guard, with tokens, a registry and a log that are real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meadow.control.registry.service import Registrations, RegistrySettings
from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import AccessLog, Routes
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.registry import Registry
from meadow.core.scope import Permission
from meadow.core.seal import Seal
from meadow.core.streams.embedded import EmbeddedStream
from meadow.core.tokens import Tokens
from meadow.deploy.adapters import wire
from tests.contracts.embedded_logs import kept

KEY = "a key of the tests, 32 characters at least"
SECRET = "s3cret-of-the-broker"
URL = f"amqp://user:{SECRET}@h:5672/v"
OPERATOR = "ops"
SETTINGS = RegistrySettings(operator=OPERATOR)
ALL = tuple(Permission)
OTHERS = tuple(one for one in Permission if one != Permission.REGISTRY_MANAGE)
PEOPLE: dict[str, tuple[str, Sequence[str], Sequence[str] | None]] = {
    "root": (OPERATOR, ALL, None),
    "half": (OPERATOR, ALL, ("one",)),
    "clerk": (OPERATOR, OTHERS, None),
    "ann": ("acme", ALL, None),
    "bob": ("acme", ALL, None),
    "euro": ("acme", ALL, ("eu",)),
    "reader": ("acme", OTHERS, None),
    "eve": ("rival", ALL, None),
}


@dataclass(frozen=True)
class Answered:
    """status, headers, the body as text and as JSON (None without one)."""

    status: int
    etag: str | None
    text: str
    body: Any

    @property
    def item(self) -> dict[str, Any]:
        assert self.status < 300, self.text
        found: dict[str, Any] = self.body["item"]
        return found

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Office:
    """One process, and callers of it."""

    def __init__(self, registry: Registry, log: EmbeddedLog, client: TestClient[Any, Any], tokens: Tokens) -> None:
        self.registry, self.log, self.client = registry, log, client
        self.tokens = {
            who: tokens.mint(who, *rights[:2], lifetime_s=900, clusters=rights[2]) for who, rights in PEOPLE.items()
        }

    async def call(
        self, method: str, path: str, body: Any = None, *, who: str = "ann", version: str | None = None
    ) -> Answered:
        """version: an ETag."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} | ({"If-Match": version} if version else {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else orjson.dumps(body)
        async with self.client.request(method, f"/api/v1{path}", data=data, headers=headers) as response:
            text = await response.text()
            return Answered(response.status, response.headers.get("ETag"), text, orjson.loads(text) if text else None)

    async def add(self, slug: str, url: str = URL, who: str = "ann", **more: Any) -> Answered:
        answer = await self.call("POST", "/clusters", {"slug": slug, "url": url, **more}, who=who)
        assert answer.status == 201, answer.text
        return answer

    async def events(self) -> list[dict[str, Any]]:
        """On the log, oldest first."""
        rows = [orjson.loads(line) for block in await kept(self.log) for line in block.rows.splitlines()]
        return sorted(rows, key=lambda row: row["clock"])


@asynccontextmanager
async def office(
    folder: Path, settings: RegistrySettings = SETTINGS, parts: Sequence[Routes] = ()
) -> AsyncIterator[Office]:
    """With three tenants. parts: more routes of the same process; they are given the registry by who made them."""
    registry = await opened(folder)
    log = await EmbeddedLog.open(folder / "log", EmbeddedLogSettings(partitions=2))
    running = asyncio.create_task(registry.run())
    tokens = Tokens(b"t" * 32, registry.tenants, time.time)
    registrations = Registrations(registry, log, wire, settings, "node-1")
    client = await served(Guard(tokens, GuardSettings()).app([registrations, *parts]))
    try:
        yield Office(registry, log, client, tokens)
    finally:
        await client.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await registry.stop()
        await log.close()


async def opened(folder: Path) -> Registry:
    """Started, with the tenants ops, acme and rival."""
    registry = Registry(await EmbeddedStream.open(folder / "registry.db"), Seal([KEY]))
    await registry.start()
    for tenant in (OPERATOR, "acme", "rival"):
        await registry.seed(tenant, [])
    return registry


async def served(app: web.Application) -> TestClient[Any, Any]:
    """By HTTP, with Meadow's own access log."""
    server = TestServer(app)
    await server.start_server(access_log_class=AccessLog)
    client = TestClient(server)
    await client.start_server()
    return client
