"""A replay keeps to its lane: its pace, its reach, its bounds; stopped at any moment it says where to go on."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.core.errors import BadSettings, StoreUnavailable
from meadow.core.store import Store
from meadow.core.stores.chdb import ChdbStore
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.lane import Lane, Reach, ReplaySettings, Report
from meadow.ingest.replay.pages import HOUR_S
from meadow.ingest.replay.replay import What, replay
from tests.ingest.histories import Event
from tests.ingest.replaying import AT_ONCE, WIDE, replayed, seen
from tests.ingest.running import NOW, blocks, caught_up, check_tasks, field_of_tasks, opened, shuffled, writing
from tests.servers.deadlines import until

HOUR = NOW // HOUR_S * HOUR_S
ONE_BY_ONE = replace(AT_ONCE, page_rows=2, tasks_max=1)


def said(task: str, at: float, clock: int = 1, **more: Any) -> Event:
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": task, "type": "task-progress", "hostname": "w", "pid": 1}
    return {**head, "clock": clock, "at": at, "received_at": at, **more}


async def stored(store: Store, *events: Event) -> None:
    """In the store alone: of their tasks there is no row yet."""
    await store.insert("events", b"".join(block.rows for block in blocks(events)))


async def test_a_rate_is_kept_on_average() -> None:
    report, steps = Report(), list[int]()
    begun_s = time.monotonic()
    lane = Lane(replace(AT_ONCE, rows_per_s=1_000.0), report, lambda one: steps.append(one.done))
    for _ in range(4):
        await lane.took(50)
    assert time.monotonic() - begun_s >= 0.2
    assert steps == [50, 100, 150, 200]


@pytest.mark.parametrize("name", ["rows_per_s", "page_rows", "tasks_max", "aside_max", "patience_s"])
def test_a_setting_that_would_stop_it_is_refused(name: str) -> None:
    bad: dict[str, Any] = {name: 0}
    with pytest.raises(BadSettings, match=name):
        ReplaySettings(**bad)


async def test_more_events_of_one_moment_than_a_page(tmp_path: Path) -> None:
    """Of one task, and amid others."""
    events = [said("b", HOUR, clock, hostname=f"w{clock % 3}") for clock in range(20)]
    events += [said("a", HOUR), said("c", HOUR), said("b", HOUR + 0.000001, 99), said("b", HOUR + 900)]
    async with opened(tmp_path) as (log, store):
        await stored(store, *events)
        async with writing_alone(log, store):
            await log.append(blocks([said("x", HOUR)]))
            report = await replayed(What.EVENTS, store, log, WIDE, replace(AT_ONCE, page_rows=3))
        assert report.counts["tasks_mended"] >= 3
        rows = await store.ask("SELECT task_id, worker FROM tasks FINAL WHERE task_id < 'd' ORDER BY task_id", {})
        assert rows.rows == [("a", "w"), ("b", "w"), ("c", "w")]


async def test_only_what_is_in_reach(tmp_path: Path) -> None:
    """Time, tenant and cluster; `until` is not in it."""
    places = [(1, 1), (1, 2), (2, 1), (3, 1)]
    async with opened(tmp_path) as (log, store):
        for tenant, cluster in places:
            where = {"tenant_id": tenant, "cluster_id": cluster}
            await stored(store, *(said(f"t{n}", HOUR + n * 600, **where) for n in range(8)))
        async with writing_alone(log, store) as writer:
            for reach, wanted in (
                (Reach(HOUR + 600, HOUR + 1_800, 1, frozenset({2})), {(1, 2, "t1"), (1, 2, "t2")}),
                (Reach(HOUR + 3_600, HOUR + 4_200, 1), {(1, 1, "t6"), (1, 2, "t6")}),
                (Reach(HOUR, HOUR + 1), {(*place, "t0") for place in places}),
            ):
                before = await tasks(store)
                await replayed(What.EVENTS, store, log, reach)
                assert await tasks(store) - before == wanted
            assert writer.counts["faults"] == 0


async def tasks(store: Store) -> set[tuple[Any, ...]]:
    return set((await store.ask("SELECT tenant_id, cluster_id, task_id FROM tasks FINAL", {})).rows)


async def test_without_a_writer_it_ends_and_says_so_and_what_waits_is_joined_later(tmp_path: Path) -> None:
    impatient = replace(AT_ONCE, patience_s=0.3)
    async with opened(tmp_path) as (log, store):
        await stored(store, said("t", HOUR), said("later", HOUR + HOUR_S))
        report = Report()
        with pytest.raises(StoreUnavailable, match="is one running"):
            await replay(What.EVENTS, store, log, WIDE, Lane(impatient, report))
        assert report.resume_s == HOUR
        async with writing_alone(log, store):
            await until(lambda: nothing_waits(store), "the writer has joined it")
        assert await tasks(store) == {(1, 1, "t")}


async def nothing_waits(store: Store) -> bool:
    return (await store.ask("SELECT count() FROM late_tasks FINAL", {})).rows == [(0,)]


async def test_stopped_again_and_again_it_goes_on_where_it_says(tmp_path: Path) -> None:
    histories = field_of_tasks(random.Random(5), 30)
    async with opened(tmp_path) as (log, store):
        async with writing(log, store) as writer:
            await log.append(blocks(shuffled(random.Random(5), histories)))
            await caught_up(writer)
        before = await seen(store)
        await store.command("TRUNCATE TABLE tasks")
        await store.command("TRUNCATE TABLE task_ids")
        async with writing_alone(log, store):
            reach, stops = WIDE, 0
            while (resume_s := await stopped_after(60, store, log, reach)) is not None:
                stops += 1
                reach = replace(WIDE, since_s=resume_s)
            assert stops > 1
        assert await seen(store) == before
        await check_tasks(store, histories)


async def stopped_after(rows: int, store: Store, log: Any, reach: Reach) -> float | None:
    """A replay that is cancelled once it has begun its second hour and read so many rows; answers where to go on."""
    report = Report()
    running = asyncio.create_task(replay(What.EVENTS, store, log, reach, Lane(AT_ONCE, report)))

    def far() -> bool:
        return running.done() or (report.done >= rows and (report.resume_s or 0) > reach.since_s)

    await until(far, "it is done, or has come so far")
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return report.resume_s


async def test_tasks_older_than_what_is_kept_are_left(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        await store.command("ALTER TABLE tasks MODIFY TTL toDateTime(anchor) + INTERVAL 2 DAY")
        await stored(store, said("old", NOW - 3 * 86_400))
        report = await replayed(What.EVENTS, store, log)
        assert report.counts == {"tasks_compared": 1}


async def test_what_was_joined_does_not_stay_in_the_way(chdb_store: ChdbStore) -> None:
    """The engine deletes it for good, together with what says that it is done."""
    await chdb_store.command("ALTER TABLE late_tasks MODIFY SETTING min_age_to_force_merge_seconds = 1")
    for done in (0, 1):
        rows = b"".join(b'{"tenant_id": 1, "task_id": "t%d", "is_deleted": %d}\n' % (n, done) for n in range(10))
        await chdb_store.insert("late_tasks", rows)

    async def gone() -> bool:
        return (await chdb_store.ask("SELECT count() FROM late_tasks", {})).rows == [(0,)]

    await until(gone, "nothing is left of it")
