"""A page of Meadow in many processes, whose servers go away and come back while it is open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.promises.away import Away, away
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.roles import ONE_OF_EACH
from tests.web.opening import Opener, SignedIn, opening


@pytest.fixture(scope="module")
def apart(
    tmp_path_factory: pytest.TempPathFactory, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse
) -> Iterator[Away]:
    """One process of each role, web among them; it watches `shop`."""
    with away(tmp_path_factory.mktemp("apart"), rabbitmq, kafka, clickhouse, ONE_OF_EACH) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def apart_way_in(chromium: Browser, apart: Away) -> SignedIn:
    """By the token, as the sign-in page does it: nobody prints a link here."""
    context = await chromium.new_context()
    answer = await context.request.post(f"{apart.meadow.url}/api/v1/session", data={"token": apart.meadow.token})
    assert answer.status == 204
    state = await context.storage_state()
    await context.close()
    return SignedIn(apart.meadow.url, state)


@pytest_asyncio.fixture(loop_scope="session")
async def apart_opener(chromium: Browser, apart_way_in: SignedIn) -> AsyncIterator[Opener]:
    """Opens a watched page of it."""
    async with opening(chromium, apart_way_in) as open_page:
        yield open_page
