"""What every control test leans on: one worker for all of them, a log and a store for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from meadow.control.wires.redis import RedisWire
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.store import Store
from tests.contracts.wire_suite import answering
from tests.control.desk import Brokers, Desk, Ear, desk
from tests.ingest.running import opened, writing
from tests.servers.celery import Broker, start_worker
from tests.servers.processes import Process
from tests.servers.redis import RedisServer


@pytest.fixture(scope="session")
def staffed(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Brokers, Process]]:
    """The brokers, and the one worker `w1@test`."""
    brokers = Brokers(redis_server, *(redis_server.database() for _ in range(3)))
    process = start_worker(Broker(redis_server.url(brokers.worked)), tmp_path_factory.mktemp("worker"))
    yield brokers, process
    process.kill()


@pytest.fixture
def brokers(staffed: tuple[Brokers, Process]) -> Brokers:
    return staffed[0]


@pytest.fixture
def w1(staffed: tuple[Brokers, Process]) -> Process:
    return staffed[1]


@pytest.fixture
def ear(brokers: Brokers) -> Iterator[Ear]:
    made = Ear(brokers.server, brokers.worked)
    yield made
    made.close()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[EmbeddedLog, Store]]:
    """A log and a store, without a writer between them."""
    async with opened(tmp_path) as (log, store):
        yield log, store


@pytest.fixture
async def at_desk(kept: tuple[EmbeddedLog, Store], brokers: Brokers) -> AsyncIterator[Desk]:
    """A control service with all it needs; the worker listens."""
    wire = RedisWire(brokers.eu.connection)
    await answering(wire, "w1@test")
    await wire.close()
    async with writing(*kept), desk(*kept, brokers.directory) as made:
        yield made
