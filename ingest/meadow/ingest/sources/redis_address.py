"""Where a Redis is and which channels of it a cluster's events come on, read as kombu reads its URL and options."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from meadow.core.broker_places import places
from meadow.core.broker_tls import Tls
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings

GLOB = re.compile(r"([\\*?\[\]])")


@dataclass(frozen=True, slots=True)
class Channels:
    """plain: the exchange's own channel. pattern: its routing keys' channels, "" when the cluster does not use them."""

    plain: str
    pattern: str

    @classmethod
    def of(cls, connection: Connection) -> Channels:
        plain = connection.redis_channel(connection.event_exchange)
        return cls(plain, GLOB.sub(r"\\\1", plain) + "/*" if connection.fanout_patterns else "")

    @property
    def all(self) -> tuple[str, ...]:
        return (self.plain, self.pattern) if self.pattern else (self.plain,)


class RedisAddress:
    """Makes unconnected connections to the one server, or to the master its Sentinels name. Its text is safe to show."""

    def __init__(self, connection: Connection, *, connect_within_s: float) -> None:
        """Raises BadSettings for a URL or options that can never do."""
        self._scheme = connection.scheme
        self._connect_within_s = connect_within_s
        self._options = dict(connection.transport_options)
        try:
            self._sentinel = json.loads(self._options.get("sentinel_kwargs", "{}"))
        except ValueError:
            raise BadSettings("The transport option sentinel_kwargs is not JSON.") from None
        self._places = places(connection)
        self._first = self._places[0]
        self._tls = Tls.of(connection, self._first.scheme)
        if self._scheme == "sentinel" and not self._options.get("master_name"):
            raise BadSettings("A sentinel:// broker needs the transport option master_name.")

    def __str__(self) -> str:
        if self._scheme == "redis+socket":
            return self._first.path
        return ", ".join(f"{place.host}:{place.port or self._port}" for place in self._places)

    @property
    def user(self) -> str:
        return self._first.user or "default"

    async def connection(self) -> AbstractConnection:
        """Not connected yet, but for the question to the Sentinels. Raises what redis-py raises for those, and
        BrokerUnavailable for a certificate that cannot be read."""
        shared = self._shared()
        if self._scheme == "redis+socket":
            return redis.asyncio.UnixDomainSocketConnection(path=self._first.path, **shared)
        sentinel = self._scheme == "sentinel"
        host, port = await self._master() if sentinel else (self._first.host, self._first.port or self._port)
        shared |= {"host": host, "port": port, "socket_keepalive": True}
        if self._tls:
            return redis.asyncio.SSLConnection(**shared, **self._tls.redis_options())
        return redis.asyncio.Connection(**shared)

    @property
    def _port(self) -> int:
        return 26379 if self._scheme == "sentinel" else 6379

    def _shared(self) -> dict[str, Any]:
        """PUB/SUB knows no databases, so none is selected; RESP2 is what every server since Redis 2 speaks."""
        return {
            "username": self._first.user or None,
            "password": self._first.password or None,
            "protocol": 2,
            "socket_connect_timeout": self._connect_within_s,
            "socket_timeout": None,
            "retry": Retry(NoBackoff(), 0),
            "driver_info": None,
        }

    async def _master(self) -> tuple[str, int]:
        timeouts = {"socket_timeout": self._connect_within_s, "socket_connect_timeout": self._connect_within_s}
        hosts = [(place.host, place.port or self._port) for place in self._places]
        sentinel = Sentinel(hosts, sentinel_kwargs={**timeouts, **self._sentinel})  # type: ignore[no-untyped-call] # redis-py
        try:
            host, port = await sentinel.discover_master(self._options["master_name"])
            return host, int(port)
        finally:
            for one in sentinel.sentinels:
                await one.aclose()
