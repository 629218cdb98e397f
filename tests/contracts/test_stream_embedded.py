"""The embedded stream keeps the contract, and what one file on one disk may do to it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from meadow.core.errors import BadSettings, LogUnavailable
from meadow.core.streams.embedded import EmbeddedStream
from tests.contracts.embedded_logs import small_disk
from tests.contracts.stream_parts import Kept, values
from tests.contracts.stream_suite import StreamSuite


class EmbeddedStreams(Kept):
    """Streams in one file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    @property
    def address(self) -> Sequence[str]:
        return ("embedded", str(self.path))

    async def open(self) -> EmbeddedStream:
        stream = await EmbeddedStream.open(self.path)
        self.keep(stream)
        return stream

    async def started(self) -> EmbeddedStream:
        stream = await self.open()
        await self.run(stream)
        return stream


@pytest.fixture
async def streams(tmp_path: Path) -> AsyncIterator[EmbeddedStreams]:
    made = EmbeddedStreams(tmp_path / "registry.db")
    yield made
    await made.close()


class TestEmbeddedStream(StreamSuite):
    pass


async def test_only_the_owner_may_read_it(streams: EmbeddedStreams) -> None:
    await (await streams.started()).put("a", b"1", 0)
    assert {stat.S_IMODE(path.stat().st_mode) for path in streams.path.parent.iterdir()} == {0o600}


async def test_it_is_one_file(streams: EmbeddedStreams) -> None:
    stream = await streams.started()
    await stream.put("a", b"1", 0)
    await stream.stop()
    assert [path.name for path in streams.path.parent.iterdir()] == ["registry.db"]


async def test_a_foreign_database_is_refused_and_left_alone(streams: EmbeddedStreams) -> None:
    with sqlite3.connect(streams.path) as foreign:
        foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    before = streams.path.read_bytes()
    with pytest.raises(BadSettings, match="not of Meadow"):
        await streams.open()
    assert streams.path.read_bytes() == before


async def test_a_file_of_a_newer_meadow_is_refused(streams: EmbeddedStreams) -> None:
    await (await streams.open()).stop()
    with sqlite3.connect(streams.path) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()
    with pytest.raises(BadSettings, match="version 2"):
        await streams.open()


async def test_what_is_no_database_is_refused(streams: EmbeddedStreams) -> None:
    streams.path.write_bytes(b"no database at all, whatever its name says" * 100)
    with pytest.raises(LogUnavailable, match="damaged"):
        await streams.open()


async def test_a_folder_that_is_not_there_is_refused(streams: EmbeddedStreams) -> None:
    streams.path = streams.path.parent / "nowhere" / "registry.db"
    with pytest.raises(BadSettings, match="cannot be opened"):
        await streams.open()


async def test_a_full_disk_refuses_and_loses_nothing(streams: EmbeddedStreams) -> None:
    disk = streams.path.parent / "disk"
    with small_disk(disk, 1):
        streams.path = disk / "registry.db"
        stream = await streams.started()
        version = await stream.put("a", b"1", 0)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(2_000_000))
        with pytest.raises(LogUnavailable, match="full"):
            await stream.put("b", bytes(500_000), 0)
        ballast.unlink()
        assert await stream.put("a", b"2", version) > version
        assert values(stream) == {"a": b"2"}
        await streams.close()
