"""The least rights that docs/operate/brokers.md names are enough, on the real servers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress

from meadow.control.wire import Question
from meadow.control.wires.redis import RedisWire
from meadow.core.connections import Connection
from meadow.ingest.sources.amqp_topology import Plan
from meadow.ingest.sources.redis import RedisSource
from tests.house.tree import ROOT
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.processes import Process
from tests.servers.redis import RedisServer

PAGE = (ROOT / "docs/operate/brokers.md").read_text()
WORKER = "w1@test"


def test_rabbitmq_is_told_what_meadow_itself_would_tell() -> None:
    (command,) = re.findall(r"^(rabbitmqctl set_permissions .+)$", PAGE, re.MULTILINE)
    plan = Plan("celeryev", "meadow.q", "quorum", 1, 1, vhost="shop", user="meadow", pidbox="celery.pidbox")
    assert plan.permissions().replace("`", "") == command
    readme = (ROOT / "README.md").read_text()
    for word, pattern in zip(("configure", "write", "read"), re.findall(r"'(\^[^']+)'", command), strict=True):
        assert f"{word} `{pattern}`" in readme
    compose = (ROOT / "deploy/compose.yaml").read_text().replace(" --quiet", "").replace("$$", "$")
    assert command in compose


async def test_redis_lets_a_user_with_those_rules_listen_and_ask(
    redis_server: RedisServer, worker: Callable[..., Process]
) -> None:
    number = redis_server.database()
    url = redis_server.url(number)
    (rules,) = re.findall(r"^ACL SETUSER (meadow .+)$", PAGE, re.MULTILINE)
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", *rules.replace("/0.", f"/{number}.").split())
    allowed = Connection(url.replace("//", "//meadow:password@"))
    worker(Broker(url), hostname=WORKER)
    await hears(RedisSource(allowed))
    wire = RedisWire(allowed)
    try:
        question = Question("ping", {}, None, frozenset({WORKER}), 10.0)
        assert (await wire.ask(question))[WORKER].ok
    finally:
        await wire.close()


async def hears(source: RedisSource) -> None:
    """Until a message of the worker came; it is asked for its events on the way."""
    messages: list[object] = []

    async def read() -> None:
        async for batch in source.batches():
            messages.extend(batch.messages)

    reading = asyncio.create_task(read())
    try:
        await until(lambda: source.state.connected or source.state.problem, "an answer")
        assert not source.state.problem
        await source.enable_events(None)
        await until(lambda: messages, "a heartbeat")
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await source.close()
