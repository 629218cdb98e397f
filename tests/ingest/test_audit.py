"""The audit finds and mends rows that come to less than their events, and finds nothing in a healthy life."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from meadow.core.store import Store
from meadow.ingest.audit import Audit, AuditSettings
from meadow.ingest.folding import fold
from meadow.ingest.folding.fold_block import about_task
from meadow.ingest.folding.fold_rows import RANK, SEEN, Row, new
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.damaging import DAMAGED, damage
from tests.ingest.histories import Event, Histories, rank
from tests.ingest.running import (
    NOW,
    blocks,
    caught_up,
    check_tasks,
    field_of_tasks,
    opened,
    shuffled,
    writing,
)

WIDE = AuditSettings(settle_s=-20 * 86_400, reach_s=30 * 86_400, skew_s=1.0)  # all that the histories say


def audit(store: Store, writer: Writer, settings: AuditSettings = WIDE) -> Audit:
    return Audit(store, writer, settings, lambda: NOW)


async def written(log: Any, writer: Writer, histories: Histories, seed: int = 1) -> None:
    await log.append(blocks(shuffled(random.Random(seed), histories)))
    await caught_up(writer)


async def test_a_healthy_life_needs_no_mending(tmp_path: Path) -> None:
    histories = field_of_tasks(random.Random(1), 40)
    async with opened(tmp_path) as (log, store):
        for seed in (1, 2):
            narrow = WriterSettings(show_every_s=0.05, keep_every_s=0.2, look_ups_per_s=1.0, look_ups_burst=5)
            async with writing(log, store, narrow) as writer:
                await written(log, writer, histories, seed)
                auditing = audit(store, writer)
                assert await auditing.compare() == 0
                assert auditing.counts["windows"] == 1
        await check_tasks(store, histories)


@pytest.mark.parametrize("forget", [True, False], ids=["from the store", "from memory"])
async def test_damaged_rows_are_mended_and_counted(tmp_path: Path, forget: bool) -> None:
    histories = field_of_tasks(random.Random(2), 40)
    async with opened(tmp_path) as (log, store):
        async with writing(log, store) as writer:
            await written(log, writer, histories)
            await damage(store, histories)
            if not forget:
                await mended(store, writer, histories)
        if forget:
            async with writing(log, store) as writer:
                await caught_up(writer)
                await mended(store, writer, histories)


async def mended(store: Store, writer: Writer, histories: Histories) -> None:
    auditing = audit(store, writer)
    assert await auditing.compare() == DAMAGED
    assert auditing.mended == DAMAGED
    await check_tasks(store, histories)
    again = audit(store, writer)
    assert await again.compare() == 0


async def test_a_row_that_begins_long_before_the_window_is_found(tmp_path: Path) -> None:
    """Its anchor is beyond what the first look reads."""
    early, late = said("task-sent", NOW - 3 * 86_400), said("task-succeeded", NOW - 100)
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        await log.append(blocks([early, late]))
        await caught_up(writer)
        assert await audit(store, writer, AuditSettings(settle_s=0.0)).compare() == 0


def said(kind: str, at: float) -> Event:
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": "t", "hostname": "w", "pid": 1, "clock": 1}
    return {**head, "type": kind, "at": at, "received_at": at}


async def test_what_was_put_aside_is_joined(tmp_path: Path) -> None:
    histories = field_of_tasks(random.Random(3), 30)
    narrow = WriterSettings(
        show_every_s=0.05, keep_every_s=0.2, look_ups_per_s=0.001, look_ups_burst=1, tasks_held_max=2
    )
    async with opened(tmp_path) as (log, store):
        stream = shuffled(random.Random(3), histories)
        for part in range(3):
            async with writing(log, store, narrow) as writer:
                await log.append(blocks(stream[part::3]))
                await caught_up(writer)
                late = writer.counts["too_late"]
                assert late or not part
                auditing = audit(store, writer)
                assert await auditing.compare() == 0
                assert auditing.counts["joined_late"] >= (late > 0)
        await check_tasks(store, histories)


async def test_the_engines_rank_is_the_folds(tmp_path: Path) -> None:
    """Each kind of event as a task of its own, never written to `tasks`: what the audit reports is what the fold makes."""
    kinds = ["sent", "received", "started", "retried", "rejected", "revoked", "failed", "succeeded", "progress", ""]
    events = [{**said(f"task-{kind}", NOW + n + 0.123456), "task_id": f"t{n}"} for n, kind in enumerate(kinds)]
    events += [
        {**said("meadow-lost", NOW + 20.999999), "task_id": "lost"},
        {**said("meadow-command-asked", NOW), "task_id": "c"},
    ]
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        await store.insert("events", b"".join(block.rows for block in blocks(events)))
        short = await audit(store, writer)._short(0.0, time.time() + 86_400)
        got = {one.task: (one.rank, one.seen) for one in short[1, 1]}
    assert got == {e["task_id"]: (state(e)[RANK], state(e)[SEEN]) for e in events if about_task(e)}
    assert {task: value[0] for task, value in got.items()} == {e["task_id"]: rank(e) for e in events if about_task(e)}


def state(event: Event) -> Row:
    row = new(1, 1, event["task_id"])
    fold.apply(row, event)
    return row
