"""Real servers for every test that asks: each starts once a session, each test gets a vhost or database of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadfile import LoadFileScheduling

from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.migrations import migrate
from tests.servers.celery import Broker, filesystem_broker, start_worker
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.chdb import Original, migrated
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.processes import Process
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import RedisServer

# A busy machine is no failure. `make test` tries the same examples every time, `make proofs` others, and more.
CALM = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", CALM, derandomize=True, database=None)
settings.register_profile("others", CALM, max_examples=1_000)
settings.load_profile("same")
LEANING = re.compile(r"^pytest_plugins = .+", re.MULTILINE)
LONG_FIRST = ("web", "promises", "flows", "deploy", "servers", "ingest")


class Sharing(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """A file is one process's; files that lean on the same `pytest_plugins` are one's together: a demo or a browser of each
    process's own would take from all of them for as long as it lives.
    """

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(super()._split_scope(nodeid))


@cache
def unit_of(file: str) -> str:
    leaning = LEANING.search((Path(__file__).parents[1] / file).read_text())
    return leaning[0] if leaning else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders with files of minutes begin first: of the processes that share the tests none goes on alone in the end."""
    turns = {folder: turn for turn, folder in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: (turns.get(item.nodeid.split("/")[1], len(turns)), unit_of(item.nodeid.split("::")[0])))


def pytest_configure() -> None:
    """A test run that is told to end (`timeout`, a CI runner) stops its servers as one that is interrupted does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # where a shell began this behind itself SIGINT is ignored, and so it would be by all children
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [name for name in os.environ if re.match("MEADOW_(?!TEST_)", name)]:
        del os.environ[name]  # a setting of whoever runs the tests is none of theirs


@pytest.fixture(scope="session", autouse=True)
def original(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the first test that wants a migrated embedded store leaves what the others copy."""
    Original.folder = tmp_path_factory.mktemp("original") / "store"


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
    short = Path(tempfile.mkdtemp(prefix="meadow-", dir="/tmp"))
    server = RedisServer(tmp_path_factory.mktemp("redis"), certificates=certificates, socket=short / "redis.sock")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(short)


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
    async with migrated(tmp_path / "store", ChdbSettings(readers=4, fsync=False)) as store:
        yield store


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
