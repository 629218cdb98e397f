"""The ClickHouse store passes the suite of every store, on the real engine by its HTTP interface."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from meadow.core.store import Store
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from tests.contracts.store_suite import StoreSuite
from tests.servers.clickhouse import ClickHouse


@pytest.fixture
async def store(clickhouse: ClickHouse) -> AsyncIterator[Store]:
    opened = await ClickHouseStore.open(clickhouse.store_settings())
    try:
        await migrate(opened)
        yield opened
    finally:
        await opened.close()


class TestClickHouseStore(StoreSuite):
    """The suite."""
