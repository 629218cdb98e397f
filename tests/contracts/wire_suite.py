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
from tests.contracts.wire_obedience import events_change, it_ends, limits_change, pools_change, queues_change
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

    async def test_workers_are_asked(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        one, two = await asyncio.gather(
            asyncio.to_thread(worker, broker, hostname="w1@test", pool="prefork"),
            asyncio.to_thread(worker, broker, hostname="w2@test", queues=["else"]),
        )
        await answering(wire, *BOTH)
        named = await wire.ask(question(Ping(), frozenset({"w2@test"}), destination=("w2@test",)))
        assert named == {"w2@test": PONG}
        several = await asyncio.gather(*(wire.ask(question(Ping(), BOTH)) for _ in range(5)))
        assert all(replies == {"w1@test": PONG, "w2@test": PONG} for replies in several)
        await rates_are_set(wire)
        await tasks_are_revoked(broker, wire, one)
        two.pause()  # it neither answers nor delays those who do

        async def one_answers() -> bool:
            return await wire.ask(question(Ping(), BOTH, within_s=1.5)) == {"w1@test": PONG}

        await until(one_answers, "the other one's answer")
        two.resume()

    async def test_a_worker_obeys(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        settings = {"worker_pool_restarts": True}
        one = worker(Broker(broker.url, broker.options, settings), pool="prefork", events=False)
        await answering(wire, "w1@test")
        await pools_change(wire)
        await queues_change(wire)
        await events_change(wire)
        await limits_change(wire)
        await it_ends(wire, one)

    async def test_workers_of_other_serializers(self, broker: Broker, wire: Wire, worker: StartWorker) -> None:
        def speaking(serializer: str, hostname: str) -> Process:
            settings = {"task_serializer": serializer, "accept_content": ["json", serializer]}
            return worker(Broker(broker.url, broker.options, settings), hostname=hostname)

        processes = await asyncio.gather(
            asyncio.to_thread(speaking, "pickle", "w1@test"), asyncio.to_thread(speaking, "yaml", "w2@test")
        )
        heard: dict[str, Reply] = {}

        async def both_came() -> bool:
            heard.update(await wire.ask(question(Ping(), BOTH, within_s=1.0)))
            return len(heard) == 2

        await until(both_came, "two replies")
        assert heard["w1@test"] == PONG
        assert not heard[UNREADABLE].ok
        assert "content type is application/x-yaml" in heard[UNREADABLE].reply
        await asyncio.gather(*(asyncio.to_thread(process.stop) for process in processes))
        assert await wire.ask(question(Ping(), within_s=0.5)) == {}  # nobody there is no failure


async def rates_are_set(wire: Wire) -> None:
    done = await wire.ask(question(RateLimit("tests.add", "5/m"), BOTH))
    assert done["w1@test"] == done["w2@test"] == Reply(True, {"ok": "new rate limit set successfully"})
    lifted = await wire.ask(question(RateLimit("tests.add", "0"), BOTH))
    assert lifted["w1@test"].ok
    refused = await wire.ask(question(RateLimit("tests.none", "5/m"), BOTH))
    assert refused["w1@test"] == Reply(False, {"error": "unknown task"})


async def tasks_are_revoked(broker: Broker, wire: Wire, process: Process) -> None:
    with contextlib.closing(broker.app()) as app:
        running = app.tasks["tests.slow"].delay(120).id
        waiting = app.tasks["tests.add"].apply_async((1, 2), countdown=120).id
        await until(lambda: running in process.output and waiting in process.output, "both tasks received")
    flagged = await wire.ask(question(Revoke((waiting,)), BOTH))
    assert flagged["w1@test"].ok
    assert "flagged as revoked" in flagged["w1@test"].reply["ok"]
    stopped = await wire.ask(question(Revoke((running,), terminate=True), BOTH))
    assert stopped["w1@test"].reply == {"ok": f"terminate: {running}"}
    await until(lambda: "Terminating" in process.output, "the worker terminated it")
    unknown = await wire.ask(question(Revoke(("nope",), terminate=True), BOTH))
    assert unknown["w1@test"].ok
