"""Commands over any other of kombu's transports that has fanout (filesystem, mongodb, …), in a thread."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import kombu
from kombu.exceptions import KombuError

from meadow.control.replies import Gathering
from meadow.control.wire import NOT_SENT, SENDING, Question, Reply, message
from meadow.core.connections import Connection
from meadow.core.errors import BrokerUnavailable
from meadow.core.kombu_files import Transport

POLL_S = 0.05  # kombu's own default is a second
END_WITHIN_S = 1.0  # of the thread, after the deadline


class KombuWire:
    """One question at a time: kombu's connections are not shared by threads. Replies come into one queue of our own.

    A thread that hangs in a transport is left to it; further questions are refused until it is done.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reply_queue = f"meadow.reply.{uuid.uuid4().hex}"
        self._thread = ThreadPoolExecutor(1, "meadow-kombu")
        self._turn = asyncio.Lock()
        self._hanging: asyncio.Future[None] | None = None

    async def ask(self, question: Question) -> dict[str, Reply]:
        """See Wire."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + question.within_s
        try:
            async with asyncio.timeout_at(deadline_s):
                await self._turn.acquire()
        except TimeoutError as error:
            raise BrokerUnavailable(NOT_SENT) from error
        try:
            return await self._in_turn(question, deadline_s)
        finally:
            self._turn.release()

    async def _in_turn(self, question: Question, deadline_s: float) -> dict[str, Reply]:
        if self._hanging is not None and not self._hanging.done():
            raise BrokerUnavailable(NOT_SENT)
        loop = asyncio.get_running_loop()
        gathering = Gathering(question)
        left_s = deadline_s - loop.time()
        self._hanging = loop.run_in_executor(self._thread, self._converse, question, gathering, left_s)
        self._hanging.add_done_callback(_noticed)
        try:
            async with asyncio.timeout_at(deadline_s + END_WITHIN_S):
                await asyncio.shield(self._hanging)
        except TimeoutError as error:
            raise BrokerUnavailable(SENDING) from error
        return gathering.replies

    async def close(self) -> None:
        """See Wire."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _converse(self, question: Question, gathering: Gathering, left_s: float) -> None:
        """In the thread: connect, listen, send, gather."""
        deadline_s = time.monotonic() + left_s
        ticket = uuid.uuid4().hex

        def came(received: Any) -> None:
            if received.headers.get("ticket") == ticket:
                body = received.body
                gathering.add(body.encode() if isinstance(body, str) else bytes(body), received.content_type or "")

        fault = NOT_SENT
        try:
            with self._connect() as connection:
                queue = kombu.Queue(self._reply_queue, durable=False, auto_delete=True)
                with connection.Consumer([queue], on_message=came, no_ack=True):
                    fault = SENDING
                    self._publish(connection, message(question, ticket, self._reply_queue), question.within_s)
                    fault = ""
                    _gather(connection, gathering, deadline_s)
        except (KombuError, OSError, ValueError) as error:
            if fault:
                raise BrokerUnavailable(fault) from error

    def _publish(self, connection: Any, body: bytes, within_s: float) -> None:
        """Declared as workers declare it, so that the transport knows it for a fanout."""
        exchange = kombu.Exchange(self._connection.pidbox, type="fanout", durable=False, delivery_mode="transient")
        with connection.Producer(exchange=exchange) as producer:
            producer.publish(
                body,
                content_type="application/json",
                content_encoding="utf-8",
                headers={"clock": 0, "expires": time.time() + within_s},
                declare=[exchange],
                delivery_mode="transient",
            )

    def _connect(self) -> Any:
        options = {name: _typed(value) for name, value in self._connection.transport_options}
        return kombu.Connection(
            self._connection.url,
            transport=Transport if self._connection.scheme == "filesystem" else None,
            transport_options=options | {"polling_interval": POLL_S},
        )


def _gather(connection: Any, gathering: Gathering, deadline_s: float) -> None:
    while not gathering.complete and (left_s := deadline_s - time.monotonic()) > 0:
        # TimeoutError: nothing came. ValueError: no message, as anybody may write one into a transport's folder.
        with suppress(TimeoutError, ValueError):
            connection.drain_events(timeout=left_s)


def _typed(text: str) -> Any:
    """Options are kept as texts; kombu wants numbers and flags."""
    try:
        value = json.loads(text.lower() if text in ("True", "False") else text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text


def _noticed(done: asyncio.Future[None]) -> None:
    """What nobody waits for any more is no complaint."""
    if not done.cancelled():
        done.exception()
