"""The ClickHouse store passes the suite of every store, on the real engine by its HTTP interface."""

from __future__ import annotations

import pytest

from meadow.core.store import Store
from meadow.core.stores.clickhouse import ClickHouseStore
from tests.contracts.store_suite import StoreSuite


@pytest.fixture
def store(clickhouse_store: ClickHouseStore) -> Store:
    return clickhouse_store


class TestClickHouseStore(StoreSuite):
    """The suite."""
