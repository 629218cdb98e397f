"""Redis as a source: the channels Celery uses under every option, every way to connect, and a gap for what was missed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.ingest.source import Source
from meadow.ingest.sources.redis import RedisSettings, RedisSource
from meadow.ingest.sources.redis_envelope import message_of
from tests.contracts.source_reader import reading, send_numbers
from tests.contracts.source_suite import BATCH_MAX, SourceSuite
from tests.servers.celery import Broker
from tests.servers.certificates import Certificates
from tests.servers.deadlines import until
from tests.servers.processes import free_port
from tests.servers.redis import RedisServer, Sentinel

pytestmark = pytest.mark.broker

SETTINGS = RedisSettings(batch_messages_max=BATCH_MAX, ping_every_s=0.3, back_off_max_s=0.5)


def source_of(url: str, settings: RedisSettings = SETTINGS, **options: Any) -> RedisSource:
    return RedisSource(Connection(url, **options), settings)


class TestRedisSource(SourceSuite):
    keeps = False

    @pytest.fixture
    def broker(self, redis_broker: Broker, redis_server: RedisServer) -> Broker:
        self.server = redis_server
        return redis_broker

    def make(self, broker: Broker) -> Source:
        return source_of(broker.url)

    def cut(self, broker: Broker) -> None:
        with self.server.client() as client:
            client.client_kill_filter(_type="pubsub")

    def nowhere(self) -> Broker:
        return Broker(f"redis://127.0.0.1:{free_port()}/0")

    def down(self, broker: Broker) -> None:
        self.server.stop()

    def up(self, broker: Broker) -> None:
        self.server.start()


@pytest.mark.parametrize(
    ("options", "exchange"),
    [
        ({}, "celeryev"),
        ({"fanout_patterns": False}, "celeryev"),
        ({"fanout_prefix": False}, "celeryev"),
        ({"fanout_prefix": False, "fanout_patterns": False}, "celeryev"),
        ({"fanout_prefix": "/mine."}, "celeryev"),
        ({"fanout_prefix": "[a*?]\\."}, "celeryev"),
        ({"global_keyprefix": "app1:"}, "celeryev"),
        ({}, "custom_events"),
    ],
)
async def test_the_channels_are_celerys_under_every_option(
    redis_server: RedisServer, options: dict[str, Any], exchange: str
) -> None:
    url = redis_server.url(redis_server.database())
    broker = Broker(url, options, {"event_exchange": exchange})
    async with reading(source_of(url, event_exchange=exchange, **options)) as reader:
        await asyncio.to_thread(send_numbers, broker, range(5))
        await reader.has(5)
        await asyncio.sleep(0.1)
        assert reader.numbers == list(range(5))
        assert {m.routing_key for m in reader.messages} == {"task.counted"}


async def test_clusters_on_two_databases_do_not_mix(redis_server: RedisServer) -> None:
    one, two = (Broker(redis_server.url(redis_server.database())) for _ in range(2))
    async with reading(source_of(one.url)) as reader_one, reading(source_of(two.url)) as reader_two:
        await asyncio.to_thread(send_numbers, one, range(5))
        await asyncio.to_thread(send_numbers, two, range(5, 8))
        await reader_two.has(3)
        await reader_one.has(5)
        assert reader_one.numbers == list(range(5))
        assert reader_two.numbers == list(range(5, 8))


async def test_a_unix_socket_will_do(redis_server: RedisServer) -> None:
    database = redis_server.database()
    async with reading(source_of(redis_server.socket_url(database))) as reader:
        await asyncio.to_thread(send_numbers, Broker(redis_server.url(database)), range(5))
        await reader.has(5)


async def test_tls_trusts_only_what_it_is_told_to(redis_server: RedisServer, certificates: Certificates) -> None:
    database = redis_server.database()
    url = redis_server.tls_url(database)
    async with reading(source_of(f"{url}?ssl_ca_certs={quote(str(certificates.authority))}")) as reader:
        await asyncio.to_thread(send_numbers, Broker(redis_server.url(database)), range(5))
        await reader.has(5)
    stranger = source_of(url)
    async with reading(stranger, connected=False):
        await until(lambda: stranger.state.problem, "a problem")
        assert "certificate" in stranger.state.problem.lower()
    async with reading(source_of(f"{url}?ssl_cert_reqs=CERT_NONE")):
        pass


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis with a password full of characters that a URL must escape."""
    server = RedisServer(tmp_path, password="p@ss/w:rd%")
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_sentinel_names_the_master_and_the_password_is_the_masters(guarded: RedisServer, tmp_path: Path) -> None:
    sentinel = Sentinel(tmp_path, guarded)
    try:
        await asyncio.to_thread(sentinel.start)
        dead = "sentinel://127.0.0.1:1/0"
        url = f"sentinel://:{quote(guarded.password, safe='')}@127.0.0.1:{sentinel.port}/0;{dead}"
        async with reading(source_of(url, transport_options=(("master_name", "mymaster"),))) as reader:
            await asyncio.to_thread(send_numbers, Broker(guarded.url()), range(5))
            await reader.has(5)
            await reader.source.enable_events(None)
        nobody = source_of(url, transport_options=(("master_name", "nobody"),))
        async with reading(nobody, connected=False):
            await until(lambda: nobody.state.problem, "a problem")
            assert guarded.password not in nobody.state.problem
    finally:
        await asyncio.to_thread(sentinel.stop)


