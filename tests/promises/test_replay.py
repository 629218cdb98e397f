"""Replay restores what was lost or damaged, beside live writers or alone, and twice is as once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.core.blocks import Table, blocks_of
from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.audit import Audit, AuditSettings
from meadow.ingest.counts import DeadReason
from meadow.ingest.messages import decode_body
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.replay import What
from meadow.ingest.source import Message
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.histories import Event, Histories
from tests.ingest.replaying import AT_ONCE, WIDE, replayed, seen
from tests.ingest.running import NOW, blocks, caught_up, check_tasks, field_of_tasks, opened, shuffled, writing
from tests.servers.deadlines import until

LITTLE_MEMORY = WriterSettings(show_every_s=0.05, keep_every_s=0.2, tasks_held_max=20)
FAR = replace(AT_ONCE, page_rows=150, tasks_max=60, names_s=30 * 86_400.0)  # the clocks of the histories are days apart
DAMAGES = (
    "ALTER TABLE tasks DELETE WHERE cityHash64(task_id) % 3 = 0 SETTINGS mutations_sync = 2",
    "ALTER TABLE tasks UPDATE rank = 72057594037927937, worker = '', started_at = 0, seen = bitAnd(seen, 3), exception = '' "
    "WHERE cityHash64(task_id) % 3 = 1 SETTINGS mutations_sync = 2",
    "ALTER TABLE task_ids DELETE WHERE cityHash64(task_id) % 2 = 0 SETTINGS mutations_sync = 2",
)


@asynccontextmanager
async def live(log: Log, store: Store) -> AsyncIterator[Writer]:
    """A writer as it runs in a Meadow, with its audit beside it, and little memory."""
    async with writing(log, store, LITTLE_MEMORY) as writer:
        auditing = asyncio.create_task(Audit(store, writer, AuditSettings(0.1, 0.1)).run())
        try:
            yield writer
        finally:
            auditing.cancel()
            with suppress(asyncio.CancelledError):
                await auditing


async def filled(log: Log, store: Store, histories: Histories) -> None:
    async with writing(log, store) as writer:
        await log.append(blocks(shuffled(random.Random(1), histories)))
        await caught_up(writer)


async def test_what_was_deleted_and_damaged_is_as_before_and_twice_is_as_once(tmp_path: Path) -> None:
    histories = field_of_tasks(random.Random(1), 80)
    async with opened(tmp_path) as (log, store):
        await filled(log, store, histories)
        before = await seen(store)
        for damage in DAMAGES:
            await store.command(damage)
        assert await seen(store) != before
        async with writing_alone(log, store):
            first = await replayed(What.EVENTS, store, log, WIDE, FAR)
            assert first.counts["tasks_mended"] > len(histories) // 2
            assert await seen(store) == before
            again = await replayed(What.EVENTS, store, log, WIDE, FAR)
            assert set(again.counts) == {"tasks_compared"}
            assert await seen(store) == before
        await check_tasks(store, histories)


@pytest.mark.parametrize("what", [What.EVENTS, What.LOG])
async def test_beside_a_live_writer_under_load_nothing_is_double_and_nothing_lost(tmp_path: Path, what: What) -> None:
    """Half of the events came before the damage, half come while it is mended, of the same tasks."""
    r = random.Random(2)
    histories = field_of_tasks(r, 80)
    stream = shuffled(r, histories)
    async with opened(tmp_path) as (log, store), live(log, store) as writer:
        await log.append(blocks(stream[::2]))
        await caught_up(writer)
        for damage in DAMAGES:
            await store.command(damage)
        if what is What.LOG:
            await store.command("ALTER TABLE events DELETE WHERE clock % 2 = 0 SETTINGS mutations_sync = 2")
        load = asyncio.create_task(loaded(log, stream[1::2]))
        report = await replayed(what, store, log, WIDE, FAR)
        assert report.counts["tasks_mended"] > 0
        await load
        await caught_up(writer)
        await until(lambda: nothing_waits(store), "nothing waits to be joined")
        await replayed(what, store, log, WIDE, FAR)
        after = await seen(store)
        assert len(after["events"]) == sum(map(len, histories.values()))
        await check_tasks(store, histories)
        again = await replayed(what, store, log, WIDE, FAR)
        assert set(again.counts) == {"tasks_compared"}
        assert await seen(store) == after
        assert writer.counts["faults"] == 0


async def loaded(log: Log, stream: list[Event]) -> None:
    for start in range(0, len(stream), 20):
        await log.append(blocks(stream[start : start + 20], 5))
        await asyncio.sleep(0)


async def nothing_waits(store: Store) -> bool:
    return (await store.ask("SELECT count() FROM late_tasks FINAL", {})).rows == [(0,)]


async def test_dead_letters_are_events_once_their_reason_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that refused, and a body that was too large for an earlier version."""
    event = {"tenant_id": 1, "cluster_id": 1, "task_id": "refused", "type": "task-started", "hostname": "w", "at": NOW}
    async with opened(tmp_path) as (log, store), live(log, store) as writer:
        await store.command("ALTER TABLE events ADD CONSTRAINT fair CHECK task_id != 'refused'")
        await log.append(blocks([{**event, "received_at": NOW, "pid": 1, "clock": 1}]))
        with monkeypatch.context() as earlier:
            earlier.setattr(decode_body, "BODY_BYTES_MAX", 20)
            await log.append(too_large(log))
        await caught_up(writer)
        before = await seen(store)
        assert {row[3] for row in before["letters"]} == {DeadReason.STORE_REFUSED, DeadReason.TOO_LARGE}
        assert before["events"] == []
        await store.command("ALTER TABLE events DROP CONSTRAINT fair")
        report = await replayed(What.DEAD_LETTERS, store, log)
        assert (report.counts["events_stored"], report.counts["events_fed"]) == (1, 1)
        await caught_up(writer)
        after = await seen(store)
        assert {row[-1] for row in after["events"]} == {"refused", "large"}
        assert after["letters"] == before["letters"]
        again = await replayed(What.DEAD_LETTERS, store, log)
        assert set(again.counts) == {"events_stored_already", "tasks_compared"}
        await caught_up(writer)
        assert await seen(store) == after


def too_large(log: Log) -> list[Any]:
    said = b'{"type": "task-received", "uuid": "large", "hostname": "w", "timestamp": %d.5}' % NOW
    read = Decoder(1, 1)([Message(said, "application/json", "utf-8", "", NOW)])
    assert not read.events
    return blocks_of(Table.DEAD_LETTERS, 1, 1, [letter.row(1, 1) for letter in read.dead], log.partitions)
