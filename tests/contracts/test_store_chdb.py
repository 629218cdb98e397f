"""The embedded store passes the suite of every store, and keeps what is its own: one folder, one process, one disk."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.core.errors import BadSettings, OverBudget, StoreRefused, StoreUnavailable
from meadow.core.store import Store
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.migrations import migrate
from tests.contracts.embedded_logs import small_disk
from tests.contracts.store_parts import closed_over, event, ndjson, one_too_many
from tests.contracts.store_suite import StoreSuite
from tests.servers.deadlines import until

ROOT = Path(__file__).parents[2]
SMALL = ChdbSettings(readers=1, fsync=False)
WITHIN_S = 60
Opener = Callable[..., Coroutine[Any, Any, ChdbStore]]


@pytest.fixture
def store(chdb_store: ChdbStore) -> Store:
    return chdb_store


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Opener]:
    """`await stores()`, or `stores("name", settings)`, opens a store in a folder of the test; all are closed after it."""
    opened: list[ChdbStore] = []

    async def open_(name: str = "store", settings: ChdbSettings = SMALL) -> ChdbStore:
        opened.append(await ChdbStore.open(tmp_path / name, settings))
        return opened[-1]

    yield open_
    for one in opened:
        await one.close()


class TestChdbStore(StoreSuite):
    """The suite."""


@contextmanager
def process(folder: Path, what: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """store_process, with its first line read by the test."""
    command = [sys.executable, "-m", "tests.contracts.store_process", str(folder), what]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | environment)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


async def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    async with asyncio.timeout(WITHIN_S):
        return (await asyncio.to_thread(child.stdout.readline)).strip()


async def test_a_folder_of_another_process_is_refused_until_that_dies(tmp_path: Path, stores: Opener) -> None:
    folder = tmp_path / "store"
    with process(folder, "hold") as holder:
        assert await line(holder) == "open"
        with pytest.raises(BadSettings, match=rf"{folder} belongs to process {holder.pid}.*API"):
            await stores()
    await stores()


async def test_one_process_opens_one_store_at_a_time(stores: Opener) -> None:
    store = await stores("one")
    with pytest.raises(BadSettings, match=r"one belongs to process"):
        await stores("one")
    with pytest.raises(BadSettings, match=r"two cannot be opened: this process has another one open"):
        await stores("two")
    await store.close()
    await stores("two")


async def test_a_forked_child_is_refused_at_once_and_the_parent_goes_on(tmp_path: Path) -> None:
    with process(tmp_path, "fork") as child:
        assert await line(child) == "3 refused, then [(1,)]"


async def test_the_machines_zone_changes_no_time(tmp_path: Path) -> None:
    with process(tmp_path, "now", TZ="Asia/Tokyo") as child:
        assert await line(child) == "2026-01-02T03:04:05+00:00 2026-01-02T00:00:00+00:00"


async def test_what_was_spilled_is_gone_at_the_next_start_and_nobody_elses_to_read(
    tmp_path: Path, stores: Opener
) -> None:
    folder = tmp_path / "store"
    left = folder / "tmp" / "left"
    left.mkdir(parents=True)
    (left / "rows").write_text("of a task")
    await stores()
    assert not left.exists()
    assert {name: (folder / name).stat().st_mode & 0o777 for name in ("tmp", "data")} == {"tmp": 0o700, "data": 0o700}


async def test_rows_are_there_after_closing_and_opening(stores: Opener) -> None:
    store = await stores()
    await migrate(store)
    await store.insert("events", ndjson(event(task_id="kept")))
    await store.close()
    store = await stores()
    assert (await store.ask("SELECT task_id FROM events", {})).rows == [("kept",)]


async def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(tmp_path: Path, stores: Opener) -> None:
    with small_disk(tmp_path / "store", megabytes=60):
        ballast = tmp_path / "store" / "ballast"
        ballast.write_bytes(bytes(25_000_000))
        store = await stores(settings=replace(SMALL, disk_free_bytes_min=0))
        await migrate(store)
        acknowledged = await inserted_until_full(store)
        assert (await store.ask("SELECT uniqExact(clock) FROM events", {})).rows == [(acknowledged,)]
        ballast.unlink()
        await store.insert("events", ndjson(event(clock=1_000)))
        assert (await store.ask("SELECT uniqExact(clock) FROM events", {})).rows == [(acknowledged + 1,)]
        await store.close()


async def inserted_until_full(store: Store) -> int:
    """How many rows of 1 MB were acknowledged."""
    for count in range(200):
        try:
            await store.insert("events", ndjson(event(clock=count, args=random.randbytes(500_000).hex())))
        except StoreUnavailable as refused:
            assert refused.extra["disk_full"]  # noqa: PT017 (of one insert of many)
            return count
    raise AssertionError("60 MB took 200")


async def test_inserts_leave_room_on_the_disk(stores: Opener) -> None:
    store = await stores(settings=replace(SMALL, disk_free_bytes_min=10**18))
    await store.command("CREATE TABLE small (n UInt8) ENGINE = MergeTree ORDER BY n")
    with pytest.raises(StoreUnavailable, match="full"):
        await store.insert("small", b'{"n":1}\n')
    assert (await store.ask("SELECT count() FROM small", {})).rows == [(0,)]


async def test_inserts_are_written_through_to_the_disk(stores: Opener) -> None:
    store = await stores(settings=ChdbSettings(readers=1))
    names = ["fsync_after_insert", "fsync_part_directory"]
    sql = "SELECT value FROM system.merge_tree_settings WHERE name IN {names:Array(String)}"
    assert (await store.ask(sql, {"names": names})).rows == [("1",), ("1",)]


async def test_nothing_outside_the_store_can_be_read(chdb_store: ChdbStore) -> None:
    for source in ("file('/etc/passwd', 'LineAsString')", "url('http://127.0.0.1:1/', 'LineAsString')"):
        with pytest.raises(StoreRefused):
            await chdb_store.ask(f"SELECT * FROM {source}", {})  # noqa: S608 (a source of this test)


async def test_one_question_too_many_is_told_to_come_again(stores: Opener) -> None:
    await one_too_many(await stores(settings=ChdbSettings(readers=1, waiting_max=2)))


async def test_closing_ends_questions_and_lets_an_insert_end(stores: Opener) -> None:
    store = await stores()
    await migrate(store)
    await closed_over(store, store.insert("events", ndjson(*(event(clock=n) for n in range(20_000)))))
    store = await stores()
    assert (await store.ask("SELECT count() FROM events", {})).rows == [(20_000,)]


async def test_a_caller_that_is_cancelled_while_closing_leaves_it_closing(stores: Opener) -> None:
    store = await stores()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    closing.cancel()

    async def opens() -> bool:
        try:
            await stores()
        except BadSettings:
            return False
        return True

    await until(opens, "the folder is free again")


async def test_a_folder_may_have_a_space_but_nothing_that_would_hide_its_settings(
    tmp_path: Path, stores: Opener
) -> None:
    await stores("a b ü")
    for name in ("a&b", "a?b", "a%20b", "a+b"):
        with pytest.raises(BadSettings, match="cannot open"):
            await stores(name)
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["readers", "threads_each", "background_threads", "waiting_max", "memory_bytes_max"])
def test_settings_out_of_bounds_are_refused(name: str) -> None:
    with pytest.raises(BadSettings):
        ChdbSettings(**{name: 0})  # type: ignore[arg-type] # one of the numbers


async def test_what_a_failed_question_had_written_is_in_nobodys_answer(stores: Opener) -> None:
    store = await stores()  # one reader: the next question would meet the same connection
    for _ in range(10):
        with pytest.raises(OverBudget):
            await store.ask("SELECT number, throwIf(number = 900000) FROM numbers(1000000)", {})
        answer = await store.ask("SELECT 'mine' AS owner", {})
        assert (answer.columns, answer.rows) == (("owner",), [("mine",)])
