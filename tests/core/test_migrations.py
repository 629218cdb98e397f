"""Migrations run once, in order, and refuse a store that does not fit."""

from meadow.core.migrations import migrate
from meadow.core.stores.chdb import ChdbStore


async def test_a_second_run_does_nothing(chdb_store: ChdbStore) -> None:
    assert await migrate(chdb_store) == []
