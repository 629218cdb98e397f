"""What Meadow asks of kombu: a queue nobody else has on the event exchange, and one broadcast to the workers."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import kombu
from kombu.transport import TRANSPORT_ALIASES

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.kombu_files import Transport

FANOUT_DRIVERS = {"redis", "gcpubsub"}  # celery 5.7: there the event exchange is a fanout


def connect(connection: Connection, *, poll_every_s: float, within_s: float) -> Any:
    """A kombu connection with the cluster's transport options; not connected yet. Use it in one thread.
    Raises BadSettings where kombu has no transport of the scheme."""
    if connection.scheme.partition("+")[0] not in TRANSPORT_ALIASES:
        raise BadSettings(
            f"Celery has no broker of {connection.scheme}://; amqp://, redis:// and others of kombu can be read."
        )
    options = {name: _value(text) for name, text in connection.transport_options}
    own = Transport if connection.scheme == "filesystem" else None
    return kombu.Connection(
        connection.url,
        transport=own,
        transport_options={"polling_interval": poll_every_s, **options},
        connect_timeout=within_s,
    )


@contextmanager
def consuming(
    wire: Any, exchange: str, arrived: Callable[[Any], None], broken: Callable[[Any, Exception], None]
) -> Iterator[None]:
    """While inside, `wire.drain_events` calls `arrived` with every event message, and `broken` with one that kombu refuses."""
    channel = wire.default_channel
    kind = "fanout" if wire.transport.driver_type in FANOUT_DRIVERS else "topic"
    prefix = f"meadow.events.v1.{exchange}.{socket.gethostname()}."
    if hasattr(channel, "forget_dead"):
        channel.forget_dead(exchange, prefix)
    queue = kombu.Queue(
        f"{prefix}{os.getpid()}.{uuid.uuid4().hex}",
        kombu.Exchange(exchange, type=kind, durable=True, auto_delete=False),
        routing_key="#",
        durable=False,
        auto_delete=True,
    )(channel)
    try:
        with kombu.Consumer(channel, [queue], on_message=arrived, on_decode_error=broken, no_ack=True):
            yield
    finally:
        queue.delete()


def broadcast(connection: Connection, body: dict[str, Any], *, within_s: float) -> None:
    """Publishes to the pidbox exchange, which is declared as celery 5.7 does. Raises what kombu raises."""
    with connect(connection, poll_every_s=1.0, within_s=within_s) as wire:
        pidbox = kombu.Exchange(connection.pidbox, type="fanout", durable=False, delivery_mode="transient")
        producer = kombu.Producer(wire.default_channel, exchange=pidbox, serializer="json")
        producer.publish(body, headers={"clock": 0}, declare=[pidbox])


def _value(text: str) -> str | bool | float:
    """Options come as text; kombu wants numbers and truths as such."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text
