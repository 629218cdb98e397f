"""The wire over Redis: the suite, every kind of URL, and hostile replies."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import redis.asyncio

from meadow.control.commands.ping import Ping
from meadow.control.wire import UNREADABLE, Wire
from meadow.control.wires.redis import RedisWire
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerRefused, BrokerUnavailable
from tests.contracts.wire_suite import PONG, StartWorker, WireSuite, answering, question
from tests.servers.celery import Broker
from tests.servers.certificates import Certificates
from tests.servers.redis import RedisServer, Sentinel

pytestmark = pytest.mark.broker
W1 = frozenset({"w1@test"})


class TestRedisWire(WireSuite):
    @pytest.fixture
    def broker(self, redis_broker: Broker) -> Broker:
        return redis_broker

    def make(self, connection: Connection) -> Wire:
        return RedisWire(connection)

    async def test_a_restart_between_two_commands(
        self, broker: Broker, wire: Wire, worker: StartWorker, redis_server: RedisServer
    ) -> None:
        worker(broker)
        await answering(wire, "w1@test")
        redis_server.stop()
        with pytest.raises(BrokerUnavailable, match="nothing was sent"):
            await wire.ask(question(Ping(), W1, within_s=2.0))
        redis_server.start()
        await answering(wire, "w1@test")

    async def test_a_server_that_hangs(self, broker: Broker, wire: Wire, redis_server: RedisServer) -> None:
        redis_server.pause()
        try:
            with pytest.raises(BrokerUnavailable, match="nothing was sent"):
                await wire.ask(question(Ping(), W1, within_s=0.5))
        finally:
            redis_server.resume()


async def listening(connection: Connection) -> None:
    wire = RedisWire(connection)
    await answering(wire, "w1@test")
    await wire.close()


async def ping(connection: Connection) -> dict[str, Any]:
    wire = RedisWire(connection)
    try:
        return dict(await wire.ask(question(Ping(), W1)))
    finally:
        await wire.close()


async def test_every_kind_of_url(
    worker: StartWorker, redis_server: RedisServer, certificates: Certificates, tmp_path: Any
) -> None:
    number = redis_server.database()
    worker(Broker(redis_server.url(number)))
    await listening(Connection(redis_server.url(number)))
    tls = redis_server.tls_url(number)
    sentinel = Sentinel(tmp_path, redis_server)
    sentinel.start()
    try:
        for connection in (
            Connection(redis_server.socket_url(number)),
            Connection(f"{tls}?ssl_ca_certs={certificates.authority}&ssl_cert_reqs=CERT_REQUIRED"),
            Connection(f"{tls}?ssl_cert_reqs=CERT_NONE"),
            Connection(sentinel.url(number), transport_options=(("master_name", "mymaster"),)),
        ):
            assert await ping(connection) == {"w1@test": PONG}, connection.masked
    finally:
        sentinel.stop()
    with pytest.raises(BrokerUnavailable):
        await ping(Connection(tls))
    with pytest.raises(BadSettings, match="master_name"):
        await ping(Connection(sentinel.url(number)))


async def test_prefixes_and_exchanges_of_their_own(worker: StartWorker, redis_server: RedisServer) -> None:
    url = redis_server.url(redis_server.database())
    options = {"global_keyprefix": "app1:", "fanout_prefix": "/mine."}
    worker(Broker(url, options, {"control_exchange": "ctl"}))
    own = Connection(url, control_exchange="ctl", global_keyprefix="app1:", fanout_prefix="/mine.")
    await listening(own)
    assert await ping(replace(own, global_keyprefix="app2:")) == {}


async def test_a_user_without_permission_is_told(redis_server: RedisServer) -> None:
    async with client(redis_server.url()) as admin:
        rules = ("ACL", "SETUSER", "few", "on", ">few", "+echo", "+ping", "+select")
        await admin.execute_command(*rules)  # type: ignore[no-untyped-call] # redis-py
    number = redis_server.database()
    with pytest.raises(BrokerRefused, match=r"\+publish"):
        await ping(Connection(redis_server.url(number).replace("//", "//few:few@")))
    with pytest.raises(BrokerRefused, match="password"):
        await ping(Connection(redis_server.url(number).replace("//", "//few:wrong@")))


REPLIES: dict[str, bytes] = {
    "not a dict": b'["w9@test"]',
    "two hosts": b'{"a": 1, "b": 2}',
    "not JSON": b"\xff\xfe",
    "deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a name that is none": json.dumps({"x" * 300: 1}).encode(),
    "an empty name": b'{"": 1}',
    "huge": json.dumps({"w9@test": "x" * 2_000_000}).encode(),
}


@pytest.mark.parametrize("kind", REPLIES)
async def test_hostile_replies_are_bounded(redis_server: RedisServer, kind: str) -> None:
    number = redis_server.database()
    async with hostile_worker(redis_server.url(number), number, [b"junk", b"{}", envelope(REPLIES[kind])]):
        replies = await ping(Connection(redis_server.url(number)))
    assert list(replies) == [UNREADABLE]
    assert not replies[UNREADABLE].ok
    assert len(str(replies[UNREADABLE])) < 5000


async def test_large_and_odd_answers_are_cut(redis_server: RedisServer) -> None:
    number = redis_server.database()
    answers = b'{"w1@test": {"ok": ["%s", NaN, 1e999, 123456789012345678901234567890, "\\ud800"]}}' % (b"y" * 10_000)
    async with hostile_worker(redis_server.url(number), number, [envelope(answers)]):
        replies = await ping(Connection(redis_server.url(number)))
    reply = replies["w1@test"].reply["ok"]
    assert (len(reply[0]), reply[1:]) == (4001, ["nan", "inf", "…", "?"])


def envelope(body: bytes) -> bytes:
    """As kombu pushes a reply; the ticket is filled in."""
    document = {
        "body": base64.b64encode(body).decode(),
        "content-type": "application/json",
        "headers": {"ticket": "TICKET"},
        "properties": {"body_encoding": "base64"},
    }
    return json.dumps(document).encode()


@asynccontextmanager
async def client(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    made = redis.asyncio.Redis.from_url(url)
    try:
        yield made
    finally:
        await made.aclose()


@asynccontextmanager
async def hostile_worker(url: str, database: int, pushed: list[bytes]) -> AsyncIterator[None]:
    """Listens like a worker and answers these, as whoever may write to the broker can."""
    async with client(url) as redis_client:
        listening = redis_client.pubsub(ignore_subscribe_messages=True)
        await listening.subscribe(f"/{database}.celery.pidbox")

        async def answer() -> None:
            while (heard := await listening.get_message(timeout=None)) is None:
                pass
            asked = json.loads(base64.b64decode(json.loads(heard["data"])["body"]))
            for one in pushed:
                filled = one.replace(b"TICKET", asked["ticket"].encode())
                await redis_client.lpush(asked["reply_to"]["routing_key"], filled)

        answering = asyncio.create_task(answer())
        try:
            yield
            await answering
        finally:
            answering.cancel()
            await listening.aclose()  # type: ignore[no-untyped-call] # redis-py
