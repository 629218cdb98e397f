"""What the embedded log says of a file that is damaged, foreign or newer, and of a disk that is full."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from meadow.core.blocks import Block, Table
from meadow.core.errors import BadSettings, LogUnavailable
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.logs.embedded_schema import FILE_NAME
from tests.contracts.embedded_logs import EmbeddedLogs, small_disk
from tests.contracts.log_parts import GROUP, Seen, block, soon, take


@pytest.fixture
async def logs(tmp_path: Path) -> AsyncIterator[EmbeddedLogs]:
    embedded = EmbeddedLogs(tmp_path / "log")
    yield embedded
    await embedded.close()


async def test_a_damaged_file_is_refused_with_advice(logs: EmbeddedLogs) -> None:
    await (await logs.open()).close()
    (logs.folder / FILE_NAME).write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(LogUnavailable, match=r"damaged .* move log.db\* out of the folder"):
        await logs.open()


async def test_damage_found_while_reading_is_an_error_each_time(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    await log.append([Block(Table.EVENTS, 1, 2, 0, bytes(200_000), 1) for _ in range(50)])
    await log.close()
    file = logs.folder / FILE_NAME
    with file.open("r+b") as damaged:
        damaged.seek(4 * 32_768)
        damaged.write(b"\xff" * (file.stat().st_size - 4 * 32_768))
    with pytest.raises(LogUnavailable, match="damaged"):
        await _read_all(logs)


async def test_a_foreign_database_is_left_alone(logs: EmbeddedLogs) -> None:
    logs.folder.mkdir()
    with closing(sqlite3.connect(logs.folder / FILE_NAME)) as foreign:
        foreign.execute("CREATE TABLE precious (x)")
    with pytest.raises(BadSettings, match="not a log of Meadow"):
        await logs.open()


async def test_a_newer_file_is_refused(logs: EmbeddedLogs) -> None:
    await (await logs.open()).close()
    with closing(sqlite3.connect(logs.folder / FILE_NAME)) as file:
        file.execute("PRAGMA user_version = 2")
    with pytest.raises(BadSettings, match="version 2"):
        await logs.open()


async def test_rows_for_a_table_of_a_newer_meadow_are_not_skipped(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    await log.append([block(1)])
    await log.close()
    with closing(sqlite3.connect(logs.folder / FILE_NAME)) as file, file:
        file.execute("UPDATE blocks SET target = 'dreams'")
    with pytest.raises(LogUnavailable, match="newer Meadow"):
        await _read_all(logs)


async def test_a_folder_that_cannot_be_made_is_refused(logs: EmbeddedLogs) -> None:
    logs.folder.write_text("a file")
    with pytest.raises(BadSettings, match="cannot be used"):
        await logs.open()


async def test_a_full_disk_refuses_appends_until_there_is_space(logs: EmbeddedLogs) -> None:
    with small_disk(logs.folder, megabytes=8):
        (ballast := logs.folder / "ballast").write_bytes(bytes(5_000_000))
        log = await logs.open()
        acknowledged = 0
        while not await _refused(log, acknowledged):
            acknowledged += 1
        ballast.unlink()
        assert not await _refused(log, acknowledged)
        records = await take(await log.follow(GROUP, Seen()), acknowledged + 1)
        assert [int.from_bytes(record.block.rows[:4]) for record in records] == list(range(acknowledged + 1))
        await log.close()


async def _refused(log: EmbeddedLog, number: int) -> bool:
    """Whether an append of 200 kB says that the disk is full."""
    try:
        await soon(log.append([Block(Table.EVENTS, 1, 2, 0, number.to_bytes(4) * 50_000, 1)]))
    except LogUnavailable as error:
        return "is full" in str(error)
    return False


async def _read_all(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    await take(await log.follow(GROUP, Seen()), 50)
