"""One subscribed Redis connection: reads ahead a bounded amount, and knows up to when it has missed nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from math import inf

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from meadow.core.errors import BrokerUnavailable
from meadow.ingest.source import Message
from meadow.ingest.sources.redis_address import Channels
from meadow.ingest.sources.redis_envelope import message_of

TURN = 200  # messages after which others of this process get their turn


class RedisLink:
    """Holds at most batch_max messages or about bytes_max of envelopes; then it stops reading, and Redis keeps what comes
    in its output buffer until that is over its limit and it hangs up."""

    def __init__(
        self, wire: AbstractConnection, channels: Channels, *, batch_max: int, bytes_max: int, ping_every_s: float
    ) -> None:
        self._wire = wire
        self._channels = channels
        self._prefix = f"{channels.plain}/".encode()
        self._batch_max, self._bytes_max, self._ping_every_s = batch_max, bytes_max, ping_every_s
        self._held: list[Message] = []
        self._held_bytes = 0
        self._gone: str | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._known_at = self._read_at = time.time()
        self._asked_at: float | None = None
        self._unconfirmed = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def known_at(self) -> float:
        """When the last answered PING was sent: Redis had written all that was published before it ahead of its answer."""
        return self._known_at

    async def subscribe(self) -> None:
        """Returns when Redis has confirmed the channels; raises what redis-py raises."""
        for command, channel in (("SUBSCRIBE", self._channels.plain), ("PSUBSCRIBE", self._channels.pattern)):
            if channel:
                self._unconfirmed += 1
                await self._wire.send_command(command, channel, check_health=False)
        while self._unconfirmed:
            self._heard(await self._wire.read_response(disable_decoding=True))
        self._known_at = self._read_at = time.time()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ping())]

    async def take(self) -> Sequence[Message]:
        """All there is. What was read before the connection went is still given."""
        while not self._held:
            if self._gone:
                raise BrokerUnavailable(self._gone)
            self._news.clear()
            await self._news.wait()
        taken, self._held, self._held_bytes = self._held, [], 0
        if not self._room.is_set():
            self._read_at = time.time()
            self._room.set()
        return taken

    async def close(self) -> None:
        self._end("The source is closed.")
        # before the tasks end: redis-py closes what a cancelled read leaves, and TLS waits for the server then
        await hang_up(self._wire)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self) -> None:
        try:
            for turn in count(1):
                self._heard(await self._wire.read_response(disable_decoding=True, timeout=inf))
                if len(self._held) >= self._batch_max or self._held_bytes >= self._bytes_max:
                    self._room.clear()
                    await self._room.wait()
                elif turn % TURN == 0:
                    await asyncio.sleep(0)
                self._read_at = time.time()
        except (RedisError, OSError) as error:
            self._end(f"Redis closed the connection: {type(error).__name__}.")
        finally:
            self._end("The connection to Redis ended.")

    async def _ping(self) -> None:
        try:
            while not self._gone:
                await asyncio.sleep(self._ping_every_s)
                if self._asked_at is None:
                    self._asked_at = time.time()
                    await self._wire.send_command("PING", check_health=False)
                elif self._room.is_set() and time.time() - self._read_at > 3 * self._ping_every_s:
                    self._end("Redis does not answer.")
        except (RedisError, OSError) as error:
            self._end(f"Redis closed the connection: {type(error).__name__}.")

    def _heard(self, reply: object) -> None:
        match reply:
            case [b"pmessage", _, bytes(channel), bytes(envelope)] | [b"message", bytes(channel), bytes(envelope)]:
                key = channel[len(self._prefix) :].decode(errors="replace") if channel.startswith(self._prefix) else ""
                self._held.append(message_of(envelope, key, time.time()))
                self._held_bytes += len(envelope)
                self._news.set()
            case [b"subscribe" | b"psubscribe", _, _]:
                self._unconfirmed -= 1
            case [b"pong", _] if self._asked_at is not None:
                self._known_at, self._asked_at = self._asked_at, None

    def _end(self, reason: str) -> None:
        self._gone = self._gone or reason
        self._news.set()


async def hang_up(wire: AbstractConnection) -> None:
    """Its socket is closed when this returns. Without TLS's goodbye: a server that hangs would keep it open."""
    if wire._writer is not None:
        wire._writer.transport.abort()
    with suppress(RedisError, OSError):
        await wire.disconnect(nowait=True)
    await asyncio.sleep(0)  # it closes in the loop's next turn
