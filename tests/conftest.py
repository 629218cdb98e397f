"""Real servers for every test that asks: each starts once a session, each test gets a vhost or database of its own."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from tests.servers.celery import Broker, filesystem_broker, start_worker
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.processes import Process
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import RedisServer

LONG_FIRST = ("promises", "flows", "deploy", "servers", "ingest", "web")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders with files of minutes begin first: of the processes that share the tests none goes on alone in the end."""
    turns = {folder: turn for turn, folder in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: turns.get(item.nodeid.split("/")[1], len(turns)))


def pytest_configure() -> None:
    """A test run that is told to end (`timeout`, a CI runner) stops its servers as one that is interrupted does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[RabbitMQ]:
    """One RabbitMQ, with TLS on `tls_port`. A test that stops it starts it again."""
    server = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"), certificates)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[RedisServer]:
    """One Redis, with a unix socket and TLS on `tls_port`. A test that stops it starts it again."""
    server = RedisServer(tmp_path_factory.mktemp("redis"), certificates=certificates, on_socket=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Kafka]:
    """One Kafka, with TLS and SASL on `secure_port`. A test that stops it starts it again."""
    server = Kafka(tmp_path_factory.mktemp("kafka"), certificates)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    """One ClickHouse; each `store_settings()` is a database of its own. A test that stops it starts it again."""
    server = ClickHouse(tmp_path_factory.mktemp("clickhouse"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def amqp_broker(rabbitmq: RabbitMQ) -> Broker:
    """A fresh vhost of RabbitMQ."""
    return Broker(rabbitmq.url(rabbitmq.vhost()))


@pytest.fixture
def redis_broker(redis_server: RedisServer) -> Broker:
    """A fresh database of Redis."""
    return Broker(redis_server.url(redis_server.database()))


@pytest.fixture
def file_broker(tmp_path: Path) -> Broker:
    """kombu's filesystem transport in a fresh folder."""
    return filesystem_broker(tmp_path / "filesystem")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """`worker(broker, hostname=…, events=…)` starts one real Celery worker; all are stopped after the test."""
    started: list[Process] = []

    def start(broker: Broker, **options: object) -> Process:
        started.append(start_worker(broker, tmp_path, **options))  # type: ignore[arg-type] # start_worker checks them
        return started[-1]

    yield start
    for process in started:
        process.kill()  # a warm shutdown takes seconds, and nobody reads what it says


@pytest.fixture
async def chdb_store(tmp_path: Path) -> AsyncIterator[ChdbStore]:
    """A fresh, migrated embedded store, closed at the end. One at a time in a process: take this one or open your own."""
    store = await ChdbStore.open(tmp_path / "store", ChdbSettings(readers=4, fsync=False))
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()


@pytest.fixture
async def clickhouse_store(clickhouse: ClickHouse) -> AsyncIterator[ClickHouseStore]:
    """A fresh, migrated database of ClickHouse; faults a test asked for end with it."""
    store = await ClickHouseStore.open(clickhouse.store_settings())
    try:
        await migrate(store)
        yield store
    finally:
        clickhouse.faults()
        await store.close()
