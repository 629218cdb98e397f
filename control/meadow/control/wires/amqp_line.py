"""One open AMQP connection with a reply queue of its own: publishes commands, hands replies to whoever waits for them."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiormq
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import AMQPError, ChannelAccessRefused, ChannelNotFoundEntity
from aiormq.exceptions import AuthenticationError as BadPassword
from aiormq.exceptions import ProbableAuthenticationError as ProbablyBadPassword
from pamqp.commands import Basic

from meadow.control.replies import Gathering
from meadow.core.amqp_address import Address, addresses
from meadow.core.connections import Connection
from meadow.core.errors import BrokerRefused, BrokerUnavailable
from meadow.core.noise import quieten
from meadow.core.uncancelled import uncancelled

QUEUE_BYTES_MAX = 16 * 1024 * 1024  # waiting replies; the oldest is dropped first
UNACKED_MAX = 50  # replies in memory that are not read yet
HEARTBEAT_S = 30
CLOSE_WITHIN_S = 1.0


@dataclass(slots=True)
class Heard:
    """What one question has been answered so far. news: set when nobody is left to wait for."""

    gathering: Gathering
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, deadline_s: float) -> None:
        """deadline_s: the event loop's clock."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline_s):
                await self.finished.wait()


class Line:
    """Made by `open`. reply_queue: exclusive, gone with the connection, bounded in bytes."""

    def __init__(self, wire: aiormq.abc.AbstractConnection, channel: AbstractChannel, connection: Connection) -> None:
        self.reply_queue = f"meadow.reply.{uuid.uuid4().hex}"
        self._wire, self._channel, self._connection = wire, channel, connection
        self._waiting: dict[str, Heard] = {}
        channel.closing.add_done_callback(lambda _: self._end())

    @classmethod
    async def open(cls, connection: Connection) -> Line:
        """The first host that answers. Raises BrokerRefused; AMQPError, OSError, BrokerUnavailable when none can be had."""
        hosts = addresses(connection)
        for number, address in enumerate(hosts):
            try:
                return await cls._of(address, connection)
            except (AMQPError, OSError, BrokerUnavailable):
                if number == len(hosts) - 1:
                    raise
        raise BrokerUnavailable("The broker URL names no host.")

    @classmethod
    async def _of(cls, address: Address, connection: Connection) -> Line:
        wire = _wire(address)
        try:
            await uncancelled(wire.connect())
            line = cls(wire, await uncancelled(wire.channel()), connection)
            await line._prepare()
        except BaseException as error:
            await _closed(wire)
            if isinstance(error, BadPassword | ProbablyBadPassword):
                raise BrokerRefused("The broker refuses the user or its password: correct the URL.") from error
            raise
        return line

    async def _prepare(self) -> None:
        bounds: dict[str, Any] = {"x-max-length-bytes": QUEUE_BYTES_MAX, "x-overflow": "drop-head"}
        await self.check()
        try:
            await uncancelled(self._channel.queue_declare(self.reply_queue, exclusive=True, arguments=bounds))
            await uncancelled(self._channel.basic_qos(prefetch_count=UNACKED_MAX))
            await uncancelled(self._channel.basic_consume(self.reply_queue, self._came))
        except ChannelAccessRefused as error:
            raise self._may_not() from error

    async def check(self) -> None:
        """Asks the broker for the workers' exchange. Raises BrokerRefused when there is none, and what a broken connection
        raises."""
        exchange = self._connection.pidbox
        try:
            await uncancelled(self._channel.exchange_declare(exchange=exchange, passive=True))
        except ChannelNotFoundEntity as error:
            raise BrokerRefused(f"No worker has ever listened here: there is no exchange '{exchange}'.") from error

    @property
    def is_open(self) -> bool:
        return not (self._wire.is_closed or self._channel.is_closed)

    @asynccontextmanager
    async def listening(self, ticket: str, gathering: Gathering) -> AsyncIterator[Heard]:
        """Replies with this ticket go to the gathering while inside."""
        heard = self._waiting[ticket] = Heard(gathering)
        try:
            yield heard
        finally:
            del self._waiting[ticket]

    async def publish(self, body: bytes, within_s: float) -> None:
        """Returns when the broker confirmed it. Raises PublishError when no worker's queue is bound, BrokerRefused, and
        what a broken connection raises."""
        properties = Basic.Properties(
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            # Whole seconds: AMQP libraries send a float as 32 bits, and an epoch's minutes are lost.
            headers={"clock": 0, "expires": math.ceil(time.time() + within_s)},
        )
        exchange = self._connection.pidbox
        try:
            await uncancelled(
                self._channel.basic_publish(body, exchange=exchange, properties=properties, mandatory=True)
            )
        except ChannelAccessRefused as error:
            raise self._may_not() from error

    async def close(self) -> None:
        self._end()
        await _closed(self._wire)

    async def _came(self, delivered: DeliveredMessage) -> None:
        properties = delivered.header.properties
        ticket = (properties.headers or {}).get("ticket")
        heard = self._waiting.get(ticket) if isinstance(ticket, str) else None
        if heard is not None:  # else it came too late
            heard.gathering.add(delivered.body, properties.content_type or "")
            if heard.gathering.complete:
                heard.finished.set()
        with suppress(AMQPError, RuntimeError, OSError):
            await self._channel.basic_ack(delivered.delivery_tag or 0)

    def _end(self) -> None:
        for heard in self._waiting.values():
            heard.finished.set()

    def _may_not(self) -> BrokerRefused:
        return BrokerRefused(
            f"The broker's user may not send commands; nothing was sent. It needs: configure '^meadow\\.', write"
            f" '^(meadow\\.|{self._connection.pidbox}$)', read '^meadow\\.'."
        )


def _wire(address: Address) -> aiormq.Connection:
    quieten("aiormq")
    url = address.url(heartbeat_s=HEARTBEAT_S, name="meadow control")
    wire = aiormq.Connection(url, context=address.tls.context() if address.tls else None)
    wire.vhost = address.vhost
    return wire


async def _closed(wire: aiormq.abc.AbstractConnection) -> None:
    """By a bound: a broker that hangs does not say goodbye."""
    with suppress(AMQPError, OSError, RuntimeError, BrokerUnavailable):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await uncancelled(wire.close())
