"""Migrations of a ClickHouse server: one at a time, in a database they make, and readers see the tables they make."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from meadow.core.errors import StoreRefused, StoreUnavailable
from meadow.core.stores import migration_journal as journal
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.layouts import Layout, spread
from meadow.core.stores.migration_lock import locked
from meadow.core.stores.migrations import Migration, migrate, migrations
from meadow.core.stores.retention import RetentionSettings, keep
from tests.contracts.store_parts import event, ndjson
from tests.servers.clickhouse import ClickHouse

ALL = [one.label for one in migrations()]
Opener = Callable[..., Coroutine[Any, Any, ClickHouseStore]]


@pytest.fixture
async def stores(clickhouse: ClickHouse) -> AsyncIterator[Opener]:
    """`await stores(database)`; the database is not made."""
    opened: list[ClickHouseStore] = []

    async def open_(database: str) -> ClickHouseStore:
        opened.append(await ClickHouseStore.open(clickhouse.store_settings(database, make=False)))
        return opened[-1]

    yield open_
    for one in opened:
        await one.close()


async def test_the_database_is_made(stores: Opener) -> None:
    store = await stores("made_here")
    layout = Layout(database="made_here")
    assert await migrate(store, layout) == ALL
    assert await migrate(store, layout) == []
    await store.insert("events", ndjson(event()))


async def test_days_are_kept_on_a_server(stores: Opener) -> None:
    store = await stores("keeps_days")
    await migrate(store, Layout(database="keeps_days"))
    assert await keep(store, RetentionSettings()) == []
    assert await keep(store, RetentionSettings(events_days=7)) == ["events"]
    assert await keep(store, RetentionSettings(events_days=7)) == []


async def test_of_two_at_once_each_migration_is_run_by_one(stores: Opener) -> None:
    """Both from the beginning: the database is not there yet."""
    layout = Layout(database="raced_for")
    runs = await asyncio.gather(*[migrate(await stores("raced_for"), layout) for _ in range(3)])
    assert sorted(label for run in runs for label in run) == ALL


async def test_what_fails_gives_the_lock_back(stores: Opener) -> None:
    store, layout = await stores("fails_once"), Layout(database="fails_once")
    with pytest.raises(StoreRefused, match="0001_broken"):
        await migrate(store, layout, known=[Migration(1, "broken", ("ALTER TABLE nowhere DROP COLUMN a",))])
    assert await migrate(store, layout) == ALL


async def test_a_lock_that_is_held_is_waited_for_and_said(clickhouse: ClickHouse, stores: Opener) -> None:
    store = await stores(clickhouse.store_settings().database)
    async with locked(store):
        with pytest.raises(StoreUnavailable, match="Another `meadow migrate`"):
            async with locked(store, wait_s=0, again_s=0.01):
                pytest.fail("two inside")
    async with locked(store, wait_s=0):
        pass


async def test_a_lock_that_a_process_left_is_taken(clickhouse: ClickHouse, stores: Opener) -> None:
    store = await stores(clickhouse.store_settings().database)
    await store.command("CREATE TABLE schema_lock (held UInt8) ENGINE = Null")
    async with locked(store, stale_s=-1):
        pass


async def test_readers_of_a_cluster_see_every_table_with_all_its_columns(
    clickhouse: ClickHouse, stores: Opener
) -> None:
    settings = clickhouse.store_settings()
    clickhouse.store_settings(f"{settings.database}_all")
    store, readers = await stores(settings.database), await stores(f"{settings.database}_all")
    layout = Layout("one", settings.database)
    await migrate(store, Layout(database=settings.database))
    made = await spread(store, layout)
    assert {"events", "tasks", "task_ids", "workers", "commands", "schema_migrations"} <= set(made)
    assert await spread(store, layout) == []
    assert await columns(readers, made) == await columns(store, made)
    for table in made:
        names = [f"`{name}`" for name, _, _ in (await columns(store, [table]))[table]]
        await readers.ask(f"SELECT {', '.join(names)} FROM {table}", {})  # noqa: S608 (names of our schema)
    await store.command("ALTER TABLE tasks ADD COLUMN extra UInt8 DEFAULT 7")
    assert await spread(store, layout) == ["tasks"]
    await readers.ask("SELECT extra FROM tasks", {})


async def test_nothing_is_inserted_by_way_of_the_readers(clickhouse: ClickHouse, stores: Opener) -> None:
    """Through two shards, as there is no rule for which of them."""
    settings = clickhouse.store_settings()
    clickhouse.store_settings(f"{settings.database}_all")
    store, readers = await stores(settings.database), await stores(f"{settings.database}_all")
    await migrate(store, Layout(database=settings.database))
    await spread(store, Layout("two", settings.database))
    with pytest.raises(StoreUnavailable, match="STORAGE_REQUIRES_PARAMETER"):
        await readers.insert("events", ndjson(event()))


async def test_every_shard_notes_what_ran(clickhouse: ClickHouse, stores: Opener) -> None:
    """Both shards are one database here: what is noted on the second is a second row of the same."""
    settings = clickhouse.store_settings()
    clickhouse.store_settings(f"{settings.database}_all")
    store, layout = await stores(settings.database), Layout("two", settings.database)
    await migrate(store, Layout(database=settings.database))
    await spread(store, layout)
    assert [one.name for one in await journal.entries(store, layout)] == [one.name for one in migrations()]
    await journal.note_everywhere(store, layout)
    assert await rows_of_the_journal(store) == len(ALL)
    await store.command(journal._note_on(2, journal.Entry(99, "later", "abc"), layout))
    assert await rows_of_the_journal(store) == len(ALL) + 1


async def rows_of_the_journal(store: ClickHouseStore) -> int:
    return int((await store.ask("SELECT count() FROM schema_migrations", {})).rows[0][0])


async def columns(store: ClickHouseStore, tables: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    answer = await store.ask(
        "SELECT table, groupArray((name, type, default_kind)) FROM (SELECT * FROM system.columns ORDER BY position) "
        "WHERE database = currentDatabase() AND table IN {tables:Array(String)} GROUP BY table",
        {"tables": tables},
    )
    return dict(answer.rows)
