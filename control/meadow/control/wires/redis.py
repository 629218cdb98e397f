"""Commands over Redis: PUBLISH on the pidbox's channel, replies popped from a list of our own."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import redis.asyncio
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from meadow.control.replies import Gathering
from meadow.control.wire import NOT_SENT, SENDING, Question, Reply, message
from meadow.control.wires.redis_client import Client, client_of
from meadow.core.connections import Connection
from meadow.core.errors import BrokerRefused, BrokerUnavailable

POP_WITHIN_S = 1  # Redis counts whole seconds before 6.0
LEFT_FOR_S = 60  # replies that come after everybody has left


@dataclass(slots=True)
class Heard:
    """A question that is waited for. finished: nobody is left to wait for, or nothing can be heard any more."""

    gathering: Gathering
    finished: asyncio.Event = field(default_factory=asyncio.Event)


class RedisWire:
    """A Wire for `redis://`, `rediss://`, `redis+socket://`, `sentinel://`. Workers push replies onto one list, whose name
    is this wire's alone; it lives a minute longer than its last reader."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reply_queue = f"meadow.reply.{uuid.uuid4().hex}"
        self._reply_key = f"{connection.global_keyprefix}{self._reply_queue}"
        self._client: Client | None = None
        self._waiting: dict[str, Heard] = {}
        self._reader: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> dict[str, Reply]:
        """See Wire."""
        deadline_s = asyncio.get_running_loop().time() + question.within_s
        ticket = uuid.uuid4().hex
        heard = self._waiting[ticket] = Heard(Gathering(question))
        try:
            client = await self._connected(deadline_s)
            heard.gathering.listeners = await self._sent(client, question, ticket, deadline_s)
            if not heard.gathering.complete:
                self._read(client)
                await _until(deadline_s, heard.finished)
            return heard.gathering.replies
        finally:
            del self._waiting[ticket]

    async def close(self) -> None:
        """See Wire."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connected(self, deadline_s: float) -> redis.asyncio.Redis:
        """PING first: what fails before the command is sent can be said for sure."""
        try:
            client = self._client = self._client or client_of(self._connection)
            async with asyncio.timeout_at(deadline_s):
                await client.server.echo("meadow")
        except AuthenticationError as error:
            raise BrokerRefused("The broker refuses the user or its password: correct the URL.") from error
        except NoPermissionError:
            pass  # it answers; whether we may publish is seen next
        except (RedisError, OSError, TimeoutError, BrokerUnavailable) as error:
            raise BrokerUnavailable(NOT_SENT) from error
        return client.server

    async def _sent(self, client: redis.asyncio.Redis, question: Question, ticket: str, deadline_s: float) -> int:
        """How many subscribers got it."""
        channel = self._connection.redis_channel(self._connection.pidbox)
        body = _envelope(message(question, ticket, self._reply_queue), self._connection.pidbox, question.within_s)
        try:
            async with asyncio.timeout_at(deadline_s):
                return int(await client.publish(channel, body))
        except NoPermissionError as error:
            raise self._may_not() from error
        except (RedisError, OSError, TimeoutError) as error:
            raise BrokerUnavailable(SENDING) from error

    def _read(self, client: redis.asyncio.Redis) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._pop(client), name="meadow-replies")

    async def _pop(self, client: redis.asyncio.Redis) -> None:
        """While anybody waits. Without a connection nothing more can be heard, and nobody waits on."""
        try:
            while self._waiting:
                popped = await client.brpop([self._reply_key], timeout=POP_WITHIN_S)
                if popped:
                    self._came(popped[1])
            await client.expire(self._reply_key, LEFT_FOR_S)
        except (RedisError, OSError):
            for heard in self._waiting.values():
                heard.finished.set()

    def _came(self, envelope: bytes | str) -> None:
        opened = _opened(envelope)
        heard = self._waiting.get(opened.ticket)
        if heard is None:
            return  # too late, or nobody's
        heard.gathering.add(opened.body, opened.content_type)
        if heard.gathering.complete:
            heard.finished.set()

    def _may_not(self) -> BrokerRefused:
        channel = self._connection.redis_channel(self._connection.pidbox)
        rules = f"&{channel} +publish ~{self._connection.global_keyprefix}meadow.reply.* +brpop +expire"
        return BrokerRefused(f"The broker's user may not send commands; nothing was sent. It needs: {rules}.")


@dataclass(frozen=True, slots=True)
class _Opened:
    ticket: str
    body: bytes
    content_type: str


def _envelope(body: bytes, exchange: str, within_s: float) -> bytes:
    """kombu 5.7's virtual message, as a fanout exchange's subscriber expects it."""
    properties = {
        "delivery_mode": 1,
        "delivery_info": {"exchange": exchange, "routing_key": ""},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid.uuid4()),
    }
    document = {
        "body": base64.b64encode(body).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"clock": 0, "expires": time.time() + within_s},
        "properties": properties,
    }
    return orjson.dumps(document)


def _opened(envelope: bytes | str) -> _Opened:
    """An empty ticket for what is no envelope."""
    try:
        document: Any = orjson.loads(envelope)
        body, properties = document["body"], document["properties"]
        data = binascii.a2b_base64(body) if properties.get("body_encoding") == "base64" else body.encode()
        return _Opened(str(document["headers"]["ticket"]), data, str(document["content-type"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _Opened("", b"", "")


async def _until(deadline_s: float, finished: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline_s):
            await finished.wait()
