"""Opens one AMQP connection, and says in a sentence why it could not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, SupportsIndex

import aiormq
from aiormq.connection import TransportFactory
from aiormq.exceptions import (
    AMQPError,
    AuthenticationError,
    ConnectionClosed,
    InvalidFrameError,
    ProbableAuthenticationError,
)
from yarl import URL

from meadow.core.amqp_address import Address
from meadow.core.errors import BrokerRefused, BrokerUnavailable
from meadow.core.noise import quieten
from meadow.core.uncancelled import uncancelled
from meadow.ingest.sources.amqp_inflow import Inflow

NOT_ALLOWED = 530


class DivertedReader(asyncio.StreamReader):
    """The stream that aiormq reads: what the inflow leaves of it."""

    inflow: Inflow

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        if left := self.inflow.take(bytes(data)):
            super().feed_data(left)


class Sockets(TransportFactory):
    """Makes the connection's socket: TCP, or TLS with a context."""

    def __init__(self, inflow: Inflow, tls: ssl.SSLContext | None) -> None:
        self._inflow = inflow
        self._tls = tls

    async def create(self, url: URL, **_: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = DivertedReader(loop=loop)
        reader.inflow = self._inflow
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _protocol = await loop.create_connection(
            lambda: protocol, url.host or "", url.port or 0, ssl=self._tls
        )
        self._inflow.of(transport)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def connect(
    address: Address, *, inflow: Inflow, name: str, heartbeat_s: int, within_s: float
) -> aiormq.Connection:
    """name: shown in the broker's list of connections. Raises BrokerUnavailable, BrokerRefused."""
    quieten("aiormq")
    sockets = Sockets(inflow, address.tls.context() if address.tls else None)
    wire = aiormq.Connection(address.url(heartbeat_s=heartbeat_s, name=name), transport_factory=sockets)
    wire.vhost = address.vhost
    try:
        async with asyncio.timeout(within_s):
            await uncancelled(wire.connect())
    except BaseException as error:
        await wire.close()
        if isinstance(error, AMQPError | OSError | TimeoutError):
            raise _refusal(error, address) from error
        raise
    return wire


def _refusal(error: BaseException, address: Address) -> BrokerRefused | BrokerUnavailable:
    if isinstance(error, ProbableAuthenticationError | AuthenticationError):
        return BrokerRefused(f"The broker at {address} refuses user '{address.user}' or its password: correct the URL.")
    if _not_allowed(error):
        return BrokerRefused(
            f"The broker at {address} has no vhost '{address.vhost}', or user '{address.user}' may not use it:"
            f" `rabbitmqctl add_vhost`, then `rabbitmqctl set_permissions`."
        )
    if isinstance(error, TimeoutError):
        return BrokerUnavailable(f"The broker at {address} does not answer in time.")
    return BrokerUnavailable(f"The broker at {address} cannot be reached: {_reason(error)}.")


def _not_allowed(error: BaseException) -> bool:
    """aiormq 7.2 hides the broker's 530 behind its own surprise at not being let into the vhost."""
    hidden = isinstance(error, InvalidFrameError) and "Connection.OpenOk" in str(error)
    return hidden or (isinstance(error, ConnectionClosed) and NOT_ALLOWED in error.args)


def _reason(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__).rstrip(".")[:200]
