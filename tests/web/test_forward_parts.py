"""Query and control as they are, behind the web front: one origin, two tenants, a live stream."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from meadow.control import offers as control_offers
from meadow.control.registry import offers as registry_offers
from meadow.control.service import Control
from meadow.control.settings import ControlSettings
from meadow.control.wires.redis import RedisWire
from meadow.core.connections import Connection
from meadow.core.guard import Guard
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Cluster, Directory
from meadow.core.stores.chdb import ChdbStore
from meadow.query import offers as query_offers
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from meadow.web.forward_address import part_of
from tests.core.guarded import refusal
from tests.query.seeds import blocks, event, insert, task
from tests.web.front import SETTINGS, TENANTS, TOKENS, bearer, fronted, token
from tests.web.house import Client, own

NOBODY = Connection("redis://127.0.0.1:1/0")
DIRECTORY = Directory(
    (Cluster(TENANTS["acme"], 1, "eu", NOBODY), Cluster(TENANTS["rival"], 1, "eu", NOBODY)),
)


@dataclass(frozen=True)
class Stage:
    """browser: of the front. store, log: what the parts behind share."""

    browser: Client
    store: ChdbStore
    log: Log


@pytest.fixture
async def stage(chdb_store: ChdbStore, tmp_path: Path) -> AsyncIterator[Stage]:
    log = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    control = Control(log, chdb_store, lambda: DIRECTORY, RedisWire, ControlSettings(), "node-1")
    query = Query(chdb_store, log, lambda: DIRECTORY, QuerySettings(), declarations=control.operations())
    running = [asyncio.create_task(part.run()) for part in (query, control)]
    servers = [TestServer(Guard(TOKENS, SETTINGS).app([part])) for part in (query, control)]
    try:
        for server in servers:
            await server.start_server()
        bases = [str(server.make_url("")).rstrip("/") for server in servers]
        async with fronted(tmp_path, [bases[0]], [bases[1]]) as (_, browser):
            yield Stage(browser, chdb_store, log)
            await query.stop()
        await control.stop()
    finally:
        for task_ in running:
            task_.cancel()
            with suppress(asyncio.CancelledError):
                await task_
        for server in servers:
            await server.close()
        await log.close()


def test_every_operation_goes_to_the_part_that_offers_it() -> None:
    for part, offered in (("query", query_offers), ("control", control_offers), ("control", registry_offers)):
        for operation in offered.OFFERS:
            assert part_of(operation.method, re.sub(r"\{\w+\}", "x", operation.path)) == part, operation.path


async def test_a_browser_signs_in_once_and_sees_its_tenant_only(stage: Stage) -> None:
    await insert(stage.store, "tasks", [task("mine"), task("theirs", tenant_id=2)])
    signing_in = stage.browser.post("/api/v1/session", json={"token": token()}, headers=own(stage.browser))
    assert (await signing_in).status == 204
    async with stage.browser.get("/api/v1/tasks?from=now-1d") as response:
        assert [one["id"] for one in (await response.json())["items"]] == ["mine"]
    async with stage.browser.get("/api/v1/tasks/theirs") as response:
        assert await refusal(response) == (404, "not_found")
    async with stage.browser.get("/api/v1/tasks?from=now-1d", headers=bearer("rival")) as response:
        assert [one["id"] for one in (await response.json())["items"]] == ["theirs"]


async def test_documents_audit_and_commands_come_through(stage: Stage) -> None:
    async with stage.browser.get("/api/v1/openapi.json", headers=bearer()) as response:
        assert "/api/v1/clusters/{cluster}/commands" in (await response.json())["paths"]
    async with stage.browser.get("/api/v1/docs", headers=bearer()) as response:
        assert response.content_type == "text/html"
    async with stage.browser.get("/api/v1/commands", headers=bearer("acme", "audit:read")) as response:
        assert (await response.json())["items"] == []
    order = {"command": "ping", "dry_run": True}
    url = "/api/v1/clusters/eu/commands"
    async with stage.browser.post(url, json=order, headers=bearer("acme", "workers:control")) as response:
        assert "effects" in (await response.json())["item"]
    async with stage.browser.post(url, json=order, headers=bearer()) as response:
        assert await refusal(response) == (403, "forbidden")


async def test_a_live_stream_comes_through_as_it_happens(stage: Stage) -> None:
    async with stage.browser.get("/api/v1/live", headers=bearer()) as response:
        lines = response.content
        await asyncio.wait_for(lines.readuntil(b"event: position"), 30)
        for number in range(3):
            rows = [event("task-sent", f"t{number}"), event("task-sent", f"x{number}", tenant_id=2)]
            await stage.log.append(blocks(rows, stage.log.partitions))
            said = await asyncio.wait_for(lines.readuntil(f'"task_id":"t{number}"'.encode()), 30)
            assert b'"x' not in said
