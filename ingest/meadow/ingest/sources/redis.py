"""Celery events from Redis PUB/SUB, which keeps nothing: what is sent while nobody listens is lost, and said to be."""

from __future__ import annotations

import asyncio
import base64
import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import orjson
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AuthenticationError, AuthenticationWrongNumberOfArgsError, NoPermissionError, RedisError

from meadow.core.connections import Connection
from meadow.core.errors import BrokerRefused, BrokerUnavailable, MeadowError
from meadow.ingest.source import Batch, SourceState
from meadow.ingest.sources.broadcast import enable_events_body
from meadow.ingest.sources.links import BackOff, Links
from meadow.ingest.sources.redis_address import Channels, RedisAddress
from meadow.ingest.sources.redis_link import RedisLink, hang_up

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """batch_messages_max, batch_bytes_max  read ahead of the reader, about; beyond it Redis keeps what comes, up to its own
    `client-output-buffer-limit pubsub`. ping_every_s: a Redis that leaves three in a row unanswered is taken for gone."""

    batch_messages_max: int = 2_000
    batch_bytes_max: int = 64 << 20
    ping_every_s: float = 2.0
    connect_within_s: float = 10.0
    back_off_first_s: float = 0.1
    back_off_max_s: float = 15.0


class RedisSource:
    """A Source for `redis://`, `rediss://`, `redis+socket://` and `sentinel://`. Tokens mean nothing here."""

    def __init__(self, connection: Connection, settings: RedisSettings = RedisSettings()) -> None:
        """Raises BadSettings for a URL or options that can never do."""
        self._connection = connection
        self._settings = settings
        self._address = RedisAddress(connection, connect_within_s=settings.connect_within_s)
        self._channels = Channels.of(connection)
        self._links = Links(self._open, BackOff(settings.back_off_first_s, settings.back_off_max_s))

    @property
    def state(self) -> SourceState:
        return self._links.state

    async def batches(self) -> AsyncIterator[Batch]:
        """See Source."""
        async with aclosing(self._links.stream()) as stream:
            async for taken in stream:
                yield Batch(taken.messages, taken.gaps)

    async def done(self, token: int) -> None:
        """Nothing to do: Redis keeps nothing."""

    async def enable_events(self, hostnames: Sequence[str] | None) -> None:
        """See Source."""
        try:
            async with asyncio.timeout(self._settings.connect_within_s):
                await self._publish(_envelope(self._connection.pidbox, hostnames))
        except (RedisError, OSError, TimeoutError, MeadowError) as error:
            log.info("enable_events was not sent to %s: %s", self._connection.masked, type(error).__name__)

    async def close(self) -> None:
        await self._links.close()

    async def _open(self) -> RedisLink:
        settings = self._settings
        link = RedisLink(
            await self._connected(),
            self._channels,
            batch_max=settings.batch_messages_max,
            bytes_max=settings.batch_bytes_max,
            ping_every_s=settings.ping_every_s,
        )
        try:
            async with asyncio.timeout(settings.connect_within_s):
                await link.subscribe()
        except BaseException as error:
            await link.close()
            if isinstance(error, RedisError | OSError | TimeoutError):
                raise self._refusal(error) from error
            raise
        return link

    async def _connected(self) -> AbstractConnection:
        try:
            wire = await self._address.connection()
            try:
                await wire.connect()  # type: ignore[no-untyped-call] # redis-py
            except BaseException:
                await hang_up(wire)
                raise
        except (RedisError, OSError, TimeoutError) as error:
            raise self._refusal(error) from error
        return wire

    async def _publish(self, envelope: bytes) -> None:
        wire = await self._connected()
        try:
            await wire.send_command("PUBLISH", self._connection.redis_channel(self._connection.pidbox), envelope)
            await wire.read_response()
        finally:
            await hang_up(wire)

    def _refusal(self, error: BaseException) -> BrokerRefused | BrokerUnavailable:
        at = self._address
        if isinstance(error, AuthenticationError | AuthenticationWrongNumberOfArgsError):
            return BrokerRefused(f"Redis at {at} refuses user '{at.user}' or its password: correct the URL.")
        if isinstance(error, NoPermissionError):
            channels = " ".join(
                f"&{channel}" for channel in self._channels.all
            )  # Redis 7 compares patterns letter by letter
            return BrokerRefused(
                f"Redis user '{at.user}' may not subscribe: `ACL SETUSER {at.user} {channels} +subscribe +psubscribe +ping`."
            )
        if isinstance(error, TimeoutError):
            return BrokerUnavailable(f"Redis at {at} does not answer in time.")
        return BrokerUnavailable(f"Redis at {at} cannot be reached: {str(error).rstrip('.')[:200]}.")


def _envelope(pidbox: str, hostnames: Sequence[str] | None) -> bytes:
    """kombu 5.7's fanout message."""
    return orjson.dumps(
        {
            "body": base64.b64encode(orjson.dumps(enable_events_body(hostnames))).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"clock": 0},
            "properties": {
                "delivery_mode": 1,
                "delivery_info": {"exchange": pidbox, "routing_key": ""},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )
