"""Celery events from RabbitMQ, through a queue of Meadow's own: what reached it is kept until the log has it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

import aiormq
from aiormq.exceptions import AMQPError, ChannelInvalidStateError

from meadow.core.amqp_address import Address, addresses
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerUnavailable
from meadow.core.uncancelled import uncancelled
from meadow.ingest.source import Batch, SourceState
from meadow.ingest.sources.amqp_inflow import Inflow
from meadow.ingest.sources.amqp_link import AmqpLink
from meadow.ingest.sources.amqp_topology import Plan, QuorumRefused, declare
from meadow.ingest.sources.amqp_voice import AmqpVoice
from meadow.ingest.sources.amqp_wire import connect
from meadow.ingest.sources.broadcast import enable_events_body
from meadow.ingest.sources.links import BackOff, Links

log = logging.getLogger(__name__)

NAME_BYTES_MAX = 255


@dataclass(frozen=True, slots=True)
class AmqpSettings:
    """queue_bytes_max, queue_expires_s  bounds of Meadow's queue in the cluster's broker; the oldest is dropped first.
    queue_type         tried first; the other is taken where the broker refuses it.
    prefetch           messages the broker hands out before the first of them is done.
    batch_messages_max in one batch. gather_s: how long messages fewer than that wait for more.
    held_bytes_max     bodies read and not yet taken; beyond it nothing is read from the socket.
    """

    queue_bytes_max: int = 1 << 30
    queue_expires_s: int = 7 * 86_400
    queue_type: Literal["quorum", "classic"] = "quorum"
    prefetch: int = 4_000
    batch_messages_max: int = 1_000
    gather_s: float = 0.005
    held_bytes_max: int = 64 << 20
    heartbeat_s: int = 30
    connect_within_s: float = 10.0
    back_off_first_s: float = 0.2
    back_off_max_s: float = 30.0


class AmqpSource:
    """A Source for `amqp://`, `amqps://`, `pyamqp://`: RabbitMQ 3.8 and later. Several collectors share the one queue."""

    def __init__(self, cluster_slug: str, connection: Connection, settings: AmqpSettings = AmqpSettings()) -> None:
        """Raises BadSettings for a URL or exchange name that can never do."""
        self._name = f"meadow {cluster_slug}"
        self._connection = connection
        self._settings = settings
        self._addresses = addresses(connection)
        self._turn = count()
        self._queue = f"meadow.events.v1.{connection.event_exchange}"
        self._queue_type: str = settings.queue_type
        self._token = 0
        self._links = Links(self._open, BackOff(settings.back_off_first_s, settings.back_off_max_s))
        self._voice = AmqpVoice(connection.pidbox, lambda: self._connect(Inflow()))
        if len(self._queue.encode()) > NAME_BYTES_MAX:
            raise BadSettings("event_exchange is too long: 200 bytes at most.")

    @property
    def state(self) -> SourceState:
        state = self._links.state
        return replace(state, problem=self._voice.problem) if state.connected and not state.problem else state

    async def batches(self) -> AsyncIterator[Batch]:
        """See Source. Every batch has messages; none has gaps."""
        async with aclosing(self._links.stream()) as stream:
            async for taken in stream:
                if taken.messages:
                    self._token = taken.link.token
                    yield Batch(taken.messages, token=self._token)

    async def done(self, token: int) -> None:
        """See Source."""
        if self._links.link is not None:
            await self._links.link.acknowledge(token)

    async def enable_events(self, hostnames: Sequence[str] | None) -> None:
        """See Source. A broker in alarm is waited for a few seconds, and `state` says so."""
        try:
            await self._voice.say(dict(enable_events_body(hostnames)))
        except (AMQPError, ChannelInvalidStateError, BrokerUnavailable, OSError, TimeoutError, RuntimeError) as error:
            log.info("enable_events was not sent to %s: %s", self._connection.masked, type(error).__name__)

    async def close(self) -> None:
        """Batches not done are delivered again, to whoever reads next."""
        await self._links.close()
        await self._voice.close()

    async def _open(self) -> AmqpLink:
        address = self._next_address()
        inflow = Inflow()
        wire = await self._connect(inflow, address)
        try:
            plan = self._plan(address)
            await uncancelled(declare(wire, plan))
            settings = self._settings
            link = AmqpLink(
                wire,
                inflow,
                base=self._token,
                batch_max=settings.batch_messages_max,
                bytes_max=settings.held_bytes_max,
                gather_s=settings.gather_s,
            )
            await uncancelled(link.consume(plan, settings.prefetch))
        except BaseException as error:
            await wire.close()
            if isinstance(error, QuorumRefused):
                self._queue_type = "classic"
            if isinstance(error, AMQPError | OSError | ChannelInvalidStateError):
                raise BrokerUnavailable(f"The broker at {address} closed the connection: {error}.") from error
            raise
        return link

    def _next_address(self) -> Address:
        return self._addresses[next(self._turn) % len(self._addresses)]

    async def _connect(self, inflow: Inflow, address: Address | None = None) -> aiormq.Connection:
        return await connect(
            address or self._next_address(),
            inflow=inflow,
            name=self._name,
            heartbeat_s=self._settings.heartbeat_s,
            within_s=self._settings.connect_within_s,
        )

    def _plan(self, address: Address) -> Plan:
        return Plan(
            exchange=self._connection.event_exchange,
            queue=self._queue,
            queue_type=self._queue_type,
            bytes_max=self._settings.queue_bytes_max,
            expires_s=self._settings.queue_expires_s,
            vhost=address.vhost,
            user=address.user,
            pidbox=self._connection.pidbox,
        )
