"""The writer while its store is away or slow: what it takes, what it tells, and how it gets on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from meadow.core.errors import StoreUnavailable
from meadow.core.store import DEFAULT_LIMITS, Answer, Form, Limits, Store
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.running import blocks, caught_up, check_tasks, field_of_tasks, opened, said, shuffled, writing
from tests.servers.deadlines import until


class Flaky:
    """A real store that can be cut off: before an insert, or after it so that nobody knows it is there."""

    def __init__(self, store: Store) -> None:
        self._store, self.away, self.asked = store, False, 0
        self.after: set[str] = set()  # tables of which the next insert is not acknowledged

    def _reach(self) -> None:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("The store is away.")

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        self._reach()
        await self._store.insert(table, rows, columns=columns, form=form)
        if table in self.after:
            self.after.discard(table)
            raise StoreUnavailable("Nobody knows.")

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        self._reach()
        return await self._store.ask(sql, parameters, limits)

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        self._reach()
        return await self._store.ask_bytes(sql, parameters, form, limits)

    async def command(self, sql: str) -> None:
        await self._store.command(sql)

    async def close(self) -> None:
        await self._store.close()


async def test_while_the_store_is_away_the_log_waits_and_then_nothing_is_missing(tmp_path: Path) -> None:
    r = random.Random(7)
    histories = field_of_tasks(r, 40)
    stream = shuffled(r, histories)
    async with opened(tmp_path) as (log, store):
        flaky = Flaky(store)
        async with writing(log, flaky) as writer:
            for number, part in enumerate(range(0, len(stream), 80)):
                flaky.away = True
                before = flaky.asked
                await log.append(blocks(stream[part : part + 80]))
                await until(lambda: flaky.asked > before and writer.problem, "the writer notices")  # noqa: B023 # awaited here
                assert not writer.healthy
                flaky.after = {["tasks", "task_ids", "events"][number % 3]}
                flaky.away = False
                await caught_up(writer)
            assert writer.healthy
            assert writer.counts["retries"] > 0
            assert writer.counts["faults"] == 0
        await check_tasks(store, histories)


async def test_an_absent_store_bounds_what_is_taken(tmp_path: Path) -> None:
    events = [said("task-received", f"t{n}", args="x" * 1_000) for n in range(20_000)]
    async with opened(tmp_path) as (log, store):
        flaky = Flaky(store)
        flaky.away = True
        async with writing(log, flaky) as writer:
            await log.append(blocks(events, 500))
            await until(lambda: writer.counts["retries"] > 3, "the writer has tried")
            assert writer.counts["rows"] == 0
            flaky.away = False
            await caught_up(writer)
            assert writer.counts["rows"] == 20_000
            assert writer.counts["commits"] >= 3  # 20 MB over two partitions, 4 MB each between two commits
        assert (await store.ask("SELECT count() FROM events", {})).rows == [(20_000,)]


class Slow(Flaky):
    """Every insert of events takes so long."""

    def __init__(self, store: Store, insert_s: float) -> None:
        super().__init__(store)
        self._insert_s = insert_s

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        if table == "events":
            await asyncio.sleep(self._insert_s)
        await super().insert(table, rows, columns=columns, form=form)


async def test_a_keep_longer_than_the_time_between_two_is_not_due_again_after_each_record(tmp_path: Path) -> None:
    """A writer so slow would fall behind for as long as anything comes."""
    settings = WriterSettings(show_every_s=0.4, keep_every_s=0.4)
    async with opened(tmp_path) as (log, store), writing(log, Slow(store, 0.5), settings) as writer:
        await log.append(blocks([said("task-received", "first")]))
        await caught_up(writer)
        await log.append(blocks([said("task-received", f"t{n}") for n in range(40)], 1))
        await caught_up(writer)
        assert writer.counts["records"] == 41
        assert writer.counts["commits"] <= 20


async def test_how_far_it_is_behind_is_told_while_the_store_is_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store):
        flaky = Flaky(store)
        async with writing(log, flaky) as writer:
            await log.append(blocks([said("task-received", "before")]))
            await caught_up(writer)
            flaky.away = True
            await log.append(blocks([said("task-received", f"t{n}") for n in range(100)], 1))
            await until(lambda: writer.lag.records == 100 and writer.lag.age_s > 0, "it says how far")
            assert not writer.healthy
            flaky.away = False
            await until(lambda: writer.lag.records == 0, "it says that it has caught up")
