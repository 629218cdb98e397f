"""What the source suite works with: a reader that collects what a source brings, and a real Celery event dispatcher."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import kombu

from meadow.ingest.source import Batch, Gap, Message, Source
from tests.servers.celery import Broker
from tests.servers.deadlines import until


class Reader:
    """Reads a source in a task of its own. `hold` stops asking for more after the batch that comes next."""

    def __init__(self, source: Source, *, done: bool = True) -> None:
        self.source = source
        self.batches: list[Batch] = []
        self.going = asyncio.Event()
        self.going.set()
        self._done = done
        self.task = asyncio.create_task(self._run())

    @property
    def messages(self) -> list[Message]:
        return [message for batch in self.batches for message in batch.messages]

    @property
    def gaps(self) -> list[Gap]:
        return [gap for batch in self.batches for gap in batch.gaps]

    @property
    def numbers(self) -> list[int]:
        """The `n` of every event that has one, in the order they came; a list body counts each of its events."""
        return [event["n"] for message in self.messages for event in _events(message) if "n" in event]

    @property
    def types(self) -> list[str]:
        return [event["type"] for message in self.messages for event in _events(message)]

    async def has(self, count: int, within_s: float = 30.0) -> None:
        await until(
            lambda: len(set(self.numbers)) >= count, f"{count} events, {len(set(self.numbers))} are here", within_s
        )

    def hold(self) -> None:
        self.going.clear()

    def go_on(self) -> None:
        self.going.set()

    async def _run(self) -> None:
        async for batch in self.source.batches():
            self.batches.append(batch)
            await self.going.wait()
            if self._done:
                await self.source.done(batch.token)


@asynccontextmanager
async def reading(source: Source, *, done: bool = True, connected: bool = True) -> AsyncIterator[Reader]:
    """The source, read and connected; closed at the end, and its batches with it."""
    reader = Reader(source, done=done)
    try:
        if connected:
            await until(lambda: source.state.connected or reader.task.done(), f"connected: {source.state}")
        yield reader
    finally:
        await source.close()
        reader.go_on()
        await asyncio.wait_for(reader.task, 30)


@contextmanager
def dispatcher(broker: Broker) -> Iterator[Any]:
    """Celery's own `Dispatcher` on this broker."""
    with broker.app() as app, app.connection_for_write() as connection:
        yield app.events.Dispatcher(connection, hostname="client@test", enabled=True)


def send_numbers(broker: Broker, numbers: range) -> None:
    """One `task-counted` event a number, each its own message."""
    with dispatcher(broker) as events:
        for n in numbers:
            events.send("task-counted", uuid=f"id-{n}", n=n)


def publish_raw(broker: Broker, bodies: list[tuple[bytes, str, str]]) -> None:
    """(body, content type, content encoding) as messages of the event exchange, byte for byte."""
    with broker.app() as app, app.connection_for_write() as connection:
        kind = "fanout" if connection.transport.driver_type == "redis" else "topic"
        exchange = kombu.Exchange("celeryev", type=kind, durable=True)
        producer = kombu.Producer(connection.default_channel, exchange=exchange, routing_key="task.raw")
        for body, content_type, content_encoding in bodies:
            producer.publish(body, content_type=content_type, content_encoding=content_encoding, delivery_mode=1)


def _events(message: Message) -> list[dict[str, Any]]:
    try:
        body = json.loads(message.body)
    except ValueError:
        return []
    return body if isinstance(body, list) else [body]
