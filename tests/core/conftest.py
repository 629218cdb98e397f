"""A guarded application for the tests of the guard, and registries on one stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import AccessLog
from tests.core.guarded import TOKENS, Client, Connect, Part
from tests.core.registries import Registries


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    clients: list[Client] = []

    async def connected(settings: GuardSettings) -> Client:
        server = TestServer(Guard(TOKENS, settings).app([Part()]))
        await server.start_server(access_log_class=AccessLog)
        clients.append(TestClient(server))
        return clients[-1]

    yield connected
    for client in clients:
        await client.close()


@pytest.fixture
async def client(connect: Connect) -> Client:
    return await connect(GuardSettings(body_bytes_max=1000))  # type: ignore[no-any-return]  # a fixture's Any


@pytest.fixture
async def registries(tmp_path: Path) -> AsyncIterator[Registries]:
    made = Registries(tmp_path)
    yield made
    await made.close()
