"""Commands over RabbitMQ: one connection a cluster, one exclusive reply queue on it, any number of commands at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiormq.exceptions import AMQPError, ChannelInvalidStateError, PublishError

from meadow.control.replies import Gathering
from meadow.control.wire import NOT_SENT, Question, Reply, message
from meadow.control.wires.amqp_line import Line
from meadow.core.connections import Connection
from meadow.core.errors import BrokerUnavailable

UNCONFIRMED = (
    "The broker did not confirm the command in time, as one that is short of memory or disk does not; whether workers got it"
    " is not known."
)
BROKEN = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError, BrokerUnavailable)


class AmqpWire:
    """A Wire for `amqp://`, `amqps://`, `pyamqp://`. Connects when first asked, and again when the connection is gone.

    Sending is confirmed by the broker: one in alarm confirms nothing, and then BrokerUnavailable says that it is not known
    whether workers got the command. A command nobody could be given (no worker queue is bound) is answered {} at once.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> dict[str, Reply]:
        """See Wire."""
        deadline_s = asyncio.get_running_loop().time() + question.within_s
        line = await self._open(deadline_s)
        ticket = uuid.uuid4().hex
        async with line.listening(ticket, Gathering(question)) as heard:
            was_sent = await self._sent(line, message(question, ticket, line.reply_queue), question, deadline_s)
            if was_sent and not heard.gathering.complete:
                await heard.until(deadline_s)
            return heard.gathering.replies

    async def close(self) -> None:
        """See Wire."""
        self._drop()
        await asyncio.gather(*self._closing)

    async def _open(self, deadline_s: float) -> Line:
        """A line that answers, so that what fails before the command is sent can be said for sure."""
        async with self._opening:
            try:
                async with asyncio.timeout_at(deadline_s):
                    line = self._line
                    if line is None or not await _answers(line):
                        self._drop()
                        line = self._line = await Line.open(self._connection)
            except BROKEN as error:
                self._drop()
                raise BrokerUnavailable(NOT_SENT) from error
            return line

    async def _sent(self, line: Line, body: bytes, question: Question, deadline_s: float) -> bool:
        """False when there was nobody to send it to."""
        async with self._dropping(line):
            try:
                async with asyncio.timeout_at(deadline_s):
                    await line.publish(body, question.within_s)
            except PublishError:
                return False
        return True

    @asynccontextmanager
    async def _dropping(self, line: Line) -> AsyncIterator[None]:
        """A line that failed to send is not used again: a late confirmation could be taken for another command's."""
        try:
            yield
        except BaseException as error:
            if self._line is line:
                self._drop()
            if isinstance(error, BROKEN):
                raise BrokerUnavailable(UNCONFIRMED) from error
            raise

    def _drop(self) -> None:
        """Nobody waits for a broker to say goodbye."""
        line, self._line = self._line, None
        if line is not None:
            closing = asyncio.create_task(line.close(), name="meadow-close")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


async def _answers(line: Line) -> bool:
    if not line.is_open:
        return False
    try:
        await line.check()
    except (AMQPError, ChannelInvalidStateError, OSError, BrokerUnavailable):
        return False
    return True
