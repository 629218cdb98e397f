"""The stream on Kafka keeps the contract, and what a broker, a dying writer and a stranger on the topic may do to it."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from meadow.core.errors import LogUnavailable
from meadow.core.logs.kafka_admin import admin
from meadow.core.logs.kafka_topics import CLAIMS
from meadow.core.stream import VALUE_BYTES_MAX
from tests.contracts.kafka_streams import KafkaStreams
from tests.contracts.stream_parts import values
from tests.contracts.stream_suite import StreamSuite
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka
from tests.servers.processes import Process

pytestmark = pytest.mark.broker
SOON_S = 30.0


@pytest.fixture
async def streams(kafka: Kafka) -> AsyncIterator[KafkaStreams]:
    async with KafkaStreams(kafka) as made:
        yield made


class TestKafkaStream(StreamSuite):
    pass


async def test_a_stranger_on_the_topic_is_left_out_and_counted(
    streams: KafkaStreams, caplog: pytest.LogCaptureFixture
) -> None:
    stream = await streams.started()
    async with streams.stranger() as stranger:
        await stranger.send_and_wait(streams.topic, b"value", key=b"\xff\xfe")
        await stranger.send_and_wait(streams.topic, b"value", key=b"k")
    await stream.put("after", b"1", 0)
    assert values(stream) == {"k": b"value", "after": b"1"}
    assert stream.skipped == {"no key": 1}
    assert "without a readable key" in caplog.text


async def test_a_writer_that_dies_in_the_middle_holds_nobody_up_and_its_change_never_was(
    streams: KafkaStreams, tmp_path: Path
) -> None:
    stream = await streams.started()
    await stream.put("a", b"1", 0)
    program = [sys.executable, "-m", "tests.contracts.stream_dying", *streams.address[1:]]
    child = Process(program, tmp_path / "dying")
    await asyncio.to_thread(child.wait_until_says, "in the middle")
    child.kill()
    async with asyncio.timeout(SOON_S):
        await stream.put("b", b"1", 0)
    late = await streams.started()
    assert values(stream) == values(late) == {"a": b"1", "b": b"1"}


async def test_kafka_away_at_the_start_is_waited_for_and_said(
    streams: KafkaStreams, caplog: pytest.LogCaptureFixture
) -> None:
    streams.kafka.stop()
    try:
        stream = await streams.open()
        starting = asyncio.create_task(stream.start())
        await until(lambda: "cannot be read" in caplog.text, "it says so")
        assert not starting.done()
        assert not stream.healthy
    finally:
        streams.kafka.start()
    await asyncio.wait_for(starting, SOON_S)
    assert await stream.put("a", b"1", 0)


async def test_a_topic_that_is_not_there_is_waited_for_and_said(kafka: Kafka, caplog: pytest.LogCaptureFixture) -> None:
    streams = KafkaStreams(kafka)
    stream = await streams.open()
    starting = asyncio.create_task(stream.start())
    await until(lambda: "meadow migrate" in caplog.text, "it says what to do")
    await streams.make()
    await asyncio.wait_for(starting, SOON_S)
    assert await stream.put("a", b"1", 0)
    await streams.close()


async def test_a_start_can_be_given_up(kafka: Kafka) -> None:
    streams = KafkaStreams(kafka)
    starting = asyncio.create_task((await streams.open()).start())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await streams.close()


async def test_while_kafka_is_away_the_last_entries_stand_and_a_put_says_so(streams: KafkaStreams) -> None:
    stream = await streams.started(put_within_s=2.0)
    await stream.put("a", b"1", 0)
    streams.kafka.kill()
    try:
        await until(lambda: not stream.healthy, "it says that it is away")
        with pytest.raises(LogUnavailable, match="nothing was changed"):
            await stream.put("a", b"2", None)
        assert values(stream)["a"] == b"1"
    finally:
        streams.kafka.start()
    await until(lambda: stream.healthy, "it follows again")
    patient = await streams.started()
    await patient.put("b", b"1", 0)
    await until(lambda: stream.entries == patient.entries, "it sees what was changed since")


async def test_a_put_waits_for_a_kafka_that_hangs_and_then_is_taken_once(streams: KafkaStreams) -> None:
    stream = await streams.started()
    version = await stream.put("a", b"1", 0)
    streams.kafka.pause()
    try:
        putting = asyncio.create_task(stream.put("a", b"2", version))
        await until(lambda: not stream.healthy, "it says that it is away")
        assert not putting.done()
    finally:
        streams.kafka.resume()
    assert await asyncio.wait_for(putting, SOON_S) > version
    assert values(stream) == {"a": b"2"}


async def test_a_log_that_begins_later_is_read_from_there(streams: KafkaStreams) -> None:
    streams.name = CLAIMS  # Kafka deletes by hand only where it deletes by itself
    stream = await streams.started()
    await stream.put("old", b"1", 0)
    version = await stream.put("new", b"1", 0)
    async with admin(streams.connection, 10) as client:
        await client.delete_records({TopicPartition(streams.topic, 0): RecordsToDelete(version - 1)})
    late = await streams.started()
    assert values(late) == {"new": b"1"}
    await stream.put("more", b"1", 0)
    await until(lambda: values(late) == {"new": b"1", "more": b"1"}, "it goes on")


async def test_by_tls_and_with_a_password(streams: KafkaStreams, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secure = streams.kafka.secure("SCRAM-SHA-512", streams.connection.prefix)
    stream = await streams.started(secure)
    await stream.put("a", b"1", 0)
    late = await streams.started()
    assert values(late) == {"a": b"1"}
    assert secure.password not in caplog.text + repr(stream)


async def test_a_topic_that_takes_less_says_so(streams: KafkaStreams) -> None:
    stream = await streams.started()
    async with streams.small_messages():
        with pytest.raises(ValueError, match="larger than the topic takes"):
            await stream.put("a", bytes(VALUE_BYTES_MAX), 0)
    await stream.put("a", b"1", 0)
