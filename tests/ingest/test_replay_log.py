"""What the log keeps and the store has lost is stored again, once."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import orjson

from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.replay import What
from tests.ingest.replaying import AT_ONCE, WIDE, replayed, seen
from tests.ingest.running import NOW, blocks, caught_up, field_of_tasks, opened, shuffled, writing

TABLES = ("events", "tasks", "task_ids", "workers", "dead_letters")
LETTER = {"tenant_id": 1, "cluster_id": 1, "received_at": NOW, "reason": "malformed", "body": "e30=", "body_bytes": 2}
BEAT = {"tenant_id": 1, "cluster_id": 1, "hostname": "w1", "type": "worker-heartbeat", "at": NOW, "received_at": NOW}


def others() -> list[Block]:
    """A heartbeat, two letters that are alike, two that are not, and lines that are no rows or will never be stored."""
    event = {"tenant_id": 1, "cluster_id": 1, "type": "task-x", "hostname": "w", "task_id": "p", "at": NOW, "pid": "no"}
    lines = orjson.dumps(event) + b'\n{"broken": \n'
    letters = [LETTER, LETTER, {**LETTER, "reason": "too_deep"}, {**LETTER, "received_at": NOW + 0.000001}]
    return [
        *blocks_of(Table.WORKERS, 1, 1, [BEAT], 2),
        *blocks_of(Table.DEAD_LETTERS, 1, 1, letters, 2),
        Block(Table.EVENTS, 1, 1, 0, lines, 2),
    ]


async def filled(log: Log, store: Store, seed: int) -> None:
    histories = field_of_tasks(random.Random(seed), 60)
    async with writing(log, store) as writer:
        await log.append(blocks(shuffled(random.Random(seed), histories)) + others())
        await caught_up(writer)


async def test_a_store_that_has_all_is_left_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        await filled(log, store, 1)
        before = await seen(store)
        report = await replayed(What.LOG, store, log)
        assert set(report.counts) == {"tasks_compared", "rows_refused"}
        assert report.counts["rows_refused"] == 2  # they are dead letters already
        assert await seen(store) == before


async def test_an_empty_store_is_filled_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        await filled(log, store, 2)
        before = await seen(store)
        for table in TABLES:
            await store.command(f"TRUNCATE TABLE {table}")
        async with writing_alone(log, store):
            report = await replayed(What.LOG, store, log)
            after = await seen(store)
            assert report.counts["events_stored"] == len(after["events"]) == after["events stored"][0][0]
            assert report.counts["letters_stored"] == 3
            again = await replayed(What.LOG, store, log)
            assert set(again.counts) == {"tasks_compared", "rows_refused"}
            assert await seen(store) == after
        same = {"tasks", "named", "events", "workers", "waiting"}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}


async def test_what_is_young_or_out_of_reach_is_left_to_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        await filled(log, store, 3)
        await store.command("TRUNCATE TABLE events")
        records = sum((await log.ends()).values())
        for reach, settings in (
            (WIDE, replace(AT_ONCE, settle_s=600.0)),
            (replace(WIDE, until_s=NOW - 3_600), AT_ONCE),
            (replace(WIDE, tenant=3), AT_ONCE),
        ):
            report = await replayed(What.LOG, store, log, reach, settings)
            assert report.counts == {"records_left_out": records}
        assert (await seen(store))["events"] == []


async def test_shards_share_the_partitions(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        await filled(log, store, 4)
        before = (await seen(store))["events"]
        await store.command("TRUNCATE TABLE events")
        stored = []
        for shard in ((0, 2), (1, 2)):
            report = await replayed(What.LOG, store, log, WIDE, replace(AT_ONCE, shard=shard))
            stored.append(report.counts["events_stored"])
        assert min(stored) > 0
        assert sum(stored) == len(before)
        assert (await seen(store))["events"] == before


async def test_a_time_with_more_than_six_decimals_is_the_one_that_is_stored(tmp_path: Path) -> None:
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": "t", "type": "task-x", "hostname": "w", "received_at": NOW}
    events = [{**head, "clock": n, "at": NOW + n * 0.1 + 2.0999999999999996} for n in range(200)]
    assert any(len(str(event["at"]).partition(".")[2]) > 6 for event in events)
    async with opened(tmp_path) as (log, store):
        async with writing(log, store) as writer:
            await log.append(blocks_of(Table.EVENTS, 1, 1, events, 2))
            await caught_up(writer)
        assert set((await replayed(What.LOG, store, log)).counts) == {"tasks_compared"}
