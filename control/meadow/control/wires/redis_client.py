"""A Redis client for any URL that kombu's Redis transports take: TCP, TLS, a unix socket, Sentinel."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from meadow.core.broker_places import places
from meadow.core.broker_tls import Tls
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings

CONNECT_WITHIN_S = 5.0
ANSWER_WITHIN_S = 10.0  # longer than any BRPOP of ours


@dataclass(frozen=True, slots=True)
class Client:
    """server: the one that takes commands. others: the Sentinels that say which one that is."""

    server: redis.asyncio.Redis
    others: tuple[redis.asyncio.Redis, ...] = ()

    async def close(self) -> None:
        """Never raises for a server that is away."""
        for one in (self.server, *self.others):
            with suppress(RedisError, OSError):
                await one.aclose()


def client_of(connection: Connection) -> Client:
    """Not connected yet. It never repeats a command by itself: a PUBLISH that failed may have been heard.

    Raises BadSettings for a URL or options that can never do, BrokerUnavailable for a certificate that cannot be read.
    """
    hosts = places(connection)
    first = hosts[0]
    options = _options(connection) | {"username": first.user or None, "password": first.password or None}
    if tls := Tls.of(connection, first.scheme):
        options |= {"ssl": True, **tls.redis_options()}
    if connection.scheme == "redis+socket":
        return Client(redis.asyncio.Redis(unix_socket_path=first.path, **options))
    if connection.scheme == "sentinel":
        return _master(connection, [(place.host, place.port or 26379) for place in hosts], options)
    return Client(redis.asyncio.Redis(host=first.host, port=first.port or 6379, **options))


def _options(connection: Connection) -> dict[str, Any]:
    return {
        "db": connection.redis_database,
        "protocol": 2,  # what every server since Redis 2 speaks
        "socket_connect_timeout": CONNECT_WITHIN_S,
        "socket_timeout": ANSWER_WITHIN_S,
        "retry": Retry(NoBackoff(), 0),
        "driver_info": None,
    }


def _master(connection: Connection, hosts: list[tuple[str, int]], options: dict[str, Any]) -> Client:
    given = dict(connection.transport_options)
    timeouts = {"socket_timeout": CONNECT_WITHIN_S, "socket_connect_timeout": CONNECT_WITHIN_S}
    try:
        sentinels = {**timeouts, **json.loads(given.get("sentinel_kwargs", "{}"))}
    except ValueError:
        raise BadSettings("The transport option sentinel_kwargs is not JSON.") from None
    name = given.get("master_name")
    if not name:
        raise BadSettings("A sentinel:// broker needs the transport option master_name.")
    known = Sentinel(hosts, sentinel_kwargs=sentinels)  # type: ignore[no-untyped-call] # redis-py
    return Client(known.master_for(name, **options), tuple(known.sentinels))
