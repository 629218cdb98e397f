"""A broker can be tried before it is added: the answer says what to mend and nothing else, and nothing is saved."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.control.registry.check import AWAY, ODD, SILENT
from tests.control.desk import Brokers
from tests.control.registrar import SETTINGS, Office, office
from tests.servers.deadlines import until
from tests.servers.processes import free_port
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker
HANGS_S = 1.0


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def tried(at: Office, url: str, who: str = "ann", **more: Any) -> dict[str, Any]:
    return (await at.call("POST", "/clusters/check", {"url": url, **more}, who=who)).item


async def test_a_broker_with_workers(at: Office, brokers: Brokers) -> None:
    url = brokers.server.url(brokers.worked)

    async def answers() -> bool:
        return bool((await tried(at, url))["workers_answered"])

    await until(answers, "the worker listens")
    assert await tried(at, url) == {"broker": url, "reachable": True, "workers_answered": 1, "problem": ""}
    assert at.registry.directory.clusters == ()
    assert await at.events() == []


async def test_a_broker_without_workers(at: Office, brokers: Brokers, rabbitmq: RabbitMQ) -> None:
    urls = (brokers.server.url(brokers.empty), rabbitmq.url(rabbitmq.vhost()))
    for url, problem in zip(urls, (SILENT, "No worker has ever listened here"), strict=True):
        found = await tried(at, url)
        assert (found["reachable"], found["workers_answered"]) == (True, 0)
        assert found["problem"].startswith(problem)
        assert "guest:guest" not in found["broker"]


async def test_options_count(at: Office, brokers: Brokers) -> None:
    """With a wrong prefix the broker is there and no worker is."""
    found = await tried(at, brokers.server.url(brokers.worked), global_keyprefix="wrong:", fanout_prefix="wrong")
    assert found["problem"] == SILENT


async def test_a_broker_that_refuses_says_what_to_mend(at: Office, rabbitmq: RabbitMQ) -> None:
    found = await tried(at, rabbitmq.url(rabbitmq.vhost()).replace("guest:guest", "guest:wrong-secret"))
    assert (found["reachable"], found["workers_answered"]) == (True, 0)
    assert found["problem"]
    assert "wrong-secret" not in str(found)


@pytest.mark.parametrize("scheme", ["amqp", "redis", "rediss", "amqps"])
async def test_a_port_nobody_listens_on_and_one_that_is_no_broker_look_the_same(at: Office, scheme: str) -> None:
    closed = await tried(at, f"{scheme}://127.0.0.1:{free_port()}/1")
    async with stranger() as port:
        other = await tried(at, f"{scheme}://127.0.0.1:{port}/1")
    assert [closed["reachable"], closed["problem"]] == [other["reachable"], other["problem"]] == [False, AWAY]


async def test_one_that_hangs_is_given_up(tmp_path: Path) -> None:
    async with office(tmp_path, replace(SETTINGS, check_within_s=HANGS_S)) as at, silent() as port:
        for scheme in ("amqp", "redis"):
            assert (await tried(at, f"{scheme}://127.0.0.1:{port}/1"))["problem"] == AWAY


async def test_too_many_at_once_are_refused_and_others_are_not(tmp_path: Path) -> None:
    settings = replace(SETTINGS, check_within_s=HANGS_S, checks_max=2)
    async with office(tmp_path, settings) as at, silent() as port:
        body = {"url": f"redis://127.0.0.1:{port}/1"}
        calls = [at.call("POST", "/clusters/check", body, who=who) for who in ("ann", "bob", "ann", "eve")]
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status for answer in answers[:3]) == [200, 200, 429]
        assert answers[3].status == 200
        assert (await at.call("POST", "/clusters/check", body)).status == 200


@pytest.mark.parametrize("url", ["nothing://h", "sentinel://127.0.0.1:1", "sqs://"])
async def test_a_url_no_library_can_use_is_no_fault_of_ours(at: Office, url: str) -> None:
    found = await tried(at, url, who="root")
    assert not found["reachable"]
    assert found["problem"] in (AWAY, ODD) or "master_name" in found["problem"]


@asynccontextmanager
async def stranger() -> AsyncIterator[int]:
    """A server that speaks, and is no broker."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nX-Inside: 10.0.0.7\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]
