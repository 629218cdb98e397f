"""Rows of tasks and their names are rebuilt from the events, beside a writer and by one of the replay's own."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.replay import What
from tests.ingest.damaging import DAMAGED, damage
from tests.ingest.histories import Histories
from tests.ingest.replaying import replayed, seen
from tests.ingest.running import (
    blocks,
    caught_up,
    check_tasks,
    field_of_tasks,
    opened,
    shuffled,
    writing,
)

HALF_THE_NAMES = "ALTER TABLE task_ids DELETE WHERE cityHash64(task_id) % 2 = 0 SETTINGS mutations_sync = 2"


async def filled(log: Log, store: Store, seed: int, tasks: int = 60) -> Histories:
    histories = field_of_tasks(random.Random(seed), tasks)
    async with writing(log, store) as writer:
        await log.append(blocks(shuffled(random.Random(seed), histories)))
        await caught_up(writer)
    return histories


async def test_a_healthy_store_is_left_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        histories = await filled(log, store, 1)
        before = await seen(store)
        report = await replayed(What.EVENTS, store, log)  # no writer runs, and none is needed
        assert report.done == sum(await count(store, "SELECT count() FROM events"))
        assert report.counts["tasks_compared"] >= len(histories)
        assert set(report.counts) == {"tasks_compared"}
        assert await seen(store) == before


async def count(store: Store, sql: str) -> tuple[Any, ...]:
    return (await store.ask(sql, {})).rows[0]


@pytest.mark.parametrize("lost", ["tasks", "task_ids", "both"])
async def test_what_was_deleted_comes_back(tmp_path: Path, lost: str) -> None:
    async with opened(tmp_path) as (log, store):
        histories = await filled(log, store, 2)
        before = await seen(store)
        for table in ("tasks", "task_ids") if lost == "both" else (lost,):
            await store.command(f"TRUNCATE TABLE {table}")
        async with writing_alone(log, store):
            report = await replayed(What.EVENTS, store, log)
            assert report.counts["tasks_mended"] >= len(histories) * (lost != "task_ids")
            assert report.counts["names_restored"] >= len(histories) * (lost == "task_ids")
            assert await seen(store) == before
            again = await replayed(What.EVENTS, store, log)
            assert set(again.counts) == {"tasks_compared"}
        assert await seen(store) == before
        await check_tasks(store, histories)


@pytest.mark.parametrize("forget", [True, False], ids=["from the store", "from memory"])
async def test_damaged_rows_are_mended_under_any_version(tmp_path: Path, forget: bool) -> None:
    """Some gone with their names, too; twice. The writer may have had them in memory."""
    histories = field_of_tasks(random.Random(3), 40)
    async with opened(tmp_path) as (log, store), AsyncExitStack() as stack:
        writer = await stack.enter_async_context(writing_alone(log, store))
        await log.append(blocks(shuffled(random.Random(3), histories)))
        await caught_up(writer)
        before = await seen(store)
        for _ in range(2):
            if forget:
                await stack.aclose()
            await damage(store, histories)
            await store.command(HALF_THE_NAMES)
            assert await seen(store) != before
            if forget:
                await stack.enter_async_context(writing_alone(log, store))
            report = await replayed(What.EVENTS, store, log)
            assert report.counts["tasks_mended"] >= DAMAGED
            assert await seen(store) == before
