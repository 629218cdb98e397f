"""Control services of several processes, asked for the same order at the same moment, send it once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.control.desk import Ear
from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Client, Refused
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.redis import RedisServer
from tests.servers.roles import Roles

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
COMMANDS = "/clusters/shop/commands"
AT_ONCE = 8


@pytest.fixture
def database(redis_server: RedisServer) -> int:
    return redis_server.database()


@pytest.fixture
def ear(redis_server: RedisServer, database: int) -> Iterator[Ear]:
    made = Ear(redis_server, database)
    yield made
    made.close()


@pytest.fixture
def meadow(
    tmp_path: Path, redis_server: RedisServer, database: int, kafka: Kafka, clickhouse: ClickHouse
) -> Iterator[Roles]:
    """Two control services of two processes each, and a writer."""
    brokers = {"shop": Broker(redis_server.url(database))}
    running = Roles(tmp_path / "meadow", brokers, kafka, clickhouse, {"write": 1, "control": 2})
    try:
        yield running.start()
    finally:
        running.stop()


def test_four_processes_send_once(meadow: Roles, ear: Ear) -> None:
    clients = [client(meadow, role.url) for role in meadow.of("control")]
    sent = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(5):
            key = f"key-{number}"
            asked = [pool.submit(outcome, clients[n % 2], key) for n in range(AT_ONCE)]
            found = [one.result() for one in asked]
            ids = {one["id"] for one in found if one is not None}
            assert len(ids) == 1
            wait_for(partial(whole, clients, key), "all tell the whole outcome", 60)
            sent += 1
            assert ear.heard() == sent


def client(meadow: Roles, url: str) -> Client:
    made = Client()
    made.url, made.token = url, meadow.token
    return made


def outcome(asking: Client, key: str) -> dict[str, Any] | None:
    """None when it is refused because another process has the key, or has just begun."""
    try:
        item: dict[str, Any] = asking.post(COMMANDS, {"command": "ping"}, Idempotency_Key=key)["item"]
    except Refused as refused:
        if refused.body["code"] not in ("on_its_way", "store_unavailable"):
            raise
        return None
    return item


def whole(clients: list[Client], key: str) -> bool:
    """Several times each: every process of a service is met."""
    found = [outcome(one, key) for one in clients * 4]
    return all(one == found[0] and one is not None and one["answered_at"] for one in found)
