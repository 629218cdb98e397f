"""What every compacted stream must do. An adapter's test module subclasses StreamSuite and provides the fixture `streams`."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

import pytest

from meadow.core.errors import LogUnavailable
from meadow.core.stream import KEY_CHARS_MAX, VALUE_BYTES_MAX, Stale, Stream
from tests.contracts.stream_parts import Streams, increment, values
from tests.servers.deadlines import until
from tests.servers.processes import Process

CHILD = (sys.executable, "-m", "tests.contracts.stream_child")
MOMENTS_S = (0.05, 0.2, 0.4)


class StreamSuite:
    """All cases. Nothing here knows how an adapter keeps its entries."""

    async def test_what_is_put_is_there_at_once_and_elsewhere_soon(self, streams: Streams) -> None:
        one, other = await streams.started(), await streams.started()
        version = await one.put("a", b"1", 0)
        assert version >= 1
        assert one.entries["a"].version == version
        assert values(one) == {"a": b"1"}
        await until(lambda: other.entries == one.entries, "the other follower sees it")

    async def test_before_start_there_is_nothing_and_start_tells(self, streams: Streams) -> None:
        await (await streams.started()).put("a", b"1", None)
        late, told = await streams.open(), []
        late.on_change(lambda: told.append(dict(late.entries)))
        assert not late.entries
        assert not late.healthy
        await late.start()
        assert [list(entries) for entries in told] == [["a"]]
        assert late.healthy

    async def test_an_empty_stream_starts(self, streams: Streams) -> None:
        stream, told = await streams.open(), []
        stream.on_change(lambda: told.append(1))
        await stream.start()
        assert not stream.entries
        assert told == [1]

    async def test_a_change_is_taken_only_of_the_version_that_was_seen(self, streams: Streams) -> None:
        stream = await streams.started()
        first = await stream.put("a", b"1", 0)
        for seen in (0, first + 1):
            with pytest.raises(Stale) as stale:
                await stream.put("a", b"2", seen)
            assert stale.value.version == first
        with pytest.raises(Stale) as absent:
            await stream.put("b", b"2", first)
        assert absent.value.version == 0
        second = await stream.put("a", b"2", first)
        assert second > first
        assert await stream.put("a", b"3", None) > second
        assert values(stream) == {"a": b"3"}

    async def test_who_was_late_knows_at_once_what_is_there(self, streams: Streams) -> None:
        one, other = await streams.started(), await streams.started()
        version = await one.put("a", b"1", 0)
        with pytest.raises(Stale):
            await other.put("a", b"2", 0)
        assert other.entries["a"].version == version

    async def test_a_deleted_key_is_gone_and_its_version_is_never_used_again(self, streams: Streams) -> None:
        one, other = await streams.started(), await streams.started()
        version = await one.put("a", b"1", 0)
        await one.put("b", b"1", 0)
        assert await one.put("a", None, version) == 0
        assert values(one) == {"b": b"1"}
        await until(lambda: values(other) == {"b": b"1"}, "the other follower sees it go")
        assert await one.put("a", None, None) == 0
        assert await other.put("a", b"2", 0) > version

    async def test_what_was_newest_is_deleted_and_still_its_version_is_not_used_again(self, streams: Streams) -> None:
        stream = await streams.started()
        version = await stream.put("a", b"1", 0)
        await stream.put("a", None, version)
        again = await streams.started()
        assert not again.entries
        assert await again.put("a", b"2", 0) > version

    async def test_entries_are_replaced_never_changed(self, streams: Streams) -> None:
        stream = await streams.started()
        await stream.put("a", b"1", 0)
        before = stream.entries
        await stream.put("a", b"2", None)
        assert before["a"].value == b"1"
        with pytest.raises(TypeError):
            before["a"] = before["a"]  # type: ignore[index] # that is the test

    async def test_who_starts_late_knows_the_newest_of_every_key(self, streams: Streams) -> None:
        stream = await streams.started()
        for number in range(30):
            await stream.put(f"k{number % 4}", str(number).encode(), None)
        await stream.put("k3", None, None)
        late = await streams.started()
        assert values(late) == {"k0": b"28", "k1": b"29", "k2": b"26"}
        assert late.entries == stream.entries

    async def test_versions_last_over_a_restart(self, streams: Streams) -> None:
        stream = await streams.started()
        await stream.put("a", b"1", 0)
        await stream.put("b", b"1", 0)
        before = dict(stream.entries)
        await stream.stop()
        again = await streams.started()
        assert again.entries == before
        assert await again.put("a", b"2", before["a"].version) > max(entry.version for entry in before.values())

    async def test_bounds(self, streams: Streams) -> None:
        stream = await streams.started()
        for key, value in (("", b""), ("k" * (KEY_CHARS_MAX + 1), b""), ("k", bytes(VALUE_BYTES_MAX + 1))):
            with pytest.raises(ValueError, match="accepted"):
                await stream.put(key, value, None)
        most = random.Random(1).randbytes(VALUE_BYTES_MAX)
        await stream.put("ö/" + "k" * (KEY_CHARS_MAX - 2), most, 0)
        await stream.put("empty", b"", 0)
        late = await streams.started()
        assert sorted(values(late).values()) == [b"", most]

    async def test_everybody_is_told_of_every_change(self, streams: Streams) -> None:
        one, other = await streams.started(), await streams.started()
        seen: set[bytes] = set()
        other.on_change(lambda: seen.update(values(other).values()))
        for number in range(5):
            await one.put(f"k{number}", str(number).encode(), 0)
        await until(lambda: len(seen) == 5, "all changes were told")

    async def test_many_changes_at_once_are_all_taken(self, streams: Streams) -> None:
        one, other = await streams.started(), await streams.started()
        await asyncio.gather(*(increment(stream, 5) for stream in (one, other, one, other)))
        assert int(one.entries["n"].value) == 20 or int(other.entries["n"].value) == 20

    async def test_a_cancelled_put_is_taken_or_not_and_harms_nobody(self, streams: Streams) -> None:
        stream = await streams.started()
        for number in range(4):
            putting = asyncio.create_task(stream.put(f"k{number}", b"1", None))
            await asyncio.sleep(number * 0.01)
            putting.cancel()
            await asyncio.gather(putting, return_exceptions=True)
        await stream.put("after", b"1", 0)
        late = await streams.started()
        await until(lambda: late.entries == stream.entries, "all know the same")

    async def test_a_stopped_stream_refuses(self, streams: Streams) -> None:
        stream = await streams.started()
        await stream.put("a", b"1", 0)
        await stream.stop()
        await stream.stop()
        assert not stream.healthy
        with pytest.raises(LogUnavailable):
            await stream.put("a", b"2", None)

    async def test_a_stream_that_was_never_started_stops(self, streams: Streams) -> None:
        await (await streams.open()).stop()

    async def test_processes_that_change_one_key_lose_nothing(self, streams: Streams, tmp_path: Path) -> None:
        stream = await streams.started()
        command = [*CHILD, *streams.address, "count", "15"]
        children = [Process(command, tmp_path / f"child-{number}") for number in range(3)]
        try:
            await until(lambda: all("done" in child.output for child in children), "all have counted", 100)
        finally:
            for child in children:
                child.kill()
        await until(lambda: _count(stream) == 45, "the count is whole")

    async def test_what_was_acknowledged_survives_kill_9(self, streams: Streams, tmp_path: Path) -> None:
        stream = await streams.started()
        for round_number, moment_s in enumerate(MOMENTS_S):
            said = await _killed(streams, tmp_path / str(round_number), moment_s)
            acknowledged = {key: int(version) for key, version in said}
            assert acknowledged
            await stream.put("alive", str(round_number).encode(), None)  # a writer that died holds nobody up for long
            late = await streams.started()
            assert all(late.entries[key].version >= version for key, version in acknowledged.items())


def _count(stream: Stream) -> int:
    return int(stream.entries["n"].value) if "n" in stream.entries else 0


async def _killed(streams: Streams, said: Path, moment_s: float) -> list[tuple[str, str]]:
    """What a child that puts without end had acknowledged when it was killed; a last line that is torn is left out."""
    child = Process([*CHILD, *streams.address, "put"], said)
    try:
        await asyncio.to_thread(child.wait_until_says, "a ")
        end_s = time.monotonic() + moment_s
        await until(lambda: time.monotonic() > end_s, "the moment to kill")
    finally:
        child.kill()
    lines = child.output.rpartition("\n")[0].split("\n")
    return [(line.split()[1], line.split()[2]) for line in lines if line.startswith("a ")]
