"""One kombu connection in a thread of its own, which hands what it drains over a bounded queue."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerUnavailable
from meadow.ingest.source import Message
from meadow.ingest.sources.kombu_wire import connect, consuming

log = logging.getLogger(__name__)

LOOK_UP_S = 0.25  # how long the thread drains before it looks whether it was closed
MORE_S = 0.001  # kombu takes 0 for "for ever" in some transports


class KombuLink:
    """At most two batches of batch_max messages wait; then the thread does not drain."""

    def __init__(self, connection: Connection, *, batch_max: int, poll_every_s: float, connect_within_s: float) -> None:
        self._connection = connection
        self._batch_max = batch_max
        self._poll_every_s, self._connect_within_s = poll_every_s, connect_within_s
        self._loop = asyncio.get_running_loop()
        self._batches: asyncio.Queue[Sequence[Message] | None] = asyncio.Queue(maxsize=2)
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._stop = threading.Event()
        self._drained: list[Message] = []
        self._gone = ""
        self._known_at = time.time()
        self._thread = threading.Thread(target=self._run, name=f"kombu {connection.scheme}", daemon=True)

    @property
    def known_at(self) -> float:
        """When the transport was last asked and answered."""
        return self._known_at

    async def open(self) -> None:
        """Returns when the queue is bound. Raises BrokerUnavailable."""
        self._thread.start()
        try:
            async with asyncio.timeout(self._connect_within_s):
                await asyncio.shield(self._ready)
        except TimeoutError:
            raise BrokerUnavailable(f"The broker at {self._connection.masked} does not answer in time.") from None

    async def take(self) -> Sequence[Message]:
        batch = await self._batches.get() if not self._gone or not self._batches.empty() else None
        if batch is None:
            raise BrokerUnavailable(self._gone)
        return batch

    async def close(self) -> None:
        """Returns when the thread has removed its queue, or after some looks without that."""
        self._stop.set()
        self._gone = self._gone or "The source is closed."
        while not self._batches.empty():
            self._batches.get_nowait()
        self._batches.put_nowait(None)
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, 4 * LOOK_UP_S)

    def _run(self) -> None:
        problem = ""
        try:
            wire = connect(self._connection, poll_every_s=self._poll_every_s, within_s=self._connect_within_s)
            with wire, consuming(wire, self._connection.event_exchange, self._arrived, self._broken):
                self._tell(self._opened, "")
                while not self._stop.is_set():
                    self._drain(wire)
                    self._hand_over()
        except BadSettings as error:
            problem = f"The broker at {self._connection.masked} cannot be read: {error}"
        except Exception as error:  # the transport's own, of whatever kind: the source opens the next link
            log.info("A kombu link ended", exc_info=error)
            problem = f"The broker at {self._connection.masked} cannot be read: {_reason(error)}."
        self._tell(self._opened, problem)

    def _drain(self, wire: Any) -> None:
        within_s = LOOK_UP_S
        while len(self._drained) < self._batch_max:
            try:
                wire.drain_events(timeout=within_s)
            except TimeoutError:
                break
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self._broken(None, error)  # a file or row that is no message: it is out of the queue, the next is not
            within_s = MORE_S
        self._known_at = time.time()

    def _hand_over(self) -> None:
        if not self._drained:
            return
        batch, self._drained = self._drained, []
        handed = asyncio.run_coroutine_threadsafe(self._batches.put(batch), self._loop)
        while not self._stop.is_set():
            try:
                handed.result(LOOK_UP_S)
            except TimeoutError:
                continue
            return
        handed.cancel()

    def _arrived(self, message: Any) -> None:
        body = message.body
        self._drained.append(
            Message(
                body=body.encode(errors="surrogatepass") if isinstance(body, str) else bytes(body or b""),
                content_type=_text(message.content_type),
                content_encoding=_text(message.content_encoding),
                routing_key=_text((message.delivery_info or {}).get("routing_key")),
                received_at=time.time(),
            )
        )

    def _broken(self, message: Any, error: Exception) -> None:
        """Passed on without a content type, so that decoding makes a dead letter of it."""
        body = message.body if message is not None and isinstance(message.body, bytes) else repr(error).encode()
        self._drained.append(Message(body, "", "", "", time.time()))

    def _opened(self, problem: str) -> None:
        if problem or self._ready.done():
            self._gone = self._gone or problem or "The source is closed."
            if self._batches.empty():
                self._batches.put_nowait(None)
        if not self._ready.done():
            if problem:
                self._ready.set_exception(BrokerUnavailable(problem))
            else:
                self._ready.set_result(None)

    def _tell(self, callback: Any, problem: str) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, problem)
        except RuntimeError:
            return  # the loop is closed: nobody listens any more


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _reason(error: Exception) -> str:
    """What can be mended is said whole; of any other error only its name, for its text may hold the URL."""
    if isinstance(error, ImportError):
        return f"{error}. Install what this broker needs beside Meadow"
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    return type(error).__name__
