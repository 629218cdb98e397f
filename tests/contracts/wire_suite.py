"""What every Wire must do, against real Celery workers; each adapter's test file subclasses it with its broker."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from meadow.control.command import Command
from meadow.control.commands.ping import Ping
from meadow.control.commands.rate_limit import RateLimit
from meadow.control.commands.revoke import Revoke
from meadow.control.wire import UNREADABLE, Question, Reply, Wire
from meadow.core.connections import Connection
from meadow.core.errors import BrokerRefused, BrokerUnavailable
from tests.servers.celery import Broker
from tests.servers.deadlines import until
from tests.servers.processes import Process

StartWorker = Callable[..., Process]
PONG = Reply(True, {"ok": "pong"})
BOTH = frozenset({"w1@test", "w2@test"})


def question(command: Command, expected: frozenset[str] = frozenset(), within_s: float = 10.0, **more: Any) -> Question:
    return Question(command.name, command.celery(), more.get("destination"), expected, within_s)


async def answering(wire: Wire, *hostnames: str) -> None:
    """Returns when these answer: a worker says it is ready before it listens."""
    everybody = frozenset(hostnames)

    async def all_answer() -> bool:
        with contextlib.suppress(BrokerUnavailable, BrokerRefused):
            return await wire.ask(question(Ping(), everybody, within_s=2.0)) == dict.fromkeys(everybody, PONG)
        return False

    await until(all_answer, f"{sorted(everybody)} answer")


class WireSuite:
    """Subclasses give a broker, and make a wire to it."""

    @pytest.fixture
    def broker(self) -> Broker:
        raise NotImplementedError

    def make(self, connection: Connection) -> Wire:
        raise NotImplementedError

    @pytest.fixture
    async def wire(self, broker: Broker) -> AsyncIterator[Wire]:
        options = tuple((name, str(value)) for name, value in broker.options.items())
        made = self.make(Connection(broker.url, transport_options=options))
        yield made
        await made.close()

    async def test_all_answer_or_those_that_are_named(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        one, _ = worker(broker, hostname="w1@test"), worker(broker, hostname="w2@test")
        await answering(wire, *BOTH)
        named = await wire.ask(question(Ping(), frozenset({"w2@test"}), destination=("w2@test",)))
        assert named == {"w2@test": PONG}
        one.pause()  # it neither answers nor delays those who do
        silent = await wire.ask(question(Ping(), BOTH, within_s=1.5))
        assert silent == {"w2@test": PONG}
        one.resume()
        several = await asyncio.gather(*(wire.ask(question(Ping(), BOTH)) for _ in range(5)))
        assert all(replies == {"w1@test": PONG, "w2@test": PONG} for replies in several)

    async def test_tasks_are_revoked(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        process = worker(broker, pool="prefork", concurrency=1)
        with contextlib.closing(broker.app()) as app:
            running = app.tasks["tests.slow"].delay(120).id
            waiting = app.tasks["tests.add"].apply_async((1, 2), countdown=120).id
            await until(lambda: running in process.output and waiting in process.output, "both tasks received")
            expected = frozenset({"w1@test"})
            await answering(wire, "w1@test")
            flagged = await wire.ask(question(Revoke((waiting,)), expected))
            assert flagged["w1@test"].ok
            assert "flagged as revoked" in flagged["w1@test"].reply["ok"]
            stopped = await wire.ask(question(Revoke((running,), terminate=True), expected))
            assert stopped["w1@test"].reply == {"ok": f"terminate: {running}"}
            await until(lambda: "Terminating" in process.output, "the worker terminated it")
            unknown = await wire.ask(question(Revoke(("nope",), terminate=True), expected))
            assert unknown["w1@test"].ok

    async def test_a_rate_is_set_and_an_unknown_task_is_an_error(
        self, broker: Broker, wire: Wire, worker: StartWorker
    ) -> None:
        worker(broker)
        await answering(wire, "w1@test")
        expected = frozenset({"w1@test"})
        done = await wire.ask(question(RateLimit("tests.add", "5/m"), expected))
        assert done["w1@test"] == Reply(True, {"ok": "new rate limit set successfully"})
        lifted = await wire.ask(question(RateLimit("tests.add", "0"), expected))
        assert lifted["w1@test"].ok
        refused = await wire.ask(question(RateLimit("tests.none", "5/m"), expected))
        assert refused["w1@test"] == Reply(False, {"error": "unknown task"})

    async def test_a_worker_that_replies_in_pickle_is_read(
        self, broker: Broker, wire: Wire, worker: StartWorker
    ) -> None:
        settings = {"task_serializer": "pickle", "accept_content": ["json", "pickle"]}
        worker(Broker(broker.url, broker.options, settings))
        await answering(wire, "w1@test")

    async def test_a_reply_that_cannot_be_read_is_said_to_be_one(
        self, broker: Broker, wire: Wire, worker: StartWorker
    ) -> None:
        settings = {"task_serializer": "yaml", "accept_content": ["json", "yaml"]}
        worker(Broker(broker.url, broker.options, settings))
        heard: dict[str, Reply] = {}

        async def any_came() -> bool:
            heard.update(await wire.ask(question(Ping(), frozenset({"w1@test"}), within_s=1.0)))
            return bool(heard)

        await until(any_came, "a reply")
        assert not heard[UNREADABLE].ok
        assert "content type is application/x-yaml" in heard[UNREADABLE].reply

    async def test_nobody_there_is_no_failure(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        worker(broker).stop()
        assert await wire.ask(question(Ping(), within_s=1.0)) == {}
