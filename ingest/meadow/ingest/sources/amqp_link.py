"""One AMQP connection that consumes Meadow's queue: what came is held until taken, and acknowledged once it is safe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import aiormq
from aiormq.abc import AbstractChannel
from aiormq.exceptions import AMQPError, ChannelAccessRefused, ChannelInvalidStateError

from meadow.core.errors import BrokerRefused, BrokerUnavailable
from meadow.core.uncancelled import uncancelled
from meadow.ingest.source import Message
from meadow.ingest.sources.amqp_inflow import Delivery, Inflow
from meadow.ingest.sources.amqp_topology import Plan


class AmqpLink:
    """Holds at most `prefetch` messages that were not acknowledged, and about `bytes_max` of them that were not taken.

    base  the tokens of this link are base + RabbitMQ's delivery tag, so those of an older link are never above it.
    """

    def __init__(
        self, wire: aiormq.Connection, inflow: Inflow, *, base: int, batch_max: int, bytes_max: int, gather_s: float
    ) -> None:
        self._wire = wire
        self._inflow = inflow
        self._base = base
        self._batch_max, self._bytes_max, self._gather_s = batch_max, bytes_max, gather_s
        self._channel: AbstractChannel | None = None
        self._held: list[Delivery] = []
        self._held_bytes = 0
        self._acknowledged = base
        self._gone: str | None = None
        self._news = asyncio.Event()
        self.token = base

    @property
    def known_at(self) -> float:
        """Nothing is lost with the connection: the queue keeps it."""
        return time.time()

    async def consume(self, plan: Plan, prefetch: int) -> None:
        """Raises BrokerRefused when the user may not read the queue."""
        ours = self._channel = await self._wire.channel(publisher_confirms=False)
        self._wire.closing.add_done_callback(lambda _: self._end("The broker closed the connection."))
        ours.closing.add_done_callback(lambda _: self._end("The broker closed the channel."))
        ours.on_consumer_cancel_callbacks.add(lambda _: self._end(f"The queue '{plan.queue}' was deleted."))
        try:
            await ours.basic_qos(prefetch_count=prefetch)
            self._inflow.divert(ours.number, self._arrived)
            await ours.basic_consume(plan.queue, _unexpected)
        except ChannelAccessRefused as error:
            raise BrokerRefused(
                f"User '{plan.user}' may not read the queue '{plan.queue}': {plan.permissions()}."
            ) from error

    async def take(self) -> Sequence[Message]:
        """A full batch at once; less than that with what comes in the next gather_s, as workers send in bursts."""
        while not self._held and not self._gone:
            self._news.clear()
            await self._news.wait()
        if len(self._held) < self._batch_max:
            await asyncio.sleep(self._gather_s)
        if self._gone:
            raise BrokerUnavailable(self._gone)  # what is held will be delivered again
        taken, self._held = self._held[: self._batch_max], self._held[self._batch_max :]
        self._held_bytes -= _bytes_of(taken)
        if self._held_bytes < self._bytes_max:
            self._inflow.open()
        self.token = self._base + taken[-1][0]
        return [message for _, message in taken]

    async def acknowledge(self, token: int) -> None:
        """All up to the token. Does nothing for a token of another link, one acknowledged before, or a link that is gone."""
        if self._channel is None or self._gone or not self._acknowledged < token <= self.token:
            return
        self._acknowledged = token
        try:
            await uncancelled(self._channel.basic_ack(token - self._base, multiple=True))
        except (AMQPError, ChannelInvalidStateError, OSError, BrokerUnavailable):
            self._end("The broker closed the connection.")  # it will deliver them again

    async def close(self) -> None:
        self._end("The source is closed.")
        self._inflow.open()
        await self._wire.close()

    def _arrived(self, deliveries: list[Delivery]) -> None:
        """Called where the socket is read, with all of one read."""
        self._held += deliveries
        self._held_bytes += _bytes_of(deliveries)
        if self._held_bytes >= self._bytes_max:
            self._inflow.shut()
        self._news.set()

    def _end(self, reason: str) -> None:
        self._gone = self._gone or reason
        self._news.set()


async def _unexpected(_: object) -> None:
    """aiormq wants a consumer; the inflow leaves it nothing to hand over."""


def _bytes_of(deliveries: Sequence[Delivery]) -> int:
    return sum([len(message.body) for _, message in deliveries])
