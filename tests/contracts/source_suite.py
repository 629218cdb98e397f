"""What every source does, whatever its broker: tried on a real server, with Celery's own events and workers."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import pairwise

import pytest

from meadow.ingest.source import Source
from tests.contracts.source_reader import Reader, publish_raw, reading, send_numbers
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.processes import Process

BATCH_MAX = 50


class SourceSuite(ABC):
    """A subclass per adapter. It gives a fresh `broker` fixture, makes sources with batches of at most BATCH_MAX, and knows
    how to break the connection.

    keeps    what is sent while nobody reads comes later; otherwise a gap comes in its place.
    ordered  messages of one sender come in the order it sent them.
    """

    keeps: bool
    ordered = True

    @pytest.fixture
    @abstractmethod
    def broker(self, request: pytest.FixtureRequest) -> Broker: ...

    @abstractmethod
    def make(self, broker: Broker) -> Source: ...

    @abstractmethod
    def cut(self, broker: Broker) -> None:
        """Ends the source's connection; the broker goes on."""

    @abstractmethod
    def nowhere(self) -> Broker:
        """A broker of this kind that is not there."""

    @abstractmethod
    def down(self, broker: Broker) -> None: ...

    @abstractmethod
    def up(self, broker: Broker) -> None: ...

    async def test_events_come_whole_and_in_order(self, broker: Broker) -> None:
        async with reading(self.make(broker)) as reader:
            before_s = time.time()
            await asyncio.to_thread(send_numbers, broker, range(300))
            await reader.has(300)
        assert reader.numbers == list(range(300)) if self.ordered else sorted(reader.numbers) == list(range(300))
        one = reader.messages[0]
        assert (one.content_type, one.content_encoding, one.routing_key) == (
            "application/json",
            "utf-8",
            "task.counted",
        )
        assert before_s - 1 < one.received_at < time.time() + 1
        assert json.loads(one.body)["hostname"] == "client@test"
        assert not reader.gaps

    async def test_a_burst_comes_in_batches_within_the_bound(self, broker: Broker) -> None:
        async with reading(self.make(broker)) as reader:
            reader.hold()
            await asyncio.to_thread(send_numbers, broker, range(400))
            reader.go_on()
            await reader.has(400)
        sizes = [len(batch.messages) for batch in reader.batches]
        assert max(sizes) <= BATCH_MAX
        assert len(sizes) < 100

    async def test_a_slow_reader_loses_nothing_and_is_not_sent_more_than_it_takes(self, broker: Broker) -> None:
        async with reading(self.make(broker)) as reader:
            reader.hold()
            await asyncio.to_thread(send_numbers, broker, range(1000))
            assert len(reader.batches) <= 1
            reader.go_on()
            await reader.has(1000)
            assert len(reader.numbers) == 1000
            assert not reader.gaps

    async def test_hostile_bodies_come_byte_for_byte(self, broker: Broker) -> None:
        bodies = [
            (b"\x00\xff\xfe not json", "application/x-nothing", "binary"),
            (b"{", "application/json", "utf-8"),
            (b'{"nan": NaN, "lone": "\\ud800"}', "application/json", "utf-8"),
            (b"\x80\x02}q\x00.", "application/x-python-serialize", "binary"),
            (b"x" * 1_000_000, "text/plain", "us-ascii"),
            ("é☃".encode(), "application/json", "utf-8"),
        ]
        async with reading(self.make(broker)) as reader:
            await asyncio.to_thread(publish_raw, broker, bodies)
            await until(lambda: len(reader.messages) == len(bodies), "all bodies")
        assert {(m.body, m.content_type) for m in reader.messages} == {(body, kind) for body, kind, _ in bodies}

    async def test_close_ends_a_waiting_reader(self, broker: Broker) -> None:
        source = self.make(broker)
        async with reading(source) as reader:
            await source.close()
            await asyncio.wait_for(reader.task, 30)
        await source.done(1)
        assert not reader.batches

    async def test_a_cut_connection_is_made_again(self, broker: Broker) -> None:
        async with reading(self.make(broker)) as reader:
            await asyncio.to_thread(send_numbers, broker, range(10))
            await reader.has(10)
            await asyncio.to_thread(self.cut, broker)
            await self._again(broker, reader)

    async def test_a_broker_that_restarts_is_found_again(self, broker: Broker) -> None:
        source = self.make(broker)
        async with reading(source) as reader:
            await asyncio.to_thread(self.down, broker)
            try:
                await until(lambda: not source.state.connected, "disconnected")
                assert source.state.problem.endswith(".")
                await asyncio.wait_for(source.enable_events(None), 60)
            finally:
                await asyncio.to_thread(self.up, broker)
            await self._again(broker, reader)

    async def test_a_broker_away_from_the_start_is_waited_for(self) -> None:
        source = self.make(self.nowhere())
        async with reading(source, connected=False) as reader:
            await until(lambda: source.state.problem, "a problem")
            assert not source.state.connected
            await source.done(0)
        assert reader.batches == []

    async def test_a_worker_without_events_sends_them_when_asked(
        self, broker: Broker, worker: Callable[..., Process]
    ) -> None:
        await asyncio.to_thread(worker, broker, events=False, hostname="quiet@test")
        source = self.make(broker)
        async with reading(source) as reader:
            await source.enable_events(["other@test"])
            await source.enable_events(["quiet@test"])

            async def received() -> bool:
                await asyncio.to_thread(self._ask_to_add, broker)
                await asyncio.sleep(0.3)
                return {"task-received", "task-succeeded"} <= set(reader.types)

            await until(received, "events of the worker's tasks")

    async def _again(self, broker: Broker, reader: Reader) -> None:
        """Numbers from 1000 on are sent until one comes: what a transport that keeps nothing missed stays missed."""
        asked_s = time.time()
        first = 1000

        async def heard() -> bool:
            nonlocal first
            try:
                await asyncio.to_thread(send_numbers, broker, range(first, first + 5))
            except OSError:
                return False
            first += 5
            await asyncio.sleep(0.1)
            return any(n >= 1000 for n in reader.numbers)

        await until(heard, f"events after the connection was made again: {reader.source.state}")
        assert reader.source.state.connected
        assert reader.source.state.problem == ""
        if self.keeps:
            await reader.has(len({n for n in reader.numbers if n < 1000}) + first - 1000)
        else:
            assert reader.gaps
            assert all(gap.since <= gap.until <= time.time() and gap.reason for gap in reader.gaps)
            assert reader.gaps[0].until > asked_s - 60
            assert all(a.until <= b.since for a, b in pairwise(reader.gaps))

    def _ask_to_add(self, broker: Broker) -> None:
        with broker.app() as app:
            app.tasks["tests.add"].delay(1, 2)
