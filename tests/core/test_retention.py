"""The store keeps what it is told for as long as the settings say, and is changed only where it differs."""

from __future__ import annotations

import pytest

from meadow.core.errors import BadSettings
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.retention import RetentionSettings, keep
from tests.contracts.store_parts import epoch_s, event, ndjson, now
from tests.servers.deadlines import until

DAY_S = 86_400


async def clocks(store: ChdbStore) -> list[int]:
    answer = await store.ask("SELECT clock FROM events ORDER BY clock", {})
    return [clock for (clock,) in answer.rows]


async def test_the_schemas_own_days_are_the_defaults(chdb_store: ChdbStore) -> None:
    assert await keep(chdb_store, RetentionSettings()) == []


async def test_only_what_differs_is_changed_and_only_once(chdb_store: ChdbStore) -> None:
    settings = RetentionSettings(events_days=7, workers_days=1)
    assert sorted(await keep(chdb_store, settings)) == ["events", "snapshots", "worker_minutes", "workers"]
    assert await keep(chdb_store, settings) == []
    assert sorted(await keep(chdb_store, RetentionSettings())) == ["events", "snapshots", "worker_minutes", "workers"]


async def test_every_table_can_be_changed(chdb_store: ChdbStore) -> None:
    settings = RetentionSettings(*[5] * 6)
    assert sorted(await keep(chdb_store, settings)) == sorted(settings.by_table())


async def test_what_is_too_old_goes_and_what_is_not_stays(chdb_store: ChdbStore) -> None:
    at = epoch_s(now())
    await chdb_store.insert("events", ndjson(event(clock=1), event(clock=2, at=at - 3 * DAY_S)))
    assert await clocks(chdb_store) == [1, 2]
    await keep(chdb_store, RetentionSettings(events_days=1))

    async def gone() -> bool:
        return await clocks(chdb_store) == [1]

    await until(gone, "the old event is deleted")


@pytest.mark.parametrize("days", [0, -1, 36_501])
def test_days_out_of_bounds_are_refused(days: int) -> None:
    with pytest.raises(BadSettings, match=r"tasks_days.*1 to 36500"):
        RetentionSettings(tasks_days=days)
