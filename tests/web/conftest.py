"""A house and a client for every test of the web part; one loop for all tests with a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from tests.web.house import Client, House


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives on one loop, so every test that drives it runs there."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


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
