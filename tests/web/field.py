"""A Meadow of its own for what no demo shows: two clusters on RabbitMQ, one of them silent, and whatever a test says there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.servers.celery import Broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import Meadow
from tests.servers.processes import free_port
from tests.servers.rabbitmq import RabbitMQ
from tests.web.opening import Opener, SignedIn, opening


@dataclass(frozen=True)
class Field:
    """broker: of the cluster `shop`, whose tasks a test says itself. Nobody speaks in `quiet`."""

    meadow: Meadow
    broker: Broker


@pytest.fixture(scope="module")
def field(rabbitmq: RabbitMQ, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Keeps its address when it is stopped and started."""
    shop, quiet = (Broker(rabbitmq.url(rabbitmq.vhost())) for _ in range(2))
    folder = tmp_path_factory.mktemp("field")
    meadow = Meadow(folder, {"shop": shop, "quiet": quiet}, "--port", str(free_port()))
    try:
        meadow.start()
        wait_for(lambda: all(one["connected"] for one in meadow.items("/clusters")), "both clusters connected")
        yield Field(meadow, shop)
    finally:
        meadow.stop()


@pytest.fixture(scope="module")
def field_way_in(field: Field) -> SignedIn:
    return SignedIn(field.meadow.sign_in_url)


@pytest_asyncio.fixture(loop_scope="session")
async def field_opener(chromium: Browser, field_way_in: SignedIn) -> AsyncIterator[Opener]:
    """Opens a watched page of the field."""
    async with opening(chromium, field_way_in) as open_page:
        yield open_page
