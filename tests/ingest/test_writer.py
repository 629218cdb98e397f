"""The writer on the real log and the real engine: any order, restarts, poison and floods of late events."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from meadow.core.blocks import Block, Table, partition_of
from meadow.core.errors import BadSettings
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.histories import Event, Histories
from tests.ingest.running import (
    MANY,
    NOW,
    SOON,
    blocks,
    caught_up,
    check_tasks,
    field_of_tasks,
    opened,
    said,
    scope,
    shuffled,
    writing,
)
from tests.servers.deadlines import until

TINY = WriterSettings(show_every_s=0.1, keep_every_s=0.2, tasks_held_max=8, rows_taken_max=200)


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_and_restarts_end_in_a_plain_fold(tmp_path: Path, seed: int) -> None:
    r = random.Random(seed)
    histories = field_of_tasks(r, 40)
    stream = shuffled(r, histories)
    async with opened(tmp_path) as (log, store):
        for part in range(4):
            settings = r.choice([SOON, TINY])
            async with writing(log, store, settings) as writer:
                await log.append(blocks(stream[part::4], r.choice([3, 40])))
                if r.random() < 0.7:
                    await caught_up(writer)
                assert writer.counts["faults"] == 0
        async with writing(log, store) as writer:
            await caught_up(writer)
        await check_tasks(store, histories)
        stored = await store.ask(
            "SELECT count(DISTINCT tenant_id, cluster_id, task_id, type, at, hostname, clock) FROM events", {}
        )
        assert stored.rows[0][0] == sum(map(len, histories.values()))


async def test_states_are_named(tmp_path: Path) -> None:
    kinds = {
        "sent": "PENDING", "received": "RECEIVED", "started": "STARTED", "retried": "RETRY", "rejected": "REJECTED",
        "revoked": "REVOKED", "failed": "FAILURE", "succeeded": "SUCCESS", "progress": "PROGRESS", "": "CUSTOM",
    }  # fmt: skip
    events = [said(f"task-{kind}", kind or "x") for kind in kinds] + [said("meadow-lost", "lost")]
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        await log.append(blocks(events))
        await caught_up(writer)
        rows = await store.ask("SELECT task_id, state FROM tasks FINAL", {})
        assert dict(rows.rows) == {**{kind or "x": state for kind, state in kinds.items()}, "lost": "LOST"}


async def test_heartbeats_and_dead_letters_go_to_their_tables(tmp_path: Path) -> None:
    beat = {
        "tenant_id": 1,
        "cluster_id": 1,
        "hostname": "w1",
        "type": "worker-heartbeat",
        "at": NOW,
        "received_at": NOW,
    }
    letter = {"tenant_id": 1, "cluster_id": 1, "received_at": NOW, "reason": "malformed"}
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        await log.append([block_of(Table.WORKERS, beat), block_of(Table.DEAD_LETTERS, letter)])
        await caught_up(writer)
        assert (await store.ask("SELECT hostname FROM workers", {})).rows == [("w1",)]
        assert (await store.ask("SELECT reason FROM dead_letters", {})).rows == [("malformed",)]


def block_of(table: Table, *rows: Mapping[str, Any]) -> Block:
    return Block(table, 1, 1, 0, b"".join(orjson.dumps(row) + b"\n" for row in rows), len(rows))


async def test_poison_becomes_dead_letters_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Rows that are no events, and rows that only the store refuses, amid good ones."""
    good = [said("task-received", f"t{n}") for n in range(50)]
    refused = [said("task-started", f"p{n}", pid="never a number") for n in range(3)]
    mixed = good[:20] + refused[:1] + good[20:40] + refused[1:] + good[40:]
    rows = b"".join(orjson.dumps(event) + b"\n" for event in mixed) + b'{"broken": \n[1]\n'
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        beats = block_of(
            Table.WORKERS, {"hostname": "w1", "pid": []}, {"hostname": "w2", "at": NOW, "received_at": NOW}
        )
        await log.append([Block(Table.EVENTS, 1, 1, 0, rows, len(mixed) + 2), beats])
        await log.append([block_of(Table.DEAD_LETTERS, {"body_bytes": "x"}, {"reason": "kept", "received_at": NOW})])
        await caught_up(writer)
        kept = await store.ask("SELECT count(), countIf(task_id LIKE 'p%') FROM events", {})
        assert kept.rows == [(50, 0)]
        letters = (await store.ask("SELECT reason, body FROM dead_letters", {})).dicts()
        assert sorted(row["reason"] for row in letters) == ["kept", *["malformed"] * 2, *["store_refused"] * 4]
        bodies = [base64.b64decode(row["body"]) for row in letters]
        assert all(orjson.dumps(event) in bodies for event in refused)
        assert b'{"broken": ' in bodies
        assert (await store.ask("SELECT hostname FROM workers", {})).rows == [("w2",)]
        assert (await store.ask("SELECT count() FROM tasks FINAL WHERE task_id LIKE 't%'", {})).rows == [(50,)]
        assert writer.healthy
        assert writer.counts["dead:store_refused"] == 5


