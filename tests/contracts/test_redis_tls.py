"""Redis over TLS by the names of Celery's `broker_use_ssl`: behind Sentinels that speak TLS alone, with a certificate shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from meadow.control.commands.ping import Ping
from meadow.control.wires.redis import RedisWire
from meadow.core.connections import Connection
from meadow.core.errors import BrokerUnavailable
from meadow.ingest.sources.redis import RedisSource
from tests.contracts.source_reader import reading, send_numbers
from tests.contracts.wire_suite import PONG, StartWorker, answering, question
from tests.servers.celery import Broker
from tests.servers.certificates import Certificates
from tests.servers.deadlines import until
from tests.servers.redis import RedisServer, Sentinel

pytestmark = pytest.mark.broker
W1 = frozenset({"w1@test"})


@pytest.fixture
def sentinel(redis_server: RedisServer, tmp_path: Path) -> Iterator[Sentinel]:
    made = Sentinel(tmp_path, redis_server, tls=True)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def trusting(sentinel: Sentinel, database: int, **trust: str) -> Connection:
    """trust: `ssl_*`, for the master; the Sentinels are trusted in any case."""
    kwargs = json.dumps({"ssl": True, "ssl_ca_certs": authority(sentinel)})
    options = {"master_name": "mymaster", "sentinel_kwargs": kwargs, **trust}
    return Connection(sentinel.url(database), transport_options=tuple(options.items()))


def authority(sentinel: Sentinel) -> str:
    assert sentinel.master.certificates is not None
    return str(sentinel.master.certificates.authority)


async def test_events_come_over_tls(sentinel: Sentinel) -> None:
    number = sentinel.master.database()
    async with reading(RedisSource(trusting(sentinel, number, ssl_ca_certs=authority(sentinel)))) as reader:
        await asyncio.to_thread(send_numbers, Broker(sentinel.master.url(number)), range(5))
        await reader.has(5)
        await reader.source.enable_events(None)


async def test_a_master_that_is_not_trusted_is_not_read(sentinel: Sentinel) -> None:
    source = RedisSource(trusting(sentinel, 0, ssl_cert_reqs="required"))
    async with reading(source, connected=False):
        await until(lambda: "certificate" in (source.state.problem or "").lower(), "a problem that says so")


async def test_a_file_that_is_not_there_is_what_is_wrong(sentinel: Sentinel) -> None:
    source = RedisSource(trusting(sentinel, 0, ssl_ca_certs="/nowhere.pem"))
    async with reading(source, connected=False):
        await until(lambda: "ssl_ca_certs cannot be read" in (source.state.problem or ""), "a problem that names it")


async def test_commands_go_over_tls(sentinel: Sentinel, worker: StartWorker) -> None:
    number = sentinel.master.database()
    worker(Broker(sentinel.master.url(number)))
    wire = RedisWire(trusting(sentinel, number, ssl_ca_certs=authority(sentinel)))
    await answering(wire, "w1@test")
    assert await wire.ask(question(Ping(), W1)) == {"w1@test": PONG}
    await wire.close()
    for trust in ({"ssl_cert_reqs": "required"}, {"ssl_ca_certs": "/nowhere.pem"}):
        wire = RedisWire(trusting(sentinel, number, **trust))
        with pytest.raises(BrokerUnavailable, match="nothing was sent"):
            await wire.ask(question(Ping(), W1))
        await wire.close()


async def test_a_client_shows_its_certificate(certificates: Certificates, worker: StartWorker, tmp_path: Path) -> None:
    server = RedisServer(tmp_path, certificates=certificates, mutual=True)
    shown = f"ssl_certfile={certificates.certificate}&ssl_keyfile={certificates.key}"
    trusted = f"{server.tls_url()}?ssl_ca_certs={certificates.authority}"
    try:
        await asyncio.to_thread(server.start)
        worker(Broker(server.url()))
        wire = RedisWire(Connection(f"{trusted}&{shown}"))
        await answering(wire, "w1@test")
        await wire.close()
        async with reading(RedisSource(Connection(f"{trusted}&{shown}"))) as reader:
            await asyncio.to_thread(send_numbers, Broker(server.url()), range(5))
            await reader.has(5)
        anonymous = RedisSource(Connection(trusted))
        async with reading(anonymous, connected=False):
            await until(lambda: anonymous.state.problem, "a problem")
    finally:
        server.stop()
