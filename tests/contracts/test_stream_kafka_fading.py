"""A stream that forgets: what was known for long enough is gone from memory, what is newer stays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from meadow.core.errors import LogUnavailable
from meadow.core.logs.kafka_topics import CLAIMS
from meadow.core.stream import Entry, Stale
from meadow.core.streams.kafka import KafkaStream
from meadow.core.streams.kafka_fading import CLOCKS_APART_S, Fading
from meadow.core.streams.kafka_reading import ReadingSettings
from tests.contracts.kafka_streams import KafkaStreams
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka


@pytest.fixture
async def streams(kafka: Kafka) -> AsyncIterator[KafkaStreams]:
    async with KafkaStreams(kafka, CLAIMS) as made:
        yield made


@pytest.mark.broker
async def test_an_entry_is_forgotten_after_its_time_and_may_be_put_again(streams: KafkaStreams) -> None:
    stream = KafkaStream(streams.connection, CLAIMS, ReadingSettings(keep_s=1.0))
    streams.keep(stream)
    await streams.run(stream)
    version = await stream.put("a", b"1", 0)
    with pytest.raises(Stale):
        await stream.put("a", b"2", 0)
    await until(lambda: not stream.entries, "it is forgotten, though nothing else is put")
    assert await stream.put("a", b"2", 0) > version


@pytest.mark.broker
async def test_what_is_old_is_not_read_at_a_start(streams: KafkaStreams) -> None:
    long_ago_ms = 1_000_000_000_000
    async with streams.stranger() as stranger:
        await stranger.send_and_wait(streams.topic, b"new", key=b"a")
        await stranger.send_and_wait(streams.topic, b"old", key=b"a", timestamp_ms=long_ago_ms)
        await stranger.send_and_wait(streams.topic, b"old", key=b"b", timestamp_ms=long_ago_ms)
        await stranger.send_and_wait(streams.topic, b"new", key=b"c")
    stream = KafkaStream(streams.connection, CLAIMS, ReadingSettings(keep_s=60.0))
    streams.keep(stream)
    await streams.run(stream)
    assert set(stream.entries) == {"c"}
    await stream.stop()
    with pytest.raises(LogUnavailable):
        await stream.put("d", b"1", 0)


def test_by_this_machines_clock_alone() -> None:
    now_s = 100.0
    fading = Fading(10.0, lambda: now_s)
    old, new, other = Entry("a", b"1", 1), Entry("a", b"2", 2), Entry("b", b"1", 3)
    entries = {"a": new, "b": other}
    fading.read(old)
    now_s = 105.0
    fading.read(new)
    fading.read(other)
    assert not fading.due()
    now_s = 110.0
    assert fading.due()
    fading.forget(entries)
    assert entries == {"a": new, "b": other}
    now_s = 115.0
    fading.forget(entries)
    assert not entries
    assert not fading.due()


def test_clocks_may_be_apart() -> None:
    fading = Fading(10.0)
    assert fading.too_old(0.0)
    assert not fading.too_old(4e9)
    assert CLOCKS_APART_S == 300
