"""Processes that start before what they lean on: they wait, say for what, and go on by themselves."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Refused
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.processes import Process
from tests.servers.roles import Role, Roles

WAITED_FOR = {
    "ingest": {"kafka", "registry", "ownership"},
    "write": {"kafka", "clickhouse", "writer"},
    "query": {"registry", "clickhouse"},
    "control": {"kafka", "registry", "clickhouse"},
}
pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.fixture
def meadow(tmp_path: Path, amqp_broker: Broker, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Roles]:
    running = Roles(tmp_path / "meadow", {"shop": amqp_broker}, kafka, clickhouse)
    running.migrate()
    yield running
    running.stop()


def test_servers_that_come_later_are_waited_for(
    meadow: Roles, kafka: Kafka, clickhouse: ClickHouse, amqp_broker: Broker, worker: Callable[..., Process]
) -> None:
    kafka.kill()
    clickhouse.kill()
    try:
        for role in meadow.roles.values():
            role.start()
        for role in (*meadow.of("ingest"), *meadow.of("write"), *meadow.of("query"), *meadow.of("control")):
            wait_for(partial(says_for_what, role), f"{role.name} says for what it waits", 60)
        web = meadow.of("web")[0].wait_ready()
        meadow.url, meadow.token = web.url, meadow.mint()
        with pytest.raises(Refused) as refused:
            meadow.items("/clusters")
        assert (refused.value.status, refused.value.body["code"]) == (503, "log_unavailable")
    finally:
        kafka.start()
        clickhouse.start()
    for role in meadow.roles.values():
        role.wait_ready()
    worker(amqp_broker, hostname="w1@test")
    app = amqp_broker.app()
    task_id = app.tasks["tests.add"].delay(2, 3).id
    app.close()
    wait_for(lambda: meadow.items("/tasks", q=task_id, state="SUCCESS"), "the task", 60)


def test_servers_that_go_and_come_back_are_told(meadow: Roles, kafka: Kafka, clickhouse: ClickHouse) -> None:
    meadow.start()
    clickhouse.kill()
    try:
        write, query = meadow.of("write")[0], meadow.of("query")[0]
        wait_for(lambda: write.told("clickhouse").startswith("!"), "the writer says so", 30)
        wait_for(lambda: query.told("clickhouse").startswith("!"), "query says so", 30)
    finally:
        clickhouse.start()
    kafka.kill()
    try:
        ingest, query = meadow.of("ingest")[0], meadow.of("query")[0]
        wait_for(lambda: ingest.told("kafka").startswith("!"), "ingest says so", 60)
        wait_for(lambda: query.told("kafka").startswith("away: "), "query says so", 60)
        assert query.ready()["ready"], "the history can be asked"
        assert meadow.items("/tasks") == []
    finally:
        kafka.start()
    for role in meadow.roles.values():
        role.wait_ready()


def test_a_wrong_password_is_said(meadow: Roles, tmp_path: Path, kafka: Kafka, clickhouse: ClickHouse) -> None:
    wrong = {"MEADOW_CLICKHOUSE_PASSWORD": "s3cret-and-wrong", "MEADOW_KAFKA_PREFIX": meadow.name}
    other = Roles(tmp_path / "other", {}, kafka, clickhouse, {"write": 1}, wrong)
    other.folder.mkdir()
    write = other.of("write")[0].start()
    try:
        wait_for(lambda: "password" in write.told("clickhouse"), "what is wrong", 40)
        assert "s3cret" not in write.output + str(write.ready())
        with pytest.raises(AssertionError, match="wrong  clickhouse") as checked:
            other.run("check")
        assert "ok     kafka" in str(checked.value)
        assert "s3cret" not in str(checked.value)
    finally:
        write.stop()
    told = meadow.run("check")
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "ok     secret",
        "ok     kafka",
        "ok     clickhouse",
        "ok     registry",
        "ok     cluster shop",  # of the file
        "ok     cluster shop",  # of the registry
    ]


def test_every_role_ends_in_order_when_it_is_told_to(meadow: Roles) -> None:
    meadow.start()
    for role in meadow.roles.values():
        assert role.process
        os.kill(role.process.pid, signal.SIGTERM)
    for role in meadow.roles.values():
        wait_for(partial(ended, role), f"{role.name} ended", 40)
        assert "Traceback" not in role.output
        assert "abandoned" not in role.output


def says_for_what(role: Role) -> bool:
    """Whether /readyz names what is missing."""
    missing = {one["name"] for one in role.ready().get("dependencies", ()) if not one["ok"]}
    return missing >= WAITED_FOR[role.name.partition("-")[0]]


def ended(role: Role) -> bool:
    return role.process is not None and role.process.ended