async def test_what_may_not_be_kept_yet_makes_no_keep_come_sooner(tmp_path: Path) -> None:
    """After an assignment a partition is read to the end it had then; until there a keep would commit nothing of it."""
    backlog = [said("task-received", f"t{n}", args="x" * 2_000) for n in range(200)]
    rarely = WriterSettings(show_every_s=60, keep_every_s=60, rows_taken_max=20, bytes_kept_max=20_000)
    async with opened(tmp_path) as (log, store):
        await log.append(blocks(backlog, 1))
        async with writing(log, store, rarely) as writer:
            await caught_up(writer)
            assert writer.counts["records"] == 200
            assert writer.counts["commits"] <= 5


async def test_late_events_beyond_the_bound_wait_and_are_joined(tmp_path: Path) -> None:
    """A tenant with more late events than look-ups keeps right rows, and in the end complete ones; others are not touched."""
    tasks = 60
    first = [said("task-received", f"t{n}", NOW, name="a") for n in range(tasks)]
    then = [said("task-succeeded", f"t{n}", NOW + 9, result="1", runtime_s=1.0) for n in range(tasks)]
    narrow = WriterSettings(show_every_s=0.02, keep_every_s=0.05, look_ups_per_s=0.001, look_ups_burst=10)
    async with opened(tmp_path) as (log, store):
        async with writing(log, store) as writer:
            await log.append(blocks(first))
            await caught_up(writer)
        async with writing(log, store, narrow) as writer:
            await log.append(blocks(then))
            await caught_up(writer)
            assert writer.counts["too_late"] == tasks - 10
            states = "SELECT state, name, count() FROM tasks FINAL GROUP BY state, name ORDER BY state"
            assert (await store.ask(states, {})).rows == [("RECEIVED", "a", tasks - 10), ("SUCCESS", "a", 10)]
            await join_late(writer)
            assert (await store.ask(states, {})).rows == [("SUCCESS", "a", tasks)]
        await check_tasks(store, by_task([*first, *then]))
        assert (await store.ask("SELECT count() FROM late_tasks FINAL", {})).rows == [(0,)]


async def join_late(writer: Writer) -> None:
    shelf = writer._gathered.shelf
    late = await shelf.late(writer.owned(), writer.partitions, 1_000)  # type: ignore[attr-defined] # a StoreShelf
    joined = await writer.mend(late)
    assert len(joined) == len(late)
    await shelf.insert_late(joined, done=True)


def by_task(events: Sequence[Event]) -> Histories:
    found: Histories = {}
    for event in events:
        found.setdefault((*scope(event), event["task_id"]), []).append(event)
    return found


async def test_a_row_is_shown_before_it_is_kept(tmp_path: Path) -> None:
    settings = WriterSettings(show_every_s=0.05, keep_every_s=3_600)
    async with opened(tmp_path) as (log, store):
        async with writing(log, store, settings) as writer:

            async def shown() -> bool:
                return (await store.ask("SELECT count() FROM tasks FINAL", {})).rows == [(1,)]

            await log.append(blocks([said("task-started", "t")]))
            await until(shown, "the task has its row")
            assert writer.counts["commits"] == 0
        assert (await store.ask("SELECT count() FROM events", {}, MANY)).rows == [(1,)]  # stop keeps what was taken


def test_an_epoch_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadSettings, match="65535"):
        WriterSettings(epoch=65_536)


def test_partitions_of_a_task_are_those_of_the_engine() -> None:
    assert partition_of(1, 2, "abc", 7) == 2_354_514_469 % 7  # CRC32('1/2/abc') of ClickHouse 26.9