async def test_a_wrong_password_and_a_missing_permission_are_named(guarded: RedisServer) -> None:
    wrong = source_of(f"redis://:wrong-one@127.0.0.1:{guarded.port}/0")
    async with reading(wrong, connected=False):
        await until(lambda: wrong.state.problem, "a problem")
        assert "password" in wrong.state.problem
        assert "wrong-one" not in repr(wrong.state)
    with guarded.client() as client:
        client.execute_command("ACL", "SETUSER", "few", "on", ">few", "+@all", "~*", "resetchannels", "&other*")
    few = source_of(f"redis://few:few@127.0.0.1:{guarded.port}/0")
    async with reading(few, connected=False):
        await until(lambda: few.state.problem, "a problem")
        assert "ACL SETUSER few &/0.celeryev &/0.celeryev/* " in few.state.problem
        with guarded.client() as client:
            client.execute_command("ACL", "SETUSER", "few", "&/0.celeryev", "&/0.celeryev/*")
        await until(lambda: few.state.connected, "connected once allowed")


async def test_an_overrun_of_the_output_buffer_becomes_a_gap(redis_server: RedisServer) -> None:
    broker = Broker(redis_server.url(redis_server.database()))
    with redis_server.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 100kb 100kb 1")
        try:
            async with reading(source_of(broker.url)) as reader:
                before_s = time.time()
                await asyncio.to_thread(send_numbers, broker, range(10))
                await reader.has(10)
                reader.hold()
                filler = broker.url.rpartition("/")[2]
                await asyncio.to_thread(_flood, client, f"/{filler}.celeryev/task.flood")
                reader.go_on()
                await until(lambda: reader.gaps, "the gap")
                gap = reader.gaps[0]
                assert before_s - 5 < gap.since <= gap.until <= time.time()
                assert gap.reason
                await asyncio.to_thread(send_numbers, broker, range(10, 20))
                await reader.has(20)
        finally:
            client.config_set("client-output-buffer-limit", "pubsub 32mb 8mb 60")


async def test_a_server_that_hangs_is_given_up_and_found_again(redis_server: RedisServer) -> None:
    broker = Broker(redis_server.url(redis_server.database()))
    source = source_of(broker.url)
    async with reading(source) as reader:
        redis_server.pause()
        try:
            await until(lambda: not source.state.connected, "given up")
        finally:
            redis_server.resume()
        await until(lambda: reader.gaps, "the gap")
        assert source.state.connected


@pytest.mark.parametrize(
    "envelope",
    [b"", b"[]", b"\xff", b'{"body": 1}', b'{"body": "!!", "properties": {"body_encoding": "base64"}}', b"[" * 100_000,
     b'{"body": "YQ==", "properties": [1]}', b'{"body": "\\ud800", "properties": {}}'],
)  # fmt: skip
def test_a_broken_envelope_comes_whole_without_a_content_type(envelope: bytes) -> None:
    message = message_of(envelope, "task.x", 1.0)
    assert (message.body, message.content_type, message.routing_key) == (envelope, "", "task.x")


async def test_a_broken_envelope_on_the_wire_does_not_stop_what_follows(
    redis_broker: Broker, redis_server: RedisServer
) -> None:
    async with reading(source_of(redis_broker.url)) as reader:
        with redis_server.client() as client:
            client.publish(f"/{redis_broker.url.rpartition('/')[2]}.celeryev/task.\xff", b"\x00garbage")
        await asyncio.to_thread(send_numbers, redis_broker, range(3))
        await reader.has(3)
        assert reader.messages[0].body == b"\x00garbage"


@pytest.mark.parametrize("url", ["redis://:secret@host:port/0", "sentinel://:secret@host:1/0"])
def test_a_url_that_can_never_do_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadSettings) as refused:
        source_of(url)
    assert "secret" not in str(refused.value)


def _flood(client: Any, channel: str) -> None:
    with client.pipeline(transaction=False) as pipeline:
        for _ in range(2000):
            pipeline.publish(channel, b"x" * 10_000)
        pipeline.execute()
