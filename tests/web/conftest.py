"""A house and a browser for every test of the web part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from tests.web.house import Client, House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "static")
    yield made
    await made.server.close()


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Client]:
    client = TestClient(house.server, cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    yield client
    await client.close()
