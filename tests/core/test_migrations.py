"""Migrations run once, in order, whatever interrupts them, and refuse a store that does not fit."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from meadow.core.errors import BadSettings, StoreRefused
from meadow.core.statements import split
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.migrations import Migration, migrate, migrations

FIRST = Migration(1, "first", ("CREATE TABLE IF NOT EXISTS one (n UInt8) ENGINE = {engine}MergeTree ORDER BY n",))
SECOND = Migration(2, "second", ("ALTER TABLE one ADD COLUMN IF NOT EXISTS m UInt8",))


@pytest.fixture
async def empty(chdb_store: ChdbStore) -> ChdbStore:
    """A store that no migration has run in."""
    await chdb_store.command("DROP TABLE schema_migrations SYNC")
    return chdb_store


async def names(store: ChdbStore) -> list[str]:
    answer = await store.ask("SELECT name FROM schema_migrations FINAL ORDER BY number", {})
    return [name for (name,) in answer.rows]


def test_numbers_have_no_gap_and_no_double() -> None:
    assert [one.number for one in migrations()] == list(range(1, len(migrations()) + 1))


async def test_each_runs_once_in_order(empty: ChdbStore) -> None:
    assert await migrate(empty, known=[FIRST]) == ["0001_first"]
    assert await migrate(empty, known=[FIRST, SECOND]) == ["0002_second"]
    assert await migrate(empty, known=[FIRST, SECOND]) == []
    assert await names(empty) == ["first", "second"]


async def test_a_second_run_of_all_does_nothing(chdb_store: ChdbStore) -> None:
    assert await migrate(chdb_store) == []


async def test_every_statement_may_run_twice(empty: ChdbStore) -> None:
    """A run that was cut short is repeated from its beginning."""
    assert len(await migrate(empty)) == len(migrations())


async def test_two_runs_at_once_do_no_harm(empty: ChdbStore) -> None:
    await asyncio.gather(migrate(empty, known=[FIRST, SECOND]), migrate(empty, known=[FIRST, SECOND]))
    assert await names(empty) == ["first", "second"]
    assert await migrate(empty, known=[FIRST, SECOND]) == []


async def test_a_migration_that_ran_and_changed_is_refused(empty: ChdbStore) -> None:
    await migrate(empty, known=[FIRST])
    changed = replace(FIRST, statements=("CREATE TABLE IF NOT EXISTS two (n UInt8) ENGINE = Memory",))
    with pytest.raises(BadSettings, match="0001_first ran in another form"):
        await migrate(empty, known=[changed, SECOND])
    assert await names(empty) == ["first"]


async def test_a_newer_store_is_refused(empty: ChdbStore) -> None:
    await migrate(empty, known=[FIRST, SECOND])
    with pytest.raises(BadSettings, match=r"newer Meadow.*0002_second"):
        await migrate(empty, known=[FIRST])


async def test_a_statement_that_fails_names_its_migration_and_is_not_recorded(empty: ChdbStore) -> None:
    broken = Migration(2, "broken", ("ALTER TABLE one DROP COLUMN nowhere",))
    with pytest.raises(StoreRefused, match=r"0002_broken.*nowhere"):
        await migrate(empty, known=[FIRST, broken])
    assert await names(empty) == ["first"]


def test_a_comment_may_be_mended() -> None:
    mended = Migration(1, "first", split("-- mended\n" + FIRST.statements[0] + " /* too */;"))
    assert mended.checksum == FIRST.checksum
