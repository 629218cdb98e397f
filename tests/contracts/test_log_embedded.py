"""The embedded log passes the suite of every log, and keeps what is its own: one folder, one process, retention."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meadow.core.blocks import Block, Table
from meadow.core.errors import BadSettings, Conflict
from meadow.core.log import BlockRefused
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.logs.embedded_schema import FILE_NAME
from tests.contracts.embedded_logs import SMALL, EmbeddedLogs, by_rows, holder_of, kept
from tests.contracts.log_parts import GROUP, Seen, after, block, blocks, cancelled, commit_all, numbered, soon, take
from tests.contracts.log_suite import LogSuite
from tests.servers.deadlines import until


@pytest.fixture
async def logs(tmp_path: Path) -> AsyncIterator[EmbeddedLogs]:
    embedded = EmbeddedLogs(tmp_path / "log")
    yield embedded
    await embedded.close()


class TestEmbeddedLog(LogSuite):
    """The suite."""


async def test_anotherby_rows_of_partitions_is_refused(logs: EmbeddedLogs) -> None:
    await (await logs.open()).close()
    with pytest.raises(BadSettings, match="3 partitions, not 4"):
        await logs.open(EmbeddedLogSettings(partitions=4))


@pytest.mark.parametrize(
    ("name", "value"), [("partitions", 0), ("partitions", 1025), ("bytes_max", 0), ("age_max_s", -1)]
)
def test_settings_out_of_bounds_are_refused(name: str, value: int) -> None:
    with pytest.raises(BadSettings, match=str(value)):
        EmbeddedLogSettings(**{name: value})  # type: ignore[arg-type] # one of the numbers


async def test_the_files_are_the_owners_alone(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    await log.append([block(1)])
    assert {path.stat().st_mode & 0o777 for path in logs.folder.iterdir()} == {0o600}
    assert logs.folder.stat().st_mode & 0o777 == 0o700


async def test_a_folder_in_use_is_refused_in_this_process(logs: EmbeddedLogs) -> None:
    await logs.open()
    with pytest.raises(BadSettings, match="in use by process"):
        await logs.open()


async def test_a_folder_in_use_by_another_process_is_refused_until_it_dies(logs: EmbeddedLogs) -> None:
    await (await logs.open()).close()
    with holder_of(logs.folder) as holder:
        with pytest.raises(BadSettings, match=f"process {holder.pid}"):
            await logs.open()
        holder.kill()
        holder.wait()
        await logs.open()


async def test_a_cancelled_open_leaves_the_folder_free(logs: EmbeddedLogs) -> None:
    for turns in range(5):
        opening = asyncio.create_task(EmbeddedLog.open(logs.folder, SMALL))
        for _ in range(turns):
            await asyncio.sleep(0)
        opening.cancel()
        if not await cancelled(opening):
            await opening.result().close()
    await logs.open()


async def test_a_cancelled_follow_leaves_the_group_free(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    for turns in range(5):
        following = asyncio.create_task(log.follow("visitor", Seen()))
        for _ in range(turns):
            await asyncio.sleep(0)
        following.cancel()
        if not await cancelled(following):
            await following.result().close()
    await log.append(numbered(log, 3))
    await commit_all(log, 3)
    await log.retain()
    assert not await kept(log)
    await log.follow("visitor", Seen())


async def test_a_group_is_followed_once_at_a_time(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    follower = await log.follow(GROUP, Seen())
    with pytest.raises(Conflict):
        await log.follow(GROUP, Seen())
    await follower.close()
    await log.follow(GROUP, Seen())


async def test_a_block_over_the_limit_is_refused_with_its_whole_append(logs: EmbeddedLogs) -> None:
    log = await logs.open(EmbeddedLogSettings(partitions=3, block_bytes_max=100))
    with pytest.raises(BlockRefused, match="101 bytes"):
        await log.append([block(1), Block(Table.EVENTS, 1, 2, 0, bytes(101), 1)])
    assert set((await log.ends()).values()) == {0}


async def test_old_blocks_go_once_they_are_committed(logs: EmbeddedLogs) -> None:
    log = await logs.open(EmbeddedLogSettings(partitions=3, age_max_s=100))
    await log.append(numbered(log, 6))
    logs.clock.ahead_s = 101
    await log.append(numbered(log, 3, start=6))
    await log.retain()
    assert await kept(log) == numbered(log, 9)
    await commit_all(log, 9)
    await log.retain()
    assert await kept(log) == numbered(log, 3, start=6)


async def test_the_oldest_go_when_there_are_too_many_bytes(logs: EmbeddedLogs) -> None:
    log = await logs.open(EmbeddedLogSettings(partitions=3, bytes_max=16_000))
    sent = [Block(Table.EVENTS, 1, 2, n % 3, bytes([n]) * 1_000, 1) for n in range(30)]
    for one in sent:
        await log.append([one])
    assert len(await kept(log)) == 30
    await commit_all(log, 30)
    await until(lambda: has(log, 15), "retention by itself leaves a sixteenth less than it may")
    assert await kept(log) == sent[15:]


async def test_the_file_does_not_grow_when_pages_are_free(logs: EmbeddedLogs) -> None:
    log = await logs.open(EmbeddedLogSettings(partitions=3, bytes_max=4_000_000))
    follower = await log.follow(GROUP, Seen())
    for _ in range(20):
        await log.append([Block(Table.EVENTS, 1, 2, n % 3, bytes(100_000), 100) for n in range(20)])
        await follower.commit(after(await take(follower, 20)))
        await log.retain()
    assert (logs.folder / FILE_NAME).stat().st_size < 12_000_000


async def test_a_group_that_is_away_and_not_in_the_settings_holds_nothing_back(logs: EmbeddedLogs) -> None:
    log = await logs.open()
    away = await log.follow("visitor", Seen())
    await log.append(numbered(log, 6))
    await commit_all(log, 6)
    await log.retain()
    assert await kept(log) == numbered(log, 6)
    await away.close()
    await log.retain()
    assert not await kept(log)
    await log.append(numbered(log, 3, start=6))
    back = await log.follow("visitor", Seen())
    assert sorted(blocks(await take(back, 3)), key=by_rows) == numbered(log, 3, start=6)


async def test_appends_go_on_while_much_is_deleted(logs: EmbeddedLogs) -> None:
    log = await logs.open(EmbeddedLogSettings(partitions=3, bytes_max=10**9))
    await log.append([Block(Table.EVENTS, 1, 2, n % 3, b"x", 1) for n in range(3_000)])
    await commit_all(log, 3_000)
    await log.close()
    log = await logs.open()
    deleting = asyncio.create_task(log.retain())
    await asyncio.sleep(0)
    await soon(log.append([block(1)]))
    assert not deleting.done()
    await soon(deleting)
    assert await kept(log) == [block(1)]


async def has(log: EmbeddedLog, count: int) -> bool:
    return len(await kept(log)) == count
