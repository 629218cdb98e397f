"""What Meadow needs in a RabbitMQ vhost: Celery's event exchange, and its own queue bound to it; made so as to harm nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiormq
from aiormq.abc import AbstractChannel
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelLockedResource,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ConnectionInternalError,
    ConnectionNotImplemented,
)
from pamqp.common import FieldTable

from meadow.core.errors import BrokerRefused, BrokerUnavailable

RETURNS_MAX = 1_000_000  # RabbitMQ 4.0 deletes a message after 20 returns unless told otherwise; a crash is a return


class QuorumRefused(BrokerUnavailable):
    """The broker has no quorum queues; it closed the connection to say so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One cluster's exchange and queue. queue_type: quorum or classic, tried before the other.

    The queue drops its oldest beyond bytes_max and goes away when nobody reads it for expires_s: a guest's queue must
    never fill its host. Changing either needs another queue name, as RabbitMQ refuses a second declaration (406).
    """

    exchange: str
    queue: str
    queue_type: str
    bytes_max: int
    expires_s: int
    vhost: str
    user: str
    pidbox: str

    def arguments(self, queue_type: str) -> FieldTable:
        shared: FieldTable = {
            "x-queue-type": queue_type,
            "x-max-length-bytes": self.bytes_max,
            "x-overflow": "drop-head",
            "x-expires": self.expires_s * 1000,
        }
        return shared | {"x-delivery-limit": RETURNS_MAX} if queue_type == "quorum" else shared

    def permissions(self) -> str:
        """The least that capture and control need, as the command that grants it."""
        return (
            f"`rabbitmqctl set_permissions -p {self.vhost} {self.user} '^meadow\\.' '^(meadow\\.|{_plain(self.pidbox)}$)'"
            f" '^(meadow\\.|{_plain(self.exchange)}$)'`"
        )


async def declare(wire: aiormq.Connection, plan: Plan) -> None:
    """Leaves the exchange, the queue and its binding in place. Raises BrokerRefused with what to mend, QuorumRefused."""
    await _exchange(wire, plan)
    await _queue(wire, plan)
    try:
        async with channel(wire) as ours:
            await ours.queue_bind(plan.queue, plan.exchange, routing_key="#")
    except ChannelAccessRefused as error:
        raise BrokerRefused(
            f"User '{plan.user}' may not bind a queue to exchange '{plan.exchange}' (read on it, write on"
            f" '{plan.queue}'): {plan.permissions()}."
        ) from error
    except ChannelNotFoundEntity as error:
        raise BrokerRefused(f"Exchange '{plan.exchange}' went away while Meadow bound its queue to it.") from error


@asynccontextmanager
async def channel(wire: aiormq.Connection, *, confirms: bool = False) -> AsyncIterator[AbstractChannel]:
    """One channel for one question: RabbitMQ closes it to say no."""
    ours = await wire.channel(publisher_confirms=confirms)
    try:
        yield ours
    finally:
        await ours.close()


async def _exchange(wire: aiormq.Connection, plan: Plan) -> None:
    try:
        async with channel(wire) as ours:
            await ours.exchange_declare(plan.exchange, passive=True)
        return
    except ChannelNotFoundEntity:
        pass
    except ChannelAccessRefused as error:
        raise BrokerRefused(
            f"User '{plan.user}' may not see exchange '{plan.exchange}': {plan.permissions()}."
        ) from error
    try:
        async with channel(wire) as ours:  # celery 5.7: topic, durable, not auto-delete, no arguments
            await ours.exchange_declare(plan.exchange, exchange_type="topic", durable=True)
    except ChannelAccessRefused as error:
        raise BrokerRefused(
            f"There is no exchange '{plan.exchange}' in vhost '{plan.vhost}' yet, and user '{plan.user}' may not make it:"
            f" start a Celery worker, which makes it, or allow configure on it."
        ) from error


async def _queue(wire: aiormq.Connection, plan: Plan) -> None:
    other = "classic" if plan.queue_type == "quorum" else "quorum"
    for queue_type in (plan.queue_type, other):
        try:
            async with channel(wire) as ours:
                await ours.queue_declare(plan.queue, durable=True, arguments=plan.arguments(queue_type))
            return
        except ChannelPreconditionFailed:
            continue  # it is there as the other type, from a time when this one could not be had
        except ChannelAccessRefused as error:
            raise BrokerRefused(
                f"User '{plan.user}' may not make the queue '{plan.queue}': {plan.permissions()}."
            ) from error
        except ChannelLockedResource as error:
            raise BrokerRefused(f"Another connection holds the queue '{plan.queue}' for itself: close it.") from error
        except (ConnectionInternalError, ConnectionNotImplemented) as error:
            raise QuorumRefused("The broker has no quorum queues.") from error
    raise BrokerRefused(
        f"The queue '{plan.queue}' in vhost '{plan.vhost}' was declared otherwise, perhaps with another size or expiry:"
        f" `rabbitmqctl delete_queue -p {plan.vhost} {plan.queue}`, or set these back."
    )


def _plain(name: str) -> str:
    return name.replace(".", "\\.")
