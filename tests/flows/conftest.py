"""What every flow runs on: each transport, watched by a Meadow in one process and by one of many."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Client
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.meadow import Meadow
from tests.servers.roles import Roles


@pytest.fixture(params=["amqp", "redis", "file"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """A fresh one of each transport."""
    found: Broker = request.getfixturevalue(f"{request.param}_broker")
    return found


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Roles]:
    """One process of each role for all flows; each flow is a tenant of its own where a tenant may have such a broker."""
    running = Roles(tmp_path_factory.mktemp("roles"), {}, kafka, clickhouse)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(params=["all", "roles"])
def meadow(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> Iterator[Client]:
    """Watches the broker as `shop`, and nothing else."""
    if request.param == "all":
        running = Meadow(tmp_path / "meadow", {"shop": broker}).start()
        yield running
        running.stop()
    else:
        with _watched(request.getfixturevalue("roles"), broker) as client:
            yield client


@contextmanager
def _watched(roles: Roles, broker: Broker) -> Iterator[Client]:
    operators_alone = broker.url.startswith("filesystem:")  # a tenant may not name folders of these machines
    client = roles if operators_alone else roles.tenant(f"flow-{secrets.token_hex(4)}")
    added = client.post("/clusters", {"slug": "shop", "url": broker.url, "transport_options": broker.options})["item"]
    wait_for(lambda: client.items("/clusters"), "the cluster is known")
    yield client
    client.call("DELETE", "/api/v1/clusters/shop", None, {"If-Match": f'"{added["version"]}"'})
