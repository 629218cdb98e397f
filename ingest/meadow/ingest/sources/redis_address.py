"""Where a Redis is and which channels of it a cluster's events come on, read as kombu reads its URL and options."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import redis.asyncio
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.ingest.sources.tls import Tls

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
            self._tls = Tls.of(connection)
            self._parts = [_split(one, connection.scheme) for one in connection.url.split(";") if one]
            self._places = [(unquote(p.hostname or "localhost"), p.port) for p in self._parts]
            self._sentinel = json.loads(self._options.get("sentinel_kwargs", "{}"))
        except ValueError:
            raise BadSettings("The broker URL or its sentinel_kwargs cannot be read.") from None
        if self._scheme == "sentinel" and not self._options.get("master_name"):
            raise BadSettings("A sentinel:// broker needs the transport option master_name.")

    def __str__(self) -> str:
        if self._scheme == "redis+socket":
            return unquote(self._parts[0].path)
        return ", ".join(f"{host}:{port or self._port}" for host, port in self._places)

    @property
    def user(self) -> str:
        return unquote(self._parts[0].username or "") or "default"

    async def connection(self) -> AbstractConnection:
        """Not connected yet, but for the question to the Sentinels. Raises what redis-py raises for those."""
        shared = self._shared()
        if self._scheme == "redis+socket":
            return redis.asyncio.UnixDomainSocketConnection(path=unquote(self._parts[0].path), **shared)
        host, port = await self._master() if self._scheme == "sentinel" else self._places[0]
        if self._scheme == "rediss":
            return redis.asyncio.SSLConnection(
                host=host, port=port or self._port, socket_keepalive=True, **self._tls.redis_options(), **shared
            )
        return redis.asyncio.Connection(host=host, port=port or self._port, socket_keepalive=True, **shared)

    @property
    def _port(self) -> int:
        return 26379 if self._scheme == "sentinel" else 6379

    def _shared(self) -> Mapping[str, Any]:
        """PUB/SUB knows no databases, so none is selected; RESP2 is what every server since Redis 2 speaks."""
        return {
            "username": unquote(self._parts[0].username or "") or None,
            "password": unquote(self._parts[0].password or "") or None,
            "protocol": 2,
            "socket_connect_timeout": self._connect_within_s,
            "socket_timeout": None,
            "retry": Retry(NoBackoff(), 0),
            "driver_info": None,
        }

    async def _master(self) -> tuple[str, int]:
        timeouts = {"socket_timeout": self._connect_within_s, "socket_connect_timeout": self._connect_within_s}
        places = [(host, port or self._port) for host, port in self._places]
        sentinel = Sentinel(places, sentinel_kwargs={**timeouts, **self._sentinel})  # type: ignore[no-untyped-call] # redis-py
        try:
            host, port = await sentinel.discover_master(self._options["master_name"])
            return host, int(port)
        finally:
            for one in sentinel.sentinels:
                await one.aclose()


def _split(url: str, scheme: str) -> SplitResult:
    parts = urlsplit(url if "://" in url else f"{scheme}://{url}")
    _ = parts.port  # raises ValueError when it is none
    return parts
