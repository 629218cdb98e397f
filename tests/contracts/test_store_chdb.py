"""The embedded store passes the suite of every store, and keeps what is its own: one folder, one process, one disk."""

from __future__ import annotations

import pytest

from meadow.core.store import Store
from meadow.core.stores.chdb import ChdbStore
from tests.contracts.store_suite import StoreSuite


@pytest.fixture
def store(chdb_store: ChdbStore) -> Store:
    return chdb_store


class TestChdbStore(StoreSuite):
    """The suite."""
